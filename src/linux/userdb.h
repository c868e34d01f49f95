/*
 * userdb.h - users and groups: from names and numbers to what the kernel takes
 */
#ifndef NSINIT_LINUX_USERDB_H
#define NSINIT_LINUX_USERDB_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "util/error.h"

struct account {
    bool has_user; /* else only the supplementary groups are to be set */
    uid_t uid;
    gid_t gid;
    bool has_groups;
    gid_t *groups; /* owned */
    size_t group_count;
    char name[256]; /* its number where /etc/passwd does not tell */
    char home[256]; /* "/" where /etc/passwd does not tell */
};

/*
 * Resolve `user` (NAME|UID[:GROUP|GID], or NULL) and `groups` (a list, or NULL) as Docker does:
 * numbers need no entry in /etc/passwd, and then the group is 0; without `groups` the user's own
 * in /etc/group count, unless a group was given. 0, to be freed by account_free, or -1.
 */
int account_resolve(struct account *account, const char *user, const char *groups,
                    struct error *error);
void account_free(struct account *account);

/* One line of /etc/passwd and its like, cut up at its colons. */
struct entry {
    char *fields[7];
};

/* Cut the next line off *rest into its fields; false at the end. Lines with too few are left out.
 */
bool entry_next(char **rest, size_t field_count, struct entry *entry);

/* The user's name in /etc/passwd; false where it has none, or none that has room. */
bool account_name(uid_t uid, char *name, size_t size);

#endif
