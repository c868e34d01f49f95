/*
 * ns_diff.c - nsctl ns --diff: whether two processes are isolated from each other, type by type
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "control/ns.h"
#include "control/screen.h"
#include "control/table.h"
#include "report/identity.h"
#include "report/nsfs.h"
#include "util/json.h"

enum { EXIT_ISOLATED, EXIT_SHARED, EXIT_UNKNOWN };

enum relation { RELATION_SHARED, RELATION_DIFFERS, RELATION_UNKNOWN, RELATION_COUNT };

static const char *const relations[] = {"shared", "differs", "unknown"};

enum nesting { NESTING_NONE, NESTING_A_IN_B, NESTING_B_IN_A };

/* How the two live in a type of namespace. */
struct comparison {
    bool is_there; /* the kernel has the type, and it is asked for */
    enum relation relation;
    enum nesting nesting;
    uint64_t ids[2]; /* 0: it can't be told */
    int errors[2];   /* then why */
};

struct diff {
    char *const *names; /* the words for the two */
    const pid_t *pids;
    struct comparison types[NAMESPACE_COUNT];
    unsigned int counts[RELATION_COUNT];
};

/* Whether one of those that it is nested in has this id. */
static bool is_inside(int fd, uint64_t id)
{
    bool found = false;
    int at = nsfs_open_parent(fd);

    while (at >= 0) {
        int parent = found ? -1 : nsfs_open_parent(at);

        found = found || nsfs_id(at) == id;
        close(at);
        at = parent;
    }
    return found;
}

static enum nesting nesting_of(const int fds[2], const uint64_t ids[2])
{
    if (is_inside(fds[0], ids[1]))
        return NESTING_A_IN_B;
    return is_inside(fds[1], ids[0]) ? NESTING_B_IN_A : NESTING_NONE;
}

static void compare(struct comparison *comparison, const pid_t pids[2], enum namespace_type type)
{
    int fds[2];

    for (int i = 0; i < 2; i++) {
        fds[i] = census_open_of(pids[i], type);
        comparison->ids[i] = fds[i] >= 0 ? nsfs_id(fds[i]) : 0;
        comparison->errors[i] = fds[i] < 0 ? -fds[i] : 0;
    }
    if (fds[0] < 0 || fds[1] < 0)
        comparison->relation = RELATION_UNKNOWN;
    else if (comparison->ids[0] == comparison->ids[1])
        comparison->relation = RELATION_SHARED;
    else
        comparison->relation = RELATION_DIFFERS;
    if (comparison->relation == RELATION_DIFFERS)
        comparison->nesting = nesting_of(fds, comparison->ids);
    for (int i = 0; i < 2; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

static void compare_all(struct diff *diff, namespace_set types)
{
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++) {
        struct comparison *comparison = &diff->types[type];

        if (!namespaces_have(types, (enum namespace_type)type))
            continue;
        /* A kernel without the type has no such file for anybody. */
        if (identity_namespace(getpid(), (enum namespace_type)type) == 0 && errno == ENOENT)
            continue;
        comparison->is_there = true;
        compare(comparison, diff->pids, (enum namespace_type)type);
        diff->counts[comparison->relation]++;
    }
}

/* One that is shared is an answer, whatever the others are. */
static int answer_of(const struct diff *diff)
{
    if (diff->counts[RELATION_SHARED] > 0)
        return EXIT_SHARED;
    return diff->counts[RELATION_UNKNOWN] > 0 ? EXIT_UNKNOWN : EXIT_ISOLATED;
}

static const char *reason_of(int error)
{
    return error == ENOENT ? "the process has ended" : strerror(error);
}

/* ---- as text -------------------------------------------------------------------------------- */

static void add_nesting(struct text *text, const struct diff *diff, enum nesting nesting)
{
    if (nesting != NESTING_NONE)
        text_format(text, "%s's is inside %s's", diff->names[nesting == NESTING_B_IN_A],
                    diff->names[nesting == NESTING_A_IN_B]);
}

static void add_row(struct table *table, const struct diff *diff, enum namespace_type type)
{
    const struct comparison *comparison = &diff->types[type];
    static char buffer[512];
    struct text note = text_in(buffer, sizeof buffer);

    table_add(table, namespace_kinds[type].name);
    table_add(table, relations[comparison->relation]);
    add_nesting(&note, diff, comparison->nesting);
    for (int i = 0; i < 2; i++) {
        table_add_number(table, (int64_t)comparison->ids[i], "-");
        if (comparison->errors[i] != 0)
            text_format(&note, "%s%s: %s", note.length > 0 ? "; " : "", diff->names[i],
                        reason_of(comparison->errors[i]));
    }
    table_add(table, buffer);
}

/* "net, ipc": the types of this relation. */
static void add_types(struct text *text, const struct diff *diff, enum relation relation)
{
    const char *comma = "";

    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++) {
        if (!diff->types[type].is_there || diff->types[type].relation != relation)
            continue;
        text_format(text, "%s%s", comma, namespace_kinds[type].name);
        comma = ", ";
    }
}

