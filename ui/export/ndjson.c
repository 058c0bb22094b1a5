/*
 * One JSON object a line, written by jansson. Names are as in the RFC, numbers as on the wire:
 * sequence numbers raw, times in microseconds.
 */
#include "ui/export/ndjson.h"

#include "ui/escape.h"
#include "ui/words.h"

#include <jansson.h>

static void put_string(json_t *to, const char *key, const char *value)
{
    json_object_set_new(to, key, json_string(value));
}

static void put_number(json_t *to, const char *key, uint64_t value)
{
    json_object_set_new(to, key, json_integer((json_int_t)value));
}

static void put_signed(json_t *to, const char *key, int64_t value)
{
    json_object_set_new(to, key, json_integer(value));
}

static void put_bool(json_t *to, const char *key, bool value)
{
    json_object_set_new(to, key, json_boolean(value));
}

static void put_endpoint(json_t *to, const char *key, const struct endpoint *at)
{
    char text[ENDPOINT_TEXT_MAX];
    put_string(to, key, endpoint_text(at, text, sizeof text));
}

static bool is_utf8(const uint8_t *octets, size_t len)
{
    uint32_t code;
    for (size_t i = 0; i < len;) {
        size_t taken = utf8_decode(octets + i, len - i, &code);
        if (taken == 0)
            return false;
        i += taken;
    }
    return true;
}

/* "text" where the octets are UTF-8, else "hex". */
static void put_octets(json_t *to, const struct event *event)
{
    static const char digits[] = "0123456789abcdef";
    if (event->text_len == 0)
        return;
    if (is_utf8(event->text, event->text_len)) {
        json_object_set_new(to, "text", json_stringn((const char *)event->text, event->text_len));
        return;
    }
    char *hex = malloc(2 * (size_t)event->text_len + 1);
    for (uint32_t i = 0; hex && i < event->text_len; i++) {
        hex[2 * i] = digits[event->text[i] >> 4];
        hex[2 * i + 1] = digits[event->text[i] & 15];
    }
    if (hex)
        json_object_set_new(to, "hex", json_stringn(hex, 2 * (size_t)event->text_len));
    free(hex);
}

/* Pairs of a start and the end behind it. */
static void put_blocks(json_t *to, const char *key, const struct sack_block *blocks, uint32_t count)
{
    json_t *pairs = count > 0 ? json_array() : NULL;
    for (uint32_t i = 0; i < count; i++)
        json_array_append_new(
            pairs, json_pack("[I, I]", (json_int_t)blocks[i].start.n, (json_int_t)blocks[i].end.n));
    if (pairs)
        json_object_set_new(to, key, pairs);
}

static void put_options(json_t *to, const struct segment *seg)
{
    if (seg->mss)
        put_number(to, "mss", seg->mss);
    if (seg->has & HAS_WSCALE)
        put_number(to, "wscale", seg->wscale);
    if (seg->has & HAS_SACK_PERMITTED)
        json_object_set_new(to, "sack_permitted", json_true());
    if (seg->has & HAS_TIMESTAMPS) {
        put_number(to, "ts_val", seg->ts_val);
        put_number(to, "ts_ecr", seg->ts_ecr);
    }
    put_blocks(to, "sack", seg->sack, seg->sack_count);
}

static void put_segment(json_t *to, const struct segment *seg)
{
    char flags[FLAGS_TEXT_MAX];
    put_endpoint(to, "src", &seg->src);
    put_endpoint(to, "dst", &seg->dst);
    if (seg->protocol == SEGMENT_OF_UDP)
        put_string(to, "protocol", "UDP");
    put_string(to, "flags", flags_text(seg->flags, flags, sizeof flags));
    put_number(to, "seq", seg->seq.n);
    if (seg_has(seg, ACK))
        put_number(to, "ack", seg->ack.n);
    put_number(to, "wnd", seg->wnd);
    if (seg_has(seg, URG))
        put_number(to, "urgent", seg->urgent);
    put_options(to, seg);
    put_number(to, "len", seg->text_len);
    if (seg->corrupted)
        json_object_set_new(to, "corrupted", json_true());
}

static void put_call(json_t *to, const struct event *event)
{
    const struct call *call = &event->u.call;
    char flags[96];
    put_string(to, "call", call_name(call->op));
    if (call->op == CALL_SOCKET && call->value == TYPE_DATAGRAM)
        put_string(to, "type", "SOCK_DGRAM");
    if (call->op != CALL_SOCKET)
        put_signed(to, "fd", call->fd);
    if (call->op == CALL_BIND || call->op == CALL_CONNECT || call->op == CALL_SENDTO)
        put_endpoint(to, "addr", &call->addr);
    if (call->option != OPTION_NONE)
        put_string(to, "option", option_name(call->option));
    if (call->op == CALL_FCNTL || call->op == CALL_IOCTL)
        put_string(to, "request", request_name(call->flags));
    else if (call->flags)
        put_string(to, "flags", message_flags_text(call->flags, flags, sizeof flags));
    if (call->op == CALL_LISTEN || call->op == CALL_RECV || call->op == CALL_RECVFROM ||
        call->op == CALL_SHUTDOWN || call->op == CALL_SETSOCKOPT)
        put_signed(to, "value", call->value);
}

