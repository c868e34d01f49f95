/*
 * sysctl_spec.c - tests of plan/sysctl_spec.c
 */
#include "plan/sysctl_spec.h"

#include <string.h>

#include "unit/unit.h"

static struct sysctl parsed(const char *text)
{
    struct sysctl sysctl;
    struct error error = {0};

    ck_assert_msg(sysctl_parse(&sysctl, text, &error) == 0, "'%s': %s", text, error.reason);
    return sysctl;
}

static const char *refused(const char *text)
{
    static struct error error;
    struct sysctl sysctl;

    ck_assert_msg(sysctl_parse(&sysctl, text, &error) == -1, "'%s' is taken", text);
    ck_assert_int_eq(error.kind, ERROR_USAGE);
    return error.reason;
}

START_TEST(dots_separate_unless_a_slash_comes_first)
{
    ck_assert_str_eq(parsed("net.ipv4.ip_forward=1").path, "net/ipv4/ip_forward");
    ck_assert_str_eq(parsed("net/ipv4/ip_forward=1").path, "net/ipv4/ip_forward");
    ck_assert_str_eq(parsed("net.ipv4.conf.eth0/5.forwarding=1").path,
                     "net/ipv4/conf/eth0.5/forwarding");
    ck_assert_str_eq(parsed("net/ipv4/conf/eth0.5/forwarding=1").path,
                     "net/ipv4/conf/eth0.5/forwarding");
}
END_TEST

START_TEST(the_value_is_all_behind_the_first_equals_sign)
{
    ck_assert_str_eq(parsed("kernel.sem=1 2, 3 =4").value, "1 2, 3 =4");
}
END_TEST

START_TEST(each_key_belongs_to_one_type_of_namespace)
{
    ck_assert_int_eq(parsed("net.core.somaxconn=1").type, NAMESPACE_NET);
    ck_assert_int_eq(parsed("fs.mqueue.msg_max=1").type, NAMESPACE_IPC);
    ck_assert_int_eq(parsed("kernel.msgmax=1").type, NAMESPACE_IPC);
    ck_assert_int_eq(parsed("kernel.sem=1").type, NAMESPACE_IPC);
    ck_assert_int_eq(parsed("kernel.shm_rmid_forced=1").type, NAMESPACE_IPC);
    ck_assert_int_eq(parsed("user.max_user_namespaces=0").type, NAMESPACE_USER);
}
END_TEST

START_TEST(keys_of_the_machine_are_refused)
{
    static const char *const keys[] = {"vm.swappiness=1", "kernel.hostname=x", "fs.file-max=1",
                                       "net=1",           "kernel/pid_max=1",  "netx.a=1"};

    ck_assert_str_eq(refused("vm.swappiness=1"),
                     "'vm.swappiness=1' is not a parameter of a namespace: use net.*, fs.mqueue.*, "
                     "kernel.msg*, kernel.sem*, kernel.shm* or user.*");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        ck_assert_ptr_nonnull(strstr(refused(keys[i]), "is not a parameter of a namespace"));
}
END_TEST

START_TEST(a_key_leads_nowhere_else)
{
    static const char *const keys[] = {"net/../kernel/core_pattern=x",
                                       "net.//.kernel=x",
                                       "net/ipv4//conf=x",
                                       "net/./ipv4=x",
                                       "net/ipv4/=x",
                                       "net/..=x",
                                       "net.ipv4.=x",
                                       "/net/ipv4=x",
                                       "../net/ipv4/ip_forward=1",
                                       "net..kernel.core_uses=x"};
    char key[300] = "net.";

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        (void)refused(keys[i]);
    memset(key + 4, 'a', 200);
    memcpy(key + 204, "=1", 3);
    (void)refused(key);
}
END_TEST

START_TEST(a_key_has_a_value)
{
    static const char *const texts[] = {"", "=", "=1", "net.ipv4.ip_forward",
                                        "net.ipv4.ip_forward="};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        ck_assert_ptr_nonnull(strstr(refused(texts[i]), "use KEY=VALUE, e.g. "));
}
END_TEST

TCase *sysctl_spec_case(void)
{
    const TTest *const tests[] = {dots_separate_unless_a_slash_comes_first,
                                  the_value_is_all_behind_the_first_equals_sign,
                                  each_key_belongs_to_one_type_of_namespace,
                                  keys_of_the_machine_are_refused,
                                  a_key_leads_nowhere_else,
                                  a_key_has_a_value,
                                  NULL};

    return case_of("sysctl_spec", tests);
}
