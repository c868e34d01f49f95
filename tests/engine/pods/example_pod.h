/*
 * example_pod.h - contrib/examples/docker/pod, redis and nginx in one image, in the ways in which
 * it is run
 */
#ifndef NSINIT_TESTS_ENGINE_EXAMPLE_POD_H
#define NSINIT_TESTS_ENGINE_EXAMPLE_POD_H

#include "engine/engine.h"

struct pod_kind {
    struct way way;
    const char *const *arguments; /* of nsinit, after those of the image, or NULL */
};

/* In Docker by root, with the host's network: pod.ini, and pod-isolated.ini. */
extern const struct pod_kind plain_pod, isolated_pod;

/* Run it until both servers are healthy, with more options of `run` (or NULL). */
void pod_start(struct container *pod, const struct pod_kind *kind, const char *const *options);

/* Only run it. */
void pod_begin(struct container *pod, const struct pod_kind *kind, const char *const *options);

/* Wait until both servers are healthy. */
void pod_await_health(const struct container *pod);

/* A command in the container; its output, which the next call frees, when it ends with 0. */
const char *pod_inside(const struct container *pod, const char *const *command);

/* Wait for its end after a request to stop: with 0, the servers in the order of the pod file. */
void pod_expect_end(struct container *pod);

/* Stop it, and expect that. */
void pod_stop(struct container *pod);

/* A new volume for /data; the words for `run` are the caller's until the next call. */
const char *const *pod_volume(void);
void pod_remove_volume(void);

/* Fixture: what a test before has left running keeps the ports. */
void pod_remove_leftovers(void);

#endif
