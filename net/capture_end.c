/*
 * The two hosts of the model. Their sequence numbers are their own: what arrives is shifted, in
 * what it acknowledges, to them.
 */
#include "net/capture_replay_parts.h"

#include <stdlib.h>

enum {
    PORT_A = 40001,
    PORT_B = 8080,
    BUFFER = 1 << 29,
    SEND_MAX = 1 << 28,
    TEXT_MAX = 65495,   /* octets in a segment that a packet of IPv4 can carry */
    MADE_UP_MAX = 1024, /* segments in place of those that are missing */
    WINDOW_UNKNOWN = 65535
};

static const struct world_limits limits = { .hosts = 2,
                                            .sockets = 16,
                                            .segments = 64,
                                            .text_len = UINT16_MAX,
                                            .ranges = 512,
                                            .counted = true };

static struct replay_end *end_of(struct replay *run, unsigned host)
{
    return &run->end[host];
}

/* ---- what happens there */

static void forward(struct replay *run, const struct event *event)
{
    struct event copy = *event;
    if (run->silent)
        return;
    copy.lane = LANE_KERNEL;
    copy.usec = run->usec;
    copy.sock = (int32_t)run->flow->number;
    if (copy.kind != EV_SIGNAL)
        copy.u.state.source = BY_INFERENCE;
    emit(&run->sink, &copy);
}

static void take_vars(struct replay_end *end, const struct event *event)
{
    const struct tcp_vars *vars = &event->u.vars;
    if (event->sock != end->sock)
        return;
    if (vars->known & KNOWS_SEND) {
        if (!end->has_vars)
            end->queued = seq_add(vars->iss, 1);
        end->has_vars = true;
        end->iss = vars->iss;
        end->una = vars->una;
        end->nxt = vars->nxt;
    }
    if (vars->known & KNOWS_RECEIVE) {
        end->has_peer = true;
        end->rcv_nxt = vars->rcv_nxt;
    }
}

static void take_sent(struct replay *run, const struct event *event)
{
    if (run->id_count < REPLAY_IDS_MAX)
        run->ids[run->id_count++] = event->u.wire.id;
    if (!run->answered)
        run->answer = event->u.wire.seg;
    run->answered = true;
}

static void happened(void *to, const struct event *event)
{
    struct replay *run = to;
    struct replay_end *end = end_of(run, event->host == 1);
    if (event->kind == EV_SENT)
        take_sent(run, event);
    if (event->kind == EV_VARS)
        take_vars(end, event);
    if (event->kind == EV_SOCKET && event->u.socket.parent >= 0)
        end->sock = event->sock;
    if (event->kind == EV_STATE)
        end->state = (enum tcp_state)event->u.state.to;
    if (event->kind == EV_STATE || event->kind == EV_RULE)
        run->rule = event->u.state.rule;
    if (event->kind == EV_STATE || event->kind == EV_RULE || event->kind == EV_SIGNAL)
        forward(run, event);
}

/* What the model sends goes nowhere: the capture is the wire. */
static struct call_result apply(struct replay *run, const struct command *command)
{
    struct sink sink = { happened, run };
    struct call_result result = { .ret = -1 };
    run->answered = false;
    world_apply(run->world, command, &sink, &result, NULL);
    for (unsigned i = 0; i < run->id_count; i++) {
        struct command drop = { .kind = COMMAND_DROP, .id = run->ids[i] };
        world_apply(run->world, &drop, NULL, NULL, NULL);
    }
    run->id_count = 0;
    return result;
}

static struct call_result call(struct replay *run, unsigned host, const struct call *made)
{
    struct command command = { .kind = COMMAND_CALL, .host = host, .call = *made };
    return apply(run, &command);
}

static struct endpoint place_of(const struct replay *run, unsigned host)
{
    return (struct endpoint){ world_ip(run->world, host), host == 0 ? PORT_A : PORT_B };
}

/* ---- making them */