static void put_return(json_t *to, const struct event *event)
{
    const struct call_result *result = &event->u.done.result;
    char name[16];
    put_string(to, "call", call_name(event->u.done.op));
    if (event->u.done.op != CALL_SOCKET)
        put_signed(to, "fd", event->u.done.fd);
    put_signed(to, "ret", result->ret);
    if (event->u.done.option != OPTION_NONE)
        put_string(to, "option", option_name(event->u.done.option));
    if (result->err)
        put_string(to, "errno", errno_name(result->err, name, sizeof name));
    if (event->u.done.op == CALL_GETSOCKNAME && result->ret >= 0)
        put_endpoint(to, "local", &result->peer);
    if ((event->u.done.op == CALL_ACCEPT || event->u.done.op == CALL_GETPEERNAME ||
         event->u.done.op == CALL_RECVFROM) &&
        result->ret >= 0 && result->peer.port != 0)
        put_endpoint(to, "peer", &result->peer);
}

static void put_socket(json_t *to, const struct event *event)
{
    put_signed(to, "fd", event->u.socket.fd);
    if (event->u.socket.parent >= 0)
        put_signed(to, "parent", event->u.socket.parent);
    put_endpoint(to, "local", &event->u.socket.local);
    put_endpoint(to, "remote", &event->u.socket.remote);
    put_string(to, "name", event->u.socket.name);
}

static void put_state(json_t *to, const struct event *event)
{
    char where[48];
    if (!event->u.state.first)
        put_string(to, "from", state_name((enum tcp_state)event->u.state.from));
    put_string(to, "to", state_name((enum tcp_state)event->u.state.to));
    put_string(to, "by", source_name((enum state_source)event->u.state.source));
    if (event->u.state.rule == RULE_NONE)
        return;
    put_string(to, "rule", tcp_rules[event->u.state.rule].name);
    put_string(to, "section", words_section(event->u.state.rule, where, sizeof where));
}

static void put_congestion(json_t *to, const struct tcp_vars *vars)
{
    if (vars->srtt_usec > 0) {
        put_number(to, "srtt_us", vars->srtt_usec);
        put_number(to, "rttvar_us", vars->rttvar_usec);
    }
    put_number(to, "cwnd", vars->cwnd);
    if (vars->ssthresh != UINT32_MAX)
        put_number(to, "ssthresh", vars->ssthresh);
    put_number(to, "mss", vars->mss);
    put_number(to, "resent", vars->resent);
}

static void put_vars(json_t *to, const struct tcp_vars *vars)
{
    if (vars->known & KNOWS_SEND) {
        put_number(to, "iss", vars->iss.n);
        put_number(to, "snd_una", vars->una.n);
        put_number(to, "snd_nxt", vars->nxt.n);
    }
    if (vars->known & KNOWS_RECEIVE) {
        put_number(to, "irs", vars->irs.n);
        put_number(to, "rcv_nxt", vars->rcv_nxt.n);
    }
    if (vars->known & KNOWS_WINDOWS) {
        put_number(to, "snd_wnd", vars->snd_wnd);
        put_number(to, "rcv_wnd", vars->rcv_wnd);
    }
    if (vars->known & KNOWS_RTO)
        put_number(to, "rto_us", vars->rto_usec);
    if (vars->known & KNOWS_CONGESTION)
        put_congestion(to, vars);
    if (vars->known & KNOWS_QUEUES) {
        put_number(to, "unsent", vars->unsent);
        put_number(to, "unread", vars->unread);
    }
    if (vars->known & KNOWS_BEYOND)
        put_blocks(to, "beyond", vars->beyond,
                   vars->beyond_count < SACK_BLOCKS_MAX ? vars->beyond_count : SACK_BLOCKS_MAX);
}

static void put_next(json_t *to, const struct event *event)
{
    static const char *const names[] = { "nothing", "call", "deliver", "timer", "line", "wait" };
    put_string(to, "what", names[event->u.next.what]);
    if (event->u.next.what == NEXT_DELIVER) {
        put_number(to, "id", event->u.next.id);
        put_segment(to, &event->u.next.seg);
    }
    if (event->u.next.what == NEXT_TIMER)
        put_string(to, "timer", timer_name((enum timer_id)event->u.next.timer));
    if (event->u.next.what == NEXT_DELIVER || event->u.next.what == NEXT_TIMER)
        put_number(to, "at", event->u.next.at_usec);
}

static void put_wire(json_t *to, const struct event *event)
{
    put_number(to, "id", event->u.wire.id);
    if (event->kind == EV_DUPLICATED)
        put_number(to, "of", event->u.wire.of);
    if (event->kind == EV_SENT)
        put_bool(to, "again", event->u.wire.again);
    if (event->cause != CAUSE_NONE)
        put_string(to, "cause", cause_name((enum wire_cause)event->cause));
    put_segment(to, &event->u.wire.seg);
}

