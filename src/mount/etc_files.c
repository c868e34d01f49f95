/*
 * etc_files.c - the files in /etc that belong to a network and a host name, as Docker makes them
 */
#include "mount/etc_files_private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "linux/fd.h"
#include "linux/statx.h"
#include "linux/syscalls.h"
#include "mount/content_private.h"
#include "mount/target_private.h"
#include "util/file.h"
#include "util/strbuf.h"

enum { FLAGS = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };

/*
 * A file that does not exist and can't be created, as on a read-only file system, is left out, and
 * so is anything else that the service has put in its place, and a file that --mount or a named
 * network namespace (netns.h) has covered.
 */
static int make_file(const struct rootfs *rootfs, const char *path, const char *content,
                     struct error *error)
{
    const struct mount plan = {.type = MOUNT_FILE, .options = "mode=644", .content = content};
    struct error ignored = {0};
    int target = target_open(&rootfs->root, path, false, &ignored);
    int result = 0;

    if (target < 0)
        return 0;
    if (S_ISREG(fd_mode(target)) && !statx_is_mount_root(target)) {
        error_subject(error, "--etc-files: %s", path);
        result = content_mount(&plan, FLAGS, target, error);
    }
    close(target);
    return result;
}

/* ---- name servers -------------------------------------------------------------------------- */

/* Whether the line names a server; one on the loopback of the machine is in another network. */
static bool is_server(const char *line, bool *is_loopback)
{
    static const char key[] = "nameserver";
    const char *address = line + sizeof key - 1;

    if (strncmp(line, key, sizeof key - 1) != 0)
        return false;
    address += strspn(address, " \t");
    *is_loopback = strncmp(address, "127.", 4) == 0 || strncmp(address, "::1", 3) == 0;
    return true;
}

/* Remove the servers that the service can't reach. Returns whether one is left. */
static bool keep_reachable(char *text)
{
    char *to = text;
    bool has_server = false;

    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        bool is_loopback = false;

        length += text[length] == '\n';
        has_server |= is_server(text, &is_loopback) && !is_loopback;
        if (!is_loopback) {
            memmove(to, text, length);
            to += length;
        }
        text += length;
    }
    *to = '\0';
    return has_server;
}

/* systemd-resolved keeps the servers that it forwards to in a file of its own. */
static char *read_servers(bool has_own_network)
{
    static const char *const paths[] = {"/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"};

    for (int i = 0; i < 2; i++) {
        char *text;

        if (file_read_regular(paths[i], &text, NULL) < 0)
            continue;
        if (!has_own_network || keep_reachable(text))
            return text;
        free(text);
    }
    return NULL;
}

static int make_files(const struct rootfs *rootfs, const char *const contents[3],
                      struct error *error)
{
    static const char *const paths[3] = {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf"};

    for (int i = 0; i < 3; i++)
        if (contents[i] != NULL && make_file(rootfs, paths[i], contents[i], error) < 0)
            return -1;
    return 0;
}

/* Whether the tree has a directory /etc of its own: a mount at /etc may be the machine's. */
static bool has_etc(const struct rootfs *rootfs)
{
    int etc = target_find(&rootfs->root, "/etc");
    bool is_own = etc >= 0 && statx_mount_id(etc) == statx_mount_id(rootfs->root.fd);

    fd_close(etc);
    return is_own;
}

int etc_files_mount(const struct rootfs *rootfs, struct error *error)
{
    enum etc_files wanted = rootfs->plan->etc_files;
    struct utsname system;
    char hostname[sizeof system.nodename + 1];
    char hosts[200];
    char *servers;
    int result;

    if (wanted == ETC_FILES_NO || !has_etc(rootfs))
        return 0;
    (void)uname(&system);
    strbuf_set(hosts, sizeof hosts,
               "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
               "127.0.1.1\t%s\n",
               system.nodename);
    strbuf_set(hostname, sizeof hostname, "%s\n", system.nodename);
    servers = read_servers(wanted == ETC_FILES_OF_NETWORK);
    result = make_files(rootfs, (const char *const[3]){hosts, hostname, servers}, error);
    free(servers);
    return result;
}