static void set(struct replay *run, unsigned host, const char *name, uint64_t value)
{
    for (uint32_t i = 0; i < tcp_setting_count; i++) {
        if (strcmp(tcp_settings[i].name, name) != 0)
            continue;
        struct command command = { .kind = COMMAND_SETTING, .host = host, .setting = i };
        command.value = value;
        world_apply(run->world, &command, NULL, NULL, NULL);
    }
}

/* Nothing of its own keeps a host from sending what its captured one has sent; options are those of
 * its SYN, and of a connection that was open before, any. */
static void settle(struct replay *run, unsigned host)
{
    static const struct {
        const char *name;
        uint64_t value;
    } settings[] = {
        { "snd_buffer", BUFFER },
        { "rcv_buffer", BUFFER },
        { "rcv_buffer_max", BUFFER },
        { "mss", TEXT_MAX },
        { "user_timeout_usec", 0 },
        { "user_timeout_syn_usec", 0 },
        { "nagle", 0 },
        { "congestion_control", 0 },
        { "ack_is_bounded", 0 },
        { "challenge_acks", 0 },
        { "window_is_buffer", 1 },
        { "drop_no_timestamp", 0 },
        { "quick_acks", UINT8_MAX },
    };
    const struct flow_side *side = &run->flow->side[host];
    bool known = side->saw_syn && side->options_known;
    unsigned has = known ? side->has : HAS_WSCALE | HAS_SACK_PERMITTED | HAS_TIMESTAMPS;
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        set(run, host, settings[i].name, settings[i].value);
    set(run, host, "window_scaling", (has & HAS_WSCALE) != 0);
    set(run, host, "sack", (has & HAS_SACK_PERMITTED) != 0);
    set(run, host, "timestamps", (has & HAS_TIMESTAMPS) != 0);
}

bool end_begin_world(struct replay *run)
{
    struct world_setup setup = { .limits = limits, .profile = profile_find("rfc"), .seed = 1 };
    void *block = malloc(world_size(&limits));
    if (!block)
        return false;
    run->world = world_create(block, &setup);
    for (unsigned host = 0; host < 2; host++) {
        settle(run, host);
        run->end[host].fd = run->end[host].listen_fd = run->end[host].sock = -1;
    }
    return true;
}

void end_end_world(struct replay *run)
{
    free(run->world);
}

static void bind_to(struct replay *run, unsigned host, int32_t fd)
{
    struct call bind = { .op = CALL_BIND, .fd = fd, .addr = place_of(run, host) };
    call(run, host, &bind);
}

static void do_listen(struct replay *run, unsigned host)
{
    struct call made = { .op = CALL_SOCKET };
    struct replay_end *end = end_of(run, host);
    end->listen_fd = call(run, host, &made).ret;
    bind_to(run, host, end->listen_fd);
    made = (struct call){ .op = CALL_LISTEN, .fd = end->listen_fd, .value = 8 };
    call(run, host, &made);
}

static void do_connect(struct replay *run, unsigned host)
{
    struct call made = { .op = CALL_SOCKET };
    struct replay_end *end = end_of(run, host);
    struct call_result made_one = call(run, host, &made);
    end->fd = made_one.ret;
    end->sock = made_one.sock;
    made = (struct call){ .op = CALL_FCNTL, .fd = end->fd, .flags = REQUEST_SETFL };
    made.value = FILE_NONBLOCK;
    call(run, host, &made);
    bind_to(run, host, end->fd);
    made = (struct call){ .op = CALL_CONNECT, .fd = end->fd, .addr = place_of(run, 1 - host) };
    call(run, host, &made);
}

void end_begin(struct replay *run, unsigned host)
{
    struct replay_end *end = end_of(run, host);
    end->runs = true;
    if (end->listens)
        do_listen(run, host);
}

/* ---- segments */

/* Of a side's number; a host without a connection has none to shift to. */
struct seq end_shift(const struct replay *run, unsigned host, struct seq number)
{
    const struct replay_end *end = &run->end[host];
    if (!end->has_vars)
        return number;
    return seq_add(number, end->iss.n - run->flow->side[host].base.n);
}

