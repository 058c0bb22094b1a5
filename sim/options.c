/*
 * Options written in the order and with the padding of a stack, read, and told as text.
 *
 * Every stack puts NOPs before an option so that its numbers come to lie on 32 bits; they differ in
 * the order, and in how SACK-permitted fits in. Linux: tcp_options_write(); FreeBSD:
 * tcp_addoptions(). RFC 7323, appendix A and RFC 2018 show the rest.
 */
#include "sim/options.h"

#include "sim/octets.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    HEAD_LEN = 2, /* kind and length */
    MSS_LEN = 4,
    WSCALE_LEN = 3,
    SACK_PERMITTED_LEN = 2,
    TIMESTAMPS_LEN = 10,
    SACK_BLOCK_LEN = 8
};

/* ---- writing */

struct writer {
    uint8_t *octets;
    size_t len;
};

/* NOPs up to the next place that has this rest modulo 4. */
static void fill_up(struct writer *to, size_t rest)
{
    while (to->len % 4 != rest)
        to->octets[to->len++] = KIND_NOP;
}

/* Kind and length; returns where the rest of the option goes. */
static uint8_t *begin(struct writer *to, uint8_t kind, size_t len)
{
    uint8_t *at = to->octets + to->len;
    assert(to->len + len <= OPTIONS_MAX);
    at[0] = kind;
    at[1] = (uint8_t)len;
    to->len += len;
    return at + HEAD_LEN;
}

static void write_mss(struct writer *to, const struct segment *seg)
{
    if (seg->mss != 0 && seg_has(seg, SYN))
        put16(begin(to, KIND_MSS, MSS_LEN), seg->mss);
}

static void write_wscale(struct writer *to, const struct segment *seg)
{
    if (!(seg->has & HAS_WSCALE) || !seg_has(seg, SYN))
        return;
    fill_up(to, 1);
    *begin(to, KIND_WSCALE, WSCALE_LEN) = seg->wscale;
}

/* Linux lets it stand for the two NOPs before the timestamps, FreeBSD fills up after it. */
static void write_sack_permitted(struct writer *to, const struct segment *seg,
                                 enum option_order order)
{
    if (!(seg->has & HAS_SACK_PERMITTED) || !seg_has(seg, SYN))
        return;
    bool joins_timestamps = order == ORDER_LINUX && seg->has & HAS_TIMESTAMPS;
    fill_up(to, order == ORDER_BSD || joins_timestamps ? 0 : 2);
    begin(to, KIND_SACK_PERMITTED, SACK_PERMITTED_LEN);
}

static void write_timestamps(struct writer *to, const struct segment *seg)
{
    if (!(seg->has & HAS_TIMESTAMPS))
        return;
    fill_up(to, 2);
    uint8_t *at = begin(to, KIND_TIMESTAMPS, TIMESTAMPS_LEN);
    put32(at, seg->ts_val);
    put32(at + 4, seg->ts_ecr);
}

/* Blocks are for a connection that is established: RFC 2018, 3. */
static void write_sack(struct writer *to, const struct segment *seg)
{
    assert(seg->sack_count <= SACK_BLOCKS_MAX);
    if (seg->sack_count == 0 || seg_has(seg, SYN))
        return;
    fill_up(to, 2);
    size_t room = (OPTIONS_MAX - to->len - HEAD_LEN) / SACK_BLOCK_LEN;
    size_t count = seg->sack_count < room ? seg->sack_count : room;
    uint8_t *at = begin(to, KIND_SACK, HEAD_LEN + count * SACK_BLOCK_LEN);
    for (size_t i = 0; i < count; i++) {
        put32(at + i * SACK_BLOCK_LEN, seg->sack[i].start.n);
        put32(at + i * SACK_BLOCK_LEN + 4, seg->sack[i].end.n);
    }
}

size_t options_write(const struct segment *seg, enum option_order order,
                     uint8_t octets[OPTIONS_MAX])
{
    struct writer to = { .octets = octets };
    write_mss(&to, seg);
    if (order != ORDER_LINUX)
        write_wscale(&to, seg);
    write_sack_permitted(&to, seg, order);
    write_timestamps(&to, seg);
    if (order == ORDER_LINUX)
        write_wscale(&to, seg);
    write_sack(&to, seg);
    while (to.len % 4 != 0)
        octets[to.len++] = KIND_EOL;
    return to.len;
}

/* ---- reading */

struct option {
    uint8_t kind;
    const uint8_t *value; /* behind kind and length */
    size_t value_len;
    size_t len; /* of all of it; 1 where it has no length */
};

/* The option that the octets begin with; false where there is none that can be. */
static bool option_at(const uint8_t *octets, size_t len, struct option *option)
{
    if (len == 0)
        return false;
    *option = (struct option){ .kind = octets[0], .len = 1 };
    if (octets[0] == KIND_EOL || octets[0] == KIND_NOP)
        return true;
    if (len < HEAD_LEN || octets[1] < HEAD_LEN || octets[1] > len)
        return false;
    option->len = octets[1];
    option->value = octets + HEAD_LEN;
    option->value_len = option->len - HEAD_LEN;
    return true;
}

static bool is_sack(const struct option *option)
{
    return option->kind == KIND_SACK && option->value_len > 0 &&
           option->value_len % SACK_BLOCK_LEN == 0 &&
           option->value_len / SACK_BLOCK_LEN <= SACK_BLOCKS_MAX;
}

