/*
 * text.c - text built in a buffer of fixed size
 * printf(3) would bring 10 kB of stdio into the static binary; this is what nsinit uses of it.
 */
#include "util/text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct text text_in(char *buffer, size_t size)
{
    buffer[0] = '\0';
    return (struct text){.data = buffer, .size = size};
}

static void add_bytes(struct text *text, const char *bytes, size_t count)
{
    size_t room = text->size - text->length - 1;

    if (count > room)
        count = room;
    memcpy(text->data + text->length, bytes, count);
    text->length += count;
    text->data[text->length] = '\0';
}

void text_add(struct text *text, const char *string)
{
    add_bytes(text, string, strlen(string));
}

static void add_unsigned(struct text *text, unsigned long long value)
{
    char digits[3 * sizeof value];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    add_bytes(text, digits + at, sizeof digits - at);
}

static void add_signed(struct text *text, long long value)
{
    if (value < 0)
        text_add(text, "-");
    add_unsigned(text, value < 0 ? 0ULL - (unsigned long long)value : (unsigned long long)value);
}

/* An argument's size, by the letters before its conversion. */
enum size { SIZE_INT, SIZE_LONG, SIZE_LONG_LONG };

static enum size read_size(const char **format)
{
    enum size size = SIZE_INT;

    for (; **format == 'l' || **format == 'z'; (*format)++)
        size = size == SIZE_INT ? SIZE_LONG : SIZE_LONG_LONG;
    return size;
}

static long long next_signed(va_list *arguments, enum size size)
{
    if (size == SIZE_LONG_LONG)
        return va_arg(*arguments, long long);
    return size == SIZE_LONG ? va_arg(*arguments, long) : va_arg(*arguments, int);
}

static unsigned long long next_unsigned(va_list *arguments, enum size size)
{
    if (size == SIZE_LONG_LONG)
        return va_arg(*arguments, unsigned long long);
    return size == SIZE_LONG ? va_arg(*arguments, unsigned long) : va_arg(*arguments, unsigned int);
}

/* Append one conversion; returns the character after it. */
static const char *add_conversion(struct text *text, const char *format, va_list *arguments,
                                  int error_number)
{
    enum size size = read_size(&format);
    char character;

    switch (*format) {
    case 's':
        text_add(text, va_arg(*arguments, const char *));
        break;
    case 'c':
        character = (char)va_arg(*arguments, int);
        add_bytes(text, &character, 1);
        break;
    case 'd':
        add_signed(text, next_signed(arguments, size));
        break;
    case 'u':
        add_unsigned(text, next_unsigned(arguments, size));
        break;
    case 'm':
        text_add(text, strerror(error_number));
        break;
    default:
        add_bytes(text, format, 1);
        break;
    }
    return format + 1;
}

void text_vformat(struct text *text, const char *format, va_list arguments)
{
    int error_number = errno;
    va_list rest;

    va_copy(rest, arguments);
    while (*format != '\0') {
        size_t plain = strcspn(format, "%");

        add_bytes(text, format, plain);
        format += plain;
        if (format[0] == '%' && format[1] != '\0')
            format = add_conversion(text, format + 1, &rest, error_number);
        else if (format[0] == '%')
            break;
    }
    va_end(rest);
}

void text_format(struct text *text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    text_vformat(text, format, arguments);
    va_end(arguments);
}

void text_add_duration(struct text *text, unsigned int milliseconds)
{
    if (milliseconds % 1000 != 0)
        text_format(text, "%ums", milliseconds);
    else
        text_format(text, "%us", milliseconds / 1000);
}

int text_write(const struct text *text, int fd)
{
    size_t written = 0;

    while (written < text->length) {
        ssize_t count = write(fd, text->data + written, text->length - written);

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return count < 0 ? -errno : -EIO;
        written += (size_t)count;
    }
    return 0;
}

void text_set(char *buffer, size_t size, const char *format, ...)
{
    struct text text = text_in(buffer, size);
    va_list arguments;

    va_start(arguments, format);
    text_vformat(&text, format, arguments);
    va_end(arguments);
}
