/*
 * cmd_ns_diff.c - nsctl ns --diff: compare the isolation of two processes, type by type
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "inspect/identity.h"
#include "linux/nsfs.h"
#include "nsctl/cmd_ns_private.h"
#include "nsctl/screen_private.h"
#include "nsctl/text_table_private.h"
#include "util/json.h"

enum { EXIT_ISOLATED, EXIT_SHARED, EXIT_UNKNOWN };

enum relation { RELATION_SHARED, RELATION_DIFFERS, RELATION_UNKNOWN, RELATION_COUNT };

static const char relations[][8] = {"shared", "differs", "unknown"};

enum nesting { NESTING_NONE, NESTING_A_IN_B, NESTING_B_IN_A };

/* The namespaces of one type. */
struct comparison {
    enum ns_type type;
    enum relation relation;
    enum nesting nesting;
    uint64_t ids[2]; /* 0: unknown, for the error */
    int errors[2];
};

struct diff {
    char *const *names; /* of the two processes, as on the command line */
    const pid_t *pids;
    struct comparison types[NAMESPACE_COUNT]; /* the wanted types that the kernel has */
    size_t count;
    int answer; /* the exit code */
};

/* ---- comparing ------------------------------------------------------------------------------- */

/* Whether a namespace that encloses this one has the ID. */
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

