/*
 * cmd_ns_table.c - nsctl ns: namespaces as a table, flat or with trees of those that are nested
 */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "nsctl/cmd_ns_private.h"
#include "nsctl/screen_private.h"
#include "nsctl/text_table_private.h"
#include "inspect/held_namespaces.h"
#include "inspect/identity.h"
#include "linux/nsfs.h"
#include "linux/proc.h"
#include "linux/userdb.h"
#include "util/parse.h"
#include "util/utf8.h"

enum { COLUMN_NS, COLUMN_USER = 4, COLUMN_COMMAND = 6, COLUMN_SHARED, COLUMN_COUNT };

static const char titles[] = "NS\0TYPE\0PROCESSES\0PID\0USER\0OWNER\0COMMAND\0SHARED";

/* ---- of the first process ------------------------------------------------------------------- */

/* With the PIDs that it has in the namespaces of its own, from ours inwards. */
static void add_pids(struct text_table *table, const struct process_info *info, pid_t pid,
                     bool is_tree)
{
    static char buffer[12 * PID_LEVELS];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    strbuf_format(&text, "%d", pid);
    for (int i = 1; i < info->pid_count && is_tree; i++)
        strbuf_format(&text, ">%d", info->pids[i]);
    text_table_add(table, buffer);
}

/* Most rows are of the same user as the one before. */
static void add_user(struct text_table *table, int64_t uid)
{
    static char name[64];
    static int64_t named = -1;

    if (uid >= 0 && uid != named && !account_name((uid_t)uid, name, sizeof name)) {

        strbuf_set(name, sizeof name, "%lld", (long long)uid);
    }
    named = uid;
    text_table_add(table, uid >= 0 ? name : "-");
}

static void add_process(struct text_table *table, const struct ns_listing *listing,
                        const struct ns_process *process, const struct process_info *info)
{
    if (process != NULL)
        add_pids(table, info, process->pid, listing->is_tree);
    else
        text_table_add(table, "-");
    add_user(table, info->uid);
}

static void add_owner(struct text_table *table, const struct ns_node *node)
{
    bool is_user = node->type == NAMESPACE_USER;
    int fd = ns_node_open(node);
    int64_t owner = -1;

    if (fd >= 0) {
        owner = is_user ? nsfs_owner_uid(fd) : (int64_t)nsfs_owner(fd);
        close(fd);
    }
    /* A user may be 0, a namespace not. */
    text_table_add_number(table, owner, owner == 0 && is_user ? "0" : "-");
}

/* Of one in which nobody lives: what keeps it. */
static void add_holder(struct text_table *table, const struct ns_node *node)
{
    const char *netns = held_namespaces_netns(node);
    static char buffer[sizeof "netns:" + NAME_MAX];

    if (netns == NULL) {
        text_table_add(table, node->path);
        return;
    }
    strbuf_set(buffer, sizeof buffer, "netns:%s", netns);
    text_table_add(table, buffer);
}

static void add_command(struct text_table *table, const struct ns_node *node,
                        const struct process_info *info)
{
    if (node->count == 0 && node->levels_up == 0 && node->path != NULL) {
        add_holder(table, node);
        return;
    }
    if (info->command != NULL)
        process_info_make_printable(info->command);
    text_table_add(table, info->command != NULL && info->command[0] != '\0' ? info->command : "-");
}

/* ---- of those that it is shared with -------------------------------------------------------- */

/* A list of names, each of them once, and how many processes had no room in it. */
struct names {
    struct strbuf text;
    unsigned int others;
};

static void add_name(struct names *names, const char *name, bool once)
{
    /* A long list ends in a number, too. */
    size_t room = names->text.size - names->text.length;

    if ((once && list_has(names->text.data, name)) || room < strlen(name) + 16)
        names->others++;
    else
        strbuf_format(&names->text, "%s%s", names->text.length > 0 ? "," : "", name);
}

static void add_services(struct names *names, const struct ns_listing *listing,
                         const struct ns_node *node)
{
    const struct ns_process *row;

    for (unsigned int place = node->first; place > 0; place = row->next[node->type]) {
        const struct service_row *service;

        row = ns_scan_process(listing->scan, place);
        service = ns_service_of(listing, row);
        if (service != NULL)
            add_name(names, service->name, false);
    }
}

enum { NAMED_MAX = 3 };

/* Of more of them no name is read: there may be thousands. */
static void add_neighbours(struct names *names, const struct ns_listing *listing,
                           const struct ns_node *node)
{
    const struct ns_process *row = ns_scan_process(listing->scan, node->first);

    for (unsigned int i = 0; i < NAMED_MAX && node->count > i + 1; i++) {
        char name[PROC_COMM_SIZE];

        row = ns_scan_process(listing->scan, row->next[node->type]);
        proc_read_comm(row->pid, name, sizeof name);
        process_info_make_printable(name);
        add_name(names, name[0] != '\0' ? name : "-", true);
    }
    if (node->count > NAMED_MAX + 1)
        names->others += node->count - NAMED_MAX - 1;
}

