/*
 * notify_relay.c - what the service says goes on to nsinit's own supervisor, which the tests play
 */
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "system/system.h"

/* A script in which "$0" is the probe. */
#define SCRIPT(text) "sh", "-c", text, PROBE

enum { PATIENCE_MS = 60 * 1000, MESSAGE_MAX = 8192 };

/* The other end of nsinit's NOTIFY_SOCKET. */
struct manager {
    int fd;
    char name[108];
    char variable[128]; /* NOTIFY_SOCKET=... */
    char message[MESSAGE_MAX];
};

static void listen_as(struct manager *manager)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(manager->name);

    memcpy(address.sun_path, manager->name, length);
    if (manager->name[0] == '@')
        address.sun_path[0] = '\0';
    else
        (void)unlink(manager->name);
    manager->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(manager->fd, 0);
    length += offsetof(struct sockaddr_un, sun_path);
    ck_assert_int_eq(bind(manager->fd, (struct sockaddr *)&address, (socklen_t)length), 0);
    snprintf(manager->variable, sizeof manager->variable, "NOTIFY_SOCKET=%s", manager->name);
}

static void listen_at_path(struct manager *manager)
{
    snprintf(manager->name, sizeof manager->name, "%s/manager", test_directory());
    listen_as(manager);
}

static void listen_abstractly(struct manager *manager)
{
    snprintf(manager->name, sizeof manager->name, "@nsinit-test-%d", getpid());
    listen_as(manager);
}

