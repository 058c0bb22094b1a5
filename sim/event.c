/*
 * Names of what stands in an event, as the trace writes them.
 */
#include "sim/event.h"

#include "sim/text.h"

#include <assert.h>

const char *event_kind_name(enum event_kind kind)
{
    static const char *const names[EVENT_KIND_COUNT] = {
        [EV_CALL] = "call",
        [EV_RETURN] = "return",
        [EV_SOCKET] = "socket",
        [EV_STATE] = "state",
        [EV_RULE] = "rule",
        [EV_SENT] = "sent",
        [EV_DELIVERED] = "delivered",
        [EV_DROPPED] = "dropped",
        [EV_DUPLICATED] = "duplicated",
        [EV_HELD] = "held",
        [EV_RELEASED] = "released",
        [EV_CORRUPTED] = "corrupted",
        [EV_TIMER] = "timer",
        [EV_SIGNAL] = "signal",
        [EV_VARS] = "vars",
        [EV_SAY] = "say",
        [EV_EXPECT] = "expect",
        [EV_DIFFERS] = "differs",
        [EV_NEXT] = "next",
    };
    assert(kind < EVENT_KIND_COUNT);
    return names[kind];
}

const char *lane_name(enum lane_id lane)
{
    static const char *const names[] = { N_("model"), N_("kernel"), N_("mixed"), N_("all") };
    assert(lane <= LANE_ALL);
    return names[lane];
}

const char *source_name(enum state_source source)
{
    static const char *const names[SOURCE_COUNT] = { N_("rule"), "TCP_INFO", "sock_diag",
                                                     N_("absence"), N_("inferred") };
    assert(source < SOURCE_COUNT);
    return names[source];
}

const char *cause_name(enum wire_cause cause)
{
    static const char *const names[CAUSE_COUNT] = {
        [CAUSE_NONE] = "", [CAUSE_RULE] = N_("rule"), [CAUSE_CHANCE] = N_("chance")
    };
    return names[cause];
}

const char *timer_name(enum timer_id timer)
{
    static const char *const names[TIMER_COUNT] = {
        N_("retransmission"), N_("persist"),    "2 MSL",
        N_("delayed ACK"),    N_("keep-alive"), "FIN-WAIT-2"
    };
    assert(timer < TIMER_COUNT);
    return names[timer];
}

const char *timer_change_name(enum timer_change change)
{
    static const char *const names[] = { N_("armed"), N_("stopped"), N_("ran out") };
    assert(change <= TIMER_RAN_OUT);
    return names[change];
}

const char *tcp_notice_words(enum tcp_notice notice)
{
    static const char *const words[NOTICE_COUNT] = {
        [NOTICE_CONNECTION_RESET] = N_("connection reset"),
        [NOTICE_CONNECTION_REFUSED] = N_("connection refused"),
        [NOTICE_CONNECTION_CLOSING] = N_("connection closing"),
        [NOTICE_USER_TIMEOUT] = N_("connection aborted due to user timeout"),
        [NOTICE_RETRANSMITTING] = N_("excessive retransmission"),
        [NOTICE_URGENT] = N_("urgent text ahead"),
    };
    assert(notice < NOTICE_COUNT);
    return words[notice];
}
