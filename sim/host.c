/*
 * A model host: which socket a segment belongs to, when its timers run out, and who still needs
 * a socket's memory.
 */
#include "sim/world_parts.h"

#include "sim/isn.h"

#include <errno.h>
#include <string.h>

int32_t host_of_address(const struct world *world, const struct ip *ip)
{
    for (unsigned i = 0; i < world->limits.hosts; i++) {
        struct ip its = world_address(i);
        if (ip_eq(&its, ip))
            return (int32_t)i;
    }
    return -1;
}

void emit_socket(struct act *act, const struct sock *sock)
{
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
    for (uint32_t i = 0; i < act->world->limits.sockets; i++) {
        struct sock *sock = sock_at(act->world, i);
        if (sock->id != 0)
            continue;
        *sock = (struct sock){
            .id = ++act->world->last_sock_id, .fd = -1, .parent = NO_SOCKET, .host = (uint8_t)host
        };
        tcb_init(&sock->tcb);
        return sock;
    }
    return NULL;
}

void sock_free(struct sock *sock)
{
    sock->id = 0;
}

bool sock_waits_for_accept(const struct sock *sock, const struct sock *listener)
{
    return sock->id != 0 && sock->parent == listener->id && sock->host == listener->host &&
           !sock->accepted && sock->opened != 0;
}

void sock_settle(struct sock *sock)
{
    bool with_listener = sock->parent != NO_SOCKET && !sock->accepted;
    enum tcp_state state = sock->tcb.state;
    if (sock->id == 0 || sock->fd >= 0)
        return;
    /* back in LISTEN it is one with the listener it came from; a connection that ended in the
     * accept queue still waits there to be told of */
    bool waits = with_listener && sock->opened != 0;
    if ((state == LISTEN && with_listener) || (state == CLOSED && !waits))
        sock_free(sock);
}

static void send_for(void *to, const struct segment *seg, const uint8_t *text, bool again)
{
    struct tcp_use *use = to;
    wire_send(use->act, use->ctx.host, seg, text, again);
}

/* The host's secret for initial sequence numbers, from the world's seed. */
static void isn_key(const struct world *world, unsigned host, uint64_t key[2])
{
    uint64_t seed[2] = { world->seed, host };
    const uint8_t name[2] = { 'a', 'b' };
    key[0] = siphash(seed, name, 1);
    key[1] = siphash(seed, name + 1, 1);
}

static void fill_ctx(struct tcp_use *use, unsigned host, int32_t sock)
{
    struct world *world = use->act->world;
    const struct settings *set = &tcp_profiles[world->profile].set;
    uint16_t carried = world->limits.text_len;
    use->ctx = (struct tcp_ctx){ .set = set,
                                 .sink = use->act->sink,
                                 .now_usec = world->now_usec,
                                 .host = (int8_t)host,
                                 .sock = sock,
                                 .mss_max = set->mss < carried ? set->mss : carried,
                                 .scratch = sending_space(world),
                                 .send = send_for,
                                 .send_to = use };
    isn_key(world, host, use->ctx.isn_key);
}

void tcp_use_begin(struct tcp_use *use, struct act *act, struct sock *sock)
{
    *use = (struct tcp_use){ .act = act, .sock = sock, .before = tcp_status(&sock->tcb) };
    fill_ctx(use, sock->host, sock->id);
    uint32_t index = sock_index(act->world, sock);
    use->ctx.snd_space = snd_space(act->world, index);
    use->ctx.snd_space_len = act->world->limits.snd_space_len;
    use->ctx.rcv_space = rcv_space(act->world, index);
    use->ctx.rcv_space_len = act->world->limits.rcv_space_len;
    use->ctx.snd_limit = use->ctx.snd_space_len;
    use->ctx.rcv_limit = use->ctx.rcv_space_len;
}