static void append(const char *path, const char *text)
{
    FILE *file = fopen(path, "ae");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

/* Wait for the next message. */
static const char *next_message(struct manager *manager)
{
    struct pollfd fd = {.fd = manager->fd, .events = POLLIN};
    ssize_t size;

    ck_assert_msg(poll(&fd, 1, PATIENCE_MS) == 1, "waited in vain for a message");
    size = recv(manager->fd, manager->message, sizeof manager->message - 1, 0);
    ck_assert_int_ge(size, 0);
    manager->message[size] = '\0';
    return manager->message;
}

static void gets(struct manager *manager, const char *expected)
{
    ck_assert_str_eq(next_message(manager), expected);
}

static void gets_no_more(const struct manager *manager)
{
    struct pollfd fd = {.fd = manager->fd, .events = POLLIN};

    ck_assert_int_eq(poll(&fd, 1, 0), 0);
}

/* nsinit under this manager. */
#define UNDER(manager, ...)                                                                 \
    (&(struct process_options){                                                             \
        .arguments = COMMAND("env", (manager)->variable, nsinit_path(), "-v", __VA_ARGS__), \
        .place = PLACE_FIRST})

static void tells_the_life_of_a_service(struct manager *manager)
{
    struct process process;

    process_start(&process, UNDER(manager, "--notify", "--",
                                  SCRIPT("\"$0\" say STATUS=warming READY=1; exec cat")));
    gets(manager, "STATUS=warming\n");
    gets(manager, "READY=1\n");
    process_signal(&process, SIGTERM);
    gets(manager, "STOPPING=1\n");
    ck_assert_int_eq(process_wait(&process), 128 + SIGTERM);
    gets_no_more(manager);
}

START_TEST(a_socket_by_path_is_told_of_ready_status_and_stopping)
{
    struct manager manager;

    listen_at_path(&manager);
    tells_the_life_of_a_service(&manager);
}
END_TEST

START_TEST(an_abstract_socket_is_told_of_ready_status_and_stopping)
{
    struct manager manager;

    listen_abstractly(&manager);
    tells_the_life_of_a_service(&manager);
}
END_TEST

START_TEST(readiness_by_a_descriptor_is_told_too)
{
    struct manager manager;
    struct process process;

    listen_at_path(&manager);
    process_start(&process, UNDER(&manager, "--ready-fd", "3", "--", "sh", "-c",
                                  "echo \"<$NOTIFY_SOCKET>\"; echo >&3; exec cat"));
    gets(&manager, "READY=1\n");
    /* It is nsinit's to say so, and the service can't. */
    process_expect(&process, "<>");
}
END_TEST

START_TEST(readiness_is_relayed_from_new_namespaces)
{
    struct manager manager;
    struct process process;

    listen_at_path(&manager);
    process_start(&process, UNDER(&manager, "--notify", "--unshare", "all", "--map-root-user", "--",
                                  SCRIPT("\"$0\" say READY=1 STOPPING=1; exec cat")));
    gets(&manager, "READY=1\n");
    gets(&manager, "STOPPING=1\n");
    process_close_input(&process);
    ck_assert_int_eq(process_wait(&process), 0);
    gets_no_more(&manager);
}
END_TEST

START_TEST(what_a_manager_can_use_is_passed_on)
{
    struct manager manager;
    struct process process;

    listen_at_path(&manager);
    process_start(&process,
                  UNDER(&manager, "--notify", "--",
                        SCRIPT("\"$0\" say WATCHDOG=1 RELOADING=1%0aMONOTONIC_USEC=5 "
                               "EXTEND_TIMEOUT_USEC=7 STOPPING=1%0aSTATUS=bye; exec cat")));
    gets(&manager, "WATCHDOG=1\n");
    gets(&manager, "RELOADING=1\nMONOTONIC_USEC=5\n");
    gets(&manager, "EXTEND_TIMEOUT_USEC=7\n");
    gets(&manager, "STOPPING=1\nSTATUS=bye\n");
}
END_TEST

START_TEST(pids_and_what_is_unknown_are_not_passed_on)
{
    struct manager manager;
    struct process process;

    listen_at_path(&manager);
    process_start(&process, UNDER(&manager, "--notify", "--",
                                  SCRIPT("\"$0\" say MAINPID=$$ X=1 "
                                         "WATCHDOG_USEC=9000000 READY=1; exec cat")));
    gets(&manager, "READY=1\n");
}
END_TEST

START_TEST(what_a_manager_alone_can_use_is_passed_on_as_it_is)
{
    struct manager manager;
    struct process process;

    listen_at_path(&manager);
    process_start(&process, UNDER(&manager, "--notify", "--",
                                  SCRIPT("\"$0\" say ERRNO=2%0aX_OWN=a=b BUSERROR=org.a.B "
                                         "FDSTOREREMOVE=1%0aFDNAME=x; exec cat")));
    gets(&manager, "ERRNO=2\nX_OWN=a=b\n");
    gets(&manager, "BUSERROR=org.a.B\n");
    gets(&manager, "FDSTOREREMOVE=1\nFDNAME=x\n");
}
END_TEST

/* Each is a pipe's end, which nobody else holds when the manager has closed its own. */
static void gets_files(struct manager *manager, const char *expected, size_t count)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(300 * sizeof(int))];
    struct iovec data = {.iov_base = manager->message, .iov_len = sizeof manager->message - 1};
    struct msghdr header = {.msg_iov = &data,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof control};
    struct pollfd readable = {.fd = manager->fd, .events = POLLIN};
    ssize_t size;

    ck_assert_int_eq(poll(&readable, 1, PATIENCE_MS), 1);
    size = recvmsg(manager->fd, &header, MSG_CMSG_CLOEXEC);
    ck_assert_int_ge(size, 0);
    manager->message[size] = '\0';
    ck_assert_str_eq(manager->message, expected);
    ck_assert_uint_eq(header.msg_controllen, CMSG_SPACE(count * sizeof(int)));
    for (size_t i = 0; i < count; i++) {
        int fd;

        memcpy(&fd, CMSG_DATA((struct cmsghdr *)control) + i * sizeof fd, sizeof fd);
        ck_assert_int_eq(close(fd), 0);
    }
}

