/*
 * main.c - the black-box tests: the built binary, as true PID 1 of fresh namespaces and without
 */
#include "system/system.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

const char *nsinit_path(void)
{
    const char *path = getenv("NSINIT");

    return path != NULL ? path : NSINIT_BINARY;
}

const char *probe_path(void)
{
    const char *path = getenv("PROBE");

    return path != NULL ? path : PROBE_BINARY;
}

/* Each run of the program has its own directory: two checkouts may run their tests side by side. */
static char directory[] = "/tmp/nsinit-test-XXXXXX";

const char *test_directory(void)
{
    return directory;
}

/* Outside of a test, where nothing may be asserted. */
static void remove_test_directory(void)
{
    char command[120];

    snprintf(command, sizeof command, "rm -rf %s", directory);
    if (system(command) != 0)
        fprintf(stderr, "%s failed\n", command);
}

const char *path_in_directory(const char *name)
{
    static char paths[2][200];
    static unsigned int next;
    char *path = paths[next++ % 2];

    snprintf(path, sizeof paths[0], "%s/%s", test_directory(), name);
    return path;
}

const char *fresh_file(const char *name)
{
    static char path[200];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", test_directory(), name);
    (void)unlink(path);
    file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    fclose(file);
    ck_assert_int_eq(chmod(path, 0666), 0);
    return path;
}

const char *fresh_fifo(const char *name)
{
    static char path[200];

    snprintf(path, sizeof path, "%s/%s", test_directory(), name);
    (void)unlink(path);
    ck_assert_int_eq(mkfifo(path, 0666), 0);
    ck_assert_int_eq(chmod(path, 0666), 0);
    return path;
}

void fifo_say_line(const char *path)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq((int)write(fd, "\n", 1), 1);
    close(fd);
}

const char *pod_file(const char *format, ...)
{
    static char path[200];
    va_list arguments;
    FILE *file;

    snprintf(path, sizeof path, "%s/pod", test_directory());
    file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    va_start(arguments, format);
    ck_assert_int_ge(vfprintf(file, format, arguments), 0);
    va_end(arguments);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(chmod(path, 0644), 0);
    return path;
}

const char *nsinit_called(const char *name)
{
    static char link[200];

    snprintf(link, sizeof link, "%s/%s", test_directory(), name);
    (void)unlink(link);
    ck_assert_int_eq(symlink(nsinit_path(), link), 0);
    return link;
}

void request_again(const struct process *process, int signal_number)
{
    const struct timespec more_than_two_seconds = {.tv_sec = 2, .tv_nsec = 50 * 1000 * 1000};

    nanosleep(&more_than_two_seconds, NULL);
    process_signal(process, signal_number);
}

uid_t lonely_user(void)
{
    return 1000000 + (uid_t)getpid();
}

const char *set_user_id_probe(void)
{
    static char copy[200];
    char command[500];

    snprintf(copy, sizeof copy, "%s/set-user-id-probe", test_directory());
    snprintf(command, sizeof command, "install -m 4755 '%s' '%s'", probe_path(), copy);
    ck_assert_int_eq(system(command), 0);
    return copy;
}

/* Asked at the other side, which is nobody's controlling terminal. */
bool is_left_by_shell(void *argument)
{
    const struct process *process = argument;

    return tcgetpgrp(process->input) != process->pid;
}

int count_of(const char *text, const char *part)
{
    int count = 0;

    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
        count++;
    return count;
}

const char *sd_client_path(const char *test)
{
#ifdef SD_CLIENT_BINARY
    (void)test;
    return SD_CLIENT_BINARY;
#else
    skip_test(test, "libsystemd was not there when the tests were built");
    return NULL;
#endif
}

bool lacks_root(const char *test)
{
    if (geteuid() == 0)
        return false;
    skip_test(test, "needs root to become another user");
    return true;
}

bool lacks_ranges(const char *test)
{
    if (system("command -v newuidmap newgidmap setpriv >/dev/null && test -f /etc/subuid && "
               "test -f /etc/subgid") == 0)
        return false;
    skip_test(test, "needs newuidmap, setpriv and /etc/subuid");
    return true;
}

static const char *missing(void)
{
    return process_can_isolate() ? NULL : "no PID namespaces for us here (needs CAP_SYS_ADMIN)";
}

static bool set_up(void)
{
    if (mkdtemp(directory) == NULL || chmod(directory, 0755) < 0) {
        perror(directory);
        return false;
    }
    /* For tests that are scripts. */
    (void)setenv("TEST_DIRECTORY", directory, 1);
    return true;
}

int main(int argc, char **argv)
{
    case_maker *const makers[] = {ALL_CASES, NULL};

    return suite_main(&(struct suite){.name = "system",
                                      .makers = makers,
                                      .missing = missing,
                                      .set_up = set_up,
                                      .tear_down = remove_test_directory},
                      argc, argv);
}
