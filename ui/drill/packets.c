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
    PACKET_LEN_MAX = UINT16_MAX /* of IP, with its headers */
};

/* ---- to the host */

static uint16_t bound_port(const struct runner *run)
{
    for (unsigned i = 0; i < DRILL_SOCKETS; i++) {
        if (run->seen[i].id != 0 && run->seen[i].local.port != 0)
            return run->seen[i].local.port;
    }
    return run->bind_port;
}

/* The first packet of a script may be for a port where nobody is. */
static void need_connection(struct runner *run)
{
    if (run->conn.known)
        return;
    run->conn.known = true;
    run->conn.local = (struct endpoint){ world_ip(run->world, 0), bound_port(run) };
    run->conn.remote = (struct endpoint){ run->remote, SCRIPT_REMOTE_PORT };
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
        for (unsigned i = 0; i + 1 < opt->value_count && seg->sack_count < SACK_BLOCKS_MAX; i += 2)
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

static bool can_be_modelled(struct runner *run, const struct script_event *event)
{
    const struct script_packet *packet = &event->packet;
    if (packet->flags & (SCRIPT_ECE | SCRIPT_CWR | SCRIPT_AE))
        return is_not_modelled(run, event->first_line, "ecn");
    if (packet->fd >= 0)
        return is_not_modelled(run, event->first_line, "sock()");
    return true;
}

/* An option that says what no TCP says is no option: the model has a 0 where there is none. */
static bool can_arrive(struct runner *run, const struct script_event *event)
{
    uint32_t headers = run->family == 4 ? 40 : 60;
    for (const struct script_opt *opt = event->packet.opts; opt; opt = opt->next) {
        if (opt->kind == SCRIPT_OPT_MSS && opt->values[0] == 0)
            return is_not_modelled(run, event->first_line, "mss 0");
    }
    return event->packet.len <= PACKET_LEN_MAX - headers ||
           fails(run, event->first_line, "no packet is as long as that");
}

bool packet_in(struct runner *run, const struct script_event *event)
{
    const struct script_packet *packet = &event->packet;
    if (!can_be_modelled(run, event) || !can_arrive(run, event))
        return false;
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

const struct sent_segment *sent_at(const struct runner *run, uint32_t index)
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
    bool any = true;
    while (run->queue_len == 0 && any) {
        if (!runner_next(run, latest, &any))
            return false;
    }
    if (run->queue_len == 0 && latest != UINT64_MAX)
        return runner_until(run, latest, true);
    return true;
}

static bool in_time(struct runner *run, const struct script_event *event, uint64_t earliest,
                    uint64_t latest, uint64_t sent)
{
    char expected[DRILL_WORDS], got[DRILL_WORDS];
    if (sent + tolerance_of(run, run->gap_usec) >= earliest && sent <= latest)
        return true;
    if (event->time.is_range)
        snprintf(expected, sizeof expected, "%.6f to %.6f s", (double)earliest / 1e6,
                 (double)(latest - tolerance_of(run, run->gap_usec)) / 1e6);
    else
        snprintf(expected, sizeof expected, "%.6f s", (double)earliest / 1e6);
    snprintf(got, sizeof got, "%.6f s", (double)sent / 1e6);
    return differs(run, event, "the segment was sent at another time", expected, got);
}

/* Until when the segment may be sent; UINT64_MAX: ever. */
static uint64_t latest_of(const struct runner *run, const struct script_time *time, uint64_t base)
{
    if (time->kind == SCRIPT_ANY)
        return UINT64_MAX;
    return base + (uint64_t)(time->is_range ? time->until_usec : time->usec) +
           tolerance_of(run, run->gap_usec);
}

bool packet_out(struct runner *run, const struct script_event *event)
{
    const struct script_time *time = &event->time;
    char expected[DRILL_WORDS], got[DRILL_WORDS];
    struct segment seg;
    uint64_t base = time->kind == SCRIPT_AFTER ? run->last_usec : 0;
    uint64_t earliest = time->kind == SCRIPT_ANY ? 0 : base + (uint64_t)time->usec;
    uint64_t latest = latest_of(run, time, base);
    if (!can_be_modelled(run, event) || !wait_for_segment(run, latest))
        return false;
    if (run->queue_len == 0)
        return nothing_sent(run, event);
    uint64_t sent = sent_at(run, 0)->usec;
    learn(run, &sent_at(run, 0)->seg, &event->packet);
    uint32_t count = packet_merged(run, &event->packet, &seg);
    if (!packet_same(run, &seg, &event->packet)) {
        expected_words(event, expected, sizeof expected);
        packet_words(run, &seg, got, sizeof got);
        return differs(run, event, "the segment is not as expected", expected, got);
    }
    drop_sent(run, count);
    return in_time(run, event, earliest, latest, sent);
}
