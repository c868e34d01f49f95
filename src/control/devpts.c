/*
 * devpts.c - a terminal for a command that is one of its service's own devpts
 * The one that came with the request may be of another, where ttyname(3) finds none for it.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/peer.h"
#include "linux/pty.h"
#include "supervise/visit.h"

/* Each devpts is a device of its own. */
static bool is_elsewhere(int terminal, const struct stat *original)
{
    struct stat status;

    return fstat(terminal, &status) == 0 && status.st_dev != original->st_dev;
}

/* Wherever the peer's terminal was; what is a file stays one. */
static void put_in_place(const struct peer *peer, int terminal, const struct stat *original)
{
    struct stat status;

    for (int i = 0; i < PEER_FILES; i++)
        if (fstat(peer->files[i], &status) == 0 && status.st_dev == original->st_dev &&
            status.st_ino == original->st_ino)
            (void)dup3(terminal, peer->files[i], O_CLOEXEC);
}

static bool move_to(struct peer *peer, int terminal)
{
    struct stat original;

    if (fstat(peer->files[0], &original) < 0 || !is_elsewhere(terminal, &original) ||
        !pty_copy_modes(peer->files[0], terminal) || !pty_copy_size(peer->files[0], terminal))
        return false;
    put_in_place(peer, terminal, &original);
    return true;
}

void devpts_move(struct peer *peer, const struct supervised *host)
{
    int controller = visit_open_ptmx(host);
    int terminal;

    if (controller < 0)
        return;
    terminal = pty_open_terminal(controller);
    if (terminal >= 0 && move_to(peer, terminal))
        peer->gift = controller;
    else
        close(controller);
    if (terminal >= 0)
        close(terminal);
}
