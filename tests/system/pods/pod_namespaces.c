/*
 * pod_namespaces.c - the namespaces of a pod: shared by all services, lent by one, nested, and
 * their end
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "system/system.h"

/* The word behind the `nth` KEY= of the text. The caller keeps the string. */
static const char *told(const char *text, const char *key, int nth)
{
    static char values[8][100];
    static int next;
    char *value = values[next++ % 8];

    while (nth-- > 0) {
        text = strstr(text, key);
        ck_assert_msg(text != NULL, "%s is missing", key);
        text += strlen(key);
    }
    ck_assert_int_eq(sscanf(text, "%99s", value), 1);
    return value;
}

static const char *own_namespace(const char *type)
{
    static char name[100];
    char path[100];
    ssize_t length;

    snprintf(path, sizeof path, "/proc/self/ns/%s", type);
    length = readlink(path, name, sizeof name - 1);
    ck_assert_int_gt(length, 0);
    name[length] = '\0';
    return name;
}

/* The number behind the text in nsinit's log. */
static pid_t pid_told(const struct process *process, const char *text)
{
    return atoi(told(process->errors.text, text, 1));
}

START_TEST(all_services_are_in_the_pods_namespaces_which_are_not_nsinits)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    AS_POD("[pod]\nunshare = net,ipc,uts\nhostname = pod-0\n"
                           "[service a]\ncommand = sh -c 'echo net=$(readlink /proc/self/ns/net) "
                           "ipc=$(readlink /proc/self/ns/ipc) name=$(hostname)'\n"
                           "[service b]\ncommand = sh -c 'echo net=$(readlink /proc/self/ns/net) "
                           "ipc=$(readlink /proc/self/ns/ipc) name=$(hostname)'\n")),
        0);
    ck_assert_str_eq(told(process.output.text, "net=", 1), told(process.output.text, "net=", 2));
    ck_assert_str_eq(told(process.output.text, "ipc=", 1), told(process.output.text, "ipc=", 2));
    ck_assert_str_ne(told(process.output.text, "net=", 1), own_namespace("net"));
    ck_assert_str_ne(told(process.output.text, "ipc=", 1), own_namespace("ipc"));
    ck_assert_int_eq(count_of(process.output.text, "name=pod-0\n"), 2);
}
END_TEST

START_TEST(a_pod_of_one_service_runs_in_its_namespaces)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_POD("[pod]\nunshare = uts\nhostname = pod-0\n"
                                                  "[service a]\ncommand = hostname\n")),
                     0);
    ck_assert_str_eq(process.output.text, "pod-0\n");
}
END_TEST

START_TEST(services_reach_each_other_on_the_pods_loopback)
{
    struct process process;

    if (access("/usr/bin/socat", X_OK) < 0) {
        skip_test("services_reach_each_other_on_the_pods_loopback", "no socat here");
        return;
    }
    ck_assert_int_eq(
        process_run(&process, AS_POD("[pod]\nunshare = net\n"
                                     "[service server]\nunshare = pid,uts\n"
                                     "command = socat -u TCP-LISTEN:80,bind=127.0.0.1 STDOUT\n"
                                     "[service client]\nunshare = pid,uts\n"
                                     "command = sh -c 'until echo hello | "
                                     "socat -u STDIN TCP:127.0.0.1:80; do :; done 2>/dev/null'\n")),
        0);
    ck_assert_str_eq(process.output.text, "hello\n");
}
END_TEST

START_TEST(a_service_may_have_its_own_namespaces_in_the_pod)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_POD("[pod]\nunshare = uts\nhostname = pod-0\n"
                                                  "[service a]\nunshare = pid,uts\n"
                                                  "hostname = own\n"
                                                  "command = sh -c 'echo a $(hostname) $$'\n"
                                                  "[service b]\nunshare = pid\n"
                                                  "command = sh -c 'echo b $(hostname) $$'\n")),
                     0);
    ck_assert_contains(process.output.text, "a own 2\n");
    ck_assert_contains(process.output.text, "b pod-0 2\n");
}
END_TEST

/* ---- lent ------------------------------------------------------------------------------------ */