static void do_accept(struct replay *run, unsigned host)
{
    struct replay_end *end = end_of(run, host);
    struct call made = { .op = CALL_ACCEPT, .fd = end->listen_fd };
    if (end->fd >= 0 || end->listen_fd < 0 || end->state < ESTABLISHED)
        return;
    end->fd = call(run, host, &made).ret;
}

/* A program that has read all leaves no text behind for close() to reset the connection by. */
static void read_all(struct replay *run, unsigned host)
{
    struct call made = { .op = CALL_RECV, .fd = run->end[host].fd, .value = INT32_MAX };
    if (run->end[host].fd >= 0 && !run->end[host].uses_close)
        call(run, host, &made);
}

void end_arrive(struct replay *run, unsigned host, const struct segment *seg)
{
    struct segment here = *seg;
    struct command command = { .kind = COMMAND_ARRIVE, .host = host, .seg = &here };
    here.src = place_of(run, 1 - host);
    here.dst = place_of(run, host);
    here.corrupted = false;
    here.flags &= FIN | SYN | RST | PSH | ACK | URG;
    here.ack = end_shift(run, host, seg->ack);
    for (unsigned i = 0; i < here.sack_count; i++) {
        here.sack[i].start = end_shift(run, host, here.sack[i].start);
        here.sack[i].end = end_shift(run, host, here.sack[i].end);
    }
    run->rule = RULE_NONE;
    apply(run, &command);
    bool answered = run->answered;
    struct segment answer = run->answer;
    enum rule_id rule = run->rule;
    do_accept(run, host);
    read_all(run, host);
    run->answered = answered;
    run->answer = answer;
    run->rule = rule;
}

/* A segment that is not in the capture, from the other side; seq and ack are captured numbers. */
static void make_up(struct replay *run, unsigned host, unsigned flags, struct seq seq,
                    uint32_t text_len, struct seq ack)
{
    const struct flow_side *peer = &run->flow->side[1 - host];
    struct segment seg;
    segment_begin(&seg, seq, flags);
    memset(seg.sack, 0, sizeof seg.sack);
    seg.ack = ack;
    seg.wnd = WINDOW_UNKNOWN;
    seg.text_len = text_len;
    if (flags & SYN) {
        seg.has = peer->saw_syn ? peer->has : HAS_WSCALE | HAS_SACK_PERMITTED;
        seg.wscale = peer->saw_syn ? peer->wscale : WSCALE_MAX;
    }
    end_arrive(run, host, &seg);
}

void end_open_silently(struct replay *run)
{
    struct seq a = run->flow->side[0].base, b = run->flow->side[1].base;
    run->silent = true;
    end_of(run, 1)->listens = true;
    for (unsigned host = 0; host < 2; host++)
        end_begin(run, host);
    do_connect(run, 0);
    make_up(run, 1, SYN, a, 0, b);
    make_up(run, 0, SYN | ACK, b, 0, seq_add(a, 1));
    make_up(run, 1, ACK, seq_add(a, 1), 0, seq_add(b, 1));
    run->silent = false;
}

/* ---- calls */

void end_close_by_program(struct replay *run, unsigned host)
{
    struct call made = { .op = CALL_CLOSE, .fd = end_of(run, host)->fd };
    call(run, host, &made);
}

void end_lose(struct replay *run, unsigned host, const char *why)
{
    end_of(run, host)->runs = false;
    say(run, EV_DIFFERS, (int)host, N_("%s; what this end does from here on is not explained"),
        why);
}

/* Our own number that the captured host had been acknowledged by then: all but a FIN. */
static struct seq its_own(const struct replay *run, unsigned host)
{
    const struct replay_end *end = &run->end[host];
    struct seq all = end->fin_queued ? seq_add(end->nxt, (uint32_t)-1) : end->nxt;
    return seq_add(all, run->flow->side[host].base.n - end->iss.n);
}

