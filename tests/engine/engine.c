/*
 * engine.c - containers under test: in the engines that setup has started, in one of several ways
 */
#include "engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WORDS_MAX = 40 };

const struct way *way;

struct line {
    const char *words[WORDS_MAX + 1];
    size_t count;
};

static void add(struct line *line, const char *const *words)
{
    for (; words != NULL && *words != NULL; words++) {
        ck_assert_uint_lt(line->count, WORDS_MAX);
        line->words[line->count++] = *words;
    }
}

int count_of(const char *text, const char *part)
{
    int count = 0;

    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        count++;
    return count;
}

const char *state_path(const char *name)
{
    static char path[256];
    const char *state = getenv("NSINIT_ENGINE_STATE");

    snprintf(path, sizeof path, "%s/%s", state ? state : "/var/lib/nsinit-engine", name);
    return path;
}

/* setup has put a command of the engine's name there, which finds the tests' own engine. */
static const char *command_of(const char *engine)
{
    char name[32];

    snprintf(name, sizeof name, "bin/%s", engine);
    return state_path(name);
}

static void start(struct container *container, const char *const *options,
                  const char *const *command, bool terminal)
{
    struct line line = {.count = 0};

    snprintf(container->name, sizeof container->name, "nsinit-test-%d", getpid());
    add(&line, WORDS(command_of(way->engine), "run", "--rm", "--name", container->name));
    if (terminal)
        add(&line, WORDS("--interactive", "--tty"));
    add(&line, way->options);
    add(&line, options);
    add(&line, WORDS(way->image));
    add(&line, command);
    process_start(&container->client,
                  &(struct process_options){.arguments = line.words, .terminal = terminal});
}

void container_start(struct container *container, const char *const *options,
                     const char *const *command)
{
    start(container, options, command, false);
}

void container_start_on_terminal(struct container *container, const char *const *options,
                                 const char *const *command)
{
    start(container, options, command, true);
}

int container_wait(struct container *container)
{
    return process_wait(&container->client);
}

int container_run(struct container *container, const char *const *options,
                  const char *const *command)
{
    container_start(container, options, command);
    return container_wait(container);
}

void engine_start(struct process *process, const char *engine, const char *const *words)
{
    struct line line = {.count = 0};

    add(&line, WORDS(command_of(engine)));
    add(&line, words);
    process_start(process, &(struct process_options){.arguments = line.words});
}

int engine_run(struct process *process, const char *engine, const char *const *words)
{
    engine_start(process, engine, words);
    return process_wait(process);
}

struct lsns {
    struct process *process;
    const char *const *arguments;
};

static bool lsns_succeeds(void *argument)
{
    const struct lsns *lsns = argument;

    if (process_run(lsns->process, &(struct process_options){.arguments = lsns->arguments}) == 0)
        return true;
    process_drop(lsns->process);
    return false;
}

void lsns_run(struct process *process, const char *const *arguments)
{
    wait_until(lsns_succeeds, &(struct lsns){process, arguments}, "a success of lsns");
}

void container_stop(const struct container *container)
{
    struct process stop;

    ck_assert_msg(engine_run(&stop, way->engine, WORDS("stop", container->name)) == 0,
                  "stop fails: %s", stop.errors.text);
    process_drop(&stop);
}

bool container_kill(const struct container *container, int signal_number)
{
    struct process kill;
    char number[16];
    int exit_code;

    snprintf(number, sizeof number, "%d", signal_number);
    exit_code = engine_run(&kill, way->engine, WORDS("kill", "--signal", number, container->name));
    if (exit_code != 0)
        ck_assert_contains(kill.errors.text, "signal");
    process_drop(&kill);
    return exit_code == 0;
}
