/*
 * keyring.c - the caller's session keyring does not go along into other namespaces
 */
#include <linux/keyctl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "system/system.h"

static bool lacks_keys(const char *test)
{
    if (syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, 1) >= 0)
        return false;
    skip_test(test, "no keys here: keyctl(2)");
    return true;
}

/* What a command says that nsinit was executed for by a caller that has a key. */
static void ck_assert_finds(const char *options, const char *expected)
{
    struct process process;
    char script[600];

    snprintf(script, sizeof script,
             "exec \"$0\" with-key nsinit-test %s -s %s -- \"$0\" find-key "
             "nsinit-test",
             nsinit_path(), options);
    ck_assert_int_eq(process_run(&process, &(struct process_options){.arguments = COMMAND(
                                                                         "sh", "-c", script, PROBE),
                                                                     .place = PLACE_SECOND}),
                     0);
    ck_assert_str_eq(process.output.text, expected);
}

static const char *const without[] = {
    "--unshare pid",
    "--unshare mnt",
    "--unshare user --map-root-user",
    "--unshare user,pid,mnt --map-root-user",
    "--unshare pid --as-pid-1",
    "--unshare all --map-root-user --as-pid-1",
};

START_TEST(in_namespaces_of_its_own_a_program_has_no_key_of_the_callers)
{
    if (!lacks_keys("in_namespaces_of_its_own_a_program_has_no_key_of_the_callers"))
        ck_assert_finds(without[_i], "no key\n");
}
END_TEST

static const char *const with[] = {
    "",
    "--unshare net",
    "--unshare pid,mnt --keep-keyring",
    "--unshare user,pid --map-root-user --keep-keyring",
};

START_TEST(elsewhere_and_by_request_it_keeps_the_callers)
{
    if (!lacks_keys("elsewhere_and_by_request_it_keeps_the_callers"))
        ck_assert_finds(with[_i], "key found\n");
}
END_TEST

START_TEST(a_health_check_has_none_of_the_callers_keys_either)
{
    struct process process;
    char script[1000];

    if (lacks_keys("a_health_check_has_none_of_the_callers_keys_either"))
        return;
    snprintf(script, sizeof script,
             "exec \"$0\" with-key nsinit-test %s -s -v --unshare pid --health-interval 50ms "
             "--health-retries 1 --health-cmd \"$0 find-key nsinit-test; false\" -- sleep 1000",
             nsinit_path());
    process_start(&process,
                  &(struct process_options){.arguments = COMMAND("sh", "-c", script, PROBE),
                                            .place = PLACE_SECOND});
    process_expect(&process, "main: health: | ");
    process_expect(&process, "key");
    (void)process_wait(&process);
    ck_assert_contains(process.errors.text, "main: health: | no key\n");
}
END_TEST

TCase *keyring_case(void)
{
    const TTest *const tests[] = {a_health_check_has_none_of_the_callers_keys_either, NULL};
    TCase *tcase = case_of("keyring", tests);

    tcase_add_loop_test(tcase, in_namespaces_of_its_own_a_program_has_no_key_of_the_callers, 0,
                        sizeof without / sizeof without[0]);
    tcase_add_loop_test(tcase, elsewhere_and_by_request_it_keeps_the_callers, 0,
                        sizeof with / sizeof with[0]);
    return tcase;
}
