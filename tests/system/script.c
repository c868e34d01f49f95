/*
 * script.c - tests that are shell scripts, in mount and PID namespaces of their own
 */
#include "system/script.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "system/system.h"

static const char prelude[] =
    "set -eu\n"
    "D=$(mktemp -d /tmp/nsinit-script-XXXXXX)\n"
    "cd $D\n"
    "finish() {\n"
    "    code=$?; cd /\n"
    "    for m in $(cut -d ' ' -f 5 /proc/self/mountinfo | grep \"^$D/\" | tac); do\n"
    "        umount -l $m\n"
    "    done\n"
    "    rm -rf --one-file-system $D\n"
    "    exit $code\n"
    "}\n"
    "trap finish EXIT\n"
    "ns() { $BINARY -s \"$@\"; }\n"
    "gives() {\n"
    "    code=0; wanted=$1; shift\n"
    "    \"$@\" >out 2>err || code=$?\n"
    "    [ $code = $wanted ] || { echo \"$*: $code\"; cat out err; exit 9; }\n"
    "}\n"
    "never() { if \"$@\"; then echo \"it worked: $*\"; exit 8; fi; }\n"
    "says() { grep -qF -e \"$1\" err || { cat err; exit 9; }; }\n";

void refuse_call(unsigned int call, unsigned int error_number)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error_number),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof filter / sizeof filter[0], .filter = filter};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
        _exit(98);
}

static void run_to_success(const struct process_options *options)
{
    struct process process;
    int code = process_run(&process, options);

    ck_assert_msg(code == 0, "code %d; stdout: <<%s>> stderr: <<%s>>", code, process.output.text,
                  process.errors.text);
    process_drop(&process);
}

void script_succeeds_after(uid_t uid, void (*prepare)(void *argument), const char *script)
{
    char binary[300];
    char text[8000];
    struct process_options options = {.place = PLACE_SECOND,
                                      .uid = geteuid() == 0 ? uid : 0,
                                      .prepare = prepare,
                                      .arguments = COMMAND("env", binary, "sh", "-c", text)};

    snprintf(binary, sizeof binary, "BINARY=%s", nsinit_path());
    ck_assert_uint_lt((size_t)snprintf(text, sizeof text, "%s%s", prelude, script), sizeof text);
    run_to_success(&options);
}

void script_succeeds_behind(const char *first, const char *script)
{
    char *text;

    ck_assert_int_gt(
        asprintf(&text, "D=%s; BINARY=%s\n%s%s", test_directory(), nsinit_path(), first, script),
        0);
    run_to_success(
        &(struct process_options){.place = PLACE_FIRST, .arguments = COMMAND("sh", "-c", text)});
    free(text);
}

void script_succeeds(uid_t uid, const char *script)
{
    script_succeeds_after(uid, NULL, script);
}

void script_succeeds_for_all(const char *script)
{
    script_succeeds(0, script);
    script_succeeds(ORDINARY_USER, script);
}
