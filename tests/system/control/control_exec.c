/*
 * control_exec.c - nsctl exec with a real nsinit on a real terminal, and how its commands end
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/listening_pod.h"

#define CONTROL_C "\x03"
#define CONTROL_D "\x04"
#define CONTROL_Z "\x1a"

#define EXEC(...) NSINIT("--ctl", "-c", socket_path(), "exec", __VA_ARGS__)

/* nsctl on a terminal of the test's. */
static void start_on_terminal(struct process *nsctl, const char *const *arguments)
{
    process_start(nsctl, &(struct process_options){.arguments = arguments, .terminal = true});
}

/* The terminal's other side is gone: it hangs up. */
static void hang_up(struct process *nsctl)
{
    close(nsctl->terminal);
    nsctl->terminal = -1;
    process_close_input(nsctl);
    nsctl->output.fd = -1;
}

START_TEST(a_command_sees_the_terminals_size_and_its_changes)
{
    struct winsize size = {.ws_row = 50, .ws_col = 132};
    struct process process;
    struct process nsctl;

    start_sleepers(&process);
    start_on_terminal(&nsctl,
                      EXEC("a", "sh", "-c", "stty size; \"$0\" signals 1; exec stty size", PROBE));
    process_expect(&nsctl, "24 80");
    process_expect(&nsctl, "ready");
    ck_assert_int_eq(ioctl(nsctl.input, TIOCSWINSZ, &size), 0);
    process_expect(&nsctl, "got 28 code");
    process_expect(&nsctl, "50 132");
    ck_assert_int_eq(process_wait(&nsctl), 0);
    end_pod(&process, 0);
}
END_TEST

static void read_a_file(void *argument)
{
    const char *path = argument;

    if (dup2(open(path, O_RDONLY | O_CLOEXEC), STDIN_FILENO) < 0)
        _exit(90);
}

/* Its other files are a terminal, which controls its session. */
START_TEST(a_command_that_reads_a_file_has_a_terminal_all_the_same)
{
    const char *path = fresh_file("input");
    struct process process;
    struct process nsctl;
    FILE *file = fopen(path, "we");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs("from file\n", file), 0);
    fclose(file);
    start_sleepers(&process);
    process_start(&nsctl, &(struct process_options){
                              .arguments = EXEC("a", "sh", "-c",
                                                "cat; test -t 1 && test -t 2 && stty size "
                                                "</dev/tty; exec \"$0\" signals 1",
                                                PROBE),
                              .terminal = true,
                              .prepare = read_a_file,
                              .argument = (void *)(uintptr_t)path});
    process_expect(&nsctl, "from file\r\n24 80\r\n");
    process_expect(&nsctl, "ready");
    process_type(&nsctl, CONTROL_C);
    process_expect(&nsctl, "got 2 code");
    ck_assert_int_eq(process_wait(&nsctl), 0);
    end_pod(&process, 0);
}
END_TEST

START_TEST(control_c_interrupts_the_command_and_not_nsctl)
{
    struct process process;
    struct process nsctl;

    start_sleepers(&process);
    start_on_terminal(&nsctl, EXEC("a", "sh", "-c",
                                   "trap 'echo interrupted; read x; exit 7' INT; echo ready; "
                                   "read x; echo not interrupted"));
    process_expect(&nsctl, "ready");
    process_type(&nsctl, CONTROL_C);
    process_expect(&nsctl, "interrupted");
    process_type(&nsctl, "\r");
    ck_assert_int_eq(process_wait(&nsctl), 7);
    ck_assert_lacks(nsctl.output.text, "not interrupted");
    end_pod(&process, 0);
}
END_TEST

/* A shell without job control starts what goes to the background like that. */
START_TEST(a_command_heeds_interrupts_that_its_service_ignores)
{
    struct process process;
    struct process nsctl;
    unsigned long ignored;
    const char *status;

    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGQUIT, SIG_IGN);
    start_sleepers(&process);
    (void)signal(SIGINT, SIG_DFL);
    (void)signal(SIGQUIT, SIG_DFL);
    process_run(&nsctl, &(struct process_options){
                            .arguments = EXEC("a", "grep", "SigIgn", "/proc/self/status")});
    status = strstr(nsctl.output.text, "SigIgn:");
    ck_assert_ptr_nonnull(status);
    ignored = strtoul(status + 7, NULL, 16);
    ck_assert_uint_eq(ignored & (1UL << (SIGINT - 1) | 1UL << (SIGQUIT - 1)), 0);
    end_pod(&process, 0);
}
END_TEST

