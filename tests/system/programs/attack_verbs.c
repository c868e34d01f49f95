/*
 * attack_verbs.c - the verbs of probe.c by which a program reaches for what is its caller's
 */
#include "system/programs/attack_verbs.h"

#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Type a line into the terminal, as if the user had: ioctl_tty(2). */
static void type_into(int fd, const char *line)
{
    for (; *line != '\0'; line++)
        (void)ioctl(fd, TIOCSTI, line);
    (void)ioctl(fd, TIOCSTI, "\n");
}

/* inject LINE: by each of its files, those of PID 1 and what /dev has. */
static int inject(const char *line)
{
    static const char *const paths[] = {"/dev/tty",     "/dev/console", "/proc/1/fd/0",
                                        "/proc/1/fd/1", "/proc/1/fd/2", "/proc/1/fd/3",
                                        "/proc/1/fd/4", "/proc/1/fd/5", "/proc/1/fd/6"};

    for (int fd = 0; fd < 16; fd++)
        type_into(fd, line);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        int fd = open(paths[i], O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

        if (fd >= 0)
            type_into(fd, line);
    }
    dprintf(STDOUT_FILENO, "injected\n");
    return 0;
}

/* with-key NAME COMMAND...: execute it with a key of that name in the session keyring. */
static int execute_with_key(char **words)
{
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ||
        syscall(SYS_add_key, "user", words[0], "secret", 6, KEY_SPEC_SESSION_KEYRING) < 0) {
        perror("probe: add_key");
        return 94;
    }
    execvp(words[1], words + 1);
    perror("probe: exec");
    return 94;
}

/*
 * swap FIFO: hold a network namespace in which nobody lives, by a descriptor that is again and
 * again a FIFO without a writer
 */
static int swap_descriptors(const char *path)
{
    enum { SWAPPED = 100 };
    int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    int fifo;
    int held;

    if (unshare(CLONE_NEWNET) < 0 || mkfifo(path, 0600) < 0) {
        perror("probe: swap");
        return 94;
    }
    held = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    fifo = open(path, O_PATH | O_CLOEXEC);
    if (held < 0 || fifo < 0 || setns(home, CLONE_NEWNET) < 0)
        return 94;
    dup2(held, SWAPPED);
    close(held);
    held = fcntl(SWAPPED, F_DUPFD_CLOEXEC, SWAPPED + 1);
    dprintf(STDOUT_FILENO, "swapping\n");
    for (;;) {
        dup2(fifo, SWAPPED);
        dup2(held, SWAPPED);
    }
}

/* find-key NAME: whether it is in the session keyring. */
static int find_key(const char *name)
{
    long key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", name, 0);

    dprintf(STDOUT_FILENO, key >= 0 ? "key found\n" : "no key\n");
    return 0;
}

int attack_verb(char **words)
{
    if (words[1] == NULL)
        return -1;
    if (strcmp(words[0], "inject") == 0)
        return inject(words[1]);
    if (strcmp(words[0], "with-key") == 0 && words[2] != NULL)
        return execute_with_key(words + 1);
    if (strcmp(words[0], "swap") == 0)
        return swap_descriptors(words[1]);
    if (strcmp(words[0], "find-key") == 0)
        return find_key(words[1]);
    return -1;
}
