/*
 * shutdown.c - the end of a machine: processes, file systems, reboot(2)
 * No function here may end the process before that: the kernel panics when PID 1 ends.
 */
#include "machine/boot.h"

#include <errno.h>
#include <signal.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#include "machine/filesystems_private.h"
#include "util/log.h"

/* The time that processes get to end after TERM, and again after KILL. */
enum { GRACE_SECONDS = 3 };

/* Reap until no child is left or the time is over. */
static void reap_for(unsigned int seconds)
{
    const struct timespec timeout = {.tv_sec = seconds};
    sigset_t child;
    pid_t pid;

    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    for (;;) {
        while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
            ;
        if (pid < 0 || sigtimedwait(&child, NULL, &timeout) < 0)
            return;
    }
}

static void kill_processes(void)
{
    if (kill(-1, SIGTERM) == 0) {
        (void)kill(-1, SIGCONT);
        reap_for(GRACE_SECONDS);
        if (kill(-1, SIGKILL) == 0)
            reap_for(GRACE_SECONDS);
    }
}

void boot_shut_down(enum power power)
{
    static const struct {
        const char *name;
        unsigned int command;
    } commands[POWER_COUNT] = {
        [POWER_REBOOT] = {"rebooting", RB_AUTOBOOT},
        [POWER_OFF] = {"powering off", RB_POWER_OFF},
        [POWER_HALT] = {"halting", RB_HALT_SYSTEM},
    };
    bool is_machine = boot_is_machine_init();

    if (commands[power].name == NULL)
        power = POWER_REBOOT;
    kill_processes();
    sync();
    /* The block devices of a container are in use outside of it. */
    if (is_machine)
        boot_unmount_all();
    sync();
    log_line(LOG_ERROR, "boot: %s", commands[power].name);
    (void)reboot((int)commands[power].command);
    /* A container ends when its PID 1 returns; a machine must not. */
    log_line(LOG_ERROR, "boot: reboot: %m");
    if (!is_machine)
        return;
    for (;;)
        reap_for(3600);
}
