/*
 * set_supervision.c - options for restarting and watching a service, and for its output
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "options/arena_private.h"
#include "options/set_supervision_private.h"
#include "options/setter_private.h"
#include "options/values_private.h"
#include "util/json.h"
#include "util/keywords.h"
#include "util/parse.h"

static int set_restart(struct service *service, const char *value, struct error *error)
{
    return restart_parse(&service->supervision.restart, value, error);
}

static int set_restart_delay(struct service *service, const char *value, struct error *error)
{
    return restart_delay_parse(&service->supervision.restart, value, error);
}

static int set_ready_fd(struct service *service, const char *value, struct error *error)
{
    return set_descriptor(&service->supervision.ready_fd, value, error);
}

int set_health_command(struct service *service, const char *value, struct error *error)
{
    struct health_check *health = &service->supervision.health;

    free(health->words);
    health->words = NULL;
    health->command = value[0] != '\0' ? value : NULL;
    if (value[0] != '[')
        return 0;
    /* Text that is not a JSON array is a command for the shell: "[ -e FILE ]". */
    health->words = json_read_words(value);
    if (health->words == NULL && errno == ENOMEM)
        return error_reason(error, ERROR_FAILED, "%m");
    return 0;
}

static int set_health_retries(struct service *service, const char *value, struct error *error)
{
    int retries;

    if (set_number(&retries, value, 1, INT_MAX, "number", "use 1 or more", error) < 0)
        return -1;
    service->supervision.health.retries = (unsigned int)retries;
    return 0;
}

static int set_log_prefix(struct service *service, const char *value, struct error *error)
{
    static const enum log_prefix prefixes[] = {LOG_PREFIX_NONE, LOG_PREFIX_NAME, LOG_PREFIX_TIME};
    static const char *const words[] = {"no", "name", "time"};
    static const struct keywords names = {KEYWORDS_IN(words), .kind = "prefix"};
    bool flag = true;
    int row;

    if (value == NULL || parse_flag(value, &flag) == 0) {
        service->supervision.log_prefix = flag ? LOG_PREFIX_NAME : LOG_PREFIX_NONE;
        return 0;
    }
    row = keywords_find(&names, value, error);
    if (row < 0)
        return -1;
    service->supervision.log_prefix = prefixes[row];
    return 0;
}

static int set_log_format(struct invocation *invocation, const char *value, struct error *error)
{
    static const struct keywords names = {KEYWORDS_IN(log_format_names), .kind = "log format"};
    int row = keywords_find(&names, value, error);

    if (row < 0)
        return -1;
    invocation->pod.log_format = (enum log_format)row;
    return 0;
}

static const struct option rows[] = {
    {
        .name = "restart",
        .argument = "POLICY",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_SERVICE,
        .default_value = "no",
        .help = "Restart the program: no, on-failure[:MAX], always",
        .set = SET_SERVICE(set_restart),
    },
    {
        .name = "restart-delay",
        .argument = "FIRST[..CAP]",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_SERVICE,
        .default_value = "100ms..1m",
        .help = "Wait before a restart, twice as long each time, up to CAP",
        .set = SET_SERVICE(set_restart_delay),
    },
    {
        .name = "notify",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_SERVICE,
        .help = "Wait until the program reports readiness by sd_notify(3)",
        .set = SET_FLAG(service, supervision.notify),
    },
    {
        .name = "ready-fd",
        .argument = "N",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_SERVICE,
        .help = "Wait until the program writes a newline to its descriptor N",
        .set = SET_SERVICE(set_ready_fd),
    },
    {
        .name = "ready-timeout",
        .argument = "TIME",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_SERVICE,
        .help = "Fail the program if it is not ready within TIME",
        .set = SET_DURATION(service, supervision.ready_timeout_ms, set_duration),
    },
    {
        .name = "setup-timeout",
        .argument = "TIME",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_POD | IN_SERVICE,
        .default_value = "30s",
        .help = "Fail a start that does not execute the program within TIME; 0 waits forever",
        .set = SET_DURATION(service, supervision.setup_timeout_ms, set_duration),
    },
    {
        .name = "hook-timeout",
        .argument = "TIME",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_POD | IN_SERVICE,
        .default_value = "30s",
        .help = "Kill the command of --hook-created after TIME; 0 waits forever",
        .set = SET_DURATION(service, supervision.hook_timeout_ms, set_duration),
    },
    {
        .name = "watchdog",
        .argument = "TIME",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_SERVICE,
        .help = "Fail the program if it sends no WATCHDOG=1 within TIME",
        .set = SET_DURATION(service, supervision.watchdog_ms, set_duration),
    },
    {
        .name = "health-cmd",
        .argument = "COMMAND",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_SERVICE,
        .help = "Check the program's health by COMMAND, run by sh in its namespaces",
        .set = SET_SERVICE(set_health_command),
    },
    {
        .name = "health-interval",
        .argument = "TIME",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_SERVICE,
        .default_value = "30s",
        .help = "Wait TIME between health checks",
        .set = SET_DURATION(service, supervision.health.interval_ms, set_positive_duration),
    },
    {
        .name = "health-timeout",
        .argument = "TIME",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_SERVICE,
        .default_value = "30s",
        .help = "Kill a health check after TIME and count it as failed",
        .set = SET_DURATION(service, supervision.health.timeout_ms, set_positive_duration),
    },
    {
        .name = "health-retries",
        .argument = "N",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_SERVICE,
        .default_value = "3",
        .help = "Declare the program unhealthy after N consecutive failures",
        .set = SET_SERVICE(set_health_retries),
    },
    {
        .name = "health-start-period",
        .argument = "TIME",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_SERVICE,
        .default_value = "0s",
        .help = "Ignore failed health checks for TIME after the start",
        .set = SET_DURATION(service, supervision.health.start_period_ms, set_duration),
    },
    {
        .name = "log-prefix",
        .argument = "name|time",
        .argument_is_optional = true,
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_SERVICE,
        .help = "Print the program's name, or the time and the name, before each output line",
        .set = SET_SERVICE(set_log_prefix),
    },
    {
        .name = "log-format",
        .argument = "plain|time|json",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_POD,
        .default_value = "plain",
        .help = "Write log lines and the output of services plain, with the time, or as JSON",
        .set = SET_INVOCATION(set_log_format),
    },
};

const struct option_group supervision_options = OPTION_GROUP("Supervision", rows);
