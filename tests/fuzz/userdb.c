/*
 * userdb.c - fuzzing of the lines of /etc/passwd and /etc/group
 */
#include "fuzz/fuzz.h"

#include "linux/userdb.h"

static void check_lines(const uint8_t *data, size_t size, size_t field_count)
{
    char *text = fuzz_text(data, size);
    char *rest = text;
    char *last = text;
    struct entry entry;

    while (entry_next(&rest, field_count, &entry)) {
        fuzz_check(entry.fields[0] >= last && rest <= text + size);
        last = rest;
        for (size_t i = 0; i < field_count; i++) {
            fuzz_check(entry.fields[i] >= text && entry.fields[i] <= text + size);
            fuzz_check(strchr(entry.fields[i], '\n') == NULL);
            /* All but the last are cut at their colon. */
            fuzz_check(i + 1 == field_count || strchr(entry.fields[i], ':') == NULL);
        }
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_lines(data, size, 3);
    check_lines(data, size, 4);
    check_lines(data, size, 7);
    return 0;
}
