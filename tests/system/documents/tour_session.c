/*
 * tour_session.c - the session of doc/TOUR.md: a flaky server, watched, restarted and stopped
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "system/system.h"

enum { LINES_MAX = 60, LINE_SIZE = 400 };

/* What is between ```console and ```, by lines. */
struct session {
    char lines[LINES_MAX][LINE_SIZE];
    int count;
};

static void read_session(struct session *session)
{
    FILE *tour = fopen(TOUR, "re");
    char line[LINE_SIZE];
    bool inside = false;

    ck_assert_ptr_nonnull(tour);
    session->count = 0;
    while (fgets(line, sizeof line, tour) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(line, "```console") == 0)
            inside = true;
        else if (strcmp(line, "```") == 0)
            inside = false;
        else if (inside && session->count < LINES_MAX)
            strcpy(session->lines[session->count++], line);
    }
    fclose(tour);
    ck_assert_int_gt(session->count, 10);
}

/* The command of a line that starts with "$ ", without the sign that puts it in the background. */
static const char *command_in(const char *line, char *command)
{
    if (strncmp(line, "$ ", 2) != 0)
        return NULL;
    strcpy(command, line + 2);
    if (command[strlen(command) - 1] == '&')
        command[strlen(command) - 1] = '\0';
    return command;
}

/* The pid at the end of a line is another one each time. */
static void expect_line(struct process *process, const char *line)
{
    char part[LINE_SIZE];
    char *pid = strstr(strcpy(part, line), " as ");

    if (pid != NULL && strspn(pid + 4, "0123456789") == strlen(pid + 4))
        pid[4] = '\0';
    process_expect(process, part);
}

/*
 * nsinit's own lines and those it passes on come in their order each; between them there is none,
 * as they are written by different processes.
 */
static void expect_until_command(struct process *process, const struct session *session, int *at,
                                 bool own)
{
    int line = *at;

    for (; line < session->count && session->lines[line][0] != '$'; line++)
        if ((strncmp(session->lines[line], "nsinit: ", 8) == 0) == own)
            expect_line(process, session->lines[line]);
    *at = line;
}

START_TEST(the_tours_session_goes_as_it_says)
{
    struct session session;
    struct process process;
    char command[LINE_SIZE];
    char script[2 * LINE_SIZE];
    int at = 1;

    read_session(&session);
    ck_assert_ptr_nonnull(command_in(session.lines[0], command));
    snprintf(script, sizeof script,
             "cd %s && rm -f runs healthy && PATH=%s/examples/supervision:$PATH && "
             "nsinit() { exec \"$0\" \"$@\"; } && %s 2>&1",
             test_directory(), CONTRIB_DIRECTORY, command);
    process_start(&process, &(struct process_options){
                                .arguments = COMMAND("sh", "-c", script, nsinit_called("nsinit")),
                                .place = PLACE_FIRST});
    expect_until_command(&process, &session, &at, true);
    ck_assert_int_lt(at, session.count);
    ck_assert_str_eq(session.lines[at], "$ kill %1");
    process_signal(&process, SIGTERM);
    at++;
    expect_until_command(&process, &session, &at, true);
    ck_assert_int_eq(process_wait(&process), 0);
    /* Now the others, from the beginning, in what has come. */
    process.output.read = 0;
    at = 1;
    expect_until_command(&process, &session, &at, false);
    at++;
    expect_until_command(&process, &session, &at, false);
}
END_TEST

static void read_file(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "re");

    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
}

/* tests/engine/pods/pod_lifecycle.c runs that one. */
START_TEST(the_tours_pod_is_the_one_that_is_tested)
{
    static char tour[100000];
    static char pod[4000];
    struct process process;

    read_file(TOUR, tour, sizeof tour);
    read_file(CONTRIB_DIRECTORY "/examples/docker/pod/pod.ini", pod, sizeof pod);
    ck_assert_contains(tour, pod);
    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){.arguments = NSINIT("--check", "--pod",
                                                                  CONTRIB_DIRECTORY
                                                                  "/examples/docker/pod/pod.ini")}),
        0);
}
END_TEST

TCase *tour_session_case(void)
{
    const TTest *const tests[] = {the_tours_session_goes_as_it_says,
                                  the_tours_pod_is_the_one_that_is_tested, NULL};

    return case_of("tour_session", tests);
}
