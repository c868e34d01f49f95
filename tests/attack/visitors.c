/*
 * visitors.c - who comes into a service's namespaces on nsinit's behalf is taken over there
 * Whoever has CAP_SYS_PTRACE in the service's user namespace tries to attach to each new process
 * before it executes a program; a try is a visit.
 */
#include "attack/attack.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define HEALTH \
    "--health-cmd", check_command(), "--health-interval", "5ms", "--health-retries", "1000000"

/* Visits in a test of CTest: of an older nsinit's more than half were seized. */
enum { FEW = 30 };

/* The same as keys of a pod file. */
static const char *checked(void)
{
    static char keys[600];

    snprintf(keys, sizeof keys,
             "health-cmd = %s\nhealth-interval = 5ms\nhealth-retries = 1000000\n", check_command());
    return keys;
}

static void close_input(void *argument)
{
    (void)argument;
    close(STDIN_FILENO);
}

/* Let nsinit visit by itself until enough is done; what has ended is started again. */
static void go_on_visiting(struct attack *attack, const struct process_options *options)
{
    while (attack_goes_on(attack)) {
        attack_start(attack, options);
        while (attack_goes_on(attack) && attack_wait(attack))
            attack->tries = attack->score->runs;
        attack_stop(attack);
    }
    attack_end(attack);
}

static void ask_for_command(struct attack *attack, bool terminal)
{
    struct process nsctl;

    process_start(
        &nsctl, &(struct process_options){.arguments = NSCTL("exec", "main", "--", ATTACKER("run")),
                                          .terminal = terminal});
    while (!process_has_ended(&nsctl) && attack_goes_on(attack) && attack_wait(attack))
        ;
    process_drop(&nsctl);
    attack->tries++;
}

/* The same by nsctl exec, one after another. */
static void execute_commands(struct attack *attack, const struct process_options *options,
                             bool terminal)
{
    while (attack_goes_on(attack)) {
        attack_start(attack, options);
        while (attack->score->prepared == 0 && attack_goes_on(attack) && attack_wait(attack))
            ;
        while (attack_goes_on(attack) && !process_has_ended(&attack->process))
            ask_for_command(attack, terminal);
        attack_stop(attack);
    }
    attack_end(attack);
}

#define BY_HEALTH(test, name, ...)                                \
    START_TEST(test)                                              \
    {                                                             \
        struct attack attack;                                     \
                                                                  \
        if (attack_begin(&attack, name, FEW))                     \
            go_on_visiting(&attack, TARGET(HEALTH, __VA_ARGS__)); \
    }                                                             \
    END_TEST

#define BY_EXEC(test, name, terminal, ...)                            \
    START_TEST(test)                                                  \
    {                                                                 \
        struct attack attack;                                         \
                                                                      \
        if (attack_begin(&attack, name, FEW))                         \
            execute_commands(&attack, TARGET(__VA_ARGS__), terminal); \
    }                                                                 \
    END_TEST

BY_HEALTH(a_health_check_is_not_seized_by_mapped_root, "visit.health", MAPPED, "--",
          ATTACKER("seize", nsinit_path()))
BY_HEALTH(a_health_check_is_not_seized_by_the_callers_root, "visit.health.map-root", MAPPED_ROOT,
          "--", ATTACKER("seize", nsinit_path()))
BY_HEALTH(a_health_check_is_not_open_in_proc, "visit.health.proc", MAPPED_ROOT, "--",
          ATTACKER("peek", nsinit_path()))
BY_HEALTH(a_health_check_does_not_show_nsinits_arguments, "visit.health.arguments", "--report",
          test_file("ATTACK_ARGUMENT="), MAPPED, "--", ATTACKER("arguments", nsinit_path()))
BY_HEALTH(a_health_check_of_a_user_is_not_seized, "visit.health.user", MAPPED, "--user", "1000",
          "--cap-add", "SYS_PTRACE", "--", ATTACKER("seize", nsinit_path()))

/*
 * In nsinit's own user namespace CAP_SYS_PTRACE cannot be kept out. There a visitor is not to have
 * more than the service: no capability, no file, no environment.
 */
BY_HEALTH(a_health_check_is_not_seized_by_pid_1, "visit.health.pid-1", MAPPED, "--as-pid-1", "--",
          ATTACKER("seize", nsinit_path()))
