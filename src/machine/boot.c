/*
 * boot.c - a machine from the start of its first process to its end
 * Nothing in here may end the process: the kernel panics when PID 1 does.
 */
#include "machine/boot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "machine/console_private.h"
#include "machine/filesystems_private.h"
#include "linux/nsfs.h"
#include "visit/ns_join.h"
#include "net/loopback.h"
#include "util/file.h"
#include "util/log.h"
#include "util/strbuf.h"
#include "util/signal_names.h"
#include "linux/nstypes.h"
#include "linux/signal_set.h"

/* How long what is left may take to end before it is killed. */
enum { LAST_WAIT_SECONDS = 3 };

/* Before Linux 6.11, without /proc: the second process of a machine is a thread of the kernel's,
 * whose process group and session are 0. */
static bool has_kernel_threads(void)
{
    return getpgid(2) == 0 && getsid(2) == 0;
}

bool boot_is_machine_init(void)
{
    int fd;
    uint64_t id;

    if (getpid() != 1)
        return false;
    fd = nsfd_open_own(1, NAMESPACE_PID);
    if (fd < 0)
        return has_kernel_threads();
    id = nsfs_id(fd);
    close(fd);
    return id == PROC_PID_INIT_INO;
}

/* ---- the beginning ------------------------------------------------------------------------- */

/*
 * A fault of our own would be the kernel's panic, which waits for ever unless it was told
 * otherwise: panic=. The machine begins anew instead.
 */
static void on_fault(int signal_number, siginfo_t *info, void *context)
{
    char buffer[80];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);
    struct signal_name name;

    (void)context;
    /* Somebody has sent it. */
    if (info->si_code <= 0)
        return;
    /* A child, or the first process of a service's PID namespace. */
    if (!boot_is_machine_init())
        _exit(128 + signal_number);
    strbuf_format(&text, "nsinit: fault in nsinit: %s: rebooting\n",
                  signal_name(signal_number, &name));
    (void)strbuf_write(&text, STDERR_FILENO);
    sync();
    (void)reboot(RB_AUTOBOOT);
    for (;;)
        pause();
}

static void survive_faults(void)
{
    static char stack[16 * 1024];
    static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
    const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};

    (void)sigaltstack(&other, NULL);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct signal_set set = signal_set_of(faults[i]);

        (void)sigaction(faults[i], &action, NULL);
        /* A fault while its signal is blocked is the end. */
        signal_mask(SIG_UNBLOCK, &set, NULL);
    }
}

static void start_loopback(void)
{
    struct error error = {0};

    if (loopback_up(&error) < 0)
        log_line(LOG_WARNING, "boot: %s: %s", error.subject, error.reason);
}

void boot_prepare(void)
{
    survive_faults();
    boot_mount_all();
    console_take();
    umask(022);
    if (chdir("/") < 0)
        log_line(LOG_WARNING, "boot: cannot enter /: %m");
    /* The kernel gives HOME and TERM. */
    if (getenv("PATH") == NULL) {
        static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

        (void)putenv(path);
    }
    /* From now on ctrl-alt-del is INT to PID 1: reboot(2). EINVAL: a container has no such keys. */
    if (reboot(RB_DISABLE_CAD) < 0 && errno != EINVAL)
        log_line(LOG_WARNING, "boot: ctrl-alt-del: %m");
    start_loopback();
}

char **boot_own_arguments(char **argv)
{
    char *name = argv[0];

    while (argv[0] != NULL && argv[1] != NULL && argv[1][0] != '-' && argv[1][0] != '/') {
        log_line(LOG_WARNING, "boot: '%s' is left to others: a program is given by its path",
                 argv[1]);
        argv++;
    }
    argv[0] = name;
    return argv;
}

void boot_set_hostname(const struct pod *pod)
{
    char *text = NULL;
    const char *name = pod->hostname;

    if (name == NULL && file_read_regular("/etc/hostname", &text, NULL) == 0) {
        text[strcspn(text, " \t\r\n")] = '\0';
        name = text;
    }
    if (name != NULL && name[0] != '\0' && sethostname(name, strlen(name)) < 0)
        log_line(LOG_WARNING, "boot: hostname %s: %m", name);
    free(text);
}

/* ---- the end ------------------------------------------------------------------------------- */

/* Until no child is left, or the time is over. */
static void reap_for(unsigned int seconds)
{
    const struct timespec most = {.tv_sec = seconds};
    sigset_t child;
    pid_t pid;

    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    for (;;) {
        while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
            ;
        if (pid < 0 || sigtimedwait(&child, NULL, &most) < 0)
            return;
    }
}

static void end_processes(void)
{
    if (kill(-1, SIGTERM) == 0) {
        (void)kill(-1, SIGCONT);
        reap_for(LAST_WAIT_SECONDS);
        if (kill(-1, SIGKILL) == 0)
            reap_for(LAST_WAIT_SECONDS);
    }
}

void boot_shut_down(enum power power)
{
    bool is_machine = boot_is_machine_init();

    static const struct {
        const char *name;
        unsigned int command;
    } ends[POWER_COUNT] = {
        [POWER_REBOOT] = {"rebooting", RB_AUTOBOOT},
        [POWER_OFF] = {"powering off", RB_POWER_OFF},
        [POWER_HALT] = {"halting", RB_HALT_SYSTEM},
    };

    if (ends[power].name == NULL)
        power = POWER_REBOOT;
    end_processes();
    sync();
    /* The devices of a container's are in use outside of it. */
    if (is_machine)
        boot_unmount_all();
    sync();
    log_line(LOG_ERROR, "boot: %s", ends[power].name);
    (void)reboot((int)ends[power].command);
    /* A machine that can't, or a container that may not: that one ends with us. */
    log_line(LOG_ERROR, "boot: reboot(2): %m");
    if (!is_machine)
        return;
    for (;;)
        reap_for(3600);
}
