/*
 * console.c - the machine's console: open it as stdio, and ask there how to go on after a failed
 * boot
 */
#include "machine/console_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "linux/clone_process.h"
#include "machine/boot.h"
#include "linux/inert_fd.h"
#include "util/log.h"
#include "util/signal_names.h"
#include "util/strbuf.h"
#include "linux/signal_set.h"

#define CONSOLE "/dev/console"

/* The machine reboots after this time without an answer. */
enum { ANSWER_TIMEOUT_MS = 60 * 1000 };

void console_take(void)
{
    int fd;

    if (!inert_is_at(STDIN_FILENO) && !inert_is_at(STDOUT_FILENO) && !inert_is_at(STDERR_FILENO))
        return;
    fd = open(CONSOLE, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return;
    for (int stdio = STDIN_FILENO; stdio <= STDERR_FILENO; stdio++)
        if (inert_is_at(stdio))
            (void)dup2(fd, stdio);
    if (fd > STDERR_FILENO)
        close(fd);
}

static void print(int console, const char *text)
{
    (void)!write(console, text, strlen(text));
}

/* ---- rescue -------------------------------------------------------------------------------- */

/* Execute a shell in a new session, so that ^C and job control work. */
static _Noreturn void exec_shell(int console)
{
    static char *const commands[][3] = {{"/bin/sh", "-l", NULL}, {"/bin/busybox", "sh", NULL}};
    const struct signal_set none = {0};

    (void)setsid();
    (void)ioctl(console, TIOCSCTTY, 1);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        (void)dup2(console, fd);
    signal_mask(SIG_SETMASK, &none, NULL);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        (void)execv(commands[i][0], commands[i]);
    print(console, "nsinit: rescue: /bin/sh and /bin/busybox are missing\n");
    _exit(127);
}

/* Read a signal. Returns what it requests, or POWER_NONE, also for SIGCHLD. */
static enum power take_signal(int signals)
{
    struct signalfd_siginfo info;

    if (read(signals, &info, sizeof info) != (ssize_t)sizeof info)
        return POWER_NONE;
    return power_of_signal((int)info.ssi_signo);
}

/* Reap all children, orphans of the shell included. Whether the shell has ended. */
static bool reap_shell(pid_t shell)
{
    pid_t ended;

    while ((ended = waitpid(-1, NULL, WNOHANG)) > 0)
        if (ended == shell)
            return true;
    return ended < 0 && errno == ECHILD;
}

/* Run a shell until it ends or a command in it requests a reboot. */
static enum power run_shell(int console, int signals)
{
    struct pollfd input = {.fd = signals, .events = POLLIN};
    enum power power = POWER_NONE;
    pid_t shell = process_fork();

    if (shell == 0)
        exec_shell(console);
    while (shell > 0 && power == POWER_NONE && !reap_shell(shell)) {
        (void)poll(&input, 1, -1);
        power = take_signal(signals);
    }
    return power;
}

static enum power power_of_key(char key)
{
    switch (key) {
    case 's':
        return POWER_RESCUE;
    case 'r':
        return POWER_REBOOT;
    case 'p':
        return POWER_OFF;
    case 'h':
        return POWER_HALT;
    default:
        return POWER_NONE;
    }
}

/* POWER_RESCUE: a shell. POWER_NONE: ask again. */
static enum power ask(int console, int signals)
{
    struct pollfd inputs[] = {{.fd = console, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    enum power power = POWER_REBOOT;
    char key;

    print(console, "nsinit: rescue: s shell, r reboot, p power off, h halt (reboot in a minute): ");
    if (poll(inputs, 2, ANSWER_TIMEOUT_MS) > 0) {
        if (inputs[1].revents != 0)
            power = take_signal(signals);
        else if (read(console, &key, 1) == 1)
            power = power_of_key(key);
    }
    print(console, "\n");
    return power;
}

/* Make the console return single keys rather than lines. Returns the previous modes. */
static struct termios set_key_mode(int console)
{
    struct termios old = {0};
    struct termios keys;

    if (tcgetattr(console, &old) < 0)
        return old;
    keys = old;
    keys.c_lflag &= ~(tcflag_t)ICANON;
    (void)tcsetattr(console, TCSAFLUSH, &keys);
    return old;
}

static enum power ask_for_key(int console, int signals)
{
    struct termios old = set_key_mode(console);
    enum power power = ask(console, signals);

    (void)tcsetattr(console, TCSANOW, &old);
    return power;
}

enum power boot_rescue(void)
{
    const struct signal_set all = signal_set_full();
    int signals = signal_open_fd(&all);
    int console = open(CONSOLE, O_RDWR | O_NOCTTY | O_CLOEXEC);
    enum power power = POWER_NONE;

    if (console < 0) {
        log_line(LOG_ERROR, "boot: rescue: " CONSOLE ": %m");
        return POWER_REBOOT;
    }
    while (power == POWER_NONE) {
        power = ask_for_key(console, signals);
        if (power == POWER_RESCUE)
            power = run_shell(console, signals);
    }
    return power;
}
