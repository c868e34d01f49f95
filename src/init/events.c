/*
 * events.c - what happens, as it is told to those who follow it and to the file of --report
 */
#include "control/server.h"
#include "init/init_private.h"
#include "report/event_json.h"
#include "report/report_file.h"

void events_tell(struct init *init, const struct event *occurrence)
{
    static char buffer[EVENT_SIZE];
    struct strbuf event = strbuf_in(buffer, sizeof buffer);
    bool has_followers = init->server != NULL && server_has_followers(init->server);

    if (!has_followers && init->journal == NULL)
        return;
    event_json_add(&event, occurrence);
    if (has_followers)
        server_on_event(init->server, &event);
    if (init->journal != NULL)
        report_file_add(init->journal, &event);
}
