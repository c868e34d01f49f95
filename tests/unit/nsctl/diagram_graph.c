/*
 * diagram_graph.c - tests of nsctl/diagram_graph.c with made-up identities
 */
#include "nsctl/diagram_graph_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

enum { MOST = 40, HOST_ID = 100, WIDTH = 80 };

/* The processes to draw, the host first. At first each is in all of the host's namespaces. */
static struct identity identities[MOST];
static struct diagram_process processes[MOST];
static size_t count;
static char drawing[256 * 1024];

static struct identity *add(const char *name, pid_t pid)
{
    struct identity *identity = &identities[count];

    *identity = (struct identity){.pid = pid, .pids = {pid}, .pid_count = 1};
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        identity->namespaces[type].id = HOST_ID + type;
    snprintf(identity->hostname, sizeof identity->hostname, "machine");
    processes[count] = (struct diagram_process){.name = name,
                                                .identity = identity,
                                                .pid_namespaces = {HOST_ID + NAMESPACE_PID},
                                                .level_count = 1};
    count++;
    return identity;
}

static void set_namespace(struct identity *identity, enum ns_type type, uint64_t id)
{
    identity->namespaces[type].id = id;
}

/* Put the process into a PID namespace inside its own. */
static void nest(struct identity *identity, uint64_t id, pid_t pid)
{
    struct diagram_process *process = &processes[identity - identities];

    process->pid_namespaces[process->level_count++] = id;
    identity->pids[identity->pid_count++] = pid;
    set_namespace(identity, NAMESPACE_PID, id);
}

static const char *draw_with(enum diagram_format format, size_t width, bool is_ascii)
{
    const struct diagram diagram = {
        .processes = processes, .count = count, .width = width, .is_ascii = is_ascii};
    struct strbuf text = strbuf_in(drawing, sizeof drawing);

    ck_assert_int_eq(diagram_add(&text, &diagram, format), 0);
    ck_assert_uint_lt(text.length, sizeof drawing - 1);
    return drawing;
}

static const char *draw(enum diagram_format format)
{
    return draw_with(format, WIDTH, false);
}

static int count_in(const char *text, const char *part)
{
    int found = 0;

    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        found++;
    return found;
}

#define ck_assert_in(text, part) \
    ck_assert_msg(strstr((text), (part)) != NULL, "'%s' is not in <<%s>>", (part), (text))
#define ck_assert_not_in(text, part) \
    ck_assert_msg(strstr((text), (part)) == NULL, "'%s' is in <<%s>>", (part), (text))

/* A pod with a PID namespace. web is in that one, cache in another one inside it. */
static void add_pod(void)
{
    struct identity *cache;
    struct identity *web;

    add("nsinit", 1);
    cache = add("cache", 10);
    web = add("web", 20);
    nest(cache, 500, 3);
    nest(cache, 600, 2);
    nest(web, 500, 4);
    set_namespace(cache, NAMESPACE_MNT, 700);
    for (int i = 1; i < 3; i++) {
        set_namespace(&identities[i], NAMESPACE_NET, 800);
        set_namespace(&identities[i], NAMESPACE_UTS, 900);
        snprintf(identities[i].hostname, sizeof identities[i].hostname, "shop");
    }
}

