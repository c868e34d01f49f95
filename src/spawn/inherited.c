/*
 * inherited.c - the state that nsinit was started with, which its programs get back
 */
#include "spawn/inherited.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "plan/service_spec.h"
#include "linux/inert_fd.h"
#include "linux/signal_set.h"
#include "linux/syscalls.h"
#include "util/error.h"

/* The number of descriptors that one poll(2) looks for. */
enum { FD_BLOCK = 128 };

static void fill_closed_stdio(const struct pollfd *stdio)
{
    for (int fd = 0; fd <= STDERR_FILENO; fd++) {
        int placeholder;

        if ((stdio[fd].revents & POLLNVAL) == 0)
            continue;
        /* open(2) uses the lowest free number, which is this one. No /dev/null is needed. */
        placeholder = inert_open();
        if (placeholder > STDERR_FILENO)
            close(placeholder);
    }
}

/* Poll the descriptors from `first` on; fewer if RLIMIT_NOFILE forbids as many: poll(2). */
static int poll_block(struct pollfd *fds, int first)
{
    for (int count = FD_BLOCK; count > STDERR_FILENO; count /= 2) {
        for (int i = 0; i < count; i++)
            fds[i] = (struct pollfd){.fd = first + i};
        if (poll(fds, (nfds_t)count, 0) >= 0)
            return count;
    }
    return 0;
}

static void note_fd(struct inherited *inherited, int fd)
{
    if (fd < FD_SETSIZE)
        FD_SET((unsigned int)fd, &inherited->fds);
    inherited->fds_end = fd + 1;
}

/*
 * poll(2) marks closed numbers: one call is enough if nsinit was started with few files. The kernel
 * assigns the lowest free number, so above half a block of closed numbers there are only
 * descriptors that nsinit's starter has placed there, and nsinit's own fit below them.
 */
static void find_fds(struct inherited *inherited)
{
    struct pollfd fds[FD_BLOCK];
    int count;

    FD_ZERO(&inherited->fds);
    inherited->fds_end = 0;
    inherited->searched_end = 0;
    do {
        int first = inherited->searched_end;

        count = poll_block(fds, first);
        for (int i = 0; i < count; i++)
            if ((fds[i].revents & POLLNVAL) == 0)
                note_fd(inherited, first + i);
        if (first == 0 && count > 0)
            fill_closed_stdio(fds);
        inherited->searched_end += count;
    } while (count > 0 && inherited->searched_end - inherited->fds_end < count / 2);
}

void inherited_close_fds(const struct inherited *inherited, int highest_own)
{
    int rest = inherited->searched_end > highest_own ? inherited->searched_end : highest_own + 1;

    for (int fd = STDERR_FILENO + 1; fd < inherited->fds_end; fd++)
        if ((fd >= FD_SETSIZE || FD_ISSET((unsigned int)fd, &inherited->fds)) &&
            fcntl(fd, F_GETFD) == 0)
            close(fd);
    (void)sys_close_range((unsigned int)rest, UINT_MAX, 0);
}

int inherited_check_kept(const struct settings *settings, struct error *error)
{
    for (size_t i = 0; i < settings->kept_fd_count; i++) {
        int flags = fcntl(settings->kept_fds[i], F_GETFD);

        if (flags >= 0 && (flags & FD_CLOEXEC) == 0)
            continue;
        error_subject(error, "--keep-fd %d", settings->kept_fds[i]);
        return error_reason(error, ERROR_FAILED, "nsinit was started without this descriptor");
    }
    return 0;
}

