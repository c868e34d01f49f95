/*
 * stop_schedule.c - a stop schedule: signals, and how long to wait after each
 */
#include "plan/stop_schedule.h"

#include <signal.h>
#include <stdbool.h>
#include <strings.h>

#include "util/parse.h"
#include "util/signal_names.h"
#include "util/time.h"

/*
 * Read a signal or a duration. A word that begins with a digit is a duration: the number of a
 * signal stands behind a minus sign, as for start-stop-daemon(8).
 */
static int read_word(struct stop_schedule_step *step, bool *is_duration, const char *word,
                     struct error *error)
{
    bool is_forever = strcasecmp(word, "forever") == 0;

    *step = (struct stop_schedule_step){.wait_ms = WAIT_FOREVER};
    *is_duration = is_forever || (word[0] >= '0' && word[0] <= '9');
    if (is_forever)
        return 0;
    if (*is_duration)
        /* The longest duration would mean forever. */
        return parse_duration(word, &step->wait_ms) == 0 && step->wait_ms != WAIT_FOREVER
                   ? 0
                   : error_invalid(error, word, "duration", DURATION_ADVICE);
    word += word[0] == '-';
    step->signal_number = signal_by_name(word);
    return step->signal_number != 0
               ? 0
               : error_unknown(error, word, "signal", signal_closest_name(word));
}

/* `lacks_time`: the last step has a signal and no duration yet. */
static int add_word(struct stop_schedule *schedule, bool *lacks_time, const char *word,
                    struct error *error)
{
    struct stop_schedule_step *last = *lacks_time ? &schedule->steps[schedule->count - 1] : NULL;
    struct stop_schedule_step step;
    bool is_duration;

    if (read_word(&step, &is_duration, word, error) < 0)
        return -1;
    /* 15/10/9 would send no signal. */
    if (is_duration && last == NULL && schedule->count > 0) {
        error_hint(error, "give signals by name or with a minus sign: TERM/10/KILL, -15/10/-9");
        return error_reason(error, ERROR_USAGE, "duration '%s' follows a duration", word);
    }
    /* A duration belongs to the signal before it, unless the signal has one already. */
    if (is_duration && last != NULL) {
        last->wait_ms = step.wait_ms;
        *lacks_time = false;
        return 0;
    }
    /* A signal directly behind another one is sent at once. */
    if (last != NULL)
        last->wait_ms = 0;
    if (schedule->count == STOP_SCHEDULE_STEPS)
        return error_reason(error, ERROR_USAGE, "more than %d steps", STOP_SCHEDULE_STEPS);
    schedule->steps[schedule->count++] = step;
    *lacks_time = !is_duration;
    return 0;
}

bool stop_schedule_signals(const struct stop_schedule *schedule)
{
    for (unsigned int i = 0; i < schedule->count; i++)
        if (schedule->steps[i].signal_number != 0)
            return true;
    return false;
}

int stop_schedule_parse(struct stop_schedule *schedule, const char *text, struct error *error)
{
    struct stop_schedule result = {0};
    bool lacks_time = false;
    const char *whole = text;
    char word[32];

    if (strcasecmp(text, "no") == 0) {
        *schedule = result;
        return 0;
    }
    for (;;) {
        size_t length = parse_word(text, "/", word, sizeof word);

        if (length == 0 || length >= sizeof word)
            return error_invalid(error, text, "schedule", "use no, or e.g. TERM/3/KILL");
        if (add_word(&result, &lacks_time, word, error) < 0)
            return -1;
        if (text[length] == '\0')
            break;
        text += length + 1;
    }
    if (!stop_schedule_signals(&result) && result.steps[0].wait_ms != WAIT_FOREVER) {
        error_hint(error, "give signals by name or with a minus sign: TERM/10/KILL, -15/10/-9");
        return error_invalid(error, whole, "schedule", "it has no signal");
    }
    *schedule = result;
    return 0;
}

void stop_schedule_add(struct strbuf *text, const struct stop_schedule *schedule)
{
    strbuf_add(text, schedule->count == 0 ? "no" : "");
    for (unsigned int i = 0; i < schedule->count; i++) {
        const struct stop_schedule_step *step = &schedule->steps[i];

        strbuf_add(text, i > 0 ? "/" : "");
        if (step->signal_number != 0)
            signal_add_name(text, step->signal_number);
        if (step->signal_number != 0 && step->wait_ms != WAIT_FOREVER)
            strbuf_add(text, "/");
        if (step->wait_ms != WAIT_FOREVER)
            time_add_duration(text, step->wait_ms);
        else if (step->signal_number == 0)
            strbuf_add(text, "forever");
    }
}
