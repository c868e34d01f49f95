/*
 * machine.h - a machine under test: nsinit as its first process, in QEMU, seen by its serial
 * console
 */
#ifndef NSINIT_TESTS_BOOT_MACHINE_H
#define NSINIT_TESTS_BOOT_MACHINE_H

#include <check.h>
#include <stdbool.h>
#include <string.h>

#include "cases.h"
#include "boot/image.h"
#include "support/process.h"

/* A kind of machine: what QEMU has to be told, and where contrib/examples/embedded/build has put
 * its files.
 */
struct board {
    const char *directory;
    const char *program;
    const char *model;
    const char *processor;
    const char *console;
};

/* The older one has Linux 5.10. */
extern const struct board pc, older_pc, arm64;

struct machine_options {
    const struct board *board; /* NULL: the PC */
    const char *pod;           /* the text of /etc/nsinit.ini; NULL: the example's */
    const char *arguments;     /* the kernel's, with nsinit's behind "--" */
    const char *console;       /* instead of the serial one */
    const char *disk;          /* an image that is /dev/vda once its drivers are loaded, or NULL */
    const struct image_file
        *files; /* more of them in the initramfs, which one without a path ends */
};

struct machine {
    struct process qemu;
    int monitor; /* QEMU's, for what a person does with keys */
};

#define MACHINE(...) (&(struct machine_options){__VA_ARGS__})

/* A file that contrib/examples/embedded/build has made: for the PC, or another. */
const char *built(const char *name);
const char *built_for(const struct board *board, const char *name);

/* A path of the test's own, as all of this case's go one after the other. */
const char *scratch(const char *name);

/* Once, in main(): make the directory of these files, and remove it with them. */
bool scratch_open(void);
void scratch_remove(void);

void machine_boot(struct machine *machine, const struct machine_options *options);

/* Wait for a text on the console, behind what an earlier call has found. */
void machine_expect(struct machine *machine, const char *text);

/* Typed at the console, as it is. */
void machine_type(struct machine *machine, const char *text);

/* The three keys that a PC's keyboard has for this. */
void machine_press_ctrl_alt_del(const struct machine *machine);

/* Wait until it is off: QEMU ends then, and so it does at a reset. */
void machine_wait(struct machine *machine);

/* Pull the plug. */
void machine_drop(struct machine *machine);

/* All that the console has shown. */
const char *machine_console(const struct machine *machine);

#define ck_assert_contains(text, part) \
    ck_assert_msg(strstr((text), (part)) != NULL, "'%.2000s' is not in <<%.4000s>>", (part), (text))
#define ck_assert_lacks(text, part) \
    ck_assert_msg(strstr((text), (part)) == NULL, "'%.2000s' is in <<%.4000s>>", (part), (text))

/* What the kernel says last. */
#define REBOOTED "reboot: Restarting system"
#define OFF "reboot: Power down"
#define HALTED "reboot: System halted"
#define RESCUE "nsinit: rescue: s shell, r reboot, p power off, h halt"

/* example.c (two of them), endings.c, rescue.c, disks.c, watchdogs.c, boards.c */

#endif
