/*
 * given_private.h - the values as they were given: for messages, for --check, and for warnings
 */
#ifndef NSINIT_OPTIONS_GIVEN_PRIVATE_H
#define NSINIT_OPTIONS_GIVEN_PRIVATE_H

#include "options/invocation.h"

/*
 * Note a value. From outside the pod file it replaces an earlier one of an option that is not
 * repeatable. 0, or -1 with the reason filled in.
 */
int given_add(struct invocation *invocation, const struct given_value *value, struct error *error);

/* The last value of an option in a section, or NULL. */
const struct given_value *given_find(const struct invocation *invocation, unsigned int section,
                                     const struct option *option);

/* Whether a value of the section could not be read. */
bool given_has_mistake(const struct invocation *invocation, unsigned int section);

/* Free the notes. */
void given_free(struct invocation *invocation);

/*
 * Make a key of a section the error's subject, by the place where it was given: in the section, or
 * outside the file for all services, or else by the place of the section. `nth` counts the values
 * of a repeatable key from 0.
 */
void given_name_key(const struct invocation *invocation, unsigned int section, const char *key,
                    size_t nth, struct error *error);

/* Add a diagnostic. It is dropped when there are too many, or no memory. */
void diagnostic_add(struct invocation *invocation, enum log_level level, const struct error *error);

/* Warn of each value that has no effect without another option, which is missing. */
void given_warn_ineffective(struct invocation *invocation);

#endif
