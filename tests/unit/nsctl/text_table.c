/*
 * text_table.c - tests of nsctl/text_table.c
 */
#include "nsctl/text_table_private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "unit/unit.h"

/* Write a table of these cells in three columns, and return its text. */
static const char *print(const char *const *cells, const struct table_style *style)
{
    static char text[4000];
    struct text_table table = {.columns = 3};
    int fd = memfd_create("table", MFD_CLOEXEC);
    ssize_t length;

    setenv("LC_ALL", "C.UTF-8", 1);
    for (; *cells != NULL; cells++)
        text_table_add(&table, *cells);
    ck_assert_int_eq(text_table_write(&table, fd, style), 0);
    length = pread(fd, text, sizeof text - 1, 0);
    ck_assert_int_ge(length, 0);
    text[length] = '\0';
    close(fd);
    return text;
}

#define CELLS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define LONG "abcdefghijklmnopqrstuvwxyz"

START_TEST(without_a_width_lines_are_whole)
{
    const struct table_style style = {.line_end = "\n", .shrinking = {2}};

    ck_assert_str_eq(print(CELLS("A", "B", "C", "1", LONG, "3"), &style),
                     "A  B                           C\n1  " LONG "  3\n");
}
END_TEST

START_TEST(a_shrinking_column_leaves_room_for_the_next)
{
    const struct table_style style = {.line_end = "\n", .shrinking = {2}, .width = 20};

    ck_assert_str_eq(print(CELLS("A", "B", "C", "1", LONG, "3"), &style),
                     "A  B               C\n1  abcdefghijklm…  3\n");
}
END_TEST

START_TEST(a_column_shrinks_to_ten_characters)
{
    const struct table_style style = {.line_end = "\n", .shrinking = {2}, .width = 10};

    ck_assert_str_eq(print(CELLS("1", LONG, "3"), &style), "1  abcdef…\n");
}
END_TEST

START_TEST(a_second_column_shrinks_after_the_first)
{
    const struct table_style style = {.line_end = "\n", .shrinking = {2, 3}, .width = 25};

    ck_assert_str_eq(print(CELLS("1", LONG, LONG), &style), "1  abcdefghi…  abcdefghi…\n");
    ck_assert_str_eq(print(CELLS("1", "4026532190", LONG), &style), "1  4026532190  abcdefghi…\n");
}
END_TEST

START_TEST(no_column_shrinks_where_all_fit)
{
    const struct table_style style = {.line_end = "\n", .shrinking = {2}, .width = 32};

    ck_assert_str_eq(print(CELLS("1", LONG, "3"), &style), "1  " LONG "  3\n");
}
END_TEST

START_TEST(a_cell_is_cut_between_characters)
{
    const struct table_style style = {.line_end = "\n", .shrinking = {2}, .width = 16};

    ck_assert_str_eq(print(CELLS("1", "ääääääääääääääää", "3"), &style), "1  äääääääää…  3\n");
}
END_TEST

START_TEST(a_line_may_be_longer_than_a_page)
{
    static char cell[3001];
    const struct table_style style = {.line_end = "\n"};

    memset(cell, 'x', sizeof cell - 1);
    ck_assert_uint_eq(strlen(print(CELLS("1", cell, "3"), &style)), 3000 + strlen("1    3\n"));
}
END_TEST

TCase *text_table_case(void)
{
    const TTest *const tests[] = {
        without_a_width_lines_are_whole,    a_shrinking_column_leaves_room_for_the_next,
        a_column_shrinks_to_ten_characters, a_second_column_shrinks_after_the_first,
        no_column_shrinks_where_all_fit,    a_cell_is_cut_between_characters,
        a_line_may_be_longer_than_a_page,   NULL};

    return case_of("text_table", tests);
}
