/*
 * inventory.c - what a run could leave behind besides processes: files, mounts, network devices
 */
#include "faults/faults.h"

#include <ftw.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of nftw(3), which hands nothing on. */
static FILE *list;

static int add_file(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    fprintf(list, "%s\n", path);
    return 0;
}

/* Elsewhere the machine's own mounts may come and go with their directories. */
static bool is_watched(const char *line)
{
    char place[4096];

    return sscanf(line, "%*s %*s %*s %*s %4095s", place) == 1 &&
           (strncmp(place, "/tmp", 4) == 0 || strncmp(place, "/run", 4) == 0 ||
            strncmp(place, "/proc", 5) == 0 || strncmp(place, "/dev", 4) == 0);
}

static void add_mounts(void)
{
    FILE *mounts = fopen("/proc/self/mountinfo", "re");
    char line[4096];

    while (mounts != NULL && fgets(line, sizeof line, mounts) != NULL)
        if (is_watched(line))
            fprintf(list, "mount %s", line);
    if (mounts != NULL)
        fclose(mounts);
}

static void add_devices(void)
{
    struct if_nameindex *devices = if_nameindex();

    for (struct if_nameindex *device = devices; device != NULL && device->if_index != 0; device++)
        fprintf(list, "device %s\n", device->if_name);
    if (devices != NULL)
        if_freenameindex(devices);
}

char *inventory(void)
{
    static const char *const directories[] = {"/tmp", "/run", "/dev/shm"};
    char *text = NULL;
    size_t size = 0;

    list = open_memstream(&text, &size);
    if (list == NULL)
        abort();
    for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++)
        (void)nftw(directories[i], add_file, 8, FTW_PHYS);
    add_mounts();
    add_devices();
    fclose(list);
    return text;
}
