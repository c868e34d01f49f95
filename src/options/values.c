/*
 * values.c - setters of plain values
 */
#include "options/values_private.h"

#include <stddef.h>

#include "util/parse.h"
#include "util/signal_names.h"

int set_flag(bool *flag, const char *value, struct error *error)
{
    *flag = true;
    if (value == NULL || parse_flag(value, flag) == 0)
        return 0;
    return error_invalid(error, value, "value", "use yes or no");
}

int set_text(const char **text, const char *value, struct error *error)
{
    (void)error;
    *text = value;
    return 0;
}

int set_absolute_path(const char **text, const char *value, struct error *error)
{
    if (value[0] != '/')
        return error_invalid(error, value, "path", "use an absolute path");
    *text = value;
    return 0;
}

int set_duration(uint32_t *milliseconds, const char *value, struct error *error)
{
    if (parse_duration(value, milliseconds) == 0)
        return 0;
    return error_invalid(error, value, "duration", DURATION_ADVICE);
}

int set_positive_duration(uint32_t *milliseconds, const char *value, struct error *error)
{
    if (set_duration(milliseconds, value, error) < 0)
        return -1;
    if (*milliseconds == 0)
        return error_invalid(error, value, "duration", "use more than 0");
    return 0;
}

int set_number(int *number, const char *value, int least, int most, const char *kind,
               const char *advice, struct error *error)
{
    if (parse_between(value, least, most, number) == 0)
        return 0;
    return error_invalid(error, value, kind, advice);
}

int set_descriptor(int *fd, const char *value, struct error *error)
{
    return set_number(fd, value, 3, 1023, "descriptor", "use 3 to 1023", error);
}

int set_signal(int *signal_number, const char *value, struct error *error)
{
    *signal_number = signal_by_name(value);
    if (*signal_number != 0)
        return 0;
    if (value[0] >= '0' && value[0] <= '9')
        return error_reason(error, ERROR_USAGE, "unknown signal '%s': use 1 to %d", value,
                            SIGNAL_MAX);
    return error_unknown(error, value, "signal", signal_closest_name(value));
}
