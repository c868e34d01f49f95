/*
 * notify_message.c - fuzzing of the messages of sd_notify(3)
 */
#include "fuzz/fuzz.h"

#include "service/notify_message_private.h"

static void check_equal(const struct notify_message *notice, const struct notify_message *relayed)
{
    fuzz_check(relayed->ready == notice->ready);
    fuzz_check(relayed->stopping == notice->stopping);
    fuzz_check(relayed->reloading == notice->reloading);
    fuzz_check(relayed->keep_alive == notice->keep_alive);
    fuzz_check(relayed->extend_usec == notice->extend_usec);
    fuzz_check((relayed->status == NULL) == (notice->status == NULL));
    if (relayed->status != NULL)
        fuzz_check(strcmp(relayed->status, notice->status) == 0);
    if (relayed->reloading)
        fuzz_check(relayed->monotonic_usec == notice->monotonic_usec);
}

/* What is passed on says the same, to a reader who knows what nsinit knows. */
static void check_relay(const struct notify_message *notice)
{
    char buffer[2 * NOTIFY_MESSAGE_SIZE];
    struct strbuf text = strbuf_in(buffer, sizeof buffer);
    struct notify_message relayed;

    notify_message_relay(notice, &text);
    if (notify_message_parse(&relayed, buffer, text.length))
        check_equal(notice, &relayed);
    else
        fuzz_check(text.length == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *datagram = fuzz_text(data, size);
    struct notify_message notice;

    if (notify_message_parse(&notice, datagram, size))
        check_relay(&notice);
    free(datagram);
    return 0;
}
