/*
 * ns_table.c - nsctl ns: namespaces as a table, flat or with trees of those that are nested
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "control/ns.h"
#include "control/screen.h"
#include "control/table.h"
#include "report/identity.h"
#include "report/nsfs.h"
#include "spawn/accounts.h"
#include "util/parse.h"
#include "util/utf8.h"

enum { COLUMN_NS, COLUMN_COMMAND = 6 };

static const char *const titles[] = {"NS",   "TYPE",  "PROCESSES", "PID",
                                     "USER", "OWNER", "COMMAND",   "SHARED"};

enum { COLUMN_COUNT = sizeof titles / sizeof titles[0] };

/* A cell under construction. */
struct cell {
    char buffer[1024];
    struct text text;
};

static void begin(struct cell *cell)
{
    cell->text = text_in(cell->buffer, sizeof cell->buffer);
}

/* Something has to be seen where there is nothing. */
static int add_cell(struct table *table, const struct cell *cell)
{
    return table_add(table, cell->text.length > 0 ? cell->buffer : "-");
}

/* ---- of the first process ------------------------------------------------------------------- */

/* With the PIDs that it has in the namespaces of its own, from ours inwards. */
static void add_pids(struct text *text, const struct resident *resident, pid_t pid, bool is_tree)
{
    text_format(text, "%d", pid);
    for (int i = 1; i < resident->pid_count && is_tree; i++)
        text_format(text, ">%d", resident->pids[i]);
}

/* Most rows are of the same user as the one before. */
static void add_user(struct text *text, int64_t uid)
{
    static char name[64];
    static int64_t named = -1;

    if (uid < 0)
        return;
    if (uid != named) {
        named = uid;
        if (!account_name((uid_t)uid, name, sizeof name))
            name[0] = '\0';
    }
    if (name[0] != '\0')
        text_add(text, name);
    else
        text_format(text, "%lld", (long long)uid);
}

static int add_process(struct table *table, const struct view *view,
                       const struct residence *residence, const struct resident *resident)
{
    struct cell cell;

    begin(&cell);
    if (resident != NULL)
        add_pids(&cell.text, resident, residence->pid, view->is_tree);
    if (add_cell(table, &cell) < 0)
        return -ENOMEM;
    begin(&cell);
    if (resident != NULL)
        add_user(&cell.text, resident->uid);
    return add_cell(table, &cell);
}

static int add_owner(struct table *table, const struct residence *residence)
{
    int fd = census_open(residence);
    struct cell cell;
    uint64_t owner;
    int64_t uid;

    begin(&cell);
    if (fd >= 0 && residence->type == NAMESPACE_USER && (uid = nsfs_owner_uid(fd)) >= 0)
        text_format(&cell.text, "%lld", (long long)uid);
    else if (fd >= 0 && residence->type != NAMESPACE_USER && (owner = nsfs_owner(fd)) != 0)
        text_format(&cell.text, "%llu", (unsigned long long)owner);
    if (fd >= 0)
        close(fd);
    return add_cell(table, &cell);
}

static int add_command(struct table *table, const struct resident *resident)
{
    if (resident == NULL || resident->command_error != 0 || resident->command[0] == '\0')
        return table_add(table, "-");
    resident_make_printable(resident->command);
    return table_add(table, resident->command);
}

/* ---- of those that it is shared with -------------------------------------------------------- */

/* A list of names, each of them once, and how many processes had no room in it. */
struct names {
    struct cell cell;
    unsigned int count;
    unsigned int others;
};

static void add_name(struct names *names, const char *name, bool once)
{
    /* A long list ends in a number, too. */
    size_t room = names->cell.text.size - names->cell.text.length;

    if ((once && list_has(names->cell.buffer, name)) || room < strlen(name) + 16) {
        names->others++;
        return;
    }
    text_format(&names->cell.text, "%s%s", names->count > 0 ? "," : "", name);
    names->count++;
}

static void add_services(struct names *names, const struct view *view,
                         const struct residence *residence)
{
    const struct inhabitant *member = census_member(view->census, residence->first);

    for (; member != NULL; member = census_member(view->census, member->next[residence->type])) {
        const struct member *service = ns_service_of(view, member);

        if (service != NULL)
            add_name(names, service->name, false);
    }
}

enum { NAMED_MOST = 3 };

/* Of more of them no name is read: there may be thousands. */
static void add_neighbours(struct names *names, const struct view *view,
                           const struct residence *residence)
{
    const struct inhabitant *member = census_member(view->census, residence->first);

    for (unsigned int i = 0; i < NAMED_MOST && residence->count > i + 1; i++) {
        char name[COMM_SIZE];
        struct text text = text_in(name, sizeof name);

        member = census_member(view->census, member->next[residence->type]);
        text_add(&text, resident_name_of(view->residents, member));
        resident_make_printable(name);
        add_name(names, name[0] != '\0' ? name : "-", true);
    }
    if (residence->count > NAMED_MOST + 1)
        names->others += residence->count - NAMED_MOST - 1;
}

