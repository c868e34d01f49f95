/*
 * diagram_graph_private.h - who lives in which namespace, as a picture: text, or a source for
 * mermaid or graphviz Pure: what it draws has been found out before.
 */
#ifndef NSINIT_NSCTL_DIAGRAM_GRAPH_PRIVATE_H
#define NSINIT_NSCTL_DIAGRAM_GRAPH_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inspect/identity.h"
#include "util/strbuf.h"

/* Who is drawn. The first is the host: what lives in its namespaces is not told for each. */
struct subject {
    const char *name;
    const struct identity *identity; /* NULL: it has no process */
    const char *absence;             /* why it has none */
    /* The PID namespaces it is seen in, from /proc's to its own; 0: can't be told which. */
    uint64_t pid_namespaces[PID_LEVELS];
    size_t level_count;       /* 1 or more */
    int pid_namespaces_error; /* why one of those around its own can't be told */
};

enum diagram_format { DIAGRAM_MERMAID, DIAGRAM_DOT, DIAGRAM_TEXT, DIAGRAM_FORMAT_COUNT };

extern const char *const diagram_format_names[DIAGRAM_FORMAT_COUNT];

struct diagram {
    const struct subject *subjects;
    size_t count;
    size_t width;  /* of a text, in characters, as far as it can be had */
    bool is_ascii; /* a text in no other characters */
};

/* Append it. A text that is full afterwards may lack something. 0 or -ENOMEM. */
int diagram_add(struct strbuf *text, const struct diagram *diagram, enum diagram_format format);

#endif
