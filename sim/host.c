/*
 * A model host: which socket a segment belongs to, when its timers run out, and who still needs
 * a socket's memory.
 */
#include "sim/world_parts.h"

#include "sim/cookie.h"
#include "sim/isn.h"

#include <errno.h>
#include <string.h>

enum {
    IP6_HEADER_MORE = 20 /* octets than IPv4's has: RFC 9293, 3.7.1 */
};

/* The secret for initial sequence numbers comes from the world's seed. */
void host_init(struct world *world, unsigned host, const struct settings *set)
{
    struct host *it = host_at(world, host);
    uint64_t seed[2] = { world->seed, host };
    const uint8_t name[2] = { 'a', 'b' };
    *it = (struct host){ .set = *set, .lowest_fd = FIRST_FD };
    if (world->family == 6)
        it->set.mss = (uint16_t)(set->mss > IP6_HEADER_MORE ? set->mss - IP6_HEADER_MORE : 1);
    it->isn_key[0] = siphash(seed, name, 1);
    it->isn_key[1] = siphash(seed, name + 1, 1);
}

void emit_socket(struct act *act, const struct sock *sock)
{
    if (!is_heard(act))
        return;
    struct event event = world_event(act, EV_SOCKET, sock->host, sock->id);
    event.u.socket.fd = sock->fd;
    event.u.socket.parent = sock->parent;
    event.u.socket.local = sock->tcb.local;
    event.u.socket.remote = sock->tcb.remote;
    memcpy(event.u.socket.name, sock->name, sizeof sock->name);
    emit(act->sink, &event);
}

struct sock *sock_new(struct act *act, unsigned host)
{
    struct world *world = act->world;
    struct pool *pool = &world->socks;
    if (!pool->free && pool->fresh == world->limits.sockets)
        return NULL;
    struct sock *sock = sock_at(world, pool->free ? pool->free - 1 : pool->fresh++);
    pool->free = pool->free ? sock->next_connection : 0;
    const struct settings *set = world_settings(world, host);
    *sock = (struct sock){ .id = ++world->last_sock_id,
                           .fd = -1,
                           .parent = NO_SOCKET,
                           .host = (uint8_t)host,
                           .linger_sec = -1,
                           .snd_buffer = set->snd_buffer,
                           .rcv_buffer = set->rcv_buffer };
    tcb_init(&sock->tcb);
    return sock;
}

static void sock_free(struct world *world, struct sock *sock)
{
    struct range_pool ranges = world_ranges(world);
    ranges_clear(&ranges, &sock->tcb.rcv.beyond);
    ranges_clear(&ranges, &sock->tcb.rec.sacked);
    sock->id = 0;
    sock_is_listed(world, sock);
    timers_leave(world, sock);
    sock->next_connection = world->socks.free;
    world->socks.free = sock_index(world, sock) + 1;
}

static uint32_t *forward(struct world *world, struct row *row, uint32_t place)
{
    return place ? &sock_at(world, place - 1)->in.behind : &row->first;
}

static uint32_t *backward(struct world *world, struct row *row, uint32_t place)
{
    return place ? &sock_at(world, place - 1)->in.before : &row->last;
}

void row_add(struct world *world, struct row *row, struct sock *sock)
{
    uint32_t place = sock_index(world, sock) + 1;
    sock->in.before = row->last;
    sock->in.behind = 0;
    *forward(world, row, row->last) = place;
    row->last = place;
}

void row_remove(struct world *world, struct row *row, struct sock *sock)
{
    *forward(world, row, sock->in.before) = sock->in.behind;
    *backward(world, row, sock->in.behind) = sock->in.before;
}

void sock_settle(struct act *act, struct sock *sock)
{
    bool with_listener = sock->parent != NO_SOCKET && !sock->accepted;
    enum tcp_state state = sock->tcb.state;
    if (sock->id == 0 || sock->fd >= 0)
        return;
    /* back in LISTEN it is one with the listener it came from; a connection that ended in the
     * accept queue still waits there to be told of */
    bool waits = with_listener && sock->opened != 0;
    if (!(state == LISTEN && with_listener) && !(state == CLOSED && !waits))
        return;
    if (with_listener) {
        struct sock *listener = sock_at(act->world, sock->in.listener - 1);
        row_remove(act->world, &listener->queue.half_open, sock);
        listener->queue.opening--;
    }
    sock_free(act->world, sock);
}

