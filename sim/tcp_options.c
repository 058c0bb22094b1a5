/*
 * Options: what both SYNs say holds for the connection. RFC 9293, 3.7.1 (MSS); RFC 7323 (window
 * scale, timestamps, PAWS); RFC 2018 (SACK).
 */
#include "sim/tcp_parts.h"

#include "sim/cookie.h"

enum {
    SACK_LEN = 4, /* and 8 for each block */
    SACK_BLOCK_LEN = 8
};

#define PAWS_OLD_USEC                                                                              \
    ((uint64_t)24 * 86400 * 1000000) /* RFC 7323, 5.5: TS.Recent is worth no more */

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

uint16_t offered_mss(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    uint16_t said = tcb->user.mss;
    return said && said < ctx->mss_max ? said : ctx->mss_max;
}

/* The least shift that lets a window as large as the buffer may become be told (RFC 7323, 2.3). */
uint8_t wanted_scale(const struct tcp_ctx *ctx)
{
    uint8_t scale = 0;
    while (scale < WSCALE_MAX && (uint64_t)UINT16_MAX << scale < ctx->rcv_most)
        scale++;
    return scale;
}

static uint8_t wanted(const struct tcp_ctx *ctx)
{
    unsigned has = 0;
    has |= ctx->set->window_scaling ? HAS_WSCALE : 0;
    has |= ctx->set->sack ? HAS_SACK_PERMITTED : 0;
    has |= ctx->set->timestamps ? HAS_TIMESTAMPS : 0;
    return (uint8_t)has;
}

void agree_on_options(struct tcb *tcb, const struct segment *syn, const struct tcp_ctx *ctx)
{
    uint16_t unsaid = tcb->remote.ip.family == 6 ? 1220 : 536; /* MUST-15 */
    tcb->snd.mss = (uint16_t)least(syn->mss ? syn->mss : unsaid, offered_mss(tcb, ctx));
    tcb->agreed = wanted(ctx) & syn->has;
    bool scaled = (tcb->agreed & HAS_WSCALE) != 0;
    tcb->snd.scale = scaled ? (uint8_t)least(syn->wscale, WSCALE_MAX) : 0;
    tcb->rcv.scale = scaled ? tcb->rcv.offered : 0;
    if (tcb->agreed & HAS_TIMESTAMPS) {
        tcb->ts.recent = syn->ts_val;
        tcb->ts.recent_usec = ctx->now_usec;
    }
}

/* A clock that does not tell how long the host has run (RFC 7323, 5.4 and 7). */
static uint32_t timestamp_of(uint32_t clock, const struct tcp_ctx *ctx)
{
    return clock + (uint32_t)ctx->isn_key[0];
}

uint32_t timestamp_as_clock(uint32_t stamp, const struct tcp_ctx *ctx)
{
    return stamp - (uint32_t)ctx->isn_key[0];
}

static uint32_t timestamp_clock(const struct tcp_ctx *ctx)
{
    return (uint32_t)(ctx->now_usec / ctx->set->ts_tick_usec);
}

/* Nothing else is kept of a SYN that found the queue full, so its options go into the timestamp. */
static uint32_t timestamp(const struct tcb *tcb, const struct tcp_ctx *ctx)
{
    uint32_t clock = timestamp_clock(ctx);
    if (ctx->syn_queue_full && tcb->state == LISTEN)
        clock = cookie_stamp(clock, tcb->agreed, tcb->snd.scale);
    return timestamp_of(clock, ctx);
}

static void add_block(struct segment *seg, const struct range *range)
{
    seg->sack[seg->sack_count++] = (struct sack_block){ range->start, range->end };
}

static bool has_block(const struct segment *seg, const struct range *range)
{
    for (unsigned i = 0; i < seg->sack_count; i++) {
        if (seq_eq(seg->sack[i].start, range->start))
            return true;
    }
    return false;
}

