/*
 * namespaces.c - namespaces and credentials in containers: those that engines made are entered from
 * the host, new ones are made in containers that allow it, and refused with a hint where not
 */
#include "engine/engine.h"

#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <unistd.h>

/* ---- containers that nsinit enters ----------------------------------------------------------- */

#define ENTERED_OPTIONS "--hostname", "entered", "--entrypoint", "/helper"

/* No nsinit is in there: what is seen of PID 1 is the container's program. */
static const struct way entered_docker = {
    .engine = "docker",
    .image = "nsinit-test/plain",
    .options = WORDS("--network", "none", ENTERED_OPTIONS),
};

static const struct way entered_podman = {
    .engine = "podman",
    .image = "nsinit-test/plain",
    .options = WORDS(PODMAN_OPTIONS, ENTERED_OPTIONS),
};

/* A running container, and `all=PID` of it, of which `net=PID` and others are made. */
struct target {
    struct container container;
    char pid[16];
    char all[24];
};

static void start_target(struct target *target, const struct way *of)
{
    struct process inspect;

    way = of;
    container_start(&target->container, NULL, WORDS("serve", "7"));
    process_expect(&target->container.client, "ready");
    ck_assert_int_eq(
        engine_run(&inspect, way->engine,
                   WORDS("inspect", "--format", "{{.State.Pid}}", target->container.name)),
        0);
    ck_assert_int_eq(sscanf(inspect.output.text, "%15[0-9]", target->pid), 1);
    snprintf(target->all, sizeof target->all, "all=%s", target->pid);
    process_drop(&inspect);
}

/* Entering and leaving has done nothing to it. */
static void stop_target(struct target *target)
{
    container_stop(&target->container);
    ck_assert_int_eq(container_wait(&target->container), 7);
}

static const char *host_nsinit(void)
{
    static char path[256];

    snprintf(path, sizeof path, "%s", state_path("bin/nsinit"));
    return path;
}

#define HOST_NSINIT(...) WORDS(host_nsinit(), "-s", __VA_ARGS__)

static int host_run(struct process *process, const char *const *arguments)
{
    return process_run(process, &(struct process_options){.arguments = arguments});
}

/* NSpid has a number for each PID namespace from ours down: one, seen from in there. */
#define WHERE_WE_ARE                                                     \
    "hostname; cat /etc/hostname; ls /sys/class/net; cat /proc/1/comm; " \
    "echo \"pids $(grep NSpid: /proc/self/status | wc -w)\"; "           \
    "for type in cgroup ipc mnt net pid user uts; do readlink /proc/self/ns/$type; done"

static void is_entered_as_by_exec(const struct way *of)
{
    struct target target;
    struct process exec;
    struct process nsinit;

    start_target(&target, of);
    ck_assert_int_eq(engine_run(&exec, way->engine,
                                WORDS("exec", target.container.name, "sh", "-c", WHERE_WE_ARE)),
                     0);
    ck_assert_int_eq(
        host_run(&nsinit, HOST_NSINIT("--enter", target.all, "--", "sh", "-c", WHERE_WE_ARE)), 0);
    ck_assert_str_eq(nsinit.errors.text, "");
    ck_assert_str_eq(nsinit.output.text, exec.output.text);
    /* podman ends the file without a newline. */
    ck_assert_contains(nsinit.output.text, "entered\nentered");
    ck_assert_contains(nsinit.output.text, "lo\nhelper\npids 2\n");
    stop_target(&target);
}

START_TEST(a_container_of_dockers_is_entered_as_by_docker_exec)
{
    is_entered_as_by_exec(&entered_docker);
}
END_TEST

START_TEST(a_container_of_podmans_is_entered_as_by_podman_exec)
{
    is_entered_as_by_exec(&entered_podman);
}
END_TEST

START_TEST(exit_codes_come_out_of_an_entered_container)
{
    struct target target;
    struct process process;

    start_target(&target, &entered_docker);
    ck_assert_int_eq(
        host_run(&process, HOST_NSINIT("--enter", target.all, "--", "/helper", "exit", "42")), 42);
    ck_assert_int_eq(
        host_run(&process, HOST_NSINIT("--enter", target.all, "--", "/helper", "die", "9")), 137);
    ck_assert_int_eq(host_run(&process, HOST_NSINIT("--enter", target.all, "--", "/no/such")), 127);
    ck_assert_str_eq(process.errors.text, "nsinit: main: exec /no/such: no such file\n");
    stop_target(&target);
}
END_TEST

