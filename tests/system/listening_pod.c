/*
 * listening_pod.c - a pod that listens at a socket of the test's, and who asks it there
 */
#include "system/listening_pod.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

const char *socket_path(void)
{
    static char path[100];

    snprintf(path, sizeof path, "%s/socket", test_directory());
    return path;
}

void start_pod(struct process *process, const char *pod)
{
    (void)unlink(socket_path());
    process_start(process,
                  AS_SECOND("-s", "-v", "--control", socket_path(), "--pod", pod_file("%s", pod)));
}

void start_sleepers(struct process *process)
{
    start_pod(process, TWO_SLEEPERS);
    process_expect(process, "b runs");
}

void end_pod(struct process *process, int code)
{
    process_signal(process, SIGTERM);
    ck_assert_int_eq(process_wait(process), code);
    ck_assert_int_eq(access(socket_path(), F_OK), -1);
}

const char *answer_of(const struct process_options *options, int code)
{
    static struct process asked;

    ck_assert_msg(process_run(&asked, options) == code, "exit code %d instead of %d: %s%s",
                  asked.exit_code, code, asked.output.text, asked.errors.text);
    return code == 0 ? asked.output.text : asked.errors.text;
}

int connect_to_pod(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_ge(fd, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path());
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

int ask(const char *request)
{
    int fd = connect_to_pod();

    /* Who is turned away may be so before this; why, can be read. */
    if (send(fd, request, strlen(request), MSG_NOSIGNAL) < 0)
        ck_assert_int_eq(errno, EPIPE);
    return fd;
}

void ask_with_files(int fd, const char *request, int file)
{
    const int files[] = {file, file, file};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof files)];
    } control = {.header = {.cmsg_level = SOL_SOCKET,
                            .cmsg_type = SCM_RIGHTS,
                            .cmsg_len = CMSG_LEN(sizeof files)}};
    struct iovec part = {.iov_base = (char *)(uintptr_t)request, .iov_len = strlen(request)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.space,
                             .msg_controllen = sizeof control.space};

    memcpy(CMSG_DATA(&control.header), files, sizeof files);
    ck_assert_int_eq(sendmsg(fd, &message, MSG_NOSIGNAL), (ssize_t)strlen(request));
}

const char *rest_of(int fd)
{
    static char text[64 * 1024];
    size_t length = 0;
    ssize_t count;

    while ((count = read(fd, text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)count;
    text[length] = '\0';
    close(fd);
    return text;
}

int files_of(pid_t pid)
{
    char path[64];
    DIR *directory;
    int count = 0;

    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    directory = opendir(path);
    ck_assert_ptr_nonnull(directory);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count - 2;
}
