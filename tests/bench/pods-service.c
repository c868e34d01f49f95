// A service of the pods that are measured: it counts its start, and ends when it is told to. See
// pods-board.h.
#include "pods-board.h"

#include <fcntl.h>
#include <sys/mman.h>

int main(int argc, char **argv)
{
    int fd = argc > 1 ? open(argv[1], O_RDWR | O_CLOEXEC) : -1;
    struct board *board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (board == MAP_FAILED)
        return 1;
    uint32_t number = atomic_fetch_add(&board->started, 1);
    if (number + 1 == atomic_load(&board->awaited))
        board_wake(&board->started);

    _Atomic uint32_t *told = board_place(board, number);
    for (uint32_t seen; (seen = atomic_load(told)) != number + 1;)
        board_sleep(told, seen, NULL);
    return 0;
}
