/*
 * diagram_model_private.h - what all kinds of diagram have in common: which boxes there are, what
 * is shared by whom, and the words in them
 */
#ifndef NSINIT_NSCTL_DIAGRAM_MODEL_PRIVATE_H
#define NSINIT_NSCTL_DIAGRAM_MODEL_PRIVATE_H

#include "nsctl/diagram_graph_private.h"

/* The most that the words of one label or of one subject's notes need. */
enum { LABEL_SIZE = 8192 };

/* A process as it is seen in one of its PID namespaces. */
struct place {
    size_t subject;
    size_t level;
};

/* Namespaces that the same two or more subjects live in: the first of them, as the first has it. */
struct share {
    size_t subject;
    unsigned int type;
};

/* Whether it is to be drawn on this level: 0 is that of /proc. */
bool diagram_has_place(const struct diagram *diagram, struct place place);

/* Whether it lives there, rather than just being seen. */
bool diagram_is_home(const struct diagram *diagram, struct place place);

/* Whether a place is to be drawn in the box, the PID namespace, of another on its level. */
bool diagram_is_in_box(const struct diagram *diagram, struct place place, struct place box);

/* The first place in the same box: it stands for the box. */
struct place diagram_box(const struct diagram *diagram, struct place place);

/* Find a share from this one on, which is {0} at first. False: there are no more. */
bool diagram_find_share(const struct diagram *diagram, struct share *share);
bool diagram_is_member(const struct diagram *diagram, struct share share, size_t subject);

/*
 * Append lines of words, each with its newline. There are no other control characters in them, and
 * nothing but UTF-8.
 */
void diagram_add_title(struct strbuf *text, const struct diagram *diagram, struct place box);
void diagram_add_place(struct strbuf *text, const struct diagram *diagram, struct place place);
void diagram_add_share(struct strbuf *text, const struct diagram *diagram, struct share share);

/* What could not be told of it, and why. */
void diagram_add_notes(struct strbuf *text, const struct diagram *diagram, size_t subject);

/* The one of the formats that is no list of nodes and edges. 0 or -ENOMEM. */
int diagram_add_picture(struct strbuf *text, const struct diagram *diagram);

#endif
