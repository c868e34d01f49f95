/*
 * diagram.c - nsctl status and ns as a picture of who lives in which namespace
 * Finds out who is to be drawn; report/diagram.h draws them.
 */
#include "control/diagram.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/resident.h"
#include "control/roster.h"
#include "control/screen.h"
#include "report/diagram.h"
#include "util/names.h"
#include "util/parse.h"
#include "util/utf8.h"

/* Where output is no terminal. */
enum { USUAL_WIDTH = 80 };

/* A subject, with all that it points to. */
struct actor {
    struct actor *next;
    struct subject subject;
    struct identity identity;
    char name[256];
    char absence[32];
};

struct cast {
    struct actor *first; /* owned, and all behind it */
    struct actor *last;
    size_t count;
};

static int format_of(const struct call *call, struct error *error)
{
    static const struct names formats = {NAMES_IN(diagram_format_names), .exact = true,
                                         .kind = "diagram"};

    return names_find(&formats, call->diagram, error);
}

static bool is_of_ns(const struct call *call)
{
    return strcmp(call->verb, "ns") == 0;
}

int diagram_check(const struct call *call, struct failure *failure)
{
    static const char subject[] = "--diagram";

    if (format_of(call, &failure->error) < 0) {
        error_subject(&failure->error, "%s", subject);
        error_hint(&failure->error, "there are text, mermaid and dot");
        return -1;
    }
    if (!is_of_ns(call) && strcmp(call->verb, "status") != 0)
        return failure_say(failure, subject, "is for status and ns");
    if (call->json || call->watch)
        return failure_say(failure, subject, call->json ? "excludes --json" : "excludes --watch");
    return 0;
}

/* ---- who they are -------------------------------------------------------------------------- */

static int out_of_memory(struct failure *failure)
{
    return failure_of(failure, -ENOMEM, "diagram");
}

/* Those by the kernel's own relations, if /proc agrees on how many there are. */
static void read_levels(struct subject *subject, const struct identity *identity)
{
    int count = identity_pid_namespaces(identity->pid, subject->pid_namespaces);
    size_t known = identity->pid_count;

    if (count > 0 && (known == 0 || known == (size_t)count)) {
        subject->level_count = (size_t)count;
        return;
    }
    subject->level_count = known > 0 ? known : 1;
    subject->pid_namespaces_error = identity->namespaces[NAMESPACE_PID].id == 0 ? 0 : -count;
    memset(subject->pid_namespaces, 0, sizeof subject->pid_namespaces);
    subject->pid_namespaces[0] = identity_namespace(getpid(), NAMESPACE_PID);
    if (subject->level_count > 1)
        subject->pid_namespaces[subject->level_count - 1] = identity->namespaces[NAMESPACE_PID].id;
}

static struct actor *add_actor(struct cast *cast, const char *name)
{
    struct actor *actor = calloc(1, sizeof *actor);
    struct text copy;

    if (actor == NULL)
        return NULL;
    *(cast->count++ > 0 ? &cast->last->next : &cast->first) = actor;
    cast->last = actor;
    copy = text_in(actor->name, sizeof actor->name);
    text_add(&copy, name);
    actor->subject.name = actor->name;
    actor->subject.absence = actor->absence;
    return actor;
}

static void is_absent(struct actor *actor, const char *why)
{
    struct text copy = text_in(actor->absence, sizeof actor->absence);

    text_add(&copy, why);
}

/* 0, or -ESRCH. */
static int play(struct actor *actor, pid_t pid)
{
    int result = identity_read(&actor->identity, pid, IDENTITY_BRIEF);

    if (result < 0) {
        is_absent(actor, "has ended");
        return result;
    }
    read_levels(&actor->subject, &actor->identity);
    actor->subject.identity = &actor->identity;
    return 0;
}

static int add_host(struct cast *cast, const char *name, pid_t pid, struct failure *failure)
{
    struct actor *actor = add_actor(cast, name);

    if (actor == NULL)
        return out_of_memory(failure);
    if (play(actor, pid) == 0)
        return 0;
    return failure_of(failure, -ESRCH, name);
}

/* ---- services ------------------------------------------------------------------------------ */

static int add_service(struct cast *cast, const struct member *member, struct failure *failure)
{
    struct actor *actor = add_actor(cast, member->name);

    if (actor == NULL)
        return out_of_memory(failure);
    if (member->pid != 0)
        (void)play(actor, member->pid);
    else
        is_absent(actor, member->is_hidden ? "not to be seen from here" : member->state);
    return 0;
}

