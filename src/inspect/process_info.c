/*
 * process_info.c - what nsctl ns tells of processes besides their namespaces
 * One process is the first of up to eight namespaces: its files are read once.
 */
#include "inspect/process_info.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "linux/process_file.h"
#include "util/file.h"
#include "util/strbuf.h"
#include "util/utf8.h"

int process_infos_open(struct process_infos *infos, const struct ns_scan *scan)
{
    infos->scan = scan;
    /* One that is never asked for is never touched. */
    infos->all = calloc(scan->inhabitant_count + 1, sizeof infos->all[0]);
    return infos->all != NULL ? 0 : -ENOMEM;
}

void process_infos_free(struct process_infos *infos)
{
    for (size_t i = 0; i < infos->scan->inhabitant_count; i++)
        free(infos->all[i].command);
    free(infos->all);
}

static void read_status(struct process_info *info, pid_t pid)
{
    int count = identity_read_numbers(pid, info->pids, &info->uid);

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

void process_info_name(pid_t pid, char name[COMM_SIZE])
{
    size_t length = 0;

    if (process_file_read(pid, "comm", name, COMM_SIZE) == 0)
        length = strlen(name);
    /* The newline at its end: there may be others in it. */
    if (length > 0 && name[length - 1] == '\n')
        length--;
    name[length] = '\0';
}

/* A kernel thread has none, but a name. */
static void read_command(struct process_info *info, pid_t pid)
{
    static char path[32];
    size_t length;
    int result;

    strbuf_set(path, sizeof path, "/proc/%d/cmdline", pid);
    result = file_read(path, &info->command, &length);
    if (result == 0 && join_words(info->command, length) == 0) {
        static char name[COMM_SIZE];

        free(info->command);
        process_info_name(pid, name);
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
