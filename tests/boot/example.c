/*
 * example.c - contrib/examples/embedded as a person meets it: up, logged in, looked at, turned off
 * One machine for all that only look: each test types its own question and waits for the answer.
 * All of it on two kernels: Debian's own, and the oldest one that nsinit promises to run on.
 */
#include "boot/machine.h"

#include <unistd.h>

/* And the question about the cursor. */
#define PROMPT " # \033[6n"

static const struct board *board = &pc;
static struct machine shared;

static void log_in(struct machine *machine)
{
    machine_expect(machine, "box login:");
    machine_type(machine, "root\n");
    machine_expect(machine, PROMPT);
}

static void boot_shared(void)
{
    machine_boot(&shared, MACHINE(.board = board));
    /* The bridge may take longer than the console. */
    machine_expect(&shared, "reader | The page of a server");
    log_in(&shared);
}

static void boot_shared_older(void)
{
    board = &older_pc;
    boot_shared();
}

static void drop_shared(void)
{
    machine_drop(&shared);
}

/*
 * The answer is not in the question as it is typed, which the console shows, too. What is typed
 * before the prompt is lost: BusyBox asks the terminal for the cursor then.
 */
static void ask(const char *question, const char *answer)
{
    machine_type(&shared, question);
    machine_type(&shared, "\n");
    machine_expect(&shared, answer);
    machine_expect(&shared, PROMPT);
}

/* Each behind the one before. */
static void assert_in_order(const char *text, const char *const *parts)
{
    for (; *parts != NULL; parts++) {
        const char *found = strstr(text, *parts);

        ck_assert_msg(found != NULL, "'%s' is not behind the others in <<%.4000s>>", *parts, text);
        text = found + strlen(*parts);
    }
}

#define assert_order(text, ...) assert_in_order(text, (const char *const[]){__VA_ARGS__, NULL})

START_TEST(services_come_up_in_their_order)
{
    assert_order(machine_console(&shared), "nsinit: modules: started", "nsinit: modules: ended",
                 "nsinit: bridge: started", "nsinit: bridge: ended", "nsinit: web: started",
                 "nsinit: reader: started", "nsinit: console: started");
}
END_TEST

