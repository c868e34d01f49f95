/*
 * request.c - what a request asks for: nsctl(1), section PROTOCOL
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/peer.h"
#include "pod/order.h"
#include "report/status.h"
#include "supervise/launch.h"
#include "supervise/send.h"
#include "util/names.h"
#include "util/signals.h"
#include "util/words.h"

static struct supervisor *supervisor_of(const struct peer *peer)
{
    return peer->server->supervisor;
}

/* The service of that name, or NULL when the peer has been told that there is none. */
static struct supervised *find_service(struct peer *peer, const char *name)
{
    const struct supervisor *supervisor = supervisor_of(peer);
    const struct pod *pod = supervisor->pod;
    int place = order_find(pod, name, strlen(name));
    const char *closest;

    if (place >= 0)
        return &supervisor->services[place];
    closest = names_closest(name, pod->services, sizeof pod->services[0], pod->service_count);
    peer_finish(peer, "error 2 %s: no such service%s%s%s", name,
                closest != NULL ? "; did you mean " : "", closest != NULL ? closest : "",
                closest != NULL ? "?" : "");
    return NULL;
}

/* ---- requests that wait for something ---------------------------------------------------- */

static bool is_down(const struct supervised *supervised)
{
    return supervised->state == SERVICE_DOWN && !supervised->is_pending &&
           !supervised->starts_again;
}

/* A run is there, or an attempt at one has failed. */
static bool has_tried(const struct supervised *supervised)
{
    return !supervised->starts_again && !supervised->is_pending &&
           supervised->state != SERVICE_CLEANING && supervised->state != SERVICE_STOPPING;
}

static struct supervised *awaited(const struct peer *peer, size_t i)
{
    return &supervisor_of(peer)->services[peer->places[i]];
}

static bool has_come_about(const struct peer *peer)
{
    for (size_t i = 0; i < peer->place_count; i++)
        if (!(peer->awaits == AWAITS_RUNNING ? has_tried : is_down)(awaited(peer, i)))
            return false;
    return true;
}

static void tell_running(struct peer *peer)
{
    for (size_t i = 0; i < peer->place_count; i++)
        if (awaited(peer, i)->pid == 0) {
            peer_finish(peer, "error 1 %s: does not run: its exit code is %d",
                        name_of(awaited(peer, i)), awaited(peer, i)->exit_code);
            return;
        }
    peer_finish(peer, "ok");
}

static void tell_code(struct peer *peer, const struct supervised *supervised)
{
    char buffer[256];
    struct text text = text_in(buffer, sizeof buffer);

    text_format(&text, "exit\t%s", name_of(supervised));
    peer_tell(peer, buffer, supervised->exit_code);
}

static void tell_codes(struct peer *peer)
{
    for (size_t i = 0; i < peer->place_count; i++)
        tell_code(peer, awaited(peer, i));
    peer_finish(peer, "ok");
}

/* Who waits for a stop would wait for the next one, when a start has been asked for since. */
static const struct supervised *called_back(const struct peer *peer)
{
    for (size_t i = 0; i < peer->place_count && peer->awaits == AWAITS_DOWN; i++)
        if (!awaited(peer, i)->is_kept_down && !is_down(awaited(peer, i)))
            return awaited(peer, i);
    return NULL;
}

void request_on_change(struct peer *peer)
{
    const struct supervised *back = called_back(peer);
    enum awaited awaits = peer->awaits;

    if (back == NULL && !has_come_about(peer))
        return;
    peer->awaits = AWAITS_NOTHING;
    peer->server->waiting_count--;
    if (back != NULL)
        peer_finish(peer, "error 1 %s: a start was asked for meanwhile", name_of(back));
    else if (awaits == AWAITS_RUNNING)
        tell_running(peer);
    else if (awaits == AWAITS_CODE)
        tell_codes(peer);
    else
        peer_finish(peer, "ok");
}

/* Fill in the places of the services. False when the peer has been told of an error. */
static bool find_all(struct peer *peer, char *const *names)
{
    size_t count = 0;

    while (names[count] != NULL)
        count++;
    if (count == 0) {
        peer_finish(peer, "error 2 which service?");
        return false;
    }
    peer->places = calloc(count, sizeof *peer->places);
    if (peer->places == NULL) {
        peer_finish(peer, "error 1 no memory");
        return false;
    }
    for (; peer->place_count < count; peer->place_count++) {
        struct supervised *supervised = find_service(peer, names[peer->place_count]);

        if (supervised == NULL)
            return false;
        peer->places[peer->place_count] =
            (unsigned int)(supervised - supervisor_of(peer)->services);
    }
    return true;
}

static void await(struct peer *peer, enum awaited awaits)
{
    peer->awaits = awaits;
    peer->server->waiting_count++;
    request_on_change(peer);
}

static void change_all(struct peer *peer, char *const *names,
                       int (*change)(struct supervised *supervised), enum awaited awaits)
{
    if (!find_all(peer, names))
        return;
    for (size_t i = 0; i < peer->place_count; i++)
        if (change(awaited(peer, i)) < 0) {
            peer_finish(peer, "error 1 %s: all is being stopped", name_of(awaited(peer, i)));
            return;
        }
    await(peer, awaits);
}

/* ---- the verbs --------------------------------------------------------------------------- */

