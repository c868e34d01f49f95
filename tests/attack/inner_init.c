/*
 * inner_init.c - PID 1 of a service's own namespaces: what of it is open to the service
 * With map-root-user both are the same user for the kernel. The program looks at it from its first
 * moment on, for a while.
 */
#include "attack/attack.h"

#include <stdlib.h>
#include <unistd.h>

static void close_input(void *argument)
{
    (void)argument;
    close(STDIN_FILENO);
}

static void look_each_time(struct attack *attack, const struct process_options *options)
{
    while (attack_goes_on(attack)) {
        attack_start(attack, options);
        while (attack_wait(attack))
            ;
        attack_stop(attack);
        attack->tries++;
    }
    ck_assert_msg(attack->score->runs > 0, "%s: the attacker has not run once", attack->name);
    attack_end(attack);
}

#define LOOK "--clear-env", "--", ATTACKER("first-look", "8")

#define LOOKED_AT(test, name, ...)                                                                 \
    START_TEST(test)                                                                               \
    {                                                                                              \
        struct attack attack;                                                                      \
                                                                                                   \
        if (attack_begin(&attack, name, 40))                                                       \
            look_each_time(&attack, &(struct process_options){.place = PLACE_FIRST, __VA_ARGS__}); \
    }                                                                                              \
    END_TEST

LOOKED_AT(it_is_closed_to_the_callers_root, "init.root", .arguments = NSINIT(MAPPED_ROOT, LOOK))
LOOKED_AT(it_is_closed_to_the_callers_root_without_stdin, "init.root.stdin",
          .arguments = NSINIT(MAPPED_ROOT, LOOK), .prepare = close_input)
LOOKED_AT(it_is_closed_to_an_ordinary_caller, "init.user", .uid = ORDINARY_USER,
          .arguments = COMMAND(nsinit_path(), MAPPED_ROOT, LOOK))
LOOKED_AT(it_is_closed_to_an_ordinary_caller_without_stdin, "init.user.stdin", .uid = ORDINARY_USER,
          .arguments = COMMAND(nsinit_path(), MAPPED_ROOT, LOOK), .prepare = close_input)
LOOKED_AT(it_is_closed_to_mapped_root, "init.mapped", .arguments = NSINIT(MAPPED, LOOK))
LOOKED_AT(it_is_closed_to_root_without_capabilities, "init.no-caps",
          .arguments = NSINIT("--unshare", "pid,mnt", "--cap-drop", "all", LOOK))
LOOKED_AT(it_is_closed_to_services_of_a_pod, "init.pod",
          .arguments = NSINIT("--pod",
                              pod_file("[pod]\nunshare = user,pid,mnt\nmap-root-user = yes\n"
                                       "[service main]\nclear-env = yes\n"
                                       "command = %s first-look %s 8\n",
                                       attacker_path(), score_path())))

TCase *inner_init_case(void)
{
    const TTest *const tests[] = {
        it_is_closed_to_the_callers_root,   it_is_closed_to_the_callers_root_without_stdin,
        it_is_closed_to_an_ordinary_caller, it_is_closed_to_an_ordinary_caller_without_stdin,
        it_is_closed_to_mapped_root,        it_is_closed_to_root_without_capabilities,
        it_is_closed_to_services_of_a_pod,  NULL};

    setenv("ATTACK_SECRET", "of-the-host", 1);
    return case_of("inner_init", tests);
}