/* All that a segment acknowledges, up to a FIN where one was seen. */
static void make_up_text(struct replay *run, const struct seen *seen)
{
    unsigned host = seen->from;
    struct replay_end *end = end_of(run, host);
    const struct flow_side *peer = &run->flow->side[1 - host];
    bool has_fin = peer->saw_fin && seen->ack >= peer->fin_end;
    struct seq text_end = has_fin ? seq_add(seen->seg.ack, (uint32_t)-1) : seen->seg.ack;
    struct seq before = seq_add(end->rcv_nxt, (uint32_t)-1);
    for (unsigned i = 0;
         i < MADE_UP_MAX && seq_gt(seen->seg.ack, end->rcv_nxt) && seq_gt(end->rcv_nxt, before);
         i++) {
        before = end->rcv_nxt;
        uint32_t missing = seq_from(end->rcv_nxt, text_end);
        uint32_t len = missing < TEXT_MAX ? missing : TEXT_MAX;
        unsigned fin = has_fin && len == missing ? FIN : 0;
        make_up(run, host, ACK | fin, end->rcv_nxt, len, its_own(run, host));
    }
}

/* What it acknowledges has come, be it in the capture or not. */
static void need_arrived(struct replay *run, const struct seen *seen)
{
    unsigned host = seen->from;
    struct replay_end *end = end_of(run, host);
    struct seq base = run->flow->side[1 - host].base;
    bool must_be_open = seen->seg.text_len > 0 || seg_has(&seen->seg, FIN);
    if (seen->ack < 0 || seg_has(&seen->seg, RST) || !end->has_vars)
        return;
    struct seq own = seq_add(run->flow->side[host].base, 1);
    if (end->state == SYN_SENT && !seg_has(&seen->seg, SYN)) {
        say(run, EV_SAY, (int)host, N_("The SYN,ACK that it got is not in the capture."));
        make_up(run, host, SYN | ACK, base, 0, own);
    } else if (end->state == SYN_RECEIVED && must_be_open) {
        say(run, EV_SAY, (int)host, N_("The ACK of its SYN is not in the capture."));
        make_up(run, host, ACK, end->rcv_nxt, 0, own);
    }
    bool has_none = end->state == CLOSED || end->state == LISTEN;
    if (has_none || !end->has_peer || !seq_gt(seen->seg.ack, end->rcv_nxt))
        return;
    uint32_t missing = seq_from(end->rcv_nxt, seen->seg.ack);
    say(run, EV_SAY, (int)host,
        missing == 1
            ? N_("It acknowledges %u octet of the other side (or a FIN) that the capture has "
                 "not shown to arrive.")
            : N_("It acknowledges %u octets of the other side (or a FIN) that the capture "
                 "has not shown to arrive."),
        missing);
    make_up_text(run, seen);
}

/* The model is not hindered by a silly window, only by the offered one. */
static void let_timers_run(struct replay *run, const struct replay_end *end, struct seq wanted)
{
    struct command step = { .kind = COMMAND_STEP };
    for (unsigned i = 0; i < TIMERS_MAX && seq_lt(end->nxt, wanted); i++) {
        run->silent = true;
        apply(run, &step);
        run->silent = false;
    }
}

/* Where nothing of the other side is in the capture, its ACKs are taken for granted. */
static void take_acks_for_granted(struct replay *run, unsigned host)
{
    const struct replay_end *end = &run->end[host];
    if (run->flow->side[1 - host].segments > 0 || !end->has_peer || end->state < ESTABLISHED)
        return;
    run->silent = true;
    make_up(run, host, ACK, end->rcv_nxt, 0, its_own(run, host));
    run->silent = false;
}

static void send_text(struct replay *run, const struct seen *seen)
{
    struct replay_end *end = end_of(run, seen->from);
    struct seq text_end = end_shift(run, seen->from, seq_add(seen->seg.seq, seen->seg.text_len));
    uint32_t len = seq_from(end->queued, text_end), unseen = len - seen->seg.text_len;
    if (!end->has_vars || seq_le(text_end, end->queued) || end->fin_queued)
        return;
    if (unseen > 0 && unseen <= SEND_MAX)
        say(run, EV_SAY, (int)seen->from,
            unseen == 1 ? N_("%u octet that it sent before is not in the capture so far.")
                        : N_("%u octets that it sent before are not in the capture so far."),
            unseen);
    struct call made = { .op = CALL_SEND, .fd = end->fd, .text_len = len };
    if (len > SEND_MAX || call(run, seen->from, &made).ret != (int32_t)len) {
        end_lose(run, seen->from, N_("It sends text where the model cannot"));
        return;
    }
    end->queued = text_end;
    let_timers_run(run, end, text_end);
    if (seq_lt(end->nxt, text_end))
        end_lose(run, seen->from, N_("It sends more than the window it was offered allows"));
}