static bool is(const struct option *option, uint8_t kind, size_t len)
{
    return option->kind == kind && option->len == len;
}

static void take_of_syn(const struct option *option, struct segment *seg)
{
    if (is(option, KIND_MSS, MSS_LEN)) {
        seg->mss = get16(option->value);
    } else if (is(option, KIND_WSCALE, WSCALE_LEN)) {
        seg->has |= HAS_WSCALE;
        seg->wscale = option->value[0] < WSCALE_MAX ? option->value[0] : WSCALE_MAX;
    } else if (is(option, KIND_SACK_PERMITTED, SACK_PERMITTED_LEN)) {
        seg->has |= HAS_SACK_PERMITTED;
    }
}

static void take_blocks(const struct option *option, struct segment *seg)
{
    memset(seg->sack, 0, sizeof seg->sack);
    seg->sack_count = (uint8_t)(option->value_len / SACK_BLOCK_LEN);
    for (size_t i = 0; i < seg->sack_count; i++) {
        const uint8_t *at = option->value + i * SACK_BLOCK_LEN;
        seg->sack[i] = (struct sack_block){ seq_of(get32(at)), seq_of(get32(at + 4)) };
    }
}

static void take_option(const struct option *option, struct segment *seg)
{
    if (is(option, KIND_TIMESTAMPS, TIMESTAMPS_LEN)) {
        seg->has |= HAS_TIMESTAMPS;
        seg->ts_val = get32(option->value);
        seg->ts_ecr = get32(option->value + 4);
    } else if (seg_has(seg, SYN)) {
        take_of_syn(option, seg);
    } else if (is_sack(option)) {
        take_blocks(option, seg);
    }
}

bool options_read(const uint8_t *octets, size_t len, struct segment *seg)
{
    seg->mss = 0;
    seg->has = 0;
    seg->wscale = 0;
    seg->ts_val = seg->ts_ecr = 0;
    seg->sack_count = 0;
    memset(seg->sack, 0, sizeof seg->sack);
    for (size_t at = 0; at < len;) {
        struct option option;
        if (!option_at(octets + at, len - at, &option))
            return false;
        if (option.kind == KIND_EOL)
            return true;
        take_option(&option, seg);
        at += option.len;
    }
    return true;
}

/* ---- as text */

struct words {
    char *text;
    size_t len, used;
};

static void say(struct words *to, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(to->text + to->used, to->len - to->used, format, args);
    va_end(args);
    assert(len >= 0);
    to->used += (size_t)len;
    if (to->used >= to->len)
        to->used = to->len - 1;
}

static void say_octets(struct words *to, const uint8_t *octets, size_t len)
{
    say(to, " 0x");
    for (size_t i = 0; i < len; i++)
        say(to, "%02x", octets[i]);
}

static void say_blocks(struct words *to, const struct option *option)
{
    say(to, "sack");
    for (size_t i = 0; i < option->value_len; i += SACK_BLOCK_LEN) {
        const uint8_t *at = option->value + i;
        say(to, " %" PRIu32 ":%" PRIu32, get32(at), get32(at + 4));
    }
}

static void say_unknown(struct words *to, const struct option *option)
{
    say(to, "kind %u", option->kind);
    if (option->value_len > 0)
        say_octets(to, option->value, option->value_len);
}

static void say_option(struct words *to, const struct option *option)
{
    if (option->kind == KIND_EOL)
        say(to, "eol");
    else if (option->kind == KIND_NOP)
        say(to, "nop");
    else if (is(option, KIND_MSS, MSS_LEN))
        say(to, "mss %u", get16(option->value));
    else if (is(option, KIND_WSCALE, WSCALE_LEN))
        say(to, "wscale %u", option->value[0]);
    else if (is(option, KIND_SACK_PERMITTED, SACK_PERMITTED_LEN))
        say(to, "sackOK");
    else if (is(option, KIND_TIMESTAMPS, TIMESTAMPS_LEN))
        say(to, "TS val %" PRIu32 " ecr %" PRIu32, get32(option->value), get32(option->value + 4));
    else if (is_sack(option))
        say_blocks(to, option);
    else
        say_unknown(to, option);
}

/* Behind an EOL are zeros, each told as another one; what is not zero is no option either. */
static void say_padding(struct words *to, const uint8_t *octets, size_t len)
{
    size_t zeros = 0;
    for (; zeros < len && octets[zeros] == KIND_EOL; zeros++)
        say(to, ",eol");
    if (zeros < len) {
        say(to, ",padding");
        say_octets(to, octets + zeros, len - zeros);
    }
}

size_t options_text(const uint8_t *octets, size_t len, char *text, size_t text_len)
{
    struct words to = { text, text_len, 0 };
    struct option option = { .kind = KIND_NOP };
    assert(text_len > 0);
    text[0] = '\0';
    for (size_t at = 0; at < len; at += option.len) {
        say(&to, "%s", at > 0 ? "," : "");
        if (!option_at(octets + at, len - at, &option)) {
            say(&to, "malformed");
            break;
        }
        say_option(&to, &option);
        if (option.kind == KIND_EOL) {
            say_padding(&to, octets + at + 1, len - at - 1);
            break;
        }
    }
    return to.used;
}
