/*
 * output.h - placeholder until the module is in
 */
#ifndef NSINIT_SUPERVISE_OUTPUT_H
#define NSINIT_SUPERVISE_OUTPUT_H
#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
struct output;
struct output *output_open(struct ev_loop *loop, const char *name, bool with_time);
int output_fd(const struct output *output, int which);
size_t output_own_fds(const struct output *output, int fds[4]);
void output_end_run(struct output *output);
void output_close(struct output *output, int milliseconds);
#endif