START_TEST(a_text_has_a_column_for_each_level_of_pid_namespaces)
{
    add_pod();
    ck_assert_str_eq(draw(DIAGRAM_TEXT),
                     "┌ host: pid 102 ────┐\n"
                     "│ nsinit PID 1      │\n"
                     "│ shared with all:  │\n"
                     "│ user 100          │\n"
                     "│ ipc 105           │\n"
                     "│ cgroup 106        │\n"
                     "│ time 107          │\n"
                     "│ not with all:     │\n"
                     "│ mnt 101           │\n"
                     "│ net 103           │\n"
                     "│ uts 104 (machine) │\n"
                     "│                   │  ┌ pid 500 ─────────┐\n"
                     "│                   │  │                  │  ┌ pid 600 ────┐\n"
                     "│ cache PID 10 ┄┄┄┄┄┼┄┄┤ cache PID 3 ┄┄┄┄┄┼┄┄┤ cache PID 2 ├──●\n"
                     "│                   │  │                  │  │ mnt 700     │  │\n"
                     "│                   │  │                  │  └─────────────┘  │\n"
                     "│ web PID 20 ┄┄┄┄┄┄┄┼┄┄┤ web PID 4        ├───────────────────●\n"
                     "│                   │  │ of the host: mnt │                   │\n"
                     "│                   │  └──────────────────┘                   │\n"
                     "└───────────────────┘                                         │\n"
                     "                                          ┌────────────────┐  │\n"
                     "                                          │ shared:        ├──┘\n"
                     "                                          │ net 800        │\n"
                     "                                          │ uts 900 (shop) │\n"
                     "                                          └────────────────┘\n");
}
END_TEST

START_TEST(a_text_is_in_ascii_without_a_utf_8_locale)
{
    add_pod();
    set_namespace(&identities[1], NAMESPACE_USER, 950);
    identities[1].outer_uid = 1000;
    snprintf(identities[0].hostname, sizeof identities[0].hostname, "k\xc3\xa4se");
    for (const char *byte = draw_with(DIAGRAM_TEXT, WIDTH, true); *byte != '\0'; byte++)
        ck_assert_msg((unsigned char)*byte < 0x80, "<<%s>>", drawing);
    ck_assert_in(drawing, "k\\xc3\\xa4se");
    ck_assert_in(drawing, "uid 0 -> 1000");
}
END_TEST

START_TEST(a_graph_has_a_box_for_each_pid_namespace)
{
    add_pod();
    draw(DIAGRAM_MERMAID);
    ck_assert_int_eq(count_in(drawing, "subgraph"), 3);
    ck_assert_in(drawing, "subgraph b0_0[\"host: pid 102\"]\n    p0_0[\"nsinit PID 1<br/>");
    ck_assert_in(drawing, "    p1_0[\"cache PID 10\"]\n    p2_0[\"web PID 20\"]\n  end\n");
    ck_assert_in(drawing, "subgraph b1_1[\"pid 500\"]\n    p1_1[\"cache PID 3\"]\n"
                          "    p2_1[\"web PID 4<br/>of the host: mnt\"]\n  end\n");
    ck_assert_in(drawing,
                 "subgraph b1_2[\"pid 600\"]\n    p1_2[\"cache PID 2<br/>mnt 700\"]\n  end\n");
    draw(DIAGRAM_DOT);
    ck_assert_int_eq(count_in(drawing, "subgraph cluster_"), 3);
    ck_assert_in(drawing, "subgraph cluster_b1_2 {\n    label=\"pid 600\";\n"
                          "    p1_2 [label=\"cache PID 2\\lmnt 700\\l\"];\n  }\n");
}
END_TEST

START_TEST(the_same_process_is_joined_from_level_to_level)
{
    add_pod();
    draw(DIAGRAM_MERMAID);
    ck_assert_int_eq(count_in(drawing, "same process"), 3);
    ck_assert_in(drawing, "  p1_0 -. same process .- p1_1\n");
    ck_assert_in(drawing, "  p1_1 -. same process .- p1_2\n");
    ck_assert_in(drawing, "  p2_0 -. same process .- p2_1\n");
    draw(DIAGRAM_DOT);
    ck_assert_int_eq(count_in(drawing, "label=\"same process\""), 3);
    ck_assert_in(drawing, "  p1_1 -> p1_2 [style=dotted, label=\"same process\"];\n");
    draw(DIAGRAM_TEXT);
    ck_assert_in(drawing, "│ cache PID 10 ┄┄┄┄┄┼┄┄┤ cache PID 3 ┄┄┄┄┄┼┄┄┤ cache PID 2 ├──●\n");
    ck_assert_in(drawing, "│ web PID 20 ┄┄┄┄┄┄┄┼┄┄┤ web PID 4        ├─");
}
END_TEST

