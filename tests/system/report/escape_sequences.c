/*
 * escape_sequences.c - what a service says of itself reaches no terminal as it is
 * An escape sequence may set a title, hide lines, or make some terminals type.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "system/listening_pod.h"

#define EVIL_IN_PRINTF "\\033]0;owned\\007\\302\\233m"
#define EVIL_AS_SHOWN "\\x1b]0;owned\\x07\\xc2\\x9bm"

/* A C1 control that is no UTF-8 may be one for the terminal all the same. */
#define BARE_IN_PRINTF EVIL_IN_PRINTF "\\233m"
#define BARE_AS_SHOWN EVIL_AS_SHOWN "\\x9bm"

static void ck_assert_harmless(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;

        ck_assert_msg((byte >= ' ' || byte == '\n' || byte == '\r') && byte != 0x7F &&
                          (byte < 0x80 || byte >= 0xA0),
                      "byte %02x in <<%.3000s>>", byte, text);
    }
}

START_TEST(a_status_is_harmless_in_the_log)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("-v", "--notify", "--", "sh", "-c",
                                                    "\"$0\" say \"READY=1%0aSTATUS=$(printf "
                                                    "'" EVIL_IN_PRINTF "')end\"",
                                                    PROBE)),
                     0);
    ck_assert_harmless(process.errors.text);
    ck_assert_contains(process.errors.text, "status: " EVIL_AS_SHOWN "end\n");
}
END_TEST

START_TEST(a_status_in_utf_8_stays_as_it_is)
{
    struct process process;

    ck_assert_int_eq(process_run(&process, AS_FIRST("-v", "--notify", "--", PROBE, "say",
                                                    "READY=1%0aSTATUS=K\xc3\xa4se \xe2\x9c\x93")),
                     0);
    ck_assert_contains(process.errors.text, "status: K\xc3\xa4se \xe2\x9c\x93\n");
}
END_TEST

START_TEST(the_output_of_a_health_check_is_harmless_in_the_log)
{
    struct process process;

    process_run(&process,
                AS_FIRST("-v", "--health-interval", "50ms", "--health-retries", "1", "--health-cmd",
                         "printf '" EVIL_IN_PRINTF "\\n'; false", "--", "sleep", "1000"));
    ck_assert_harmless(process.errors.text);
    ck_assert_contains(process.errors.text, "health: | " EVIL_AS_SHOWN "\n");
}
END_TEST

/* Its hostname, domainname and root are the service's to choose. */
static const char names[] = "printf '" BARE_IN_PRINTF "' >/proc/sys/kernel/hostname\n"
                            "printf '" BARE_IN_PRINTF "' >/proc/sys/kernel/domainname\n"
                            "echo ready; read x";

/* nsctl's output about a service with such names; its errors too. */
static const char *output_of(const char *arguments)
{
    static struct process process;
    char script[1000];

    snprintf(script, sizeof script,
             "d=%s; mkfifo $d/ready $d/end 2>/dev/null; exec 8<>$d/ready 9<>$d/end\n"
             "\"$0\" -s --unshare user,uts,pid,mnt --map-root-user -- sh -c \"$1\" "
             "<&9 >&8 & read -r line <&8\n"
             "read pid _ </proc/$!/task/$!/children || :\n"
             "LC_ALL=C.UTF-8 \"$0\" --ctl %s 2>&1; echo >&9; wait",
             test_directory(), arguments);
    process_run(&process, &(struct process_options){
                              .arguments = COMMAND("sh", "-c", script, nsinit_path(), names),
                              .place = PLACE_FIRST});
    return process.output.text;
}

START_TEST(names_are_harmless_in_nsctl_id)
{
    const char *text;

    if (lacks_root("names_are_harmless_in_nsctl_id"))
        return;
    text = output_of("id $pid");
    ck_assert_harmless(text);
    ck_assert_contains(text, "hostname    " BARE_AS_SHOWN "\n");
    ck_assert_contains(text, "domainname  " BARE_AS_SHOWN "\n");
}
END_TEST

static const char *const others[] = {
    "ns",
    "ns --tree",
    "ns --diagram=text $pid",
    "ns --diagram=dot $pid",
    "ns --diagram=mermaid $pid",
    "id --json $pid",
    "ns --json",
};

START_TEST(names_are_harmless_wherever_nsctl_shows_them)
{
    const char *text;

    if (lacks_root("names_are_harmless_wherever_nsctl_shows_them"))
        return;
    text = output_of(others[_i]);
    ck_assert_lacks(text, "\033");
    ck_assert_lacks(text, "\xc2\x9b");
    ck_assert_lacks(text, "\007");
}
END_TEST

/* The root of a process as it is told, which a service may have moved. */
START_TEST(a_root_is_harmless_in_nsctl_id)
{
    struct process process;
    char script[1000];

    if (lacks_root("a_root_is_harmless_in_nsctl_id"))
        return;
    snprintf(script, sizeof script,
             "d=\"%s/$(printf '\\033]0;owned\\007')\"; mkdir -p \"$d/bin\" \"$d/proc\"; "
             "mount -t tmpfs x \"$d/bin\"; cp \"$1\" \"$d/bin/probe\"; "
             "for l in $(ldd \"$1\" | grep -o '/[^ ]*'); do mkdir -p \"$d${l%%/*}\"; "
             "cp \"$l\" \"$d$l\"; done; "
             "chroot \"$d\" /bin/probe signals 1 >/dev/null & "
             "until [ \"$(readlink /proc/$!/root)\" != / ]; do :; done; "
             "\"$0\" --ctl id $!; kill -USR1 $!; kill -KILL $!",
             test_directory());
    process_run(&process, &(struct process_options){
                              .arguments = COMMAND("sh", "-c", script, nsinit_path(), PROBE),
                              .place = PLACE_FIRST});
    ck_assert_contains(process.output.text, "\\x1b]0;owned\\x07\n");
    ck_assert_lacks(process.output.text, "\033");
}
END_TEST

START_TEST(an_error_about_what_was_asked_for_is_harmless)
{
    struct process process;
    struct process nsctl;

    start_sleepers(&process);
    ck_assert_int_eq(process_run(&nsctl, ASK("exec", "a", "--", "/nonexistent\033[31m")), 127);
    ck_assert_harmless(nsctl.errors.text);
    ck_assert_contains(nsctl.errors.text, "\\x1b[31m");
    end_pod(&process, 0);
}
END_TEST

TCase *escape_sequences_case(void)
{
    const TTest *const tests[] = {a_status_is_harmless_in_the_log,
                                  a_status_in_utf_8_stays_as_it_is,
                                  the_output_of_a_health_check_is_harmless_in_the_log,
                                  names_are_harmless_in_nsctl_id,
                                  a_root_is_harmless_in_nsctl_id,
                                  an_error_about_what_was_asked_for_is_harmless,
                                  NULL};
    TCase *tcase = case_of("escape_sequences", tests);

    tcase_add_loop_test(tcase, names_are_harmless_wherever_nsctl_shows_them, 0,
                        sizeof others / sizeof others[0]);
    return tcase;
}
