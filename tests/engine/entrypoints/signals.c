/*
 * signals.c - `docker kill --signal` and podman's, by each number
 */
#include "engine/engine.h"

#include <signal.h>
#include <stdio.h>

static bool is_forwarded(int signal_number)
{
    char number[16];

    snprintf(number, sizeof number, "%d", signal_number);
    for (const char *const *word = way->not_forwarded; *word != NULL; word++)
        if (strcmp(*word, number) == 0)
            return false;
    return true;
}

START_TEST(every_signal_arrives)
{
    struct container container;
    char expected[16];

    container_start(&container, NULL, HELPER("signals"));
    process_expect(&container.client, "ready");
    for (int number = 1; number <= 64; number++) {
        if (number == SIGKILL || number == SIGSTOP)
            continue;
        if (!container_kill(&container, number)) {
            /* The C library keeps these two to itself, so docker knows no name for them. */
            ck_assert_msg(number == 32 || number == 33, "the engine knows no signal %d", number);
            continue;
        }
        snprintf(expected, sizeof expected, "got %d.", number);
        if (is_forwarded(number))
            process_expect(&container.client, expected);
    }
    ck_assert(container_kill(&container, SIGKILL));
    ck_assert_int_eq(container_wait(&container), 128 + SIGKILL);
}
END_TEST

void add_signal_tests(TCase *tcase)
{
    tcase_add_test(tcase, every_signal_arrives);
}
