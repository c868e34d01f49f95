/*
 * nsctl_diagram.c - the diagrams of a live pod, the one of doc/TOUR.md: all that is in them is
 * compared with what the kernel says
 */
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "system/system.h"

static const char *const services[] = {"cache", "web", "worker"};

enum { SERVICES = 3, LEVELS_MAX = 5, LINES_MAX = 60, LINE_SIZE = 100 };

/* What the kernel says of a process. */
struct facts {
    const char *name;
    pid_t pids[LEVELS_MAX]; /* from the test's PID namespace to its own */
    int levels;
};

/* The lines of words that a diagram has to have, each once. */
static char lines[LINES_MAX][LINE_SIZE];
static int line_count;

static const char *socket_path(void)
{
    static char path[100];

    snprintf(path, sizeof path, "%s/socket", test_directory());
    return path;
}

#define NSCTL(...) COMMAND(nsinit_path(), "--ctl", "-c", socket_path(), __VA_ARGS__)

/* The machine's own name might be any. */
static void have_a_hostname(void *argument)
{
    (void)argument;
    if (unshare(CLONE_NEWUTS) < 0 || sethostname("machine", strlen("machine")) < 0)
        _exit(99);
}

/* False, after saying so, where we may not: an ordinary user's namespaces are no place for it. */
static bool start_pod(struct process *pod, enum place place, const char *test)
{
    if (geteuid() != 0) {
        skip_test(test, "needs root to make namespaces");
        return false;
    }
    /* That of the test before may not have ended yet. */
    (void)unlink(socket_path());
    process_start(pod,
                  &(struct process_options){.arguments = NSINIT("-s", "-v", "--control",
                                                                socket_path(), "--pod", POD_FILE),
                                            .place = place,
                                            .prepare = have_a_hostname});
    for (int i = 0; i < SERVICES; i++)
        process_expect(pod, ": started ");
    return true;
}

static const char *run_as(uid_t uid, const char *const *arguments, int code)
{
    static struct process process;

    process_run(&process, &(struct process_options){.arguments = arguments, .uid = uid});
    ck_assert_msg(process.exit_code == code, "exit code %d, <<%s>> <<%s>>", process.exit_code,
                  process.output.text, process.errors.text);
    return code == 0 ? process.output.text : process.errors.text;
}

static const char *output_of(const char *const *arguments)
{
    return run_as(0, arguments, 0);
}

/* ---- what the kernel says ------------------------------------------------------------------ */

static void read_pids(struct facts *facts, const char *name, pid_t pid)
{
    char path[64];
    char line[200];
    FILE *file;

    *facts = (struct facts){.name = name};
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    file = fopen(path, "re");
    ck_assert_msg(file != NULL, "%s %d is not there", name, pid);
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "NSpid:", 6) == 0)
            for (char *number = strtok(line + 6, "\t\n"); number != NULL;
                 number = strtok(NULL, "\t\n"))
                facts->pids[facts->levels++] = atoi(number);
    fclose(file);
    ck_assert_int_ge(facts->levels, 1);
}

static unsigned long namespace_of(pid_t pid, const char *type)
{
    char path[64];
    char target[64] = "";
    unsigned long id = 0;

    snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, type);
    ck_assert_int_gt(readlink(path, target, sizeof target - 1), 0);
    ck_assert_int_eq(sscanf(strchr(target, '['), "[%lu]", &id), 1);
    return id;
}

static bool is_known(const char *type)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/self/ns/%s", type);
    return access(path, F_OK) == 0;
}

static void read_service(struct facts *facts, const struct process *pod, const char *name)
{
    char told[80];
    const char *at;

    snprintf(told, sizeof told, "%s: started sleep as ", name);
    at = strstr(pod->errors.text, told);
    ck_assert_msg(at != NULL, "%s is not in <<%s>>", told, pod->errors.text);
    read_pids(facts, name, atoi(at + strlen(told)));
}

/* ---- what has to be in a diagram ----------------------------------------------------------- */

__attribute__((format(printf, 1, 2))) static void expect_line(const char *format, ...)
{
    va_list arguments;

    ck_assert_int_lt(line_count, LINES_MAX);
    va_start(arguments, format);
    vsnprintf(lines[line_count++], LINE_SIZE, format, arguments);
    va_end(arguments);
}

static void expect_namespace(pid_t pid, const char *type)
{
    if (is_known(type))
        expect_line("%s %lu", type, namespace_of(pid, type));
}