START_TEST(signals_reach_the_program_in_an_entered_container)
{
    struct target target;
    struct process process;

    start_target(&target, &entered_docker);
    process_start(&process,
                  &(struct process_options){.arguments = HOST_NSINIT("--enter", target.all, "--",
                                                                     "/helper", "serve", "9")});
    process_expect(&process, "ready");
    process_signal(&process, SIGTERM);
    ck_assert_int_eq(process_wait(&process), 9);
    ck_assert_contains(process.output.text, "asked to end");
    stop_target(&target);
}
END_TEST

START_TEST(a_user_in_an_entered_container_has_no_rights_but_its_own)
{
    struct target target;
    struct process process;

    start_target(&target, &entered_docker);
    ck_assert_int_eq(
        host_run(&process, HOST_NSINIT("--enter", target.all, "--user", "1000:1001", "--cap-drop",
                                       "all", "--no-new-privs", "--", "grep", "-E",
                                       "^(Uid|Gid|CapBnd|NoNewPrivs):", "/proc/self/status")),
        0);
    ck_assert_str_eq(process.output.text, "Uid:\t1000\t1000\t1000\t1000\n"
                                          "Gid:\t1001\t1001\t1001\t1001\n"
                                          "CapBnd:\t0000000000000000\n"
                                          "NoNewPrivs:\t1\n");
    stop_target(&target);
}
END_TEST

/* /sys shows the network of whoever mounted it, so the namespace itself is asked for. */
#define NETWORK "readlink /proc/self/ns/net; "
#define THE_OTHERS \
    "hostname; for type in cgroup ipc mnt pid user uts; do readlink /proc/self/ns/$type; done"

START_TEST(the_network_alone_leaves_all_else_the_hosts)
{
    struct target target;
    struct process expected;
    struct process process;
    char path[64];
    char net[24];

    start_target(&target, &entered_docker);
    snprintf(path, sizeof path, "/proc/%s/ns/net", target.pid);
    snprintf(net, sizeof net, "net=%s", target.pid);
    ck_assert_int_eq(host_run(&expected, WORDS("sh", "-c", "readlink \"$0\"; " THE_OTHERS, path)),
                     0);
    ck_assert_int_eq(
        host_run(&process, HOST_NSINIT("--enter", net, "--", "sh", "-c", NETWORK THE_OTHERS)), 0);
    ck_assert_str_eq(process.errors.text, "");
    ck_assert_str_eq(process.output.text, expected.output.text);
    ck_assert_int_eq(host_run(&process, WORDS("sh", "-c", NETWORK THE_OTHERS)), 0);
    ck_assert_str_ne(process.output.text, expected.output.text);
    stop_target(&target);
}
END_TEST

/* The kernel makes a PID namespace only in the one that its maker is in: a stage more is needed. */
START_TEST(new_namespaces_are_made_inside_of_an_entered_container)
{
    struct target target;
    struct process process;

    start_target(&target, &entered_docker);
    host_run(&process, HOST_NSINIT("--enter", target.all, "--unshare", "pid,mnt", "--", "sh", "-c",
                                   "hostname; cat /proc/1/comm; echo $$"));
    ck_assert_str_eq(process.errors.text, "");
    ck_assert_str_eq(process.output.text, "entered\nnsinit\n2\n");
    ck_assert_int_eq(process.exit_code, 0);
    stop_target(&target);
}
END_TEST

/* ---- a namespace of nsinit's, entered by others ---------------------------------------------- */

/* Of the case's own: the tests are children of the process that removes it. */
static char kept_path[64];
static char kept_name[32];

static void name_kept(void)
{
    snprintf(kept_name, sizeof kept_name, "nsinit-test-%d", getpid());
    snprintf(kept_path, sizeof kept_path, "/run/netns/%s", kept_name);
}

/* However the test has ended. */
static void remove_kept(void)
{
    umount2(kept_path, MNT_DETACH);
    unlink(kept_path);
}

