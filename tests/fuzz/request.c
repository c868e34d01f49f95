/*
 * request.c - fuzzing of requests at the control socket, to a pod without services
 * The first byte says where the request is cut in two, and whether the client's access is limited
 * to the status.
 */
#include "fuzz/fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/connection_private.h"

static bool has_no_power(void *owner, enum power power)
{
    (void)owner;
    (void)power;
    return false;
}

static const struct supervisor_hooks hooks = {.on_power = has_no_power};
static const struct pod pod = {.service_count = 0};
static struct supervised services[1];
static struct supervisor supervisor = {.common = {.pod = &pod, .services = services},
                                       .hooks = &hooks};
static struct server server = {.supervisor = &supervisor};

static void say(int fd, const uint8_t *data, size_t size)
{
    if (size > 0)
        (void)send(fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    for (int i = 0; i < 4; i++)
        ev_run(supervisor.common.loop, EVRUN_NOWAIT);
}

/* An answer is lines, and the last one is the result. */
static void check_answer(int fd)
{
    static char answer[65536];
    ssize_t size = recv(fd, answer, sizeof answer - 1, MSG_DONTWAIT);
    const char *last;

    if (size <= 0)
        return;
    fuzz_check(answer[size - 1] == '\n');
    answer[size - 1] = '\0';
    fuzz_check(strlen(answer) == (size_t)size - 1);
    last = strrchr(answer, '\n') != NULL ? strrchr(answer, '\n') + 1 : answer;
    fuzz_check(strcmp(last, "ok") == 0 || strncmp(last, "error ", 6) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t first = size > 0 ? data[0] : 0;
    struct caller caller = {.pid = 0, .pidfd = -1};
    struct access access = {.level = CONTROL_FULL};
    int ends[2];

    if ((first & 1) != 0)
        access = (struct access){.level = CONTROL_STATUS, .reason = "it is another user's"};
    if (supervisor.common.loop == NULL) {
        supervisor.common.loop = ev_loop_new(EVFLAG_AUTO);
        fuzz_check(supervisor.common.loop != NULL);
        hangup_open(&server, connection_free);
    }
    if (size > 0) {
        data++;
        size--;
    }
    if (first > size)
        first = size;
    fuzz_check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    fuzz_check(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
    connection_new(&server, ends[0], &caller, &access);
    say(ends[1], data, first);
    say(ends[1], data + first, size - first);
    (void)shutdown(ends[1], SHUT_WR);
    say(ends[1], NULL, 0);
    check_answer(ends[1]);
    close(ends[1]);
    say(ends[1], NULL, 0);
    /* A connection is closed after its client has hung up, whatever was requested. */
    fuzz_check(server.connections == NULL && server.connection_count == 0 &&
               server.waiting_count == 0);
    return 0;
}
