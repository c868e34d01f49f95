/*
 * passwd_and_group.c - /etc/passwd and /etc/group of a hostile service: nsinit neither waits for
 * them nor reads what has no end
 */
#include <stdio.h>

#include "system/system.h"

/* An /etc of the test's own, which everyone may write to: $1 is nsinit, $2 the probe. */
#define OWN_ETC                                                               \
    "set -eu; mount -t tmpfs tmpfs /mnt; cp /etc/passwd /etc/group /mnt/\n"   \
    "cp /etc/ld.so.cache /mnt/ 2>/dev/null || true; mount --bind /mnt /etc\n" \
    "chmod 777 /etc; cd /\n"

static int run_with_own_etc(struct process *process, const char *script)
{
    char text[2000];
    struct process_options options = {
        .arguments = COMMAND("unshare", "-m", "sh", "-c", text, "sh", nsinit_path()),
        .place = PLACE_FIRST};

    snprintf(text, sizeof text, "%s%s", OWN_ETC, script);
    return process_run(process, &options);
}

/* What a file may be made of, and what nsinit says of it. */
static const struct odd {
    const char *make;
    const char *reason;
} odds[] = {
    {"mkfifo $F", " is not a regular file\n"},
    {"mkdir $F", " is not a regular file\n"},
    {"mknod $F c 1 5", " is not a regular file\n"},
    {"ln -s /dev/zero $F", " is not a regular file\n"},
    {"truncate -s 1500M $F", " has more than 16 MiB\n"},
    {"ln -s $F $F", "ymbolic link"},
};

enum { ODD_COUNT = sizeof odds / sizeof odds[0] };

static void ck_assert_refuses(const char *file, const char *options, const char *subject,
                              const struct odd *odd)
{
    struct process process;
    char script[500];
    char expected[200];

    snprintf(script, sizeof script, "F=%s; rm $F; %s\nexec \"$1\" %s -- echo it runs\n", file,
             odd->make, options);
    snprintf(expected, sizeof expected, "nsinit: %s: %s", subject, file);
    ck_assert_int_eq(run_with_own_etc(&process, script), 125);
    ck_assert_contains(process.errors.text, expected);
    ck_assert_contains(process.errors.text, odd->reason);
    ck_assert_int_eq(count_of(process.errors.text, "\n"), 1);
    ck_assert_str_eq(process.output.text, "");
    process_drop(&process);
}

START_TEST(a_passwd_that_is_no_small_regular_file_is_an_error)
{
    if (lacks_root("a_passwd_that_is_no_small_regular_file_is_an_error"))
        return;
    ck_assert_refuses("/etc/passwd", "--user daemon", "--user daemon", &odds[_i]);
    /* A number's group is there, too. */
    ck_assert_refuses("/etc/passwd", "--user 4711", "--user 4711", &odds[_i]);
}
END_TEST

START_TEST(a_group_that_is_no_small_regular_file_is_an_error)
{
    if (lacks_root("a_group_that_is_no_small_regular_file_is_an_error"))
        return;
    ck_assert_refuses("/etc/group", "--user daemon", "--user daemon", &odds[_i]);
    ck_assert_refuses("/etc/group", "--user 1:daemon", "--user 1:daemon", &odds[_i]);
    ck_assert_refuses("/etc/group", "--groups daemon", "--groups daemon", &odds[_i]);
}
END_TEST

START_TEST(files_that_are_not_there_leave_numbers_to_be_given)
{
    struct process process;

    if (lacks_root("files_that_are_not_there_leave_numbers_to_be_given"))
        return;
    ck_assert_int_eq(run_with_own_etc(&process, "rm /etc/passwd /etc/group\n"
                                                "\"$1\" --user 4711 -- id -u\n"
                                                "exec \"$1\" --user daemon -- echo it runs\n"),
                     125);
    ck_assert_str_eq(process.output.text, "4711\n");
    ck_assert_contains(process.errors.text, "user 'daemon' is not in /etc/passwd\n");
}
END_TEST

/* The attack: PID 1 opens the file at each restart. */
START_TEST(a_service_that_puts_a_fifo_there_does_not_stop_nsinit_at_its_restart)
{
    struct process process;

    if (lacks_root("a_service_that_puts_a_fifo_there_does_not_stop_nsinit_at_its_restart"))
        return;
    ck_assert_int_eq(
        run_with_own_etc(&process, "exec \"$1\" --user daemon --restart on-failure:2 "
                                   "--restart-delay 1ms..1ms -- sh -c "
                                   "'rm -f /etc/passwd; mkfifo /etc/passwd; echo run; exit 1'\n"),
        125);
    ck_assert_str_eq(process.output.text, "run\n");
    ck_assert_int_eq(count_of(process.errors.text, "/etc/passwd is not a regular file\n"), 2);
}
END_TEST

/* The holder of a lease would be waited for: fcntl(2). */
START_TEST(a_lease_on_the_file_is_not_waited_for)
{
    struct process process;

    if (lacks_root("a_lease_on_the_file_is_not_waited_for"))
        return;
    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){
                        .arguments = COMMAND("unshare", "-m", "sh", "-c",
                                             OWN_ETC "chmod 644 /etc/passwd\n"
                                                     "mkfifo /mnt/held; \"$2\" lease /etc/passwd "
                                                     "9>/mnt/held & read x </mnt/held\n"
                                                     "exec \"$1\" --user daemon -- echo it runs\n",
                                             "sh", nsinit_path(), PROBE),
                        .place = PLACE_FIRST}),
        125);
    ck_assert_contains(process.errors.text, "--user daemon: /etc/passwd: Resource temporarily");
    ck_assert_str_eq(process.output.text, "");
}
END_TEST

TCase *passwd_and_group_case(void)
{
    const TTest *const tests[] = {
        files_that_are_not_there_leave_numbers_to_be_given,
        a_service_that_puts_a_fifo_there_does_not_stop_nsinit_at_its_restart,
        a_lease_on_the_file_is_not_waited_for, NULL};
    TCase *tcase = case_of("passwd_and_group", tests);

    tcase_add_loop_test(tcase, a_passwd_that_is_no_small_regular_file_is_an_error, 0, ODD_COUNT);
    tcase_add_loop_test(tcase, a_group_that_is_no_small_regular_file_is_an_error, 0, ODD_COUNT);
    return tcase;
}