BY_HEALTH(a_health_check_as_the_services_user_is_not_seized, "visit.health.plain-user", "--user",
          "54321", "--", ATTACKER("seize", nsinit_path()))
BY_HEALTH(a_health_check_has_no_more_rights_than_its_service, "visit.health.same-user", "--unshare",
          "pid,mnt", "--cap-drop", "all", "--cap-add", "SYS_PTRACE", "--clear-env", "--",
          ATTACKER("rights", nsinit_path()))

BY_EXEC(a_command_is_not_seized_by_mapped_root, "visit.exec", false, MAPPED, "--",
        ATTACKER("seize", nsinit_path()))
BY_EXEC(a_command_is_not_seized_by_the_callers_root, "visit.exec.map-root", false, MAPPED_ROOT,
        "--", ATTACKER("seize", nsinit_path()))
BY_EXEC(a_command_is_not_open_in_proc, "visit.exec.proc", false, MAPPED_ROOT, "--",
        ATTACKER("peek", nsinit_path()))
BY_EXEC(a_command_has_no_more_rights_than_its_service, "visit.exec.same-user", false, "--unshare",
        "pid,mnt", "--cap-drop", "all", "--cap-add", "SYS_PTRACE", "--clear-env", "--",
        ATTACKER("rights", nsinit_path()))

/* The service shares nsinit's PID namespace, and the visitor that opens a terminal its memory. */
BY_EXEC(nsinits_memory_is_not_written_through_a_terminals_visitor, "visit.terminal", true,
        "--unshare", "user,mnt", "--map-users", "0:100000:65536", "--map-groups", "0:100000:65536",
        "--", ATTACKER("memory", nsinit_path()))
BY_EXEC(a_terminals_visitor_is_not_seized, "visit.terminal.seize", true, "--unshare", "user,mnt",
        "--map-root-user", "--", ATTACKER("seize", nsinit_path()))

/*
 * A pod of the attacker and a victim, which is visited or started again and again in namespaces
 * that are the attacker's too. Each has keys of its own.
 */
static const char *pod_of(const char *pod, const char *attack, const char *evil,
                          const char *command, const char *victim)
{
    return pod_file("[pod]\n%s"
                    "[service evil]\ncommand = %s %s %s %s\n%s"
                    "[service victim]\nafter = evil\ncommand = %s %s %s\n%s",
                    pod, attacker_path(), attack, score_path(), nsinit_path(), evil,
                    attacker_path(), command, score_path(), victim);
}

#define BY_POD(test, name, ...)                                            \
    START_TEST(test)                                                       \
    {                                                                      \
        struct attack attack;                                              \
                                                                           \
        if (attack_begin(&attack, name, FEW))                              \
            go_on_visiting(&attack, TARGET("--pod", pod_of(__VA_ARGS__))); \
    }                                                                      \
    END_TEST

#define MAPS "map-users = 0:100000:65536\nmap-groups = 0:100000:65536\n"

#define RESTARTED "restart = always\nrestart-delay = 1ms..1ms\n"
#define OWN_PROC "unshare = mnt\nmount-proc = /proc\n"
#define SHARED "unshare = user,pid,mnt\n"

BY_POD(a_sibling_is_not_seized_at_its_start, "visit.sibling", "unshare = user,pid\n" MAPS, "seize",
       OWN_PROC, "run", RESTARTED)
BY_POD(a_sibling_is_not_seized_at_its_start_with_all_namespaces, "visit.sibling.all",
       "unshare = user,pid,mnt,net,ipc,uts\n" MAPS, "seize", "", "run", RESTARTED)
BY_POD(a_sibling_is_not_seized_by_the_callers_root, "visit.sibling.map-root",
       SHARED "map-root-user = yes\n", "seize", "", "run", RESTARTED)
BY_POD(a_sibling_is_not_open_in_proc, "visit.sibling.proc", SHARED "map-root-user = yes\n", "peek",
       "", "run", RESTARTED)
BY_POD(a_sibling_that_notifies_is_not_seized, "visit.sibling.notify",
       "unshare = user,pid,mnt,net\n" MAPS, "seize", "", "run", RESTARTED "notify = yes\n")
