/*
 * A world's digest: FNV-1a of 64 bits over every field that can change what it does next.
 */
#include "sim/fnv.h"
#include "sim/world_parts.h"

struct digest {
    uint64_t hash;
};

static void add(struct digest *digest, uint64_t value)
{
    for (unsigned i = 0; i < 8; i++) {
        digest->hash ^= value >> (8 * i) & 0xff;
        digest->hash *= FNV_PRIME;
    }
}

static void add_octets(struct digest *digest, const uint8_t *octets, size_t len)
{
    add(digest, len);
    digest->hash = fnv_add(digest->hash, octets, len);
}

static void add_endpoint(struct digest *digest, const struct endpoint *end)
{
    add(digest, end->port);
    add_octets(digest, end->ip.octet, end->ip.family == 6 ? 16 : end->ip.family == 4 ? 4 : 0);
}

static void add_segment(struct digest *digest, const struct segment *seg)
{
    add_endpoint(digest, &seg->src);
    add_endpoint(digest, &seg->dst);
    add(digest, seg->protocol);
    add(digest, seg->seq.n);
    add(digest, seg->ack.n);
    add(digest, (uint64_t)seg->wnd << 32 | (uint64_t)seg->mss << 16 | seg->flags);
    add(digest, (uint64_t)seg->urgent << 32 | (uint32_t)seg->has << 24 |
                    (uint32_t)seg->wscale << 16 | (uint32_t)seg->sack_count << 8 | seg->corrupted);
    add(digest, (uint64_t)seg->ts_val << 32 | seg->ts_ecr);
    add(digest, seg->text_len);
    for (unsigned i = 0; i < seg->sack_count; i++)
        add(digest, (uint64_t)seg->sack[i].start.n << 32 | seg->sack[i].end.n);
}

static void add_ring(struct digest *digest, const struct ring *ring, const uint8_t *space,
                     uint32_t space_len)
{
    uint8_t octet;
    add(digest, ring->len);
    for (uint32_t i = 0; space && ring_peek(ring, space, space_len, i, &octet, 1) == 1; i++)
        add(digest, octet);
}

static void add_ranges(struct digest *digest, const struct world *world, uint32_t set)
{
    struct range_pool pool = { .at = (void *)word_at(world, world->at.ranges, 0) };
    const struct range *range = ranges_first(&pool, set);
    for (; range; range = ranges_next(&pool, range))
        add(digest, (uint64_t)range->start.n << 32 | range->end.n);
    add(digest, 0);
}

static void add_sender(struct digest *digest, const struct tcb *tcb)
{
    add(digest, (uint64_t)tcb->snd.iss.n << 32 | tcb->snd.una.n);
    add(digest, (uint64_t)tcb->snd.nxt.n << 32 | tcb->snd.wl1.n);
    add(digest, (uint64_t)tcb->snd.wl2.n << 32 | tcb->snd.wnd);
    add(digest, (uint64_t)tcb->snd.max_wnd << 16 | tcb->snd.mss);
    add(digest, (uint64_t)tcb->snd.up.n << 32 | tcb->snd.pushed.n);
    add(digest, (uint64_t)tcb->snd.small.n << 16 | (unsigned)tcb->snd.scale << 8 |
                    (unsigned)tcb->snd.urgent << 1 | tcb->snd.more);
}

static void add_receiver(struct digest *digest, const struct world *world, const struct tcb *tcb)
{
    add(digest, (uint64_t)tcb->rcv.irs.n << 32 | tcb->rcv.nxt.n);
    add(digest, (uint64_t)tcb->rcv.right.n << 32 | tcb->rcv.acked.n);
    add(digest, tcb->rcv.up.n);
    for (unsigned i = 0; i < SACK_BLOCKS_MAX; i++)
        add(digest, tcb->rcv.recent[i].n);
    add(digest, (uint64_t)tcb->rcv.fin.n << 32 | (unsigned)tcb->rcv.mss << 16 |
                    (unsigned)tcb->rcv.scale << 8 | tcb->rcv.quick);
    add(digest,
        (unsigned)tcb->rcv.offered << 2 | (unsigned)tcb->rcv.urgent << 1 | tcb->rcv.fin_beyond);
    add_ranges(digest, world, tcb->rcv.beyond);
    add(digest, tcb->ts.recent);
    add(digest, tcb->ts.recent_usec);
    add(digest, tcb->peer.heard_usec);
    add(digest, tcb->peer.text_usec);
    add(digest, tcb->peer.invalid_usec);
    add(digest, tcb->probes);
}

static void add_recovery(struct digest *digest, const struct world *world,
                         const struct recovery *rec)
{
    add(digest, (uint64_t)rec->cwnd << 32 | rec->ssthresh);
    add(digest, (uint64_t)rec->partly << 32 | rec->departed);
    add(digest, (uint64_t)rec->most_out << 32 | rec->usage.n);
    add(digest, (uint64_t)rec->point.n << 32 | rec->lost.n);
    add(digest, (uint64_t)rec->again.n << 32 | (unsigned)rec->phase << 16 |
                    (unsigned)rec->dup_acks << 8 | (unsigned)rec->waits << 2 |
                    (unsigned)rec->limited << 1 | rec->must);
    add(digest, rec->sent_usec);
    add_ranges(digest, world, rec->sacked);
}