START_TEST(a_kept_network_is_known_to_lsns_nsenter_and_ip)
{
    struct process nsinit;
    struct process inside;
    struct process other;
    char option[80];

    snprintf(option, sizeof option, "net=%s", kept_path);
    process_start(&nsinit, &(struct process_options){
                               .arguments = HOST_NSINIT("--unshare", option, "--", "sh", "-c",
                                                        "readlink /proc/self/ns/net; cat")});
    process_expect(&nsinit, "]\n");
    lsns_run(&other, WORDS("lsns", "--noheadings", "--type", "net", "--output", "NSFS"));
    ck_assert_contains(other.output.text, kept_path);
    process_close_input(&nsinit);
    ck_assert_int_eq(process_wait(&nsinit), 0);

    snprintf(option, sizeof option, "--net=%s", kept_path);
    ck_assert_int_eq(host_run(&inside, WORDS("nsenter", option, "readlink", "/proc/self/ns/net")),
                     0);
    ck_assert_str_eq(inside.output.text, nsinit.output.text);
    ck_assert_int_eq(host_run(&inside, WORDS("ip", "netns", "exec", kept_name, "sh", "-c",
                                             "readlink /proc/self/ns/net")),
                     0);
    ck_assert_str_eq(inside.output.text, nsinit.output.text);
    ck_assert_int_eq(host_run(&inside, WORDS("ip", "-netns", kept_name, "link", "show", "up")), 0);
    ck_assert_contains(inside.output.text, "lo: <LOOPBACK,UP");
}
END_TEST

/* ---- nsinit in containers -------------------------------------------------------------------- */

/* The options of nsinit are the container's command. */
static const struct way with_options = {
    .engine = "docker",
    .image = "nsinit-test/debian",
    .options = WORDS(DOCKER_OPTIONS, "--entrypoint", "nsinit"),
};

static const struct way with_shell = {
    .engine = "docker",
    .image = "nsinit-test/debian",
    .options = WORDS(DOCKER_OPTIONS, "--entrypoint", "sh"),
};

#define UNCONFINED "--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"

static void shows(const char *expected, const char *const *options, const char *const *arguments)
{
    struct container container;

    way = &with_options;
    ck_assert_msg(container_run(&container, options, arguments) == 0, "exit code %d: %s",
                  container.client.exit_code, container.client.errors.text);
    ck_assert_str_eq(container.client.errors.text, "");
    ck_assert_str_eq(container.client.output.text, expected);
}

/* One message, which begins so and has a hint; the program has not run. */
static const char *refusal(const char *message, const char *const *options,
                           const char *const *arguments)
{
    static struct container container;
    const char *text;

    way = &with_options;
    ck_assert_int_eq(container_run(&container, options, arguments), 125);
    text = container.client.errors.text;
    ck_assert_msg(strncmp(text, message, strlen(message)) == 0, "<<%s>>", text);
    ck_assert_int_eq(count_of(text, "nsinit: "), 1);
    ck_assert_int_eq(count_of(text, "\n  hint: "), 1);
    ck_assert_int_eq(count_of(text, "\n"), 2);
    ck_assert_str_eq(container.client.output.text, "");
    return text;
}

START_TEST(dockers_default_profile_is_named_when_it_forbids_namespaces)
{
    const char *text = refusal("nsinit: main: clone: Operation not permitted\n", NULL,
                               WORDS("--unshare", "pid,mnt", "--", "echo", "program"));

    ck_assert_contains(text, "seccomp");
    ck_assert_contains(text, "--cap-add SYS_ADMIN");
}
END_TEST

/* Of each type, a time namespace too, which is made in another way. */
START_TEST(dockers_default_profile_is_named_for_each_type)
{
    struct container container;
    const char *text;

    way = &with_shell;
    ck_assert_int_eq(
        container_run(&container, NULL,
                      WORDS("-c", "for type in user mnt pid net uts ipc cgroup time all; do "
                                  "nsinit -s --unshare $type -- echo program; echo $type $?; "
                                  "done")),
        0);
    ck_assert_str_eq(container.client.output.text,
                     "user 125\nmnt 125\npid 125\nnet 125\nuts 125\nipc 125\ncgroup 125\n"
                     "time 125\nall 125\n");
    text = container.client.errors.text;
    ck_assert_msg(count_of(text, "nsinit: ") == 9 && count_of(text, "seccomp profile") == 9 &&
                      count_of(text, "--cap-add SYS_ADMIN") == 9,
                  "not 9 messages with 9 hints: <<%s>>", text);
}
END_TEST

START_TEST(without_namespaces_it_works_under_the_default_profile)
{
    shows("1\nSeccomp:\t2\n", NULL,
          WORDS("--", "sh", "-c", "echo $PPID; grep Seccomp: /proc/self/status"));
}
END_TEST

