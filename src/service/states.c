/*
 * states.c - the life of a service as one table
 */
#include "service/states.h"

/*
 * Each state has a name and, for each possible event, an action and the next state. All other
 * entries are zero, which is DO_WARN.
 */
static const struct {
    char name[10];
    struct {
        unsigned char action;
        unsigned char next;
    } on[SERVICE_EVENT_COUNT];
} states[SERVICE_STATE_COUNT] = {
    [SERVICE_DOWN] = {"down",
                      {
                          [EVENT_START] = {DO_SPAWN, SERVICE_SETUP},
                          [EVENT_STOP] = {DO_NOTHING, SERVICE_DOWN},
                          [EVENT_STOP_LEFTOVERS] = {DO_CLEAN, SERVICE_ENDING},
                      }},
    [SERVICE_SETUP] = {"setup",
                       {
                           [EVENT_EXECUTED] = {DO_BEGIN, SERVICE_STARTING},
                           [EVENT_STOP] = {DO_STOP, SERVICE_STOPPING},
                           [EVENT_ENDED_RESTART] = {DO_CLEAN, SERVICE_CLEANING},
                           [EVENT_ENDED_FINALLY] = {DO_RETIRE, SERVICE_DOWN},
                       }},
    [SERVICE_STARTING] = {"starting",
                          {
                              [EVENT_READY] = {DO_ANNOUNCE, SERVICE_READY},
                              [EVENT_READY_TIMEOUT] = {DO_END_RUN, SERVICE_FAILING},
                              [EVENT_WATCHDOG] = {DO_ABORT_RUN, SERVICE_FAILING},
                              [EVENT_NETWORK_LOST] = {DO_END_RUN, SERVICE_FAILING},
                              [EVENT_STOP] = {DO_STOP, SERVICE_STOPPING},
                              [EVENT_ENDED_RESTART] = {DO_CLEAN, SERVICE_CLEANING},
                              [EVENT_ENDED_FINALLY] = {DO_RETIRE, SERVICE_DOWN},
                          }},
    [SERVICE_READY] = {"ready",
                       {
                           [EVENT_READY] = {DO_NOTHING, SERVICE_READY},
                           [EVENT_WATCHDOG] = {DO_ABORT_RUN, SERVICE_FAILING},
                           [EVENT_NETWORK_LOST] = {DO_END_RUN, SERVICE_FAILING},
                           [EVENT_UNHEALTHY] = {DO_END_RUN, SERVICE_FAILING},
                           [EVENT_STOP] = {DO_STOP, SERVICE_STOPPING},
                           [EVENT_ENDED_RESTART] = {DO_CLEAN, SERVICE_CLEANING},
                           [EVENT_ENDED_FINALLY] = {DO_RETIRE, SERVICE_DOWN},
                       }},
    [SERVICE_STOPPING] = {"stopping",
                          {
                              [EVENT_EXECUTED] = {DO_NOTHING, SERVICE_STOPPING},
                              [EVENT_READY] = {DO_NOTHING, SERVICE_STOPPING},
                              [EVENT_WATCHDOG] = {DO_NOTHING, SERVICE_STOPPING},
                              [EVENT_NETWORK_LOST] = {DO_NOTHING, SERVICE_STOPPING},
                              [EVENT_STOP] = {DO_SKIP_STEP, SERVICE_STOPPING},
                              [EVENT_ENDED_FINALLY] = {DO_CLEAN, SERVICE_ENDING},
                              [EVENT_ENDED_BY_REQUEST] = {DO_CLEAN, SERVICE_CLEANING},
                          }},
    [SERVICE_FAILING] = {"failing",
                         {
                             [EVENT_READY] = {DO_NOTHING, SERVICE_FAILING},
                             [EVENT_WATCHDOG] = {DO_NOTHING, SERVICE_FAILING},
                             [EVENT_NETWORK_LOST] = {DO_NOTHING, SERVICE_FAILING},
                             [EVENT_STOP] = {DO_STOP, SERVICE_STOPPING},
                             [EVENT_ENDED_RESTART] = {DO_CLEAN, SERVICE_CLEANING},
                             [EVENT_ENDED_FINALLY] = {DO_RETIRE, SERVICE_DOWN},
                         }},
    [SERVICE_CLEANING] = {"cleaning",
                          {
                              [EVENT_STOP] = {DO_NOTHING, SERVICE_ENDING},
                              [EVENT_CLEAN] = {DO_DELAY, SERVICE_WAITING},
                          }},
    [SERVICE_ENDING] = {"ending",
                        {
                            [EVENT_STOP] = {DO_SKIP_STEP, SERVICE_ENDING},
                            [EVENT_CLEAN] = {DO_RETIRE, SERVICE_DOWN},
                        }},
    [SERVICE_WAITING] = {"waiting",
                         {
                             [EVENT_STOP] = {DO_RETIRE, SERVICE_DOWN},
                             [EVENT_DELAY_OVER] = {DO_SPAWN, SERVICE_SETUP},
                         }},
};

static const char *const event_names[SERVICE_EVENT_COUNT] = {
    [EVENT_START] = "start",
    [EVENT_EXECUTED] = "executed",
    [EVENT_READY] = "ready",
    [EVENT_READY_TIMEOUT] = "ready timeout",
    [EVENT_WATCHDOG] = "watchdog",
    [EVENT_UNHEALTHY] = "unhealthy",
    [EVENT_NETWORK_LOST] = "network lost",
    [EVENT_STOP] = "stop",
    [EVENT_STOP_LEFTOVERS] = "stop leftovers",
    [EVENT_ENDED_RESTART] = "ended, restart",
    [EVENT_ENDED_FINALLY] = "ended, final",
    [EVENT_ENDED_BY_REQUEST] = "ended, by request",
    [EVENT_CLEAN] = "clean",
    [EVENT_DELAY_OVER] = "delay over",
};

static const char *const action_names[SERVICE_ACTION_COUNT] = {
    [DO_WARN] = "warn",
    [DO_NOTHING] = "nothing",
    [DO_SPAWN] = "set up",
    [DO_BEGIN] = "begin",
    [DO_ANNOUNCE] = "announce",
    [DO_STOP] = "stop schedule",
    [DO_SKIP_STEP] = "next step",
    [DO_END_RUN] = "stop the run",
    [DO_ABORT_RUN] = "ABRT, stop the run",
    [DO_CLEAN] = "stop leftovers",
    [DO_DELAY] = "delay",
    [DO_RETIRE] = "retire",
};

struct transition service_transition(enum service_state state, enum service_event event)
{
    enum service_action action = states[state].on[event].action;

    return (struct transition){
        action, action != DO_WARN ? (enum service_state)states[state].on[event].next : state};
}

const char *service_state_name(enum service_state state)
{
    return states[state].name;
}

const char *service_event_name(enum service_event event)
{
    return event_names[event];
}

const char *service_action_name(enum service_action action)
{
    return action_names[action];
}