static void send_for(void *to, const struct segment *seg, const uint8_t *text, bool again)
{
    struct tcp_use *use = to;
    wire_send(use->act, use->ctx.host, seg, text, again);
    use->ctx.scratch = wire_scratch(use->act->world);
}

/* Every field is named, though it be 0: so the compiler need not clear the whole first. */
static void fill_ctx(struct tcp_use *use, unsigned host, int32_t sock)
{
    struct world *world = use->act->world;
    struct host *its = host_at(world, host);
    uint16_t carried = world->limits.text_len;
    struct range_pool ranges = world_ranges(world);
    use->ctx = (struct tcp_ctx){ .set = &its->set,
                                 .sink = use->act->sink,
                                 .now_usec = world->now_usec,
                                 .isn_key = { its->isn_key[0], its->isn_key[1] },
                                 .host = (int8_t)host,
                                 .sock = sock,
                                 .mss_max = its->set.mss < carried ? its->set.mss : carried,
                                 .snd_space = NULL,
                                 .rcv_space = NULL,
                                 .snd_space_len = 0,
                                 .rcv_space_len = 0,
                                 .snd_limit = 0,
                                 .rcv_limit = 0,
                                 .rcv_most = its->set.rcv_buffer_max,
                                 .scratch = wire_scratch(world),
                                 .ranges = { ranges.at, ranges.free },
                                 .challenges = &its->challenges,
                                 .text = NULL,
                                 .syn_queue_full = false,
                                 .cookie_mss = 0,
                                 .send = send_for,
                                 .send_to = use };
}

static uint32_t within_space(const struct world *world, uint32_t buffer, uint32_t space_len)
{
    return world->limits.counted || buffer < space_len ? buffer : space_len;
}

uint32_t snd_limit(const struct world *world, const struct sock *sock)
{
    return within_space(world, sock->snd_buffer, world->limits.snd_space_len);
}

/* FreeBSD makes the buffer of a connection hold whole segments. */
uint32_t rcv_buffer(const struct world *world, const struct sock *sock)
{
    uint32_t mss = sock->tcb.snd.mss, buffer = sock->rcv_buffer;
    bool rounds = world_settings(world, sock->host)->buffer_rounds && buffer < UINT32_MAX / 2;
    bool open = sock->opened != 0 || (sock->tcb.state == SYN_RECEIVED && !sock->tcb.passive);
    if (!rounds || !open || mss == 0)
        return buffer;
    return (buffer + mss - 1) / mss * mss;
}

uint32_t rcv_limit(const struct world *world, const struct sock *sock)
{
    return within_space(world, rcv_buffer(world, sock), world->limits.rcv_space_len);
}

/* The variables of a connection, with the ranges that the world's pool has of it. */
static struct tcp_vars vars_of(struct world *world, const struct tcb *tcb)
{
    struct tcp_vars vars = tcp_status(tcb);
    if (!(vars.known & KNOWS_RECEIVE))
        return vars;
    vars.known |= KNOWS_BEYOND;
    struct range_pool pool = world_ranges(world);
    for (const struct range *range = ranges_first(&pool, tcb->rcv.beyond); range;
         range = ranges_next(&pool, range)) {
        if (vars.beyond_count++ < SACK_BLOCKS_MAX)
            vars.beyond[vars.beyond_count - 1] = (struct sack_block){ range->start, range->end };
    }
    return vars;
}

void tcp_use_begin(struct tcp_use *use, struct act *act, struct sock *sock)
{
    const struct world_limits *limits = &act->world->limits;
    uint32_t index = sock_index(act->world, sock);
    use->act = act;
    use->sock = sock;
    use->from = sock->tcb.state;
    if (is_heard(act))
        use->before = vars_of(act->world, &sock->tcb);
    fill_ctx(use, sock->host, sock->id);
    use->ctx.snd_space = snd_space(act->world, index);
    use->ctx.snd_space_len = limits->counted ? COUNTED_SPACE : limits->snd_space_len;
    use->ctx.rcv_space = rcv_space(act->world, index);
    use->ctx.rcv_space_len = limits->counted ? COUNTED_SPACE : limits->rcv_space_len;
    use->ctx.snd_limit = snd_limit(act->world, sock);
    use->ctx.rcv_limit = rcv_limit(act->world, sock);
    if (sock->rcv_said && use->ctx.set->scale_of_buffer)
        use->ctx.rcv_most = sock->rcv_buffer / 2;
}

