/*
 * console.c - the machine's console, and whom it may ask for help
 */
#include "boot/console.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "boot/boot.h"
#include "util/log.h"
#include "util/signals.h"
#include "util/text.h"

#define CONSOLE "/dev/console"

/* Who says nothing for so long is not there. */
enum { PATIENCE_MS = 60 * 1000 };

/* A placeholder of inherited_take is a path and nothing more. */
static bool is_closed(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    return flags < 0 || (flags & O_PATH) != 0;
}

void console_take(void)
{
    int fd;

    if (!is_closed(STDIN_FILENO) && !is_closed(STDOUT_FILENO) && !is_closed(STDERR_FILENO))
        return;
    fd = open(CONSOLE, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return;
    for (int stdio = STDIN_FILENO; stdio <= STDERR_FILENO; stdio++)
        if (is_closed(stdio))
            (void)dup2(fd, stdio);
    if (fd > STDERR_FILENO)
        close(fd);
}

static void say(int console, const char *text)
{
    (void)!write(console, text, strlen(text));
}

/* ---- rescue -------------------------------------------------------------------------------- */

/* A session of its own, so that ^C and job control work. Does not return. */
static void be_shell(int console)
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
    say(console, "no /bin/sh and no /bin/busybox here\n");
    _exit(127);
}

static void run_shell(int console)
{
    pid_t shell = fork();
    pid_t ended;

    if (shell == 0)
        be_shell(console);
    /* Its orphans are ours, too. */
    while (shell > 0 && (ended = waitpid(-1, NULL, 0)) != shell && (ended > 0 || errno == EINTR))
        ;
}

/* A key, or 0 when nobody is there. */
static char ask(int console)
{
    struct pollfd input = {.fd = console, .events = POLLIN};
    char key = 0;

    say(console, "nsinit: rescue: s shell, r reboot, p power off, h halt (reboot in a minute): ");
    if (poll(&input, 1, PATIENCE_MS) != 1 || read(console, &key, 1) != 1)
        key = 0;
    say(console, "\n");
    return key;
}

/* Keys at once rather than lines, while we ask. Returns what was set before. */
static struct termios set_keys(int console)
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

enum power boot_rescue(void)
{
    int console = open(CONSOLE, O_RDWR | O_NOCTTY | O_CLOEXEC);

    if (console < 0) {
        log_line(LOG_ERROR, "boot: rescue: " CONSOLE ": %m");
        return POWER_REBOOT;
    }
    for (;;) {
        struct termios old = set_keys(console);
        char key = ask(console);

        (void)tcsetattr(console, TCSANOW, &old);
        if (key == 's')
            run_shell(console);
        else if (key == 'p')
            return POWER_OFF;
        else if (key == 'h')
            return POWER_HALT;
        else if (key == 'r' || key == 0)
            return POWER_REBOOT;
    }
}
