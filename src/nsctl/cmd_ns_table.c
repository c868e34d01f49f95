/*
 * cmd_ns_table.c - nsctl ns: namespaces as a table, flat or as trees of nested ones
 */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "inspect/held_namespaces.h"
#include "inspect/identity.h"
#include "linux/nsfs.h"
#include "linux/proc.h"
#include "linux/userdb.h"
#include "nsctl/cmd_ns_private.h"
#include "nsctl/screen_private.h"
#include "nsctl/text_table_private.h"
#include "util/parse.h"
#include "util/utf8.h"

enum {
    COLUMN_NS,
    COLUMN_TYPE,
    COLUMN_PROCESSES,
    COLUMN_PID,
    COLUMN_USER,
    COLUMN_OWNER,
    COLUMN_COMMAND,
    COLUMN_SHARED,
    COLUMN_COUNT
};

static const char *const titles[COLUMN_COUNT] = {
    [COLUMN_NS] = "NS",           [COLUMN_TYPE] = "TYPE",     [COLUMN_PROCESSES] = "PROCESSES",
    [COLUMN_PID] = "PID",         [COLUMN_USER] = "USER",     [COLUMN_OWNER] = "OWNER",
    [COLUMN_COMMAND] = "COMMAND", [COLUMN_SHARED] = "SHARED",
};

/* The table while its rows are added. */
struct ns_table {
    struct text_table cells;
    const struct ns_listing *listing;
    struct strbuf branch; /* the lines that lead to the next row, and its id */
    char branch_buffer[PID_LEVELS * 4 + 32];
    int64_t user; /* of the last row: the next row often needs the same name; -1: none */
    char user_name[64];
};

/* ---- columns of the first process ------------------------------------------------------------ */

/* In a tree also its PIDs in the PID namespaces inside ours. */
static void add_pids(struct ns_table *table, const struct process_info *info, pid_t pid)
{
    char buffer[12 * PID_LEVELS];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    strbuf_format(&text, "%d", pid);
    for (int i = 1; i < info->pid_count && table->listing->is_tree; i++)
        strbuf_format(&text, ">%d", info->pids[i]);
    text_table_add(&table->cells, buffer);
}

static void add_user(struct ns_table *table, int64_t uid)
{
    char *name = table->user_name;
    size_t size = sizeof table->user_name;

    if (uid >= 0 && uid != table->user && !account_name((uid_t)uid, name, size))
        strbuf_set(name, size, "%lld", (long long)uid);
    table->user = uid;
    text_table_add(&table->cells, uid >= 0 ? name : "-");
}

static void add_owner(struct ns_table *table, const struct ns_node *node)
{
    bool is_user = node->type == NAMESPACE_USER;
    int fd = ns_node_open(node);
    int64_t owner = -1;

    if (fd >= 0) {
        owner = is_user ? nsfs_owner_uid(fd) : (int64_t)nsfs_owner(fd);
        close(fd);
    }
    /* 0 is a user, but no id of a namespace. */
    text_table_add_number(&table->cells, owner, owner == 0 && is_user ? "0" : "-");
}

/* The name or path by which a namespace is kept. */
struct holder {
    char netns[sizeof "netns:" + NAME_MAX];
};

static const char *holder_of(struct holder *holder, const struct ns_node *node)
{
    const char *netns = held_namespaces_netns(node);

    if (netns == NULL)
        return node->path;
    strbuf_set(holder->netns, sizeof holder->netns, "netns:%s", netns);
    return holder->netns;
}

static void add_command(struct ns_table *table, const struct ns_node *node,
                        const struct process_info *info)
{
    const char *command = info->command;
    struct holder holder;

    if (node->count == 0 && node->levels_up == 0 && node->path != NULL) {
        text_table_add(&table->cells, holder_of(&holder, node));
        return;
    }
    if (info->command != NULL)
        process_info_make_printable(info->command);
    text_table_add(&table->cells, command != NULL && command[0] != '\0' ? command : "-");
}

/* ---- the processes that share the namespace -------------------------------------------------- */

/* A list of names, and how many processes are not in it. */
struct names {
    struct strbuf text;
    unsigned int others;
};

static void add_name(struct names *names, const char *name, bool once)
{
    /* The number of the others still has to fit. */
    size_t room = names->text.size - names->text.length;

    if ((once && list_has(names->text.data, name)) || room < strlen(name) + 16)
        names->others++;
    else
        strbuf_format(&names->text, "%s%s", names->text.length > 0 ? "," : "", name);
}

static void add_services(struct names *names, const struct ns_listing *listing,
                         const struct ns_node *node)
{
    const struct ns_process *process = ns_scan_process(listing->scan, node->first);

    while (process != NULL) {
        const struct service_row *service = ns_service_of(listing, process);

        if (service != NULL)
            add_name(names, service->name, false);
        process = ns_scan_process(listing->scan, process->next[node->type]);
    }
}

enum { NAMED_PROCESSES = 3 };

/* Read only this many names, as thousands of processes may share a namespace. */
static void add_processes(struct names *names, const struct ns_listing *listing,
                          const struct ns_node *node)
{
    const struct ns_process *process = ns_scan_process(listing->scan, node->first);

    for (unsigned int i = 0; i < NAMED_PROCESSES && node->count > i + 1; i++) {
        char name[PROC_COMM_SIZE];

        process = ns_scan_process(listing->scan, process->next[node->type]);
        proc_read_comm(process->pid, name, sizeof name);
        process_info_make_printable(name);
        add_name(names, name[0] != '\0' ? name : "-", true);
    }
    if (node->count > NAMED_PROCESSES + 1)
        names->others += node->count - NAMED_PROCESSES - 1;
}

