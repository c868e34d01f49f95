/*
 * process_info.c - what nsctl ns tells of processes besides their namespaces
 * One process is the first of up to eight namespaces: its files are read once.
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
    /* One that is never asked for is never touched. */
    infos->all = calloc(scan->process_count + 1, sizeof infos->all[0]);
    return infos->all != NULL ? 0 : -ENOMEM;
}

void process_infos_free(struct process_infos *infos)
{
    for (size_t i = 0; i < infos->scan->process_count; i++)
        free(infos->all[i].command);
    free(infos->all);
}

static void read_status(struct process_info *info, pid_t pid)
{
    int count = identity_read_ids(pid, info->pids, &info->uid);

    info->pid_count = count;
    info->status_error = count < 0 ? -count : 0;
}

/* The last word has its end too; who has written over his words may have many. */
static size_t join_words(char *command, size_t length)
{
    while (length > 0 && command[length - 1] == '\0')
        length--;
    for (size_t i = 0; i < length; i++)
        if (command[i] == '\0')
            command[i] = ' ';
    return length;
}

/* A kernel thread has none, but a name. */
static void read_command(struct process_info *info, pid_t pid)
{
    struct proc_path path;
    size_t length;
    int result;

    result = file_read(proc_path_of(&path, pid, "cmdline"), &info->command, &length);
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
    static struct process_info nobody;
    struct process_info *info;

    if (process == NULL) {
        nobody.uid = -1;
        return &nobody;
    }
    info = &infos->all[process - infos->scan->processes];
    if (!info->is_known) {
        read_status(info, process->pid);
        read_command(info, process->pid);
        info->is_known = true;
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
