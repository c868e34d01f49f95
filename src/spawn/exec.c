/*
 * exec.c - find and execute a program, and say why that failed
 * execve(2) fails with ENOENT for a missing interpreter, too, and with ENOEXEC for any file that it
 * cannot run.
 */
#include "spawn/exec_private.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "util/path_search.h"
#include "util/strbuf.h"

/* Whether the search goes on in the next directory, as in execvp(3). */
static bool is_search_continued(int error_number)
{
    return error_number == ENOENT || error_number == ENOTDIR || error_number == EACCES;
}

int exec_search(const char *name, char *const *arguments, char *const *environment, char *path)
{
    struct path_search search = path_search(name, environment);
    char candidate[PATH_MAX];
    int result = -ENOENT;

    path[0] = '\0';
    while (path_search_next(&search, candidate)) {
        bool tries_next;

        execve(candidate, arguments, environment);
        tries_next = is_search_continued(errno);
        /* A denied permission is a better reason than the file's absence from another directory. */
        if (errno == EACCES || result == -ENOENT || !tries_next) {
            result = -errno;
            memcpy(path, candidate, sizeof candidate);
        }
        if (!tries_next)
            break;
    }
    return result == -ENOTDIR && strchr(name, '/') == NULL ? -ENOENT : result;
}

/* ---- failure ------------------------------------------------------------------------------- */

/* The size that the kernel reads itself: BINPRM_BUF_SIZE. */
enum { HEAD_SIZE = 256 };

struct head {
    char bytes[HEAD_SIZE + 1]; /* terminated */
    ssize_t length;            /* negative: the file cannot be read */
};

static void read_head(const char *path, struct head *head)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    head->length = read(fd, head->bytes, HEAD_SIZE);
    head->bytes[head->length > 0 ? head->length : 0] = '\0';
    close(fd);
}

static bool is_elf(const struct head *head)
{
    return head->length >= (ssize_t)sizeof(Elf32_Ehdr) && memcmp(head->bytes, ELFMAG, SELFMAG) == 0;
}

bool exec_is_script(const char *path)
{
    struct head head;
    size_t line;

    read_head(path, &head);
    /* Shells take a file without a NUL byte in its first line for a script. */
    line = strcspn(head.bytes, "\n");
    return head.length > 0 && !is_elf(&head) &&
           (head.bytes[line] == '\n' || line == (size_t)head.length);
}

/* The interpreter of a #! line, terminated in the head; empty without such a line. */
static char *script_interpreter(struct head *head)
{
    char *name = head->bytes + 2;

    if (strncmp(head->bytes, "#!", 2) != 0)
        return head->bytes + strlen(head->bytes);
    name += strspn(name, " \t");
    name[strcspn(name, " \t\n")] = '\0';
    return name;
}

/* Get the dynamic loader of a program for this machine. False: the program is static. */
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
        unsigned short machine;
        char name[8];
    } machines[] = {
        {EM_386, "i386"},    {EM_X86_64, "x86_64"}, {EM_ARM, "arm"},    {EM_AARCH64, "aarch64"},
        {EM_RISCV, "riscv"}, {EM_PPC64, "ppc64"},   {EM_S390, "s390x"}, {EM_MIPS, "mips"},
    };
    const unsigned char *at = (const unsigned char *)head->bytes + offsetof(Elf32_Ehdr, e_machine);
    bool big_endian = head->bytes[EI_DATA] == ELFDATA2MSB;
    unsigned int machine = big_endian ? at[0] * 256U + at[1] : at[1] * 256U + at[0];

    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
        if (machines[i].machine == machine)
            return machines[i].name;
    return NULL;
}

static int format_error(struct error *error, const char *path)
{
    struct utsname system;
    struct head head;
    const char *machine;
    const char *fault = " is a damaged program";

    read_head(path, &head);
    if (head.length < 0)
        return error_reason(error, ERROR_BAD_FORMAT, "the kernel cannot run it");
    machine = is_elf(&head) ? elf_machine(&head) : NULL;
    if (head.length == 0) {
        fault = " is empty";
    } else if (machine == NULL) {
        fault = " is neither a program nor a script";
    } else if (uname(&system) == 0 && strcmp(system.machine, machine) != 0) {
        error_hint(error, "build or pull the image for this platform: docker --platform");
        return error_reason(error, ERROR_BAD_FORMAT, "%s is a program for %s, this machine is %s",
                            path, machine, system.machine);
    }
    return error_reason(error, ERROR_BAD_FORMAT, "%s%s", path, fault);
}

static int not_found_error(struct error *error, const char *program, char *const *environment)
{
    if (strchr(program, ' ') != NULL)
        error_hint(error,
                   "pass the program and its arguments as separate words, or use sh -c '...'");
    if (program[0] == '\0')
        return error_reason(error, ERROR_NOT_FOUND, "the program's name is empty");
    if (strchr(program, '/') != NULL)
        return error_reason(error, ERROR_NOT_FOUND, "no such file");
    return error_reason(error, ERROR_NOT_FOUND, "not found in PATH (%s)",
                        path_search_value(environment));
}

/* execve(2) fails with ENOENT for a file that exists: its interpreter or loader is missing. */
static int interpreter_error(struct error *error, const char *path)
{
    char loader[PATH_MAX];
    struct head head;
    const char *missing = "interpreter";
    char *name;
    size_t length;

    read_head(path, &head);
    name = script_interpreter(&head);
    length = strlen(name);
    if (length > 0 && name[length - 1] == '\r') {
        name[length - 1] = '\0';
        error_hint(error, "the #! line ends in a carriage return: dos2unix %s", path);
    } else if (length == 0 && elf_interpreter(path, loader, sizeof loader)) {
        missing = "dynamic loader";
        name = loader;
        error_hint(error, "link the program statically, or use an image with its C library");
    }
    return error_reason(error, ERROR_NO_INTERPRETER, "the %s of %s is missing%s%s", missing, path,
                        name[0] != '\0' ? ": " : "", name);
}

static int permission_error(struct error *error, const char *path)
{
    struct stat status;
    const char *fault = ": permission denied";

    if (stat(path, &status) == 0) {
        if (S_ISDIR(status.st_mode)) {
            fault = " is a directory";
        } else if ((status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0) {
            fault = " is not executable";
            error_hint(error, "chmod +x %s", path);
        } else {
            error_hint(
                error,
                "check mounts for noexec, and permissions, also of the interpreter: namei -l %s",
                path);
        }
    }
    return error_reason(error, ERROR_NOT_EXECUTABLE, "%s%s", path, fault);
}

int exec_error(struct error *error, const char *program, char *const *environment, const char *path,
               int error_number)
{
    struct path_search search = path_search(program, environment);
    char candidate[PATH_MAX];
    struct stat status;

    switch (error_number) {
    case ENOENT:
        while (path_search_next(&search, candidate))
            if (stat(candidate, &status) == 0 && S_ISREG(status.st_mode))
                return interpreter_error(error, candidate);
        return not_found_error(error, program, environment);
    case EACCES:
        /* A directory of PATH without search permission is not the program's fault. */
        if (strchr(program, '/') == NULL && stat(path, &status) < 0)
            return not_found_error(error, program, environment);
        return permission_error(error, path);
    case ENOEXEC:
        return format_error(error, path);
    default:
        errno = error_number;
        return error_reason(error, ERROR_EXEC_OTHER, "%m");
    }
}
