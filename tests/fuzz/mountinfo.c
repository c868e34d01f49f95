/*
 * mountinfo.c - fuzzing of the lines of /proc/self/mountinfo, whose names a user may choose
 */
#include "fuzz/fuzz.h"

#include "linux/mountinfo.h"

static void check_mounts(const uint8_t *data, size_t size, const char *directory)
{
    char *text = fuzz_text(data, size);
    size_t length = strcmp(directory, "/") == 0 ? 0 : strlen(directory);
    char *rest = text;
    const char *point;

    while ((point = mountinfo_next(&rest, directory)) != NULL) {
        fuzz_check(point >= text && point + strlen(point) <= text + size);
        fuzz_check(strncmp(point, directory, length) == 0);
        fuzz_check(rest >= text && rest <= text + size);
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *word = fuzz_text(data, size);
    size_t length = strlen(word);

    mountinfo_unescape(word);
    fuzz_check(strlen(word) <= length);
    free(word);
    check_mounts(data, size, "/");
    check_mounts(data, size, "/proc");
    check_mounts(data, size, "/a b");
    return 0;
}
