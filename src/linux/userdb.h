/*
 * userdb.h - users and groups by name or number: passwd(5), group(5)
 */
#ifndef NSINIT_LINUX_USERDB_H
#define NSINIT_LINUX_USERDB_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "util/error.h"

struct account {
    bool has_user; /* false: only the supplementary groups change */
    uid_t uid;
    gid_t gid;
    bool has_groups;
    gid_t *groups; /* owned */
    size_t group_count;
    char name[256]; /* the number as it was given, without an entry in /etc/passwd */
    char home[256]; /* "/" without an entry in /etc/passwd */
};

/*
 * Resolve `user` (NAME|UID[:GROUP|GID], or NULL) and `groups` (a list, or NULL) as Docker does. A
 * number needs no entry in /etc/passwd; its group is 0 then. Without `groups` and :GROUP the
 * account gets the user's groups of /etc/group. 0, then free it by account_free; or -1 with `error`
 * filled in.
 */
int account_resolve(struct account *account, const char *user, const char *groups,
                    struct error *error);
void account_free(struct account *account);

/* The fields of a line in /etc/passwd, /etc/group, /etc/subuid or /etc/subgid. */
struct entry {
    char *fields[7];
};

/* Split the next line of *rest, in place; false at the end. Lines with fewer fields are skipped. */
bool entry_next(char **rest, size_t field_count, struct entry *entry);

/* Copy the user's name from /etc/passwd; false if the user has none or it does not fit. */
bool account_name(uid_t uid, char *name, size_t size);

#endif
