/*
 * diagram_model_private.h - what all formats of a diagram have in common: its nodes and boxes, the
 * namespaces that are shared, and all texts
 */
#ifndef NSINIT_NSCTL_DIAGRAM_MODEL_PRIVATE_H
#define NSINIT_NSCTL_DIAGRAM_MODEL_PRIVATE_H

#include "nsctl/diagram_graph_private.h"

/* The most that one label, or the notes of one process, need. */
enum { LABEL_SIZE = 8192 };

/* A process as it appears in one of its PID namespaces; level 0 is the namespace of /proc. */
struct diagram_node {
    size_t process;
    size_t level;
};

/* Namespaces shared by the same processes, named after the first process and the first type. */
struct diagram_group {
    size_t process;
    unsigned int type;
};

bool diagram_has_node(const struct diagram *diagram, struct diagram_node node);

/* Whether the node is in the process's own PID namespace, and not in one around it. */
bool diagram_is_innermost(const struct diagram *diagram, struct diagram_node node);

/* Whether two nodes are in one box, which stands for a PID namespace. */
bool diagram_is_in_box(const struct diagram *diagram, struct diagram_node node,
                       struct diagram_node box);

/* The first node in the box of this one: it identifies the box. */
struct diagram_node diagram_box_of(const struct diagram *diagram, struct diagram_node node);

/* Find the next group, starting at {0}. False if there are no more. */
bool diagram_find_group(const struct diagram *diagram, struct diagram_group *group);
bool diagram_is_in_group(const struct diagram *diagram, struct diagram_group group, size_t process);

/*
 * Append lines of a label, each with its newline. They are valid UTF-8 without other control
 * characters.
 */
void diagram_add_title(struct strbuf *text, const struct diagram *diagram, struct diagram_node box);
void diagram_add_node(struct strbuf *text, const struct diagram *diagram, struct diagram_node node);
void diagram_add_group(struct strbuf *text, const struct diagram *diagram,
                       struct diagram_group group);

/* Append the unknown facts of a process, if any, and why they are unknown. */
void diagram_add_notes(struct strbuf *text, const struct diagram *diagram, size_t process);

/* diagram_text.c: append the diagram in the format text. 0 or -ENOMEM. */
int diagram_add_picture(struct strbuf *text, const struct diagram *diagram);

#endif