START_TEST(a_service_enters_the_namespaces_of_another)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    AS_POD("[service web]\nunshare = net,uts\nhostname = web\nready-fd = 3\n"
                           "command = sh -c 'echo net=$(readlink /proc/self/ns/net); echo >&3; "
                           "exec sleep 1000'\n"
                           "[service guest]\nenter = net=service:web\nessential = yes\n"
                           "command = sh -c 'echo net=$(readlink /proc/self/ns/net) "
                           "uts=$(readlink /proc/self/ns/uts); exit 5'\n")),
        5);
    ck_assert_str_eq(told(process.output.text, "net=", 1), told(process.output.text, "net=", 2));
    ck_assert_str_ne(told(process.output.text, "net=", 1), own_namespace("net"));
    ck_assert_str_eq(told(process.output.text, "uts=", 1), own_namespace("uts"));
}
END_TEST

START_TEST(namespaces_of_a_service_outlive_its_restart)
{
    struct process process;

    process_start(&process,
                  AS_POD("[service web]\nunshare = net,pid\n"
                         "restart = on-failure:1\nrestart-delay = 1ms\n"
                         "command = sh -c 'echo net=$(readlink /proc/self/ns/net); exit 3'\n"
                         "[service guest]\nenter = net=service:web\n"
                         "command = sh -c 'echo net=$(readlink /proc/self/ns/net); echo there; "
                         "exec sleep 1000'\n"));
    process_expect(&process, "gave up after 1 restarts");
    while (count_of(process.output.text, "net=") < 3)
        process_expect(&process, "net=");
    process_expect(&process, "there");
    process_signal(&process, SIGTERM);
    process_wait(&process);
    ck_assert_str_eq(told(process.output.text, "net=", 1), told(process.output.text, "net=", 2));
    ck_assert_str_eq(told(process.output.text, "net=", 1), told(process.output.text, "net=", 3));
    ck_assert_str_ne(told(process.output.text, "net=", 1), own_namespace("net"));
    ck_assert_int_eq(count_of(process.errors.text, "guest: started"), 1);
}
END_TEST

/* Over before one could look where it is; over and over, as that is a matter of luck. */
START_TEST(a_step_lends_its_namespaces_when_it_is_over)
{
    for (int i = 0; i < 20; i++) {
        struct process process;

        ck_assert_int_eq(
            process_run(&process, AS_POD("[service step]\nunshare = net,uts\ntype = oneshot\n"
                                         "hostname = step\ncommand = true\n"
                                         "[service web]\nenter = net,uts=service:step\n"
                                         "command = sh -c 'echo name=$(hostname) net=$(readlink "
                                         "/proc/self/ns/net)'\n")),
            0);
        ck_assert_contains(process.output.text, "name=step ");
        ck_assert_str_ne(told(process.output.text, "net=", 1), own_namespace("net"));
        process_drop(&process);
    }
}
END_TEST

START_TEST(an_entered_namespace_can_be_shared_again)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_POD("[pod]\nunshare = ipc\n"
                                                  "[service a]\nunshare = uts\nhostname = a\n"
                                                  "type = oneshot\ncommand = true\n"
                                                  "[service b]\nenter = uts=service:a\n"
                                                  "type = oneshot\ncommand = true\n"
                                                  "[service c]\nenter = uts=service:b\n"
                                                  "command = hostname\n")),
                     0);
    ck_assert_str_eq(process.output.text, "a\n");
}
END_TEST

START_TEST(a_restart_leaves_the_pod_and_the_others_alone)
{
    struct process process;

    process_start(&process,
                  AS_POD("[pod]\nunshare = net,ipc\n"
                         "[service web]\nrestart = on-failure:2\nrestart-delay = 1ms\n"
                         "command = sh -c 'echo net=$(readlink /proc/self/ns/net); exit 3'\n"
                         "[service other]\ncommand = sleep 1000\n"));
    process_expect(&process, "gave up after 2 restarts");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_of(process.output.text, "net="), 3);
    ck_assert_str_eq(told(process.output.text, "net=", 1), told(process.output.text, "net=", 3));
    ck_assert_int_eq(count_of(process.errors.text, "other: started"), 1);
}
END_TEST

