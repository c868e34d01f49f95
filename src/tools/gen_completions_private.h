/*
 * gen_completions_private.h - shell completions for nsinit, to stdout: part of a program of the
 * build
 */
#ifndef NSINIT_TOOLS_GEN_COMPLETIONS_PRIVATE_H
#define NSINIT_TOOLS_GEN_COMPLETIONS_PRIVATE_H

#include <stdbool.h>

void completions_print_bash(void);
void completions_print_zsh(void);
void completions_print_fish(void);

/* Whether all options that are said to have values are options; else says which is none. */
bool completions_check(void);

#endif