START_TEST(a_shell_has_job_control)
{
    struct process process;
    struct process nsctl;

    start_sleepers(&process);
    start_on_terminal(&nsctl, EXEC("a", "env", "PS1=ask: ", "sh", "-i"));
    process_expect(&nsctl, "ask: ");
    process_type(&nsctl, "cat\r");
    process_expect(&nsctl, "cat\r\n");
    process_type(&nsctl, "first\r");
    process_expect(&nsctl, "first\r\nfirst\r\n");
    process_type(&nsctl, CONTROL_Z);
    process_expect(&nsctl, "Stopped");
    process_expect(&nsctl, "ask: ");
    /* It wants to read from the terminal, and is stopped again. */
    process_type(&nsctl, "bg\r");
    process_expect(&nsctl, "ask: ");
    process_type(&nsctl, "fg\r");
    process_expect(&nsctl, "cat\r\n");
    process_type(&nsctl, "second\r");
    process_expect(&nsctl, "second\r\nsecond\r\n");
    process_type(&nsctl, CONTROL_D);
    process_expect(&nsctl, "ask: ");
    process_type(&nsctl, "exit 5\r");
    ck_assert_int_eq(process_wait(&nsctl), 5);
    ck_assert_lacks(nsctl.output.text, "can't access tty");
    ck_assert_lacks(nsctl.output.text, "no job control");
    end_pod(&process, 0);
}
END_TEST

/* A tree of its own for the service, with what a shell needs and an empty /dev. */
#define BIND(path) "mount = type=bind,source=" path ",target=" path "\n"
#define DEVPTS "mount = type=devpts,target=/dev/pts\n"

static void start_in_own_tree(struct process *process, const char *types, const char *more)
{
    char root[200];
    char pod[1000];

    snprintf(root, sizeof root, "%s/root", test_directory());
    (void)mkdir(root, 0755);
    snprintf(pod, sizeof pod,
             "[service a]\ncommand = sh -c 'echo a runs; exec sleep 1000'\nunshare = %s\n"
             "root = %s\n" BIND("/usr") BIND("/bin")
                 BIND("/lib") "%s"
                              "mount = type=tmpfs,target=/dev\n%s",
             types, root, access("/lib64", F_OK) == 0 ? BIND("/lib64") : "", more);
    start_pod(process, pod);
    process_expect(process, "a runs");
}

START_TEST(a_terminal_is_of_the_services_own_devpts)
{
    struct winsize size = {.ws_row = 50, .ws_col = 132};
    struct process process;
    struct process nsctl;

    start_in_own_tree(&process, "pid,mnt", DEVPTS);
    start_on_terminal(&nsctl, EXEC("a", "sh", "-c",
                                   "tty && stty size; read x; "
                                   "echo \"got $x\"; stty size; exit 6"));
    process_expect(&nsctl, "/dev/pts/0\r\n");
    process_expect(&nsctl, "24 80");
    ck_assert_int_eq(ioctl(nsctl.input, TIOCSWINSZ, &size), 0);
    process_type(&nsctl, "this\r");
    process_expect(&nsctl, "this\r\ngot this");
    ck_assert_int_eq(process_wait(&nsctl), 6);
    end_pod(&process, 0);
}
END_TEST

START_TEST(a_terminal_of_its_own_devpts_is_the_services_users)
{
    struct process process;
    struct process nsctl;

    if (lacks_root("a_terminal_of_its_own_devpts_is_the_services_users"))
        return;
    start_in_own_tree(&process, "pid,mnt", DEVPTS "user = 54321:54321\n");
    start_on_terminal(&nsctl, EXEC("a", "sh", "-c", "echo ok >$(tty)"));
    process_expect(&nsctl, "ok");
    ck_assert_int_eq(process_wait(&nsctl), 0);
    end_pod(&process, 0);
}
END_TEST

START_TEST(where_the_service_has_no_devpts_the_terminal_is_nsctls)
{
    struct process process;
    struct process nsctl;

    start_in_own_tree(&process, "pid,mnt", "");
    start_on_terminal(&nsctl, EXEC("a", "sh", "-c", "test -t 0 && echo is a terminal; read x"));
    process_expect(&nsctl, "is a terminal");
    process_type(&nsctl, "\r");
    ck_assert_int_eq(process_wait(&nsctl), 0);
    end_pod(&process, 0);
}
END_TEST

START_TEST(a_terminal_is_of_the_services_own_devpts_in_its_user_namespace_too)
{
    struct process process;
    struct process nsctl;

    start_in_own_tree(&process, "pid,mnt,user", DEVPTS "map-root-user = yes\n");
    start_on_terminal(&nsctl, EXEC("a", "tty"));
    process_expect(&nsctl, "/dev/pts/0\r\n");
    ck_assert_int_eq(process_wait(&nsctl), 0);
    end_pod(&process, 0);
}
END_TEST

