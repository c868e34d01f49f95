/*
 * strbuf.c - text in a buffer of fixed size, with the part of printf(3) that nsinit uses
 * printf(3) itself would bring 10 kB of stdio into the static binary, and allocate memory in glibc.
 */
#include "util/strbuf.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "util/utf8.h"

static void add_bytes(struct strbuf *text, const char *bytes, size_t count)
{
    size_t room = text->size - text->length - 1;

    if (count > room)
        count = room;
    memcpy(text->data + text->length, bytes, count);
    text->length += count;
    text->data[text->length] = '\0';
}

void strbuf_add(struct strbuf *text, const char *string)
{
    add_bytes(text, string, strlen(string));
}

void strbuf_add_visible(struct strbuf *text, const char *string)
{
    while (*string != '\0') {
        size_t visible = utf8_visible(string);
        size_t length = visible > 0 ? visible : utf8_sequence(string);

        if (visible > 0)
            add_bytes(text, string, visible);
        else
            for (size_t i = 0; i < length || i == 0; i++)
                strbuf_format(text, "\\x%02x", (unsigned char)string[i]);
        string += length > 0 ? length : 1;
    }
}

struct strbuf strbuf_in(char *buffer, size_t size)
{
    struct strbuf text = {.data = buffer, .size = size};

    buffer[0] = '\0';
    return text;
}

/* `conversion` is u or x. */
static void add_number(struct strbuf *text, unsigned long long value, char conversion, size_t least)
{
    unsigned int base = conversion == 'x' ? 16 : 10;
    char digits[3 * sizeof value];
    size_t at = sizeof digits;

    do {
        digits[--at] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value > 0 || sizeof digits - at < least);
    add_bytes(text, digits + at, sizeof digits - at);
}

static void add_signed(struct strbuf *text, long long value, size_t least)
{
    if (value < 0)
        strbuf_add(text, "-");
    /* The lowest number has no positive counterpart. */
    add_number(text, value < 0 ? 0 - (unsigned long long)value : (unsigned long long)value, 'u',
               least);
}

/* The types of a conversion's argument, by its length letters: none, l, ll, z. */
enum length { LENGTH_INT, LENGTH_LONG, LENGTH_LONG_LONG, LENGTH_SIZE };

static long long take_signed(va_list *arguments, enum length length)
{
    switch (length) {
    case LENGTH_LONG:
        return va_arg(*arguments, long);
    case LENGTH_LONG_LONG:
        return va_arg(*arguments, long long);
    default:
        return va_arg(*arguments, int);
    }
}

static unsigned long long take_unsigned(va_list *arguments, enum length length)
{
    switch (length) {
    case LENGTH_LONG:
        return va_arg(*arguments, unsigned long);
    case LENGTH_LONG_LONG:
        return va_arg(*arguments, unsigned long long);
    case LENGTH_SIZE: /* NOLINT(bugprone-branch-clone): unsigned int on 32 bits */
        return va_arg(*arguments, size_t);
    default:
        return va_arg(*arguments, unsigned int);
    }
}

/* Read the letters in front of a conversion, and move past them. */
static enum length read_length(const char **format)
{
    if (**format == 'z') {
        ++*format;
        return LENGTH_SIZE;
    }
    if (**format != 'l')
        return LENGTH_INT;
    ++*format;
    if (**format != 'l')
        return LENGTH_LONG;
    ++*format;
    return LENGTH_LONG_LONG;
}

/* Append one conversion. Returns the format behind it. */
static const char *add_conversion(struct strbuf *text, const char *format, va_list *arguments,
                                  int error_number)
{
    size_t digits = 1;
    enum length length;

    if (*format == '0') {
        digits = (size_t)(format[1] - '0');
        format += 2;
    }
    length = read_length(&format);
    if (*format == 's')
        strbuf_add(text, va_arg(*arguments, const char *));
    else if (*format == 'm')
        strbuf_add(text, strerror(error_number));
    else if (*format == 'c')
        add_bytes(text, &(char){(char)va_arg(*arguments, int)}, 1);
    else if (*format == 'd')
        add_signed(text, take_signed(arguments, length), digits);
    else if (*format == 'u' || *format == 'x')
        add_number(text, take_unsigned(arguments, length), *format, digits);
    else
        add_bytes(text, format, 1);
    return format + 1;
}

void strbuf_vformat(struct strbuf *text, const char *format, va_list arguments)
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

void strbuf_format(struct strbuf *text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    strbuf_vformat(text, format, arguments);
    va_end(arguments);
}

int strbuf_write(const struct strbuf *text, int fd)
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

void strbuf_set(char *buffer, size_t size, const char *format, ...)
{
    struct strbuf text = strbuf_in(buffer, size);
    va_list arguments;

    va_start(arguments, format);
    strbuf_vformat(&text, format, arguments);
    va_end(arguments);
}
