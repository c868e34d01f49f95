/*
 * json.c - fuzzing of a command as a JSON array
 */
#include "fuzz/fuzz.h"

#include <errno.h>

#include "util/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    char **words;
    size_t length = 0;

    errno = 0;
    words = json_read_words(text);
    fuzz_check(words != NULL ? words[0] != NULL : errno == EINVAL);
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        length += strlen(words[i]);
    fuzz_check(length <= size);
    free(words);
    free(text);
    return 0;
}
