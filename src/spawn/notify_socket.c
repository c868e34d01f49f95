/*
 * notify_socket.c - the socket that a service notifies nsinit by: sd_notify(3)
 */
#include "spawn/notify_socket_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "linux/syscalls.h"
#include "util/strbuf.h"

/* The socket's path is PREFIX, 16 secret digits, /FILE_NAME. */
#define PREFIX "nsinit-"
#define FILE_NAME "notify"

static int open_socket(void)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0)
        return fd;
    close(fd);
    return -1;
}

/* ---- by a path ----------------------------------------------------------------------------- */

static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    strbuf_set(address.sun_path, sizeof address.sun_path, "%s", path);
    return address;
}

/* The path without /FILE_NAME. */
static struct notify_name directory_of(const struct notify_name *name)
{
    struct notify_name directory = *name;

    directory.text[strlen(directory.text) - strlen("/" FILE_NAME)] = '\0';
    return directory;
}

/* O_NOFOLLOW: in /tmp another user may have put a symlink there. */
static int open_directory(const struct notify_name *name)
{
    const struct notify_name directory = directory_of(name);

    return open(directory.text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* /proc/net/unix shows every user the path of bind(2), which must not have the secret name. */
static int bind_in(int fd, int directory, const struct notify_name *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    strbuf_set(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/" FILE_NAME, directory);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return 0;
    address = address_of(name->text);
    return bind(fd, (struct sockaddr *)&address, sizeof address);
}

/* Any user who knows the name may send, whatever nsinit's umask is. */
static int open_in(const struct notify_name *name)
{
    int directory = open_directory(name);
    int fd = directory >= 0 ? open_socket() : -1;

    if (fd >= 0 && (fchmod(directory, 0711) < 0 || bind_in(fd, directory, name) < 0 ||
                    sys_fchmodat(directory, FILE_NAME, 0666) < 0)) {
        close(fd);
        fd = -1;
    }
    if (directory >= 0)
        close(directory);
    return fd;
}

/* Whether the socket's nsinit has ended, and its directory belongs to this user. */
static bool is_stale(const struct notify_name *name)
{
    const struct notify_name directory = directory_of(name);
    struct sockaddr_un address = address_of(name->text);
    struct stat status;
    int fd;
    bool is_refused;

    if (lstat(directory.text, &status) < 0 || !S_ISDIR(status.st_mode) ||
        status.st_uid != geteuid())
        return false;
    fd = open_socket();
    if (fd < 0)
        return false;
    is_refused =
        connect(fd, (struct sockaddr *)&address, sizeof address) < 0 && errno == ECONNREFUSED;
    close(fd);
    return is_refused;
}

/* Remove the sockets left behind by an nsinit that was killed. */
static void remove_stale(const char *parent)
{
    enum { ENTRIES_MAX = 256 };
    DIR *directory = opendir(parent);

    for (int i = 0; directory != NULL && i < ENTRIES_MAX; i++) {
        const struct dirent *entry = readdir(directory);
        struct notify_name name;

        if (entry == NULL)
            break;
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0 ||
            strlen(entry->d_name) != strlen(PREFIX "0123456789abcdef"))
            continue;
        strbuf_set(name.text, sizeof name.text, "%s/%s/" FILE_NAME, parent, entry->d_name);
        if (is_stale(&name))
            notify_socket_remove(&name);
    }
    if (directory != NULL)
        closedir(directory);
}

int notify_socket_open_path(struct notify_name *name)
{
    static const char *const parents[] = {"/run", "/dev/shm", "/tmp"};
    uint32_t secret[2];

    for (size_t i = 0; i < sizeof parents / sizeof parents[0]; i++) {
        int fd;

        if (getrandom(secret, sizeof secret, GRND_NONBLOCK) != sizeof secret)
            break;
        strbuf_set(name->text, sizeof name->text, "%s/" PREFIX "%08x%08x/" FILE_NAME, parents[i],
                   secret[0], secret[1]);
        if (mkdir(directory_of(name).text, 0700) < 0)
            continue;
        fd = open_in(name);
        remove_stale(parents[i]);
        if (fd >= 0)
            return fd;
        notify_socket_remove(name);
    }
    name->text[0] = '\0';
    return -1;
}

bool notify_socket_is_reachable(const struct notify_name *name)
{
    struct sockaddr_un address = address_of(name->text);
    bool is_reached;
    int fd;

    if (name->text[0] != '/')
        return false;
    fd = open_socket();
    if (fd < 0)
        return false;
    is_reached = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return is_reached;
}

void notify_socket_remove(struct notify_name *name)
{
    struct notify_name path = *name;
    int directory;

    name->text[0] = '\0';
    if (path.text[0] != '/')
        return;
    directory = open_directory(&path);
    if (directory >= 0) {
        (void)unlinkat(directory, FILE_NAME, 0);
        close(directory);
    } else {
        /* No descriptor is free. In a sticky directory no other user can have replaced ours. */
        (void)unlink(path.text);
    }
    (void)rmdir(directory_of(&path).text);
}

/* ---- by an abstract name ------------------------------------------------------------------- */

/* Autobind (unix(7)): the kernel chooses an unused name. */
static bool autobind(int fd, struct notify_name *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t length = sizeof address;
    size_t name_length;

    if (bind(fd, (struct sockaddr *)&address, sizeof address.sun_family) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        return false;
    name_length = length - offsetof(struct sockaddr_un, sun_path);
    if (name_length >= sizeof name->text) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(name->text, address.sun_path, name_length);
    name->text[0] = '@';
    name->text[name_length] = '\0';
    return true;
}

int notify_socket_open(struct notify_name *name, const char *service, struct error *error)
{
    int fd = open_socket();

    if (fd >= 0 && autobind(fd, name))
        return fd;
    error_failed(error, "%s: open a socket for sd_notify", service);
    if (fd >= 0)
        close(fd);
    return -1;
}
