/*
 * control_access.c - what a service may ask nsinit for: one that has less than nsinit asks by all
 * ways there are for what it could not do itself
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "system/listening_pod.h"

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

/* Whom it is about, with all of nsinit's rights. */
#define OTHER "[service other]\ncommand = sleep 1000\n"

/* What a service does when a line has come through the FIFO $GO, then it stays. */
#define WHEN_TOLD(script) \
    "command = sh -c 'echo is there; read -r line <\"$GO\"; " script "; exec sleep 1000'\n"

/* The attack: nsinit is to do what the service could not do itself. Answers and codes on stdout. */
#define NSCTL "\"$NSINIT\" --ctl -c \"$SOCKET\" "
#define ATTACK                                                                                  \
    "exec 2>&1; " NSCTL "exec other -- id; echo exec=$?; " NSCTL "restart other; echo restart=" \
    "$?; " NSCTL "status other; echo status=$?"

/* Tell services by variables where all is. The flag is one of nsinit's. */
static void start_as(struct process *process, const char *pod, const char *flag,
                     void (*prepare)(void *), uid_t user)
{
    struct process_options options =
        *AS_SECOND(flag, "-v", "--control", socket_path(), "--pod", pod_file("%s", pod));

    setenv("NSINIT", nsinit_path(), 1);
    setenv("SOCKET", socket_path(), 1);
    setenv("PROBE", probe_path(), 1);
    setenv("ATTACK", ATTACK, 1);
    setenv("GO", fresh_fifo("go"), 1);
    options.prepare = prepare;
    options.uid = user;
    (void)unlink(socket_path());
    process_start(process, &options);
    process_expect(process, "is there");
}

static void start(struct process *process, const char *pod, void (*prepare)(void *))
{
    start_as(process, pod, "-s", prepare, 0);
}

static void stop(struct process *process)
{
    process_signal(process, SIGTERM);
    (void)process_wait(process);
}

/* What came of the attack. */
static void check_status_only(const char *answers, const char *who)
{
    char message[200];

    ck_assert_lacks(answers, "uid=");
    for (const char *const *verb = (const char *const[]){"exec", "restart", NULL}; *verb != NULL;
         verb++) {
        snprintf(message, sizeof message, "%s: %s may ask for the status only: ", *verb, who);
        ck_assert_contains(answers, message);
        snprintf(message, sizeof message, "%s=1\n", *verb);
        ck_assert_contains(answers, message);
    }
    ck_assert_contains(answers, " - hint: 'control-access = full' in [service evil] permits it\n");
    ck_assert_contains(answers, "running");
    ck_assert_contains(answers, "status=0\n");
}

static void expect_status_only(struct process *process, const char *who)
{
    fifo_say_line(getenv("GO"));
    process_expect(process, "status=");
    process_expect(process, "\n");
    check_status_only(process->output.text, who);
}

static void expect_all(struct process *process)
{
    fifo_say_line(getenv("GO"));
    process_expect(process, "status=");
    process_expect(process, "\n");
    ck_assert_contains(process->output.text, "uid=0");
    ck_assert_contains(process->output.text, "exec=0\nrestart=0\n");
    ck_assert_contains(process->output.text, "status=0\n");
}

static void attack(const char *keys, const char *script, const char *who, void (*prepare)(void *))
{
    char pod[2000];
    struct process process;

    snprintf(pod, sizeof pod, OTHER "[service evil]\nafter = other\n%s%s", keys, script);
    start(&process, pod, prepare);
    expect_status_only(&process, who);
    stop(&process);
}

/* ---- services with less than nsinit ------------------------------------------------------ */

#define CONFINED "unshare = all\nmap-root-user = yes\ncap-drop = all\nno-new-privs = yes\n"

static const char *const restrictions[] = {
    CONFINED,
    "unshare = all\nmap-root-user = yes\n",
    "unshare = user\nmap-root-user = yes\n",
    "cap-drop = all\n",
    "cap-drop = net_admin\n",
    "no-new-privs = yes\n",
    "unshare = pid,mnt\nno-new-privs = yes\n",
};
enum { RESTRICTIONS = sizeof restrictions / sizeof restrictions[0] };

