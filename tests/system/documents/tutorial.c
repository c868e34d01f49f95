/*
 * tutorial.c - doc/TUTORIAL.md: each line of its examples, run by root (#) or an ordinary user ($)
 * A section is one test. Its ```sh sets the scene. In ```console, output follows a group of
 * commands: the last one and at least one other have that output, the rest print nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/isolated_script.h"
#include "system/script.h"
#include "system/system.h"

#define TUTORIAL DOC_DIRECTORY "/TUTORIAL.md"

enum { SECTIONS_MAX = 30, TOOLS_MAX = 20, LINE_SIZE = 600 };

static struct section {
    char name[80];
    char script[6500];
    char tools[TOOLS_MAX][40];
    int tool_count;
    bool has_commands;
    bool is_too_long;
} sections[SECTIONS_MAX];

static int section_count;

/* `run USER` runs $command; `expect` compares the outputs since the last time with the file. */
static const char words[] =
    "chmod 755 $D; mkdir bin; ln -s $BINARY bin/nsinit; ln -s $BINARY bin/nsctl\n"
    "PATH=$D/bin:$PATH:/usr/sbin:/sbin; export PATH PID; mount -t tmpfs none /run; count=0\n"
    "run() {\n"
    "    as=; [ $1 = root ] || as='setpriv --reuid 54321 --regid 54321 --clear-groups'\n"
    "    $as sh -c \"$command\" >out 2>err || { echo \"failed: $command\"; cat out err; exit 9; }\n"
    "    count=$((count + 1)); mv out out.$count\n"
    "}\n"
    "expect() {\n"
    "    same=0; wanted=$((count > 1 ? 2 : 1))\n"
    "    for out in out.*; do\n"
    "        if cmp -s $out expected; then same=$((same + 1)); last=$out\n"
    "        elif [ -s $out ]; then echo \"$out of $command\"; cat $out err; exit 9; fi\n"
    "    done\n"
    "    [ $same -ge $wanted ] && [ $last = out.$count ] ||\n"
    "        { echo \"$same outputs before: $command\"; cat out.$count err; exit 9; }\n"
    "    rm out.*; count=0\n"
    "}\n";

static void add(struct section *section, const char *format, const char *text)
{
    size_t length = strlen(section->script);
    size_t room = sizeof section->script - length;

    section->is_too_long = (size_t)snprintf(section->script + length, room, format, text) >= room ||
                           section->is_too_long;
}

/* The first word of a command is a tool, unless every machine has it. */
static void add_tool(struct section *section, const char *command)
{
    static const char *const present[] = {"nsinit", "nsctl", "ls", "touch", "mkdir"};
    char word[40];

    snprintf(word, sizeof word, "%.*s", (int)strcspn(command, " "), command);
    for (size_t i = 0; i < sizeof present / sizeof present[0]; i++)
        if (strcmp(word, present[i]) == 0)
            return;
    if (section->tool_count < TOOLS_MAX)
        memcpy(section->tools[section->tool_count++], word, sizeof word);
}

static bool is_command(const char *line)
{
    return strncmp(line, "# ", 2) == 0 || strncmp(line, "$ ", 2) == 0;
}

static void add_command(struct section *section, const char *line)
{
    add(section, "command=$(cat <<'END_OF_COMMAND'\n%s\nEND_OF_COMMAND\n)\n", line + 2);
    add(section, "run %s\n", line[0] == '#' ? "root" : "user");
    add_tool(section, line + 2);
    section->has_commands = true;
}

/* A block, up to its last line. */
static void read_block(FILE *file, struct section *section, bool is_console)
{
    char line[LINE_SIZE];
    bool in_output = false;

    while (fgets(line, sizeof line, file) != NULL && strncmp(line, "```", 3) != 0) {
        bool command = is_console && is_command(line);

        line[strcspn(line, "\n")] = '\0';
        if (in_output && command)
            add(section, "%s", "END_OF_OUTPUT\nexpect\n");
        if (is_console && !command && !in_output)
            add(section, "%s", "cat >expected <<'END_OF_OUTPUT'\n");
        in_output = is_console && !command;
        if (command)
            add_command(section, line);
        else
            add(section, "%s\n", line);
    }
    if (in_output)
        add(section, "%s", "END_OF_OUTPUT\nexpect\n");
    else if (is_console)
        /* These print nothing. */
        add(section, "%s", ": >expected; expect\n");
}

static void read_tutorial(void)
{
    FILE *file = fopen(TUTORIAL, "re");
    char line[LINE_SIZE];
    struct section *section = NULL;

    for (section_count = 0; file != NULL && fgets(line, sizeof line, file) != NULL;) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "## ", 3) == 0 && section_count < SECTIONS_MAX) {
            section = &sections[section_count++];
            snprintf(section->name, sizeof section->name, "%.70s", line + 3);
        } else if (section != NULL && strncmp(line, "```", 3) == 0) {
            read_block(file, section, strcmp(line, "```console") == 0);
        }
    }
    if (file != NULL)
        fclose(file);
}

/* In a network of its own. */
START_TEST(each_pair_of_lines_has_the_same_output)
{
    const struct section *section = &sections[_i];
    char script[7900];

    if (lacks_root("each_pair_of_lines_has_the_same_output"))
        return;
    for (int i = 0; i < section->tool_count; i++)
        if (lacks_tool("each_pair_of_lines_has_the_same_output", section->tools[i]))
            return;
    ck_assert_msg(section->has_commands, "no commands in the section %s", section->name);
    ck_assert_msg(!section->is_too_long, "the section %s is too long", section->name);
    snprintf(script, sizeof script,
             "export D; cat >section <<'END_OF_SECTION'\n%s%sEND_OF_SECTION\n"
             "unshare --net sh -eu section\n",
             words, section->script);
    script_succeeds(0, script);
}
END_TEST

START_TEST(the_tutorial_has_many_pairs)
{
    int tools = 0;

    for (int i = 0; i < section_count; i++)
        tools += sections[i].tool_count;
    ck_assert_int_gt(section_count, 8);
    ck_assert_int_gt(tools, 30);
}
END_TEST

TCase *tutorial_case(void)
{
    const TTest *const tests[] = {the_tutorial_has_many_pairs, NULL};
    TCase *tcase = case_of("tutorial", tests);

    read_tutorial();
    tcase_add_loop_test(tcase, each_pair_of_lines_has_the_same_output, 0, section_count);
    return tcase;
}