static void expect_uts(pid_t pid, const char *hostname)
{
    expect_line("uts %lu (%s)", namespace_of(pid, "uts"), hostname);
}

/* The pod, as an ordinary child of the test's. */
static void expect_pod(struct facts facts[SERVICES], const struct process *pod)
{
    static const char *const hosts[] = {"pid", "user", "mnt", "net", "ipc", "cgroup", "time"};
    static const char *const shared[] = {"pid", "net", "ipc"};

    line_count = 0;
    expect_line("nsinit PID %d", pod->pid);
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++)
        expect_namespace(pod->pid, hosts[i]);
    expect_uts(pod->pid, "machine");
    for (int i = 0; i < SERVICES; i++) {
        read_service(&facts[i], pod, services[i]);
        for (int level = 0; level < facts[i].levels; level++)
            expect_line("%s PID %d", services[i], facts[i].pids[level]);
    }
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(facts[i].levels, 3);
        expect_namespace(facts[i].pids[0], "pid");
        expect_namespace(facts[i].pids[0], "mnt");
    }
    ck_assert_int_eq(facts[2].levels, 2);
    for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++)
        expect_namespace(facts[2].pids[0], shared[i]);
    expect_uts(facts[2].pids[0], "shop");
}

static bool is_part_of_number(const char *text)
{
    return *text >= '0' && *text <= '9';
}

/* How often the words are in the text, and no number at their end goes on. */
static int count_of_words(const char *text, const char *words)
{
    int count = 0;

    for (const char *at = text; (at = strstr(at, words)) != NULL; at += strlen(words))
        count += !is_part_of_number(at + strlen(words));
    return count;
}

/* Each of them once, and no other PID or id. */
static void ck_assert_is_all(const char *drawing)
{
    static const char *const types[] = {"pid", "user",   "mnt",  "net", "uts",
                                        "ipc", "cgroup", "time", "PID"};
    int found = 0;

    for (int i = 0; i < line_count; i++)
        ck_assert_msg(count_of_words(drawing, lines[i]) == 1, "'%s' is not once in <<%.3000s>>",
                      lines[i], drawing);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        for (const char *at = drawing; (at = strstr(at, types[i])) != NULL; at++)
            found += at[strlen(types[i])] == ' ' && is_part_of_number(at + strlen(types[i]) + 1);
    ck_assert_msg(found == line_count, "%d of %d in <<%.3000s>>", found, line_count, drawing);
}

/* The line of the text that the words are in. */
static const char *line_with(const char *text, const char *words)
{
    static char line[400];
    const char *begin = strstr(text, words);

    ck_assert_msg(begin != NULL, "'%s' is not in <<%s>>", words, text);
    while (begin > text && begin[-1] != '\n')
        begin--;
    snprintf(line, sizeof line, "%.*s", (int)strcspn(begin, "\n"), begin);
    return line;
}

static void ck_assert_is_row(const char *drawing, const struct facts *facts)
{
    char words[80];

    snprintf(words, sizeof words, "%s PID %d ", facts->name, facts->pids[0]);
    for (int level = 1; level < facts->levels; level++) {
        char next[80];

        snprintf(next, sizeof next, "%s PID %d ", facts->name, facts->pids[level]);
        ck_assert_contains(strstr(line_with(drawing, words), words), next);
    }
}

START_TEST(the_text_has_all_pids_and_namespaces_of_a_pod_as_the_kernel_has_them)
{
    struct facts facts[SERVICES];
    struct process pod;
    const char *drawing;

    if (!start_pod(&pod, PLACE_PLAIN,
                   "the_text_has_all_pids_and_namespaces_of_a_pod_as_the_kernel_has_them"))
        return;
    expect_pod(facts, &pod);
    setenv("LC_ALL", "C.UTF-8", 1);
    drawing = output_of(NSCTL("status", "--diagram=text"));
    ck_assert_is_all(drawing);
    for (int i = 0; i < SERVICES; i++)
        ck_assert_is_row(drawing, &facts[i]);
    ck_assert_int_eq(count_of(drawing, "●"), SERVICES);
}
END_TEST

/* The label of a node in either language, terminated by what is not a part of it. */
static const char *label_of(const char *drawing, const char *node)
{
    char before[40];
    const char *found;

    snprintf(before, sizeof before, "    %.20s [label=\"", node);
    found = strstr(drawing, before);
    if (found == NULL) {
        snprintf(before, sizeof before, "    %.20s[\"", node);
        found = strstr(drawing, before);
    }
    ck_assert_msg(found != NULL, "there is no %s in <<%s>>", node, drawing);
    return found + strlen(before);
}

