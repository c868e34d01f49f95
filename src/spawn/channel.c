/*
 * channel.c - messages between nsinit and a process that it sets up
 */
#include "spawn/channel.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "linux/cmsg.h"
#include "util/signal_names.h"

/* Attempts to send while the kernel is out of memory (ENOBUFS, ENOMEM). */
enum { SEND_TRIES = 16 };

/* Room for all that can come with a message. */
union control {
    struct cmsghdr part;
    char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(CHANNEL_FILES * sizeof(int))];
};

int channel_open(int ends[2], bool learns_pids)
{
    const int on = 1;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    /* The kernel translates each sender's PID to the receiver's PID namespace: unix(7). */
    if (learns_pids && setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0) {
        int error_number = errno;

        close(ends[0]);
        close(ends[1]);
        return -error_number;
    }
    return 0;
}

/* ---- sending ------------------------------------------------------------------------------- */

static bool is_transient(int error_number)
{
    return error_number == ENOBUFS || error_number == ENOMEM || error_number == EINTR;
}

static int send_message(int fd, const struct msghdr *header)
{
    /* Never wait for an end that does not read. */
    for (int tries = 0; sendmsg(fd, header, MSG_NOSIGNAL | MSG_DONTWAIT) < 0; tries++) {
        if (!is_transient(errno) || tries == SEND_TRIES)
            return -errno;
        (void)sched_yield();
    }
    return 0;
}

/* Send a message with a control message of `size` bytes; 0: none. */
static int send_with(int fd, enum channel_kind kind, int value, const struct error *error, int type,
                     const void *attached, unsigned int size)
{
    struct channel_message message;
    struct iovec data = {.iov_base = &message, .iov_len = sizeof message};
    union control control;
    struct msghdr header = {.msg_iov = &data, .msg_iovlen = 1};

    /* The whole struct is sent, so its padding must not leak memory of this process. */
    memset(&message, 0, sizeof message);
    message.kind = kind;
    message.value = value;
    if (error != NULL)
        message.error = *error;
    memset(&control, 0, sizeof control);
    if (size > 0) {
        header.msg_control = &control;
        header.msg_controllen = (socklen_t)CMSG_SPACE(size);
        control.part.cmsg_level = SOL_SOCKET;
        control.part.cmsg_type = type;
        control.part.cmsg_len = (socklen_t)CMSG_LEN(size);
        memcpy(CMSG_DATA(&control.part), attached, size);
    }
    return send_message(fd, &header);
}

int channel_send(int fd, enum channel_kind kind, int value, const struct error *error)
{
    return send_with(fd, kind, value, error, 0, NULL, 0);
}

int channel_send_pid(int fd, enum channel_kind kind, pid_t pid)
{
    struct ucred process = {.pid = pid, .uid = geteuid(), .gid = getegid()};

    if (send_with(fd, kind, 0, NULL, SCM_CREDENTIALS, &process, sizeof process) == 0)
        return 0;
    return channel_send(fd, kind, 0, NULL);
}

int channel_send_files(int fd, enum channel_kind kind, int value, const int *files, size_t count)
{
    return send_with(fd, kind, value, NULL, SCM_RIGHTS, files,
                     (unsigned int)(count * sizeof files[0]));
}

/* ---- receiving ----------------------------------------------------------------------------- */

static void take_files(const struct cmsghdr *part, struct channel_attached *attached, size_t wanted)
{
    size_t size = part->cmsg_len - CMSG_LEN(0);
    int file;

    for (size_t at = 0; at + sizeof file <= size; at += sizeof file) {
        memcpy(&file, CMSG_DATA(part) + at, sizeof file);
        if (attached->file_count < wanted && attached->file_count < CHANNEL_FILES)
            attached->files[attached->file_count++] = file;
        else
            close(file);
    }
}

static void read_control(struct msghdr *header, struct channel_attached *attached, size_t wanted)
{
    struct ucred sender;

    for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part != NULL;
         part = cmsg_next(header, part)) {
        if (part->cmsg_level != SOL_SOCKET)
            continue;
        if (part->cmsg_type == SCM_RIGHTS) {
            take_files(part, attached, wanted);
        } else if (part->cmsg_type == SCM_CREDENTIALS &&
                   part->cmsg_len == CMSG_LEN(sizeof sender)) {
            memcpy(&sender, CMSG_DATA(part), sizeof sender);
            attached->sender = sender.pid;
        }
    }
}

void channel_close_files(struct channel_attached *attached)
{
    for (size_t i = 0; i < attached->file_count; i++)
        close(attached->files[i]);
    attached->file_count = 0;
}

static bool is_text(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL;
}

static bool is_valid(const struct channel_message *message)
{
    const struct error *error = &message->error;
    bool has_signal = message->kind == CHANNEL_STOPPED || message->kind == CHANNEL_KILLED ||
                      message->kind == CHANNEL_SIGNAL || message->kind == CHANNEL_STEP;

    if ((unsigned int)message->kind >= CHANNEL_KIND_COUNT ||
        (unsigned int)error->kind >= ERROR_KIND_COUNT)
        return false;
    if (has_signal && (message->value < 1 || message->value > SIGNAL_MAX))
        return false;
    return is_text(error->subject, sizeof error->subject) &&
           is_text(error->reason, sizeof error->reason) && is_text(error->hint, sizeof error->hint);
}

/* Attempts to receive while the kernel is out of memory: the message stays in the socket. */
enum { RECEIVE_TRIES = 3 };

static bool lacks_memory(int error_number)
{
    return error_number == ENOMEM || error_number == ENOBUFS;
}

int channel_receive(int fd, struct channel_message *message, struct channel_attached *attached,
                    size_t files_wanted, bool wait)
{
    struct iovec data = {.iov_base = message, .iov_len = sizeof *message};
    union control control;
    struct msghdr header = {.msg_iov = &data,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = sizeof control.bytes};
    int tries = RECEIVE_TRIES;
    ssize_t size;

    *attached = (struct channel_attached){0};
    /*
     * An end that is closed with unread messages resets the connection: ECONNRESET comes once, and
     * before that end's last messages. EINTR cannot come, as all signals are blocked.
     */
    do
        size = recvmsg(fd, &header, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
    while (size < 0 && (errno == ECONNRESET || (lacks_memory(errno) && --tries > 0)));
    if (size < 0)
        return -errno;
    read_control(&header, attached, files_wanted);
    if (size == (ssize_t)sizeof *message && (header.msg_flags & MSG_TRUNC) == 0 &&
        is_valid(message))
        return 1;
    channel_close_files(attached);
    return size == 0 ? 0 : -EBADMSG;
}