START_TEST(a_shared_namespace_is_drawn_once_and_joined_to_each_process)
{
    add_pod();
    draw(DIAGRAM_MERMAID);
    ck_assert_int_eq(count_in(drawing, "net 800"), 1);
    ck_assert_in(drawing, "  s1_3([\"net 800<br/>uts 900 (shop)\"])\n"
                          "  p1_2 --- s1_3\n  p2_1 --- s1_3\n");
    draw(DIAGRAM_DOT);
    ck_assert_int_eq(count_in(drawing, "net 800"), 1);
    ck_assert_in(drawing, "  s1_3 [style=\"rounded,filled\", fillcolor=\"#fdf3d8\", label=\"net "
                          "800\\luts 900 (shop)\\l\"];\n"
                          "  p1_2 -> s1_3;\n  p2_1 -> s1_3;\n");
    draw(DIAGRAM_TEXT);
    ck_assert_int_eq(count_in(drawing, "net 800"), 1);
    ck_assert_int_eq(count_in(drawing, "●"), 2);
    ck_assert_in(drawing, "│ shared:        ├──┘\n");
}
END_TEST

START_TEST(other_processes_that_share_have_another_node)
{
    add("nsinit", 1);
    for (int i = 0; i < 3; i++)
        set_namespace(add("s", 10 + i), NAMESPACE_NET, 800);
    set_namespace(&identities[1], NAMESPACE_IPC, 801);
    set_namespace(&identities[3], NAMESPACE_IPC, 801);
    draw(DIAGRAM_MERMAID);
    ck_assert_in(drawing, "  s1_3([\"net 800\"])\n  p1_0 --- s1_3\n  p2_0 --- s1_3\n"
                          "  p3_0 --- s1_3\n");
    ck_assert_in(drawing, "  s1_5([\"ipc 801\"])\n  p1_0 --- s1_5\n  p3_0 --- s1_5\n");
    /* Lines to the first rail only cross the second. */
    draw(DIAGRAM_TEXT);
    ck_assert_int_eq(count_in(drawing, "●"), 5);
    ck_assert_int_eq(count_in(drawing, "●─●"), 2);
}
END_TEST

START_TEST(a_line_that_only_crosses_a_rail_does_not_join_it)
{
    add("nsinit", 1);
    for (int i = 0; i < 4; i++)
        add("s", 10 + i);
    set_namespace(&identities[1], NAMESPACE_NET, 800);
    set_namespace(&identities[4], NAMESPACE_NET, 800);
    set_namespace(&identities[2], NAMESPACE_IPC, 801);
    set_namespace(&identities[3], NAMESPACE_IPC, 801);
    ck_assert_int_eq(count_in(draw(DIAGRAM_TEXT), "├──┼─●\n"), 2);
    ck_assert_int_eq(count_in(drawing, "├──●\n"), 1);
    ck_assert_int_eq(count_in(drawing, "├──● │\n"), 1);
}
END_TEST

START_TEST(two_types_may_have_the_same_id)
{
    add("nsinit", 1);
    set_namespace(add("a", 10), NAMESPACE_NET, 800);
    set_namespace(add("b", 11), NAMESPACE_IPC, 800);
    draw(DIAGRAM_MERMAID);
    ck_assert_not_in(drawing, "--- s");
    ck_assert_in(drawing, "a PID 10<br/>net 800<br/>of the host: ipc\"");
}
END_TEST

START_TEST(the_hosts_namespaces_are_listed_at_the_host)
{
    add("nsinit", 1);
    set_namespace(add("a", 10), NAMESPACE_NET, 800);
    draw(DIAGRAM_DOT);
    ck_assert_in(drawing,
                 "nsinit PID 1\\lshared with all:\\luser 100\\lmnt 101\\luts 104 (machine)\\l"
                 "ipc 105\\lcgroup 106\\ltime 107\\lnot with all:\\lnet 103\\l\"");
    ck_assert_in(drawing, "[label=\"a PID 10\\lnet 800\\l\"]");
}
END_TEST

