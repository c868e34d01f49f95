/*
 * strbuf.c - text built in a buffer of fixed size
 * printf(3) would bring 10 kB of stdio into the static binary; this is what nsinit uses of it.
 */
#include "util/strbuf.h"

#include <errno.h>
#include <stdbool.h>
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
    struct strbuf text = {.size = size};

    text.data = buffer;
    /* Terminated, as by all that is added. */
    strbuf_add(&text, "");
    return text;
}

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

/*
 * The argument of %c, %d, %u or %x. A long is as large as one of the other two: which, the machine
 * says.
 */
static void add_integer(struct strbuf *text, char conversion, size_t size, size_t digits,
                        va_list *arguments)
{
    bool is_int = size == sizeof(int);
    long long value = is_int ? va_arg(*arguments, int) : va_arg(*arguments, long long);
    char character = (char)value;

    if (conversion == 'c') {
        add_bytes(text, &character, 1);
        return;
    }
    if (conversion == 'd' && value < 0) {
        strbuf_add(text, "-");
        value = (long long)(0 - (unsigned long long)value);
    }
    add_number(text, is_int ? (unsigned int)value : (unsigned long long)value, conversion, digits);
}

/* Append one conversion; returns the character after it. */
static const char *add_conversion(struct strbuf *text, const char *format, va_list *arguments,
                                  int error_number)
{
    size_t digits = 1;
    size_t size = sizeof(int);

    if (*format == '0') {
        digits = (size_t)(format[1] - '0');
        format += 2;
    }
    if (*format == 'l' || *format == 'z') {
        size = sizeof(long);
        format++;
    }
    if (*format == 'l') {
        size = sizeof(long long);
        format++;
    }
    if (*format == 's')
        strbuf_add(text, va_arg(*arguments, const char *));
    else if (*format == 'm')
        strbuf_add(text, strerror(error_number));
    else if (strchr("cdux", *format) != NULL)
        add_integer(text, *format, size, digits, arguments);
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
