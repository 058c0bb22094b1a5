/*
 * The table of decisions. Rows stand in the order in which RFC 9293, 3.10 comes to them.
 */
#include "sim/rules.h"

#include <assert.h>

#define BIT(state)   (1u << (state))
#define ROW(id, ...) [id] = { #id, __VA_ARGS__ }

enum {
    SYNCHRONIZED = BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2) | BIT(CLOSE_WAIT) |
                   BIT(CLOSING) | BIT(LAST_ACK) | BIT(TIME_WAIT),
    OTHER_STATES = BIT(SYN_RECEIVED) | SYNCHRONIZED,
    /* where our own side may still have something unacknowledged */
    UNACKED = BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(CLOSE_WAIT) | BIT(CLOSING) | BIT(LAST_ACK)
};

static const char ask_no_more[] = "sends nothing, deletes the TCB";

const struct rule tcp_rules[RULE_COUNT] = {
    ROW(RULE_NONE, "", "", 0, SAME_STATE, "", ""),

    ROW(OPEN_PASSIVE, "3.10.1", "OPEN", BIT(CLOSED), LISTEN, "was told passive OPEN",
        "creates a TCB and waits for a SYN"),
    ROW(OPEN_ACTIVE, "3.10.1", "OPEN", BIT(CLOSED), SYN_SENT, "was told active OPEN",
        "creates a TCB, picks ISS, sends SYN"),
    ROW(OPEN_ACTIVE_IN_LISTEN, "3.10.1", "OPEN", BIT(LISTEN), SYN_SENT, "was told active OPEN",
        "turns from passive to active, picks ISS, sends SYN"),
    ROW(SEND_IN_LISTEN, "3.10.2", "SEND", BIT(LISTEN), SYN_SENT, "was told SEND",
        "turns from passive to active, picks ISS, sends SYN, keeps the text"),
    ROW(CLOSE_LISTEN, "3.10.4", "CLOSE", BIT(LISTEN), CLOSED, "was told CLOSE", ask_no_more),
    ROW(CLOSE_SYN_SENT, "3.10.4", "CLOSE", BIT(SYN_SENT), CLOSED, "was told CLOSE", ask_no_more),
    ROW(CLOSE_SYN_RECEIVED, "3.10.4", "CLOSE", BIT(SYN_RECEIVED), FIN_WAIT_1,
        "was told CLOSE with no text waiting", "sends FIN"),
    ROW(CLOSE_IS_QUEUED, "3.10.4", "CLOSE", BIT(SYN_RECEIVED) | BIT(CLOSE_WAIT), SAME_STATE,
        "was told CLOSE with text or FIN that cannot go yet", "keeps the CLOSE until they can"),
    ROW(CLOSE_ESTABLISHED, "3.10.4", "CLOSE", BIT(ESTABLISHED), FIN_WAIT_1, "was told CLOSE",
        "sends FIN after the last of its text"),
    ROW(CLOSE_AFTER_FIN, "3.10.4", "CLOSE", BIT(CLOSE_WAIT), LAST_ACK, "was told CLOSE",
        "sends its own FIN"),
    ROW(CLOSE_UNREAD_TEXT, "3.6.1", "CLOSE",
        BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2) | BIT(CLOSE_WAIT), CLOSED,
        "was told CLOSE with received text unread", "sends RST, for text is lost (SHLD-3)"),
    ROW(ABORT_SILENT, "3.10.5", "ABORT",
        BIT(LISTEN) | BIT(SYN_SENT) | BIT(CLOSING) | BIT(LAST_ACK) | BIT(TIME_WAIT), CLOSED,
        "was told ABORT", ask_no_more),
    ROW(ABORT_RESETS, "3.10.5", "ABORT",
        BIT(SYN_RECEIVED) | BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2) | BIT(CLOSE_WAIT),
        CLOSED, "was told ABORT", "sends RST, flushes its queues, deletes the TCB"),

    ROW(CLOSED_GOT_RST, "3.10.7.1", "", BIT(CLOSED), SAME_STATE, "got RST for no connection",
        "drops it"),
    ROW(CLOSED_GOT_ACK, "3.10.7.1", "", BIT(CLOSED), SAME_STATE, "got an ACK for no connection",
        "answers RST with SEQ=SEG.ACK"),
    ROW(CLOSED_GOT_OTHER, "3.10.7.1", "", BIT(CLOSED), SAME_STATE,
        "got a segment without ACK for no connection", "answers RST,ACK"),

    ROW(LISTEN_GOT_RST, "3.10.7.2", "first", BIT(LISTEN), SAME_STATE, "got RST",
        "ignores it: nothing of ours can have caused it"),
    ROW(LISTEN_GOT_ACK, "3.10.7.2", "second", BIT(LISTEN), SAME_STATE, "got an ACK",
        "answers RST: nothing of ours is there to acknowledge"),
    ROW(LISTEN_GOT_SYN, "3.10.7.2", "third", BIT(LISTEN), SYN_RECEIVED, "got SYN",
        "keeps IRS, picks ISS, answers SYN,ACK"),
    ROW(LISTEN_IS_FULL, "3.10.7.2", "", BIT(LISTEN), SAME_STATE,
        "had its accept queue full (backlog) when a segment came",
        "drops it; it will be sent again"),
    ROW(LISTEN_GOT_OTHER, "3.10.7.2", "fourth", BIT(LISTEN), SAME_STATE,
        "got a segment with neither RST, ACK nor SYN", "drops it"),

    ROW(SYN_SENT_BAD_ACK_RST, "3.10.7.3", "first", BIT(SYN_SENT), SAME_STATE,
        "got RST with an ACK not of its SYN", "drops it"),
    ROW(SYN_SENT_BAD_ACK, "3.10.7.3", "first", BIT(SYN_SENT), SAME_STATE,
        "got an ACK not of its SYN", "answers RST with SEQ=SEG.ACK"),
    ROW(SYN_SENT_REFUSED, "3.10.7.3", "second", BIT(SYN_SENT), CLOSED,
        "got RST that acknowledges its SYN",
        "tells its user \"connection reset\", deletes the TCB"),
    ROW(SYN_SENT_RST_NO_ACK, "3.10.7.3", "second", BIT(SYN_SENT), SAME_STATE, "got RST without ACK",
        "drops it: nothing shows that it is meant"),
    ROW(SYN_SENT_GOT_SYN_ACK, "3.10.7.3", "fourth", BIT(SYN_SENT), ESTABLISHED, "got SYN,ACK",
        "keeps IRS and the window, answers ACK"),
    ROW(SYN_SENT_GOT_SYN, "3.10.7.3", "fourth", BIT(SYN_SENT), SYN_RECEIVED, "got SYN without ACK",
        "keeps IRS, answers SYN,ACK: both sides open at once"),
    ROW(SYN_SENT_GOT_OTHER, "3.10.7.3", "fifth", BIT(SYN_SENT), SAME_STATE,
        "got a segment with neither SYN nor RST", "drops it"),

    ROW(OUTSIDE_WINDOW_RST, "3.10.7.4", "first", OTHER_STATES, SAME_STATE,
        "got RST outside the window", "drops it"),
    /* Not quite by the letter of Table 6: struct profile, window_edges. */
    ROW(OUTSIDE_WINDOW, "3.10.7.4", "first", OTHER_STATES, SAME_STATE,
        "got a segment outside the window", "drops it and acknowledges what it has"),
    /* The letter only acknowledges: SEG.SEQ = RCV.NXT-1 is outside the window. Every stack
     * restarts 2 MSL, as the fifth and the eighth step intend. */
    ROW(FIN_AGAIN_IN_TIME_WAIT, "3.10.7.4", "fifth", BIT(TIME_WAIT), SAME_STATE,
        "got the peer's FIN again", "acknowledges it and restarts 2 MSL"),
    ROW(ZERO_WINDOW_ACK, "3.10.7.4", "first", OTHER_STATES, SAME_STATE,
        "got text or FIN at RCV.NXT with its window at zero",
        "takes the ACK, drops the rest, acknowledges what it has"),
    ROW(BEYOND_NEXT, "3.10.7.4", "seventh", SYNCHRONIZED, SAME_STATE,
        "got a segment beyond RCV.NXT", "drops it and asks for what is missing (MAY-13)"),
    ROW(RST_CHALLENGED, "RFC 5961, 3.2", "second", OTHER_STATES, SAME_STATE,
        "got RST in the window but not at RCV.NXT", "answers a challenge ACK, drops it"),
    ROW(RST_BACK_TO_LISTEN, "3.10.7.4", "second", BIT(SYN_RECEIVED), LISTEN,
        "got RST after a passive OPEN", "goes back to listening; its user need not know"),
    ROW(RST_REFUSES, "3.10.7.4", "second", BIT(SYN_RECEIVED), CLOSED,
        "got RST after an active OPEN", "tells its user \"connection refused\", deletes the TCB"),
    ROW(RST_RESETS, "3.10.7.4", "second",
        BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2) | BIT(CLOSE_WAIT), CLOSED, "got RST",
        "flushes its queues, tells its user \"connection reset\", deletes the TCB"),
    ROW(RST_ENDS_CLOSING, "3.10.7.4", "second", BIT(CLOSING) | BIT(LAST_ACK) | BIT(TIME_WAIT),
        CLOSED, "got RST", "deletes the TCB"),
    ROW(SYN_BACK_TO_LISTEN, "3.10.7.4", "fourth", BIT(SYN_RECEIVED), LISTEN,
        "got a SYN in the window after a passive OPEN", "goes back to listening"),
    ROW(SYN_CHALLENGED, "RFC 5961, 4.2", "fourth", OTHER_STATES, SAME_STATE, "got a SYN",
        "answers a challenge ACK, drops it"),
    ROW(NO_ACK, "3.10.7.4", "fifth", OTHER_STATES, SAME_STATE, "got a segment without ACK",
        "drops it"),
    ROW(ACK_OUT_OF_RANGE, "RFC 5961, 5.2", "fifth", SYNCHRONIZED, SAME_STATE,
        "got an ACK too old to be true", "acknowledges what it has, drops it"),
    ROW(SYN_ACKED, "3.10.7.4", "fifth", BIT(SYN_RECEIVED), ESTABLISHED, "got the ACK of its SYN",
        "keeps the window; the connection is open"),
    ROW(SYN_RECEIVED_BAD_ACK, "3.10.7.4", "fifth", BIT(SYN_RECEIVED), SAME_STATE,
        "got an ACK not of its SYN", "answers RST with SEQ=SEG.ACK"),
    ROW(ACK_NOT_SENT_YET, "3.10.7.4", "fifth", SYNCHRONIZED, SAME_STATE,
        "got an ACK of something it has not sent", "acknowledges what it has, drops it"),
    ROW(ACK_ADVANCES, "3.10.7.4", "fifth", UNACKED, SAME_STATE, "got an ACK of new octets",
        "advances SND.UNA, forgets what is acknowledged"),
    ROW(ACK_OF_NOTHING_NEW, "3.10.7.4", "fifth", SYNCHRONIZED, SAME_STATE,
        "got an ACK of nothing new", "takes the window it offers, if that is newer, and no more"),
    ROW(FIN_ACKED, "3.10.7.4", "fifth", BIT(FIN_WAIT_1), FIN_WAIT_2, "got the ACK of its FIN",
        "has closed its side, waits for the peer's FIN"),
    ROW(CLOSING_FIN_ACKED, "3.10.7.4", "fifth", BIT(CLOSING), TIME_WAIT, "got the ACK of its FIN",
        "starts 2 MSL"),
    ROW(LAST_FIN_ACKED, "3.10.7.4", "fifth", BIT(LAST_ACK), CLOSED, "got the ACK of its FIN",
        "deletes the TCB"),
    ROW(QUEUED_CLOSE, "3.10.4", "CLOSE", BIT(ESTABLISHED), FIN_WAIT_1,
        "comes to the CLOSE that waited", "sends FIN after the last of its text"),
    ROW(QUEUED_CLOSE_IN_CLOSE_WAIT, "3.10.4", "CLOSE", BIT(CLOSE_WAIT), LAST_ACK,
        "comes to the CLOSE that waited", "sends its own FIN"),
    ROW(TEXT_AFTER_CLOSE, "3.6.1", "seventh", BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2), CLOSED,
        "got text that nobody will read", "answers RST, for text is lost (SHLD-3)"),
    ROW(TEXT_IN_ORDER, "3.10.7.4", "seventh", BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2),
        SAME_STATE, "got the text it expects",
        "keeps it for its user, advances RCV.NXT, answers ACK"),
    ROW(TEXT_AFTER_FIN, "3.10.7.4", "seventh",
        BIT(CLOSE_WAIT) | BIT(CLOSING) | BIT(LAST_ACK) | BIT(TIME_WAIT), SAME_STATE,
        "got text after the peer's FIN", "drops it and acknowledges what it has"),
    ROW(FIN_FROM_PEER, "3.10.7.4", "eighth", BIT(ESTABLISHED), CLOSE_WAIT, "got FIN",
        "tells its user \"connection closing\", answers ACK"),
    ROW(FIN_SIMULTANEOUS, "3.10.7.4", "eighth", BIT(FIN_WAIT_1), CLOSING,
        "got FIN, its own not yet acknowledged", "answers ACK: both sides close at once"),
    ROW(FIN_ENDS_BOTH, "3.10.7.4", "eighth", BIT(FIN_WAIT_2), TIME_WAIT, "got FIN",
        "answers ACK, starts 2 MSL"),
    ROW(FIN_AGAIN, "3.10.7.4", "eighth",
        BIT(CLOSE_WAIT) | BIT(CLOSING) | BIT(LAST_ACK) | BIT(TIME_WAIT), SAME_STATE,
        "got a second FIN in the window", "acknowledges it again; in TIME-WAIT it restarts 2 MSL"),

    ROW(RETRANSMISSION_TIMEOUT, "3.10.8", "RETRANSMISSION",
        BIT(SYN_SENT) | BIT(SYN_RECEIVED) | UNACKED, SAME_STATE, "waited RTO for an ACK in vain",
        "sends the front of its queue again, doubles RTO (RFC 6298)"),
    ROW(PROBE_TIMEOUT, "3.8.6.1", "PERSIST", UNACKED, SAME_STATE, "waited at a zero window",
        "probes it with one octet or FIN, doubles the wait"),
    ROW(USER_TIMEOUT, "3.10.8", "USER", BIT(SYN_SENT) | BIT(SYN_RECEIVED) | UNACKED, CLOSED,
        "had no ACK for the user timeout", "gives up, tells its user, deletes the TCB"),
    ROW(TIME_WAIT_TIMEOUT, "3.10.8", "TIME-WAIT", BIT(TIME_WAIT), CLOSED, "waited 2 MSL",
        "deletes the TCB: no old segment can be left"),
};

bool rule_allows(enum rule_id rule, enum tcp_state state)
{
    assert(rule < RULE_COUNT && state < TCP_STATE_COUNT);
    return (tcp_rules[rule].from & BIT(state)) != 0;
}

enum tcp_state rule_leads_to(enum rule_id rule, enum tcp_state from)
{
    assert(rule_allows(rule, from));
    return tcp_rules[rule].to == SAME_STATE ? from : (enum tcp_state)tcp_rules[rule].to;
}