static bool is_of(const char *label, const struct facts *facts, int level)
{
    char words[80];

    snprintf(words, sizeof words, "%s PID %d", facts->name, facts->pids[level]);
    return strncmp(label, words, strlen(words)) == 0 && !is_part_of_number(label + strlen(words));
}

/* Whether the two nodes are the process on a level and on the next. */
static bool is_same_process(const char *drawing, const char *from, const char *to,
                            const struct facts *facts)
{
    for (int level = 1; level < facts->levels; level++)
        if (is_of(label_of(drawing, from), facts, level - 1) &&
            is_of(label_of(drawing, to), facts, level))
            return true;
    return false;
}

/* Each line between two boxes has the same process at its ends. */
static void ck_assert_joins(const char *drawing, const char *edge,
                            const struct facts facts[SERVICES])
{
    int count = 0;

    for (const char *at = drawing; (at = strstr(at, "  p")) != NULL; at += 3) {
        char from[21];
        char to[21];
        int found = 0;

        if (sscanf(at, edge, from, to) != 2 || to[0] != 'p')
            continue;
        for (int i = 0; i < SERVICES; i++)
            found += is_same_process(drawing, from, to, &facts[i]);
        ck_assert_msg(found == 1, "%s and %s in <<%s>>", from, to, drawing);
        count++;
    }
    ck_assert_int_eq(count, 5);
}

START_TEST(the_mermaid_has_all_pids_and_namespaces_of_a_pod_as_the_kernel_has_them)
{
    struct facts facts[SERVICES];
    struct process pod;
    const char *drawing;

    if (!start_pod(&pod, PLACE_PLAIN,
                   "the_mermaid_has_all_pids_and_namespaces_of_a_pod_as_the_kernel_has_them"))
        return;
    expect_pod(facts, &pod);
    drawing = output_of(NSCTL("status", "--diagram=mermaid"));
    ck_assert_int_eq(strncmp(drawing, "flowchart LR\n", 13), 0);
    ck_assert_is_all(drawing);
    ck_assert_joins(drawing, " %20s -. same process .- %20s", facts);
    ck_assert_int_eq(count_of(drawing, " --- "), SERVICES);
    ck_assert_int_eq(count_of(drawing, "subgraph"), 4);
}
END_TEST

START_TEST(the_dot_has_all_pids_and_namespaces_of_a_pod_as_the_kernel_has_them)
{
    struct facts facts[SERVICES];
    struct process pod;
    const char *drawing;

    if (!start_pod(&pod, PLACE_PLAIN,
                   "the_dot_has_all_pids_and_namespaces_of_a_pod_as_the_kernel_has_them"))
        return;
    expect_pod(facts, &pod);
    drawing = output_of(NSCTL("status", "--diagram=dot"));
    ck_assert_is_all(drawing);
    ck_assert_joins(drawing, " %20s -> %20s", facts);
    ck_assert_int_eq(count_of(drawing, " -> s"), SERVICES);
    ck_assert_int_eq(count_of(drawing, "subgraph"), 4);
}
END_TEST

/* Graphviz's picture of what nsctl says; NULL, after saying so, where there is no graphviz. */
static const char *svg_of(const char *test, const char *words)
{
    char command[600];

    if (access("/usr/bin/dot", X_OK) < 0) {
        skip_test(test, "no graphviz here");
        return NULL;
    }
    snprintf(command, sizeof command, "%s -c %s %s | dot -Tsvg", nsinit_called("nsctl"),
             socket_path(), words);
    return output_of(COMMAND("sh", "-c", command));
}

START_TEST(graphviz_draws_each_word)
{
    struct facts facts[SERVICES];
    struct process pod;
    const char *svg;

    if (!start_pod(&pod, PLACE_PLAIN, "graphviz_draws_each_word"))
        return;
    expect_pod(facts, &pod);
    svg = svg_of("graphviz_draws_each_word", "status --diagram=dot");
    if (svg == NULL)
        return;
    ck_assert_is_all(svg);
    for (int i = 0; i < line_count; i++) {
        char text[LINE_SIZE + 20];

        snprintf(text, sizeof text, "%.99s</text>", lines[i]);
        ck_assert_contains(svg, text);
    }
}
END_TEST