static bool same_beyond(const struct tcp_vars *a, const struct tcp_vars *b)
{
    uint32_t kept = a->beyond_count < SACK_BLOCKS_MAX ? a->beyond_count : SACK_BLOCKS_MAX;
    if (a->beyond_count != b->beyond_count)
        return false;
    for (uint32_t i = 0; i < kept; i++) {
        if (!seq_eq(a->beyond[i].start, b->beyond[i].start) ||
            !seq_eq(a->beyond[i].end, b->beyond[i].end))
            return false;
    }
    return true;
}

static bool same_vars(const struct tcp_vars *a, const struct tcp_vars *b)
{
    return a->known == b->known && seq_eq(a->iss, b->iss) && seq_eq(a->una, b->una) &&
           seq_eq(a->nxt, b->nxt) && seq_eq(a->irs, b->irs) && seq_eq(a->rcv_nxt, b->rcv_nxt) &&
           a->snd_wnd == b->snd_wnd && a->rcv_wnd == b->rcv_wnd && a->unsent == b->unsent &&
           a->unread == b->unread && a->rto_usec == b->rto_usec && a->srtt_usec == b->srtt_usec &&
           a->rttvar_usec == b->rttvar_usec && a->cwnd == b->cwnd && a->ssthresh == b->ssthresh &&
           a->mss == b->mss && a->resent == b->resent && same_beyond(a, b);
}

static bool was_told(const struct sock *sock, enum tcp_notice notice)
{
    return (sock->tcb.notices & 1u << notice) != 0;
}

bool sock_at_end(const struct sock *sock)
{
    return was_told(sock, NOTICE_CONNECTION_CLOSING);
}

/* As Linux has it: a reset after the peer's FIN is no surprise to a reader, but breaks the pipe of
 * a writer. */
static int32_t reset_err(enum tcp_state from, bool always)
{
    if (from == SYN_SENT)
        return ECONNREFUSED;
    return from == CLOSE_WAIT && !always ? EPIPE : ECONNRESET;
}

static void wait_for_accept(struct world *world, struct sock *child)
{
    struct sock *listener = sock_at(world, child->in.listener - 1);
    row_remove(world, &listener->queue.half_open, child);
    row_add(world, &listener->queue.to_accept, child);
    listener->queue.opening--;
    listener->queue.waiting++;
}

/* What a socket learns from its TCP: that it is open, or why it is not. */
static void learn(struct act *act, struct sock *sock, enum tcp_state from)
{
    const struct settings *set = world_settings(act->world, sock->host);
    enum tcp_state state = sock->tcb.state;
    if (state >= ESTABLISHED && sock->opened == 0) {
        sock->opened = ++act->world->last_opened;
        if (!sock->accepted)
            wait_for_accept(act->world, sock);
    }
    if (state != CLOSED || sock->pending_err != 0)
        return;
    if (was_told(sock, NOTICE_USER_TIMEOUT))
        sock->pending_err = ETIMEDOUT;
    else if (was_told(sock, NOTICE_CONNECTION_REFUSED))
        sock->pending_err = set->late_reset_told ? ECONNRESET : ECONNREFUSED;
    else if (was_told(sock, NOTICE_CONNECTION_RESET))
        sock->pending_err = reset_err(from, set->reset_always_told);
    sock->tcb.notices &= 1u << NOTICE_CONNECTION_CLOSING;
}

static void emit_changes(const struct tcp_use *use)
{
    struct tcp_vars after = vars_of(use->act->world, &use->sock->tcb);
    if (same_vars(&use->before, &after) || after.known == 0)
        return;
    struct event event = world_event(use->act, EV_VARS, use->sock->host, use->sock->id);
    event.u.vars = after;
    emit(use->act->sink, &event);
}

