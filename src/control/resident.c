/*
 * resident.c - what nsctl ns tells of a process besides its namespaces
 */
#include "control/resident.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/file.h"
#include "util/text.h"
#include "util/utf8.h"

static void add_path(struct text *text, pid_t pid, const char *name)
{
    text_format(text, "/proc/%d/%s", pid, name);
}

void resident_name(pid_t pid, char name[COMM_SIZE])
{
    char path[32];
    struct text text = text_in(path, sizeof path);
    ssize_t length;
    int fd;

    add_path(&text, pid, "comm");
    fd = open(path, O_RDONLY | O_CLOEXEC);
    length = fd >= 0 ? read(fd, name, COMM_SIZE - 1) : 0;
    if (fd >= 0)
        close(fd);
    /* The newline at its end: there may be others in it. */
    name[length > 0 ? length - (name[length - 1] == '\n') : 0] = '\0';
}

int resident_command(pid_t pid, char **command)
{
    char path[32];
    struct text text = text_in(path, sizeof path);
    char name[COMM_SIZE];
    size_t length;
    int result;

    add_path(&text, pid, "cmdline");
    result = file_read(path, command, &length);
    if (result < 0)
        return result;
    /* The last word has its end too; who has written over his words may have many. */
    while (length > 0 && (*command)[length - 1] == '\0')
        length--;
    for (size_t i = 0; i < length; i++)
        if ((*command)[i] == '\0')
            (*command)[i] = ' ';
    if (length > 0)
        return 0;
    resident_name(pid, name);
    free(*command);
    *command = strdup(name);
    return *command != NULL ? 0 : -ENOMEM;
}

/* The controls of ASCII, and those from U+0080 to U+009F. */
static bool is_control(const unsigned char *at)
{
    return at[0] < ' ' || at[0] == 0x7F || (at[0] == 0xC2 && at[1] < 0xA0);
}

void resident_make_printable(char *text)
{
    while (*text != '\0') {
        size_t length = utf8_sequence(text);
        size_t step = length > 0 ? length : 1;

        if (length == 0 || is_control((const unsigned char *)text))
            memset(text, length == 0 ? '?' : ' ', step);
        text += step;
    }
}