START_TEST(files_for_a_manager_to_keep_are_passed_on)
{
    struct manager manager;
    struct process process;

    listen_at_path(&manager);
    process_start(&process,
                  UNDER(&manager, "--notify", "--", PROBE, "files", "3", "FDSTORE=1%0aFDNAME=x"));
    gets_files(&manager, "FDSTORE=1\nFDNAME=x\n", 3);
    process_expect(&process, "all files closed");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

START_TEST(files_wait_for_a_slow_manager_with_their_message)
{
    struct manager manager;
    struct process process;

    listen_at_path(&manager);
    process_start(&process,
                  UNDER(&manager, "--notify", "--",
                        SCRIPT("\"$0\" flood 60; \"$0\" say X_A=1; \"$0\" files 100 FDSTORE=1")));
    process_expect(&process, "status: number 60");
    for (int number = 1; number <= 60; number++)
        ck_assert_contains(next_message(&manager), "STATUS=number ");
    gets(&manager, "X_A=1\n");
    gets_files(&manager, "FDSTORE=1\n", 100);
    process_expect(&process, "all files closed");
    ck_assert_int_eq(process_wait(&process), 0);
}
END_TEST

START_TEST(ready_after_a_reload_is_told_again)
{
    struct manager manager;
    struct process process;

    listen_at_path(&manager);
    process_start(&process, UNDER(&manager, "--notify", "--",
                                  SCRIPT("\"$0\" say READY=1 RELOADING=1 READY=1; exec cat")));
    gets(&manager, "READY=1\n");
    gets(&manager, "RELOADING=1\n");
    gets(&manager, "READY=1\n");
}
END_TEST

START_TEST(a_restarted_service_tells_again_that_it_is_ready)
{
    struct manager manager;
    struct process process;

    listen_at_path(&manager);
    process_run(&process,
                UNDER(&manager, "--notify", "--restart", "on-failure:1", "--restart-delay", "0",
                      "--", SCRIPT("\"$0\" say READY=1; exit 1")));
    gets(&manager, "READY=1\n");
    gets(&manager, "READY=1\n");
    gets_no_more(&manager);
}
END_TEST

START_TEST(nsinit_under_nsinit_passes_all_up)
{
    struct manager manager;
    struct process process;

    listen_at_path(&manager);
    process_start(&process, UNDER(&manager, "--notify", "--unshare", "pid,net,mnt", "--",
                                  nsinit_path(), "-v", "-s", "--notify", "--unshare", "pid", "--",
                                  SCRIPT("\"$0\" say STATUS=deep READY=1; exec cat")));
    gets(&manager, "STATUS=deep\n");
    gets(&manager, "READY=1\n");
    process_close_input(&process);
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_int_eq(count_of(process.errors.text, "main: ready"), 2);
}
END_TEST

/* ---- managers that do not listen ------------------------------------------------------------ */

/* The service is ready, stops when asked to, and one warning has come of it. */
static void does_no_harm(struct manager *manager, const char *script)
{
    struct process process;

    process_start(&process, UNDER(manager, "--notify", "--", SCRIPT(script)));
    process_expect(&process, "main: ready");
    process_expect(&process, "all is said");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGTERM);
    ck_assert_int_eq(count_of(process.errors.text, "nsinit: send to NOTIFY_SOCKET "), 1);
}

/* Of a log that is full of what the service says a slow reader would miss lines, so the level is
 * not raised. */
START_TEST(a_manager_that_never_reads_blocks_nothing)
{
    const char *events = fresh_file("events");
    struct manager manager;
    struct process process;
    char line[1000] = "";
    FILE *file;

    listen_at_path(&manager);
    process_start(&process,
                  &(struct process_options){
                      .arguments = COMMAND("env", manager.variable, nsinit_path(), "--notify",
                                           "--report", events, "--",
                                           SCRIPT("\"$0\" flood 2000; \"$0\" say READY=1; "
                                                  "echo all is said; exec cat")),
                      .place = PLACE_FIRST});
    process_expect(&process, "all is said");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGTERM);
    ck_assert_int_eq(count_of(process.errors.text, "nsinit: send to NOTIFY_SOCKET "), 1);
    file = fopen(events, "re");
    ck_assert_ptr_nonnull(file);
    while (strstr(line, "{\"event\":\"ready\"") == NULL)
        ck_assert_msg(fgets(line, sizeof line, file) != NULL, "it was not ready");
    fclose(file);
}
END_TEST