START_TEST(a_uid_is_shown_where_it_differs_outside)
{
    add("nsinit", 1);
    add("same", 10)->uid = identities[1].outer_uid = 33;
    add("mapped", 11)->outer_uid = 100000;
    add("unmapped", 12)->outer_uid = 7;
    identities[3].uid = -1;
    draw(DIAGRAM_MERMAID);
    ck_assert_in(drawing, "\"same PID 10\"");
    ck_assert_in(drawing, "\"mapped PID 11<br/>uid 0 → 100000\"");
    ck_assert_in(drawing, "\"unmapped PID 12<br/>uid unmapped → 7\"");
}
END_TEST

START_TEST(an_unknown_value_is_a_question_mark_with_its_reason_at_the_end)
{
    struct identity *web;

    add("nsinit", 1);
    web = add("web", 10);
    nest(web, 0, 5);
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        web->namespaces[type] = (struct namespace_identity){.error = EACCES};
    web->errors[FACT_HOSTNAME] = web->errors[FACT_UID_MAP] = EACCES;
    web->uid = -1;
    draw(DIAGRAM_MERMAID);
    ck_assert_in(drawing, "subgraph b1_1[\"pid ?\"]\n    p1_1[\"web PID 5<br/>uid ?<br/>user ?<br/>"
                          "mnt ?<br/>net ?<br/>uts ?<br/>ipc ?<br/>cgroup ?<br/>time ?\"]");
    ck_assert_in(drawing, "notes1_0[\"web: user, mnt, pid, net, uts, ipc, cgroup, time, uid ?: "
                          "Permission denied\"]\n");
    draw(DIAGRAM_DOT);
    ck_assert_in(drawing, "notes1_0 [shape=note, label=\"web: user, mnt,");
    draw(DIAGRAM_TEXT);
    ck_assert_in(drawing, "┘\nweb: user, mnt, pid, net, uts, ipc, cgroup, time, uid ?: "
                          "Permission denied\n");
}
END_TEST

START_TEST(unknown_namespaces_are_neither_shared_nor_the_hosts)
{
    add("nsinit", 1)->namespaces[NAMESPACE_NET] = (struct namespace_identity){.error = EPERM};
    for (int i = 0; i < 2; i++) {
        struct identity *identity = add("s", 10 + i);

        nest(identity, 0, 5);
        set_namespace(identity, NAMESPACE_NET, 0);
    }
    draw(DIAGRAM_MERMAID);
    ck_assert_int_eq(count_in(drawing, "subgraph"), 3);
    ck_assert_int_eq(count_in(drawing, "net ?<br/>") + count_in(drawing, "net ?\""), 2);
    ck_assert_not_in(drawing, "--- s");
    ck_assert_in(drawing, "nsinit: net ?: Operation not permitted");
}
END_TEST

START_TEST(a_type_that_the_kernel_lacks_is_left_out)
{
    add("nsinit", 1);
    add("s", 10);
    for (int i = 0; i < 2; i++)
        identities[i].namespaces[NAMESPACE_TIME] = (struct namespace_identity){.error = ENOENT};
    ck_assert_not_in(draw(DIAGRAM_DOT), "time");
    ck_assert_not_in(drawing, "?");
}
END_TEST

START_TEST(a_proc_that_hides_all_is_no_kernel_without_namespaces)
{
    add("nsinit", 1);
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        identities[0].namespaces[type] = (struct namespace_identity){.error = ENOENT};
    ck_assert_in(draw(DIAGRAM_TEXT),
                 "nsinit: user, mnt, pid, net, uts, ipc, cgroup, time ?: No such");
}
END_TEST

START_TEST(unknown_pids_leave_the_outermost_one)
{
    struct identity *web;

    add("nsinit", 1);
    web = add("web", 10);
    nest(web, 500, 2);
    web->pid_count = 0;
    web->errors[FACT_PIDS] = EACCES;
    draw(DIAGRAM_MERMAID);
    ck_assert_in(drawing, "p1_0[\"web PID 10\"]");
    ck_assert_in(drawing, "p1_1[\"web PID ?\"]");
    ck_assert_in(drawing, "web: PID ?: Permission denied");
}
END_TEST

