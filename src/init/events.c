/*
 * events.c - publish events to the file of --report and to the clients of nsctl events
 */
#include "control/server.h"
#include "init/init_private.h"
#include "report/event_json.h"
#include "report/report_file.h"

static void publish(struct init *init, const struct event *event, bool has_followers)
{
    char buffer[EVENT_SIZE];
    struct strbuf json = strbuf_in(buffer, sizeof buffer);

    event_json_add(&json, event, &init->own_namespaces);
    if (has_followers)
        server_on_event(init->server, &json);
    if (init->report_file != NULL)
        report_file_add(init->report_file, &json);
}

void events_publish(struct init *init, const struct event *event)
{
    bool has_followers = init->server != NULL && server_has_followers(init->server);

    if (has_followers || init->report_file != NULL)
        publish(init, event, has_followers);
}