void tcp_use_end(struct tcp_use *use)
{
    learn(use->act, use->sock, use->from);
    if (use->sock->tcb.state != use->from)
        sock_is_listed(use->act->world, use->sock);
    else
        timers_changed(use->act->world, use->sock);
    if (is_heard(use->act))
        emit_changes(use);
}

static bool is_full(const struct sock *listener)
{
    return listener->queue.waiting > listener->queue.backlog;
}

/* Of half-open connections there may be as many as of those that wait for accept. */
static bool syn_queue_is_full(const struct world *world, const struct sock *listener)
{
    uint32_t said = world_settings(world, listener->host)->syn_backlog;
    return listener->queue.opening >= (said ? said : listener->queue.backlog + 1u);
}

/* A SYN to a listening socket opens a connection of its own, as if the passive OPEN had been
 * given again for it; the listener goes on listening (MUST-41, MUST-42). */
static struct sock *child_of(struct act *act, struct sock *listener, const struct segment *seg)
{
    struct sock *child = is_full(listener) ? NULL : sock_new(act, listener->host);
    if (!child)
        return NULL;
    child->parent = listener->id;
    child->reuse = listener->reuse;
    child->linger_sec = listener->linger_sec;
    child->snd_buffer = listener->snd_buffer;
    child->rcv_buffer = listener->rcv_buffer;
    child->rcv_said = listener->rcv_said;
    child->tcb = listener->tcb;
    child->tcb.local = seg->dst;
    child->tcb.remote = seg->src;
    child->in.listener = sock_index(act->world, listener) + 1;
    row_add(act->world, &listener->queue.half_open, child);
    listener->queue.opening++;
    emit_socket(act, child);
    return child;
}

/* The listening socket in whose full queue a connection would have to wait: it is not let in, and
 * its SYN,ACK will be sent again. NULL where it may go on. */
static const struct sock *shut_out_by(const struct world *world, const struct sock *child,
                                      const struct segment *seg)
{
    if (child->tcb.state != SYN_RECEIVED || child->accepted || seg_has(seg, RST))
        return NULL;
    const struct sock *listener = sock_at(world, child->in.listener - 1);
    return is_full(listener) ? listener : NULL;
}

static bool is_plain_syn(const struct segment *seg)
{
    return seg_has(seg, SYN) && !seg_has(seg, ACK) && !seg_has(seg, RST);
}

/* A segment for nobody meets the CLOSED state: a TCB that is not there. */
static void to_nobody(struct act *act, unsigned host, const struct segment *seg)
{
    struct tcp_use use = { .act = act };
    struct tcb none;
    tcb_init(&none);
    none.local = seg->dst;
    none.remote = seg->src;
    fill_ctx(&use, host, NO_SOCKET);
    tcp_segment_arrives(&none, seg, &use.ctx);
}

/* `cookie` is the MSS of a SYN cookie that the segment acknowledges, or 0. */
static void arrives_at(struct act *act, struct sock *sock, const struct segment *seg,
                       const uint8_t *text, uint16_t cookie)
{
    struct tcp_use use;
    tcp_use_begin(&use, act, sock);
    use.ctx.text = text;
    use.ctx.cookie_mss = cookie;
    tcp_segment_arrives(&sock->tcb, seg, &use.ctx);
    tcp_use_end(&use);
    sock_settle(act, sock);
}

/* TIME-WAIT ends for a new connection where somebody is there to take it (RFC 6191). */
static bool gives_way(struct act *act, struct sock *sock, const struct segment *seg)
{
    struct tcp_use use;
    if (sock->tcb.state != TIME_WAIT || !sock_of_listener(act->world, sock->host, seg->dst.port))
        return false;
    tcp_use_begin(&use, act, sock);
    bool gives = tcp_gives_way(&sock->tcb, seg, &use.ctx);
    tcp_use_end(&use);
    sock_settle(act, sock);
    return gives;
}

static void listener_is_full(struct act *act, const struct sock *listener)
{
    struct event event = world_event(act, EV_RULE, listener->host, listener->id);
    event.u.state.rule = LISTEN_IS_FULL;
    event.u.state.from = event.u.state.to = LISTEN;
    emit(act->sink, &event);
}

