/*
 * inherited.c - the state nsinit was started with, set aside so that the program gets it back
 */
#include "spawn/inherited.h"

#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "plan/pod.h"
#include "linux/inert_fd.h"
#include "linux/signal_set.h"

static void fill_closed_stdio(void)
{
    struct pollfd stdio[3] = {{.fd = 0}, {.fd = 1}, {.fd = 2}};

    if (poll(stdio, 3, 0) <= 0)
        return;
    for (int fd = 0; fd < 3; fd++) {
        int placeholder;

        if ((stdio[fd].revents & POLLNVAL) == 0)
            continue;
        /* The lowest free number is used, hence this one. It needs no /dev/null. */
        placeholder = inert_open();
        if (placeholder > STDERR_FILENO)
            close(placeholder);
    }
}

/* The kernel puts the words one behind the other: proc(5), /proc/PID/cmdline. */
static struct string_area region_of(char **words)
{
    struct string_area region = {.begin = words[0], .end = words[0]};

    for (; *words == region.end && *words != NULL; words++)
        region.end += strlen(*words) + 1;
    return region;
}

void inherited_save(struct inherited *inherited, char **argv)
{
    const struct signal_set all = signal_set_full();
    struct sigaction child = {.sa_handler = SIG_DFL};
    struct sigaction old = {0};

    signal_mask(SIG_SETMASK, &all, &inherited->mask);
    /* Ignored, it would make the kernel reap in our place, and the exit code be lost: wait(2). */
    (void)sigaction(SIGCHLD, &child, &old);
    inherited->sigchld_ignored = old.sa_handler == SIG_IGN;
    inherited->has_raised_fd_limit = false;
    inherited->parent = getppid();
    inherited->self = getpid();
    inherited->arguments = region_of(argv);
    inherited->environment = region_of(environ);
    fill_closed_stdio();
}

void inherited_raise_fd_limit(struct inherited *inherited, size_t services)
{
    /* Pipes, sockets and pidfds of a service, and all clients with what they bring. */
    enum { FILES_OF_A_SERVICE = 32, OTHER_FILES = 512 };
    rlim_t wanted = (rlim_t)services * FILES_OF_A_SERVICE + OTHER_FILES;
    struct rlimit raised;

    /* prlimit(2): musl's setrlimit(3) has what it takes to do the same in all threads. */
    if (inherited->has_raised_fd_limit || prlimit(0, RLIMIT_NOFILE, NULL, &inherited->files) < 0)
        return;
    raised = inherited->files;
    raised.rlim_cur = wanted < raised.rlim_max ? wanted : raised.rlim_max;
    if (raised.rlim_cur > inherited->files.rlim_cur)
        inherited->has_raised_fd_limit = prlimit(0, RLIMIT_NOFILE, &raised, NULL) == 0;
}

void inherited_restore_fd_limit(const struct inherited *inherited)
{
    if (inherited->has_raised_fd_limit)
        (void)prlimit(0, RLIMIT_NOFILE, &inherited->files, NULL);
}

void inherited_restore_signals(const struct inherited *inherited)
{
    if (inherited->sigchld_ignored) {
        const struct sigaction ignore = {.sa_handler = SIG_IGN};

        (void)sigaction(SIGCHLD, &ignore, NULL);
    }
    signal_mask(SIG_SETMASK, &inherited->mask, NULL);
}

/* ---- what is not to be found in a copy of nsinit -------------------------------------------- */

/* Whether the entry is the word or, as the value in --name=value, a part of it. */
static bool is_within(const char *entry, const char *word, size_t size)
{
    return entry >= word && entry < word + size;
}

/* A list of words that stay, and how far it has been gone through. */
struct kept {
    char *const *list;
    char *const *from;
};

/* They are mostly in the order of the words, so it is looked on from the last one that was found.
 */
static bool is_listed(struct kept *kept, const char *word, size_t size)
{
    for (char *const *at = kept->from; *at != NULL; at++)
        if (is_within(*at, word, size)) {
            kept->from = at + 1;
            return true;
        }
    for (char *const *at = kept->list; at < kept->from; at++)
        if (is_within(*at, word, size))
            return true;
    return false;
}

static void wipe(const struct string_area *region, struct kept *kept, size_t count)
{
    size_t size;

    for (char *word = region->begin; word < region->end; word += size) {
        bool stays = false;

        size = strlen(word) + 1;
        for (size_t i = 0; i < count && !stays; i++)
            stays = is_listed(&kept[i], word, size);
        if (!stays)
            memset(word, 0, size);
    }
}

void inherited_wipe_environment(const struct inherited *inherited, char *const *kept)
{
    struct kept lists[] = {{kept, kept}};

    wipe(&inherited->environment, lists, 1);
}

void inherited_wipe_arguments(const struct inherited *inherited, const struct service *service)
{
    const struct settings *settings = service_settings(service);
    /* They are compared and not changed. */
    char *const candidates[] = {inherited->arguments.begin, (char *)(uintptr_t)service->name,
                                (char *)(uintptr_t)settings->user,
                                (char *)(uintptr_t)settings->groups,
                                (char *)(uintptr_t)settings->workdir};
    enum { MOST = sizeof candidates / sizeof candidates[0] };
    char *own[MOST + 1];
    char *const *program = service->arguments != NULL ? service->arguments : own;
    struct kept lists[] = {
        {program, program}, {own, own}, {service->environment, service->environment}};
    size_t count = 0;

    for (size_t i = 0; i < MOST; i++)
        if (candidates[i] != NULL)
            own[count++] = candidates[i];
    own[count] = NULL;
    wipe(&inherited->arguments, lists, service->environment != NULL ? 3 : 2);
}
