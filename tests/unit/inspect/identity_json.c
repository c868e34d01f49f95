/*
 * identity_json.c - tests of inspect/identity_json.c: an identity as JSON
 */
#include "inspect/identity_json.h"

#include <errno.h>
#include <string.h>

#include "unit/unit.h"

static struct identity identity;

/* A process in the initial namespaces, with a map. */
static void setup(void)
{
    identity = (struct identity){.pid = 7, .pids = {7, 1}, .pid_count = 2, .outer_uid = 1000};
    strcpy(identity.hostname, "web \"0\"");
    identity.uid_map.ranges[0] = (struct id_range){0, 1000, 1};
    identity.uid_map.count = 1;
    for (unsigned int type = 0; type < NAMESPACE_COUNT; type++)
        identity.namespaces[type] =
            (struct namespace_identity){.id = 100 + type, .ns_id = 7, .owner = 99};
}

static const char *describe(const struct identity_context *context, enum identity_depth depth)
{
    static char buffer[8192];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    identity_json_add(&text, &identity, context, depth);
    return buffer;
}

#define ck_assert_has(text, part) \
    ck_assert_msg(strstr((text), (part)) != NULL, "'%s' is not in <<%s>>", (part), (text))

static const struct identity_context no_context;

START_TEST(a_brief_identity_has_the_members_of_events)
{
    const char *text = describe(&no_context, IDENTITY_BRIEF);

    ck_assert_has(text, ",\"pids\":[7,1],\"hostname\":\"web \\\"0\\\"\",\"uid_map\":[[0,1000,1]],"
                        "\"gid_map\":[],\"namespaces\":{\"user\":{\"id\":100,\"ns_id\":7,");
    ck_assert_ptr_null(strstr(text, "owner"));
    ck_assert_ptr_null(strstr(text, "root"));
    ck_assert_ptr_null(strstr(text, "unreadable"));
    ck_assert_ptr_null(strstr(text, "same_as_self"));
}
END_TEST

START_TEST(a_namespace_is_compared_with_nsinits_and_the_printers)
{
    const uint64_t nsinit[NAMESPACE_COUNT] = {[NAMESPACE_USER] = 100, [NAMESPACE_NET] = 1};
    const uint64_t self[NAMESPACE_COUNT] = {[NAMESPACE_USER] = 1, [NAMESPACE_NET] = 103};
    const struct identity_context context = {
        .nsinit = nsinit, .self = self, .origins = {"inherited"}};
    const char *text = describe(&context, IDENTITY_BRIEF);

    ck_assert_has(text, "\"user\":{\"id\":100,\"ns_id\":7,\"origin\":\"inherited\","
                        "\"same_as_nsinit\":true,\"same_as_self\":false}");
    ck_assert_has(text, "\"net\":{\"id\":103,\"ns_id\":7,\"origin\":null,"
                        "\"same_as_nsinit\":false,\"same_as_self\":true}");
    /* Those of the printer and of nsinit are unknown. */
    ck_assert_has(text, "\"uts\":{\"id\":104,\"ns_id\":7,\"origin\":null,"
                        "\"same_as_nsinit\":null,\"same_as_self\":null}");
}
END_TEST

START_TEST(an_unknown_member_is_null_and_has_its_reason)
{
    const char *text;

    identity.namespaces[NAMESPACE_MNT] = (struct namespace_identity){.error = EACCES};
    identity.errors[FACT_HOSTNAME] = EPERM;
    identity.errors[FACT_PIDS] = ENOENT;
    identity.errors[FACT_UID_MAP] = EACCES;
    text = describe(&no_context, IDENTITY_BRIEF);
    ck_assert_has(text, ",\"pids\":null,\"hostname\":null,\"uid_map\":null,");
    ck_assert_has(text, "\"mnt\":{\"id\":null,\"ns_id\":null,\"origin\":null,"
                        "\"same_as_nsinit\":null}");
    ck_assert_has(text,
                  ",\"unreadable\":{\"pids\":\"No such file or directory\","
                  "\"hostname\":\"Operation not permitted\","
                  "\"uid_map\":\"Permission denied\",\"namespaces.mnt\":\"Permission denied\"}");
}
END_TEST

START_TEST(a_whole_identity_has_users_owners_and_parents)
{
    const char *text;

    identity.uid = -1;
    identity.namespaces[NAMESPACE_PID].parent = 98;
    identity.namespaces[NAMESPACE_USER].parent_error = EPERM;
    strcpy(identity.root, "/srv");
    text = describe(&no_context, IDENTITY_WHOLE);
    ck_assert_has(text, "\"uid\":null,\"gid\":0,\"outer_uid\":1000,\"outer_gid\":0,");
    ck_assert_has(text, "\"netns\":null,\"cgroup\":\"\",\"root\":\"/srv\",");
    ck_assert_has(text, "\"owner\":99,\"owner_uid\":0,\"parent\":null}");
    ck_assert_has(text, "\"owner\":99,\"parent\":98}");
    ck_assert_has(text, "\"unreadable\":{\"namespaces.user.parent\":\"Operation not permitted\"}");
}
END_TEST

START_TEST(ids_have_all_their_64_bits)
{
    const char *text;

    identity.namespaces[NAMESPACE_NET] =
        (struct namespace_identity){.id = 0x100000002, .ns_id = UINT64_MAX, .owner = 0x300000004};
    identity.namespaces[NAMESPACE_PID] = (struct namespace_identity){.parent = 0x500000006};
    text = describe(&no_context, IDENTITY_WHOLE);
    ck_assert_has(text, "\"net\":{\"id\":4294967298,\"ns_id\":18446744073709551615,");
    ck_assert_has(text, "\"owner\":12884901892");
    ck_assert_has(text, "\"parent\":21474836486");
}
END_TEST

START_TEST(the_highest_uid_is_a_number)
{
    const char *text;

    identity.uid = identity.outer_uid = identity.gid = identity.outer_gid = 4294967294;
    identity.namespaces[NAMESPACE_USER].owner_uid = 4294967294;
    text = describe(&no_context, IDENTITY_WHOLE);
    ck_assert_has(text, "\"uid\":4294967294,\"gid\":4294967294,"
                        "\"outer_uid\":4294967294,\"outer_gid\":4294967294");
    ck_assert_has(text, "\"owner_uid\":4294967294");
}
END_TEST

/* 340 ranges in each map, of the largest numbers: the kernel's limit. */
START_TEST(the_largest_maps_fit_into_an_event)
{
    char buffer[32 * 1024];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);

    for (size_t i = 0; i < MAP_RANGES; i++)
        identity.uid_map.ranges[i] = identity.gid_map.ranges[i] =
            (struct id_range){4294967295U, 4294967295U, 4294967295U};
    identity.uid_map.count = identity.gid_map.count = MAP_RANGES;
    identity_json_add(&text, &identity, &no_context, IDENTITY_WHOLE);
    ck_assert_uint_lt(text.length, sizeof buffer - 1024);
    ck_assert_int_eq(buffer[text.length - 1], '}');
}
END_TEST

TCase *identity_json_case(void)
{
    const TTest *const tests[] = {a_brief_identity_has_the_members_of_events,
                                  a_namespace_is_compared_with_nsinits_and_the_printers,
                                  an_unknown_member_is_null_and_has_its_reason,
                                  a_whole_identity_has_users_owners_and_parents,
                                  ids_have_all_their_64_bits,
                                  the_highest_uid_is_a_number,
                                  the_largest_maps_fit_into_an_event,
                                  NULL};
    TCase *tcase = case_of("identity_json", tests);

    tcase_add_checked_fixture(tcase, setup, NULL);
    return tcase;
}
