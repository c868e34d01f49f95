/*
 * setter_private.h - for the rows of the option table: groups and typed setters
 */
#ifndef NSINIT_OPTIONS_SETTER_PRIVATE_H
#define NSINIT_OPTIONS_SETTER_PRIVATE_H

#include "options/table.h"
#include "util/field.h"

/* Each is at the end of the file of its setters: set_init.c, set_namespaces.c, ... */
extern const struct option_group init_options, namespaces_options, mounts_options, network_options,
    user_options, process_options, supervision_options, report_options, control_options,
    pod_options, machine_options, key_options;

#define OPTION_GROUP(title, rows)                                                      \
    {                                                                                  \
        .heading = (title), .options = (rows), .count = sizeof(rows) / sizeof(rows)[0] \
    }

/* The options of a room that this build leaves out: src/without. */
#define LEFT_OUT(room, names)                                    \
    {                                                            \
        .left_out = (names), .build_option = "NSINIT_WITH_" room \
    }

/* ---- the setter of a row ----------------------------------------------------------------- */

/* The part of the plan that is a struct of this type. */
#define PART_OF(owner)                                 \
    _Generic((struct owner *)NULL, struct invocation * \
             : PART_INVOCATION, struct service *       \
             : PART_SERVICE, struct settings *         \
             : PART_SETTINGS)

/* A member of `struct owner`, which has to be a bool; const char *; or uint32_t, in milliseconds.
 */
#define SET_FLAG(owner, member)                             \
    {                                                       \
        .kind = SETS_FLAG, .part = PART_OF(owner),          \
        .offset = FIELD_OFFSET(struct owner, member, bool), \
    }
#define SET_TEXT(owner, member, function)                                               \
    {                                                                                   \
        .kind = SETS_TEXT, .part = PART_OF(owner),                                      \
        .offset = FIELD_OFFSET(struct owner, member, const char *), .text = (function), \
    }
#define SET_DURATION(owner, member, function)                                           \
    {                                                                                   \
        .kind = SETS_DURATION, .part = PART_OF(owner),                                  \
        .offset = FIELD_OFFSET(struct owner, member, uint32_t), .duration = (function), \
    }

/* The whole of a part: more than one member, or a member of another type. */
#define SET_INVOCATION(function)                                                   \
    {                                                                              \
        .kind = SETS_INVOCATION, .part = PART_INVOCATION, .invocation = (function) \
    }
#define SET_SERVICE(function)                                             \
    {                                                                     \
        .kind = SETS_SERVICE, .part = PART_SERVICE, .service = (function) \
    }
#define SET_SETTINGS(function)                                               \
    {                                                                        \
        .kind = SETS_SETTINGS, .part = PART_SETTINGS, .settings = (function) \
    }

#endif
