/*
 * The wire of a script: packets that it sends to the host, and those it expects of it. Its numbers
 * are relative: to the host's initial sequence number, and to the host's first timestamp.
 */
#include "sim/options.h"
#include "ui/drill/runner.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    SCRIPT_REMOTE_PORT = 40001,
    LISTED_MAX = 40
};

static struct ip remote_address(const struct runner *run)
{
    if (run->family == 4)
        return ip4(192, 0, 2, 1);
    return (struct ip){ .family = 6, .octet = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } };
}

/* ---- to the host */

static uint16_t bound_port(const struct runner *run)
{
    for (unsigned i = 0; i < DRILL_SOCKETS; i++) {
        if (run->seen[i].id != 0 && run->seen[i].local.port != 0)
            return run->seen[i].local.port;
    }
    return DRILL_PORT;
}

/* The first packet of a script may be for a port where nobody is. */
static void need_connection(struct runner *run)
{
    if (run->conn.known)
        return;
    run->conn.known = true;
    run->conn.local = (struct endpoint){ world_ip(run->world, 0), bound_port(run) };
    run->conn.remote = (struct endpoint){ remote_address(run), SCRIPT_REMOTE_PORT };
}

static void take_option(const struct runner *run, const struct script_opt *opt, struct segment *seg)
{
    switch (opt->kind) {
    case SCRIPT_OPT_MSS:
        seg->mss = (uint16_t)opt->values[0];
        break;
    case SCRIPT_OPT_WSCALE:
        seg->has |= HAS_WSCALE;
        seg->wscale = (uint8_t)opt->values[0];
        break;
    case SCRIPT_OPT_SACK_OK:
        seg->has |= HAS_SACK_PERMITTED;
        break;
    case SCRIPT_OPT_TS:
        seg->has |= HAS_TIMESTAMPS;
        seg->ts_val = opt->values[0];
        seg->ts_ecr = opt->values[1] + (opt->values[1] ? run->conn.ts_offset : 0);
        break;
    case SCRIPT_OPT_SACK:
        for (unsigned i = 0; i + 1 < opt->value_count; i += 2)
            seg->sack[seg->sack_count++] =
                (struct sack_block){ seq_of(opt->values[i] + run->conn.local_offset),
                                     seq_of(opt->values[i + 1] + run->conn.local_offset) };
        break;
    case SCRIPT_OPT_EOL:
    case SCRIPT_OPT_NOP:
    case SCRIPT_OPT_OTHER:
        break;
    }
}

bool packet_in(struct runner *run, const struct script_event *event)
{
    const struct script_packet *packet = &event->packet;
    need_connection(run);
    struct segment seg = { .src = run->conn.remote,
                           .dst = run->conn.local,
                           .seq = seq_of(packet->seq),
                           .wnd = packet->win,
                           .urgent = packet->urg,
                           .flags = (uint8_t)packet->flags,
                           .text_len = packet->len };
    if (packet->has_ack)
        seg.ack = seq_of(packet->ack + run->conn.local_offset);
    for (const struct script_opt *opt = packet->opts; opt; opt = opt->next)
        take_option(run, opt, &seg);
    struct command arrive = { .kind = COMMAND_ARRIVE, .seg = &seg };
    runner_apply(run, &arrive, NULL, NULL);
    return call_again(run);
}

/* ---- from the host */

static const struct sent_segment *sent_at(const struct runner *run, uint32_t index)
{
    return &run->queue[(run->queue_first + index) % DRILL_QUEUE];
}

static void drop_sent(struct runner *run, uint32_t count)
{
    run->queue_first = (run->queue_first + count) % DRILL_QUEUE;
    run->queue_len -= count;
}

static void learn(struct runner *run, const struct segment *seg, const struct script_packet *packet)
{
    struct connection *conn = &run->conn;
    bool same = conn->known && endpoint_eq(&conn->local, &seg->src) &&
                endpoint_eq(&conn->remote, &seg->dst);
    if (!same && seg_has(seg, SYN))
        *conn = (struct connection){ .known = true, .local = seg->src, .remote = seg->dst };
    if (seg_has(seg, SYN) && !conn->local_isn_known) {
        conn->local_isn_known = true;
        conn->local_offset = seg->seq.n - packet->seq;
    }
    for (const struct script_opt *opt = packet->opts; opt; opt = opt->next) {
        if (opt->kind == SCRIPT_OPT_TS && seg->has & HAS_TIMESTAMPS && !conn->ts_known) {
            conn->ts_known = true;
            conn->ts_offset = seg->ts_val - opt->values[0];
        }
    }
}

