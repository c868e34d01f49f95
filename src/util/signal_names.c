/*
 * signal_names.c - signal numbers and their names
 */
#include "util/signal_names.h"

#include <stddef.h>
#include <strings.h>
#include <sys/wait.h>

#include "util/parse.h"
#include "util/suggest.h"

/* SIGRTMIN of glibc and kill(1). musl's is 35, but a static nsinit must not differ. */
enum { FIRST_REALTIME = 34 };

static const struct {
    char name[7];
    unsigned char number;
} names[] = {
    {"HUP", SIGHUP},
    {"INT", SIGINT},
    {"QUIT", SIGQUIT},
    {"ILL", SIGILL},
    {"TRAP", SIGTRAP},
    {"ABRT", SIGABRT},
    {"BUS", SIGBUS},
    {"FPE", SIGFPE},
    {"KILL", SIGKILL},
    {"USR1", SIGUSR1},
    {"SEGV", SIGSEGV},
    {"USR2", SIGUSR2},
    {"PIPE", SIGPIPE},
    {"ALRM", SIGALRM},
    {"TERM", SIGTERM},
/* MIPS has EMT, all other machines have STKFLT. */
#ifdef SIGSTKFLT
    {"STKFLT", SIGSTKFLT},
#endif
#ifdef SIGEMT
    {"EMT", SIGEMT},
#endif
    {"CHLD", SIGCHLD},
    {"CONT", SIGCONT},
    {"STOP", SIGSTOP},
    {"TSTP", SIGTSTP},
    {"TTIN", SIGTTIN},
    {"TTOU", SIGTTOU},
    {"URG", SIGURG},
    {"XCPU", SIGXCPU},
    {"XFSZ", SIGXFSZ},
    {"VTALRM", SIGVTALRM},
    {"PROF", SIGPROF},
    {"WINCH", SIGWINCH},
    {"IO", SIGIO},
    {"PWR", SIGPWR},
    {"SYS", SIGSYS},
    /* Second names of a number come last, as the first name is shown. */
    {"IOT", SIGABRT},
    {"CLD", SIGCHLD},
    {"POLL", SIGIO},
    {"UNUSED", SIGSYS},
    {"RTMIN", FIRST_REALTIME},
    {"RTMAX", SIGNAL_MAX},
};

enum { NAME_COUNT = sizeof names / sizeof names[0] };

static const char *without_prefix(const char *name)
{
    return strncasecmp(name, "SIG", 3) == 0 ? name + 3 : name;
}

/* RTMIN+n and RTMAX-n; 0 for any other name. */
static int realtime_by_name(const char *name)
{
    bool from_first = strncasecmp(name, "RTMIN+", 6) == 0;
    unsigned long offset;

    if (!from_first && strncasecmp(name, "RTMAX-", 6) != 0)
        return 0;
    if (parse_number(name + 6, SIGNAL_MAX - FIRST_REALTIME, &offset) < 0)
        return 0;
    return from_first ? FIRST_REALTIME + (int)offset : SIGNAL_MAX - (int)offset;
}

int signal_by_name(const char *name)
{
    unsigned long number;

    if (parse_number(name, SIGNAL_MAX, &number) == 0)
        return (int)number;
    name = without_prefix(name);
    for (size_t i = 0; i < NAME_COUNT; i++)
        if (strcasecmp(name, names[i].name) == 0)
            return names[i].number;
    return realtime_by_name(name);
}

bool signal_asks_to_end(int signal_number)
{
    return signal_number == SIGTERM || signal_number == SIGINT || signal_number == SIGQUIT;
}

const char *signal_closest_name(const char *name)
{
    struct suggestion closest = suggest_for(without_prefix(name));

    for (size_t i = 0; i < NAME_COUNT; i++)
        suggest_offer(&closest, names[i].name);
    return closest.best;
}

void signal_add_name(struct strbuf *text, int signal_number)
{
    if (signal_number > FIRST_REALTIME && signal_number < SIGNAL_MAX) {
        strbuf_format(text, "RTMIN+%d", signal_number - FIRST_REALTIME);
        return;
    }
    for (size_t i = 0; i < NAME_COUNT; i++)
        if (names[i].number == signal_number) {
            strbuf_add(text, names[i].name);
            return;
        }
    strbuf_format(text, "%d", signal_number);
}

const char *signal_name(int signal_number, struct signal_name *buffer)
{
    struct strbuf text = strbuf_in(buffer->text, sizeof buffer->text);

    signal_add_name(&text, signal_number);
    return buffer->text;
}

void signal_add_end(struct strbuf *text, int wait_status)
{
    if (WIFEXITED(wait_status)) {
        strbuf_format(text, "exit code %d", WEXITSTATUS(wait_status));
        return;
    }
    strbuf_add(text, "killed by ");
    signal_add_name(text, WTERMSIG(wait_status));
}