/* ---- a PID namespace of the pod's ------------------------------------------------------------ */

START_TEST(a_pods_own_pid_1_reaps_its_orphans)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_POD("[pod]\nunshare = pid,mnt\n"
                                                  "[service a]\ncommand = %s orphans 100\n",
                                                  PROBE)),
                     0);
    ck_assert_contains(process.output.text, "all reaped");
    ck_assert(!process.left_some);
}
END_TEST

START_TEST(services_see_each_other_in_the_pods_pid_namespace)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process, AS_POD("[pod]\nunshare = pid,mnt\n"
                                     "[service a]\ncommand = sleep 1000\n"
                                     "[service b]\nafter = a\nessential = yes\n"
                                     "command = sh -c 'tr \"\\\\0\" \" \" </proc/2/cmdline'\n")),
        0);
    ck_assert_str_eq(process.output.text, "sleep 1000 ");
}
END_TEST

START_TEST(a_services_own_pid_namespace_is_within_the_pods)
{
    struct process process;
    int outer;
    int inner;
    int more;

    ck_assert_int_eq(process_run(&process, AS_POD("[pod]\nunshare = pid,mnt\n"
                                                  "[service a]\nunshare = pid\n"
                                                  "command = grep NSpid: /proc/self/status\n")),
                     0);
    ck_assert_int_eq(sscanf(process.output.text, "NSpid: %d %d %d", &outer, &inner, &more), 2);
    ck_assert_int_eq(inner, 2);
}
END_TEST

START_TEST(leftovers_in_the_pods_pid_namespace_end_with_it)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_POD("[pod]\nunshare = pid\ndrain = KILL\n"
                                                  "[service a]\ncommand = sh -c '(trap \"\" TERM; "
                                                  "exec setsid sleep 1000) & echo left; "
                                                  "exit 5'\n")),
                     5);
    ck_assert_str_eq(process.output.text, "left\n");
    ck_assert(!process.left_some);
}
END_TEST

/* The first child is the one that was made before all services. */
static pid_t holder_of(const struct process *process)
{
    char path[64];
    FILE *file;
    pid_t pid = 0;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", process->pid, process->pid);
    file = fopen(path, "re");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%d", &pid), 1);
    fclose(file);
    return pid;
}

START_TEST(the_pod_ends_when_its_pid_1_is_killed)
{
    struct process process;

    process_start(&process, AS_POD("[pod]\nunshare = pid\n"
                                   "[service a]\ncommand = sleep 1000\nrestart = always\n"
                                   "[service b]\ncommand = sleep 1000\n"));
    process_expect(&process, "b: started");
    ck_assert_int_eq(kill(holder_of(&process), SIGKILL), 0);
    ck_assert_int_eq(process_wait(&process), 128 + SIGKILL);
    ck_assert_contains(process.errors.text,
                       "pod: the process that holds the shared PID namespace has");
    ck_assert(!process.left_some);
}
END_TEST

static void ends(int pidfd)
{
    struct pollfd end = {.fd = pidfd, .events = POLLIN};

    ck_assert_int_ge(pidfd, 0);
    ck_assert_msg(poll(&end, 1, 60 * 1000) == 1, "a service outlives nsinit");
    close(pidfd);
}

/* As an ordinary child of the test: else the PID 1 above it would end all. */
START_TEST(nsinits_death_is_the_end_of_a_pod_with_a_pid_namespace)
{
    struct process process;
    int first;
    int second;

    process_start(&process, &(struct process_options){
                                .arguments = NSINIT(
                                    "-s", "-v", "--control", "no", "--pod",
                                    pod_file("[pod]\nunshare = pid\n"
                                             "[service a]\ncommand = sh -c 'trap \"\" TERM HUP; "
                                             "sleep 1000; sleep 1000'\n"
                                             "[service b]\nunshare = pid\ncommand = sleep 1000\n"
                                             "after = a\n"))});
    process_expect(&process, "b: started");
    first = (int)syscall(SYS_pidfd_open, pid_told(&process, "a: started sh as "), 0);
    second = (int)syscall(SYS_pidfd_open, holder_of(&process), 0);
    process_signal(&process, SIGKILL);
    ends(first);
    ends(second);
}
END_TEST