/* ---- who looks ----------------------------------------------------------------------------- */

static void ck_assert_is_sleep(pid_t pid)
{
    char path[64];
    char target[200] = "";

    snprintf(path, sizeof path, "/proc/%d/exe", pid);
    ck_assert_int_gt(readlink(path, target, sizeof target - 1), 0);
    ck_assert_contains(target, "sleep");
}

START_TEST(from_outside_nsinits_own_pid_namespace_is_a_box_among_others)
{
    struct process pod;
    const char *drawing;
    char line[100];

    if (!start_pod(&pod, PLACE_SECOND,
                   "from_outside_nsinits_own_pid_namespace_is_a_box_among_others"))
        return;
    drawing = output_of(NSCTL("status", "-g", "dot"));
    ck_assert_int_eq(count_of(drawing, "subgraph"), 5);
    snprintf(line, sizeof line, "label=\"host: pid %lu\"", namespace_of(pod.pid, "pid"));
    ck_assert_contains(drawing, line);
    snprintf(line, sizeof line, "label=\"pid %lu\"", namespace_of(getpid(), "pid"));
    ck_assert_contains(drawing, line);
    snprintf(line, sizeof line, "\"nsinit PID %d\\l\"", pod.pid);
    ck_assert_contains(drawing, line);
    for (int i = 0; i < SERVICES; i++) {
        struct facts facts;

        snprintf(line, sizeof line, "%s PID ", services[i]);
        ck_assert_contains(drawing, line);
        read_pids(&facts, services[i], atoi(strstr(drawing, line) + strlen(line)));
        ck_assert_int_eq(facts.levels, i < 2 ? 4 : 3);
        ck_assert_is_sleep(facts.pids[0]);
        for (int level = 0; level < facts.levels; level++) {
            snprintf(line, sizeof line, "%s PID %d", services[i], facts.pids[level]);
            ck_assert_msg(count_of_words(drawing, line) == 1, "'%s' in <<%s>>", line, drawing);
        }
    }
}
END_TEST

START_TEST(from_a_service_with_a_pid_namespace_nsinit_is_not_to_be_seen)
{
    struct process pod;

    /* The sanitizer's search for leaks needs a /proc of the service's own. */
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    if (!start_pod(&pod, PLACE_PLAIN,
                   "from_a_service_with_a_pid_namespace_nsinit_is_not_to_be_seen"))
        return;
    ck_assert_contains(run_as(0,
                              NSCTL("exec", "worker", nsinit_path(), "--ctl", "-c", socket_path(),
                                    "status", "-g", "text"),
                              125),
                       "nsinit: it has no PID in this PID namespace");
}
END_TEST

START_TEST(a_namespace_hidden_from_an_ordinary_user_is_a_question_mark_with_its_reason)
{
    const char *drawing;
    char pid[20];

    if (lacks_root("a_namespace_hidden_from_an_ordinary_user_is_a_question_mark_with_its_reason"))
        return;
    snprintf(pid, sizeof pid, "%d", getpid());
    drawing = run_as(ORDINARY_USER, NSCTL("ns", "--diagram", "mermaid", pid), 0);
    ck_assert_contains(drawing, "net ?<br/>");
    ck_assert_contains(drawing, "system#95;tests: user, mnt, pid, net, uts, ipc, cgroup, time ?: ");
    ck_assert_contains(drawing, "nsctl PID ");
}
END_TEST

/* ---- of processes -------------------------------------------------------------------------- */

START_TEST(processes_are_drawn_without_any_nsinit)
{
    char own[20];
    char line[100];
    const char *drawing;

    snprintf(own, sizeof own, "%d", getpid());
    drawing = output_of(NSCTL("ns", "--diagram=dot", own, own));
    snprintf(line, sizeof line, "[label=\"system_tests PID %s\\l\"]", own);
    ck_assert_int_eq(count_of(drawing, line), 1);
    ck_assert_contains(drawing, "nsctl PID ");
    ck_assert_int_eq(count_of(drawing, "subgraph"), 1);
}
END_TEST

START_TEST(processes_and_services_are_drawn_together)
{
    struct process pod;
    char own[20];
    const char *drawing;

    if (!start_pod(&pod, PLACE_PLAIN, "processes_and_services_are_drawn_together"))
        return;
    snprintf(own, sizeof own, "%d", getpid());
    drawing = output_of(NSCTL("ns", "-g", "mermaid", "web", own));
    ck_assert_contains(drawing, "\"system#95;tests PID ");
    ck_assert_int_eq(count_of(drawing, "web PID "), 3);
    ck_assert_lacks(drawing, "cache");
    ck_assert_lacks(drawing, "nsinit");
}
END_TEST