START_TEST(a_service_with_less_than_nsinit_gets_the_status_only)
{
    if (lacks_root("a_service_with_less_than_nsinit_gets_the_status_only"))
        return;
    attack(restrictions[_i], WHEN_TOLD(ATTACK), "service 'evil'", NULL);
}
END_TEST

#define ORPHANED WHEN_TOLD("exec \"$PROBE\" orphan sh -c \"$ATTACK\"")

START_TEST(an_orphan_of_that_service_gets_no_more)
{
    const char *who =
        strstr(restrictions[_i], "pid") != NULL || strstr(restrictions[_i], "all\nmap") != NULL
            ? "service 'evil'"
            : "this orphan, perhaps of service 'evil',";

    if (lacks_root("an_orphan_of_that_service_gets_no_more"))
        return;
    attack(restrictions[_i], ORPHANED, who, NULL);
}
END_TEST

/* To look that far up would keep nsinit too long: it might be anyone's. */
START_TEST(a_distant_descendant_gets_no_more)
{
    if (lacks_root("a_distant_descendant_gets_no_more"))
        return;
    attack("no-new-privs = yes\n",
           WHEN_TOLD("deep() { if [ $1 = 0 ]; then sh -c \"$ATTACK\"; else (deep $(($1 - 1)); :); "
                     "fi; }; deep 50"),
           "this orphan, perhaps of service 'evil',", NULL);
}
END_TEST

/* nsinit can't see that it is an orphan of its: it sees what that has. */
START_TEST(an_orphan_gets_no_more_where_nsinit_adopts_none)
{
    struct process process;

    if (lacks_root("an_orphan_gets_no_more_where_nsinit_adopts_none"))
        return;
    start_as(&process, OTHER "[service evil]\nafter = other\nno-new-privs = yes\n" ORPHANED, "-v",
             NULL, 0);
    fifo_say_line(getenv("GO"));
    process_expect(&process, "exec: this process may ask for the status only: it has no-new-privs");
    process_expect(&process, "exec=1\n");
    process_expect(&process, "restart=1\n");
    process_expect(&process, "status=0\n");
    stop(&process);
}
END_TEST

START_TEST(a_command_in_its_place_gets_no_more)
{
    struct process process;
    char pod[2000];

    if (lacks_root("a_command_in_its_place_gets_no_more"))
        return;
    snprintf(pod, sizeof pod, OTHER "[service evil]\nafter = other\n%s" WHEN_TOLD(":"),
             restrictions[_i]);
    start(&process, pod, NULL);
    check_status_only(answer_of(ASK("exec", "evil", "sh", "-c", ATTACK), 0), "service 'evil'");
    stop(&process);
}
END_TEST

START_TEST(another_user_gets_the_status_only_though_it_may_connect)
{
    struct process process;

    if (lacks_root("another_user_gets_the_status_only_though_it_may_connect"))
        return;
    start(&process, OTHER "[service evil]\nafter = other\nuser = 54321:54321\n" WHEN_TOLD(ATTACK),
          NULL);
    ck_assert_int_eq(chmod(socket_path(), 0666), 0);
    expect_status_only(&process, "service 'evil'");
    ck_assert_contains(process.output.text, "its user is neither root nor nsinit's");
    stop(&process);
}
END_TEST

/* ---- services with all rights ------------------------------------------------------------ */

static const char *const kinds_of_freedom[] = {
    "",
    "unshare = pid,mnt,net,uts,ipc\n",
    "user = root\ncap-drop = net_raw\ncap-add = net_raw\n",
    "cap-drop = all\nno-new-privs = yes\ncontrol-access = full\n",
    CONFINED "control-access=full\n",
};
enum { KINDS_OF_FREEDOM = sizeof kinds_of_freedom / sizeof kinds_of_freedom[0] };