static void send_fin(struct replay *run, const struct seen *seen)
{
    struct replay_end *end = end_of(run, seen->from);
    struct call made = { .op = CALL_SHUTDOWN, .fd = end->fd, .value = HOW_WR };
    if (!seg_has(&seen->seg, FIN) || end->fin_queued || !end->runs)
        return;
    struct seq at = end_shift(run, seen->from, seq_add(seen->seg.seq, seen->seg.text_len));
    if (!seq_eq(at, end->queued)) {
        end_lose(run, seen->from, N_("Its FIN is not behind the last of its text"));
        return;
    }
    if (end->uses_close)
        end_close_by_program(run, seen->from);
    else
        call(run, seen->from, &made);
    end->fin_queued = true;
    let_timers_run(run, end, seq_add(at, 1));
}

/* Is it what a host without the connection answers: SEQ=SEG.ACK and no ACK? RFC 9293, 3.10.7.1. */
static bool is_of_nobody(const struct replay *run, const struct seen *seen)
{
    const struct seen *before = seen;
    while (before > run->flow->seen && before->from == seen->from)
        before--;
    return !seg_has(&seen->seg, ACK) && before->from != seen->from && before->ack >= 0 &&
           seq_eq(seen->seg.seq, before->seg.ack);
}

/* A RST that the model does not send of itself is what the program asked for. */
static void send_rst(struct replay *run, const struct seen *seen)
{
    struct replay_end *end = end_of(run, seen->from);
    struct call made = { .op = CALL_SETSOCKOPT, .fd = end->fd, .option = OPTION_LINGER };
    if (end->state == CLOSED || end->state == LISTEN)
        return;
    for (unsigned i = 0; i < run->expected_count; i++) {
        if (run->expected[i].host == seen->from && run->expected[i].flags & RST)
            return;
    }
    if (seen->marks & MARK_FOREIGN) {
        say(run, EV_SAY, (int)seen->from,
            N_("It goes on after this RST: another has sent that in its name, or it is not of this "
               "connection."));
        return;
    }
    if (end->fd < 0 || (end->fin_queued && end->uses_close)) {
        end_lose(run, seen->from, N_("It sends a RST that nothing in the capture asks for"));
        return;
    }
    say(run, EV_SAY, (int)seen->from,
        N_("It aborts: its program closed with text unread (RFC 9293, 3.6.1), closed with "
           "SO_LINGER "
           "and a time of 0, or was ended; or %s."),
        is_of_nobody(run, seen)
            ? N_("its host has forgotten the connection, and answers what came last (3.10.7.1)")
            : N_("another rule made it send RST"));
    call(run, seen->from, &made);
    end_close_by_program(run, seen->from);
}

void end_calls(struct replay *run, const struct seen *seen)
{
    unsigned host = seen->from;
    struct replay_end *end = end_of(run, host);
    if (!end->runs || seen->marks & MARK_DUPLICATE)
        return;
    if (seg_has(&seen->seg, SYN) && !seg_has(&seen->seg, ACK) && end->fd < 0 && !end->listens)
        do_connect(run, host);
    take_acks_for_granted(run, host);
    need_arrived(run, seen);
    if (!end->runs)
        return;
    if (seg_has(&seen->seg, RST)) {
        send_rst(run, seen);
        return;
    }
    if (end->state == CLOSED && seen->end > seen->start && !(seen->marks & MARK_AGAIN))
        end_lose(run, host, N_("It sends where it has no connection"));
    else if (!seg_has(&seen->seg, SYN))
        send_text(run, seen);
    send_fin(run, seen);
}
