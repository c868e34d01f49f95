// s6-supervise without its second between restarts. It sleeps whatever its files say, but not when
// it is told `u` (s6-svc -u) while the service is down; so someone has to listen to its events and
// say so each time. usage: s6-pushed S6-SUPERVISE DIR
// It is s6-supervise that keeps the pid, since it is what is measured.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXIT_FAILED 125
#define DOWN_AND_FINISHED 'D'

// Any name of this form in event/ is a subscriber's: see s6's "fifodir".
#define SUBSCRIBER "ftrig1:@0000000000000000000000000000000"

// Open for writing, too: s6-supervise, which takes a fifo without a reader away, must find one from
// its first event on, and no end of file may come between two events.
static int subscribe(const char *directory)
{
    char path[4096];

    snprintf(path, sizeof(path), "%s/event", directory);
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return -1;
    snprintf(path, sizeof(path), "%s/event/" SUBSCRIBER, directory);
    if (mkfifo(path, 0600) < 0 && errno != EEXIST)
        return -1;
    return open(path, O_RDWR | O_CLOEXEC);
}

static _Noreturn void push(const char *directory, int events)
{
    char path[4096];
    char event;
    int control = -1;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    snprintf(path, sizeof(path), "%s/supervise/control", directory);
    while (read(events, &event, 1) == 1) {
        if (event != DOWN_AND_FINISHED)
            continue;
        if (control < 0)
            control = open(path, O_WRONLY | O_CLOEXEC);
        if (write(control, "u", 1) != 1)
            break;
    }
    _exit(EXIT_FAILED);
}

int main(int argc, char **argv)
{
    int events = argc == 3 ? subscribe(argv[2]) : -1;
    pid_t pid = events < 0 ? -1 : fork();

    if (pid < 0)
        return EXIT_FAILED;
    if (pid == 0)
        push(argv[2], events);
    execv(argv[1], argv + 1);
    return EXIT_FAILED;
}
