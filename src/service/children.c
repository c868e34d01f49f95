/*
 * children.c - look up nsinit's own children by PID
 * Open addressing, at most three quarters full, no tombstones: Knuth's algorithm R at a removal.
 */
#include "service/children.h"
#include "linux/wait.h"

#include <errno.h>
#include <stdlib.h>

static size_t room_of(const struct children *children)
{
    return children->more != NULL ? children->room : CHILDREN_FEW;
}

static struct child *places_of(struct children *children)
{
    return children->more != NULL ? children->more : children->few;
}

/* PIDs are consecutive, so their last bits spread them well. */
static size_t home_of(pid_t pid, size_t room)
{
    return (size_t)pid & (room - 1);
}

/* The place of a PID, or the free place where it would go. */
static size_t place_of(const struct child *places, size_t room, pid_t pid)
{
    size_t place = home_of(pid, room);

    while (places[place].pid != 0 && places[place].pid != pid)
        place = (place + 1) & (room - 1);
    return place;
}

int children_reserve(struct children *children)
{
    size_t room = room_of(children);
    struct child *old = places_of(children);
    struct child *larger;

    if ((children->count + 1) * 4 <= room * 3)
        return 0;
    larger = calloc(2 * room, sizeof *larger);
    if (larger == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < room; i++)
        if (old[i].pid != 0)
            larger[place_of(larger, 2 * room, old[i].pid)] = old[i];
    free(children->more);
    children->more = larger;
    children->room = 2 * room;
    return 0;
}

void children_add_for(struct children *children, pid_t pid, child_ended *on_end, void *owner,
                      const struct supervised *service)
{
    struct child *places = places_of(children);

    places[place_of(places, room_of(children), pid)] =
        (struct child){.pid = pid, .on_end = on_end, .owner = owner, .service = service};
    children->count++;
}

void children_add(struct children *children, pid_t pid, child_ended *on_end, void *owner)
{
    children_add_for(children, pid, on_end, owner, NULL);
}

void children_ignore_end(void *owner, pid_t pid, int wait_status)
{
    (void)owner;
    (void)pid;
    (void)wait_status;
}

const struct child *children_find(const struct children *children, pid_t pid)
{
    const struct child *places = children->more != NULL ? children->more : children->few;
    const struct child *found = &places[place_of(places, room_of(children), pid)];

    return found->pid == pid && pid != 0 ? found : NULL;
}

/* Whether the child at `place`, which hashes to `home`, may move to `gap` before it. */
static bool may_fill(size_t home, size_t gap, size_t place)
{
    return gap <= place ? home <= gap || home > place : home <= gap && home > place;
}

void children_remove(struct children *children, pid_t pid)
{
    struct child *places = places_of(children);
    size_t room = room_of(children);
    size_t gap = place_of(places, room, pid);

    if (places[gap].pid != pid)
        return;
    for (size_t place = (gap + 1) & (room - 1); places[place].pid != 0;
         place = (place + 1) & (room - 1))
        if (may_fill(home_of(places[place].pid, room), gap, place)) {
            places[gap] = places[place];
            gap = place;
        }
    places[gap] = (struct child){0};
    children->count--;
}

bool children_any(void)
{
    return wait_has_child(P_ALL, 0);
}