START_TEST(the_capability_that_the_hint_names_is_enough)
{
    shows("inside 2\nSeccomp:\t2\n", WORDS("--cap-add", "SYS_ADMIN"),
          WORDS("--unshare", "pid,uts,ipc", "--hostname", "inside", "--", "sh", "-c",
                "echo $(hostname) $$; grep Seccomp: /proc/self/status"));
}
END_TEST

/* Without a capability, seccomp=unconfined is no way out but for user namespaces. */
START_TEST(without_a_profile_it_is_the_capability_that_is_named)
{
    const char *const arguments[] = {"--unshare", "pid,mnt", "--", "echo", "program", NULL};
    const char *text =
        refusal("nsinit: main: clone: Operation not permitted\n", WORDS(UNCONFINED), arguments);

    ck_assert_contains(text, "--cap-add SYS_ADMIN");
    ck_assert_lacks(text, "or --security-opt seccomp=unconfined");
}
END_TEST

START_TEST(a_container_that_allows_it_has_namespaces_in_it)
{
    shows("inside 2 nsinit\n", WORDS("--cap-add", "SYS_ADMIN", UNCONFINED),
          WORDS("--unshare", "pid,uts,ipc", "--hostname", "inside", "--", "sh", "-c",
                "echo $(hostname) $$ $(cat /proc/1/comm)"));
}
END_TEST

/* It lies over the container's, and over what Docker has masked in there. */
START_TEST(its_new_pid_namespace_has_a_fresh_proc)
{
    shows("/proc/1 /proc/2\n", WORDS("--cap-add", "SYS_ADMIN", UNCONFINED),
          WORDS("--unshare", "pid,mnt", "--", "sh", "-c",
                "echo /proc/[0-9]*; [ ! -r /proc/keys ] || cat /proc/keys >/dev/null"));
}
END_TEST

#define AS_ROOT_IN_THERE "--unshare", "user,pid,mnt", "--map-root-user"

START_TEST(a_masked_proc_is_named_and_so_is_the_way_out)
{
    const char *text = refusal("nsinit: --mount-proc /proc: /proc is partly masked (/proc/",
                               WORDS("--cap-add", "SYS_ADMIN", UNCONFINED),
                               WORDS(AS_ROOT_IN_THERE, "--", "echo", "program"));

    ck_assert_contains(text, "--security-opt systempaths=unconfined");
}
END_TEST

START_TEST(the_ways_out_of_a_masked_proc_work)
{
    const char *const script = "echo $(id -u) $$";

    shows("0 2\n", WORDS(UNCONFINED, "--security-opt", "systempaths=unconfined"),
          WORDS(AS_ROOT_IN_THERE, "--", "sh", "-c", script));
    shows("0 2\n", WORDS(UNCONFINED),
          WORDS(AS_ROOT_IN_THERE, "--mount-proc=no", "--", "sh", "-c", script));
}
END_TEST

START_TEST(an_ordinary_user_is_told_of_user_namespaces)
{
    const char *text = refusal("nsinit: main: clone: Operation not permitted\n",
                               WORDS("--user", "65534", UNCONFINED),
                               WORDS("--unshare", "pid,mnt", "--", "echo", "program"));

    ck_assert_contains(text, "--unshare user ");
    ck_assert_contains(text, "--map-root-user");
}
END_TEST

START_TEST(an_ordinary_user_has_namespaces_by_a_user_namespace)
{
    shows("0 inside\n", WORDS("--user", "65534", UNCONFINED),
          WORDS("--unshare", "user,uts,ipc", "--map-root-user", "--hostname", "inside", "--", "sh",
                "-c", "echo $(id -u) $(hostname)"));
}
END_TEST

/* It has asked for a user namespace, so that is not what is missing. */
START_TEST(an_ordinary_user_is_told_of_the_default_profile)
{
    const char *text =
        refusal("nsinit: main: clone: Operation not permitted\n", WORDS("--user", "65534"),
                WORDS(AS_ROOT_IN_THERE, "--", "echo", "program"));

    ck_assert_contains(text, "seccomp");
}
END_TEST

/* ---- credentials under the default profile, as by setpriv or gosu ---------------------------- */

#define STATUS(fields) "--", "grep", "-E", "^(" fields "):", "/proc/self/status"
#define NONE "0000000000000000"
#define NET_BIND_SERVICE "0000000000000400"

