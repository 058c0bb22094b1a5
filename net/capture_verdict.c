/*
 * What is said of a captured connection besides its rules: what the model would have answered and
 * the captured host did not, and how it was closed.
 */
#include "net/capture_replay_parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum {
    PATIENCE_USEC = 1000000, /* an answer may come after the end of the capture */
    WORDS_LEN = 400
};

void say(struct replay *run, enum event_kind kind, int host, const char *format, ...)
{
    char words[WORDS_LEN];
    va_list list;
    va_start(list, format);
    vsnprintf(words, sizeof words, format, list);
    va_end(list);
    struct event event = { .usec = run->usec,
                           .kind = (uint8_t)kind,
                           .lane = LANE_KERNEL,
                           .host = (int8_t)host,
                           .sock = (int32_t)run->flow->number,
                           .text = (const uint8_t *)words,
                           .text_len = (uint32_t)strlen(words),
                           .form = format };
    emit(&run->sink, &event);
}

/* ---- answers */

void expect_answer(struct replay *run, unsigned host, uint32_t cause)
{
    const struct segment *answer = &run->answer;
    if (!run->answered || answer->text_len > 0)
        return;
    if (run->expected_count == EXPECTED_MAX) {
        for (unsigned i = 0; i + 1 < EXPECTED_MAX; i++)
            run->expected[i] = run->expected[i + 1];
        run->expected_count--;
    }
    run->expected[run->expected_count++] = (struct expected){ .host = (uint8_t)host,
                                                              .flags = answer->flags,
                                                              .ack = answer->ack,
                                                              .cause = cause,
                                                              .rule = run->rule };
}

static bool answers(const struct expected *expected, const struct segment *seg)
{
    if (expected->flags & RST)
        return seg_has(seg, RST);
    if (expected->flags & SYN)
        return seg_has(seg, SYN);
    return seg_has(seg, ACK) && seq_ge(seg->ack, expected->ack);
}

void look_at_answer(struct replay *run, const struct seen *seen)
{
    unsigned left = 0;
    for (unsigned i = 0; i < run->expected_count; i++) {
        const struct expected *expected = &run->expected[i];
        if (expected->host != seen->from || !answers(expected, &seen->seg))
            run->expected[left++] = *expected;
    }
    run->expected_count = left;
}

/* Once a connection is reset nobody owes an ACK. */
static bool is_owed(const struct replay *run, const struct expected *expected)
{
    const struct flow *flow = run->flow;
    bool reset = flow->side[0].saw_rst || flow->side[1].saw_rst;
    uint64_t since = flow->seen[expected->cause].usec;
    return run->end[expected->host].runs && flow->left_out == 0 && !reset &&
           flow->side[expected->host].segments > 0 && run->end_usec > since + PATIENCE_USEC;
}

static const char *before_section(const struct rule *rule)
{
    bool other = strncmp(rule->section, "RFC ", 4) == 0 || strncmp(rule->section, "not ", 4) == 0;
    return other ? "" : "RFC 9293, ";
}

static void missing_answers(struct replay *run)
{
    char flags[FLAGS_TEXT_MAX];
    for (unsigned i = 0; i < run->expected_count; i++) {
        const struct expected *expected = &run->expected[i];
        const struct rule *rule = &tcp_rules[expected->rule];
        if (is_owed(run, expected))
            say(run, EV_DIFFERS, expected->host,
                N_("packet %" PRIu64
                   " gets no answer in this capture; the model answers %s, for it "
                   "%s (%s%s)"),
                run->flow->seen[expected->cause].number,
                flags_text(expected->flags, flags, sizeof flags), rule->when, before_section(rule),
                rule->section);
    }
}

/* ---- how it was closed */

static const struct seen *first_fin(const struct flow *flow, unsigned side)
{
    for (uint32_t i = 0; i < flow->count; i++) {
        if (flow->seen[i].from == side && seg_has(&flow->seen[i].seg, FIN))
            return &flow->seen[i];
    }
    return NULL;
}

/* The first of a side that acknowledges up to `end`. */
static const struct seen *first_ack(const struct flow *flow, unsigned side, int64_t end)
{
    for (uint32_t i = 0; i < flow->count; i++) {
        const struct seen *seen = &flow->seen[i];
        if (seen->from == side && seen->ack >= end && !seg_has(&seen->seg, RST))
            return seen;
    }
    return NULL;
}