START_TEST(a_service_with_all_of_nsinits_rights_may_ask_for_all)
{
    struct process process;
    char pod[2000];

    if (lacks_root("a_service_with_all_of_nsinits_rights_may_ask_for_all"))
        return;
    /* That another one has less is not its affair. */
    snprintf(pod, sizeof pod,
             OTHER "cap-drop = sys_ptrace\n[service cron]\nafter = other\n%s" WHEN_TOLD(ATTACK),
             kinds_of_freedom[_i]);
    start(&process, pod, NULL);
    expect_all(&process);
    stop(&process);
}
END_TEST

/* nsinit may not have heard yet that the program runs: it is that service's all the same. */
START_TEST(a_service_may_ask_as_soon_as_it_runs)
{
    static const char *const places[] = {"", "unshare = pid,mnt\n", "unshare = uts\n"};
    struct process process;
    char pod[2000];

    if (lacks_root("a_service_may_ask_as_soon_as_it_runs"))
        return;
    snprintf(
        pod, sizeof pod,
        OTHER "[service evil]\n" WHEN_TOLD(
            ":") "no-new-privs = yes\n"
                 "[service cron]\nafter = other,evil\ncommand = %s --ctl -c %s kill CONT other\n"
                 "restart = always\nrestart-delay = 1ms..1ms\n%s",
        nsinit_path(), socket_path(), places[_i]);
    start(&process, pod, NULL);
    process_expect(&process, "restart 20 in");
    ck_assert_lacks(process.errors.text, "may ask");
    stop(&process);
}
END_TEST

/* What it has started itself with less is no more than that. */
START_TEST(a_process_that_has_dropped_rights_gets_the_status_only)
{
    struct process process;

    if (lacks_root("a_process_that_has_dropped_rights_gets_the_status_only"))
        return;
    start(&process,
          OTHER
          "[service evil]\nafter = other\n" WHEN_TOLD("setpriv --no-new-privs sh -c \"$ATTACK\""),
          NULL);
    expect_status_only(&process, "service 'evil'");
    ck_assert_contains(process.output.text, "it has no-new-privs");
    stop(&process);
}
END_TEST

START_TEST(rights_dropped_after_the_connection_count)
{
    struct process process;

    start(&process,
          OTHER "[service evil]\nafter = other\n" WHEN_TOLD(
              "\"$PROBE\" late \"$SOCKET\" \"restart other\""),
          NULL);
    fifo_say_line(getenv("GO"));
    process_expect(&process, "error 1 restart: service 'evil' may ask for the status only: it has "
                             "no-new-privs");
    stop(&process);
}
END_TEST

START_TEST(a_connection_of_a_process_that_has_ended_is_for_the_status_only)
{
    struct process process;

    start(&process,
          OTHER "[service evil]\nafter = other\n" WHEN_TOLD(
              "\"$PROBE\" reaped \"$SOCKET\" \"restart other\""),
          NULL);
    fifo_say_line(getenv("GO"));
    /* nsinit may have seen it while it was there. */
    process_expect(&process, "error 1 restart: ");
    process_expect(&process, " may ask for the status only: ");
    ck_assert(strstr(process.output.text, "it has ended, so its service is unknown\n") != NULL ||
              strstr(process.output.text, "its rights cannot be read from /proc - hint: ") != NULL);
    stop(&process);
}
END_TEST

/* ---- orphans of one of several ----------------------------------------------------------- */

static void attack_by_orphan_of_cron(const char *evil, bool gets_all)
{
    struct process process;
    char pod[2000];

    snprintf(pod, sizeof pod,
             OTHER "[service evil]\ncommand = sleep 1000\n%s"
                   "[service cron]\nafter = other,evil\n" ORPHANED,
             evil);
    start(&process, pod, NULL);
    if (gets_all)
        expect_all(&process);
    else
        expect_status_only(&process, "this orphan, perhaps of service 'evil',");
    stop(&process);
}

START_TEST(an_orphan_that_may_be_anyones_has_the_least_access)
{
    if (lacks_root("an_orphan_that_may_be_anyones_has_the_least_access"))
        return;
    attack_by_orphan_of_cron("no-new-privs = yes\n", false);
}
END_TEST

START_TEST(an_orphan_is_no_service_s_that_has_a_pid_namespace_of_its_own)
{
    if (lacks_root("an_orphan_is_no_service_s_that_has_a_pid_namespace_of_its_own"))
        return;
    attack_by_orphan_of_cron("unshare = pid,mnt\nno-new-privs = yes\n", true);
}
END_TEST

