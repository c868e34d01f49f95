/*
 * children.c - tests of service/children.c
 */
#include "service/children.h"

#include <stdbool.h>
#include <stdlib.h>

#include "unit/unit.h"

static void nothing(void *owner, pid_t pid, int wait_status)
{
    (void)owner;
    (void)pid;
    (void)wait_status;
}

static int owners[4096];

static void add(struct children *children, pid_t pid)
{
    ck_assert_int_eq(children_reserve(children), 0);
    children_add(children, pid, nothing, &owners[pid]);
}

START_TEST(who_was_added_is_found_until_it_is_removed)
{
    struct children children = {0};

    ck_assert_ptr_null(children_find(&children, 7));
    add(&children, 7);
    ck_assert_ptr_eq(children_find(&children, 7)->owner, &owners[7]);
    ck_assert_ptr_null(children_find(&children, 11));
    children_remove(&children, 7);
    ck_assert_ptr_null(children_find(&children, 7));
    children_remove(&children, 7);
    ck_assert_uint_eq(children.count, 0);
}
END_TEST

START_TEST(whom_a_child_visits_is_known)
{
    static char place;
    const struct supervised *visited = (const struct supervised *)(const void *)&place;
    struct children children = {0};

    add(&children, 7);
    ck_assert_ptr_null(children_find(&children, 7)->service);
    ck_assert_int_eq(children_reserve(&children), 0);
    children_add_for(&children, 11, nothing, &owners[11], visited);
    ck_assert_ptr_eq(children_find(&children, 11)->service, visited);
    ck_assert_ptr_eq(children_find(&children, 11)->owner, &owners[11]);
    /* It may move into the gap. */
    children_remove(&children, 7);
    ck_assert_ptr_eq(children_find(&children, 11)->service, visited);
}
END_TEST

START_TEST(three_children_need_no_memory)
{
    struct children children = {0};

    for (pid_t pid = 1; pid <= 3; pid++)
        add(&children, pid * 4);
    ck_assert_ptr_null(children.more);
    free(children.more);
}
END_TEST

/* Against a plain list, with pids that crowd at a few homes. */
START_TEST(random_additions_and_removals_lose_nobody)
{
    static bool there[4096];
    struct children children = {0};
    size_t count = 0;

    srand(1);
    for (int round = 0; round < 200000; round++) {
        pid_t pid = 1 + rand() % (round % 3 == 0 ? 4095 : 64);

        if (there[pid]) {
            children_remove(&children, pid);
            count--;
        } else {
            add(&children, pid);
            count++;
        }
        there[pid] = !there[pid];
        ck_assert_uint_eq(children.count, count);
        if (round % 1000 == 0)
            for (pid_t other = 1; other < 4096; other++)
                ck_assert_int_eq(children_find(&children, other) != NULL, there[other]);
    }
    free(children.more);
}
END_TEST

TCase *children_case(void)
{
    const TTest *const tests[] = {who_was_added_is_found_until_it_is_removed,
                                  whom_a_child_visits_is_known, three_children_need_no_memory,
                                  random_additions_and_removals_lose_nobody, NULL};

    return case_of("children", tests);
}
