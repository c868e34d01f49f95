/*
 * main.c - picks the tool by the name it is called by
 * Apart from the child's error record this is the only place that prints an error and chooses an
 * exit code.
 */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "boot/boot.h"
#include "control/nsctl.h"
#include "init/init.h"
#include "options/options.h"
#include "spawn/inherited.h"
#include "util/error.h"
#include "util/log.h"
#include "util/text.h"

/* Help, version or licence. */
/* Not inlined: its buffer would be part of every run's stack. */
__attribute__((noinline)) static int print(const struct persona *persona, enum action action,
                                           const char *program)
{
    char buffer[8192];
    struct text text = text_in(buffer, sizeof buffer);
    int fd = persona->speaks_on_stderr ? STDERR_FILENO : STDOUT_FILENO;

    if (action == ACTION_HELP)
        options_help(&text, persona, program);
    else if (action == ACTION_VERSION)
        text_format(&text, "%s\n", persona->version);
    else
        text_add(&text, options_license());
    return text_write(&text, fd) < 0 ? persona->exit_codes[ERROR_FAILED] : 0;
}

static int report(const struct persona *persona, const struct error *error)
{
    log_line(LOG_ERROR, "%s%s%s%s%s", error->subject, error->subject[0] != '\0' ? ": " : "",
             error->reason, error->hint[0] != '\0' ? "\n  hint: " : "", error->hint);
    return persona->exit_codes[error->kind];
}

/* Read what is asked for, and do it. Returns the exit code. */
static int run(struct request *request, const struct persona *persona, char **argv,
               const struct inherited *inherited, enum power *power)
{
    const char *program = argv[0] != NULL && argv[0][0] != '\0' ? argv[0] : "nsinit";
    struct error error = {.kind = ERROR_USAGE};
    int exit_code;

    if (options_read(request, persona, argv, environ, &error) < 0)
        return report(persona, &error);
    if (request->action != ACTION_RUN)
        return print(persona, request->action, program);
    if (request->check)
        return options_print_plan(request) < 0 ? persona->exit_codes[ERROR_FAILED] : 0;
    log_set_level(request->pod.verbosity);
    if (request->pod.boots && !request->is_first_of_machine)
        boot_prepare();
    if (request->pod.boots)
        boot_set_hostname(&request->pod);
    exit_code = init_run(&request->pod, inherited, power, &error);
    if (exit_code < 0)
        return report(persona, &error);
    if (*power == POWER_NONE)
        *power = request->pod.on_end != POWER_NONE ? request->pod.on_end : POWER_REBOOT;
    return exit_code;
}

int main(int argc, char **argv)
{
    const char *program = argc > 0 && argv[0][0] != '\0' ? argv[0] : "nsinit";
    const char *slash = strrchr(program, '/');
    const struct persona *persona = persona_of(program);
    char **control = nsctl_words(argv);
    /* What was not said is a matter for who stands at the console. */
    enum power power = POWER_NONE;
    struct inherited inherited;
    struct request request = {0};
    int exit_code;

    inherited_take(&inherited);
    if (control != NULL) {
        inherited_give_back(&inherited);
        return nsctl_main(control);
    }
    log_open(slash ? slash + 1 : program);
    request.is_first_of_machine = boot_is_first_of_machine();
    if (request.is_first_of_machine)
        boot_prepare();
    exit_code = run(&request, persona, argv, &inherited, &power);
    if (request.pod.boots || request.is_first_of_machine)
        boot_end(power == POWER_NONE || power == POWER_RESCUE ? boot_rescue() : power);
    options_free(&request);
    return exit_code;
}
