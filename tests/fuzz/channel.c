/*
 * channel.c - fuzzing of the messages, bytes and descriptors, from a new process to nsinit
 * The first byte says how many descriptors come along, and how many the reader expects.
 */
#include "fuzz/fuzz.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "spawn/channel.h"

/* The byte has no room for more; the link has for 8. */
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

static void check_message(const struct channel_message *message)
{
    const struct error *error = &message->error;

    fuzz_check((unsigned int)message->kind < CHANNEL_KIND_COUNT);
    fuzz_check((unsigned int)error->kind < ERROR_KIND_COUNT);
    fuzz_check(is_terminated(error->subject, sizeof error->subject));
    fuzz_check(is_terminated(error->reason, sizeof error->reason));
    fuzz_check(is_terminated(error->hint, sizeof error->hint));
}

static void check_receive(int fd, size_t files_wanted)
{
    /* In a block of its own: the sanitizer sees a byte too far. */
    struct channel_message *message = malloc(sizeof *message);
    struct channel_attached attached;
    int result;

    fuzz_check(message != NULL);
    result = channel_receive(fd, message, &attached, files_wanted, false);
    if (result == 1) {
        check_message(message);
        fuzz_check(attached.file_count <= files_wanted && attached.file_count <= CHANNEL_FILES);
        for (size_t i = 0; i < attached.file_count; i++)
            fuzz_check((fcntl(attached.files[i], F_GETFD) & FD_CLOEXEC) != 0);
        channel_close_files(&attached);
    }
    free(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t choice = size > 0 ? data[0] : 0;
    int before = next_descriptor();
    int ends[2];

    fuzz_check(channel_open(ends, (choice & 0x40) != 0) == 0);
    send_raw(ends[1], data + (size > 0), size - (size > 0), choice % (FILES_MOST + 1));
    check_receive(ends[0], choice >> 3 & 7U);
    close(ends[0]);
    close(ends[1]);
    fuzz_check(next_descriptor() == before);
    return 0;
}