START_TEST(a_process_that_is_not_there_is_an_error)
{
    ck_assert_str_eq(run_as(0, NSCTL("ns", "-g", "text", "2147483647"), 1),
                     "nsctl: process 2147483647: No such process\n");
}
END_TEST

START_TEST(a_service_without_a_process_is_named_below)
{
    struct process pod;

    (void)unlink(socket_path());
    process_start(&pod, &(struct process_options){
                            .arguments = NSINIT(
                                "-s", "-v", "--control", socket_path(), "--pod",
                                pod_file("[service step]\ntype = oneshot\ncommand = true\n"
                                         "[service web]\nafter = step\ncommand = sleep 1000\n"))});
    process_expect(&pod, "web: started ");
    ck_assert_contains(output_of(NSCTL("status", "-g", "text")), "\nstep: no process: done\n");
}
END_TEST

START_TEST(ns_without_an_argument_draws_the_pod)
{
    char status[16 * 1024];
    struct process pod;

    if (!start_pod(&pod, PLACE_PLAIN, "ns_without_an_argument_draws_the_pod"))
        return;
    snprintf(status, sizeof status, "%s", output_of(NSCTL("status", "--diagram=text")));
    ck_assert_str_eq(output_of(NSCTL("ns", "--diagram=text")), status);
    process_drop(&pod);
}
END_TEST

/* A process that says when it has the name, and lives as long as the test. */
static pid_t fork_called(const char *name)
{
    int ends[2];
    char byte;
    pid_t pid;

    ck_assert_int_eq(pipe(ends), 0);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        prctl(PR_SET_NAME, name);
        (void)!write(ends[1], "x", 1);
        for (;;)
            pause();
    }
    ck_assert_int_eq(read(ends[0], &byte, 1), 1);
    close(ends[0]);
    close(ends[1]);
    return pid;
}

/* Fifteen bytes, as many as there is room for. */
#define NASTY "a\"b<c>&d#e;\\\n\xc3\xa4"

START_TEST(nothing_in_a_name_means_anything_to_graphviz)
{
    char words[60];
    const char *svg;

    snprintf(words, sizeof words, "ns -g dot %d", fork_called(NASTY));
    svg = svg_of("nothing_in_a_name_means_anything_to_graphviz", words);
    if (svg != NULL)
        ck_assert_contains(svg, ">a&quot;b&lt;c&gt;&amp;d#e;\\\\x0a\xc3\xa4 PID ");
}
END_TEST

START_TEST(users_are_told_inside_and_outside_of_a_user_namespace)
{
    struct process process;
    struct facts facts;
    const char *drawing;
    char words[80];
    pid_t pid;

    if (lacks_root("users_are_told_inside_and_outside_of_a_user_namespace"))
        return;
    process_start(&process,
                  &(struct process_options){
                      .arguments = NSINIT("-s", "-v", "--unshare", "user,uts", "--hostname",
                                          "inside", "--map-users", "0:100000:10", "--map-groups",
                                          "0:100000:10", "--", "sleep", "1000")});
    process_expect(&process, "main: started ");
    read_service(&facts, &process, "main");
    pid = facts.pids[0];
    snprintf(words, sizeof words, "%d", pid);
    drawing = output_of(NSCTL("ns", "-g", "dot", words));
    snprintf(words, sizeof words, "sleep PID %d\\luid 0 → 100000\\luser %lu\\luts ", pid,
             namespace_of(pid, "user"));
    ck_assert_contains(drawing, words);
    ck_assert_contains(drawing, " (inside)\\l\"]");
    process_drop(&process);
}
END_TEST

/* ---- the text ------------------------------------------------------------------------------ */

static int width_of(const char *text)
{
    int most = 0;

    for (int width = 0; *text != '\0'; text++) {
        if (*text == '\n' || *text == '\r')
            width = 0;
        else
            width += ((unsigned char)*text & 0xC0) != 0x80;
        if (width > most)
            most = width;
    }
    return most;
}