void inherited_close_on_exec(const struct settings *settings)
{
    struct rlimit limit = {0};

    if (sys_close_range(STDERR_FILENO + 1, UINT_MAX, CLOSE_RANGE_CLOEXEC) < 0) {
        /* Linux 5.10 lacks the flag. */
        (void)prlimit(0, RLIMIT_NOFILE, NULL, &limit);
        for (int fd = STDERR_FILENO + 1; (rlim_t)fd < limit.rlim_cur; fd++)
            (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    for (size_t i = 0; i < settings->kept_fd_count; i++)
        (void)fcntl(settings->kept_fds[i], F_SETFD, 0);
}

/* The kernel stores the strings one after another: proc(5), /proc/PID/cmdline. */
static struct string_area area_of(char **strings)
{
    struct string_area area = {.begin = strings[0], .end = strings[0]};

    for (; *strings == area.end && *strings != NULL; strings++)
        area.end += strlen(*strings) + 1;
    return area;
}

void inherited_save(struct inherited *inherited, char **argv)
{
    const struct signal_set all = signal_set_full();
    struct sigaction child = {.sa_handler = SIG_DFL};
    struct sigaction old = {0};

    signal_mask(SIG_SETMASK, &all, &inherited->mask);
    /* While it is ignored the kernel reaps children, and their exit codes are lost: wait(2). */
    (void)sigaction(SIGCHLD, &child, &old);
    inherited->sigchld_ignored = old.sa_handler == SIG_IGN;
    inherited->has_raised_fd_limit = false;
    inherited->parent = getppid();
    inherited->self = getpid();
    inherited->arguments = area_of(argv);
    inherited->environment = area_of(environ);
    find_fds(inherited);
}

void inherited_raise_fd_limit(struct inherited *inherited, size_t services)
{
    /* The pipes, sockets and pidfds of a service, and all clients with their descriptors. */
    enum { FILES_OF_A_SERVICE = 32, OTHER_FILES = 512 };
    rlim_t wanted = (rlim_t)services * FILES_OF_A_SERVICE + OTHER_FILES;
    struct rlimit raised;

    /* prlimit(2), as musl's setrlimit(3) does more: it changes all threads. */
    if (inherited->has_raised_fd_limit || prlimit(0, RLIMIT_NOFILE, NULL, &inherited->fd_limit) < 0)
        return;
    raised = inherited->fd_limit;
    raised.rlim_cur = wanted < raised.rlim_max ? wanted : raised.rlim_max;
    if (raised.rlim_cur > inherited->fd_limit.rlim_cur)
        inherited->has_raised_fd_limit = prlimit(0, RLIMIT_NOFILE, &raised, NULL) == 0;
}

void inherited_restore_fd_limit(const struct inherited *inherited)
{
    if (inherited->has_raised_fd_limit)
        (void)prlimit(0, RLIMIT_NOFILE, &inherited->fd_limit, NULL);
}

void inherited_restore_signals(const struct inherited *inherited)
{
    if (inherited->sigchld_ignored) {
        const struct sigaction ignore = {.sa_handler = SIG_IGN};

        (void)sigaction(SIGCHLD, &ignore, NULL);
    }
    signal_mask(SIG_SETMASK, &inherited->mask, NULL);
}

/* ---- overwriting, so that a copy of nsinit holds no secrets --------------------------------- */

/* Whether the entry is the string or a part of it, such as the value in --name=value. */
static bool is_within(const char *entry, const char *string, size_t size)
{
    return entry >= string && entry < string + size;
}

/* A list of strings to keep. */
struct kept {
    char *const *list;
    char *const *next; /* behind the last match: entries are mostly in the order of the strings */
};

static bool is_listed(struct kept *kept, const char *string, size_t size)
{
    for (char *const *at = kept->next; *at != NULL; at++)
        if (is_within(*at, string, size)) {
            kept->next = at + 1;
            return true;
        }
    for (char *const *at = kept->list; at < kept->next; at++)
        if (is_within(*at, string, size))
            return true;
    return false;
}

static void wipe(const struct string_area *area, struct kept *kept, size_t count)
{
    size_t size;

    for (char *string = area->begin; string < area->end; string += size) {
        bool stays = false;

        size = strlen(string) + 1;
        for (size_t i = 0; i < count && !stays; i++)
            stays = is_listed(&kept[i], string, size);
        if (!stays)
            memset(string, 0, size);
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
    /* The casts are safe: the strings are only compared. */
    char *const candidates[] = {
        inherited->arguments.begin,           (char *)(uintptr_t)service->name,
        (char *)(uintptr_t)settings->user,    (char *)(uintptr_t)settings->groups,
        (char *)(uintptr_t)settings->workdir, (char *)(uintptr_t)settings->argv0};
    enum { CANDIDATE_COUNT = sizeof candidates / sizeof candidates[0] };
    char *own[CANDIDATE_COUNT + 1];
    char *const *program = service->arguments != NULL ? service->arguments : own;
    struct kept lists[] = {
        {program, program}, {own, own}, {service->environment, service->environment}};
    size_t count = 0;

    for (size_t i = 0; i < CANDIDATE_COUNT; i++)
        if (candidates[i] != NULL)
            own[count++] = candidates[i];
    own[count] = NULL;
    wipe(&inherited->arguments, lists, service->environment != NULL ? 3 : 2);
}
