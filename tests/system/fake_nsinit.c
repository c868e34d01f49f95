/*
 * fake_nsinit.c - a child of the test that plays nsinit's part of the control protocol
 */
#include "system/fake_nsinit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/system.h"
#include "linux/cmsg.h"

static int note_writer = -1; /* in the child */

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_uint_lt(strlen(path), sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path));
    (void)unlink(path);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(fd, 10), 0);
    return fd;
}

void fake_start(struct fake *fake, void (*play)(int listener, const void *argument),
                const void *argument)
{
    int listener;
    int ends[2];
    pid_t pid;

    snprintf(fake->path, sizeof fake->path, "%s/control.sock", test_directory());
    setenv("NSINIT_CONTROL", fake->path, 1);
    listener = listen_at(fake->path);
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGPIPE, SIG_IGN);
        close(ends[0]);
        note_writer = ends[1];
        play(listener, argument);
        _exit(0);
    }
    close(listener);
    close(ends[1]);
    fake->notes = ends[0];
}

void fake_expect(const struct fake *fake, const char *note)
{
    char text[200] = "";
    size_t length = 0;
    ssize_t count;

    while (strstr(text, note) == NULL &&
           (count = read(fake->notes, text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)count;
    ck_assert_contains(text, note);
}

void fake_say(int connection, const char *text)
{
    size_t length = strlen(text);

    while (length > 0) {
        ssize_t count = write(connection, text, length);

        if (count <= 0)
            _exit(1);
        text += count;
        length -= (size_t)count;
    }
}

void fake_note(const char *note)
{
    fake_say(note_writer, note);
}

/* Read some bytes, and the files that come with them. */
static ssize_t receive(int connection, char *text, size_t size, int *files)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(3 * sizeof(int))];
    } control;
    struct iovec part = {.iov_base = text, .iov_len = size};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.space,
                             .msg_controllen = sizeof control.space};
    ssize_t count = recvmsg(connection, &message, MSG_CMSG_CLOEXEC);

    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
         header = cmsg_next(&message, header))
        if (header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(3 * sizeof(int)))
            memcpy(files, CMSG_DATA(header), 3 * sizeof(int));
    return count;
}

static int accept_with_files(int listener, const char *request, int *files)
{
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    size_t length = 0;
    char *text = calloc(1, strlen(request) + 2);
    ssize_t count;

    while (length < strlen(request) &&
           (count = receive(connection, text + length, strlen(request) + 1 - length, files)) > 0)
        length += (size_t)count;
    if (strcmp(text, request) == 0) {
        free(text);
        return connection;
    }
    fake_say(connection, "error 99 the request was: ");
    fake_say(connection, text);
    fake_say(connection, "\n");
    _exit(1);
}

int fake_accept(int listener, const char *request)
{
    int files[3];

    return accept_with_files(listener, request, files);
}

void fake_answers(int listener, const void *exchanges)
{
    for (const struct exchange *exchange = exchanges; exchange->request != NULL; exchange++) {
        int connection = fake_accept(listener, exchange->request);

        fake_say(connection, exchange->answer);
        close(connection);
    }
}

/* With a terminal it is the controlling one, as the request says. */
/* The first of them that is one, as nsinit does. */
static int take_terminal(const int *files)
{
    for (int i = 0; i < 3; i++)
        if (isatty(files[i]))
            return ioctl(files[i], TIOCSCTTY, 0);
    return -1;
}

static pid_t execute(const struct execution *execution, const int *files)
{
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_DFL);
    setsid();
    if (strstr(execution->request, " pty -- ") != NULL && take_terminal(files) < 0)
        _exit(96);
    for (int fd = 0; fd < 3; fd++)
        if (dup2(files[fd], fd) < 0)
            _exit(97);
    execvp(execution->command[0], (char *const *)execution->command);
    _exit(98);
}

static void obey(int connection, pid_t group)
{
    static const struct {
        const char *line;
        int number;
    } signals[] = {{"signal HUP\n", SIGHUP},   {"signal INT\n", SIGINT},
                   {"signal QUIT\n", SIGQUIT}, {"signal TERM\n", SIGTERM},
                   {"signal USR1\n", SIGUSR1}, {"signal USR2\n", SIGUSR2}};
    char text[200] = "";
    ssize_t count = read(connection, text, sizeof text - 1);

    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        if (strstr(text, signals[i].line) != NULL)
            kill(-group, signals[i].number);
    if (count > 0)
        return;
    kill(-group, SIGHUP);
    fake_note("hung up");
    _exit(0);
}

void fake_executes(int listener, const void *argument)
{
    const struct execution *execution = argument;
    int files[3] = {-1, -1, -1};
    int connection = accept_with_files(listener, execution->request, files);
    pid_t pid = execute(execution, files);
    struct pollfd fds[2] = {{.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN},
                            {.fd = connection, .events = POLLIN}};
    char text[100];
    int status;

    for (int i = 0; i < 3; i++)
        close(files[i]);
    snprintf(text, sizeof text, "started\t%d\n", pid);
    fake_say(connection, text);
    while (poll(fds, 2, -1) > 0 && fds[0].revents == 0)
        obey(connection, pid);
    waitpid(pid, &status, 0);
    snprintf(text, sizeof text, "exit\t%d\nok\n",
             WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    fake_say(connection, text);
    fake_note("ended");
}