/* Several full segments may stand as one in the script: how many of the queue it is about. */
static uint32_t merged(const struct runner *run, const struct script_packet *packet,
                       struct segment *seg)
{
    uint32_t count = 1;
    *seg = sent_at(run, 0)->seg;
    uint32_t first_len = seg->text_len;
    uint32_t last_len = first_len;
    while (seg->text_len < packet->len && last_len == first_len && count < run->queue_len) {
        const struct segment *next = &sent_at(run, count)->seg;
        unsigned hidden = PSH | FIN;
        if (next->text_len == 0 || next->text_len > first_len ||
            !seq_eq(next->seq, seq_add(seg->seq, seg->text_len)) ||
            (next->flags & ~hidden) != (seg->flags & ~hidden) || seg->flags & FIN ||
            !seq_eq(next->ack, seg->ack) || sent_at(run, count)->usec != sent_at(run, 0)->usec)
            break;
        seg->text_len += next->text_len;
        last_len = next->text_len;
        seg->flags = next->flags;
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
    uint32_t off = val > want->values[0] ? val - want->values[0] : want->values[0] - val;
    if (got->values[1] != want->values[1])
        return false;
    return run->ts_tick_usec == 0 || off * run->ts_tick_usec <= run->tolerance_usec;
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

static bool same_packet(const struct runner *run, const struct segment *seg,
                        const struct script_packet *packet)
{
    uint32_t offset = run->conn.local_offset;
    return seg->flags == packet->flags && seg->seq.n - offset == packet->seq &&
           seg->text_len == packet->len && (!packet->has_ack || seg->ack.n == packet->ack) &&
           packet->has_ack == seg_has(seg, ACK) && (!packet->has_win || seg->wnd == packet->win) &&
           (!packet->has_urg || seg->urgent == packet->urg) && same_options(run, seg, packet);
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
    char flags[8], options[OPTIONS_TEXT_MAX], ack[24] = "", urgent[16] = "";
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
    snprintf(words, len, "> %s %" PRIu32 ":%" PRIu32 "(%" PRIu32 ")%s win %u%s%s%s%s",
             flags_words(seg->flags, flags), seq, seq + seg->text_len, seg->text_len, ack, seg->wnd,
             urgent, options[0] ? " <" : "", options, options[0] ? ">" : "");
}

static void expected_words(const struct script_event *event, char *words, size_t len)
{
    snprintf(words, len, "%.*s", (int)event->source.len, event->source.at);
}

static bool nothing_sent(struct runner *run, const struct script_event *event)
{
    char expected[DRILL_WORDS], got[DRILL_WORDS];
    expected_words(event, expected, sizeof expected);
    snprintf(got, sizeof got, "nothing, until %.6f s", (double)world_now(run->world) / 1e6);
    return differs(run, event, "the host has not sent a segment", expected, got);
}

static bool wait_for_segment(struct runner *run, uint64_t latest)
{
    while (run->queue_len == 0 && world_due(run->world) <= latest) {
        if (!runner_step(run))
            return false;
    }
    if (run->queue_len == 0 && latest != UINT64_MAX - 1)
        return runner_until(run, latest, true);
    return true;
}

static bool in_time(struct runner *run, const struct script_event *event, uint64_t earliest,
                    uint64_t latest, uint64_t sent)
{
    char expected[DRILL_WORDS], got[DRILL_WORDS];
    if (sent + tolerance(run) >= earliest && sent <= latest)
        return true;
    snprintf(expected, sizeof expected, "%.6f s", (double)earliest / 1e6);
    snprintf(got, sizeof got, "%.6f s", (double)sent / 1e6);
    return differs(run, event, "the segment was sent at another time", expected, got);
}

bool packet_out(struct runner *run, const struct script_event *event)
{
    const struct script_time *time = &event->time;
    char expected[DRILL_WORDS], got[DRILL_WORDS];
    struct segment seg;
    bool any = time->kind == SCRIPT_ANY;
    uint64_t base = time->kind == SCRIPT_AFTER ? run->last_usec : 0;
    uint64_t earliest = any ? 0 : base + (uint64_t)time->usec;
    uint64_t latest =
        any ? UINT64_MAX - 1
            : base + (uint64_t)(time->is_range ? time->until_usec : time->usec) + tolerance(run);
    if (!wait_for_segment(run, latest))
        return false;
    if (run->queue_len == 0)
        return nothing_sent(run, event);
    uint64_t sent = sent_at(run, 0)->usec;
    learn(run, &sent_at(run, 0)->seg, &event->packet);
    uint32_t count = merged(run, &event->packet, &seg);
    if (!same_packet(run, &seg, &event->packet)) {
        expected_words(event, expected, sizeof expected);
        packet_words(run, &seg, got, sizeof got);
        return differs(run, event, "the segment is not as expected", expected, got);
    }
    drop_sent(run, count);
    return in_time(run, event, earliest, latest, sent);
}
