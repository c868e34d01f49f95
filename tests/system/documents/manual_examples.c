/*
 * manual_examples.c - the commands in the manual's section of examples for namespaces, each run as
 * it stands there; those beside the options, which are read; and the messages, which nsinit has
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "system/system.h"

/* In a network, mount and PID namespace of the test's own; $PID is a process in others. */
static const struct example {
    const char *command; /* the line of the manual */
    const char *before;  /* shell commands to set the scene */
    const char *shows;   /* part of what the command prints */
    const char *after;   /* a shell command that proves the effect */
} examples[] = {
    {"nsinit -s --unshare pid,mnt -- ps aux", "", "ps aux", "true"},
    {"nsinit -s --unshare mnt --mount type=tmpfs,target=/mnt,tmpfs-size=1m -- df /mnt", "", "1024",
     "! grep ' /mnt ' /proc/self/mountinfo"},
    {"nsinit -s --unshare uts --hostname my-container -- hostname", "", "my-container",
     "[ $(hostname) != my-container ]"},
    {"nsinit -s --unshare ipc -- ipcs -q", "ipcmk -Q >/dev/null", "Message Queues",
     "ipcs -q | grep ^0x"},
    {"nsinit -s --unshare user --map-users 0:100000:65536 --map-groups 0:100000:65536 -- touch "
     "owned/file",
     "cd $TEST_DIRECTORY && mkdir -m 0777 owned", "",
     "[ $(stat -c %u:%g owned/file) = 100000:100000 ] && rm -r owned"},
    {"nsinit -s --unshare all --map-root-user -- id -u", "", "0", "true"},
    {"nsinit -s --unshare net --veth bridge=br0,address=10.0.0.2/24 -- sleep 1000",
     "ip link add br0 type bridge; ip link set br0 up", NULL, "true"},
    {"nsinit -s --unshare net --veth bridge=br0,address=10.0.0.3/24 -- ping -c 1 10.0.0.2", NULL,
     "1 received", "true"},
    {"nsinit -s --unshare pid,mnt,uts --root ./rootfs --read-only --mount type=dev,target=/dev "
     "--user 1000:1000 -- /bin/sh -c id",
     "mount -t tmpfs none /mnt && cd /mnt && mkdir -p rootfs/usr rootfs/proc rootfs/dev && "
     "mount --bind /usr rootfs/usr && ln -s usr/bin usr/lib usr/lib64 rootfs",
     "uid=1000 gid=1000", "true"},
    {"nsinit -s --enter all=$PID -- hostname", "", "elsewhere", "true"},
    {"nsinit -s --unshare net=netns:blue -- true", "mount -t tmpfs none /run", "",
     "[ -f /run/netns/blue ]"},
    {"ip netns exec blue ip link", NULL, "lo:", "true"},
    {"nsinit -s --enter net=netns:blue -- ip link", NULL, "lo:", "true"},
    {"nsinit --user daemon --cap-drop all --cap-add net_bind_service --no-new-privs -- id -un", "",
     "daemon", "true"},
};

enum { EXAMPLE_COUNT = sizeof examples / sizeof examples[0] };

/* The manual's text of a line: without the marks of roff. */
static void unescape(char *line)
{
    char *to = line;

    for (const char *from = line; *from != '\0'; from++) {
        if (*from == '\n')
            continue;
        if (*from == '\\' && from[1] == '-')
            from++;
        *to++ = *from;
    }
    *to = '\0';
}

/* Roff's names of characters. */
static void replace_names(char *line)
{
    char *at;

    while ((at = strstr(line, "\\(aq")) != NULL) {
        *at = '\'';
        memmove(at + 1, at + 4, strlen(at + 4) + 1);
    }
}

static bool is_tested(const char *line)
{
    for (size_t i = 0; i < EXAMPLE_COUNT; i++)
        if (strcmp(examples[i].command, line) == 0)
            return true;
    return false;
}