START_TEST(an_orphan_where_all_services_have_all_rights_may_ask_for_all)
{
    if (lacks_root("an_orphan_where_all_services_have_all_rights_may_ask_for_all"))
        return;
    attack_by_orphan_of_cron("", true);
}
END_TEST

/* In the pod's own PID namespace orphans are the children of its PID 1. */
START_TEST(an_orphan_in_the_pods_pid_namespace_has_the_least_access)
{
    struct process process;

    if (lacks_root("an_orphan_in_the_pods_pid_namespace_has_the_least_access"))
        return;
    start(&process,
          "[pod]\nunshare = pid,mnt\n" OTHER
          "[service evil]\nno-new-privs = yes\nafter = other\n" ORPHANED,
          NULL);
    expect_status_only(&process, "this orphan, perhaps of service 'evil',");
    stop(&process);
}
END_TEST

/* They are adopted by the inner init of the service whose PID namespace it is. */
START_TEST(an_orphan_in_an_entered_pid_namespace_gets_no_more_than_the_service_that_entered)
{
    struct process process;

    if (lacks_root(
            "an_orphan_in_an_entered_pid_namespace_gets_no_more_than_the_service_that_entered"))
        return;
    start(&process,
          OTHER "[service host]\ncommand = sleep 1000\nunshare = pid,mnt\ncontrol-access = full\n"
                "[service evil]\nafter = other,host\nenter = pid,mnt=service:host\n"
                "no-new-privs = yes\n" ORPHANED,
          NULL);
    expect_status_only(&process, "this orphan, perhaps of service 'evil',");
    stop(&process);
}
END_TEST

/* ---- what is said ------------------------------------------------------------------------ */

START_TEST(control_access_says_what_a_service_may_ask_for)
{
    struct process process;

    if (lacks_root("control_access_says_what_a_service_may_ask_for"))
        return;
    start(&process,
          OTHER "[service evil]\nafter = other\ncontrol-access = status\n" WHEN_TOLD(ATTACK), NULL);
    expect_status_only(&process, "service 'evil'");
    ck_assert_contains(process.output.text, "control-access is 'status'");
    stop(&process);
}
END_TEST

START_TEST(control_access_none_is_not_even_the_status)
{
    struct process process;

    if (lacks_root("control_access_none_is_not_even_the_status"))
        return;
    start(&process,
          OTHER "[service evil]\nafter = other\ncontrol-access = none\n" WHEN_TOLD(ATTACK), NULL);
    fifo_say_line(getenv("GO"));
    process_expect(&process, "status=1\n");
    ck_assert_lacks(process.output.text, "running");
    ck_assert_contains(process.output.text,
                       "service 'evil' may ask for nothing: control-access is 'none' - hint: "
                       "'control-access = full' in [service evil] permits it\n");
    stop(&process);
}
END_TEST

START_TEST(a_single_service_has_it_as_an_option)
{
    struct process process;
    const char *const levels[] = {"none", "status", "full"};
    const char *const answers[] = {
        "service 'main' may ask for nothing: control-access is 'none' - hint: "
        "--control-access=full permits it\n",
        "kill: service 'main' may ask for the status only: control-access is 'status' - hint: "
        "--control-access=full permits it\n",
        "it may\n"};

    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        (void)process_run(&process,
                          AS_SECOND("-s", "--control", socket_path(), "--control-access", levels[i],
                                    "--", "sh", "-c",
                                    "\"$1\" --ctl -c \"$2\" kill CONT main 2>&1 && echo it may",
                                    "sh", nsinit_path(), socket_path()));
        ck_assert_contains(process.output.text, answers[i]);
    }
    ck_assert_int_eq(process_run(&process, AS_SECOND("--control-access", "all", "--", "true")),
                     125);
    ck_assert_contains(process.errors.text,
                       "unknown access level 'all': use auto, none, status or full");
}
END_TEST

/* ---- who is none of its services --------------------------------------------------------- */

