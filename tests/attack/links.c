/*
 * links.c - a service gets hold of the link between its inner init and nsinit
 */
#include "attack/attack.h"

#include <dirent.h>
#include <stdio.h>

static int count_descriptors(pid_t pid)
{
    char path[64];
    int count = 0;
    DIR *directory;

    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    directory = opendir(path);
    while (directory != NULL && readdir(directory) != NULL)
        count++;
    if (directory != NULL)
        closedir(directory);
    return count;
}

enum { MANY_DESCRIPTORS = 200, SETTLE_MS = 20 };

static void take_each_time(struct attack *attack, const struct process_options *options)
{
    int most = 0;

    while (attack_goes_on(attack)) {
        attack_start(attack, options);
        (void)attack_await_runs(attack, attack->score->runs + 1, 2000);
        for (int ms = 0; ms < SETTLE_MS && attack_wait(attack); ms++) {
            int count = count_descriptors(attack->process.pid);

            most = count > most ? count : most;
        }
        attack_stop(attack);
        attack->tries++;
    }
    ck_assert_msg(attack->score->runs > 0, "%s: the attacker has not run once", attack->name);
    if (most > MANY_DESCRIPTORS)
        snprintf(attack->score->how, sizeof attack->score->how,
                 "the link taken; nsinit then had %d descriptors", most);
    attack_end(attack);
}

#define TAKEN(test, name, ...)                            \
    START_TEST(test)                                      \
    {                                                     \
        struct attack attack;                             \
                                                          \
        if (attack_begin(&attack, name, 15))              \
            take_each_time(&attack, TARGET(__VA_ARGS__)); \
    }                                                     \
    END_TEST

TAKEN(the_callers_root_does_not_get_it, "link.root", MAPPED_ROOT, "--", ATTACKER("first-link"))
TAKEN(mapped_root_does_not_get_it, "link.mapped", MAPPED, "--", ATTACKER("first-link"))
TAKEN(root_without_capabilities_does_not_get_it, "link.no-caps", "--unshare", "pid,mnt",
      "--cap-drop", "all", "--", ATTACKER("first-link"))
TAKEN(a_service_of_a_pod_does_not_get_it, "link.pod", "--pod",
      pod_file("[pod]\nunshare = user,pid,mnt\nmap-root-user = yes\n"
               "[service main]\ncommand = %s first-link %s\n",
               attacker_path(), score_path()))

TCase *links_case(void)
{
    const TTest *const tests[] = {the_callers_root_does_not_get_it, mapped_root_does_not_get_it,
                                  root_without_capabilities_does_not_get_it,
                                  a_service_of_a_pod_does_not_get_it, NULL};

    return case_of("links", tests);
}