/* 0 when it is none. */
static pid_t pid_in(const char *word)
{
    unsigned long number;

    return parse_number(word, INT_MAX, &number) == 0 ? (pid_t)number : 0;
}

static int add_all(struct cast *cast, const struct roster *roster, struct failure *failure)
{
    for (size_t i = 0; i < roster->count; i++)
        if (add_service(cast, &roster->members[i], failure) < 0)
            return -1;
    return 0;
}

/* Those of the words that are no PIDs, or all; and nsinit itself, where it is the host. */
static int add_services(struct cast *cast, const struct call *call, bool with_nsinit,
                        struct failure *failure)
{
    struct roster roster;
    int result = 0;

    if (roster_fetch(&roster, call->path, failure) < 0)
        return -1;
    if (with_nsinit)
        result = add_host(cast, "nsinit", roster.nsinit, failure);
    if (result == 0 && call->words[0] == NULL)
        result = add_all(cast, &roster, failure);
    for (char **word = call->words; *word != NULL && result == 0; word++)
        if (with_nsinit || pid_in(*word) == 0) {
            const struct member *member = roster_member(&roster, *word, failure);

            result = member != NULL ? add_service(cast, member, failure) : -1;
        }
    roster_free(&roster);
    return result;
}

/* ---- processes ----------------------------------------------------------------------------- */

static bool is_there(const struct cast *cast, pid_t pid)
{
    for (const struct actor *actor = cast->first; actor != NULL; actor = actor->next)
        if (actor->identity.pid == pid)
            return true;
    return false;
}

static int add_process(struct cast *cast, pid_t pid, struct failure *failure)
{
    char name[COMM_SIZE];
    struct actor *actor;

    if (is_there(cast, pid))
        return 0;
    resident_name(pid, name);
    actor = add_actor(cast, name[0] != '\0' ? name : "process");
    if (actor == NULL)
        return out_of_memory(failure);
    if (play(actor, pid) == 0)
        return 0;
    failure->exit_code = 1;
    errno = ESRCH;
    return error_failed(&failure->error, "process %d", pid);
}

static int add_given(struct cast *cast, const struct call *call, struct failure *failure)
{
    bool has_services = false;

    if (add_host(cast, "nsctl", getpid(), failure) < 0)
        return -1;
    for (char **word = call->words; *word != NULL; word++)
        if (pid_in(*word) == 0)
            has_services = true;
        else if (add_process(cast, pid_in(*word), failure) < 0)
            return -1;
    return has_services ? add_services(cast, call, false, failure) : 0;
}

/* ---- the picture --------------------------------------------------------------------------- */

/* What is to be drawn, and how. */
struct picture {
    struct diagram diagram;
    enum diagram_format format;
};

static int add_picture(struct text *text, const void *what)
{
    const struct picture *picture = what;

    return diagram_add(text, &picture->diagram, picture->format);
}

static int draw(const struct cast *cast, const struct call *call, struct failure *failure)
{
    struct subject *subjects = calloc(cast->count + 1, sizeof *subjects);
    enum diagram_format format = (enum diagram_format)format_of(call, &failure->error);
    size_t width = screen_width();
    const struct picture picture = {
        .diagram = {.subjects = subjects,
                    .count = cast->count,
                    .width = width > 0 ? width : USUAL_WIDTH,
                    .is_ascii = format == DIAGRAM_TEXT && !utf8_is_spoken()},
        .format = format};
    int result = -ENOMEM;

    if (subjects != NULL) {
        size_t i = 0;

        for (const struct actor *actor = cast->first; actor != NULL; actor = actor->next)
            subjects[i++] = actor->subject;
        result = screen_print(add_picture, &picture);
    }
    free(subjects);
    return failure_of(failure, result, "stdout");
}

int diagram_run(const struct call *call, struct failure *failure)
{
    struct cast cast = {0};
    /* Of nobody in particular: of the pod. */
    bool is_of_pod = !is_of_ns(call) || call->words[0] == NULL;
    int result =
        is_of_pod ? add_services(&cast, call, true, failure) : add_given(&cast, call, failure);

    if (result == 0)
        result = draw(&cast, call, failure);
    while (cast.first != NULL) {
        struct actor *next = cast.first->next;

        free(cast.first);
        cast.first = next;
    }
    return result;
}
