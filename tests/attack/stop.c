/*
 * stop.c - attacks at what nsinit waits for
 */
#include "attacker.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

/* A process that is already stopped is not stopped any more by another signal. */
int stop_all(struct score *score, char **words)
{
    const struct timespec pause = {.tv_nsec = 20 * 1000};

    (void)words;
    score->prepared = 1;
    for (;;) {
        (void)kill(-1, SIGSTOP);
        nanosleep(&pause, NULL);
    }
}

int stop_mount(struct score *score, char **words)
{
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    char options[100];

    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);
    if (fd < 0 || mount("hung", words[0], "fuse", MS_NOSUID | MS_NODEV, options) < 0) {
        perror(words[0]);
        return EXIT_FAILURE;
    }
    score->prepared = 1;
    return pause();
}

int stop_passwd(struct score *score, char **words)
{
    atomic_fetch_add(&score->runs, 1);
    if (score->prepared == 0 && rename(words[0], "/etc/passwd") == 0)
        score->prepared = 1;
    return EXIT_SUCCESS;
}