/* ---- others ---------------------------------------------------------------------------------- */

START_TEST(an_ordinary_user_has_a_pod_with_a_user_namespace)
{
    struct process process;

    if (lacks_root("an_ordinary_user_has_a_pod_with_a_user_namespace"))
        return;
    process_run(&process,
                &(struct process_options){
                    .arguments = NSINIT("-s", "--control", "no", "--pod",
                                        pod_file("[pod]\nunshare = user,pid,mnt,uts,net\n"
                                                 "map-root-user = yes\nhostname = mine\n"
                                                 "[service a]\ncommand = sh -c 'echo $(id -u) "
                                                 "$(hostname)'\n"
                                                 "[service b]\nunshare = pid,mnt\nafter = a\n"
                                                 "command = sh -c 'echo $(id -u) $(hostname) "
                                                 "$$'\n")),
                    .place = PLACE_SECOND,
                    .uid = ORDINARY_USER});
    ck_assert_contains(process.output.text, "0 mine\n");
    ck_assert_contains(process.output.text, "0 mine 2\n");
    ck_assert_int_eq(process.exit_code, 0);
}
END_TEST

START_TEST(mounts_of_the_pod_are_seen_by_its_services_alone)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    AS_POD("[pod]\nunshare = mnt\nmount = type=tmpfs,target=/mnt\n"
                           "[service a]\ntype = oneshot\ncommand = sh -c 'echo one >/mnt/nsinit'\n"
                           "[service b]\nafter = a\ncommand = cat /mnt/nsinit\n")),
        0);
    ck_assert_str_eq(process.output.text, "one\n");
    ck_assert_int_lt(access("/mnt/nsinit", F_OK), 0);
}
END_TEST

START_TEST(the_pods_root_is_the_root_of_its_services)
{
    char root[200];
    char command[900];
    struct process process;

    snprintf(root, sizeof root, "%s/root", test_directory());
    snprintf(command, sizeof command,
             "mkdir -p %s/usr && touch %s/here && for d in bin lib lib64; do [ -e %s/$d ] || ln -s "
             "usr/$d %s/$d; done",
             root, root, root, root);
    ck_assert_int_eq(system(command), 0);
    if (access("/usr/lib64", F_OK) < 0 || access("/usr/bin/ls", X_OK) < 0) {
        skip_test("the_pods_root_is_the_root_of_its_services", "no merged /usr here");
        return;
    }
    ck_assert_int_eq(
        process_run(&process, AS_POD("[pod]\nunshare = mnt\nroot = %s\nread-only = yes\n"
                                     "mount = type=bind,source=/usr,target=/usr,readonly\n"
                                     "[service a]\ncommand = ls /here\n"
                                     "[service b]\ncommand = sh -c '! touch /new'\n",
                                     root)),
        0);
    ck_assert_str_eq(process.output.text, "/here\n");
}
END_TEST

START_TEST(the_pods_clocks_are_those_of_its_services)
{
    struct process process;

    if (access("/proc/self/ns/time", F_OK) < 0) {
        skip_test("the_pods_clocks_are_those_of_its_services", "no time namespaces here");
        return;
    }
    ck_assert_int_eq(process_run(&process, AS_POD("[pod]\nunshare = time\nboottime = 1000000000\n"
                                                  "[service a]\ncommand = cat /proc/uptime\n"
                                                  "[service b]\ncommand = cat /proc/uptime\n")),
                     0);
    for (const char *line = process.output.text; *line != '\0'; line = strchr(line, '\n') + 1)
        ck_assert_int_ge(atol(line), 1000000000);
    ck_assert_int_eq(count_of(process.output.text, "\n"), 2);
}
END_TEST

