/*
 * sd_client.c - a program as systemd's users write it: sd_notify and the watchdog by libsystemd
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>

/* sd_client [CALM]: is ready, tells its watchdog's time; CALM: does not keep alive, but waits. */
int main(int argc, char **argv)
{
    uint64_t usec = 0;
    int enabled = sd_watchdog_enabled(0, &usec);
    char byte;

    if (enabled < 0 || sd_notify(0, "READY=1\nSTATUS=by libsystemd") <= 0)
        return 1;
    if (sd_notify_barrier(0, UINT64_MAX) < 0)
        return 2;
    printf("watchdog %d of %llu\n", enabled, (unsigned long long)usec);
    fflush(stdout);
    while (fread(&byte, 1, 1, stdin) == 1)
        if (argc == 1)
            sd_notify(0, "WATCHDOG=1");
    return sd_notify(1, "STOPPING=1") > 0 ? 0 : 3;
}
