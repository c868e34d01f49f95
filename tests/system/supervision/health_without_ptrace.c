/*
 * health_without_ptrace.c - where services live as other users, for root that may look at no other
 * user's process So it is in a container: CAP_SYS_PTRACE is not among what an engine leaves it.
 */
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>

#include "system/script.h"
#include "system/system.h"

static void drop_ptrace(void *argument)
{
    (void)argument;
    prctl(PR_CAPBSET_DROP, CAP_SYS_PTRACE, 0, 0, 0);
}

/* The pod of such a file, as root in a container runs it. */
#define AS_CONTAINED_POD(...)                                                          \
    (&(struct process_options){                                                        \
        .arguments = NSINIT("-vv", "--control", "no", "--pod", pod_file(__VA_ARGS__)), \
        .place = PLACE_FIRST,                                                          \
        .prepare = drop_ptrace})

#define CHECKED_SERVICE                                       \
    "[service a]\ncommand = sleep 1000\nuser = 54321:54321\n" \
    "health-cmd = test $(id -u) = 54321\nhealth-interval = 10ms\n"

static void turns_healthy(const struct process_options *options)
{
    struct process process;

    process_start(&process, options);
    process_expect(&process, "a: healthy");
    process_signal(&process, SIGTERM);
    process_wait(&process);
    ck_assert_lacks(process.errors.text, "Permission denied");
}

START_TEST(a_service_with_an_inner_init_is_checked_as_its_user)
{
    if (lacks_root("a_service_with_an_inner_init_is_checked_as_its_user"))
        return;
    turns_healthy(AS_CONTAINED_POD(CHECKED_SERVICE "unshare = pid,mnt\n"));
}
END_TEST

START_TEST(a_service_in_the_pods_namespaces_is_checked_as_its_user)
{
    if (lacks_root("a_service_in_the_pods_namespaces_is_checked_as_its_user"))
        return;
    turns_healthy(AS_CONTAINED_POD("[pod]\nunshare = ipc,uts\n" CHECKED_SERVICE));
}
END_TEST

/* They are held from before the program was another user's. */
START_TEST(a_service_without_an_inner_init_is_checked_as_its_user)
{
    if (lacks_root("a_service_without_an_inner_init_is_checked_as_its_user"))
        return;
    turns_healthy(AS_CONTAINED_POD(CHECKED_SERVICE "unshare = mnt,uts\nhostname = own\n"));
    turns_healthy(AS_CONTAINED_POD("[pod]\nunshare = net\n" CHECKED_SERVICE "unshare = mnt\n"));
}
END_TEST

START_TEST(a_service_in_anothers_namespaces_is_checked_as_its_user)
{
    if (lacks_root("a_service_in_anothers_namespaces_is_checked_as_its_user"))
        return;
    turns_healthy(AS_CONTAINED_POD("[service owner]\ncommand = sleep 1000\nunshare = uts\n"
                                   "hostname = own\n" CHECKED_SERVICE
                                   "enter = uts=service:owner\n"));
}
END_TEST

START_TEST(a_restarted_service_is_checked_in_its_new_namespaces)
{
    const char *fifo = fresh_fifo("go");
    struct process process;

    if (lacks_root("a_restarted_service_is_checked_in_its_new_namespaces"))
        return;
    process_start(&process,
                  AS_CONTAINED_POD("[service a]\nuser = 54321:54321\nunshare = mnt\n"
                                   "mount = type=tmpfs,target=/mnt,tmpfs-mode=1777\n"
                                   "command = sh -c 'readlink /proc/self/ns/mnt >/mnt/own; echo; "
                                   "read x <%s; exit 1'\n"
                                   "health-cmd = test $(cat /mnt/own) = "
                                   "$(readlink /proc/self/ns/mnt)\n"
                                   "health-interval = 10ms\nrestart = always\n"
                                   "restart-delay = 1ms..1ms\n",
                                   fifo));
    for (int run = 0; run < 3; run++) {
        process_expect(&process, "a: healthy");
        fifo_say_line(fifo);
        process_expect(&process, "a: ended, exit code 1");
    }
    process_signal(&process, SIGTERM);
    process_wait(&process);
    ck_assert_lacks(process.errors.text, "Permission denied");
}
END_TEST

/* The child that became another user had its memory in common with nsinit. */
START_TEST(nsinit_itself_can_be_looked_at_after_a_service_has_changed_its_user)
{
    struct process process;

    if (lacks_root("nsinit_itself_can_be_looked_at_after_a_service_has_changed_its_user"))
        return;
    ck_assert_int_eq(
        process_run(&process, AS_CONTAINED_POD(
                                  "[service a]\ntype = oneshot\ncommand = true\nuser = 54321\n"
                                  "[service b]\nafter = a\ncommand = readlink /proc/1/ns/net\n")),
        0);
    ck_assert_contains(process.output.text, "net:[");
}
END_TEST

/* As in a chroot: what the service shares with nsinit is not entered. */
START_TEST(without_proc_a_service_with_a_namespace_of_its_own_is_healthy)
{
    if (lacks_root("without_proc_a_service_with_a_namespace_of_its_own_is_healthy"))
        return;
#ifdef __SANITIZE_ADDRESS__
    /* The sanitizer's own look for leaks fails where there is no /proc. */
    skip_test("without_proc_a_service_with_a_namespace_of_its_own_is_healthy", "a sanitizer is on");
    return;
#endif
    script_succeeds(
        0, "mkdir root root/usr root/dev root/tmp; cp $BINARY root/nsinit\n"
           "for p in bin lib lib32 lib64; do [ ! -L /$p ] || cp -P /$p root/; done\n"
           "mount --bind /usr root/usr; mount --bind /dev root/dev; mkfifo root/go\n"
           "for types in uts uts,ipc,net pid; do\n"
           "    printf '[service a]\\nunshare = '$types'\\ncommand = sh -c \"read line </go\"\\n"
           "health-cmd = echo healthy >/go\\nhealth-interval = 10ms\\nhealth-retries = 1\\n"
           "essential = yes\\n' >root/pod\n"
           "    gives 0 chroot root /nsinit -s --control no --drain no --pod /pod\n"
           "done\n");
}
END_TEST

TCase *health_without_ptrace_case(void)
{
    const TTest *const tests[] = {
        a_service_with_an_inner_init_is_checked_as_its_user,
        a_service_in_the_pods_namespaces_is_checked_as_its_user,
        a_service_without_an_inner_init_is_checked_as_its_user,
        a_service_in_anothers_namespaces_is_checked_as_its_user,
        a_restarted_service_is_checked_in_its_new_namespaces,
        nsinit_itself_can_be_looked_at_after_a_service_has_changed_its_user,
        without_proc_a_service_with_a_namespace_of_its_own_is_healthy,
        NULL};

    return case_of("health_without_ptrace", tests);
}