static void add_verdict(struct text *text, const struct diff *diff)
{
    static const struct {
        const char *words;
        enum relation relation; /* the types of which are told */
    } verdicts[] = {
        [EXIT_ISOLATED] = {"are isolated from each other: they share none of these",
                           RELATION_COUNT},
        [EXIT_SHARED] = {"are not isolated from each other: they share ", RELATION_SHARED},
        [EXIT_UNKNOWN] = {"may be isolated from each other or not: it can't be told of ",
                          RELATION_UNKNOWN},
    };
    int answer = answer_of(diff);

    text_format(text, "%s and %s %s", diff->names[0], diff->names[1], verdicts[answer].words);
    add_types(text, diff, verdicts[answer].relation);
    text_add(text, "\n");
}

static int print_text(const struct diff *diff)
{
    const struct table_style style = {.line_end = "\n", .width = screen_width()};
    const char *const titles[] = {"TYPE", "RELATION", diff->names[0], diff->names[1], "NOTE"};
    struct table table = {.columns = sizeof titles / sizeof titles[0]};
    static char buffer[1024];
    struct text verdict = text_in(buffer, sizeof buffer);
    int result;

    table_add_row(&table, titles);
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (diff->types[type].is_there)
            add_row(&table, diff, (enum namespace_type)type);
    result = table_write(&table, STDOUT_FILENO, &style);
    add_verdict(&verdict, diff);
    return result == 0 ? text_write(&verdict, STDOUT_FILENO) : result;
}

/* ---- as JSON -------------------------------------------------------------------------------- */

static const char sides[] = "ab";

static void add_comparison(struct text *text, const struct comparison *comparison)
{
    static const char *const nestings[] = {"null", "\"a in b\"", "\"b in a\""};
    const char *comma = "";

    text_format(text, "{\"relation\":\"%s\",\"nested\":%s", relations[comparison->relation],
                nestings[comparison->nesting]);
    for (int i = 0; i < 2; i++)
        text_format(text, comparison->ids[i] != 0 ? ",\"%c\":%llu" : ",\"%c\":null", sides[i],
                    (unsigned long long)comparison->ids[i]);
    text_add(text, ",\"unreadable\":{");
    for (int i = 0; i < 2; i++) {
        if (comparison->errors[i] == 0)
            continue;
        text_format(text, "%s\"%c\":", comma, sides[i]);
        json_add_string(text, reason_of(comparison->errors[i]));
        comma = ",";
    }
    text_add(text, "}}");
}

static int print_object(const struct diff *diff)
{
    static const char *const answers[] = {"true", "false", "null"};
    static char buffer[8192];
    struct text text = text_in(buffer, sizeof buffer);
    const char *comma = "";

    text_format(&text, "{\"isolated\":%s", answers[answer_of(diff)]);
    for (int i = 0; i < 2; i++)
        text_format(&text, ",\"%c\":%d", sides[i], diff->pids[i]);
    text_add(&text, ",\"namespaces\":{");
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++) {
        if (!diff->types[type].is_there)
            continue;
        text_format(&text, "%s\"%s\":", comma, namespace_kinds[type].name);
        add_comparison(&text, &diff->types[type]);
        comma = ",";
    }
    text_add(&text, "}}\n");
    return text_write(&text, STDOUT_FILENO);
}

int ns_diff(const struct call *call, namespace_set types, const pid_t pids[2],
            struct failure *failure)
{
    struct diff diff = {.names = call->words, .pids = pids};
    int result;

    compare_all(&diff, types);
    result = (call->json ? print_object : print_text)(&diff);
    return failure_of(failure, result, "stdout") < 0 ? -1 : answer_of(&diff);
}