START_TEST(the_manuals_examples_are_those_that_are_tested)
{
    FILE *manual = fopen(MANUAL, "re");
    char line[1000];
    bool in_examples = false;
    bool in_section = false;
    int count = 0;

    ck_assert_ptr_nonnull(manual);
    while (fgets(line, sizeof line, manual) != NULL) {
        unescape(line);
        if (strncmp(line, ".SH", 3) == 0)
            in_examples = strcmp(line, ".SH EXAMPLES") == 0;
        if (strncmp(line, ".S", 2) == 0)
            in_section = in_examples && (in_section || strcmp(line, ".SS Namespaces") == 0);
        if (!in_section || (strncmp(line, "nsinit ", 7) != 0 && strncmp(line, "ip netns", 8) != 0))
            continue;
        ck_assert_msg(is_tested(line), "not tested: %s", line);
        count++;
    }
    fclose(manual);
    ck_assert_int_eq(count, EXAMPLE_COUNT);
}
END_TEST

/*
 * Those without a scene of their own share that of the one before, which goes on running in the
 * background where it does not end by itself.
 */
static void add_scene(char *script, size_t size, int index)
{
    if (examples[index].before != NULL) {
        snprintf(script, size, "%s", examples[index].before);
        return;
    }
    add_scene(script, size, index - 1);
    snprintf(script + strlen(script), size - strlen(script), "\n{ %s; } >/dev/null %s",
             examples[index - 1].command, examples[index - 1].shows == NULL ? "&" : "");
}

START_TEST(each_example_does_what_the_manual_says)
{
    const struct example *example = &examples[_i];
    char scene[2000];
    char script[4000];
    struct process process;

    if (lacks_root("each_example_does_what_the_manual_says"))
        return;
    if (example->shows == NULL)
        return;
    add_scene(scene, sizeof scene, _i);
    /* unshare and not nsinit, which is under test, for the scene itself. */
    snprintf(script, sizeof script,
             "nsinit() { \"$N\" \"$@\"; }\nN=$0; exec 9>&1; set -e\n"
             "unshare -u sh -c 'hostname elsewhere; exec sleep 1000' & PID=$!\n"
             "until [ \"$(cat /proc/$PID/comm)\" = sleep ]; do :; done\n%s\nset +e\n%s\ncode=$?\n"
             "{ %s; } >/dev/null || echo no proof\nkill $(jobs -p); exit $code",
             scene, example->command, example->after);
    process_run(&process,
                &(struct process_options){
                    .arguments = COMMAND("unshare", "-ni", "sh", "-c", script, nsinit_path()),
                    .place = PLACE_FIRST});
    ck_assert_msg(process.exit_code == 0, "%s: code %d, <<%s>> <<%s>>", example->command,
                  process.exit_code, process.output.text, process.errors.text);
    ck_assert_contains(process.output.text, example->shows);
    ck_assert_lacks(process.output.text, "no proof");
}
END_TEST

/* ---- options ----------------------------------------------------------------------------- */

/* A command with --version in the place of the program is read, and not run. */
#define READ_ONLY                                                                       \
    "nsinit() { line=$*; left=$#\n"                                                     \
    "while [ $left -gt 0 ]; do word=$1; shift; left=$((left - 1))\n"                    \
    "[ \"$word\" != -- ] || break; set -- \"$@\" \"$word\"; done; shift $left\n"        \
    "\"$N\" \"$@\" --version >/dev/null || { echo \"$line\"; exit 1; }; echo read; }\n" \
    "N=$0; PID=1; cd \"$1\"\n"

/* Append the section's commands, as a shell has them. */
static void add_commands(char *script, size_t size, FILE *manual)
{
    char line[1000];
    bool in_section = false;
    bool is_continued = false;

    while (fgets(line, sizeof line, manual) != NULL) {
        size_t length = strlen(script);
        char *end;

        if (strncmp(line, ".SH", 3) == 0)
            in_section = strcmp(line, ".SH OPTIONS\n") == 0;
        if (!in_section || (!is_continued && strncmp(line, "nsinit ", 7) != 0))
            continue;
        unescape(line);
        replace_names(line);
        end = line + strlen(line) - 2;
        is_continued = strcmp(end, "\\e") == 0;
        if (is_continued)
            end[1] = '\0';
        snprintf(script + length, size - length, "%s\n", line);
    }
}