START_TEST(a_file_for_errors_keeps_its_owner_beside_a_terminal)
{
    const char *file = fresh_file("errors");
    struct process process;
    struct process nsctl;
    struct stat status;

    if (lacks_root("a_file_for_errors_keeps_its_owner_beside_a_terminal"))
        return;
    start_pod(&process, "[service a]\ncommand = sh -c 'echo a runs; exec sleep 1000'\n"
                        "user = 54321:54321\n");
    process_expect(&process, "a runs");
    start_on_terminal(&nsctl, COMMAND("sh", "-c", "exec \"$0\" --ctl -c \"$1\" exec a id 2>\"$2\"",
                                      nsinit_path(), socket_path(), file));
    process_expect(&nsctl, "uid=54321");
    ck_assert_int_eq(process_wait(&nsctl), 0);
    ck_assert_int_eq(stat(file, &status), 0);
    ck_assert_uint_eq(status.st_uid, geteuid());
    end_pod(&process, 0);
}
END_TEST

/* ---- how it ends with nsctl -------------------------------------------------------------- */

/* A pipe with a name, that is at its end when nobody of the command holds it any more. */
struct hold {
    char path[200];
    int fd;
};

static void make_hold(struct hold *hold)
{
    snprintf(hold->path, sizeof hold->path, "%s/hold", test_directory());
    (void)unlink(hold->path);
    ck_assert_int_eq(mkfifo(hold->path, 0600), 0);
    hold->fd = open(hold->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ck_assert_int_ge(hold->fd, 0);
}

static void ck_assert_let_go(const struct hold *hold)
{
    char byte;

    ck_assert_int_eq(fcntl(hold->fd, F_SETFL, 0), 0);
    ck_assert_int_eq(read(hold->fd, &byte, 1), 0);
}

static const char *const groups[] = {
    /* All of it ignores HUP. */
    "trap '' HUP; exec 3>\"$0\"; sleep 1000 & echo ready; wait",
    /* The leader does not, and so ends before the rest. */
    "exec 3>\"$0\"; (trap '' HUP; echo ready; exec sleep 1000) & wait",
};

START_TEST(when_the_terminal_hangs_up_all_of_the_commands_group_ends)
{
    struct process process;
    struct process nsctl;
    struct hold hold;

    make_hold(&hold);
    start_sleepers(&process);
    start_on_terminal(&nsctl, EXEC("a", "sh", "-c", groups[_i], hold.path));
    process_expect(&nsctl, "ready");
    hang_up(&nsctl);
    ck_assert_int_eq(process_wait(&nsctl), 128 + SIGHUP);
    ck_assert_let_go(&hold);
    end_pod(&process, 0);
}
END_TEST

START_TEST(when_nsctl_is_killed_all_of_the_commands_group_ends)
{
    struct process process;
    struct process nsctl;
    struct hold hold;

    make_hold(&hold);
    start_sleepers(&process);
    process_start(&nsctl, &(struct process_options){
                              .arguments = EXEC("a", "sh", "-c", groups[_i], hold.path)});
    process_expect(&nsctl, "ready");
    process_signal(&nsctl, SIGKILL);
    ck_assert_let_go(&hold);
    end_pod(&process, 0);
}
END_TEST

/* A directory in its place would be nsctl's root, and the command's way out of the service. */
START_TEST(a_closed_stdin_leads_the_command_nowhere)
{
    const char *script = "\"$0\" --ctl -c \"$1\" exec a sh -c '"
                         "readlink /proc/self/fd/0; ls /proc/self/fd/0/etc; cat' <&-";
    struct process process;
    struct process nsctl;

    start_sleepers(&process);
    process_run(&nsctl,
                &(struct process_options){
                    .arguments = COMMAND("sh", "-c", script, nsinit_path(), socket_path())});
    ck_assert_int_ne(nsctl.exit_code, 0);
    ck_assert_str_eq(nsctl.output.text, "anon_inode:[eventpoll]\n");
    end_pod(&process, 0);
}
END_TEST

TCase *control_exec_case(void)
{
    const TTest *const tests[] = {
        a_command_sees_the_terminals_size_and_its_changes,
        a_command_that_reads_a_file_has_a_terminal_all_the_same,
        control_c_interrupts_the_command_and_not_nsctl,
        a_command_heeds_interrupts_that_its_service_ignores,
        a_shell_has_job_control,
        a_terminal_is_of_the_services_own_devpts,
        a_terminal_is_of_the_services_own_devpts_in_its_user_namespace_too,
        a_terminal_of_its_own_devpts_is_the_services_users,
        a_file_for_errors_keeps_its_owner_beside_a_terminal,
        where_the_service_has_no_devpts_the_terminal_is_nsctls,
        a_closed_stdin_leads_the_command_nowhere,
        NULL};
    TCase *tcase = case_of("control_exec", tests);
    int count = sizeof groups / sizeof groups[0];

    tcase_add_loop_test(tcase, when_the_terminal_hangs_up_all_of_the_commands_group_ends, 0, count);
    tcase_add_loop_test(tcase, when_nsctl_is_killed_all_of_the_commands_group_ends, 0, count);
    return tcase;
}
