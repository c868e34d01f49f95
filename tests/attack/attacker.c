/*
 * attacker.c - a hostile service: the program that the attacks of this folder run under nsinit
 * usage: attacker COMMAND SCORE [WORD...]
 */
#include "attacker.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The program ran: what a health check, a command of nsctl exec or a victim does. */
static int run(struct score *score, char **words)
{
    (void)words;
    atomic_fetch_add(&score->runs, 1);
    return 0;
}

static int idle(struct score *score, char **words)
{
    (void)words;
    atomic_fetch_add(&score->runs, 1);
    /* Only a signal without a handler ends it. */
    return pause();
}

/* MARKER: a file outside of the root, by its path from the host's `/`. */
static int look_around(struct score *score, char **words)
{
    char directory[PATH_MAX];
    char how[HOW_SIZE];
    bool outside = access(words[0] + 1, R_OK) == 0;

    atomic_fetch_add(&score->runs, 1);
    if (getcwd(directory, sizeof directory) == NULL)
        directory[0] = '\0';
    if (directory[0] == '/' && !outside)
        return 0;
    snprintf(how, sizeof how, "working directory '%.60s'%s", directory,
             outside ? ", a host's file read" : "");
    score_success(score, how);
    return 0;
}

static const struct {
    const char *name;
    attack_function *function;
    int words;
} commands[] = {
    {"run", run, 0},
    {"idle", idle, 0},
    {"look-around", look_around, 1},
    {"seize", hunt_seize, 1},
    {"peek", hunt_peek, 1},
    {"arguments", hunt_arguments, 1},
    {"rights", hunt_rights, 1},
    {"memory", hunt_memory, 1},
    {"first-look", first_look, 1},
    {"first-hold", first_hold, 0},
    {"first-link", first_link, 0},
    {"stop-all", stop_all, 0},
    {"stop-mount", stop_mount, 1},
    {"stop-passwd", stop_passwd, 1},
    {"survivors", survivors_judge, 4},
};

int main(int argc, char **argv)
{
    struct score *score = argc > 2 ? score_open(argv[2]) : NULL;

    if (score == NULL) {
        perror(argc > 2 ? argv[2] : "usage: attacker COMMAND SCORE [WORD...]");
        return EXIT_FAILURE;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(argv[1], commands[i].name) == 0 && argc - 3 >= commands[i].words)
            return commands[i].function(score, argv + 3);
    fprintf(stderr, "attacker: %s: unknown, or it lacks words\n", argv[1]);
    return EXIT_FAILURE;
}
