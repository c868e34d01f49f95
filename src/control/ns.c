/*
 * ns.c - nsctl ns: all namespaces, or those of processes and services
 * It asks /proc, and nsinit only where a service is named.
 */
#include "control/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/table.h"
#include "report/census.h"
#include "util/json.h"
#include "util/log.h"
#include "util/parse.h"

enum { COMMAND_SIZE = 256, COMMAND_SHOWN = 60 };

static const char *const titles[] = {"NS", "TYPE", "PROCESSES", "PID", "UID", "COMMAND"};

enum { COLUMN_COUNT = sizeof titles / sizeof titles[0] };

/* The pid of a service, by its row of the status; -1 with `failure` filled in. */
static pid_t pid_of_service(const struct call *call, const char *name, struct failure *failure)
{
    static struct client client;
    const char *field;
    unsigned long pid = 0;

    if (client_open(&client, call->path, failure) < 0)
        return -1;
    client_add(&client, "status");
    client_add(&client, name);
    if (client_send(&client, NULL, failure) < 0 || client_next(&client, failure) != ANSWER_DATA) {
        client_close(&client);
        return -1;
    }
    /* service NAME STATE PID ... */
    (void)strsep(&client.line, "\t");
    (void)strsep(&client.line, "\t");
    (void)strsep(&client.line, "\t");
    field = client.line != NULL ? strsep(&client.line, "\t") : NULL;
    client_close(&client);
    if (field != NULL && parse_number(field, INT_MAX, &pid) == 0 && pid > 0)
        return (pid_t)pid;
    error_subject(&failure->error, "%s", name);
    failure->exit_code = 1;
    return error_reason(&failure->error, ERROR_FAILED, "does not run");
}

/* The processes that the words name, owned by the caller. 0, or -1 with `failure` filled in. */
static int find_wanted(const struct call *call, pid_t **wanted, size_t *count,
                       struct failure *failure)
{
    while (call->words[*count] != NULL)
        ++*count;
    *wanted = calloc(*count + 1, sizeof **wanted);
    if (*wanted == NULL)
        return error_failed(&failure->error, "ns");
    for (size_t i = 0; i < *count; i++) {
        unsigned long pid = 0;

        if (parse_number(call->words[i], INT_MAX, &pid) < 0) {
            pid_t found = pid_of_service(call, call->words[i], failure);

            if (found < 0)
                return -1;
            pid = (unsigned long)found;
        } else if (census_id_of((pid_t)pid, NAMESPACE_PID) == 0) {
            failure->exit_code = 1;
            return error_failed(&failure->error, "process %lu", pid);
        }
        (*wanted)[i] = (pid_t)pid;
    }
    return 0;
}

/* The beginning of a file of the process; how much. */
static size_t read_beginning(pid_t pid, const char *name, char text[COMMAND_SIZE])
{
    char path[32];
    struct text path_text = text_in(path, sizeof path);
    ssize_t length;
    int fd;

    text_format(&path_text, "/proc/%d/%s", pid, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    length = fd >= 0 ? read(fd, text, COMMAND_SIZE - 1) : 0;
    if (fd >= 0)
        close(fd);
    text[length > 0 ? length : 0] = '\0';
    return length > 0 ? (size_t)length : 0;
}

/* The words of its command; of a kernel thread its name; empty when it has ended. */
static void read_command(pid_t pid, char command[COMMAND_SIZE])
{
    size_t length = read_beginning(pid, "cmdline", command);

    if (length == 0) {
        length = read_beginning(pid, "comm", command);
        command[strcspn(command, "\n")] = '\0';
    }
    for (size_t i = 0; i + 1 < length; i++)
        if ((unsigned char)command[i] < ' ')
            command[i] = ' ';
}

/* -1 when it has ended. */
static int64_t uid_of(pid_t pid)
{
    char path[32];
    struct text text = text_in(path, sizeof path);
    struct stat status;

    text_format(&text, "/proc/%d", pid);
    return stat(path, &status) < 0 ? -1 : (int64_t)status.st_uid;
}

static int add_number(struct table *table, int64_t number)
{
    char buffer[24];
    struct text text = text_in(buffer, sizeof buffer);

    text_format(&text, "%lld", (long long)number);
    return table_add(table, buffer);
}

static int add_row(struct table *table, const struct residence *residence)
{
    char command[COMMAND_SIZE];

    read_command(residence->pid, command);
    /* All of it is in --json. */
    command[COMMAND_SHOWN] = '\0';
    return add_number(table, (int64_t)residence->id) < 0 ||
                   table_add(table, namespace_kinds[residence->type].name) < 0 ||
                   add_number(table, residence->count) < 0 ||
                   add_number(table, residence->pid) < 0 ||
                   add_number(table, uid_of(residence->pid)) < 0 || table_add(table, command) < 0
               ? -ENOMEM
               : 0;
}

static int print_table(const struct census *census)
{
    const struct table_style style = {.line_end = "\n"};
    struct table table = {.columns = COLUMN_COUNT};
    int result = 0;

    for (size_t i = 0; i < COLUMN_COUNT && result == 0; i++)
        result = table_add(&table, titles[i]);
    for (size_t i = 0; i < census->count && result == 0; i++)
        if (census->residences[i].is_wanted)
            result = add_row(&table, &census->residences[i]);
    if (result == 0)
        result = table_write(&table, STDOUT_FILENO, &style);
    table_free(&table);
    return result;
}

static int print_object(const struct residence *residence)
{
    char buffer[8 * COMMAND_SIZE];
    struct text text = text_in(buffer, sizeof buffer);
    char command[COMMAND_SIZE];

    read_command(residence->pid, command);
    text_format(&text, "{\"id\":%llu,\"type\":\"%s\",\"processes\":%u,\"pid\":%d,\"uid\":%lld",
                (unsigned long long)residence->id, namespace_kinds[residence->type].name,
                residence->count, residence->pid, (long long)uid_of(residence->pid));
    text_add(&text, ",\"command\":");
    json_add_string(&text, command);
    text_add(&text, "}\n");
    return text_write(&text, STDOUT_FILENO);
}

static int print_objects(const struct census *census)
{
    int result = 0;

    for (size_t i = 0; i < census->count && result == 0; i++)
        if (census->residences[i].is_wanted)
            result = print_object(&census->residences[i]);
    return result;
}

int ns_run(const struct call *call, struct failure *failure)
{
    struct census census;
    pid_t *wanted = NULL;
    size_t count = 0;
    int result;

    if (find_wanted(call, &wanted, &count, failure) < 0) {
        free(wanted);
        return -1;
    }
    result = census_take(&census, wanted, count);
    free(wanted);
    if (result == 0) {
        result = (call->json ? print_objects : print_table)(&census);
        if (census.unreadable > 0)
            log_line(LOG_WARNING, "%zu processes may not be looked at by this user",
                     census.unreadable);
        census_free(&census);
    }
    if (result == 0)
        return 0;
    errno = -result;
    return error_failed(&failure->error, result == -ENOENT ? "/proc" : "ns");
}
