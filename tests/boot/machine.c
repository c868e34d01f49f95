/*
 * machine.c - a machine under test: nsinit as its first process, in QEMU
 */
#include "boot/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

const struct board pc = {"amd64", "qemu-system-x86_64", "q35", "qemu64", "ttyS0"};
const struct board older_pc = {"amd64-5.10", "qemu-system-x86_64", "q35", "qemu64", "ttyS0"};
const struct board arm64 = {"arm64", "qemu-system-aarch64", "virt", "cortex-a57", "ttyAMA0"};

const char *built_for(const struct board *board, const char *name)
{
    static char paths[16][300];
    static unsigned int next;
    char *path = paths[next++ % 16];

    snprintf(path, sizeof paths[0], "%s/%s/%s", BUILT_DIRECTORY, board->directory, name);
    return path;
}

const char *built(const char *name)
{
    return built_for(&pc, name);
}

/* One for each run of the program: others may run side by side, of this checkout and of another. */
static char directory[] = "/tmp/nsinit-boot-XXXXXX";

bool scratch_open(void)
{
    if (mkdtemp(directory) != NULL)
        return true;
    perror(directory);
    return false;
}

void scratch_remove(void)
{
    char command[60];

    snprintf(command, sizeof command, "rm -rf %s", directory);
    if (system(command) != 0)
        fprintf(stderr, "%s failed\n", command);
}

const char *scratch(const char *name)
{
    static char paths[4][200];
    static unsigned int next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof paths[0], "%s/%s", directory, name);
    return path;
}

static const char *make_image(const struct board *board, const struct machine_options *options)
{
    const char *path = scratch("initrd");
    FILE *image = image_open(path, built_for(board, "initrd.gz"));

    if (options->pod != NULL)
        image_add(image, &(struct image_file){"etc/nsinit.ini", options->pod, NULL});
    for (const struct image_file *file = options->files; file != NULL && file->path != NULL; file++)
        image_add(image, file);
    image_close(image);
    return path;
}

struct monitor {
    int fd;
    struct sockaddr_un address;
};

static bool can_connect(void *argument)
{
    struct monitor *monitor = argument;

    return connect(monitor->fd, (const struct sockaddr *)&monitor->address,
                   sizeof monitor->address) == 0;
}

static int open_monitor(const char *path)
{
    struct monitor monitor = {.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0),
                              .address = {.sun_family = AF_UNIX}};

    snprintf(monitor.address.sun_path, sizeof monitor.address.sun_path, "%s", path);
    ck_assert_int_ge(monitor.fd, 0);
    wait_until(can_connect, &monitor, "QEMU's monitor");
    return monitor.fd;
}

void machine_boot(struct machine *machine, const struct machine_options *options)
{
    const struct board *board = options->board != NULL ? options->board : &pc;
    const char *socket_path = scratch("monitor");
    char words[1000];
    char monitor[240];
    char disk[240];
    const char *const arguments[] = {board->program,
                                     "-M",
                                     board->model,
                                     "-cpu",
                                     board->processor,
                                     "-accel",
                                     "tcg",
                                     "-m",
                                     "128",
                                     "-nodefaults",
                                     "-display",
                                     "none",
                                     "-no-reboot",
                                     "-serial",
                                     "stdio",
                                     "-monitor",
                                     monitor,
                                     "-kernel",
                                     built_for(board, "vmlinuz"),
                                     "-initrd",
                                     make_image(board, options),
                                     "-append",
                                     words,
                                     options->disk != NULL ? "-drive" : NULL,
                                     disk,
                                     NULL};

    snprintf(words, sizeof words, "console=%s quiet panic=1 %s",
             options->console != NULL ? options->console : board->console,
             options->arguments != NULL ? options->arguments : "");
    snprintf(monitor, sizeof monitor, "unix:%s,server=on,wait=off", socket_path);
    snprintf(disk, sizeof disk, "if=virtio,format=raw,file=%s",
             options->disk != NULL ? options->disk : "");
    (void)unlink(socket_path);
    process_start(&machine->qemu, &(struct process_options){.arguments = arguments});
    machine->monitor = open_monitor(socket_path);
}

void machine_expect(struct machine *machine, const char *text)
{
    process_expect(&machine->qemu, text);
}

void machine_type(struct machine *machine, const char *text)
{
    process_type(&machine->qemu, text);
}

void machine_press_ctrl_alt_del(const struct machine *machine)
{
    static const char command[] = "sendkey ctrl-alt-delete\n";

    ck_assert_int_eq(write(machine->monitor, command, sizeof command - 1), sizeof command - 1);
}

void machine_wait(struct machine *machine)
{
    ck_assert_int_eq(process_wait(&machine->qemu), 0);
    close(machine->monitor);
}

void machine_drop(struct machine *machine)
{
    close(machine->monitor);
    process_drop(&machine->qemu);
}

const char *machine_console(const struct machine *machine)
{
    return machine->qemu.output.text != NULL ? machine->qemu.output.text : "";
}
