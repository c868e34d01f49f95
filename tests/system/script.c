/*
 * script.c - tests that are shell scripts, in mount and PID namespaces of their own
 */
#include "system/script.h"

#include <stdio.h>
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

void script_succeeds(uid_t uid, const char *script)
{
    char binary[300];
    char text[8000];
    struct process process;
    struct process_options options = {.place = PLACE_SECOND,
                                      .uid = geteuid() == 0 ? uid : 0,
                                      .arguments = COMMAND("env", binary, "sh", "-c", text)};
    int code;

    snprintf(binary, sizeof binary, "BINARY=%s", nsinit_path());
    ck_assert_uint_lt((size_t)snprintf(text, sizeof text, "%s%s", prelude, script), sizeof text);
    code = process_run(&process, &options);
    ck_assert_msg(code == 0, "code %d; stdout: <<%s>> stderr: <<%s>>", code, process.output.text,
                  process.errors.text);
    process_drop(&process);
}

void script_succeeds_for_all(const char *script)
{
    script_succeeds(0, script);
    script_succeeds(ORDINARY_USER, script);
}
