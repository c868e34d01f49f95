/*
 * namespaces.c - tests of plan/namespaces.c, plan/process.c and linux/capabilities.c
 */
#include "plan/namespaces.h"

#include <stdlib.h>
#include <string.h>

#include "plan/process.h"
#include "unit/unit.h"

START_TEST(lists_of_namespaces_are_sets)
{
    ns_set set = 0;
    struct error error;

    ck_assert_int_eq(ns_set_parse(&set, "pid,net", &error), 0);
    ck_assert_uint_eq(set, 1U << NAMESPACE_PID | 1U << NAMESPACE_NET);
    ck_assert_int_eq(ns_set_parse(&set, "all", &error), 0);
    ck_assert_uint_eq(set, (1U << NAMESPACE_COUNT) - 1);
    ck_assert(ns_set_has(set, NAMESPACE_TIME));
    ck_assert_int_eq(ns_set_parse(&set, "pid,,net", &error), -1);
    ck_assert_int_eq(ns_set_parse(&set, "ucgroup", &error), -1);
    ck_assert_ptr_nonnull(strstr(error.reason, "did you mean cgroup?"));
}
END_TEST

START_TEST(id_ranges_are_three_numbers)
{
    static const char *const wrong[] = {"",        "1",     "1:2",    "1:2:0",
                                        "1:2:3:4", "a:2:3", "1:2:-3", "1:2:4294967296"};
    struct id_map *map = NULL;
    struct error error;

    ck_assert_int_eq(id_map_add(&map, "0:100000:65536", &error), 0);
    ck_assert_uint_eq(map->ranges[0].outside, 100000);
    ck_assert_uint_eq(map->ranges[0].count, 65536);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_msg(id_map_add(&map, wrong[i], &error) == -1, "'%s' is taken", wrong[i]);
    ck_assert_uint_eq(map->count, 1);
    while (map->count < ID_RANGES)
        ck_assert_int_eq(id_map_add(&map, "1:1:1", &error), 0);
    ck_assert_int_eq(id_map_add(&map, "1:1:1", &error), -1);
    free(map);
}
END_TEST

START_TEST(a_process_to_enter_has_an_inode_or_a_descriptor)
{
    static const char *const others[] = {"",   "x",    "1x",    "1:",     "1:x",
                                         "1/", "1/fd", "1:2:3", "netns:a"};
    struct entered_pid process;

    ck_assert(entered_pid_parse(&process, "12"));
    ck_assert(process.pid == 12 && process.kind == '\0');
    ck_assert(entered_pid_parse(&process, "12:18446744073709551615"));
    ck_assert(process.pid == 12 && process.kind == ':' && process.number == UINT64_MAX);
    ck_assert(entered_pid_parse(&process, "12/9"));
    ck_assert(process.kind == '/' && process.number == 9);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        ck_assert_msg(!entered_pid_parse(&process, others[i]), "'%s' is a process", others[i]);
}
END_TEST

START_TEST(options_about_a_namespace_need_it)
{
    struct namespaces namespaces = {.hostname = "x"};
    struct ns_join join = {.types = 1U << NAMESPACE_UTS, .source = "1"};
    struct error error;

    ck_assert_int_eq(namespaces_check(&namespaces, &error), -1);
    ck_assert_str_eq(error.subject, "--hostname");
    namespaces.unshared = 1U << NAMESPACE_UTS;
    ck_assert_int_eq(namespaces_check(&namespaces, &error), 0);
    namespaces.unshared = 0;
    namespaces.joins = &join;
    namespaces.join_count = 1;
    ck_assert_int_eq(namespaces_check(&namespaces, &error), 0);
    namespaces.no_loopback = true;
    ck_assert_int_eq(namespaces_check(&namespaces, &error), -1);
    ck_assert_str_eq(error.subject, "--no-loopback");
}
END_TEST

START_TEST(a_sysctl_needs_the_namespace_of_its_key)
{
    struct sysctl sysctl;
    struct namespaces namespaces = {.sysctls = &sysctl, .sysctl_count = 1};
    struct error error;

    ck_assert_int_eq(sysctl_parse(&sysctl, "kernel.shmmax=1", &error), 0);
    namespaces.unshared = 1U << NAMESPACE_NET;
    ck_assert_int_eq(namespaces_check(&namespaces, &error), -1);
    ck_assert_str_eq(error.subject, "--sysctl");
    ck_assert_str_eq(error.reason, "needs a new ipc namespace: add --unshare ipc");
    namespaces.unshared = 1U << NAMESPACE_IPC;
    ck_assert_int_eq(namespaces_check(&namespaces, &error), 0);
}
END_TEST

