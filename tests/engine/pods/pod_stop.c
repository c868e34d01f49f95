/*
 * pod_stop.c - nothing is lost at docker stop: what is under way is finished, what was acknowledged
 * is there after the next start
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "engine/pods/example_pod.h"

enum { WEB_PORT = 80, CACHE_PORT = 6379 };

/* Much more than the buffers of both ends of a connection hold. */
#define LARGE_SIZE "64M"
enum { LARGE_BYTES = 64 * 1024 * 1024 };

static int connect_to(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* False when the other end has gone. */
static bool ask(int fd, const char *request)
{
    return send(fd, request, strlen(request), MSG_NOSIGNAL) == (ssize_t)strlen(request);
}

/* What comes up to a line's end: false when the other end has gone instead. */
static bool read_line(int fd, char *line, size_t size)
{
    size_t length = 0;

    while (length < size - 1 && recv(fd, line + length, 1, 0) == 1)
        if (line[length++] == '\n') {
            line[length] = '\0';
            return true;
        }
    return false;
}

/* Read the header, and as much of the body as comes along; the size of that. */
static size_t begin_large_response(const struct container *pod, int *fd)
{
    char first[1024];
    const char *body;
    ssize_t size;

    pod_inside(pod, WORDS("truncate", "--size", LARGE_SIZE, "/var/www/html/large"));
    *fd = connect_to(WEB_PORT);
    ck_assert(ask(*fd, "GET /large HTTP/1.0\r\n\r\n"));
    size = recv(*fd, first, sizeof first - 1, MSG_WAITALL);
    ck_assert_int_eq(size, (ssize_t)sizeof first - 1);
    first[size] = '\0';
    ck_assert_contains(first, " 200 OK\r\n");
    body = strstr(first, "\r\n\r\n");
    ck_assert_ptr_nonnull(body);
    return (size_t)(first + size - (body + 4));
}

static size_t read_to_the_end(int fd)
{
    static char bytes[1024 * 1024];
    size_t sum = 0;
    ssize_t size;

    while ((size = recv(fd, bytes, sizeof bytes, 0)) > 0)
        sum += (size_t)size;
    return sum;
}

static void begin_stop(struct process *stop, struct container *pod)
{
    engine_start(stop, "docker", WORDS("stop", pod->name));
    process_expect(&pod->client, "web: stop: QUIT");
}

START_TEST(a_response_under_way_arrives_whole)
{
    struct container pod;
    struct process stop;
    size_t size;
    int web;

    pod_start(&pod, &plain_pod, NULL);
    size = begin_large_response(&pod, &web);
    begin_stop(&stop, &pod);
    size += read_to_the_end(web);
    ck_assert_uint_eq(size, LARGE_BYTES);
    process_expect(&pod.client, "web: ended, exit code 0");
    ck_assert_int_eq(container_wait(&pod), 0);
}
END_TEST

START_TEST(a_request_has_its_backend_until_it_is_answered)
{
    struct container pod;
    struct process stop;
    char answer[32];
    int cache;
    int web;

    pod_start(&pod, &plain_pod, NULL);
    begin_large_response(&pod, &web);
    begin_stop(&stop, &pod);
    cache = connect_to(CACHE_PORT);
    ck_assert(ask(cache, "PING\r\n"));
    ck_assert(read_line(cache, answer, sizeof answer));
    ck_assert_str_eq(answer, "+PONG\r\n");
    ck_assert_lacks(pod.client.errors.text, "cache: stop");
    read_to_the_end(web);
    process_expect(&pod.client, "web: ended, exit code 0");
    process_expect(&pod.client, "cache: stop: TERM");
    process_expect(&pod.client, "cache: ended, exit code 0");
    ck_assert_int_eq(container_wait(&pod), 0);
}
END_TEST

/* The second request, which is one after two seconds, comes in the place of the schedule's ten. */
START_TEST(a_client_that_never_reads_is_cut_off_and_the_cache_still_ends_in_order)
{
    struct container pod;
    struct process stop;
    int web;

    pod_start(&pod, &plain_pod, NULL);
    begin_large_response(&pod, &web);
    begin_stop(&stop, &pod);
    nanosleep(&(struct timespec){.tv_sec = 2, .tv_nsec = 50 * 1000 * 1000}, NULL);
    ck_assert(container_kill(&pod, SIGTERM));
    process_expect(&pod.client, "web: ended, exit code 137");
    process_expect(&pod.client, "cache: stop: TERM");
    process_expect(&pod.client, "cache: ended, exit code 0");
    ck_assert_int_eq(container_wait(&pod), 137);
}
END_TEST

/* As long as the README says, for the same client: web's ten seconds do not cost the cache its own.
 */
START_TEST(a_long_enough_stop_timeout_leaves_each_service_its_schedule)
{
    struct container pod;
    struct process stop;
    int web;

    pod_start(&pod, &plain_pod, WORDS("--stop-timeout", "25"));
    begin_large_response(&pod, &web);
    begin_stop(&stop, &pod);
    process_expect(&pod.client, "web: ended, exit code 137");
    process_expect(&pod.client, "cache: stop: TERM");
    process_expect(&pod.client, "cache: ended, exit code 0");
    ck_assert_int_eq(container_wait(&pod), 137);
}
END_TEST

/* Writes until the cache closes the connection; docker stop comes among them. The last number. */
static long write_through_a_stop(struct container *pod)
{
    enum { BEFORE_THE_STOP = 100 };
    int cache = connect_to(CACHE_PORT);
    struct process stop;
    long acknowledged = 0;
    char answer[32];

    while (ask(cache, "INCR writes\r\n") && read_line(cache, answer, sizeof answer)) {
        ck_assert_int_eq(answer[0], ':');
        acknowledged = strtol(answer + 1, NULL, 10);
        if (acknowledged == BEFORE_THE_STOP)
            engine_start(&stop, "docker", WORDS("stop", pod->name));
    }
    ck_assert_int_ge(acknowledged, BEFORE_THE_STOP);
    pod_expect_end(pod);
    ck_assert_int_eq(process_wait(&stop), 0);
    return acknowledged;
}

START_TEST(all_writes_that_were_acknowledged_are_there_after_the_next_start)
{
    const char *const *volume = pod_volume();
    struct container pod;
    long acknowledged;

    pod_start(&pod, &plain_pod, volume);
    acknowledged = write_through_a_stop(&pod);
    pod_start(&pod, &plain_pod, volume);
    /* One more may have been written whose answer did not get through. */
    ck_assert_int_ge(strtol(pod_inside(&pod, WORDS("redis-cli", "get", "writes")), NULL, 10),
                     acknowledged);
    pod_stop(&pod);
    pod_remove_volume();
}
END_TEST

/* A cache that saves when it is asked to end, and no sooner. */
static const char *pod_that_saves_last(void)
{
    static char mount[600];
    FILE *file = fopen(state_path("saves-last.ini"), "we");

    ck_assert_ptr_nonnull(file);
    fputs("[service cache]\n"
          "command = redis-server --dir /data --appendonly no --save 3600 1\n"
          "health-cmd = redis-cli ping\n",
          file);
    ck_assert_int_eq(fclose(file), 0);
    snprintf(mount, sizeof mount, "%s:/etc/pod.ini:ro", state_path("saves-last.ini"));
    return mount;
}

static void start_that_saves_last(struct container *pod, const char *const *volume)
{
    pod_begin(pod, &plain_pod, WORDS(volume[0], volume[1], "--volume", pod_that_saves_last()));
    process_expect(&pod->client, "cache: healthy");
}

START_TEST(data_saved_only_at_the_end_is_saved)
{
    const char *const *volume = pod_volume();
    struct container pod;

    start_that_saves_last(&pod, volume);
    ck_assert_contains(pod_inside(&pod, WORDS("redis-cli", "set", "key", "kept")), "OK");
    container_stop(&pod);
    ck_assert_int_eq(container_wait(&pod), 0);
    start_that_saves_last(&pod, volume);
    ck_assert_contains(pod_inside(&pod, WORDS("redis-cli", "get", "key")), "kept");
    container_stop(&pod);
    ck_assert_int_eq(container_wait(&pod), 0);
    pod_remove_volume();
}
END_TEST

TCase *pod_stop_case(void)
{
    const TTest *const tests[] = {
        a_response_under_way_arrives_whole,
        a_request_has_its_backend_until_it_is_answered,
        a_client_that_never_reads_is_cut_off_and_the_cache_still_ends_in_order,
        a_long_enough_stop_timeout_leaves_each_service_its_schedule,
        all_writes_that_were_acknowledged_are_there_after_the_next_start,
        data_saved_only_at_the_end_is_saved,
        NULL};
    TCase *tcase = case_of("pod_stop", tests);

    tcase_add_checked_fixture(tcase, pod_remove_leftovers, NULL);
    return tcase;
}