START_TEST(a_service_without_a_process_is_named_at_the_end)
{
    add("nsinit", 1);
    processes[count++] = (struct diagram_process){.name = "data", .absence = "done"};
    draw(DIAGRAM_MERMAID);
    ck_assert_in(drawing, "notes1_0[\"data: no process: done\"]");
    ck_assert_not_in(drawing, "p1_0");
    ck_assert_in(draw(DIAGRAM_TEXT), "\ndata: no process: done\n");
}
END_TEST

START_TEST(a_pid_namespace_outside_the_host_has_a_box)
{
    nest(add("nsinit", 900), 400, 1);
    nest(add("web", 910), 400, 7);
    draw(DIAGRAM_MERMAID);
    ck_assert_in(drawing, "subgraph b0_0[\"pid 102\"]\n    p0_0[\"nsinit PID 900\"]\n"
                          "    p1_0[\"web PID 910\"]\n");
    ck_assert_in(drawing, "subgraph b0_1[\"host: pid 400\"]\n    p0_1[\"nsinit PID 1<br/>");
    ck_assert_in(drawing, "p1_1[\"web PID 7\"]\n");
}
END_TEST

#define NASTY "a\"b<c>&d#e;\\n`_*[x]"

START_TEST(names_mean_nothing_to_mermaid)
{
    add("nsinit", 1);
    add(NASTY, 10);
    ck_assert_in(draw(DIAGRAM_MERMAID),
                 "p1_0[\"a#34;b#60;c#62;#38;d#35;e#59;#92;n#96;#95;#42;#91;x#93; PID 10\"]\n");
    ck_assert_int_eq(count_in(drawing, "\""), 6);
}
END_TEST

START_TEST(names_mean_nothing_to_graphviz)
{
    add("nsinit", 1);
    add(NASTY, 10);
    ck_assert_in(draw(DIAGRAM_DOT), "label=\"a\\\"b<c>&amp;d#e;\\\\n`_*[x] PID 10\\l\"");
}
END_TEST

static const struct {
    const char *name;
    const char *shown;
} names[] = {
    {"two\nlines", "two\\x0alines"},
    {"\033[31mred", "\\x1b[31mred"},
    {"\x7f", "\\x7f"},
    /* CSI in one character, U+009B. */
    {"\xc2\x9b", "\\xc2\\x9b"},
    {"\xff\xc3", "\\xff\\xc3"},
    {"k\xc3\xa4se \xf0\x9f\xa7\x80", "k\xc3\xa4se \xf0\x9f\xa7\x80"},
};

START_TEST(no_name_can_break_a_line_or_steer_a_terminal)
{
    char line[100];

    add("nsinit", 1);
    add(names[_i].name, 10);
    snprintf(line, sizeof line, "│ %s PID 10 ", names[_i].shown);
    ck_assert_in(draw(DIAGRAM_TEXT), line);
}
END_TEST

/* The number of characters in the longest line. */
static size_t width_of(const char *text)
{
    size_t most = 0;

    for (size_t width = 0; *text != '\0'; text++) {
        width = *text == '\n' ? 0 : width + (((unsigned char)*text & 0xC0) != 0x80);
        if (width > most)
            most = width;
    }
    return most;
}

static void add_many(int services)
{
    static char service_names[MOST][64];

    add("nsinit", 1);
    for (int i = 1; i <= services; i++) {
        struct identity *identity;

        snprintf(service_names[i], sizeof service_names[i], "service-with-a-long-name-%d", i);
        identity = add(service_names[i], 4194000 + i);
        nest(identity, 4026532500, 4194000 - i);
        if (i % 2 == 0) {
            nest(identity, 4026532600U + (unsigned int)i, 2);
            set_namespace(identity, NAMESPACE_CGROUP, 4026532700U + (unsigned int)i);
        }
        set_namespace(identity, NAMESPACE_NET, 4026532501);
        set_namespace(identity, NAMESPACE_UTS, i % 3 == 0 ? 4026532502 : 4026532503);
    }
}