static void put_timer(json_t *to, const struct event *event)
{
    put_string(to, "timer", timer_name((enum timer_id)event->u.timer.timer));
    put_string(to, "change", timer_change_name((enum timer_change)event->u.timer.change));
    if (event->u.timer.change == TIMER_ARMED)
        put_number(to, "at", event->u.timer.at_usec);
}

static void put_particulars(json_t *to, const struct event *event)
{
    switch ((enum event_kind)event->kind) {
    case EV_CALL:
        put_call(to, event);
        break;
    case EV_RETURN:
        put_return(to, event);
        break;
    case EV_SOCKET:
        put_socket(to, event);
        break;
    case EV_STATE:
    case EV_RULE:
        put_state(to, event);
        break;
    case EV_SENT:
    case EV_DELIVERED:
    case EV_DROPPED:
    case EV_DUPLICATED:
    case EV_HELD:
    case EV_RELEASED:
    case EV_CORRUPTED:
        put_wire(to, event);
        break;
    case EV_TIMER:
        put_timer(to, event);
        break;
    case EV_SIGNAL:
        put_string(to, "signal", tcp_notice_words(event->u.notice));
        break;
    case EV_VARS:
        put_vars(to, &event->u.vars);
        break;
    case EV_EXPECT:
        put_number(to, "line", event->u.expect.line);
        put_bool(to, "holds", event->u.expect.holds);
        break;
    case EV_NEXT:
        put_next(to, event);
        break;
    case EV_DIFFERS:
        if (event->u.differs.at[LANE_MODEL] >= 0)
            put_number(to, "model", (uint64_t)event->u.differs.at[LANE_MODEL]);
        if (event->u.differs.at[LANE_KERNEL] >= 0)
            put_number(to, "kernel", (uint64_t)event->u.differs.at[LANE_KERNEL]);
        break;
    case EV_SAY:
    case EVENT_KIND_COUNT:
        break;
    }
}

/* Characters that a terminal would act on are written as \\u escapes, and then all others too. */
static bool is_fit_for_terminal(const struct event *event)
{
    uint32_t code;
    for (size_t i = 0; event && i < event->text_len;) {
        size_t taken = utf8_decode(event->text + i, event->text_len - i, &code);
        if (taken == 0)
            return true; /* hex, then */
        if (!is_printable(code) && code >= 0x20)
            return false;
        i += taken;
    }
    return true;
}

static bool write_line(json_t *line, const struct event *event, FILE *to)
{
    size_t flags = JSON_COMPACT | (is_fit_for_terminal(event) ? 0 : JSON_ENSURE_ASCII);
    bool good = line && json_dumpf(line, to, flags) == 0 && fputc('\n', to) != EOF;
    json_decref(line);
    return good;
}

static json_t *variants_of(const struct profile *profile)
{
    json_t *names = json_array();
    for (size_t i = 0; i < tcp_variant_count; i++) {
        if (profile->variants & 1u << i)
            json_array_append_new(names, json_string(tcp_variants[i].name));
    }
    return names;
}

/* Each lane that runs: whether its wire is in hand, and what its hosts are. */
static json_t *lanes_of(const struct trace *trace)
{
    json_t *lanes = json_array();
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        if (!trace->on[i])
            continue;
        json_t *lane = json_object(), *hosts = json_object();
        put_string(lane, "lane", lane_name((enum lane_id)i));
        put_bool(lane, "wire_in_hand", trace->in_hand[i]);
        for (unsigned h = 0; h < LAB_HOSTS_MAX; h++) {
            char letter[2] = { host_letter((int)h), '\0' };
            put_string(hosts, letter, trace_kind(trace, (enum lane_id)i, h));
        }
        json_object_set_new(lane, "hosts", hosts);
        json_array_append_new(lanes, lane);
    }
    return lanes;
}

bool ndjson_head(const char *lab, const char *lanes, const struct profile *profile, uint64_t seed,
                 const struct trace *trace, FILE *to)
{
    json_t *line = json_object();
    put_string(line, "kind", "run");
    put_number(line, "format", 1);
    put_string(line, "lab", lab);
    put_string(line, "on", lanes);
    if (trace)
        json_object_set_new(line, "lanes", lanes_of(trace));
    put_string(line, "profile", profile->name);
    if (profile->variants)
        json_object_set_new(line, "not_tcp", variants_of(profile));
    put_number(line, "seed", seed);
    return write_line(line, NULL, to);
}

bool ndjson_write(struct ndjson *out, const struct trace *trace, FILE *to)
{
    for (; out->written < trace->count; out->written++) {
        const struct event *event = &trace->events[out->written];
        json_t *line = json_object();
        put_number(line, "step", event->step);
        put_number(line, "t", event->usec);
        put_string(line, "lane", lane_name((enum lane_id)event->lane));
        if (event->host >= 0) {
            char host[2] = { host_letter(event->host), '\0' };
            put_string(line, "host", host);
        }
        if (event->sock >= 0)
            put_signed(line, "sock", event->sock);
        put_string(line, "kind", event_kind_name((enum event_kind)event->kind));
        put_particulars(line, event);
        put_octets(line, event);
        if (!write_line(line, event, to))
            return false;
    }
    return true;
}