START_TEST(a_fresh_proc_is_where_it_is_asked_for_or_where_the_old_one_is_wrong)
{
    struct namespaces namespaces = {.unshared = 1U << NAMESPACE_MNT};
    struct mount mount = {.type = MOUNT_PROC, .target = "//proc/./"};
    struct error error;

    ck_assert_ptr_null(namespaces_fresh_proc(&namespaces));
    namespaces.mask_proc = MASK_PROC_YES;
    ck_assert_int_eq(namespaces_check(&namespaces, &error), -1);
    ck_assert_str_eq(error.subject, "--mask-proc");
    namespaces.unshared |= 1U << NAMESPACE_PID;
    ck_assert_str_eq(namespaces_fresh_proc(&namespaces), "/proc");
    ck_assert_int_eq(namespaces_check(&namespaces, &error), 0);
    namespaces.filesystem.mounts = &mount;
    namespaces.filesystem.mount_count = 1;
    ck_assert_ptr_null(namespaces_fresh_proc(&namespaces));
    ck_assert(namespaces_has_fresh_proc(&namespaces));
    namespaces.filesystem.mount_count = 0;
    namespaces.no_fresh_proc = true;
    ck_assert_ptr_null(namespaces_fresh_proc(&namespaces));
    namespaces.filesystem.proc = "/other";
    ck_assert_str_eq(namespaces_fresh_proc(&namespaces), "/other");
}
END_TEST

START_TEST(users_are_not_mapped_without_groups)
{
    struct id_map map = {.ranges = {{5, 100000, 7}}, .count = 1};
    struct namespaces namespaces = {.unshared = 1U << NAMESPACE_USER, .users = &map};
    struct error error;

    ck_assert_int_eq(namespaces_check(&namespaces, &error), -1);
    ck_assert_str_eq(error.subject, "--map-users");
    ck_assert_str_eq(error.reason, "leaves the groups unmapped");
    ck_assert_str_eq(error.hint, "--map-users 5:100000:7 --map-groups 5:100000:7");
    namespaces.groups = &map;
    ck_assert_int_eq(namespaces_check(&namespaces, &error), 0);
    namespaces.users = NULL;
    ck_assert_int_eq(namespaces_check(&namespaces, &error), -1);
    ck_assert_str_eq(error.subject, "--map-groups");
    namespaces.map_root = true;
    ck_assert_int_eq(namespaces_check(&namespaces, &error), 0);
}
END_TEST

START_TEST(every_resource_has_a_name_that_leads_back)
{
    struct error error;

    for (int resource = 0; resource < (int)RLIM_NLIMITS; resource++)
        ck_assert_int_eq(resource_by_name(resource_name(resource), &error), resource);
    ck_assert_int_eq(resource_by_name("NOFILE", &error), resource_by_name("nofile", &error));
    ck_assert_int_eq(resource_by_name("files", &error), -1);
    ck_assert_str_eq(error.reason, "unknown limit 'files'");
    ck_assert_int_eq(resource_by_name("nofiles", &error), -1);
    ck_assert_str_eq(error.reason, "unknown limit 'nofiles'; did you mean nofile?");
}
END_TEST

START_TEST(capabilities_are_known_with_and_without_prefix)
{
    capability_set set = 0;
    char wrong[40];

    ck_assert_int_eq(capabilities_parse("chown,CAP_NET_ADMIN,cap_bpf", &set, wrong, sizeof wrong),
                     0);
    ck_assert(set == (1ULL << 0 | 1ULL << 12 | 1ULL << 39));
    ck_assert_int_eq(capabilities_parse("all", &set, wrong, sizeof wrong), 0);
    ck_assert(set == ~0ULL);
    ck_assert_int_eq(capabilities_parse("chown,net_admni", &set, wrong, sizeof wrong), -1);
    ck_assert_str_eq(wrong, "net_admni");
    ck_assert_str_eq(capability_closest_name("cap_net_admni"), "net_admin");
    for (unsigned int number = 0; capability_name(number) != NULL; number++) {
        set = 0;
        ck_assert_int_eq(capabilities_parse(capability_name(number), &set, wrong, sizeof wrong), 0);
        ck_assert(set == 1ULL << number);
    }
}
END_TEST

TCase *namespaces_case(void)
{
    const TTest *const tests[] = {
        lists_of_namespaces_are_sets,
        id_ranges_are_three_numbers,
        a_process_to_enter_has_an_inode_or_a_descriptor,
        options_about_a_namespace_need_it,
        a_sysctl_needs_the_namespace_of_its_key,
        a_fresh_proc_is_where_it_is_asked_for_or_where_the_old_one_is_wrong,
        users_are_not_mapped_without_groups,
        every_resource_has_a_name_that_leads_back,
        capabilities_are_known_with_and_without_prefix,
        NULL};

    return case_of("namespaces", tests);
}
