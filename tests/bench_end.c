/*
 * One end of the bench: lends its TCB what a host would, and writes down what happens.
 *
 * Each end has a clock of its own, which is set while its TCB stands for no connection so that the
 * ISN it will choose is the one the trace asks for.
 */
#include "sim/isn.h"
#include "tests/bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const uint64_t isn_key[2] = { 1, 2 };

static char letter(const struct bench_end *end)
{
    return end == &end->bench->end[0] ? 'A' : 'B';
}

static struct bench_end *other(struct bench_end *end)
{
    return end == &end->bench->end[0] ? &end->bench->end[1] : &end->bench->end[0];
}

static void show_state(struct bench_end *end, const struct event *event)
{
    const char *rule = tcp_rules[event->u.state.rule].name;
    const char *from = state_name((enum tcp_state)event->u.state.from);
    const char *to = state_name((enum tcp_state)event->u.state.to);
    end->bench->seen[event->u.state.rule] |= (uint16_t)(1u << event->u.state.from);
    if (event->kind == EV_STATE)
        bench_show(end->bench, SHOW_STATES, "%c %s -> %s  %s", letter(end), from, to, rule);
    else
        bench_show(end->bench, SHOW_RULES, "%c %s  %s", letter(end), from, rule);
}

static void show_timer(struct bench_end *end, const struct event *event)
{
    const char *name = timer_name((enum timer_id)event->u.timer.timer);
    uint64_t usec = event->u.timer.at_usec - event->usec;
    if (event->u.timer.change == TIMER_ARMED && usec % 1000000 == 0)
        bench_show(end->bench, SHOW_TIMERS, "%c arms %s for %" PRIu64 " s", letter(end), name,
                   usec / 1000000);
    else if (event->u.timer.change == TIMER_ARMED)
        bench_show(end->bench, SHOW_TIMERS, "%c arms %s for %" PRIu64 " us", letter(end), name,
                   usec);
    else if (event->u.timer.change == TIMER_STOPPED)
        bench_show(end->bench, SHOW_TIMERS, "%c stops %s", letter(end), name);
    else
        bench_show(end->bench, SHOW_TIMERS, "%c runs out %s", letter(end), name);
}

static void happened(void *to, const struct event *event)
{
    struct bench_end *end = to;
    if (event->kind == EV_STATE || event->kind == EV_RULE)
        show_state(end, event);
    else if (event->kind == EV_TIMER)
        show_timer(end, event);
    else if (event->kind == EV_SIGNAL)
        bench_show(end->bench, SHOW_TOLD, "%c told \"%s\"", letter(end),
                   tcp_notice_words(event->u.notice));
}

static void into_air(struct bench *bench, const struct bench_end *end, const struct segment *seg,
                     const uint8_t *text)
{
    for (unsigned i = 0; i < BENCH_AIR; i++) {
        struct bench_segment *place = &bench->air[i];
        if (place->in_air)
            continue;
        place->in_air = true;
        place->from = (uint8_t)(end - bench->end);
        place->order = ++bench->sent;
        place->seg = *seg;
        if (seg->text_len > 0)
            memcpy(place->text, text, seg->text_len);
        return;
    }
    bench_fail(bench, "too many segments in the air", "");
}

static void sent(void *to, const struct segment *seg, const uint8_t *text, bool again)
{
    struct bench_end *end = to;
    char line[NOTATION_LINE];
    if (seg->text_len > NOTATION_OCTETS || !endpoint_eq(&seg->src, &end->at) ||
        !endpoint_eq(&seg->dst, &other(end)->at))
        bench_fail(end->bench, "sent with wrong ends or too much text",
                   notation_write(seg, text, line, sizeof line));
    if (seg->has & HAS_TIMESTAMPS)
        end->ts = seg->ts_val;
    bench_show(end->bench, SHOW_SEGMENTS, "%c > %c %s%s", letter(end), letter(other(end)),
               again ? "again " : "", notation_write(seg, text, line, sizeof line));
    if (end->bench->pair)
        into_air(end->bench, end, seg, text);
}

/* While no connection is there no timer runs, and the clock can be set. */
static void set_clock(struct bench_end *end)
{
    if (end->tcb.state != CLOSED && end->tcb.state != LISTEN)
        return;
    struct seq at_0 = isn_choose(isn_key, &end->at, &other(end)->at, 0);
    uint64_t clock = (uint64_t)seq_from(at_0, seq_of(end->iss)) * 4;
    end->clock_usec = clock - end->bench->now_usec;
}

