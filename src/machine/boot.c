/*
 * boot.c - prepare a machine as its first process
 * No function here may end the process: the kernel panics when PID 1 ends.
 */
#include "machine/boot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
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

/* putenv(3) keeps the text itself. */
static char default_path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/* The signal stack of the handler of faults, as a fault may be an overflow of the main stack. */
static char fault_stack[16 * 1024];

/*
 * Before Linux 6.11 and without /proc: PID 2 of a machine is a kernel thread, and its process group
 * and session are 0.
 */
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

/* ---- faults -------------------------------------------------------------------------------- */

/*
 * A fault of PID 1 makes the kernel panic, which halts the machine for good unless panic= is set.
 * The machine reboots instead.
 */
static void on_fault(int signal_number, siginfo_t *info, void *context)
{
    char buffer[80];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);
    struct signal_name name;

    (void)context;
    /* Another process has sent the signal. */
    if (info->si_code <= 0)
        return;
    /* This is a child, or PID 1 of a service's namespace. */
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

static void reboot_on_faults(void)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
    const stack_t stack = {.ss_sp = fault_stack, .ss_size = sizeof fault_stack};
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};

    (void)sigaltstack(&stack, NULL);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct signal_set set = signal_set_of(faults[i]);

        (void)sigaction(faults[i], &action, NULL);
        /* The kernel kills a process that faults while the signal is blocked. */
        signal_mask(SIG_UNBLOCK, &set, NULL);
    }
}

/* ---- preparation --------------------------------------------------------------------------- */

static void start_loopback(void)
{
    struct error error = {0};

    if (loopback_up(&error) < 0)
        log_line(LOG_WARNING, "boot: %s: %s", error.subject, error.reason);
}

void boot_prepare(void)
{
    reboot_on_faults();
    boot_mount_all();
    console_take();
    umask(022);
    if (chdir("/") < 0)
        log_line(LOG_WARNING, "boot: change to /: %m");
    /* The kernel sets only HOME and TERM. */
    if (getenv("PATH") == NULL)
        (void)putenv(default_path);
    /* ctrl-alt-del sends INT to PID 1 from now on: reboot(2). EINVAL: this is a container. */
    if (reboot(RB_DISABLE_CAD) < 0 && errno != EINVAL)
        log_line(LOG_WARNING, "boot: make ctrl-alt-del a signal: %m");
    start_loopback();
}

char **boot_own_arguments(char **argv)
{
    char *name = argv[0];

    while (argv[0] != NULL && argv[1] != NULL && argv[1][0] != '-' && argv[1][0] != '/') {
        log_line(
            LOG_WARNING,
            "boot: '%s' is ignored: nsinit's arguments begin with an option or a program's path",
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
        log_line(LOG_WARNING, "boot: set the host name %s: %m", name);
    free(text);
}
