/*
 * description.c - tests of report/description.c: numbers that no long of 32 bits holds
 */
#include "report/description.h"

#include <string.h>

#include "unit/unit.h"

static const char *describe(const struct identity *identity)
{
    static char buffer[8192];
    struct text text = text_in(buffer, sizeof buffer);

    description_add(&text, identity, &(struct view){0}, IDENTITY_WHOLE);
    return buffer;
}

static void expect(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "'%s' is not in <<%s>>", part, text);
}

START_TEST(ids_are_told_with_all_their_64_bits)
{
    static struct identity identity;

    identity.namespaces[NAMESPACE_NET] = (struct namespace_identity){
        .id = 0x100000002, .ns_id = UINT64_MAX, .owner = 0x300000004, .parent = 0x500000006};
    identity.namespaces[NAMESPACE_PID] = (struct namespace_identity){.parent = 0x500000006};
    expect(describe(&identity), "\"net\":{\"id\":4294967298,\"ns_id\":18446744073709551615,");
    expect(describe(&identity), "\"owner\":12884901892");
    expect(describe(&identity), "\"parent\":21474836486");
}
END_TEST

START_TEST(the_last_user_of_all_is_not_taken_for_none)
{
    static struct identity identity;

    identity.uid = identity.outer_uid = identity.gid = identity.outer_gid = 4294967294;
    identity.namespaces[NAMESPACE_USER].owner_uid = 4294967294;
    expect(describe(&identity), "\"uid\":4294967294,\"gid\":4294967294,"
                                "\"outer_uid\":4294967294,\"outer_gid\":4294967294");
    expect(describe(&identity), "\"owner_uid\":4294967294");
}
END_TEST

TCase *description_case(void)
{
    const TTest *const tests[] = {ids_are_told_with_all_their_64_bits,
                                  the_last_user_of_all_is_not_taken_for_none, NULL};

    return case_of("description", tests);
}
