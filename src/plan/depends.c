/*
 * depends.c - which services of a pod wait for which others
 */
#include "plan/depends.h"

#include <stdlib.h>
#include <string.h>

#include "util/keywords.h"
#include "util/strbuf.h"

int depends_find(const struct pod *pod, const char *name, size_t length)
{
    for (size_t i = 0; i < pod->service_count; i++)
        if (strncmp(pod->services[i].name, name, length) == 0 &&
            pod->services[i].name[length] == '\0')
            return (int)i;
    return -1;
}

const char *depends_entered_service(const struct ns_join *join)
{
    static const char prefix[] = "service:";

    return strncmp(join->source, prefix, sizeof prefix - 1) == 0 ? join->source + sizeof prefix - 1
                                                                 : NULL;
}

static int add_one(const struct pod *pod, struct service *service, const char *name, size_t length,
                   struct error *error)
{
    struct service_list *after = &service->after;
    int place = depends_find(pod, name, length);
    unsigned int *larger;

    if (place < 0 || &pod->services[place] == service) {
        char word[80] = "";

        memcpy(word, name, length < sizeof word ? length : sizeof word - 1);
        if (place >= 0)
            return error_reason(error, ERROR_USAGE, "a service can't wait for itself");
        return error_unknown(
            error, word, "service",
            keywords_closest(word, pod->services, sizeof *pod->services, pod->service_count));
    }
    for (size_t i = 0; i < after->count; i++)
        if (after->places[i] == (unsigned int)place)
            return 0;
    larger = realloc(after->places, (after->count + 1) * sizeof *larger);
    if (larger == NULL)
        return error_reason(error, ERROR_FAILED, "%m");
    after->places = larger;
    after->places[after->count++] = (unsigned int)place;
    return 0;
}

int depends_resolve(const struct pod *pod, struct service *service, struct depends_fault *fault,
                    struct error *error)
{
    const char *names = service->after_names != NULL ? service->after_names : "";
    const struct namespaces *namespaces = &service->namespaces;

    *fault = (struct depends_fault){(unsigned int)(service - pod->services), "after", 0};
    for (;;) {
        size_t length;

        names += strspn(names, " \t,");
        length = strcspn(names, " \t,");
        if (length == 0)
            break;
        if (add_one(pod, service, names, length, error) < 0)
            return -1;
        names += length;
    }
    for (size_t i = 0; i < namespaces->join_count; i++) {
        const char *name = depends_entered_service(&namespaces->joins[i]);

        *fault = (struct depends_fault){fault->place, "enter", i};
        if (name != NULL && add_one(pod, service, name, strlen(name), error) < 0)
            return -1;
    }
    return 0;
}

/* A service on the present path of waiting services. */
struct step {
    unsigned int place;
    unsigned int next; /* the entry of its `after` to follow next */
};

struct walk {
    const struct pod *pod;
    struct step *steps; /* the present path */
    size_t depth;
    enum walk_state { UNSEEN, ON_PATH, DONE } * seen;
};

/* The service at `place` is on the present path already. */
static int refuse_circle(const struct walk *walk, unsigned int place, struct depends_fault *fault,
                         struct error *error)
{
    const struct service *services = walk->pod->services;
    char circle[300];
    struct strbuf text = strbuf_in(circle, sizeof circle);
    size_t at = 0;

    while (walk->steps[at].place != place)
        at++;
    for (; at < walk->depth; at++)
        strbuf_format(&text, "%s -> ", services[walk->steps[at].place].name);
    strbuf_add(&text, services[place].name);
    *fault = (struct depends_fault){place, "after", 0};
    return error_reason(error, ERROR_USAGE, "services wait for each other: %s", circle);
}

static void step_to(struct walk *walk, unsigned int place)
{
    walk->seen[place] = ON_PATH;
    walk->steps[walk->depth++] = (struct step){.place = place};
}

static int walk_from(struct walk *walk, unsigned int place, struct depends_fault *fault,
                     struct error *error)
{
    step_to(walk, place);
    while (walk->depth > 0) {
        struct step *step = &walk->steps[walk->depth - 1];
        const struct service_list *after = &walk->pod->services[step->place].after;

        if (step->next == after->count) {
            walk->seen[step->place] = DONE;
            walk->depth--;
            continue;
        }
        place = after->places[step->next++];
        if (walk->seen[place] == ON_PATH)
            return refuse_circle(walk, place, fault, error);
        if (walk->seen[place] == UNSEEN)
            step_to(walk, place);
    }
    return 0;
}

int depends_find_circle(const struct pod *pod, struct depends_fault *fault, struct error *error)
{
    /* One more, as calloc(3) of 0 bytes may return NULL. */
    size_t count = pod->service_count;
    struct walk walk = {.pod = pod,
                        .steps = calloc(count + 1, sizeof *walk.steps),
                        .seen = calloc(count + 1, sizeof *walk.seen)};
    int result = 0;

    *fault = (struct depends_fault){0, "after", 0};
    if (walk.steps == NULL || walk.seen == NULL)
        result = error_reason(error, ERROR_FAILED, "%m");
    else
        for (unsigned int place = 0; place < count && result == 0; place++)
            if (walk.seen[place] == UNSEEN)
                result = walk_from(&walk, place, fault, error);
    free(walk.steps);
    free(walk.seen);
    return result;
}
