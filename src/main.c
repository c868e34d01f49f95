/*
 * main.c - pick the tool by argv[0]
 * Only main.c, and a child that reports its error, print errors and choose exit codes.
 */
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "machine/boot.h"
#include "nsctl/nsctl.h"
#include "init/init.h"
#include "options/invocation.h"
#include "spawn/preflight.h"
#include "spawn/inherited.h"
#include "util/error.h"
#include "util/log.h"
#include "util/signal_names.h"
#include "util/strbuf.h"
#include "linux/signal_set.h"

/*
 * Print the help, the version or the licence. Inlined, the buffer would cost each run 12 kB of
 * memory: the pages of the stack above it are in use already, and those below it are not.
 */
__attribute__((noinline)) static int print(const struct dropin *dropin, enum action action,
                                           const char *program)
{
    char buffer[12 * 1024];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);
    int fd = dropin->prints_on_stderr ? STDERR_FILENO : STDOUT_FILENO;

    if (action == ACTION_HELP)
        options_help(&text, dropin, program);
    else if (action == ACTION_VERSION)
        strbuf_format(&text, "%s\n", dropin->version);
    else
        strbuf_add(&text, options_license());
    return strbuf_write(&text, fd) < 0 ? dropin->exit_codes[ERROR_FAILED] : 0;
}

enum { LAST_ERROR_MS = 1000 };

/* The verbosity is known even after an error in the options. */
static void log_notices(const struct invocation *invocation)
{
    log_set_level(invocation->pod.verbosity);
    log_wait_at_most(LAST_ERROR_MS);
    options_log_diagnostics(invocation);
    log_wait_at_most(0);
}

static int report(const struct dropin *dropin, const struct error *error)
{
    /* nsinit ends after this line, so it waits for a slow reader. */
    log_wait_at_most(LAST_ERROR_MS);
    log_error(LOG_ERROR, error);
    log_wait_at_most(0);
    return dropin->exit_codes[error->kind];
}

/* Which section of the pod file a finding of --check belongs to. */
struct finding_place {
    struct invocation *invocation;
    const struct service *service; /* NULL: the pod */
};

static void add_finding(void *data, const char *key, size_t nth, const struct error *error)
{
    const struct finding_place *place = data;

    options_warn(place->invocation, place->service, key, nth, error);
}

/* For --check: warn about what this machine lacks for the pod. */
static void check_machine(struct invocation *invocation)
{
    const struct pod *pod = &invocation->pod;
    struct finding_place place = {invocation, NULL};

    preflight_pod(pod, add_finding, &place);
    for (size_t i = 0; i < pod->service_count; i++) {
        place.service = &pod->services[i];
        preflight_service(place.service, pod->namespace_holder, add_finding, &place);
    }
}

/* The machine that nsinit has booted, and how it ends; POWER_NONE: by the rescue shell. */
struct machine {
    bool is_booted;
    enum power power;
};

/* nsinit's own lines show the time where the services' lines do. */
static enum log_format own_format(const struct pod *pod)
{
    for (size_t i = 0; i < pod->service_count && pod->log_format == LOG_PLAIN; i++)
        if (pod->services[i].supervision.log_prefix == LOG_PREFIX_TIME)
            return LOG_TIME;
    return pod->log_format;
}

/*
 * End by the signal that has killed the program: after a program that was killed by ^C a shell ends
 * its script, but not after the exit code 130. Returns in process 1, which its own signals do not
 * kill.
 */
static void die_of_key(const struct key_death *death)
{
    const struct signal_set set = signal_set_of(death->signal_number);
    const struct sigaction by_default = {.sa_handler = SIG_DFL};

    if (getpid() == 1)
        return;
    /* A core dump of nsinit would mislead. */
    (void)prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
    (void)sigaction(death->signal_number, &by_default, NULL);
    (void)kill(death->is_unseen ? 0 : getpid(), death->signal_number);
    signal_mask(SIG_UNBLOCK, &set, NULL);
}

/* Read the options and carry them out. Returns the exit code. */
static int run(struct invocation *invocation, const struct dropin *dropin, char **argv,
               struct inherited *inherited, struct machine *machine, struct key_death *key_death)
{
    const char *program = argv[0] != NULL && argv[0][0] != '\0' ? argv[0] : "nsinit";
    struct error error = {.kind = ERROR_USAGE};
    struct ending ending;
    int exit_code = 0;
    int result;

    result = options_read(invocation, dropin, argv, environ, &error);
    if (result < 0)
        exit_code = report(dropin, &error);
    else if (invocation->check)
        check_machine(invocation);
    if (result == 0 && !invocation->check)
        log_set_format(own_format(&invocation->pod));
    log_notices(invocation);
    if (result < 0)
        return exit_code;
    if (invocation->action != ACTION_RUN)
        return print(dropin, invocation->action, program);
    if (invocation->check)
        return options_print_plan(invocation) < 0 ? dropin->exit_codes[ERROR_FAILED] : 0;
    if (invocation->pod.boots) {
        if (!machine->is_booted)
            boot_prepare();
        machine->is_booted = true;
        boot_set_hostname(&invocation->pod);
    }
    /* A single program needs only a few files. */
    if (invocation->pod.file != NULL)
        inherited_raise_fd_limit(inherited, invocation->pod.service_count);
    exit_code = init_run(&invocation->pod, inherited, &ending, &error);
    if (exit_code < 0)
        return report(dropin, &error);
    (void)log_flush(LAST_ERROR_MS);
    machine->power = ending.power;
    *key_death = ending.key_death;
    if (machine->power == POWER_NONE)
        machine->power =
            invocation->pod.on_end != POWER_NONE ? invocation->pod.on_end : POWER_REBOOT;
    return exit_code;
}

int main(int argc, char **argv)
{
    const char *program = argc > 0 && argv[0][0] != '\0' ? argv[0] : "nsinit";
    const char *slash = strrchr(program, '/');
    const struct dropin *dropin = dropin_of(program);
    char **control = nsctl_words(argv);
    struct machine machine = {.power = POWER_NONE};
    struct inherited inherited;
    struct invocation invocation = {0};
    struct key_death key_death = {0};
    int exit_code;

    inherited_save(&inherited, argv);
    if (control != NULL) {
        inherited_restore_signals(&inherited);
        return nsctl_main(control);
    }
    if (slash != NULL)
        program = slash + 1;
    /* The kernel starts nsinit as "init". */
    log_open(strcmp(program, "init") == 0 ? "nsinit" : program);
    log_wait_at_most(0);
    invocation.is_first_of_machine = inherited.self == 1 && boot_is_machine_init();
    machine.is_booted = invocation.is_first_of_machine;
    if (machine.is_booted) {
        boot_prepare();
        argv = boot_own_arguments(argv);
    }
    exit_code = run(&invocation, dropin, argv, &inherited, &machine, &key_death);
    if (machine.is_booted)
        boot_shut_down(machine.power == POWER_NONE || machine.power == POWER_RESCUE
                           ? boot_rescue()
                           : machine.power);
    options_free(&invocation);
    if (key_death.signal_number != 0)
        die_of_key(&key_death);
    return exit_code;
}