START_TEST(what_a_slow_manager_gets_is_whole_and_in_order)
{
    struct manager manager;
    struct process process;

    listen_at_path(&manager);
    process_start(&process, UNDER(&manager, "--notify", "--",
                                  SCRIPT("\"$0\" flood 60; \"$0\" say READY=1; exec cat")));
    process_expect(&process, "main: ready");
    for (int number = 1; number <= 60; number++) {
        char expected[40];

        snprintf(expected, sizeof expected, "STATUS=number %d.\n", number);
        gets(&manager, expected);
    }
    gets(&manager, "READY=1\n");
    gets_no_more(&manager);
}
END_TEST

START_TEST(a_manager_that_is_gone_does_no_harm)
{
    struct manager manager;

    listen_at_path(&manager);
    close(manager.fd);
    does_no_harm(&manager, "\"$0\" say STATUS=1 STATUS=2 READY=1; echo all is said; exec cat");
    (void)unlink(manager.name);
}
END_TEST

START_TEST(a_name_that_leads_nowhere_does_no_harm)
{
    static const char *const names[] = {"/nowhere/at/all", "nonsense", "@", "vsock:2:1234"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct manager manager;

        snprintf(manager.variable, sizeof manager.variable, "NOTIFY_SOCKET=%s", names[i]);
        does_no_harm(&manager, "\"$0\" say STATUS=1 READY=1; echo all is said; exec cat");
    }
}
END_TEST

START_TEST(a_manager_that_was_restarted_is_found_again)
{
    struct manager manager;
    struct process process;

    listen_at_path(&manager);
    process_start(&process, UNDER(&manager, "--notify", "--",
                                  SCRIPT("\"$0\" say READY=1; read x; \"$0\" say STATUS=back")));
    gets(&manager, "READY=1\n");
    close(manager.fd);
    listen_at_path(&manager);
    process_type(&process, "\n");
    gets(&manager, "STATUS=back\n");
    ck_assert_int_eq(process_wait(&process), 0);
    ck_assert_lacks(process.errors.text, "NOTIFY_SOCKET");
}
END_TEST

/* ---- variables --------------------------------------------------------------------------------
 */

START_TEST(without_notify_the_service_has_nsinits_own_socket)
{
    struct manager manager;
    struct process process;

    listen_at_path(&manager);
    ck_assert_int_eq(process_run(&process, UNDER(&manager, "--unshare", "pid,mnt", "--", PROBE,
                                                 "send", "X_ANY=thing")),
                     0);
    gets(&manager, "X_ANY=thing");
}
END_TEST

START_TEST(without_notify_nothing_is_said_in_the_services_place)
{
    struct manager manager;
    struct process process;

    listen_at_path(&manager);
    process_start(&process, UNDER(&manager, "--", "sh", "-c", "echo there; exec cat"));
    process_expect(&process, "there");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 128 + SIGTERM);
    gets_no_more(&manager);
}
END_TEST

START_TEST(a_watchdog_of_nsinits_becomes_the_services)
{
    struct process process;
    struct process_options options = {.arguments =
                                          COMMAND("env", "WATCHDOG_PID=1", "WATCHDOG_USEC=5000000",
                                                  nsinit_path(), "--notify", "--", "sh", "-c",
                                                  "echo $(($$ == WATCHDOG_PID)) $WATCHDOG_USEC"),
                                      .place = PLACE_FIRST};

    ck_assert_int_eq(process_run(&process, &options), 0);
    ck_assert_str_eq(process.output.text, "1 5000000\n");
}
END_TEST