/* Its user namespace lies below the one that it enters: somebody has to write its maps. */
BY_POD(a_sibling_with_users_of_its_own_is_not_seized, "visit.sibling.nested",
       SHARED "map-root-user = yes\n", "seize", "", "run",
       RESTARTED "unshare = user\nmap-root-user = yes\n")
/* Its inner init is in the attacker's PID namespace, too, for as long as it lives. */
BY_POD(a_siblings_inner_init_is_not_seized, "visit.sibling.inner", SHARED MAPS, "seize", "", "run",
       RESTARTED "unshare = pid,mnt\n")
BY_POD(a_siblings_inner_init_is_not_seized_by_the_callers_root, "visit.sibling.inner.root",
       SHARED "map-root-user = yes\n", "seize", "", "run", RESTARTED "unshare = pid,mnt\n")
BY_POD(a_siblings_inner_init_with_users_of_its_own_is_not_seized, "visit.sibling.inner.nested",
       SHARED "map-root-user = yes\n", "seize", "", "run",
       RESTARTED "unshare = user,pid,mnt\nmap-root-user = yes\n")
BY_POD(a_siblings_health_check_is_not_seized, "visit.sibling.health", SHARED MAPS, "seize", "",
       "idle", checked())
BY_POD(a_service_that_enters_is_not_seized, "visit.enter", "", "seize", SHARED MAPS, "run",
       RESTARTED "enter = user,pid,mnt=service:evil\n")

/* What stands in for a descriptor that is closed is nothing to be had. */
START_TEST(a_health_check_without_stdin_is_not_seized)
{
    struct attack attack;

    if (attack_begin(&attack, "visit.health.stdin", FEW))
        go_on_visiting(&attack, &(struct process_options){
                                    .arguments = NSINIT(HEALTH, MAPPED_ROOT, "--",
                                                        ATTACKER("seize", nsinit_path())),
                                    .place = PLACE_FIRST,
                                    .prepare = close_input});
}
END_TEST

START_TEST(a_health_check_of_an_ordinary_caller_is_not_seized)
{
    struct attack attack;

    if (attack_begin(&attack, "visit.health.ordinary", FEW))
        go_on_visiting(&attack, &(struct process_options){
                                    .arguments = COMMAND(nsinit_path(), HEALTH, MAPPED_ROOT, "--",
                                                         ATTACKER("seize", nsinit_path())),
                                    .place = PLACE_FIRST,
                                    .uid = ORDINARY_USER});
}
END_TEST

TCase *visitors_case(void)
{
    const TTest *const tests[] = {a_health_check_is_not_seized_by_mapped_root,
                                  a_health_check_is_not_seized_by_the_callers_root,
                                  a_health_check_is_not_open_in_proc,
                                  a_health_check_does_not_show_nsinits_arguments,
                                  a_health_check_of_a_user_is_not_seized,
                                  a_health_check_is_not_seized_by_pid_1,
                                  a_health_check_as_the_services_user_is_not_seized,
                                  a_health_check_has_no_more_rights_than_its_service,
                                  a_command_is_not_seized_by_mapped_root,
                                  a_command_is_not_seized_by_the_callers_root,
                                  a_command_is_not_open_in_proc,
                                  a_command_has_no_more_rights_than_its_service,
                                  nsinits_memory_is_not_written_through_a_terminals_visitor,
                                  a_terminals_visitor_is_not_seized,
                                  a_sibling_is_not_seized_at_its_start,
                                  a_sibling_is_not_seized_at_its_start_with_all_namespaces,
                                  a_sibling_is_not_seized_by_the_callers_root,
                                  a_sibling_is_not_open_in_proc,
                                  a_sibling_that_notifies_is_not_seized,
                                  a_sibling_with_users_of_its_own_is_not_seized,
                                  a_siblings_inner_init_is_not_seized,
                                  a_siblings_inner_init_is_not_seized_by_the_callers_root,
                                  a_siblings_inner_init_with_users_of_its_own_is_not_seized,
                                  a_siblings_health_check_is_not_seized,
                                  a_service_that_enters_is_not_seized,
                                  a_health_check_without_stdin_is_not_seized,
                                  a_health_check_of_an_ordinary_caller_is_not_seized,
                                  NULL};

    setenv("ATTACK_SECRET", "of-the-host", 1);
    return case_of("visitors", tests);
}