static struct tcp_ctx context(struct bench_end *end, const struct sink *sink)
{
    set_clock(end);
    return (struct tcp_ctx){ .set = &end->bench->set,
                             .sink = sink,
                             .now_usec = end->bench->now_usec + end->clock_usec,
                             .isn_key = { isn_key[0], isn_key[1] },
                             .host = (int8_t)(end - end->bench->end),
                             .sock = 1,
                             .mss_max = end->mss,
                             .snd_space = end->snd_space,
                             .rcv_space = end->rcv_space,
                             .snd_space_len = end->snd_space_len,
                             .rcv_space_len = end->rcv_space_len,
                             .snd_limit = end->snd_space_len,
                             .rcv_limit = end->rcv_space_len,
                             .rcv_most = end->bench->set.rcv_buffer_max,
                             .ranges = { end->ranges, &end->free_range },
                             .challenges = &end->challenges,
                             .syn_queue_full = end->syn_queue_full,
                             .cookie_mss = end->cookie_mss,
                             .scratch = end->scratch,
                             .send = sent,
                             .send_to = end };
}

static void answered(struct bench_end *end, enum tcp_error error)
{
    if (error != TCP_OK)
        bench_show(end->bench, SHOW_CALLS, "%c answers %s", letter(end), tcp_error_words(error));
}

void end_open(struct bench_end *end, bool active, bool to_nobody)
{
    const struct sink sink = { .emit = happened, .to = end };
    struct tcp_ctx ctx = context(end, &sink);
    end->tcb.local = end->at;
    end->tcb.remote = active && !to_nobody ? other(end)->at : (struct endpoint){ .port = 0 };
    answered(end, tcp_open(&end->tcb, active, &ctx));
}

void end_send(struct bench_end *end, const uint8_t *octets, uint32_t len, unsigned flags)
{
    const struct sink sink = { .emit = happened, .to = end };
    struct tcp_ctx ctx = context(end, &sink);
    uint32_t taken;
    if (end->tcb.state == LISTEN)
        end->tcb.remote = other(end)->at;
    enum tcp_error error = tcp_send(&end->tcb, octets, len, flags, &taken, &ctx);
    if (error == TCP_OK && taken < len)
        bench_show(end->bench, SHOW_CALLS, "%c takes %" PRIu32, letter(end), taken);
    answered(end, error);
}

void end_options_changed(struct bench_end *end)
{
    const struct sink sink = { .emit = happened, .to = end };
    struct tcp_ctx ctx = context(end, &sink);
    tcp_options_changed(&end->tcb, &ctx);
}

void end_receive(struct bench_end *end, uint32_t len)
{
    const struct sink sink = { .emit = happened, .to = end };
    struct tcp_ctx ctx = context(end, &sink);
    uint8_t octets[BENCH_SPACE];
    char line[80];
    uint32_t got;
    enum tcp_error error = tcp_receive(&end->tcb, octets, len, &got, &ctx);
    if (error == TCP_OK)
        bench_show(end->bench, SHOW_CALLS, "%c receives %s", letter(end),
                   notation_write_octets(octets, got, line, sizeof line));
    answered(end, error);
}

void end_close(struct bench_end *end, bool both)
{
    const struct sink sink = { .emit = happened, .to = end };
    struct tcp_ctx ctx = context(end, &sink);
    answered(end, both ? tcp_close_both(&end->tcb, &ctx) : tcp_close(&end->tcb, &ctx));
}

void end_abort(struct bench_end *end)
{
    const struct sink sink = { .emit = happened, .to = end };
    struct tcp_ctx ctx = context(end, &sink);
    answered(end, tcp_abort(&end->tcb, &ctx));
}

void end_ranges(struct bench_end *end, uint32_t count)
{
    struct range_pool pool = { end->ranges, &end->free_range };
    ranges_init(&pool, count < BENCH_RANGES ? count : BENCH_RANGES);
}

void end_reboot(struct bench_end *end)
{
    tcb_init(&end->tcb);
}

void end_arrives(struct bench_end *end, const struct segment *seg, const uint8_t *text)
{
    const struct sink sink = { .emit = happened, .to = end };
    struct tcp_ctx ctx = context(end, &sink);
    struct segment arrives = *seg;
    arrives.src = other(end)->at;
    arrives.dst = end->at;
    ctx.text = text;
    if (end->tcb.state == CLOSED || end->tcb.state == LISTEN) {
        end->tcb.local = arrives.dst;
        end->tcb.remote = arrives.src;
    }
    if (end->serves && tcp_gives_way(&end->tcb, &arrives, &ctx)) {
        end_open(end, false, false);
        end_arrives(end, seg, text);
        return;
    }
    tcp_segment_arrives(&end->tcb, &arrives, &ctx);
}

void end_timer(struct bench_end *end)
{
    const struct sink sink = { .emit = happened, .to = end };
    struct tcp_ctx ctx = context(end, &sink);
    tcp_timeout(&end->tcb, &ctx);
}

uint64_t end_deadline(const struct bench_end *end)
{
    uint64_t deadline = tcp_deadline(&end->tcb);
    return deadline == UINT64_MAX ? UINT64_MAX : deadline - end->clock_usec;
}