static void enter_pids(void *argument)
{
    char path[64];
    int fd;

    snprintf(path, sizeof path, "/proc/%d/ns/pid", *(pid_t *)argument);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    /* It counts for children only. */
    if (fd < 0 || setns(fd, CLONE_NEWPID) < 0)
        _exit(91);
}

/* What nsctl's end is told by, where a shell outside starts it in nsinit's PID namespace. */
static const char *answer_inside(struct process *process, const char *command)
{
    return answer_of(&(struct process_options){.arguments = COMMAND("sh", "-c", command),
                                               .prepare = enter_pids,
                                               .argument = &process->pid},
                     0);
}

/* As docker exec does it: with one that has less among the services. */
START_TEST(a_visitor_from_outside_may_ask_for_all)
{
    struct process process;

    if (lacks_root("a_visitor_from_outside_may_ask_for_all"))
        return;
    start(&process, OTHER "[service evil]\nafter = other\n" CONFINED WHEN_TOLD(":"), NULL);
    ck_assert_str_eq(answer_inside(&process, NSCTL "restart other; echo restart=$?"),
                     "restart=0\n");
    stop(&process);
}
END_TEST

/* As a container's processes are seen where nsinit runs on its host. */
START_TEST(a_process_further_inside_needs_all_rights)
{
    struct process process;

    if (lacks_root("a_process_further_inside_needs_all_rights"))
        return;
    start(&process, OTHER "[service evil]\nafter = other\n" CONFINED WHEN_TOLD(":"), NULL);
    ck_assert_str_eq(answer_inside(&process, "unshare -pf " NSCTL "restart other; echo restart=$?"),
                     "restart=0\n");
    ck_assert_str_eq(
        answer_inside(&process, "unshare -pf setpriv --no-new-privs " NSCTL
                                "restart other 2>&1; echo restart=$?"),
        "nsctl: restart: this process may ask for the status only: it has no-new-privs\n"
        "restart=1\n");
    stop(&process);
}
END_TEST

/* Its pid is 0 for nsinit. */
START_TEST(a_process_outside_may_ask_for_all)
{
    struct process process;

    if (lacks_root("a_process_outside_may_ask_for_all"))
        return;
    start(&process, OTHER "[service evil]\nafter = other\n" CONFINED WHEN_TOLD(":"), NULL);
    (void)answer_of(ASK("restart", "other"), 0);
    ck_assert_contains(answer_of(ASK("exec", "other", "id"), 0), "uid=0");
    stop(&process);
}
END_TEST

START_TEST(a_crowd_of_those_with_less_leaves_room_for_others)
{
    struct process process;

    if (lacks_root("a_crowd_of_those_with_less_leaves_room_for_others"))
        return;
    start(&process,
          OTHER
          "[service evil]\nafter = other\n" CONFINED WHEN_TOLD("\"$PROBE\" crowd \"$SOCKET\" 200"),
          NULL);
    fifo_say_line(getenv("GO"));
    process_expect(&process, "the crowd is there");
    (void)answer_of(ASK("restart", "other"), 0);
    stop(&process);
}
END_TEST

/* ---- nsinit with less than root of the host ---------------------------------------------- */

static void drop_ptrace(void *argument)
{
    (void)argument;
    prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE, 0, 0, 0);
}

/* In a container it may not look at processes that have more, or other users'. */
START_TEST(without_cap_sys_ptrace_it_is_the_same)
{
    struct process process;

    if (lacks_root("without_cap_sys_ptrace_it_is_the_same"))
        return;
    attack(restrictions[_i], WHEN_TOLD(ATTACK), "service 'evil'", drop_ptrace);
    /* What nsinit lacks itself, nobody misses. */
    start(&process,
          OTHER
          "[service cron]\nafter = other\nunshare = pid,mnt\ncap-drop = sys_ptrace\n" WHEN_TOLD(
              ATTACK),
          drop_ptrace);
    expect_all(&process);
    stop(&process);
}
END_TEST