START_TEST(a_service_runs_as_another_user)
{
    shows("Uid:\t1000\t1000\t1000\t1000\n"
          "Gid:\t1001\t1001\t1001\t1001\n"
          "Groups:\t4 5 \n"
          "CapPrm:\t" NONE "\n"
          "CapEff:\t" NONE "\n"
          "CapAmb:\t" NONE "\n"
          "NoNewPrivs:\t0\n",
          NULL,
          WORDS("--user", "1000:1001", "--groups", "4,5",
                STATUS("Uid|Gid|Groups|CapPrm|CapEff|CapAmb|NoNewPrivs")));
}
END_TEST

START_TEST(a_user_by_name_has_the_images_ids)
{
    shows("Uid:\t65534\t65534\t65534\t65534\nGid:\t65534\t65534\t65534\t65534\n", NULL,
          WORDS("--user", "nobody", STATUS("Uid|Gid")));
}
END_TEST

START_TEST(a_user_keeps_the_one_capability_it_needs)
{
    shows("Uid:\t1000\t1000\t1000\t1000\n"
          "CapInh:\t" NET_BIND_SERVICE "\n"
          "CapPrm:\t" NET_BIND_SERVICE "\n"
          "CapEff:\t" NET_BIND_SERVICE "\n"
          "CapBnd:\t" NET_BIND_SERVICE "\n"
          "CapAmb:\t" NET_BIND_SERVICE "\n"
          "NoNewPrivs:\t1\n"
          "Seccomp:\t2\n",
          NULL,
          WORDS("--user", "1000:1000", "--cap-drop", "all", "--cap-add", "net_bind_service",
                "--no-new-privs",
                STATUS("Uid|CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp")));
}
END_TEST

START_TEST(root_without_capabilities_is_root_by_name_only)
{
    shows("Uid:\t0\t0\t0\t0\nCapPrm:\t" NONE "\nCapEff:\t" NONE "\nCapBnd:\t" NONE "\n", NULL,
          WORDS("--cap-drop", "all", STATUS("Uid|CapPrm|CapEff|CapBnd")));
}
END_TEST

START_TEST(a_capability_that_the_container_lacks_is_refused)
{
    ck_assert_contains(refusal("nsinit: capabilities: Operation not permitted\n", NULL,
                               WORDS("--cap-add", "sys_admin", "--", "echo", "program")),
                       "docker run --cap-add");
}
END_TEST

START_TEST(an_ordinary_user_cannot_become_another)
{
    ck_assert_contains(refusal("nsinit: --user 1000:1000: Operation not permitted\n",
                               WORDS("--user", "65534"),
                               WORDS("--user", "1000:1000", "--", "echo", "program")),
                       "CAP_SETUID");
}
END_TEST

TCase *namespaces_case(void)
{
    const TTest *const tests[] = {a_container_of_dockers_is_entered_as_by_docker_exec,
                                  a_container_of_podmans_is_entered_as_by_podman_exec,
                                  exit_codes_come_out_of_an_entered_container,
                                  signals_reach_the_program_in_an_entered_container,
                                  a_user_in_an_entered_container_has_no_rights_but_its_own,
                                  the_network_alone_leaves_all_else_the_hosts,
                                  new_namespaces_are_made_inside_of_an_entered_container,
                                  a_kept_network_is_known_to_lsns_nsenter_and_ip,
                                  dockers_default_profile_is_named_when_it_forbids_namespaces,
                                  dockers_default_profile_is_named_for_each_type,
                                  without_namespaces_it_works_under_the_default_profile,
                                  the_capability_that_the_hint_names_is_enough,
                                  without_a_profile_it_is_the_capability_that_is_named,
                                  a_container_that_allows_it_has_namespaces_in_it,
                                  its_new_pid_namespace_has_a_fresh_proc,
                                  a_masked_proc_is_named_and_so_is_the_way_out,
                                  the_ways_out_of_a_masked_proc_work,
                                  an_ordinary_user_is_told_of_user_namespaces,
                                  an_ordinary_user_has_namespaces_by_a_user_namespace,
                                  an_ordinary_user_is_told_of_the_default_profile,
                                  a_service_runs_as_another_user,
                                  a_user_by_name_has_the_images_ids,
                                  a_user_keeps_the_one_capability_it_needs,
                                  root_without_capabilities_is_root_by_name_only,
                                  a_capability_that_the_container_lacks_is_refused,
                                  an_ordinary_user_cannot_become_another,
                                  NULL};
    TCase *tcase = case_of("namespaces", tests);

    tcase_add_unchecked_fixture(tcase, name_kept, remove_kept);
    return tcase;
}
