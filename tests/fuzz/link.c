/*
 * link.c - fuzzing of what a process inside sends over the link: its bytes and its descriptors
 * The first byte says how many descriptors come along, and whether any is asked for.
 */
#include "fuzz/fuzz.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "spawn/link.h"

enum { FILES_MOST = 7 };

/* The lowest free descriptor: higher than before when one has been kept. */
static int next_descriptor(void)
{
    int fd = dup(0);

    fuzz_check(fd >= 0 && close(fd) == 0);
    return fd;
}

static void send_raw(int fd, const uint8_t *data, size_t size, size_t files)
{
    union {
        struct cmsghdr part;
        char bytes[CMSG_SPACE(FILES_MOST * sizeof(int))];
    } control = {.bytes = {0}};
    struct iovec part = {.iov_base = (void *)(uintptr_t)data, .iov_len = size};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};

    if (files > 0) {
        header.msg_control = &control;
        header.msg_controllen = CMSG_SPACE(files * sizeof(int));
        control.part.cmsg_level = SOL_SOCKET;
        control.part.cmsg_type = SCM_RIGHTS;
        control.part.cmsg_len = CMSG_LEN(files * sizeof(int));
        /* All of them are stdin, 0. */
    }
    fuzz_check(sendmsg(fd, &header, MSG_NOSIGNAL) >= 0);
}

static bool is_terminated(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL;
}

static void check_message(const struct link_message *message)
{
    const struct error *error = &message->error;

    fuzz_check((unsigned int)message->kind <= LINK_FAILED);
    fuzz_check((unsigned int)error->kind < ERROR_KIND_COUNT);
    fuzz_check(is_terminated(error->subject, sizeof error->subject));
    fuzz_check(is_terminated(error->reason, sizeof error->reason));
    fuzz_check(is_terminated(error->hint, sizeof error->hint));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t choice = size > 0 ? data[0] : 0;
    struct link_message *message = malloc(sizeof *message);
    pid_t sender = 0;
    int file = -1;
    int before = next_descriptor();
    int ends[2];

    fuzz_check(message != NULL && link_open(ends, (choice & 0x40) != 0) == 0);
    send_raw(ends[1], data + (size > 0), size - (size > 0), choice % (FILES_MOST + 1));
    if (link_receive(ends[0], message, &sender, (choice & 0x80) != 0 ? &file : NULL, 0) == 1)
        check_message(message);
    else
        fuzz_check(file < 0);
    if (file >= 0)
        fuzz_check(close(file) == 0);
    close(ends[0]);
    close(ends[1]);
    fuzz_check(next_descriptor() == before);
    free(message);
    return 0;
}
