/*
 * loop_arena.c - tests of init/loop_arena.c
 */
#include "init/loop_arena_private.h"

#include <stdint.h>
#include <string.h>

#include "unit/unit.h"

START_TEST(blocks_are_aligned_and_keep_their_content_as_they_grow)
{
    char *one = loop_arena(NULL, 24);
    char *other = loop_arena(NULL, 10);

    ck_assert_uint_eq((uintptr_t)one % 16, 0);
    ck_assert_uint_eq((uintptr_t)other % 16, 0);
    memset(one, 'a', 24);
    memset(other, 'b', 10);
    one = loop_arena(one, 100);
    for (int i = 0; i < 24; i++)
        ck_assert_int_eq(one[i], 'a');
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(other[i], 'b');
}
END_TEST

START_TEST(the_last_block_grows_in_place)
{
    char *block = loop_arena(NULL, 16);

    ck_assert_ptr_eq(loop_arena(block, 1000), block);
}
END_TEST

START_TEST(past_the_arena_the_heap_serves)
{
    char *block = loop_arena(NULL, 64);
    char *larger;

    memset(block, 'c', 64);
    larger = loop_arena(block, 100000);
    ck_assert_ptr_ne(larger, block);
    for (int i = 0; i < 64; i++)
        ck_assert_int_eq(larger[i], 'c');
    larger = loop_arena(larger, 200000);
    ck_assert_int_eq(larger[63], 'c');
    ck_assert_ptr_null(loop_arena(larger, 0));
    ck_assert_ptr_null(loop_arena(block, 0));
    ck_assert_ptr_null(loop_arena(NULL, 0));
}
END_TEST

TCase *loop_arena_case(void)
{
    const TTest *const tests[] = {blocks_are_aligned_and_keep_their_content_as_they_grow,
                                  the_last_block_grows_in_place, past_the_arena_the_heap_serves,
                                  NULL};

    return case_of("loop_arena", tests);
}