static void compare(struct comparison *comparison, const pid_t pids[2])
{
    int fds[2];

    for (int i = 0; i < 2; i++) {
        fds[i] = ns_open_by_proc(pids[i], comparison->type);
        comparison->ids[i] = fds[i] >= 0 ? nsfs_id(fds[i]) : 0;
        comparison->errors[i] = fds[i] < 0 ? -fds[i] : 0;
    }
    if (fds[0] < 0 || fds[1] < 0) {
        comparison->relation = RELATION_UNKNOWN;
    } else if (comparison->ids[0] != comparison->ids[1]) {
        comparison->relation = RELATION_DIFFERS;
        comparison->nesting = nesting_of(fds, comparison->ids);
    }
    for (int i = 0; i < 2; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

/* One shared namespace is an answer, even if others are unknown. */
static void compare_all(struct diff *diff, ns_set types)
{
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++) {
        struct comparison *comparison = &diff->types[diff->count];

        if (!ns_set_has(types, (enum ns_type)type))
            continue;
        /* The kernel lacks this type. */
        if (identity_namespace(getpid(), (enum ns_type)type) == 0 && errno == ENOENT)
            continue;
        diff->count++;
        comparison->type = (enum ns_type)type;
        compare(comparison, diff->pids);
        if (comparison->relation == RELATION_SHARED)
            diff->answer = EXIT_SHARED;
        else if (comparison->relation == RELATION_UNKNOWN && diff->answer == EXIT_ISOLATED)
            diff->answer = EXIT_UNKNOWN;
    }
}

static const char *reason_of(int error)
{
    return error == ENOENT ? "the process has ended" : strerror(error);
}

/* ---- text ------------------------------------------------------------------------------------ */

static void add_nesting(struct strbuf *text, const struct diff *diff, enum nesting nesting)
{
    if (nesting != NESTING_NONE)
        strbuf_format(text, "%s's is inside %s's", diff->names[nesting == NESTING_B_IN_A],
                      diff->names[nesting == NESTING_A_IN_B]);
}

static void add_row(struct text_table *table, const struct diff *diff,
                    const struct comparison *comparison)
{
    char buffer[512];
    struct strbuf note = strbuf_in(buffer, sizeof buffer);

    text_table_add(table, ns_types[comparison->type].name);
    text_table_add(table, relations[comparison->relation]);
    add_nesting(&note, diff, comparison->nesting);
    for (int i = 0; i < 2; i++) {
        text_table_add_number(table, (int64_t)comparison->ids[i], "-");
        if (comparison->errors[i] != 0)
            strbuf_format(&note, "%s%s: %s", note.length > 0 ? "; " : "", diff->names[i],
                          reason_of(comparison->errors[i]));
    }
    text_table_add(table, buffer);
}

/* The types of this relation: net, ipc */
static void add_types(struct strbuf *text, const struct diff *diff, enum relation relation)
{
    const char *comma = "";

    for (size_t i = 0; i < diff->count; i++) {
        if (diff->types[i].relation != relation)
            continue;
        strbuf_format(text, "%s%s", comma, ns_types[diff->types[i].type].name);
        comma = ", ";
    }
}

static void add_verdict(struct strbuf *text, const struct diff *diff)
{
    static const struct {
        const char *sentence;
        enum relation relation; /* the sentence ends with its types */
    } verdicts[] = {
        [EXIT_ISOLATED] = {"are isolated from each other: they share none of these",
                           RELATION_COUNT},
        [EXIT_SHARED] = {"are not isolated from each other: they share ", RELATION_SHARED},
        [EXIT_UNKNOWN] = {"may or may not be isolated from each other: nsctl could not compare ",
                          RELATION_UNKNOWN},
    };

    strbuf_format(text, "%s and %s %s", diff->names[0], diff->names[1],
                  verdicts[diff->answer].sentence);
    add_types(text, diff, verdicts[diff->answer].relation);
    strbuf_add(text, "\n");
}

static int print_text(const struct diff *diff)
{
    const struct table_style style = {.line_end = "\n", .width = screen_width()};
    const char *const titles[] = {"TYPE", "RELATION", diff->names[0], diff->names[1], "NOTE"};
    struct text_table table = {.columns = sizeof titles / sizeof titles[0]};
    char buffer[1024];
    struct strbuf verdict = strbuf_in(buffer, sizeof buffer);
    int result;

    text_table_add_row(&table, titles);
    for (size_t i = 0; i < diff->count; i++)
        add_row(&table, diff, &diff->types[i]);
    result = text_table_write(&table, STDOUT_FILENO, &style);
    add_verdict(&verdict, diff);
    return result == 0 ? strbuf_write(&verdict, STDOUT_FILENO) : result;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static const char sides[] = "ab";

static void add_comparison(struct strbuf *text, const struct comparison *comparison)
{
    static const char nestings[][9] = {"null", "\"a in b\"", "\"b in a\""};
    const char *comma = "";

    strbuf_format(text, "{\"relation\":\"%s\",\"nested\":%s", relations[comparison->relation],
                  nestings[comparison->nesting]);
    for (int i = 0; i < 2; i++)
        strbuf_format(text, comparison->ids[i] != 0 ? ",\"%c\":%llu" : ",\"%c\":null", sides[i],
                      (unsigned long long)comparison->ids[i]);
    strbuf_add(text, ",\"unreadable\":{");
    for (int i = 0; i < 2; i++) {
        if (comparison->errors[i] == 0)
            continue;
        strbuf_format(text, "%s\"%c\":", comma, sides[i]);
        json_add_string(text, reason_of(comparison->errors[i]));
        comma = ",";
    }
    strbuf_add(text, "}}");
}

static int print_object(const struct diff *diff)
{
    static const char answers[][6] = {"true", "false", "null"};
    char buffer[8192];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);
    const char *comma = "";

    strbuf_format(&text, "{\"isolated\":%s", answers[diff->answer]);
    for (int i = 0; i < 2; i++)
        strbuf_format(&text, ",\"%c\":%d", sides[i], diff->pids[i]);
    strbuf_add(&text, ",\"namespaces\":{");
    for (size_t i = 0; i < diff->count; i++) {
        strbuf_format(&text, "%s\"%s\":", comma, ns_types[diff->types[i].type].name);
        add_comparison(&text, &diff->types[i]);
        comma = ",";
    }
    strbuf_add(&text, "}}\n");
    return strbuf_write(&text, STDOUT_FILENO);
}

int ns_diff(const struct call *call, ns_set types, const pid_t pids[2], struct failure *failure)
{
    struct diff diff = {.names = call->words, .pids = pids};
    int result;

    compare_all(&diff, types);
    result = (call->json ? print_object : print_text)(&diff);
    return failure_check(failure, result, "stdout") < 0 ? -1 : diff.answer;
}
