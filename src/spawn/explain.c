/*
 * explain.c - why a program could not be executed, in plain words
 * execve(2) says ENOENT for a missing interpreter, too, and ENOEXEC for anything it can't run.
 */
#include "spawn/exec.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "spawn/path.h"
#include "util/text.h"

/* The beginning of a file: as much of it as the kernel itself looks at. */
struct head {
    unsigned char bytes[256];
    size_t length;
};

static int read_head(const char *path, struct head *head)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t count;

    head->length = 0;
    if (fd < 0)
        return -EACCES;
    count = read(fd, head->bytes, sizeof head->bytes);
    close(fd);
    if (count < 0)
        return -EIO;
    head->length = (size_t)count;
    return 0;
}

static bool is_elf(const struct head *head)
{
    return head->length >= sizeof(Elf32_Ehdr) && memcmp(head->bytes, ELFMAG, SELFMAG) == 0;
}

bool exec_is_script(const char *path)
{
    struct head head;

    /* As shells tell a script from data: its first line has no NUL byte. */
    if (read_head(path, &head) < 0 || head.length == 0 || is_elf(&head))
        return false;
    for (size_t i = 0; i < head.length && head.bytes[i] != '\n'; i++)
        if (head.bytes[i] == '\0')
            return false;
    return true;
}

/* The interpreter in a #! line; false when there is none. */
static bool script_interpreter(const struct head *head, char *name, size_t size)
{
    struct text text = text_in(name, size);
    size_t at = 2;

    if (head->length < 3 || head->bytes[0] != '#' || head->bytes[1] != '!')
        return false;
    while (at < head->length && (head->bytes[at] == ' ' || head->bytes[at] == '\t'))
        at++;
    while (at < head->length && strchr(" \t\n", head->bytes[at]) == NULL)
        text_format(&text, "%c", head->bytes[at++]);
    return text.length > 0;
}

/* The dynamic loader a program of this machine's own kind names; false when there is none. */
static bool elf_interpreter(const char *path, char *name, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ElfW(Ehdr) header;
    ElfW(Phdr) program;
    bool found = false;

    if (fd < 0)
        return false;
    if (pread(fd, &header, sizeof header, 0) == (ssize_t)sizeof header)
        for (unsigned int i = 0; i < header.e_phnum && !found; i++) {
            off_t at = (off_t)(header.e_phoff + (size_t)i * sizeof program);

            if (pread(fd, &program, sizeof program, at) != (ssize_t)sizeof program)
                break;
            if (program.p_type != PT_INTERP || program.p_filesz >= size)
                continue;
            name[program.p_filesz] = '\0';
            found = pread(fd, name, program.p_filesz, (off_t)program.p_offset) ==
                    (ssize_t)program.p_filesz;
        }
    close(fd);
    return found;
}

/* The machine a foreign ELF file is for, or NULL. */
static const char *elf_machine(const struct head *head)
{
    static const struct {
        unsigned int machine;
        const char *name;
    } machines[] = {
        {EM_386, "i386"},    {EM_X86_64, "x86_64"}, {EM_ARM, "arm"},    {EM_AARCH64, "aarch64"},
        {EM_RISCV, "riscv"}, {EM_PPC64, "ppc64"},   {EM_S390, "s390x"}, {EM_MIPS, "mips"},
    };
    const unsigned char *at = head->bytes + offsetof(Elf32_Ehdr, e_machine);
    bool big_endian = head->bytes[EI_DATA] == ELFDATA2MSB;
    unsigned int machine = big_endian ? at[0] * 256U + at[1] : at[1] * 256U + at[0];

    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
        if (machines[i].machine == machine)
            return machines[i].name;
    return NULL;
}

