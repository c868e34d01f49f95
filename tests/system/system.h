/*
 * system.h - what the black-box tests share
 */
#ifndef NSINIT_TESTS_SYSTEM_SYSTEM_H
#define NSINIT_TESTS_SYSTEM_SYSTEM_H

#include <check.h>
#include <string.h>

#include "cases.h"
#include "support/process.h"

/* A user that owns nothing; other tests that run now may be the same user's. */
enum { ORDINARY_USER = 54321 };

/* One of which no other test's process is, for what the kernel counts by user. */
uid_t lonely_user(void);

/* The binary under test, and the program the tests run under it (programs/probe.c). */
const char *nsinit_path(void);
const char *probe_path(void);

/* A program that uses libsystemd (programs/sd_client.c), or NULL after saying that the test is
 * skipped. */
const char *sd_client_path(const char *test);

/* A directory for this case's files, removed at the end. Scripts know it as $TEST_DIRECTORY. */
const char *test_directory(void);

/* The path of such a file; the caller may keep the last two. */
const char *path_in_directory(const char *name);

/* An empty file of this name in there, which everyone may write to. The caller keeps the string. */
const char *fresh_file(const char *name);

/*
 * A FIFO of this name in there, by which a test speaks to a service, whose stdin is empty; and an
 * empty line to who reads it, be it now or in a moment. The caller keeps the string.
 */
const char *fresh_fifo(const char *name);
void fifo_say_line(const char *path);

/* A pod file in there, by a printf-like format; the caller keeps the string. */
const char *pod_file(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The probe as a set-user-ID program of root's, for a test that is root. */
const char *set_user_id_probe(void);

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

/* libcheck ends a test whose message has more than 8 KiB, without the message. */
#define ck_assert_contains(text, part) \
    ck_assert_msg(strstr((text), (part)) != NULL, "'%.2000s' is not in <<%.4000s>>", (part), (text))
#define ck_assert_lacks(text, part) \
    ck_assert_msg(strstr((text), (part)) == NULL, "'%.2000s' is in <<%.4000s>>", (part), (text))

/* Two requests to stop are two when two seconds lie between them, and what the first one does has
 * been seen. */
void request_again(const struct process *process, int signal_number);

/* For wait_until: whether the struct process, a shell, has given its terminal to a job. */
bool is_left_by_shell(void *process);

/* How often `part` is in `text`. */
int count_of(const char *text, const char *part);

/* The test needs root, to become other users: says that it is skipped and returns true if not. */
bool lacks_root(const char *test);
bool lacks_ranges(const char *test);

/* In a script of root's in a mount namespace of its own: the user 54321 has ranges of IDs. */
#define USER_WITH_RANGES                                                 \
    "echo user:100000:65536 >ranges\n"                                   \
    "mount --bind ranges /etc/subuid; mount --bind ranges /etc/subgid\n" \
    "{ cat /etc/passwd; echo user:x:54321:54321::/:/bin/sh; } >passwd\n" \
    "mount --bind passwd /etc/passwd\n"

#endif
