/*
 * process_info.c - details of processes that nsctl ns shows besides their namespaces
 * A process may be the first one in eight namespaces, but its files are read once.
 */
#include "inspect/process_info.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "linux/proc.h"
#include "util/file.h"
#include "util/utf8.h"

int process_infos_open(struct process_infos *infos, const struct ns_scan *scan)
{
    infos->scan = scan;
    /* calloc takes fresh pages from the kernel, which cost nothing until an info is read. */
    infos->infos = calloc(scan->process_count + 1, sizeof infos->infos[0]);
    return infos->infos != NULL ? 0 : -ENOMEM;
}

void process_infos_free(struct process_infos *infos)
{
    for (size_t i = 0; i < infos->scan->process_count; i++)
        free(infos->infos[i].command);
    free(infos->infos);
}

static void read_status(struct process_info *info, pid_t pid)
{
    info->pid_count = identity_read_ids(pid, info->pids, &info->uid);
    info->status_error = info->pid_count < 0 ? -info->pid_count : 0;
}

/*
 * Each word ends with a NUL. A program that has overwritten its words may leave many NULs at the
 * end. Returns the length.
 */
static size_t join_words(char *command, size_t length)
{
    while (length > 0 && command[length - 1] == '\0')
        length--;
    for (size_t i = 0; i < length; i++)
        if (command[i] == '\0')
            command[i] = ' ';
    return length;
}

/* The cmdline of a kernel thread is empty. */
static void read_command(struct process_info *info, pid_t pid)
{
    struct proc_path path;
    size_t length;
    int result = file_read(proc_path_of(&path, pid, "cmdline"), &info->command, &length);

    if (result == 0 && join_words(info->command, length) == 0) {
        char name[PROC_COMM_SIZE];

        free(info->command);
        proc_read_comm(pid, name, sizeof name);
        info->command = strdup(name);
        result = info->command != NULL ? 0 : -ENOMEM;
    }
    info->command_error = -result;
}

const struct process_info *process_info_of(struct process_infos *infos,
                                           const struct ns_process *process)
{
    static const struct process_info none = {.uid = -1};
    struct process_info *info;

    if (process == NULL)
        return &none;
    info = &infos->infos[process - infos->scan->processes];
    if (!info->is_read) {
        read_status(info, process->pid);
        read_command(info, process->pid);
        info->is_read = true;
    }
    return info;
}

void process_info_make_printable(char *text)
{
    while (*text != '\0') {
        size_t length = utf8_sequence(text);
        size_t step = length > 0 ? length : 1;

        if (utf8_visible(text) == 0)
            memset(text, length == 0 ? '?' : ' ', step);
        text += step;
    }
}