START_TEST(nothing_is_wrong_at_the_console)
{
    static const char *const words[] = {"failed", "cannot",        "warning",
                                        "hint:",  "exit code 1\r", "job control"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        ck_assert_lacks(machine_console(&shared), words[i]);
}
END_TEST

START_TEST(nsctl_lists_what_is_the_services_own)
{
    ask("nsctl status | grep -c mnt=own,pid=own,net=own,uts=own,ipc=own,cgroup=own", "\n2\r");
}
END_TEST

START_TEST(nsctl_draws_services_in_their_namespaces)
{
    machine_type(&shared, "nsctl ns --diagram=text\n");
    machine_expect(&shared, "+ host: pid 4026531836");
    machine_expect(&shared, "| web PID ");
    machine_expect(&shared, "| reader PID ");
    machine_expect(&shared, PROMPT);
}
END_TEST

START_TEST(the_server_shares_no_namespace_with_the_machine_but_users_and_clocks)
{
    ask("for n in /proc/self/ns/*; do [ $(readlink $n) = $(readlink /proc/$(pidof "
        "httpd)/ns/${n##*/}"
        ") ] && s=$s${n##*/},; done; echo shares:$s",
        "shares:time,time_for_children,user,");
}
END_TEST

START_TEST(the_reader_shares_no_namespace_with_the_machine)
{
    ask("p=$(pidof sleep); s=; for n in /proc/self/ns/*; do [ $(readlink $n) = $(readlink "
        "/proc/$p/ns/${n##*/}) ] && s=$s${n##*/},; done; echo it shares:$s.",
        "it shares:.");
}
END_TEST

START_TEST(the_server_sees_its_own_root_alone)
{
    ask("echo it sees $(ls /proc/$(pidof httpd)/root/)", "it sees bin dev proc tmp www");
}
END_TEST

START_TEST(the_server_can_not_write_to_its_root)
{
    ask("nsctl exec web touch /www/index.html", "Read-only file system");
}
END_TEST

START_TEST(the_server_has_one_capability_and_no_way_to_more)
{
    ask("grep -E 'Uid|CapEff|NoNew' /proc/$(pidof httpd)/status", "Uid:\t80\t80\t80\t80");
    ck_assert_contains(machine_console(&shared), "CapEff:\t0000000000000400");
    ck_assert_contains(machine_console(&shared), "NoNewPrivs:\t1");
}
END_TEST

START_TEST(root_in_a_user_namespace_is_nobody_outside)
{
    ask("grep Uid /proc/$(pidof sleep)/status", "Uid:\t100007\t100007\t100007\t100007");
}
END_TEST

START_TEST(each_has_a_name_of_its_own)
{
    ask("echo $(hostname), $(nsctl exec web hostname), $(nsctl exec reader hostname).",
        "box, web, reader.");
}
END_TEST

START_TEST(the_machine_reaches_both_over_the_bridge)
{
    ask("ping -c 1 10.0.0.3 | grep received", "1 packets received");
    ask("wget -q -O - http://10.0.0.2/", "The page of a server");
}
END_TEST

START_TEST(a_service_that_is_killed_comes_back)
{
    machine_type(&shared, "kill -9 $(pidof httpd)\n");
    machine_expect(&shared, "nsinit: web: exit code 137, restart 1 in 100ms");
    machine_expect(&shared, "nsinit: web: started httpd");
    machine_expect(&shared, "nsinit: web: healthy");
    ask("wget -q -O - http://10.0.0.2/", "The page of a server");
}
END_TEST

START_TEST(the_kernels_file_systems_are_mounted)
{
    ask("for d in /proc /sys /dev /dev/pts /dev/shm /run /sys/fs/cgroup; do "
        "grep -q \" $d \" /proc/mounts && c=$((c+1)); done; echo $c are there",
        "7 are there");
}
END_TEST

START_TEST(the_files_of_a_program_are_found_in_dev)
{
    ask("echo $(for f in fd stdin stdout stderr; do readlink /dev/$f; done)",
        "/proc/self/fd /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2");
    ask("echo 'it is' heard >/dev/stderr", "it is heard");
}
END_TEST

START_TEST(the_shell_at_the_console_has_its_terminal)
{
    /* ^C comes when it runs: it says so. */
    machine_type(&shared, "sh -c 'echo run''s; exec sleep 1000'\n");
    machine_expect(&shared, "runs");
    machine_type(&shared, "\003");
    machine_expect(&shared, PROMPT);
    ask("echo code $?", "code 130");
}
END_TEST

START_TEST(ctrl_alt_del_stops_all_in_reverse_order_and_reboots)
{
    struct machine machine;

    machine_boot(&machine, MACHINE(.board = board));
    machine_expect(&machine, "box login:");
    machine_press_ctrl_alt_del(&machine);
    machine_expect(&machine, "nsinit: reboot was requested");
    machine_expect(&machine, "nsinit: console: stop: HUP");
    machine_expect(&machine, "nsinit: console: ended");
    machine_expect(&machine, "nsinit: reader: stop: TERM");
    machine_expect(&machine, "nsinit: reader: ended");
    machine_expect(&machine, "nsinit: web: stop: TERM");
    machine_expect(&machine, "nsinit: web: ended");
    machine_expect(&machine, "nsinit: boot: rebooting");
    machine_expect(&machine, REBOOTED);
    machine_wait(&machine);
    ck_assert_lacks(machine_console(&machine), "drain");
}
END_TEST

START_TEST(a_logged_in_user_can_turn_it_off)
{
    struct machine machine;

    machine_boot(&machine, MACHINE(.board = board));
    log_in(&machine);
    machine_type(&machine, "nsctl poweroff\n");
    machine_expect(&machine, "nsinit: poweroff was requested");
    machine_expect(&machine, "nsinit: web: ended");
    machine_expect(&machine, "nsinit: boot: powering off");
    machine_expect(&machine, OFF);
    machine_wait(&machine);
    ck_assert_lacks(machine_console(&machine), "drain");
}
END_TEST

START_TEST(the_kernel_is_the_oldest_one_promised)
{
    ask("uname -r", "5.10.");
}
END_TEST

START_TEST(the_example_runs_on_linux_5_10)
{
    skip_test("the_example_runs_on_linux_5_10", "the mirror has no packages of Debian 11");
}
END_TEST

static TCase *filled(TCase *tcase, void (*boot)(void))
{
    const TTest *const tests[] = {
        services_come_up_in_their_order,
        nothing_is_wrong_at_the_console,
        nsctl_lists_what_is_the_services_own,
        nsctl_draws_services_in_their_namespaces,
        the_server_shares_no_namespace_with_the_machine_but_users_and_clocks,
        the_reader_shares_no_namespace_with_the_machine,
        the_server_sees_its_own_root_alone,
        the_server_can_not_write_to_its_root,
        the_server_has_one_capability_and_no_way_to_more,
        root_in_a_user_namespace_is_nobody_outside,
        each_has_a_name_of_its_own,
        the_machine_reaches_both_over_the_bridge,
        a_service_that_is_killed_comes_back,
        the_kernels_file_systems_are_mounted,
        the_files_of_a_program_are_found_in_dev,
        the_shell_at_the_console_has_its_terminal,
        ctrl_alt_del_stops_all_in_reverse_order_and_reboots,
        a_logged_in_user_can_turn_it_off,
        NULL,
    };

    for (const TTest *const *test = tests; *test != NULL; test++)
        add_test(tcase, *test, 0, 1);
    tcase_add_unchecked_fixture(tcase, boot, drop_shared);
    return tcase;
}

TCase *example_case(void)
{
    return filled(case_of("example", (const TTest *const[]){NULL}), boot_shared);
}

TCase *example_linux_5_10_case(void)
{
    bool is_built = access(built_for(&older_pc, "ready"), F_OK) == 0;
    const TTest *const first[] = {
        is_built ? the_kernel_is_the_oldest_one_promised : the_example_runs_on_linux_5_10, NULL};
    TCase *tcase = case_of("example_linux_5_10", first);

    return is_built ? filled(tcase, boot_shared_older) : tcase;
}