START_TEST(pids_become_those_that_the_service_sees_of_itself)
{
    struct process process;
    struct process_options options = {.arguments = COMMAND("env", "WATCHDOG_PID=1", "LISTEN_PID=1",
                                                           "LISTEN_FDS=0", nsinit_path(),
                                                           "--unshare", "pid", "--", "sh", "-c",
                                                           "echo $$ $WATCHDOG_PID $LISTEN_PID"),
                                      .place = PLACE_FIRST};

    ck_assert_int_eq(process_run(&process, &options), 0);
    ck_assert_str_eq(process.output.text, "2 2 2\n");
}
END_TEST

/* ---- what nsinit tells of itself --------------------------------------------------------------
 */

/* The next message that is none of `other`. */
static const char *next_but(struct manager *manager, const char *other)
{
    while (strncmp(next_message(manager), other, strlen(other)) == 0)
        ;
    return manager->message;
}

/* nsinit under this manager, which watches PID 1, 1: nsinit. */
#define WATCHED(manager, pid, ...)                                                                 \
    (&(struct process_options){.arguments =                                                        \
                                   COMMAND("env", (manager)->variable, "WATCHDOG_USEC=100000",     \
                                           "WATCHDOG_PID=" pid, nsinit_path(), "-v", __VA_ARGS__), \
                               .place = PLACE_FIRST})

START_TEST(a_pod_feeds_the_watchdog_of_its_manager)
{
    struct manager manager;
    struct process process;

    listen_at_path(&manager);
    process_start(&process,
                  WATCHED(&manager, "1", "--control", "no", "--pod",
                          pod_file("[service a]\ncommand = sh -c 'echo "
                                   "\"<$${WATCHDOG_USEC-}$${WATCHDOG_PID-}>\"; exec sleep 1000'\n"
                                   "[service b]\ncommand = sleep 1000\nunshare = pid\n")));
    process_expect(&process, "<>");
    ck_assert_str_eq(next_but(&manager, "WATCHDOG"), "READY=1\n");
    ck_assert_str_eq(next_but(&manager, "WATCHDOG"), "STATUS=2 of 2 ready\n");
    for (int i = 0; i < 5; i++)
        gets(&manager, "WATCHDOG=1\n");
}
END_TEST

START_TEST(nsinit_feeds_it_where_the_service_cannot)
{
    struct manager manager;
    struct process process;

    listen_at_path(&manager);
    process_start(&process, WATCHED(&manager, "1", "--ready-fd", "3", "--", "sh", "-c",
                                    "echo \"<${WATCHDOG_USEC-}>\"; echo >&3; exec sleep 1000"));
    process_expect(&process, "<>");
    ck_assert_str_eq(next_but(&manager, "WATCHDOG"), "READY=1\n");
    for (int i = 0; i < 5; i++)
        gets(&manager, "WATCHDOG=1\n");
}
END_TEST

/* The sleep is longer than the watchdog's time. */
START_TEST(a_watchdog_of_another_process_is_not_fed)
{
    struct manager manager;
    struct process process;

    listen_at_path(&manager);
    ck_assert_int_eq(process_run(&process, WATCHED(&manager, "77", "--control", "no", "--pod",
                                                   pod_file("[service a]\ncommand = sleep 0.5\n"))),
                     0);
    gets(&manager, "READY=1\n");
    gets(&manager, "STATUS=1 of 1 ready\n");
    gets_no_more(&manager);
}
END_TEST

START_TEST(the_status_of_a_pod_is_how_many_are_ready)
{
    struct manager manager;
    struct process process;
    const char *news = fresh_file("news");

    listen_at_path(&manager);
    process_start(&process,
                  UNDER(&manager, "--control", "no", "--pod",
                        pod_file("[service a]\ncommand = sleep 1000\n"
                                 "[service b]\ntype = oneshot\ncommand = true\n"
                                 "[service c]\ncommand = sleep 1000\n"
                                 "[service d]\nnotify = yes\ncommand = sh -c 'until grep -q up "
                                 "%s; do sleep 0.02; done; \"%s\" say READY=1; until grep -q down "
                                 "%s; do sleep 0.02; done'\n",
                                 news, PROBE, news)));
    while (strcmp(next_message(&manager), "STATUS=3 of 4 ready\n") != 0)
        ck_assert_msg(strncmp(manager.message, "STATUS=", 7) == 0, "%s", manager.message);
    append(news, "up\n");
    gets(&manager, "READY=1\n");
    gets(&manager, "STATUS=4 of 4 ready\n");
    append(news, "down\n");
    gets(&manager, "STATUS=3 of 4 ready\n");
}
END_TEST