START_TEST(a_text_keeps_to_the_width)
{
    add_many(20);
    /* There are three levels and three rails. */
    for (size_t width = 65; width < 140; width++)
        ck_assert_uint_le(width_of(draw_with(DIAGRAM_TEXT, width, false)), width);
    ck_assert_in(draw_with(DIAGRAM_TEXT, 140, false), "service-with-a-long-name-20 PID 4193980 ");
}
END_TEST

START_TEST(long_words_are_broken_rather_than_lost)
{
    add("nsinit", 1);
    add("abcdefghijklmnopqrstuvwxyz", 10);
    draw_with(DIAGRAM_TEXT, 20, false);
    ck_assert_uint_le(width_of(drawing), 20);
    ck_assert_in(drawing, "│ abcdefghijklmno… │\n│ pqrstuvwxyz PID  │\n│ 10               │\n");
}
END_TEST

/* Add a process in so many nested PID namespaces. */
static void add_deep(int levels)
{
    struct identity *identity;

    add("nsinit", 1);
    identity = add("deep", 10);
    for (int i = 0; i < levels; i++)
        nest(identity, 4026532500U + (unsigned int)i, 10 - i);
    set_namespace(identity, NAMESPACE_NET, 4026532600);
    for (size_t i = 0; i < count; i++)
        processes[i].pid_namespaces[0] = 4026531836;
}

START_TEST(five_levels_have_whole_ids_in_80_columns)
{
    add_deep(4);
    draw_with(DIAGRAM_TEXT, 80, false);
    ck_assert_uint_le(width_of(drawing), 80);
    ck_assert_in(drawing, " 4026531836 ");
    ck_assert_in(drawing, " 4026532503 ");
    ck_assert_in(drawing, "│ 4026532600 ");
}
END_TEST

START_TEST(an_id_without_room_is_cut_with_a_mark)
{
    add_deep(7);
    draw_with(DIAGRAM_TEXT, 80, false);
    ck_assert_uint_le(width_of(drawing), 80);
    ck_assert_in(drawing, "┌…32506 ┐");
    ck_assert_in(drawing, "│ 4026… ");
    ck_assert_in(draw_with(DIAGRAM_TEXT, 80, true), "+~32506 +");
}
END_TEST

static void reset(void)
{
    count = 0;
}

TCase *diagram_graph_case(void)
{
    const TTest *const tests[] = {a_text_has_a_column_for_each_level_of_pid_namespaces,
                                  a_text_is_in_ascii_without_a_utf_8_locale,
                                  a_graph_has_a_box_for_each_pid_namespace,
                                  the_same_process_is_joined_from_level_to_level,
                                  a_shared_namespace_is_drawn_once_and_joined_to_each_process,
                                  other_processes_that_share_have_another_node,
                                  a_line_that_only_crosses_a_rail_does_not_join_it,
                                  two_types_may_have_the_same_id,
                                  the_hosts_namespaces_are_listed_at_the_host,
                                  a_uid_is_shown_where_it_differs_outside,
                                  an_unknown_value_is_a_question_mark_with_its_reason_at_the_end,
                                  unknown_namespaces_are_neither_shared_nor_the_hosts,
                                  a_type_that_the_kernel_lacks_is_left_out,
                                  a_proc_that_hides_all_is_no_kernel_without_namespaces,
                                  unknown_pids_leave_the_outermost_one,
                                  a_service_without_a_process_is_named_at_the_end,
                                  a_pid_namespace_outside_the_host_has_a_box,
                                  names_mean_nothing_to_mermaid,
                                  names_mean_nothing_to_graphviz,
                                  a_text_keeps_to_the_width,
                                  long_words_are_broken_rather_than_lost,
                                  five_levels_have_whole_ids_in_80_columns,
                                  an_id_without_room_is_cut_with_a_mark,
                                  NULL};
    TCase *tcase = case_of("diagram_graph", tests);

    tcase_add_checked_fixture(tcase, reset, NULL);
    tcase_add_loop_test(tcase, no_name_can_break_a_line_or_steer_a_terminal, 0,
                        sizeof names / sizeof names[0]);
    return tcase;
}