/* RFC 2018, 4: the block with what came last stands first, those reported last behind it. */
static void write_sack(const struct tcb *tcb, struct segment *seg, const struct tcp_ctx *ctx)
{
    const struct range_pool *pool = &ctx->ranges;
    uint32_t most = tcb->agreed & HAS_TIMESTAMPS ? SACK_BLOCKS_MAX - 1 : SACK_BLOCKS_MAX;
    const struct range *first = ranges_first(pool, tcb->rcv.beyond);
    if (!first || seg->text_len + SACK_LEN + SACK_BLOCK_LEN * most > send_mss(tcb))
        return;
    for (unsigned i = 0; i < most; i++) {
        const struct range *r = ranges_with(pool, tcb->rcv.beyond, tcb->rcv.recent[i]);
        if (r && !has_block(seg, r))
            add_block(seg, r);
    }
    for (const struct range *r = first; r && seg->sack_count < most; r = ranges_next(pool, r)) {
        if (!has_block(seg, r))
            add_block(seg, r);
    }
}

void write_options(struct tcb *tcb, struct segment *seg, const struct tcp_ctx *ctx)
{
    if (seg_has(seg, SYN)) {
        seg->has = seg_has(seg, ACK) || tcb->state == SYN_RECEIVED ? tcb->agreed : wanted(ctx);
        seg->mss = offered_mss(tcb, ctx);
        seg->wscale = seg->has & HAS_WSCALE ? tcb->rcv.offered : 0;
    } else {
        seg->has = tcb->agreed & HAS_TIMESTAMPS;
        if (tcb->rcv.beyond && tcb->agreed & HAS_SACK_PERMITTED && !seg_has(seg, RST))
            write_sack(tcb, seg, ctx);
    }
    if (seg->has & HAS_TIMESTAMPS) {
        seg->ts_val = timestamp(tcb, ctx);
        seg->ts_ecr = seg_has(seg, ACK) ? tcb->ts.recent : 0;
    }
}

static bool ts_lt(uint32_t a, uint32_t b)
{
    return seq_lt(seq_of(a), seq_of(b));
}

/* TS.Recent is not too old itself to say so (RFC 7323, 5.5). */
static bool older_than_recent(const struct tcb *tcb, const struct segment *seg,
                              const struct tcp_ctx *ctx)
{
    return ts_lt(seg->ts_val, tcb->ts.recent) &&
           ctx->now_usec - tcb->ts.recent_usec < PAWS_OLD_USEC;
}

/* RFC 7323, 5.3, R1: an old duplicate of a segment of 2^32 octets ago. */
bool is_old_by_timestamp(const struct tcb *tcb, const struct segment *seg,
                         const struct tcp_ctx *ctx)
{
    if (!(tcb->agreed & seg->has & HAS_TIMESTAMPS) || seg_has(seg, RST))
        return false;
    return older_than_recent(tcb, seg, ctx);
}

/* RFC 7323, 4.3, (2), with "or greater" only as far as the timestamp is not older. */
void keep_timestamp(struct tcb *tcb, const struct segment *seg, const struct tcp_ctx *ctx)
{
    if (!(tcb->agreed & seg->has & HAS_TIMESTAMPS))
        return;
    if (seq_gt(seg->seq, tcb->rcv.acked) || older_than_recent(tcb, seg, ctx))
        return;
    tcb->ts.recent = seg->ts_val;
    tcb->ts.recent_usec = ctx->now_usec;
}

uint64_t rtt_by_timestamp(const struct tcb *tcb, const struct segment *seg,
                          const struct tcp_ctx *ctx)
{
    if (!(tcb->agreed & seg->has & HAS_TIMESTAMPS) || seg->ts_ecr == 0)
        return 0;
    uint32_t ticks = timestamp_of(timestamp_clock(ctx), ctx) - seg->ts_ecr;
    return ticks > INT32_MAX ? 0 : (uint64_t)ticks * ctx->set->ts_tick_usec;
}
