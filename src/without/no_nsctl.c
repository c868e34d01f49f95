/*
 * no_nsctl.c - stubs for nsctl and its server in a build without nsctl
 */
#include "nsctl/nsctl.h"

#include <errno.h>
#include <stddef.h>

#include "control/server.h"
#include "options/setter_private.h"

char **nsctl_words(char **arguments)
{
    return NULL;
}

int nsctl_main(char **words)
{
    return 0;
}

struct server *server_open(const char *path, struct supervisor *supervisor, struct error *error)
{
    errno = ENOSYS;
    error_failed(error, "--control");
    return NULL;
}

bool server_has_followers(const struct server *server)
{
    return false;
}

void server_on_event(struct server *server, const struct strbuf *event)
{
}

void server_on_change(struct server *server, const struct supervised *supervised)
{
}

void server_close(struct server *server)
{
}

/* ---- options --------------------------------------------------------------------------------- */

static const char *const control_names[] = {"control", "control-access", NULL};

const struct option_group control_options = LEFT_OUT("NSCTL", control_names);