START_TEST(the_options_of_each_example_are_read)
{
    static char script[20000] = READ_ONLY;
    FILE *manual = fopen(MANUAL, "re");
    struct process process;
    int count = 0;

    ck_assert_ptr_nonnull(manual);
    add_commands(script, sizeof script, manual);
    fclose(manual);
    process_run(&process,
                &(struct process_options){
                    .arguments = COMMAND("sh", "-c", script, nsinit_path(), test_directory())});
    ck_assert_msg(process.exit_code == 0, "<<%s>> <<%s>>", process.output.text,
                  process.errors.text);
    for (const char *at = process.output.text; (at = strstr(at, "read\n")) != NULL; at++)
        count++;
    ck_assert_int_gt(count, 20);
}
END_TEST

/* ---- messages ---------------------------------------------------------------------------- */

/* The bytes of nsinit, which have its messages; *size without the zero at the end. */
static char *read_program(size_t *size)
{
    FILE *file = fopen(nsinit_path(), "re");
    char *bytes;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    *size = (size_t)ftell(file);
    rewind(file);
    bytes = calloc(1, *size + 1);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_uint_eq(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

/* The C library's words for an error, as "%m" has them; a dynamic nsinit has them elsewhere. */
static bool is_of_libc(const char *text)
{
    for (int error = 1; error < 134; error++)
        if (strcmp(text, strerror(error)) == 0)
            return true;
    return false;
}

/*
 * The fixed texts of a message are between font changes (\fI for what varies) and punctuation,
 * which another format may add. Short ones say nothing. Print each that nsinit lacks; returns how
 * many.
 */
static int count_unknown(char *message, const char *program, size_t size)
{
    enum { SHORT = 8 };
    bool is_fixed = true;
    int count = 0;

    for (char *part = message; part != NULL;) {
        char *font = strstr(part, "\\f");
        char *word;
        char *rest = part;

        if (font != NULL)
            *font = '\0';
        while (is_fixed && (word = strtok_r(rest, ":;'()[]", &rest)) != NULL) {
            word += strspn(word, " ");
            while (word[0] != '\0' && word[strlen(word) - 1] == ' ')
                word[strlen(word) - 1] = '\0';
            if (strlen(word) < SHORT || is_of_libc(word) ||
                memmem(program, size, word, strlen(word)) != NULL)
                continue;
            fprintf(stderr, "nsinit has no message '%s'\n", word);
            count++;
        }
        is_fixed = font == NULL || font[2] != 'I';
        part = font != NULL ? font + 3 : NULL;
    }
    return count;
}

START_TEST(the_manuals_diagnostics_are_messages_of_nsinit)
{
    FILE *manual = fopen(MANUAL, "re");
    char line[1000];
    bool in_section = false;
    bool is_message = false;
    int count = 0;
    int unknown = 0;
    size_t size;
    char *program = read_program(&size);

    ck_assert_ptr_nonnull(manual);
    while (fgets(line, sizeof line, manual) != NULL) {
        if (strncmp(line, ".SH", 3) == 0)
            in_section = strcmp(line, ".SH DIAGNOSTICS\n") == 0;
        unescape(line);
        replace_names(line);
        if (in_section && is_message) {
            unknown += count_unknown(line, program, size);
            count++;
        }
        is_message = strcmp(line, ".TP") == 0;
    }
    fclose(manual);
    free(program);
    ck_assert_int_gt(count, 40);
    ck_assert_int_eq(unknown, 0);
}
END_TEST

TCase *manual_examples_case(void)
{
    const TTest *const tests[] = {the_manuals_examples_are_those_that_are_tested,
                                  the_options_of_each_example_are_read,
                                  the_manuals_diagnostics_are_messages_of_nsinit, NULL};
    TCase *tcase = case_of("manual_examples", tests);

    tcase_add_loop_test(tcase, each_example_does_what_the_manual_says, 0, EXAMPLE_COUNT);
    return tcase;
}