/* Whether the namespace has processes, and a mount keeps it besides. */
static bool is_kept_besides(const struct ns_node *node)
{
    return node->count > 0 && node->path != NULL && strncmp(node->path, "/proc/", 6) != 0;
}

/*
 * The name of the mount that keeps the namespace, and the services in it; without any, the
 * processes besides the first.
 */
static void add_shared(struct ns_table *table, const struct ns_node *node)
{
    char buffer[1024];
    struct names names = {.text = strbuf_in(buffer, sizeof buffer)};
    struct holder holder;
    size_t length;

    if (is_kept_besides(node))
        add_name(&names, holder_of(&holder, node), false);
    length = names.text.length;
    add_services(&names, table->listing, node);
    if (names.text.length == length)
        add_processes(&names, table->listing, node);
    if (names.others > 0)
        strbuf_format(&names.text, " +%u", names.others);
    text_table_add(&table->cells, names.text.length > 0 ? buffer : "-");
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void add_row(struct ns_table *table, const struct ns_node *node)
{
    const struct ns_process *first = ns_scan_process(table->listing->scan, node->first);
    const struct process_info *info = process_info_of(table->listing->infos, first);

    text_table_add(&table->cells, table->branch.data);
    text_table_add(&table->cells, ns_types[node->type].name);
    text_table_add_number(&table->cells, node->count, "0");
    if (first != NULL)
        add_pids(table, info, first->pid);
    else
        text_table_add(&table->cells, "-");
    add_user(table, info->uid);
    add_owner(table, node);
    add_command(table, node, info);
    add_shared(table, node);
}

/* The lines to a namespace that has siblings below it, and to the last one; and past both. */
struct branch_style {
    const char *fork;
    const char *last;
    const char *past_fork;
    const char *past_last;
};

static const struct branch_style *choose_style(const struct ns_node *parent)
{
    static const struct branch_style none = {"", "", "", ""};
    static const struct branch_style ascii = {"|-", "`-", "| ", "  "};
    static const struct branch_style utf8 = {"├─", "└─", "│ ", "  "};

    if (parent == NULL)
        return &none;
    return utf8_in_locale() ? &utf8 : &ascii;
}

/* The next child of the parent behind `at` (NULL: the first); without a parent, the next root. */
static const struct ns_node *next_child(const struct ns_scan *scan, const struct ns_node *at,
                                        const struct ns_node *parent)
{
    for (at = at != NULL ? at + 1 : scan->nodes; at < scan->nodes + scan->count; at++)
        if (at->is_wanted && at->parent == (parent != NULL ? parent->id : 0) &&
            (parent == NULL || at->type == parent->type))
            return at;
    return NULL;
}

/* Replace everything behind the first `length` bytes, which lead to the parent. */
static void draw_branch(struct ns_table *table, size_t length, const char *line)
{
    table->branch.length = length;
    strbuf_add(&table->branch, line);
}

/*
 * Without --tree, no namespace has a parent and all are roots. The kernel nests them 32 levels deep
 * at most: pid_namespaces(7), user_namespaces(7).
 */
static void add_rows(struct ns_table *table, const struct ns_node *parent)
{
    const struct branch_style *style = choose_style(parent);
    const struct ns_scan *scan = table->listing->scan;
    const struct ns_node *next = next_child(scan, NULL, parent);
    size_t length = table->branch.length;

    while (next != NULL) {
        const struct ns_node *child = next;

        next = next_child(scan, child, parent);
        draw_branch(table, length, next != NULL ? style->fork : style->last);
        strbuf_format(&table->branch, "%llu", (unsigned long long)child->id);
        add_row(table, child);
        draw_branch(table, length, next != NULL ? style->past_fork : style->past_last);
        if (table->listing->is_tree)
            add_rows(table, child);
    }
}

/* ---- the table ------------------------------------------------------------------------------- */

/* Ids of other namespaces than nsctl's own stand out; `context` has its own, by type. */
static char colour_of(size_t column, const char *cell, const void *context)
{
    enum { CYAN = '6' };
    const uint64_t *own_ids = context;
    const char *digits = cell + strcspn(cell, "0123456789");
    uint64_t id;

    if (column != COLUMN_NS || parse_large_number(digits, UINT64_MAX, &id) < 0)
        return '\0';
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (own_ids[type] == id)
            return '\0';
    return CYAN;
}

int ns_print_table(const struct ns_listing *listing)
{
    uint64_t own_ids[NAMESPACE_COUNT];
    const struct table_style style = {
        .line_end = "\n",
        .width = screen_width(),
        .shrinking = {COLUMN_COMMAND + 1, COLUMN_SHARED + 1, COLUMN_USER + 1},
        .colour = screen_wants_colour() ? colour_of : NULL,
        .colour_context = own_ids};
    struct ns_table table = {.cells = {.columns = COLUMN_COUNT}, .listing = listing, .user = -1};

    table.branch = strbuf_in(table.branch_buffer, sizeof table.branch_buffer);
    identity_namespaces(getpid(), own_ids);
    text_table_add_row(&table.cells, titles);
    add_rows(&table, NULL);
    return text_table_write(&table.cells, STDOUT_FILENO, &style);
}