static void add_timing(struct digest *digest, const struct tcb *tcb)
{
    add(digest, tcb->rtx.srtt_usec);
    add(digest, tcb->rtx.rttvar_usec);
    add(digest, tcb->rtx.rto_usec);
    add(digest, tcb->rtx.sent_usec);
    add(digest, tcb->rtx.unacked_usec);
    add(digest, (uint64_t)tcb->rtx.timed.n << 16 | (unsigned)tcb->rtx.count << 2 |
                    (unsigned)tcb->rtx.timing << 1 | tcb->rtx.syn_lost);
    for (unsigned i = 0; i < TIMER_COUNT; i++)
        add(digest, tcb->deadline[i]);
}

static void add_tcb(struct digest *digest, const struct world *world, const struct tcb *tcb)
{
    add(digest, (uint64_t)tcb->state << 16 | (unsigned)tcb->agreed << 8 | tcb->notices);
    add(digest, (unsigned)tcb->no_user << 7 | (unsigned)tcb->ack_delayed << 6 |
                    (unsigned)tcb->syn_acked << 5 | (unsigned)tcb->passive << 4 |
                    (unsigned)tcb->close_asked << 3 | (unsigned)tcb->no_reader << 2 |
                    (unsigned)tcb->fin_sent << 1 | tcb->ack_due);
    add(digest, (uint64_t)tcb->user.user_timeout_msec << 32 | (unsigned)tcb->user.mss << 16 |
                    (unsigned)tcb->user.nodelay << 2 | (unsigned)tcb->user.cork << 1 |
                    tcb->user.keep_alive);
    add_endpoint(digest, &tcb->local);
    add_endpoint(digest, &tcb->remote);
    add_sender(digest, tcb);
    add_receiver(digest, world, tcb);
    add_timing(digest, tcb);
    add_recovery(digest, world, &tcb->rec);
}

static void add_queue(struct digest *digest, const struct world *world, const struct sock *sock)
{
    if (!sock->listening)
        return;
    add(digest, sock->queue.backlog);
    add(digest, sock->queue.opening);
    for (uint32_t place = sock->queue.to_accept.first; place;
         place = sock_at(world, place - 1)->in.behind)
        add(digest, (uint64_t)sock_at(world, place - 1)->id);
}

static void add_sock(struct digest *digest, const struct world *world, uint32_t index)
{
    const struct sock *sock = sock_at(world, index);
    add(digest, (uint64_t)sock->id);
    add(digest, (uint64_t)sock->fd << 32 | (uint32_t)sock->parent);
    add(digest, (uint64_t)sock->opened << 32 | (uint32_t)sock->pending_err);
    add(digest, (uint32_t)sock->host << 8 | (unsigned)sock->bound << 7 |
                    (unsigned)sock->accepted << 6 | (unsigned)sock->listening << 5 |
                    (unsigned)sock->connecting << 4 | (unsigned)sock->reuse << 3 |
                    (unsigned)sock->nonblock << 2 | (unsigned)sock->write_shut << 1 |
                    sock->read_shut);
    add(digest, (uint64_t)sock->snd_buffer << 32 | sock->rcv_buffer);
    add(digest, (uint64_t)sock->linger_sec);
    add(digest, (unsigned)sock->datagram << 1 | sock->broadcast);
    add_queue(digest, world, sock);
    add_tcb(digest, world, &sock->tcb);
    add_ranges(digest, world, sock->tcb.rcv.beyond);
    add_ranges(digest, world, sock->tcb.rec.sacked);
    add_ring(digest, &sock->tcb.snd.text, snd_space(world, index), world->limits.snd_space_len);
    add_ring(digest, &sock->tcb.rcv.text, rcv_space(world, index), world->limits.rcv_space_len);
}

static void add_slot(struct digest *digest, const struct world *world, uint32_t index)
{
    const struct wire_slot *slot = slot_at(world, index);
    add(digest, slot->id);
    add(digest, (unsigned)slot->held << 1 | slot->yields);
    add(digest, slot->due_usec);
    add_segment(digest, &slot->seg);
    if (slot_text(world, index))
        add_octets(digest, slot_text(world, index), slot->seg.text_len);
}

static void add_host(struct digest *digest, const struct host *host)
{
    for (size_t i = 0; i < tcp_setting_count; i++)
        add(digest, setting_get(&host->set, &tcp_settings[i]));
    add(digest, host->challenges.since_usec);
    add(digest, host->cookies_until_usec);
    add(digest, (uint64_t)host->challenges.sent << 32 | host->last_port);
}

/* Which slot of the block something lies in makes no difference: each has its own hash, and these
 * are added up. */
static void add_all(struct digest *digest, const struct world *world)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < world->socks.fresh; i++) {
        struct digest own = { .hash = FNV_START };
        if (sock_at(world, i)->id == 0)
            continue;
        add_sock(&own, world, i);
        sum += own.hash;
    }
    for (uint32_t i = 0; i < world->slots.fresh; i++) {
        struct digest own = { .hash = FNV_START };
        if (slot_at(world, i)->id == 0)
            continue;
        add_slot(&own, world, i);
        sum += own.hash;
    }
    add(digest, sum);
}

uint64_t world_digest(const struct world *world)
{
    struct digest digest = { .hash = FNV_START };
    add(&digest, (uint64_t)world->limits.hosts << 32 | world->limits.text_len);
    add(&digest, (uint64_t)world->limits.snd_space_len << 32 | world->limits.rcv_space_len);
    add(&digest, (uint64_t)world->limits.ranges << 1 | world->limits.counted);
    add(&digest, world->seed);
    add(&digest, (uint64_t)world->last_sock_id << 32 | world->last_opened);
    add(&digest, world->last_segment_id);
    add(&digest, world->delay_usec);
    add(&digest, world->now_usec);
    for (unsigned i = 0; i < world->limits.hosts; i++)
        add_host(&digest, host_at(world, i));
    add_all(&digest, world);
    return digest.hash;
}
