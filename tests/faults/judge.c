/*
 * judge.c - what has to be true of a run in which a system call has failed
 * Either nothing came of it, or nsinit has said so once and ended with the code for its failures.
 */
#include "faults/faults.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void add_text(struct outcome *outcome, const char *format, ...)
{
    size_t length = strlen(outcome->text);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(outcome->text + length, sizeof outcome->text - length, format, arguments);
    va_end(arguments);
}

/* The lines of that beginning; `others`: of none that nsinit's messages have. */
static int count_messages(const char *errors, int *others)
{
    int count = 0;

    *others = 0;
    for (const char *line = errors; *line != '\0';) {
        size_t length = strcspn(line, "\n");

        if (strncmp(line, "nsinit: ", 8) == 0 || strncmp(line, "nsctl: ", 7) == 0)
            count++;
        else if (strncmp(line, "  hint: ", 8) != 0)
            ++*others;
        line += length + (line[length] != '\0');
    }
    return count;
}

/* The code of a program that can't be executed tells why: nsinit(1), EXIT STATUS. */
static bool is_right_code(const struct scenario *scenario, const struct fault *fault, int code)
{
    if (code == 125 || (scenario->failure_code != 0 && code == scenario->failure_code))
        return true;
    if (!(calls[fault->call].flags & CALL_EXECUTES))
        return false;
    return code == (fault->error_number == ENOENT ? 127 : 126);
}

static bool is_wrong(struct outcome *outcome, const char *what)
{
    add_text(outcome, "%s\n", what);
    return true;
}

static bool judge_failure(const struct scenario *scenario, const struct listener *listener,
                          int code, const char *output, int messages, struct outcome *outcome)
{
    bool wrong = false;

    if (!is_right_code(scenario, &listener->fault, code))
        wrong |= is_wrong(outcome, "the exit code is wrong");
    if (messages == 0)
        wrong |= is_wrong(outcome, "it has failed without a message");
    if (strncmp(output, scenario->output, strlen(output)) != 0)
        wrong |= is_wrong(outcome, "it has failed, and its output is another");
    else if (!scenario->goes_on && output[0] != '\0')
        wrong |= is_wrong(outcome, "it has failed, and its program ran");
    return wrong;
}

/* One of several runs has failed, which a message tells. */
static bool has_said_so(const struct scenario *scenario, const char *output, int messages)
{
    return scenario->goes_on && messages == scenario->messages + 1 &&
           strncmp(output, scenario->output, strlen(output)) == 0;
}

bool judge(const struct scenario *scenario, const struct listener *listener, int code,
           const char *output, const char *errors, struct outcome *outcome)
{
    int others;
    int messages = count_messages(errors, &others);
    bool wrong = false;

    if (code != scenario->code)
        wrong |= judge_failure(scenario, listener, code, output, messages, outcome);
    else if (strcmp(output, scenario->output) != 0 && !has_said_so(scenario, output, messages))
        wrong |= is_wrong(outcome, "it claims success, and its output is another");
    if (messages > scenario->messages + 1)
        wrong |= is_wrong(outcome, "there is more than one message for it");
    if (others > 0)
        wrong |= is_wrong(outcome, "there is something on stderr that is no message");
    if (listener->fault.ordinal == 0 && messages > scenario->messages)
        wrong |= is_wrong(outcome, "nothing has failed, and there are messages");
    return wrong;
}