static int add_shared(struct table *table, const struct view *view,
                      const struct residence *residence)
{
    struct names names = {0};

    begin(&names.cell);
    add_services(&names, view, residence);
    if (names.count == 0)
        add_neighbours(&names, view, residence);
    if (names.others > 0)
        text_format(&names.cell.text, " +%u", names.others);
    return add_cell(table, &names.cell);
}

/* ---- rows ----------------------------------------------------------------------------------- */

static int add_row(struct table *table, const struct view *view, const struct residence *residence,
                   const char *branch)
{
    const struct inhabitant *first = census_member(view->census, residence->first);
    const struct resident *resident = first != NULL ? resident_of(view->residents, first) : NULL;
    struct cell id;
    struct cell count;

    begin(&id);
    begin(&count);
    text_format(&id.text, "%s%llu", branch, (unsigned long long)residence->id);
    text_format(&count.text, "%u", residence->count);
    return add_cell(table, &id) < 0 ||
                   table_add(table, namespace_kinds[residence->type].name) < 0 ||
                   add_cell(table, &count) < 0 ||
                   add_process(table, view, residence, resident) < 0 ||
                   add_owner(table, residence) < 0 || add_command(table, resident) < 0 ||
                   add_shared(table, view, residence) < 0
               ? -ENOMEM
               : 0;
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

/* The next one behind `at` (NULL: of all) that is nested in the parent (0: in none). */
static const struct residence *next_child(const struct census *census, const struct residence *at,
                                          const struct residence *parent)
{
    for (at = at != NULL ? at + 1 : census->residences; at < census->residences + census->count;
         at++)
        if (at->is_wanted && at->parent == (parent != NULL ? parent->id : 0) &&
            (parent == NULL || at->type == parent->type))
            return at;
    return NULL;
}

struct trunk {
    struct table *table;
    const struct view *view;
    const struct drawing *drawing;
};

/* The kernel nests no deeper than 32 levels: pid_namespaces(7), user_namespaces(7). */
static int add_branches(const struct trunk *trunk, const struct residence *parent,
                        const char *indent)
{
    const struct residence *next = next_child(trunk->view->census, NULL, parent);
    int result = 0;

    while (next != NULL && result == 0) {
        const struct residence *child = next;
        char branch[PID_LEVELS * 4 + 8] = "";
        char deeper[sizeof branch] = "";
        struct text branch_text = text_in(branch, sizeof branch);
        struct text deeper_text = text_in(deeper, sizeof deeper);

        next = next_child(trunk->view->census, child, parent);
        if (parent != NULL) {
            text_format(&branch_text, "%s%s", indent,
                        next != NULL ? trunk->drawing->fork : trunk->drawing->last);
            text_format(&deeper_text, "%s%s", indent,
                        next != NULL ? trunk->drawing->past_fork : trunk->drawing->past_last);
        }
        result = add_row(trunk->table, trunk->view, child, branch);
        if (result == 0)
            result = add_branches(trunk, child, deeper);
    }
    return result;
}

static int add_tree(struct table *table, const struct view *view)
{
    const struct trunk trunk = {table, view, choose_drawing()};

    return add_branches(&trunk, NULL, "");
}

static int add_rows(struct table *table, const struct view *view)
{
    int result = 0;

    for (size_t i = 0; i < view->census->count && result == 0; i++)
        if (view->census->residences[i].is_wanted)
            result = add_row(table, view, &view->census->residences[i], "");
    return result;
}

/* ---- colour --------------------------------------------------------------------------------- */

#define CYAN "\033[36m"

/* The ids of nsctl's own namespaces, which have no colour. */
static uint64_t own_ids[NAMESPACE_COUNT];

static const char *colour_of(size_t column, const char *cell)
{
    const char *digits = cell + strcspn(cell, "0123456789");
    uint64_t id;

    if (column != COLUMN_NS || parse_large_number(digits, UINT64_MAX, &id) < 0)
        return NULL;
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        if (own_ids[type] == id)
            return NULL;
    return CYAN;
}

int ns_print_table(const struct view *view)
{
    const struct table_style style = {.line_end = "\n",
                                      .width = screen_width(),
                                      .gives_way = COLUMN_COMMAND + 1,
                                      .colour = screen_wants_colour() ? colour_of : NULL};
    struct table table = {.columns = COLUMN_COUNT};
    int result = 0;

    if (style.colour != NULL)
        identity_namespaces(getpid(), own_ids);
    for (size_t i = 0; i < COLUMN_COUNT && result == 0; i++)
        result = table_add(&table, titles[i]);
    if (result == 0)
        result = (view->is_tree ? add_tree : add_rows)(&table, view);
    if (result == 0)
        result = table_write(&table, STDOUT_FILENO, &style);
    table_free(&table);
    return result;
}