START_TEST(the_text_has_the_terminals_width)
{
    struct process process;
    struct process pod;
    char command[400];

    if (!start_pod(&pod, PLACE_PLAIN, "the_text_has_the_terminals_width"))
        return;
    snprintf(command, sizeof command, "stty cols 62; exec %s -c %s status -g text",
             nsinit_called("nsctl"), socket_path());
    ck_assert_int_eq(
        process_run(&process, &(struct process_options){.arguments = COMMAND("sh", "-c", command),
                                                        .terminal = true}),
        0);
    ck_assert_contains(process.output.text, "nsinit PID");
    ck_assert_int_le(width_of(process.output.text), 62);
    ck_assert_int_gt(width_of(output_of(NSCTL("status", "-g", "text"))), 62);
}
END_TEST

static const struct {
    const char *all;
    const char *ctype;
    const char *lang;
    bool has_lines;
} locales[] = {{"C.UTF-8", "C", "C", true},
               {"", "en_US.utf8", "C", true},
               {"", "", "C.UTF-8", true},
               {"C", "C.UTF-8", "C.UTF-8", false},
               {"", "", "", false}};

START_TEST(the_text_has_the_characters_of_the_locale)
{
    char own[20];
    const char *drawing;

    setenv("LC_ALL", locales[_i].all, 1);
    setenv("LC_CTYPE", locales[_i].ctype, 1);
    setenv("LANG", locales[_i].lang, 1);
    snprintf(own, sizeof own, "%d", fork_called("k\xc3\xa4se"));
    drawing = output_of(NSCTL("ns", "-g", "text", own));
    ck_assert_contains(drawing,
                       locales[_i].has_lines ? "│ k\xc3\xa4se PID " : "| k\\xc3\\xa4se PID ");
    for (; !locales[_i].has_lines && *drawing != '\0'; drawing++)
        ck_assert_int_lt((unsigned char)*drawing, 0x80);
}
END_TEST

/* ---- misuse -------------------------------------------------------------------------------- */

static const struct {
    const char *words;
    const char *error;
} misuses[] = {
    {"status --diagram=mermiad",
     "nsctl: --diagram: unknown format 'mermiad'; did you mean mermaid?\n"
     "  hint: choose text, mermaid or dot\n"},
    {"status -g svg", "nsctl: --diagram: unknown format 'svg': use mermaid, dot or text\n"
                      "  hint: choose text, mermaid or dot\n"},
    {"status --diagram", "nsctl: --diagram: needs an argument: FORMAT\n"},
    {"stop web -g dot", "nsctl: --diagram: is for status and ns\n"},
    {"status -g dot --json", "nsctl: --diagram: excludes --json\n"},
    {"status -g dot --watch", "nsctl: --diagram: excludes --watch\n"},
};

START_TEST(an_impossible_diagram_is_an_error)
{
    char command[400];

    snprintf(command, sizeof command, "%s %s", nsinit_called("nsctl"), misuses[_i].words);
    ck_assert_str_eq(run_as(0, COMMAND("sh", "-c", command), 125), misuses[_i].error);
}
END_TEST

TCase *nsctl_diagram_case(void)
{
    const TTest *const tests[] = {
        the_text_has_all_pids_and_namespaces_of_a_pod_as_the_kernel_has_them,
        the_mermaid_has_all_pids_and_namespaces_of_a_pod_as_the_kernel_has_them,
        the_dot_has_all_pids_and_namespaces_of_a_pod_as_the_kernel_has_them,
        graphviz_draws_each_word,
        from_outside_nsinits_own_pid_namespace_is_a_box_among_others,
        from_a_service_with_a_pid_namespace_nsinit_is_not_to_be_seen,
        a_namespace_hidden_from_an_ordinary_user_is_a_question_mark_with_its_reason,
        ns_without_an_argument_draws_the_pod,
        processes_are_drawn_without_any_nsinit,
        processes_and_services_are_drawn_together,
        a_process_that_is_not_there_is_an_error,
        a_service_without_a_process_is_named_below,
        nothing_in_a_name_means_anything_to_graphviz,
        users_are_told_inside_and_outside_of_a_user_namespace,
        the_text_has_the_terminals_width,
        NULL};
    TCase *tcase = case_of("nsctl_diagram", tests);

    tcase_add_loop_test(tcase, the_text_has_the_characters_of_the_locale, 0,
                        sizeof locales / sizeof locales[0]);
    tcase_add_loop_test(tcase, an_impossible_diagram_is_an_error, 0,
                        sizeof misuses / sizeof misuses[0]);
    return tcase;
}
