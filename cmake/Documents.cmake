# (written later)
