/*
 * events.c - what happens, as it is told to those who follow it and to the file of --report
 */
#include "control/server.h"
#include "init/init_private.h"
#include "report/event_json.h"
#include "report/report_file.h"

void events_tell(struct init *init, const struct event *event)
{
    static char buffer[EVENT_SIZE];
    struct strbuf json = strbuf_in(buffer, sizeof buffer);
    bool has_followers = init->server != NULL && server_has_followers(init->server);

    if (!has_followers && init->report_file == NULL)
        return;
    event_json_add(&json, event);
    if (has_followers)
        server_on_event(init->server, &json);
    if (init->report_file != NULL)
        report_file_add(init->report_file, &json);
}
