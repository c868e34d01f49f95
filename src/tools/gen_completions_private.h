/*
 * gen_completions_private.h - print shell completions of nsinit to stdout, from the option table
 */
#ifndef NSINIT_TOOLS_GEN_COMPLETIONS_PRIVATE_H
#define NSINIT_TOOLS_GEN_COMPLETIONS_PRIVATE_H

void completions_print_bash(void);
void completions_print_zsh(void);
void completions_print_fish(void);

#endif
