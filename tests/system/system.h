/*
 * system.h - what the black-box tests share
 */
#ifndef NSINIT_TESTS_SYSTEM_SYSTEM_H
#define NSINIT_TESTS_SYSTEM_SYSTEM_H

#include <check.h>
#include <string.h>

#include "support/process.h"
#include "support/suite.h"

case_maker hard_images_case, control_case, drain_case, dropins_case, errors_case, examples_case,
    failures_case, filesystem_case, hardship_case, health_case, leftovers_case, namespaces_case,
    network_case, notify_case, nsctl_case, nsctl_documents_case, nsctl_exec_case, nsctl_ns_case,
    nsctl_ns_diff_case, output_case, podcheck_case, podorder_case, pods_case, reach_case,
    readiness_case, reaping_case, relay_case, reruns_case, restarts_case, session_case,
    settings_case, signals_case, startup_case, stopping_case, terminal_case, watchdog_case;

/* A user that owns nothing and runs nothing else. */
enum { ORDINARY_USER = 54321 };

/* The binary under test, and the program the tests run under it (probe.c). */
const char *nsinit_path(void);
const char *probe_path(void);

/* A program that uses libsystemd (sd_client.c), or NULL after saying that the test is skipped. */
const char *sd_client_path(const char *test);

/* A directory for this case's files, removed at the end. */
const char *test_directory(void);

/* An empty file of this name in there, which everyone may write to. The caller keeps the string. */
const char *fresh_file(const char *name);

/* A pod file in there, by a printf-like format; the caller keeps the string. */
const char *pod_file(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The binary by another name, in a directory of the test's own. The caller keeps the string. */
const char *nsinit_called(const char *name);

#define COMMAND(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NSINIT(...) COMMAND(nsinit_path(), __VA_ARGS__)
#define PROBE probe_path()

/* The usual options: a command as PID 1, or as an ordinary process under another PID 1. */
#define AS_FIRST(...) \
    (&(struct process_options){.arguments = NSINIT(__VA_ARGS__), .place = PLACE_FIRST})
#define AS_SECOND(...) \
    (&(struct process_options){.arguments = NSINIT(__VA_ARGS__), .place = PLACE_SECOND})

/* The pod of such a file, under another PID 1. */
#define AS_POD(...) AS_SECOND("-s", "-v", "--control", "no", "--pod", pod_file(__VA_ARGS__))

/* A restart's delay that is too short to be seen. */
#define QUICKLY "--restart-delay", "1ms..1ms"

#define ck_assert_contains(text, part) \
    ck_assert_msg(strstr((text), (part)) != NULL, "'%s' is not in <<%s>>", (part), (text))
#define ck_assert_lacks(text, part) \
    ck_assert_msg(strstr((text), (part)) == NULL, "'%s' is in <<%s>>", (part), (text))

/* How often `part` is in `text`. */
int count_of(const char *text, const char *part);

/* The test needs root, to become other users: says that it is skipped and returns true if not. */
bool lacks_root(const char *test);

#endif
