/*
 * field.h - the offset of a struct's member whose type the compiler checks
 */
#ifndef NSINIT_UTIL_FIELD_H
#define NSINIT_UTIL_FIELD_H

#include <stddef.h>

/*
 * offsetof(3) for rows of tables: a member of another type than `type` is an error of compilation.
 * _Generic looks at the member's address, as an array or a qualified member would decay otherwise.
 */
/* NOLINTBEGIN(bugprone-macro-parentheses): a type can't stand in parentheses here. */
#define FIELD_OFFSET(owner, member, type) \
    _Generic(&((owner *)NULL)->member, type * : offsetof(owner, member))
/* NOLINTEND(bugprone-macro-parentheses) */

#endif
