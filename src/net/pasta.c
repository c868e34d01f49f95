/*
 * pasta.c - pasta(1) connects a network namespace without rights outside
 * pasta runs in the foreground, as a child. It has the namespaces as its standard input and output,
 * and writes its PID to its standard error when the network is there.
 */
#include "net/pasta.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "linux/clone_process.h"
#include "linux/signal_set.h"
#include "linux/wait.h"
#include "net/publish_private.h"
#include "util/path_search.h"
#include "util/strbuf.h"

/* With the NULL at the end. */
enum { PORTS_SIZE = 64, OTHER_ARGUMENTS = 9 };

/*
 * The loopbacks of the two sides stay apart: no port of the namespace leads outside (-T, -U), and
 * the gateway's address does not stand for the machine's loopback (--no-map-gw).
 */
static const char *const fixed_arguments[] = {
    "pasta",
    "--quiet",
    "--foreground",
    "--stderr",
    "--config-net",
    "-T",
    "none",
    "-U",
    "none",
    "--no-map-gw",
    "--pid",
    "/proc/self/fd/2",
    "--no-netns-quit",
    "--netns",
    "/proc/self/fd/0",
};

enum { FIXED = sizeof fixed_arguments / sizeof fixed_arguments[0] };

struct command {
    char (*ports)[PORTS_SIZE];
    const char **arguments;
    size_t count;
};

static void add(struct command *command, const char *option, const char *value)
{
    command->arguments[command->count++] = option;
    command->arguments[command->count++] = value;
}

static void add_ports(struct command *command, const struct namespaces *plan)
{
    bool has_protocol[2] = {false, false};

    for (size_t i = 0; i < plan->published_count; i++) {
        const struct published *published = &plan->published[i];

        strbuf_set(command->ports[i], PORTS_SIZE, "%s%s%u:%u", published->ip,
                   published->ip[0] != '\0' ? "/" : "", published->host_port,
                   published->service_port);
        add(command, published->is_udp ? "-u" : "-t", command->ports[i]);
        has_protocol[published->is_udp] = true;
    }
    /* The default is all ports on which a program of the namespace listens. */
    if (!has_protocol[0])
        add(command, "-t", "none");
    if (!has_protocol[1])
        add(command, "-u", "none");
}

/* Build the command line. False if there is no memory. */
static bool build(struct command *command, const struct namespaces *plan, bool in_other_user_ns)
{
    *command = (struct command){
        .arguments = calloc(FIXED + OTHER_ARGUMENTS + 2 * plan->published_count, sizeof(char *)),
        .ports = calloc(plan->published_count + 1, PORTS_SIZE),
    };
    if (command->arguments == NULL || command->ports == NULL)
        return false;
    memcpy(command->arguments, fixed_arguments, sizeof fixed_arguments);
    command->count = FIXED;
    add_ports(command, plan);
    /* As root, pasta would become nobody, which may not join the namespace. */
    if (geteuid() == 0)
        add(command, "--runas", "0:0");
    /* A program that is executed inside could be traced by root there, and is in both networks. */
    if (in_other_user_ns)
        add(command, "--userns", "/proc/self/fd/1");
    else
        command->arguments[command->count++] = "--netns-only";
    return true;
}

/* In the new process. Whatever goes wrong is the last message of the output. */
static _Noreturn void execute(const struct command *command, const struct nsfds *ns_fds, int output)
{
    const struct sigaction by_default = {.sa_handler = SIG_DFL};
    const struct signal_set none = {0};
    char buffer[120];
    struct strbuf message = strbuf_in(buffer, sizeof buffer);
    struct path_search search = path_search(command->arguments[0], environ);
    char path[PATH_MAX];

    (void)setpgid(0, 0);
    /* pasta takes an ignored SIGPIPE for an error. */
    (void)sigaction(SIGPIPE, &by_default, NULL);
    signal_mask(SIG_SETMASK, &none, NULL);
    (void)dup2(ns_fds->fds[NAMESPACE_NET], STDIN_FILENO);
    /* A kernel without user namespaces has none. */
    (void)dup2(output, STDOUT_FILENO);
    (void)dup2(ns_fds->fds[NAMESPACE_USER], STDOUT_FILENO);
    (void)dup2(output, STDERR_FILENO);
    while (path_search_next(&search, path))
        (void)execve(path, (char *const *)(uintptr_t)command->arguments, environ);
    strbuf_format(&message, "exec: %m\n");
    (void)strbuf_write(&message, STDERR_FILENO);
    _exit(127);
}

static int start(struct pasta *pasta, const struct command *command, const struct nsfds *ns_fds,
                 struct error *error)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return error_reason(error, ERROR_FAILED, "create a pipe: %m");
    pasta->pid = process_fork();
    if (pasta->pid == 0)
        execute(command, ns_fds, ends[1]);
    close(ends[1]);
    pasta->output_fd = ends[0];
    if (pasta->pid > 0 && guard_start(&pasta->guard, pasta->pid, error) == 0)
        return 0;
    if (pasta->pid < 0)
        error_reason(error, ERROR_FAILED, "fork: %m");
    close(ends[0]);
    return -1;
}

/* A port in use would be one of pasta's many messages: the error names the option. */
static int check_ports(const struct namespaces *plan, struct error *error)
{
    for (size_t i = 0; i < plan->published_count; i++) {
        int fd = publish_bind(&plan->published[i], false, error);

        if (fd < 0)
            return -1;
        close(fd);
    }
    return 0;
}

int pasta_start(struct pasta *pasta, const struct namespaces *plan, const struct nsfds *ns_fds,
                bool in_other_user_ns, struct error *error)
{
    struct command command;
    int result;

    if (check_ports(plan, error) < 0)
        return -1;
    error_subject(error, "--network pasta");
    if (build(&command, plan, in_other_user_ns))
        result = start(pasta, &command, ns_fds, error);
    else
        result = error_reason(error, ERROR_FAILED, "%m");
    free(command.arguments);
    free(command.ports);
    return result;
}

/* ---- messages -------------------------------------------------------------------------------- */

/* Read a line, cut to the buffer. False at the end. */
static bool read_line(int fd, char *line, size_t size)
{
    size_t length = 0;
    char byte;

    while (read(fd, &byte, 1) == 1) {
        if (byte == '\n') {
            line[length] = '\0';
            return true;
        }
        if (length < size - 1)
            line[length++] = byte;
    }
    return false;
}

int pasta_await(const struct pasta *pasta, struct error *error)
{
    char last[160] = "it has ended";
    char line[sizeof last];

    while (read_line(pasta->output_fd, line, sizeof line)) {
        if (line[0] != '\0' && line[strspn(line, "0123456789")] == '\0')
            return 0;
        if (line[0] != '\0')
            memcpy(last, line, sizeof last);
    }
    error_subject(error, "--network pasta");
    if (strncmp(last, "exec:", 5) == 0)
        error_hint(error, "install pasta, or add its directory to PATH: apt-get install passt");
    else
        error_hint(error, "check for a default route and the device: ip route; ls -l /dev/net/tun");
    return error_reason(error, ERROR_FAILED, "pasta: %s", last);
}

void pasta_stop(struct pasta *pasta)
{
    if (pasta->pid <= 0)
        return;
    wait_kill_child(pasta->pid);
    pasta->pid = 0;
    guard_stop(&pasta->guard);
}
