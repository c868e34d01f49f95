/*
 * set_control.c - options for the control socket
 */
#include <string.h>

#include "options/setter_private.h"
#include "options/values_private.h"
#include "util/keywords.h"

static int set_control(struct invocation *invocation, const char *value, struct error *error)
{
    bool is_path = value[0] == '/';

    if (!is_path && strcmp(value, "no") != 0)
        return error_invalid(error, value, "path", "use an absolute path or no");
    invocation->pod.control = is_path ? value : NULL;
    invocation->pod.control_was_asked_for = true;
    return 0;
}

static int set_control_access(struct service *service, const char *value, struct error *error)
{
    static const struct keywords names = {KEYWORDS_IN(control_access_names),
                                          .kind = "access level"};
    int row = keywords_find(&names, value, error);

    if (row < 0)
        return -1;
    service->control_access = (enum control_access)row;
    return 0;
}

static const struct option rows[] = {
    {
        .name = "control",
        .argument = "PATH",
        .valid = ON_COMMAND_LINE | IN_ENVIRONMENT | IN_POD,
        .default_value = "no; in a pod /run/nsinit.sock",
        .help = "Listen for nsctl at PATH, or nowhere (no)",
        .set = SET_INVOCATION(set_control),
    },
    {
        .name = "control-access",
        .argument = "LEVEL",
        .valid = ON_COMMAND_LINE | IN_SERVICE,
        .default_value = "auto",
        .help = "Limit the program's requests at the control socket: auto, none, status, full "
                "(see CONTROL)",
        .set = SET_SERVICE(set_control_access),
    },
};

const struct option_group control_options = OPTION_GROUP("Control", rows);
