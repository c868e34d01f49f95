/*
 * mount_spec.c - fuzzing of --mount
 */
#include "fuzz/fuzz.h"

#include "plan/mount_spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *spec = fuzz_text(data, size);
    struct mount mount;
    struct error error = {0};

    if (mount_parse(&mount, spec, &error) == 0) {
        fuzz_check(mount.target[0] == '/');
        mount_free(&mount);
    } else {
        fuzz_check(error.reason[0] != '\0' && mount.target == NULL);
    }
    free(spec);
    return 0;
}