static int explain_format(struct error *error, const char *path)
{
    struct utsname system;
    struct head head;
    const char *machine;

    if (read_head(path, &head) < 0)
        return error_reason(error, ERROR_BAD_FORMAT, "the kernel does not know how to run it");
    if (head.length == 0)
        return error_reason(error, ERROR_BAD_FORMAT, "%s is empty", path);
    machine = is_elf(&head) ? elf_machine(&head) : NULL;
    if (machine == NULL)
        return error_reason(error, ERROR_BAD_FORMAT, "%s is no program and no script", path);
    if (uname(&system) == 0 && strcmp(system.machine, machine) != 0) {
        error_hint(error, "build or pull the image for this platform (docker --platform)");
        return error_reason(error, ERROR_BAD_FORMAT, "%s is a program for %s, this machine is %s",
                            path, machine, system.machine);
    }
    return error_reason(error, ERROR_BAD_FORMAT, "%s is a damaged program", path);
}

static int explain_absence(struct error *error, const char *program, char *const *environment)
{
    if (strchr(program, ' ') != NULL)
        error_hint(error, "the program and its arguments are separate words; "
                          "for a command line use: sh -c '...'");
    if (program[0] == '\0')
        return error_reason(error, ERROR_NOT_FOUND, "the program's name is empty");
    if (strchr(program, '/') != NULL)
        return error_reason(error, ERROR_NOT_FOUND, "no such file");
    return error_reason(error, ERROR_NOT_FOUND, "not found in PATH (%s)", path_value(environment));
}

/* The file is there, and still execve says ENOENT: it needs another one. */
static int explain_interpreter(struct error *error, const char *path)
{
    char name[PATH_MAX];
    struct head head;

    if (read_head(path, &head) == 0 && script_interpreter(&head, name, sizeof name)) {
        size_t length = strlen(name);

        if (name[length - 1] == '\r') {
            name[length - 1] = '\0';
            error_hint(error, "the line ends in a carriage return: save the file with Unix line "
                              "ends (dos2unix)");
        }
        return error_reason(error, ERROR_NO_INTERPRETER, "the interpreter of %s is missing: %s",
                            path, name);
    }
    if (elf_interpreter(path, name, sizeof name)) {
        error_hint(error, "the program is linked dynamically: link it statically, or use an image "
                          "with its libc");
        return error_reason(error, ERROR_NO_INTERPRETER, "the dynamic loader of %s is missing: %s",
                            path, name);
    }
    return error_reason(error, ERROR_NO_INTERPRETER, "the interpreter of %s is missing", path);
}

static int explain_refusal(struct error *error, const char *path)
{
    struct stat status;

    if (stat(path, &status) < 0)
        return error_reason(error, ERROR_NOT_EXECUTABLE, "%s: permission denied", path);
    if (S_ISDIR(status.st_mode))
        return error_reason(error, ERROR_NOT_EXECUTABLE, "%s is a directory", path);
    if ((status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0) {
        error_hint(error, "chmod +x %s", path);
        return error_reason(error, ERROR_NOT_EXECUTABLE, "%s is not executable", path);
    }
    error_hint(error, "is it or its interpreter on a noexec mount, or for another user only?");
    return error_reason(error, ERROR_NOT_EXECUTABLE, "%s: permission denied", path);
}

int exec_explain(struct error *error, const char *program, char *const *environment,
                 const char *path, int error_number)
{
    struct path_search search = path_search(program, environment);
    char candidate[PATH_MAX];
    struct stat status;

    switch (error_number) {
    case ENOENT:
        while (path_next(&search, candidate))
            if (stat(candidate, &status) == 0 && S_ISREG(status.st_mode))
                return explain_interpreter(error, candidate);
        return explain_absence(error, program, environment);
    case EACCES:
        /* A directory of PATH that may not be searched says nothing of the program. */
        if (strchr(program, '/') == NULL && stat(path, &status) < 0)
            return explain_absence(error, program, environment);
        return explain_refusal(error, path);
    case ENOEXEC:
        return explain_format(error, path);
    default:
        errno = error_number;
        return error_reason(error, ERROR_EXEC_OTHER, "%m");
    }
}
