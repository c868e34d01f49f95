/*
 * emulate.c - nsinit of another machine, as if it were of this one
 * For NSINIT in the tests' environment: a program that becomes qemu-user's, with EMULATOR and
 * PROGRAM known at compile time. A shell script in its place would change signals and environment.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int count, char **words)
{
    char **all = calloc((size_t)count + 4, sizeof *all);

    if (all == NULL)
        return 125;
    /* The name picks the tool: so it has to arrive. */
    all[0] = EMULATOR;
    all[1] = "-0";
    all[2] = words[0];
    all[3] = PROGRAM;
    for (int i = 1; i < count; i++)
        all[3 + i] = words[i];
    execv(EMULATOR, all);
    perror(EMULATOR);
    return 125;
}