static void add_shared(struct text_table *table, const struct ns_listing *listing,
                       const struct ns_node *node)
{
    static char buffer[1024];
    struct names names = {.text = strbuf_in(buffer, sizeof buffer)};

    add_services(&names, listing, node);
    if (names.text.length == 0)
        add_neighbours(&names, listing, node);
    if (names.others > 0)
        strbuf_format(&names.text, " +%u", names.others);
    text_table_add(table, names.text.length > 0 ? buffer : "-");
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* All of it but for the id. */
static void add_residence(struct text_table *table, const struct ns_listing *listing,
                          const struct ns_node *node)
{
    const struct ns_process *first = ns_scan_process(listing->scan, node->first);
    const struct process_info *info = process_info_of(listing->infos, first);

    text_table_add(table, ns_types[node->type].name);
    text_table_add_number(table, node->count, "0");
    add_process(table, listing, first, info);
    add_owner(table, node);
    add_command(table, node, info);
    add_shared(table, listing, node);
}

/* How a branch is drawn: to one that others follow, to the last one, and past both. */
struct drawing {
    const char *fork;
    const char *last;
    const char *past_fork;
    const char *past_last;
};

static const struct drawing *choose_drawing(void)
{
    static const struct drawing drawings[] = {
        {"|-", "`-", "| ", "  "},
        {"\xe2\x94\x9c\xe2\x94\x80", "\xe2\x94\x94\xe2\x94\x80", "\xe2\x94\x82 ", "  "}};

    return &drawings[utf8_is_spoken()];
}

/* The next one behind `at` (NULL: of all) that is nested in the parent (NULL: in none). */
static const struct ns_node *next_child(const struct ns_scan *scan, const struct ns_node *at,
                                        const struct ns_node *parent)
{
    for (at = at != NULL ? at + 1 : scan->nodes; at < scan->nodes + scan->count; at++)
        if (at->is_wanted && at->parent == (parent != NULL ? parent->id : 0) &&
            (parent == NULL || at->type == parent->type))
            return at;
    return NULL;
}

struct trunk {
    struct text_table *table;
    const struct ns_listing *listing;
    const struct drawing *drawing;
    struct strbuf branch; /* what leads to the next row, and its id */
};

/* Behind the first `length` bytes, which lead to the parent. */
static void draw_branch(struct trunk *trunk, size_t length, const char *fork)
{
    trunk->branch.length = length;
    strbuf_add(&trunk->branch, fork);
}

/*
 * All rows: without trees, each is in no other. The kernel nests no deeper than 32 levels:
 * pid_namespaces(7), user_namespaces(7).
 */
static void add_branches(struct trunk *trunk, const struct ns_node *parent)
{
    static const struct drawing none = {"", "", "", ""};
    const struct drawing *drawing = parent != NULL ? trunk->drawing : &none;
    const struct ns_node *next = next_child(trunk->listing->scan, NULL, parent);
    size_t length = trunk->branch.length;

    while (next != NULL) {
        const struct ns_node *child = next;

        next = next_child(trunk->listing->scan, child, parent);
        draw_branch(trunk, length, next != NULL ? drawing->fork : drawing->last);
        strbuf_format(&trunk->branch, "%llu", (unsigned long long)child->id);
        text_table_add(trunk->table, trunk->branch.data);
        add_residence(trunk->table, trunk->listing, child);
        draw_branch(trunk, length, next != NULL ? drawing->past_fork : drawing->past_last);
        if (trunk->listing->is_tree)
            add_branches(trunk, child);
    }
}

/* ---- colour --------------------------------------------------------------------------------- */

enum { CYAN = '6' };

/* The ids of nsctl's own namespaces, which have no colour. */
static uint64_t own_ids[NAMESPACE_COUNT];

static char colour_of(size_t column, const char *cell)
{
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
    const struct table_style style = {
        .line_end = "\n",
        .width = screen_width(),
        .gives_way = {COLUMN_COMMAND + 1, COLUMN_SHARED + 1, COLUMN_USER + 1},
        .colour = screen_wants_colour() ? colour_of : NULL};
    struct text_table table = {.columns = COLUMN_COUNT};
    static char buffer[PID_LEVELS * 4 + 32];
    struct trunk trunk = {&table, listing, choose_drawing(), strbuf_in(buffer, sizeof buffer)};

    identity_namespaces(getpid(), own_ids);
    text_table_add_all(&table, titles, sizeof titles);
    add_branches(&trunk, NULL);
    return text_table_write(&table, STDOUT_FILENO, &style);
}