/* Else a newer sd_listen_fds(3) takes the files for another process's. */
START_TEST(the_pidfd_that_goes_with_listen_pid_goes_with_it)
{
    struct process process;

    ck_assert_int_eq(
        process_run(&process,
                    &(struct process_options){
                        .arguments = COMMAND("env", "LISTEN_PID=1", "LISTEN_PIDFDID=4711",
                                             "LISTEN_FDS=0", nsinit_path(), "--", "sh", "-c",
                                             "echo $(($$ == LISTEN_PID)) "
                                             "${LISTEN_PIDFDID-none} $LISTEN_FDS"),
                        .place = PLACE_FIRST}),
        0);
    ck_assert_str_eq(process.output.text, "1 none 0\n");
    process_drop(&process);
    /* Both are another process's. */
    ck_assert_int_eq(
        process_run(
            &process,
            &(struct process_options){
                .arguments = COMMAND("env", "LISTEN_PID=77", "LISTEN_PIDFDID=4711", nsinit_path(),
                                     "--", "sh", "-c", "echo $LISTEN_PID $LISTEN_PIDFDID"),
                .place = PLACE_FIRST}),
        0);
    ck_assert_str_eq(process.output.text, "77 4711\n");
}
END_TEST

START_TEST(a_watchdog_of_another_process_stays_its_own)
{
    struct process process;
    struct process_options options = {.arguments = COMMAND("env", "WATCHDOG_PID=77", nsinit_path(),
                                                           "--notify", "--", "sh", "-c",
                                                           "echo $WATCHDOG_PID"),
                                      .place = PLACE_FIRST};

    ck_assert_int_eq(process_run(&process, &options), 0);
    ck_assert_str_eq(process.output.text, "77\n");
}
END_TEST

TCase *notify_relay_case(void)
{
    const TTest *const tests[] = {a_socket_by_path_is_told_of_ready_status_and_stopping,
                                  an_abstract_socket_is_told_of_ready_status_and_stopping,
                                  readiness_by_a_descriptor_is_told_too,
                                  readiness_is_relayed_from_new_namespaces,
                                  what_a_manager_can_use_is_passed_on,
                                  pids_and_what_is_unknown_are_not_passed_on,
                                  what_a_manager_alone_can_use_is_passed_on_as_it_is,
                                  files_for_a_manager_to_keep_are_passed_on,
                                  files_wait_for_a_slow_manager_with_their_message,
                                  ready_after_a_reload_is_told_again,
                                  a_restarted_service_tells_again_that_it_is_ready,
                                  nsinit_under_nsinit_passes_all_up,
                                  a_manager_that_never_reads_blocks_nothing,
                                  what_a_slow_manager_gets_is_whole_and_in_order,
                                  a_manager_that_is_gone_does_no_harm,
                                  a_name_that_leads_nowhere_does_no_harm,
                                  a_manager_that_was_restarted_is_found_again,
                                  without_notify_the_service_has_nsinits_own_socket,
                                  without_notify_nothing_is_said_in_the_services_place,
                                  a_watchdog_of_nsinits_becomes_the_services,
                                  pids_become_those_that_the_service_sees_of_itself,
                                  the_pidfd_that_goes_with_listen_pid_goes_with_it,
                                  a_watchdog_of_another_process_stays_its_own,
                                  a_pod_feeds_the_watchdog_of_its_manager,
                                  nsinit_feeds_it_where_the_service_cannot,
                                  a_watchdog_of_another_process_is_not_fed,
                                  the_status_of_a_pod_is_how_many_are_ready,
                                  NULL};

    return case_of("notify_relay", tests);
}