static void how_closed(struct replay *run)
{
    const struct flow *flow = run->flow;
    unsigned first = flow->first_fin, second = 1 - first;
    char x = first ? 'B' : 'A', y = first ? 'A' : 'B';
    if (!flow->side[0].saw_fin || !flow->side[1].saw_fin)
        return;
    const struct seen *fin = first_fin(flow, first), *other = first_fin(flow, second);
    const struct seen *ack = fin ? first_ack(flow, second, fin->end) : NULL;
    if (!fin || !other || !ack)
        return;
    if (!first_ack(flow, first, other->end))
        say(run, EV_SAY, -1,
            N_("Both have closed, %c first; no ACK of %c's FIN is in the capture."), x, y);
    else if (ack == other)
        say(run, EV_SAY, -1,
            N_("Closed in three segments and not in four: %c's FIN is also the ACK of %c's FIN. "
               "%c's "
               "program closed before its TCP had sent that ACK by itself, which it may put off "
               "for "
               "a moment (RFC 9293, 3.8.6.3), so both went in one segment; %c went from CLOSE-WAIT "
               "to "
               "LAST-ACK at once (3.10.4), and %c from FIN-WAIT-1 through FIN-WAIT-2 to "
               "TIME-WAIT."),
            y, x, y, y, x);
    else if (ack > other)
        say(run, EV_SAY, -1,
            N_("Both closed at once: each FIN was on its way before the other one had come (RFC "
               "9293, "
               "3.6, Figure 13)."));
    else
        say(run, EV_SAY, -1,
            N_("Closed in four segments: %c's FIN, its ACK, %c's FIN, its ACK. %c acknowledged "
               "before "
               "its own program closed, and was in CLOSE-WAIT in between (RFC 9293, 3.6, Figure "
               "12)."),
            x, y, y);
}

static void how_reset(struct replay *run)
{
    const struct flow *flow = run->flow;
    if (!flow->side[0].saw_rst && !flow->side[1].saw_rst)
        return;
    say(run, EV_SAY, -1, N_("Ended by a RST from %c."), flow->reset_by ? 'B' : 'A');
}

static void how_open(struct replay *run)
{
    const struct flow *flow = run->flow;
    for (unsigned side = 0; side < 2; side++) {
        if (flow->side[side].segments == 0)
            say(run, EV_SAY, (int)side,
                N_("Nothing that it sent is in the capture: its states are not known."));
    }
    if (flow->left_out > 0)
        say(run, EV_SAY, -1, N_("%" PRIu64 " later segments are not kept, so its end is not told."),
            flow->left_out);
    if (flow->side[0].saw_syn && flow->side[0].acked < 0 && flow->side[1].segments == 0)
        say(run, EV_SAY, -1,
            N_("Nobody answered in this capture: neither SYN,ACK, as a listener does, nor RST, as "
               "a "
               "host where none listens (RFC 9293, 3.10.7.1). Something may have dropped it, or "
               "the "
               "capture saw one direction only."));
}

static void unknown_fates(struct replay *run)
{
    uint32_t lost = 0, unknown = 0;
    for (uint32_t i = 0; i < run->flow->count; i++) {
        lost += run->fates[i].kind == FATE_LOST;
        unknown += run->fates[i].kind == FATE_UNKNOWN &&
                   run->flow->side[1 - run->flow->seen[i].from].segments > 0;
    }
    if (lost > 0)
        say(run, EV_SAY, -1,
            lost == 1 ? N_("%u segment was sent again before anything acknowledged it: taken as "
                           "lost.")
                      : N_("%u segments were sent again before anything acknowledged them: taken "
                           "as lost."),
            lost);
    if (unknown > 0)
        say(run, EV_SAY, -1,
            unknown == 1 ? N_("Of %u segment nothing here shows whether it arrived.")
                         : N_("Of %u segments nothing here shows whether they arrived."),
            unknown);
}

void verdict_of(struct replay *run)
{
    missing_answers(run);
    how_open(run);
    unknown_fates(run);
    how_closed(run);
    how_reset(run);
}