/* The word behind the verb, if it is that. */
static bool take_word(char *const **arguments, const char *word)
{
    if (**arguments == NULL || strcmp(**arguments, word) != 0)
        return false;
    (*arguments)++;
    return true;
}

static void add_status(struct peer *peer, const struct supervised *supervised, bool as_json)
{
    char buffer[STATUS_SIZE];
    struct text text = text_in(buffer, sizeof buffer);

    status_add(&text, supervised, as_json);
    peer_add(peer, buffer, text.length);
}

static void do_status(struct peer *peer, char **arguments)
{
    char *const *names = arguments;
    const struct supervisor *supervisor = supervisor_of(peer);
    bool as_json = take_word(&names, "--json");

    if (*names == NULL)
        for (size_t i = 0; i < supervisor->count; i++)
            add_status(peer, &supervisor->services[i], as_json);
    else if (!find_all(peer, names))
        return;
    for (size_t i = 0; i < peer->place_count; i++)
        add_status(peer, awaited(peer, i), as_json);
    peer_finish(peer, "ok");
}

static void do_start(struct peer *peer, char **arguments)
{
    change_all(peer, arguments, launch_request_start, AWAITS_RUNNING);
}

static void do_stop(struct peer *peer, char **arguments)
{
    change_all(peer, arguments, launch_request_stop, AWAITS_DOWN);
}

static void do_restart(struct peer *peer, char **arguments)
{
    change_all(peer, arguments, launch_request_restart, AWAITS_RUNNING);
}

static void do_kill(struct peer *peer, char **arguments)
{
    int signal_number = arguments[0] != NULL ? signal_by_name(arguments[0]) : 0;
    const struct supervised *supervised;
    int result;

    if (arguments[0] == NULL || arguments[1] == NULL || arguments[2] != NULL) {
        peer_finish(peer, "error 2 kill SIGNAL SERVICE");
        return;
    }
    if (signal_number == 0) {
        peer_finish(peer, "error 2 '%s' is no signal", arguments[0]);
        return;
    }
    supervised = find_service(peer, arguments[1]);
    if (supervised == NULL)
        return;
    result = supervised->pid != 0 ? send_signal(supervised, signal_number, NULL) : -ESRCH;
    if (result < 0)
        peer_finish(peer, "error 1 %s: %s", arguments[1],
                    result == -ESRCH ? "does not run" : strerror(-result));
    else
        peer_finish(peer, "ok");
}

static void do_power(struct peer *peer, enum power power)
{
    const struct supervisor *supervisor = supervisor_of(peer);

    if (supervisor->hooks->on_power(supervisor->owner, power))
        peer_finish(peer, "ok");
    else
        peer_finish(peer, "error 1 nsinit has not booted this machine");
}

static void do_poweroff(struct peer *peer, char **arguments)
{
    (void)arguments;
    do_power(peer, POWER_OFF);
}

static void do_reboot(struct peer *peer, char **arguments)
{
    (void)arguments;
    do_power(peer, POWER_REBOOT);
}

static void do_halt(struct peer *peer, char **arguments)
{
    (void)arguments;
    do_power(peer, POWER_HALT);
}

static void do_wait(struct peer *peer, char **arguments)
{
    if (find_all(peer, arguments))
        await(peer, AWAITS_CODE);
}

static void do_events(struct peer *peer, char **arguments)
{
    char *const *rest = arguments;

    /* They are JSON in any case. */
    (void)take_word(&rest, "--json");
    if (*rest != NULL) {
        peer_finish(peer, "error 2 '%s' is one too many", *rest);
        return;
    }
    peer->follows = true;
    peer->server->waiting_count++;
}

static void do_exec(struct peer *peer, char **arguments)
{
    char *const *words = arguments + (arguments[0] != NULL);
    enum terminal_kind kind = take_word(&words, "tty")   ? TERMINAL_LENT
                              : take_word(&words, "pty") ? TERMINAL_REPLACED
                                                         : TERMINAL_NONE;
    char **rest = arguments + (words - arguments);
    struct supervised *host;

    if (*rest != NULL && strcmp(*rest, "--") == 0)
        rest++;
    if (arguments[0] == NULL || *rest == NULL) {
        peer_finish(peer, "error 2 exec SERVICE [tty|pty] -- COMMAND...");
        return;
    }
    host = find_service(peer, arguments[0]);
    if (host != NULL)
        job_start(peer, host, rest, kind);
}

static const struct {
    const char *name;
    void (*carry_out)(struct peer *peer, char **arguments);
} verbs[] = {
    {"status", do_status},   {"start", do_start}, {"stop", do_stop},
    {"restart", do_restart}, {"kill", do_kill},   {"wait", do_wait},
    {"events", do_events},   {"exec", do_exec},   {"poweroff", do_poweroff},
    {"reboot", do_reboot},   {"halt", do_halt},
};

static const struct names verb_names = {NAMES_IN(verbs), .exact = true, .kind = "verb"};

void request_carry_out(struct peer *peer, char *request)
{
    struct error error;
    char **words = words_of_shell(request, &error);
    int verb = -1;

    if (words != NULL && words[0] == NULL)
        (void)error_reason(&error, ERROR_USAGE, "which verb?");
    else if (words != NULL)
        verb = names_find(&verb_names, words[0], &error);
    if (verb >= 0)
        verbs[verb].carry_out(peer, words + 1);
    else
        peer_finish(peer, "error 2 %s", error.reason);
    free(words);
}
