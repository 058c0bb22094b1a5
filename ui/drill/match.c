/*
 * Is a segment that the host has sent what the script expects: its flags, its numbers, and its
 * options as they stand on the wire.
 */
#include "sim/options.h"
#include "ui/drill/runner.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    LISTED_MAX = OPTIONS_MAX
};

/* May `next` stand in the same packet of the script as `seg`, which ends where it begins? Where the
 * host cuts its bursts, and so sets PSH, depends on a pace that the model does not keep: of what
 * stands as one only the last PSH counts. */
static bool can_follow(const struct sent_segment *first, const struct segment *seg,
                       const struct sent_segment *next)
{
    unsigned at_the_end = PSH | FIN;
    const struct segment *is = &next->seg;
    return is->text_len > 0 && is->text_len <= first->seg.text_len &&
           seq_eq(is->seq, seq_add(seg->seq, seg->text_len)) && !(seg->flags & FIN) &&
           (is->flags & ~at_the_end) == (seg->flags & ~at_the_end) && seq_eq(is->ack, seg->ack) &&
           is->wnd == seg->wnd && is->has == seg->has && is->ts_val == seg->ts_val &&
           is->ts_ecr == seg->ts_ecr && is->sack_count == seg->sack_count &&
           next->usec == first->usec && endpoint_eq(&is->src, &seg->src) &&
           endpoint_eq(&is->dst, &seg->dst);
}

uint32_t packet_merged(const struct runner *run, const struct script_packet *packet,
                       struct segment *seg)
{
    const struct sent_segment *first = sent_at(run, 0);
    uint32_t count = 1, last_len = first->seg.text_len;
    *seg = first->seg;
    while (seg->text_len < packet->len && last_len == first->seg.text_len &&
           count < run->queue_len) {
        const struct sent_segment *next = sent_at(run, count);
        if (!can_follow(first, seg, next))
            break;
        last_len = next->seg.text_len;
        seg->text_len += last_len;
        seg->flags = next->seg.flags;
        count++;
    }
    return count;
}

struct listed {
    enum script_opt_kind kind;
    uint8_t value_count;
    uint32_t values[2 * SCRIPT_SACK_MAX];
};

