/*
 * terminals.c - `run -it`: programs that are no shells, and an interactive bash, on a real terminal
 */
#include "engine/engine.h"

#include <signal.h>
#include <sys/ioctl.h>

#define CONTROL_C "\x03"
#define CONTROL_D "\x04"
#define CONTROL_Z "\x1a"

START_TEST(the_program_is_in_the_foreground)
{
    struct container container;

    container_start_on_terminal(&container, NULL, HELPER("show"));
    ck_assert_int_eq(container_wait(&container), 0);
    ck_assert_contains(container.client.output.text, "foreground yes");
}
END_TEST

START_TEST(its_exit_code_comes_out_of_a_terminal)
{
    struct container container;

    container_start_on_terminal(&container, NULL, HELPER("exit", "42"));
    ck_assert_int_eq(container_wait(&container), 42);
}
END_TEST

START_TEST(control_c_ends_the_program)
{
    struct container container;

    container_start_on_terminal(&container, NULL, HELPER("cat"));
    process_expect(&container.client, "ready");
    process_type(&container.client, CONTROL_C);
    ck_assert_int_eq(container_wait(&container), 128 + SIGINT);
}
END_TEST

START_TEST(control_d_ends_its_input)
{
    struct container container;

    container_start_on_terminal(&container, NULL, HELPER("cat"));
    process_expect(&container.client, "ready");
    process_type(&container.client, CONTROL_D);
    ck_assert_int_eq(container_wait(&container), 0);
}
END_TEST

/* There is no shell to return to: a program that stays stopped would be a dead terminal. */
START_TEST(control_z_leaves_a_terminal_that_answers)
{
    struct container container;

    container_start_on_terminal(&container, NULL, HELPER("cat"));
    process_expect(&container.client, "ready");
    process_type(&container.client, CONTROL_Z);
    /* What the terminal echoes for the key: it has dealt with it. */
    process_expect(&container.client, "^Z");
    process_type(&container.client, "there?\n");
    process_expect(&container.client, "there?\r\nthere?");
    process_type(&container.client, CONTROL_C);
    ck_assert_int_eq(container_wait(&container), 128 + SIGINT);
}
END_TEST

START_TEST(stop_ends_a_program_on_a_terminal)
{
    struct container container;

    container_start_on_terminal(&container, NULL, HELPER("serve", "7"));
    process_expect(&container.client, "ready");
    container_stop(&container);
    ck_assert_int_eq(container_wait(&container), 7);
}
END_TEST

/* Ask the program for the size it sees until that is `size`. */
static void wait_for_size(struct process *client, const char *size)
{
    size_t start;

    do {
        /* The client may not have listened yet when the size changed: docker starts to late. */
        process_signal(client, SIGWINCH);
        process_type(client, "\n");
        process_expect(client, "size ");
        start = client->output.read;
        process_expect(client, ".");
    } while (strncmp(client->output.text + start, size, strlen(size)) != 0);
}

START_TEST(a_change_of_the_windows_size_reaches_the_program)
{
    const struct winsize larger = {.ws_row = 50, .ws_col = 132};
    struct container container;

    container_start_on_terminal(&container, NULL, HELPER("size"));
    process_expect(&container.client, "ready");
    wait_for_size(&container.client, "24x80.");
    ck_assert_int_eq(ioctl(container.client.input, TIOCSWINSZ, &larger), 0);
    wait_for_size(&container.client, "50x132.");
    if (strstr(container.client.output.text, "WINCH: 50x132.") == NULL)
        process_expect(&container.client, "WINCH: 50x132.");
    process_type(&container.client, CONTROL_C);
    ck_assert_int_eq(container_wait(&container), 128 + SIGINT);
}
END_TEST

void add_terminal_tests(TCase *tcase)
{
    tcase_add_test(tcase, the_program_is_in_the_foreground);
    tcase_add_test(tcase, its_exit_code_comes_out_of_a_terminal);
    tcase_add_test(tcase, control_c_ends_the_program);
    tcase_add_test(tcase, control_d_ends_its_input);
    tcase_add_test(tcase, control_z_leaves_a_terminal_that_answers);
    tcase_add_test(tcase, stop_ends_a_program_on_a_terminal);
    tcase_add_test(tcase, a_change_of_the_windows_size_reaches_the_program);
}
