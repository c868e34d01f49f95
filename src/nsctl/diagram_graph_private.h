/*
 * diagram_graph_private.h - processes and their namespaces as a diagram: text, mermaid or graphviz
 * Pure: cmd_diagram.c collects the data.
 */
#ifndef NSINIT_NSCTL_DIAGRAM_GRAPH_PRIVATE_H
#define NSINIT_NSCTL_DIAGRAM_GRAPH_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inspect/identity.h"
#include "util/strbuf.h"

/* A service or another process. The first one is the host: others inherit its namespaces. */
struct diagram_process {
    const char *name;
    const struct identity *identity; /* NULL: it does not run */
    const char *absence;             /* then why */
    /* The IDs of its PID namespaces, from the namespace of /proc to its own; 0: unknown. */
    uint64_t pid_namespaces[PID_LEVELS];
    size_t level_count;       /* 1 or more */
    int pid_namespaces_error; /* why one of them is unknown */
};

enum diagram_format { DIAGRAM_MERMAID, DIAGRAM_DOT, DIAGRAM_TEXT, DIAGRAM_FORMAT_COUNT };

extern const char *const diagram_format_names[DIAGRAM_FORMAT_COUNT];

struct diagram {
    const struct diagram_process *processes;
    size_t count;
    size_t width;  /* of a text, in characters, if it can be so narrow */
    bool is_ascii; /* a text has no other characters */
};

/* Append the picture. A text that is full afterwards may lack something. 0 or -ENOMEM. */
int diagram_add(struct strbuf *text, const struct diagram *diagram, enum diagram_format format);

#endif
