#include "tests/captured.h"

#include "sim/codec.h"

#include <check.h>
#include <pcap/pcap.h>
#include <string.h>

struct segment step_segment(const struct step *step)
{
    struct endpoint a = { ip4(192, 0, 2, 1), (uint16_t)(step->port ? step->port : 40000) };
    struct endpoint b = { ip4(192, 0, 2, 2), 80 };
    bool back = step->from == B;
    struct segment seg = { .src = back ? b : a,
                           .dst = back ? a : b,
                           .flags = (uint8_t)step->flags,
                           .seq = seq_of(step->seq + (back ? ISN_B : ISN_A)),
                           .wnd = step->flags & NO_WINDOW ? 0 : 8000,
                           .text_len = step->len };
    if (step->flags & ACK)
        seg.ack = seq_of(step->ack + (back ? ISN_A : ISN_B));
    return seg;
}

size_t step_octets(const struct step *step, uint8_t octets[PACKET_ROOM])
{
    struct segment seg = step_segment(step);
    size_t len = segment_encode(&seg, ORDER_RFC, NULL, octets, PACKET_ROOM);
    ck_assert_uint_gt(len, 0);
    return len;
}

void flows_step(struct flows *flows, const struct step *step, uint64_t number)
{
    uint8_t octets[PACKET_ROOM];
    size_t len = step_octets(step, octets);
    struct capture_packet packet = {
        .number = number, .usec = step->msec * 1000, .octets = octets, .len = len, .wire_len = len
    };
    flows_take(flows, &packet);
}

struct flows *flows_of(const struct step *steps)
{
    struct flows *flows = flows_new();
    ck_assert_ptr_nonnull(flows);
    for (unsigned i = 0; steps[i].flags; i++)
        flows_step(flows, &steps[i], i + 1);
    return flows;
}

void tale_replay(struct tale *tale, const struct flow *flow)
{
    trace_init(&tale->trace);
    ck_assert(flow_replay(flow, tale->flows->last_usec, &tale->trace));
}

struct tale tale_of(const struct step *steps)
{
    struct tale tale = { .flows = flows_of(steps) };
    ck_assert_uint_ge(tale.flows->count, 1);
    tale_replay(&tale, tale.flows->list[0]);
    return tale;
}

void tale_free(struct tale *tale)
{
    trace_free(&tale->trace);
    flows_free(tale->flows);
}

bool tale_says(const struct tale *tale, enum event_kind kind, const char *part)
{
    for (size_t i = 0; i < tale->trace.count; i++) {
        const struct event *event = &tale->trace.events[i];
        if (event->kind == kind && memmem(event->text, event->text_len, part, strlen(part)))
            return true;
    }
    return false;
}

/* The states that an end went through, "SYN-SENT ESTABLISHED ". */
static const char *ways(const struct tale *tale, int host, char *text)
{
    text[0] = '\0';
    for (size_t i = 0; i < tale->trace.count; i++) {
        const struct event *event = &tale->trace.events[i];
        if (event->kind != EV_STATE || event->host != host)
            continue;
        ck_assert_uint_eq(event->u.state.source, BY_INFERENCE);
        strcat(strcat(text, state_name((enum tcp_state)event->u.state.to)), " ");
    }
    return text;
}

void tale_went(const struct tale *tale, const char *a, const char *b)
{
    char text[400];
    ck_assert_str_eq(ways(tale, A, text), a);
    ck_assert_str_eq(ways(tale, B, text), b);
}

bool tale_took(const struct tale *tale, int host, enum rule_id rule)
{
    for (size_t i = 0; i < tale->trace.count; i++) {
        const struct event *event = &tale->trace.events[i];
        if ((event->kind == EV_RULE || event->kind == EV_STATE) && event->host == host &&
            event->u.state.rule == rule)
            return true;
    }
    return false;
}

unsigned tale_count(const struct tale *tale, enum event_kind kind)
{
    unsigned count = 0;
    for (size_t i = 0; i < tale->trace.count; i++)
        count += tale->trace.events[i].kind == kind;
    return count;
}

const struct link_header link_headers[LINK_COUNT] = {
    { DLT_RAW, 0, "" },
    { 228, 0, "" },
    { DLT_NULL, 4, "\x02\x00\x00\x00" },
    { DLT_LOOP, 4, "\x00\x00\x00\x02" },
    { DLT_EN10MB, 14, "aaaaaabbbbbb\x08\x00" },
    { DLT_EN10MB, 18, "aaaaaabbbbbb\x81\x00\x00\x05\x08\x00" },
    { DLT_EN10MB, 22, "aaaaaabbbbbb\x88\xa8\x00\x05\x81\x00\x00\x05\x08\x00" },
    { DLT_LINUX_SLL, 16, "\x00\x00\x00\x01\x00\x06mmmmmm\x00\x00\x08\x00" },
    { 276, 20, "\x08\x00\x00\x00\x00\x00\x00\x01\x00\x01\x00\x06mmmmmmmm" },
};