static bool same_vars(const struct tcp_vars *a, const struct tcp_vars *b)
{
    return a->known == b->known && seq_eq(a->iss, b->iss) && seq_eq(a->una, b->una) &&
           seq_eq(a->nxt, b->nxt) && seq_eq(a->irs, b->irs) && seq_eq(a->rcv_nxt, b->rcv_nxt) &&
           a->snd_wnd == b->snd_wnd && a->rcv_wnd == b->rcv_wnd && a->unsent == b->unsent &&
           a->unread == b->unread && a->rto_usec == b->rto_usec;
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
static int32_t reset_err(const struct sock *sock)
{
    if (!sock->opened)
        return ECONNREFUSED;
    return sock_at_end(sock) ? EPIPE : ECONNRESET;
}

/* What a socket learns from its TCP: that it is open, or why it is not. */
static void learn(struct act *act, struct sock *sock)
{
    enum tcp_state state = sock->tcb.state;
    if (state >= ESTABLISHED && sock->opened == 0)
        sock->opened = ++act->world->last_opened;
    if (state != CLOSED || sock->pending_err != 0)
        return;
    if (was_told(sock, NOTICE_USER_TIMEOUT))
        sock->pending_err = ETIMEDOUT;
    else if (was_told(sock, NOTICE_CONNECTION_REFUSED))
        sock->pending_err = ECONNREFUSED;
    else if (was_told(sock, NOTICE_CONNECTION_RESET))
        sock->pending_err = reset_err(sock);
    sock->tcb.notices &= 1u << NOTICE_CONNECTION_CLOSING;
}

void tcp_use_end(struct tcp_use *use)
{
    struct sock *sock = use->sock;
    struct tcp_vars after = tcp_status(&sock->tcb);
    learn(use->act, sock);
    if (same_vars(&use->before, &after) || after.known == 0)
        return;
    struct event event = world_event(use->act, EV_VARS, sock->host, sock->id);
    event.u.vars = after;
    emit(use->act->sink, &event);
}

static struct sock *connection_of(const struct world *world, unsigned host,
                                  const struct segment *seg)
{
    for (uint32_t i = 0; i < world->limits.sockets; i++) {
        struct sock *sock = sock_at(world, i);
        if (sock->id == 0 || sock->host != host || sock->tcb.state == CLOSED ||
            sock->tcb.state == LISTEN)
            continue;
        if (endpoint_eq(&sock->tcb.local, &seg->dst) && endpoint_eq(&sock->tcb.remote, &seg->src))
            return sock;
    }
    return NULL;
}

static struct sock *listener_of(const struct world *world, unsigned host, const struct segment *seg)
{
    for (uint32_t i = 0; i < world->limits.sockets; i++) {
        struct sock *sock = sock_at(world, i);
        if (sock->id != 0 && sock->host == host && sock->listening && sock->tcb.state == LISTEN &&
            sock->tcb.local.port == seg->dst.port)
            return sock;
    }
    return NULL;
}

static unsigned waiting(const struct world *world, const struct sock *listener)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < world->limits.sockets; i++)
        count += sock_waits_for_accept(sock_at(world, i), listener);
    return count;
}

/* A SYN to a listening socket opens a connection of its own, as if the passive OPEN had been
 * given again for it; the listener goes on listening (MUST-41, MUST-42). */
static struct sock *child_of(struct act *act, const struct sock *listener,
                             const struct segment *seg)
{
    if (waiting(act->world, listener) > (unsigned)listener->backlog)
        return NULL;
    struct sock *child = sock_new(act, listener->host);
    if (!child)
        return NULL;
    child->parent = listener->id;
    child->reuse = listener->reuse;
    child->linger_0 = listener->linger_0;
    child->tcb = listener->tcb;
    child->tcb.local = seg->dst;
    child->tcb.remote = seg->src;
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
    for (uint32_t i = 0; i < world->limits.sockets; i++) {
        const struct sock *sock = sock_at(world, i);
        if (sock->id == child->parent && sock->host == child->host)
            return waiting(world, sock) > (unsigned)sock->backlog ? sock : NULL;
    }
    return NULL;
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

static void arrives_at(struct act *act, struct sock *sock, const struct segment *seg,
                       const uint8_t *text)
{
    struct tcp_use use;
    tcp_use_begin(&use, act, sock);
    use.ctx.text = text;
    tcp_segment_arrives(&sock->tcb, seg, &use.ctx);
    tcp_use_end(&use);
    sock_settle(sock);
}

static void listener_is_full(struct act *act, const struct sock *listener)
{
    struct event event = world_event(act, EV_RULE, listener->host, listener->id);
    event.u.state.rule = LISTEN_IS_FULL;
    event.u.state.from = event.u.state.to = LISTEN;
    emit(act->sink, &event);
}

void host_arrives(struct act *act, unsigned host, const struct segment *seg, const uint8_t *text)
{
    struct sock *sock = connection_of(act->world, host, seg);
    struct sock *listener = sock ? NULL : listener_of(act->world, host, seg);
    const struct sock *full = sock ? shut_out_by(act->world, sock, seg) : NULL;
    if (listener)
        sock = is_plain_syn(seg) ? child_of(act, listener, seg) : listener;
    if (full)
        listener_is_full(act, full);
    else if (sock)
        arrives_at(act, sock, seg, text);
    else if (listener)
        listener_is_full(act, listener);
    else
        to_nobody(act, host, seg);
}

struct sock *host_first_timer(const struct world *world)
{
    struct sock *first = NULL;
    for (uint32_t i = 0; i < world->limits.sockets; i++) {
        struct sock *sock = sock_at(world, i);
        if (sock->id == 0 || tcp_deadline(&sock->tcb) == NO_DEADLINE)
            continue;
        uint64_t due = tcp_deadline(&sock->tcb);
        uint64_t first_due = first ? tcp_deadline(&first->tcb) : NO_DEADLINE;
        if (due < first_due || (due == first_due && sock->id < first->id))
            first = sock;
    }
    return first;
}

void host_timeout(struct act *act, struct sock *sock)
{
    struct tcp_use use;
    tcp_use_begin(&use, act, sock);
    tcp_timeout(&sock->tcb, &use.ctx);
    tcp_use_end(&use);
    sock_settle(sock);
}