/* MUST-57, MUST-63; RFC 1122, 3.2.1.3 has it for more than SYNs. */
static bool addresses_can_be(const struct segment *seg)
{
    return ip_is_unicast(&seg->src.ip) && ip_is_unicast(&seg->dst.ip);
}

/* What the listener thinks of it is thought with a TCB that nobody keeps. */
static void arrives_in_passing(struct act *act, struct sock *listener, const struct segment *seg)
{
    struct tcb passing = listener->tcb;
    struct tcp_use use;
    passing.local = seg->dst;
    passing.remote = seg->src;
    tcp_use_begin(&use, act, listener);
    use.ctx.syn_queue_full = true;
    tcp_segment_arrives(&passing, seg, &use.ctx);
    host_at(act->world, listener->host)->cookies_until_usec =
        act->world->now_usec + 2 * COOKIE_PERIOD_USEC;
}

/* The MSS of the SYN cookie that this acknowledges, or 0. Whoever has not sent any of late does not
 * look: so nobody can guess at them in quiet times. */
static uint16_t acked_cookie(const struct act *act, const struct sock *listener,
                             const struct segment *seg)
{
    const struct world *world = act->world;
    const struct host *host = host_at(world, listener->host);
    struct cookie_of of = { seg->dst, seg->src, seq_of(seg->seq.n - 1) };
    if (!host->set.syn_cookies || seg_has(seg, SYN) || seg_has(seg, RST) || !seg_has(seg, ACK) ||
        world->now_usec >= host->cookies_until_usec)
        return 0;
    return cookie_mss(host->isn_key, &of, seq_of(seg->ack.n - 1), world->now_usec);
}

static void arrives_at_listener(struct act *act, struct sock *listener, const struct segment *seg,
                                const uint8_t *text)
{
    bool syn = is_plain_syn(seg);
    uint16_t cookie = acked_cookie(act, listener, seg);
    if (!syn && !cookie) {
        arrives_at(act, listener, seg, text, 0);
        return;
    }
    if (syn && !is_full(listener) && syn_queue_is_full(act->world, listener)) {
        arrives_in_passing(act, listener, seg);
        return;
    }
    struct sock *child = child_of(act, listener, seg);
    if (child)
        arrives_at(act, child, seg, text, cookie);
    else
        listener_is_full(act, listener);
}

/* Whom it names will not believe a word of it. */
static void arrives_broken(struct act *act, unsigned host, const struct segment *seg)
{
    struct sock *sock = sock_of_connection(act->world, host, &seg->dst, &seg->src);
    if (!sock)
        sock = sock_of_listener(act->world, host, seg->dst.port);
    if (sock)
        arrives_at(act, sock, seg, NULL, 0);
    else
        to_nobody(act, host, seg);
}

static void arrives_whole(struct act *act, unsigned host, const struct segment *seg,
                          const uint8_t *text)
{
    struct sock *sock = sock_of_connection(act->world, host, &seg->dst, &seg->src);
    if (sock && is_plain_syn(seg) && gives_way(act, sock, seg))
        sock = NULL;
    struct sock *listener = sock ? NULL : sock_of_listener(act->world, host, seg->dst.port);
    const struct sock *full = sock ? shut_out_by(act->world, sock, seg) : NULL;
    if (full)
        listener_is_full(act, full);
    else if (sock)
        arrives_at(act, sock, seg, text, 0);
    else if (listener)
        arrives_at_listener(act, listener, seg, text);
    else
        to_nobody(act, host, seg);
}

bool host_arrives(struct act *act, unsigned host, const struct segment *seg, const uint8_t *text)
{
    bool broken = seg->corrupted && !host_at(act->world, host)->set.no_checksum;
    if (seg->protocol == SEGMENT_OF_UDP)
        return !broken && udp_arrives(act, host, seg, text);
    if (!addresses_can_be(seg))
        return false;
    if (broken)
        arrives_broken(act, host, seg);
    else
        arrives_whole(act, host, seg, text);
    return true;
}

void host_timeout(struct act *act, struct sock *sock)
{
    struct tcp_use use;
    tcp_use_begin(&use, act, sock);
    tcp_timeout(&sock->tcb, &use.ctx);
    tcp_use_end(&use);
    sock_settle(act, sock);
}
