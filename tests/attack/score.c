/*
 * score.c - what an attacker and its judge count, in a file that both have mapped
 */
#include "score.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

struct score *score_open(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    void *mapped;

    if (fd < 0)
        return NULL;
    mapped = mmap(NULL, sizeof(struct score), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return mapped == MAP_FAILED ? NULL : mapped;
}

void score_success(struct score *score, const char *how)
{
    if (score->how[0] == '\0')
        snprintf(score->how, sizeof score->how, "%s", how);
    atomic_fetch_add(&score->successes, 1);
}
