/*
 * notify_verbs.c - the probe's verbs that send to NOTIFY_SOCKET: sd_notify(3) by hand, well and
 * badly In a text %HH is the byte of that number, which may be one that no argument can have.
 */
#include "system/programs/notify_verbs.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FILES_MAX = 200, TEXT_MAX = 10000 };

static void fail(const char *what)
{
    fprintf(stderr, "probe: %s: ", what);
    perror(NULL);
    exit(96);
}

static int connected(void)
{
    const char *name = getenv("NOTIFY_SOCKET");
    struct sockaddr_un peer = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t length;

    if (name == NULL || strlen(name) >= sizeof peer.sun_path) {
        fprintf(stderr, "probe: no NOTIFY_SOCKET\n");
        exit(97);
    }
    memcpy(peer.sun_path, name, strlen(name));
    if (name[0] == '@')
        peer.sun_path[0] = '\0';
    length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
    if (fd < 0 || connect(fd, (struct sockaddr *)&peer, length) < 0)
        fail(name);
    return fd;
}

static size_t decode(const char *text, char *bytes)
{
    size_t length = 0;

    while (*text != '\0' && length < TEXT_MAX) {
        char digits[3] = "";

        if (text[0] != '%') {
            bytes[length++] = *text++;
            continue;
        }
        digits[0] = text[1];
        digits[1] = text[2];
        bytes[length++] = (char)strtol(digits, NULL, 16);
        text += 3;
    }
    return length;
}

/* Send a text, with `count` copies of the file `file`. */
static void send_text(int fd, const char *text, int file, size_t count)
{
    char bytes[TEXT_MAX];
    struct iovec data = {.iov_base = bytes, .iov_len = decode(text, bytes)};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(FILES_MAX * sizeof(int))] = {0};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
    struct cmsghdr *part;

    if (count > 0) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        part = CMSG_FIRSTHDR(&message);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(count * sizeof(int));
        for (size_t i = 0; i < count; i++)
            memcpy(CMSG_DATA(part) + i * sizeof file, &file, sizeof file);
    }
    if (sendmsg(fd, &message, MSG_NOSIGNAL) < 0)
        fail("sendmsg");
}

/* Send the text with the files, and wait until nobody holds one of them any more. */
static void send_and_wait(int fd, const char *text, size_t count)
{
    struct pollfd end = {0};
    int ends[2];

    if (pipe(ends) < 0)
        fail("pipe");
    send_text(fd, text, ends[1], count);
    close(ends[1]);
    end.fd = ends[0];
    if (poll(&end, 1, -1) != 1 || (end.revents & POLLHUP) == 0)
        fail("poll");
    close(ends[0]);
}

/* send TEXT...: a message each. say TEXT...: and wait until they are dealt with. */
static int send_all(char **texts, bool waits)
{
    int fd = connected();

    for (; *texts != NULL; texts++)
        send_text(fd, *texts, -1, 0);
    if (waits)
        send_and_wait(fd, "BARRIER=1", 1);
    return 0;
}

/* files N TEXT: a message with N files; tells when all are closed. */
static int send_files(const char *count, const char *text)
{
    send_and_wait(connected(), text, (size_t)atoi(count));
    printf("all files closed\n");
    return 0;
}

/* A TCP socket that has more to send than is read; whoever closes it last waits for an hour. */
static int lingering_socket(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct linger hour = {.l_onoff = 1, .l_linger = 3600};
    socklen_t length = sizeof address;
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    static const char bytes[65536];

    if (bind(listening, (struct sockaddr *)&address, length) < 0 || listen(listening, 1) < 0 ||
        getsockname(listening, (struct sockaddr *)&address, &length) < 0 ||
        connect(fd, (struct sockaddr *)&address, length) < 0)
        fail("127.0.0.1");
    if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &hour, sizeof hour) < 0 ||
        fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
        fail("SO_LINGER");
    while (write(fd, bytes, sizeof bytes) > 0)
        ;
    return fd;
}

/* linger PID TEXT: send such a socket and close it, let the stopped process go on, say the text. */
static int leave_lingering(const char *stopped, char **texts)
{
    int fd = connected();
    int lingering = lingering_socket();

    send_text(fd, "BARRIER=1", lingering, 1);
    close(lingering);
    if (kill((pid_t)atoi(stopped), SIGCONT) < 0)
        fail(stopped);
    return send_all(texts, true);
}

/* long N: a message of N bytes. */
static int send_long(const char *size)
{
    char text[TEXT_MAX + 1] = "";

    memset(text, 'x', (size_t)atoi(size));
    memcpy(text, "STATUS=", strlen("STATUS="));
    return send_all((char *[]){text, NULL}, true);
}

/* flood N: N numbered messages as fast as possible; without end when N is 0. */
static int flood(const char *count)
{
    int fd = connected();
    int most = atoi(count);
    char text[40];

    for (int i = 1; most == 0 || i <= most; i++) {
        snprintf(text, sizeof text, "STATUS=number %d.", i);
        send_text(fd, text, -1, 0);
    }
    return send_all((char *[]){NULL}, true);
}

int notify_verb(char **words)
{
    const char *verb = words[0];

    if (strcmp(verb, "send") == 0)
        return send_all(words + 1, false);
    if (strcmp(verb, "say") == 0)
        return send_all(words + 1, true);
    if (words[1] == NULL)
        return -1;
    if (strcmp(verb, "linger") == 0)
        return leave_lingering(words[1], words + 2);
    if (strcmp(verb, "files") == 0 && words[2] != NULL)
        return send_files(words[1], words[2]);
    if (strcmp(verb, "long") == 0)
        return send_long(words[1]);
    if (strcmp(verb, "flood") == 0)
        return flood(words[1]);
    return -1;
}
