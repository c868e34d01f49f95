/*
 * depends.c - tests of plan/depends.c: who waits for whom
 */
#include "plan/depends.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

enum { MOST = 10000 };

static struct service services[MOST];
static char names[MOST][16];
static char waits[MOST][16];
static struct ns_join joins[2];
static struct pod pod;
static struct error error;

static void begin(void)
{
    memset(services, 0, sizeof services);
    pod = (struct pod){.services = services};
    error = (struct error){0};
}

static struct depends_fault fault;

static int resolve(void)
{
    for (size_t i = 0; i < pod.service_count; i++)
        if (depends_resolve(&pod, &services[i], &fault, &error) < 0)
            return -1;
    return depends_find_circle(&pod, &fault, &error);
}

static struct service *add(const char *name, const char *after)
{
    struct service *service = &services[pod.service_count++];

    service->name = name;
    service->after_names = after;
    return service;
}

static void is_resolved(void)
{
    ck_assert_msg(resolve() == 0, "%s", error.reason);
}

static void is_refused(const char *service, const char *key, const char *reason)
{
    ck_assert_int_eq(resolve(), -1);
    ck_assert_str_eq(services[fault.place].name, service);
    ck_assert_str_eq(fault.key, key);
    ck_assert_msg(strstr(error.reason, reason) != NULL, "it says '%s'", error.reason);
    ck_assert_int_eq(error.kind, ERROR_USAGE);
}

START_TEST(names_become_places)
{
    begin();
    add("a", "b, c");
    add("b", "\tc ,");
    add("c", NULL);
    is_resolved();
    ck_assert_uint_eq(services[0].after.count, 2);
    ck_assert_uint_eq(services[0].after.places[0], 1);
    ck_assert_uint_eq(services[0].after.places[1], 2);
    ck_assert_uint_eq(services[1].after.count, 1);
    ck_assert_uint_eq(services[1].after.places[0], 2);
    ck_assert_uint_eq(services[2].after.count, 0);
}
END_TEST

START_TEST(a_name_is_found_as_a_whole)
{
    begin();
    add("web", NULL);
    add("web2", NULL);
    add("we", "web2");
    is_resolved();
    ck_assert_uint_eq(services[2].after.places[0], 1);
    ck_assert_int_eq(depends_find(&pod, "web2", 3), 0);
    ck_assert_int_eq(depends_find(&pod, "web", 2), 2);
    ck_assert_int_eq(depends_find(&pod, "w", 1), -1);
}
END_TEST

START_TEST(a_name_that_is_said_twice_is_waited_for_once)
{
    begin();
    add("a", "b b,b");
    add("b", NULL);
    is_resolved();
    ck_assert_uint_eq(services[0].after.count, 1);
}
END_TEST

START_TEST(who_enters_anothers_namespaces_comes_after_it)
{
    begin();
    joins[0] = (struct ns_join){.source = "/proc/1/ns/net"};
    joins[1] = (struct ns_join){.source = "service:b"};
    add("a", NULL)->namespaces.joins = joins;
    services[0].namespaces.join_count = 2;
    add("b", NULL);
    is_resolved();
    ck_assert_uint_eq(services[0].after.count, 1);
    ck_assert_uint_eq(services[0].after.places[0], 1);
}
END_TEST

START_TEST(an_unknown_name_is_told_with_the_closest)
{
    begin();
    add("web", "cahce");
    add("cache", NULL);
    is_refused("web", "after", "cache");
    begin();
    joins[0] = (struct ns_join){.source = "service:nobody"};
    add("a", NULL)->namespaces.joins = joins;
    services[0].namespaces.join_count = 1;
    is_refused("a", "enter", "nobody");
}
END_TEST

START_TEST(nobody_waits_for_itself)
{
    begin();
    add("b", NULL);
    add("a", "b,a");
    is_refused("a", "after", "a service can't wait for itself");
}
END_TEST

START_TEST(a_circle_is_shown_without_the_way_to_it)
{
    begin();
    add("way", "a");
    add("a", "b");
    add("b", "c");
    add("c", "a");
    is_refused("a", "after", "services wait for each other: a -> b -> c -> a");
    ck_assert_ptr_null(strstr(error.reason, "way"));
}
END_TEST

START_TEST(two_ways_to_the_same_service_are_no_circle)
{
    begin();
    add("top", "left,right");
    add("left", "bottom");
    add("right", "bottom");
    add("bottom", NULL);
    is_resolved();
}
END_TEST

/* Each waits for the next one: the deepest way there is. */
static void add_chain(int count)
{
    begin();
    for (int i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], "s%d", i);
        snprintf(waits[i], sizeof waits[i], "s%d", i + 1);
        add(names[i], i + 1 < count ? waits[i] : NULL);
    }
}

START_TEST(a_chain_may_be_long)
{
    add_chain(1000);
    is_resolved();
    add_chain(MOST);
    is_resolved();
    ck_assert_uint_eq(services[MOST - 2].after.places[0], MOST - 1);
}
END_TEST

START_TEST(a_long_circle_is_cut_off)
{
    add_chain(1000);
    services[999].after_names = "s0";
    is_refused("s0", "after", "services wait for each other: s0 -> s1 -> s2");
}
END_TEST

TCase *depends_case(void)
{
    const TTest *const tests[] = {names_become_places,
                                  a_name_is_found_as_a_whole,
                                  a_name_that_is_said_twice_is_waited_for_once,
                                  who_enters_anothers_namespaces_comes_after_it,
                                  an_unknown_name_is_told_with_the_closest,
                                  nobody_waits_for_itself,
                                  a_circle_is_shown_without_the_way_to_it,
                                  two_ways_to_the_same_service_are_no_circle,
                                  a_chain_may_be_long,
                                  a_long_circle_is_cut_off,
                                  NULL};

    return case_of("depends", tests);
}