/* It has no capability that a service could lack. */
START_TEST(as_an_ordinary_user_it_is_the_same)
{
    struct process process;

    if (lacks_root("as_an_ordinary_user_it_is_the_same"))
        return;
    ck_assert_int_eq(chmod(test_directory(), 0777), 0);
    start_as(&process,
             OTHER "[service evil]\nafter = other\nno-new-privs = yes\n" WHEN_TOLD(ATTACK), "-s",
             NULL, ORDINARY_USER);
    expect_status_only(&process, "service 'evil'");
    stop(&process);
    start_as(&process,
             OTHER "[service evil]\nafter = other\nunshare = user\nmap-root-user = yes\n" WHEN_TOLD(
                 ATTACK),
             "-s", NULL, ORDINARY_USER);
    expect_status_only(&process, "service 'evil'");
    stop(&process);
    start_as(&process, OTHER "[service cron]\nafter = other\n" WHEN_TOLD(ATTACK), "-s", NULL,
             ORDINARY_USER);
    fifo_say_line(getenv("GO"));
    process_expect(&process, "uid=54321");
    process_expect(&process, "exec=0\nrestart=0\n");
    stop(&process);
}
END_TEST

/* ---- Linux before 6.5 -------------------------------------------------------------------- */

/* getsockopt knows no SO_PEERPIDFD. */
static void be_older(void *argument)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getsockopt, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SO_PEERPIDFD, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOPROTOOPT),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof filter / sizeof filter[0], .filter = filter};

    (void)argument;
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) < 0)
        _exit(92);
}

START_TEST(without_a_pidfd_of_the_peer_it_is_the_same)
{
    struct process process;

    if (lacks_root("without_a_pidfd_of_the_peer_it_is_the_same"))
        return;
    attack(restrictions[_i], WHEN_TOLD(ATTACK), "service 'evil'", be_older);
    start(&process, OTHER "[service cron]\nafter = other\n" WHEN_TOLD(ATTACK), be_older);
    expect_all(&process);
    stop(&process);
}
END_TEST

TCase *control_access_case(void)
{
    const TTest *const tests[] = {
        a_distant_descendant_gets_no_more,
        an_orphan_gets_no_more_where_nsinit_adopts_none,
        another_user_gets_the_status_only_though_it_may_connect,
        a_process_that_has_dropped_rights_gets_the_status_only,
        rights_dropped_after_the_connection_count,
        a_connection_of_a_process_that_has_ended_is_for_the_status_only,
        an_orphan_that_may_be_anyones_has_the_least_access,
        an_orphan_is_no_service_s_that_has_a_pid_namespace_of_its_own,
        an_orphan_where_all_services_have_all_rights_may_ask_for_all,
        an_orphan_in_the_pods_pid_namespace_has_the_least_access,
        an_orphan_in_an_entered_pid_namespace_gets_no_more_than_the_service_that_entered,
        control_access_says_what_a_service_may_ask_for,
        control_access_none_is_not_even_the_status,
        a_single_service_has_it_as_an_option,
        a_visitor_from_outside_may_ask_for_all,
        a_process_further_inside_needs_all_rights,
        a_process_outside_may_ask_for_all,
        a_crowd_of_those_with_less_leaves_room_for_others,
        as_an_ordinary_user_it_is_the_same,
        NULL};
    TCase *tcase = case_of("control_access", tests);

    tcase_add_loop_test(tcase, a_service_with_less_than_nsinit_gets_the_status_only, 0,
                        RESTRICTIONS);
    tcase_add_loop_test(tcase, an_orphan_of_that_service_gets_no_more, 0, RESTRICTIONS);
    tcase_add_loop_test(tcase, a_command_in_its_place_gets_no_more, 0, RESTRICTIONS);
    tcase_add_loop_test(tcase, a_service_with_all_of_nsinits_rights_may_ask_for_all, 0,
                        KINDS_OF_FREEDOM);
    tcase_add_loop_test(tcase, a_service_may_ask_as_soon_as_it_runs, 0, 3);
    tcase_add_loop_test(tcase, without_cap_sys_ptrace_it_is_the_same, 0, RESTRICTIONS);
    tcase_add_loop_test(tcase, without_a_pidfd_of_the_peer_it_is_the_same, 0, RESTRICTIONS);
    return tcase;
}