/* Whoever read from nsinit's terminal, or set its modes, was stopped for ever. */
START_TEST(services_have_an_empty_stdin_and_no_terminal_to_be_stopped_by)
{
    static const char *const more[] = {"", "unshare = pid,mnt\nnew-session = no\n",
                                       "restart = always\n", "new-session = yes\n"};
    struct process process;

    process_start(&process,
                  &(struct process_options){
                      .arguments = NSINIT(
                          "-s", "--control", "no", "--pod",
                          pod_file("[service a]\n%scommand = sh -c 'readlink /proc/self/fd/0; read "
                                   "x || echo nothing to read; stty -echo <&2; echo modes set; "
                                   "exec sleep 1000'\n"
                                   "[service b]\ncommand = sleep 1000\n",
                                   more[_i])),
                      .place = PLACE_FIRST,
                      .terminal = true});
    process_expect(&process, "/dev/null\r\nnothing to read\r\n");
    process_expect(&process, "modes set\r\n");
    process_type(&process, "\x03");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

/* Its services have no part in the terminal, and go on. */
START_TEST(stop_key_and_fg_work_for_a_pod)
{
    struct process process;
    char line[400];

    (void)pod_file("[service a]\ncommand = sh -c 'echo there; exec sleep 1000'\n"
                   "[service b]\ncommand = sleep 1000\n");
    process_start(&process, &(struct process_options){
                                .arguments = COMMAND("env", "PS1=shell> ", "bash", "--norc",
                                                     "--noprofile", "--noediting", "-i"),
                                .place = PLACE_FIRST,
                                .terminal = true});
    process_expect(&process, "shell> ");
    snprintf(line, sizeof line, "%s -s --control no --pod %s/pod | cat; echo over\n", nsinit_path(),
             test_directory());
    process_type(&process, line);
    process_expect(&process, "there");
    process_type(&process, "\x1a");
    process_expect(&process, "Stopped");
    process_expect(&process, "shell> ");
    process_type(&process, "fg\n");
    process_expect(&process, "| cat\r\n");
    /* The shell prints the line before it leaves the foreground. */
    wait_until(is_left_by_shell, &process, "the shell to leave the foreground");
    process_type(&process, "\x03");
    process_expect(&process, "shell> ");
    process_type(&process, "exit 7\n");
    ck_assert_int_eq(process_wait(&process), 7);
}
END_TEST

START_TEST(namespaces_that_cannot_be_made_are_one_message)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_POD("[pod]\nunshare = mnt\nroot = /nonexistent\n"
                                                  "[service a]\ncommand = echo ran\n")),
                     125);
    ck_assert_str_eq(process.output.text, "");
    ck_assert_int_eq(count_of(process.errors.text, "nsinit: "), 1);
    ck_assert_contains(process.errors.text, "/nonexistent");
}
END_TEST

TCase *pod_namespaces_case(void)
{
    const TTest *const tests[] = {all_services_are_in_the_pods_namespaces_which_are_not_nsinits,
                                  a_pod_of_one_service_runs_in_its_namespaces,
                                  services_reach_each_other_on_the_pods_loopback,
                                  a_service_may_have_its_own_namespaces_in_the_pod,
                                  a_service_enters_the_namespaces_of_another,
                                  namespaces_of_a_service_outlive_its_restart,
                                  a_step_lends_its_namespaces_when_it_is_over,
                                  an_entered_namespace_can_be_shared_again,
                                  a_restart_leaves_the_pod_and_the_others_alone,
                                  a_pods_own_pid_1_reaps_its_orphans,
                                  services_see_each_other_in_the_pods_pid_namespace,
                                  a_services_own_pid_namespace_is_within_the_pods,
                                  leftovers_in_the_pods_pid_namespace_end_with_it,
                                  the_pod_ends_when_its_pid_1_is_killed,
                                  nsinits_death_is_the_end_of_a_pod_with_a_pid_namespace,
                                  an_ordinary_user_has_a_pod_with_a_user_namespace,
                                  mounts_of_the_pod_are_seen_by_its_services_alone,
                                  the_pods_root_is_the_root_of_its_services,
                                  the_pods_clocks_are_those_of_its_services,
                                  stop_key_and_fg_work_for_a_pod,
                                  namespaces_that_cannot_be_made_are_one_message,
                                  NULL};
    TCase *tcase = case_of("pod_namespaces", tests);

    tcase_add_loop_test(tcase, services_have_an_empty_stdin_and_no_terminal_to_be_stopped_by, 0, 4);
    return tcase;
}