static uint32_t number_at(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static struct listed option_at(const uint8_t *at)
{
    struct listed listed = { .kind = SCRIPT_OPT_OTHER };
    switch (at[0]) {
    case 0:
        listed.kind = SCRIPT_OPT_EOL;
        break;
    case 1:
        listed.kind = SCRIPT_OPT_NOP;
        break;
    case 2:
        listed = (struct listed){ SCRIPT_OPT_MSS, 1, { (uint32_t)at[2] << 8 | at[3] } };
        break;
    case 3:
        listed = (struct listed){ SCRIPT_OPT_WSCALE, 1, { at[2] } };
        break;
    case 4:
        listed.kind = SCRIPT_OPT_SACK_OK;
        break;
    case 5:
        listed.kind = SCRIPT_OPT_SACK;
        for (unsigned i = 2; i + 4 <= at[1]; i += 4)
            listed.values[listed.value_count++] = number_at(at + i);
        break;
    case 8:
        listed = (struct listed){ SCRIPT_OPT_TS, 2, { number_at(at + 2), number_at(at + 6) } };
        break;
    }
    return listed;
}

/* The options as the host's stack lays them out on the wire. */
static unsigned list_options(const struct runner *run, const struct segment *seg,
                             struct listed listed[LISTED_MAX])
{
    uint8_t octets[OPTIONS_MAX];
    enum option_order order = (enum option_order)world_settings(run->world, 0)->option_order;
    size_t len = options_write(seg, order, octets);
    unsigned count = 0;
    for (size_t at = 0; at < len; at += octets[at] <= 1 ? 1 : octets[at + 1])
        listed[count++] = option_at(octets + at);
    return count;
}

static bool same_timestamps(const struct runner *run, const struct listed *got,
                            const struct script_opt *want)
{
    uint32_t val = got->values[0] - run->conn.ts_offset;
    uint32_t ahead = val - want->values[0], behind = want->values[0] - val;
    uint64_t off = ahead < behind ? ahead : behind;
    if (got->values[1] != want->values[1])
        return false;
    return run->ts_tick_usec == 0 || off * run->ts_tick_usec <= tolerance_of(run, run->gap_usec);
}

static bool same_option(const struct runner *run, const struct listed *got,
                        const struct script_opt *want)
{
    if (got->kind != want->kind || got->value_count != want->value_count)
        return false;
    if (got->kind == SCRIPT_OPT_TS)
        return same_timestamps(run, got, want);
    return memcmp(got->values, want->values, got->value_count * sizeof got->values[0]) == 0;
}

static bool same_options(const struct runner *run, const struct segment *seg,
                         const struct script_packet *packet)
{
    struct listed listed[LISTED_MAX];
    if (packet->opts_kind == SCRIPT_OPTS_ANY)
        return true;
    unsigned count = list_options(run, seg, listed);
    const struct script_opt *want = packet->opts;
    for (unsigned i = 0; i < count; i++, want = want->next) {
        if (!want || !same_option(run, &listed[i], want))
            return false;
    }
    return want == NULL;
}

bool packet_same(const struct runner *run, const struct segment *seg,
                 const struct script_packet *packet)
{
    const struct connection *conn = &run->conn;
    bool ours = endpoint_eq(&seg->src, &conn->local) && endpoint_eq(&seg->dst, &conn->remote);
    return ours && seg->flags == packet->flags && seg->seq.n - conn->local_offset == packet->seq &&
           seg->text_len == packet->len && (!packet->has_ack || seg->ack.n == packet->ack) &&
           packet->has_ack == seg_has(seg, ACK) && (!packet->has_win || seg->wnd == packet->win) &&
           seg->urgent == packet->urg && same_options(run, seg, packet);
}

static char *flags_words(unsigned flags, char *words)
{
    static const struct {
        uint8_t flag;
        char letter;
    } letters[] = { { FIN, 'F' }, { SYN, 'S' }, { RST, 'R' },
                    { PSH, 'P' }, { URG, 'U' }, { ACK, '.' } };
    char *at = words;
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        if (flags & letters[i].flag)
            *at++ = letters[i].letter;
    }
    if (at == words)
        *at++ = '-';
    *at = '\0';
    return words;
}

void packet_words(const struct runner *run, const struct segment *seg, char *words, size_t len)
{
    char flags[8], options[OPTIONS_TEXT_MAX], ack[24] = "", urgent[16] = "", other[96] = "";
    char remote[ENDPOINT_TEXT_MAX];
    uint8_t octets[OPTIONS_MAX];
    struct segment shown = *seg;
    enum option_order order = (enum option_order)world_settings(run->world, 0)->option_order;
    uint32_t seq = seg->seq.n - run->conn.local_offset;
    shown.ts_val -= run->conn.ts_offset;
    options_text(octets, options_write(&shown, order, octets), options, sizeof options);
    if (seg_has(seg, ACK))
        snprintf(ack, sizeof ack, " ack %" PRIu32, seg->ack.n);
    if (seg_has(seg, URG))
        snprintf(urgent, sizeof urgent, " urg %u", seg->urgent);
    if (!endpoint_eq(&seg->dst, &run->conn.remote))
        snprintf(other, sizeof other, " to %s, another connection",
                 endpoint_text(&seg->dst, remote, sizeof remote));
    snprintf(words, len, "> %s %" PRIu32 ":%" PRIu32 "(%" PRIu32 ")%s win %u%s%s%s%s%s",
             flags_words(seg->flags, flags), seq, seq + seg->text_len, seg->text_len, ack, seg->wnd,
             urgent, options[0] ? " <" : "", options, options[0] ? ">" : "", other);
}
