/*
 * userdb.c - users and groups by name or number: passwd(5), group(5)
 * getpwnam(3) would bring stdio into the static binary, and with glibc load shared objects.
 */
#include "linux/userdb.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "util/file.h"
#include "util/parse.h"
#include "util/strbuf.h"

static const char passwd_path[] = "/etc/passwd";
static const char group_path[] = "/etc/group";

enum { PASSWD_FIELDS = 7, GROUP_FIELDS = 4 };

bool entry_next(char **rest, size_t field_count, struct entry *entry)
{
    while (**rest != '\0') {
        char *line = *rest;
        size_t count = 0;

        *rest += strcspn(line, "\n");
        if (**rest == '\n')
            *(*rest)++ = '\0';
        while (count < field_count) {
            entry->fields[count++] = line;
            line = strchr(line, ':');
            if (line == NULL)
                break;
            *line++ = '\0';
        }
        if (count == field_count)
            return true;
    }
    return false;
}

static bool parse_id(const char *text, unsigned int *id)
{
    unsigned long number;

    /* To setresuid(2) the highest number means "unchanged". */
    if (parse_number(text, UINT_MAX - 1, &number) < 0)
        return false;
    *id = (unsigned int)number;
    return true;
}

/*
 * Read a user database, which in the service's root may be any kind of file. Returns 0, with NULL
 * if the file does not exist, or a negative errno.
 */
static int read_accounts(const char *path, char **text)
{
    int result = file_read_regular(path, text, NULL);

    if (result < 0)
        *text = NULL;
    return result == -ENOENT || result == -ENOTDIR ? 0 : result;
}

/*
 * Find the line whose first field is `key`, or, if `key` is NULL, whose third field is the number
 * `id`. The fields point into `text` (may be NULL), which the caller frees. False if no line
 * matches.
 */
static bool find_entry(char *text, size_t field_count, const char *key, unsigned int id,
                       struct entry *entry)
{
    char *rest = text;

    if (text == NULL)
        return false;
    while (entry_next(&rest, field_count, entry)) {
        unsigned int number;

        if (key != NULL ? strcmp(entry->fields[0], key) == 0
                        : parse_id(entry->fields[2], &number) && number == id)
            return true;
    }
    return false;
}

static int resolve_group(const char *name, gid_t *gid, struct error *error)
{
    struct entry entry;
    char *text;
    bool found;
    int result;

    if (parse_id(name, gid))
        return 0;
    result = read_accounts(group_path, &text);
    if (result < 0)
        return file_explain(group_path, result, error);
    found = find_entry(text, GROUP_FIELDS, name, 0, &entry) && parse_id(entry.fields[2], gid);
    free(text);
    if (found)
        return 0;
    error_hint(error, "use a number, which needs no entry");
    return error_reason(error, ERROR_FAILED, "group '%s' is not in %s", name, group_path);
}

static int add_group(struct account *account, gid_t gid, struct error *error)
{
    gid_t *larger = realloc(account->groups, (account->group_count + 1) * sizeof *larger);

    if (larger == NULL)
        return error_reason(error, ERROR_FAILED, "%m");
    account->groups = larger;
    account->groups[account->group_count++] = gid;
    return 0;
}

/* Add the groups of /etc/group that list the user as a member. */
static int add_memberships(struct account *account, const char *name, struct error *error)
{
    struct entry entry;
    char *text;
    char *rest;
    int result = read_accounts(group_path, &text);

    if (result < 0)
        return file_explain(group_path, result, error);
    rest = text;
    while (result == 0 && text != NULL && entry_next(&rest, GROUP_FIELDS, &entry)) {
        gid_t gid;

        if (list_has(entry.fields[3], name) && parse_id(entry.fields[2], &gid))
            result = add_group(account, gid, error);
    }
    free(text);
    return result;
}

enum { NAME_SIZE = 256 };

/* Copy the text up to the separator, and move past it. False if it is too long. */
static bool take_name(const char **text, const char *separator, char name[NAME_SIZE])
{
    size_t length = parse_word(*text, separator, name, NAME_SIZE);

    if (length >= NAME_SIZE)
        return false;
    *text += length + ((*text)[length] != '\0');
    return true;
}

static int add_listed_groups(struct account *account, const char *list, struct error *error)
{
    char name[NAME_SIZE];
    gid_t gid = 0;

    /* An empty list means no group; an empty name behind a comma is an error. */
    for (bool more = *list != '\0'; more;) {
        const char *start = list;

        if (!take_name(&list, ",", name))
            return error_reason(error, ERROR_FAILED, "'%s' is too long", list);
        more = list > start && list[-1] == ',';
        if (resolve_group(name, &gid, error) < 0 || add_group(account, gid, error) < 0)
            return -1;
    }
    return 0;
}

/* Fill in the user's entry of /etc/passwd, by name or number. */
static int resolve_user(struct account *account, const char *name, bool with_groups,
                        struct error *error)
{
    bool is_number = parse_id(name, &account->uid);
    struct entry entry;
    char *text;
    bool found;
    int result = read_accounts(passwd_path, &text);

    /* Docker gives a number the group of its entry, or 0 without one. */
    if (result < 0)
        return file_explain(passwd_path, result, error);
    found = find_entry(text, PASSWD_FIELDS, is_number ? NULL : name, account->uid, &entry) &&
            parse_id(entry.fields[2], &account->uid) && parse_id(entry.fields[3], &account->gid);
    if (!found && !is_number) {
        error_hint(error, "use a number, which needs no entry");
        result = error_reason(error, ERROR_FAILED, "user '%s' is not in %s", name, passwd_path);
    }
    strbuf_set(account->name, sizeof account->name, "%s", found ? entry.fields[0] : name);
    strbuf_set(account->home, sizeof account->home, "%s",
               found && entry.fields[5][0] != '\0' ? entry.fields[5] : "/");
    if (found && with_groups)
        result = add_memberships(account, entry.fields[0], error);
    free(text);
    return result;
}

/* USER[:GROUP] */
static int resolve_both(struct account *account, const char *user, bool with_groups,
                        struct error *error)
{
    char name[NAME_SIZE];
    bool has_group = strchr(user, ':') != NULL;

    error_subject(error, "--user %s", user);
    if (!take_name(&user, ":", name) || name[0] == '\0')
        return error_reason(error, ERROR_USAGE, "the user is missing: use NAME[:GROUP]");
    if (resolve_user(account, name, with_groups && !has_group, error) < 0)
        return -1;
    return has_group ? resolve_group(user, &account->gid, error) : 0;
}

int account_resolve(struct account *account, const char *user, const char *groups,
                    struct error *error)
{
    *account = (struct account){.has_user = user != NULL, .has_groups = true};
    if (user != NULL && resolve_both(account, user, groups == NULL, error) < 0)
        return -1;
    if (groups == NULL)
        return 0;
    error_subject(error, "--groups %s", groups);
    return add_listed_groups(account, groups, error);
}

void account_free(struct account *account)
{
    free(account->groups);
    account->groups = NULL;
}

bool account_name(uid_t uid, char *name, size_t size)
{
    struct entry entry;
    char *text;
    bool found = read_accounts(passwd_path, &text) == 0 &&
                 find_entry(text, PASSWD_FIELDS, NULL, uid, &entry) &&
                 strlen(entry.fields[0]) < size;

    if (found)
        memcpy(name, entry.fields[0], strlen(entry.fields[0]) + 1);
    free(text);
    return found;
}
