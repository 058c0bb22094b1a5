/*
 * Every decision the model takes, as a named row: the one table behind the diagram, the "why"
 * line, `tcpstep rules` and the list of what the tests must cover. RFC 9293, 3.10.
 *
 * The table names; the code in tcp_user.c, tcp_arrives.c and tcp_timeout.c decides, in the RFC's
 * order. A row whose `to` is SAME_STATE is a decision that leaves the state as it is.
 */
#ifndef SIM_RULES_H
#define SIM_RULES_H

#include "sim/state.h"

#include <stdint.h>

enum rule_id {
    RULE_NONE, /* no rule: what was read from a kernel, not decided by the model */

    /* user calls */
    OPEN_PASSIVE,
    OPEN_ACTIVE,
    OPEN_ACTIVE_IN_LISTEN,
    SEND_IN_LISTEN,
    CLOSE_LISTEN,
    CLOSE_SYN_SENT,
    CLOSE_SYN_RECEIVED,
    CLOSE_IS_QUEUED,
    CLOSE_ESTABLISHED,
    CLOSE_AFTER_FIN,
    CLOSE_UNREAD_TEXT,
    ABORT_SILENT,
    ABORT_RESETS,
    ABORT_FORGETS,
    ISS_IS_ZERO,
    STOP_AND_WAIT_HOLDS,

    /* segment arrives: before anything else of it is looked at */
    CHECKSUM_WRONG,
    CHECKSUM_IGNORED,

    /* segment arrives: CLOSED */
    CLOSED_GOT_RST,
    CLOSED_GOT_ACK,
    CLOSED_GOT_OTHER,

    /* segment arrives: LISTEN */
    LISTEN_GOT_RST,
    LISTEN_GOT_ACK,
    LISTEN_GOT_SYN_ACK,
    LISTEN_GOT_SYN,
    LISTEN_IS_FULL,
    SYN_QUEUE_IS_FULL,
    SYN_COOKIE_SENT,
    SYN_COOKIE_VALID,
    SYN_FIN_IGNORED,
    TWO_WAY_OPENS,
    LISTEN_GOT_OTHER,

    /* segment arrives: SYN-SENT */
    SYN_SENT_BAD_ACK_RST,
    SYN_SENT_BAD_ACK,
    SYN_SENT_REFUSED,
    SYN_SENT_RST_NO_ACK,
    SYN_SENT_GOT_SYN_ACK,
    SYN_SENT_GOT_SYN,
    SYN_SENT_GOT_OTHER,
    FOUR_WAY_SYN_ACKED,
    FOUR_WAY_OPENS,

    /* segment arrives: other states, first to eighth */
    OLD_TIMESTAMP,
    NO_TIMESTAMP,
    OUTSIDE_WINDOW_RST,
    OUTSIDE_WINDOW,
    FIN_AGAIN_IN_TIME_WAIT,
    ZERO_WINDOW_ACK,
    CHALLENGE_KEPT_BACK,
    ANSWER_KEPT_BACK,
    SYN_AGAIN,
    RST_CHALLENGED,
    RST_BACK_TO_LISTEN,
    RST_REFUSES,
    RST_RESETS,
    RST_ENDS_CLOSING,
    RST_IN_TIME_WAIT,
    SYN_BACK_TO_LISTEN,
    SYN_CHALLENGED,
    SYN_RESETS,
    TIME_WAIT_REUSED,
    NO_ACK,
    ACK_OUT_OF_RANGE,
    SYN_ACKED,
    SYN_RECEIVED_BAD_ACK,
    ACK_NOT_SENT_YET,
    ACK_ADVANCES,
    ACK_OF_NOTHING_NEW,
    ACK_IS_DUPLICATE,
    FAST_RETRANSMIT,
    ACK_IS_PARTIAL,
    LOSS_RECOVERED,
    FIN_ACKED,
    CLOSING_FIN_ACKED,
    CLOSING_ENDS,
    LAST_FIN_ACKED,
    QUEUED_CLOSE,
    QUEUED_CLOSE_IN_CLOSE_WAIT,
    URGENT_TEXT,
    TEXT_AFTER_CLOSE,
    TEXT_IN_ORDER,
    TEXT_AFTER_FIN,
    TEXT_BEYOND,
    BEYOND_NEXT,
    FIN_FROM_PEER,
    FIN_SIMULTANEOUS,
    FIN_ENDS_BOTH,
    FIN_ENDS_ALL,
    FIN_AGAIN,

    /* timeouts */
    RETRANSMISSION_TIMEOUT,
    PROBE_TIMEOUT,
    OVERRIDE_TIMEOUT,
    DELAYED_ACK_TIMEOUT,
    KEEP_ALIVE_TIMEOUT,
    KEEP_ALIVE_FAILS,
    USER_TIMEOUT,
    FIN_WAIT_2_TIMEOUT,
    TIME_WAIT_TIMEOUT,

    RULE_COUNT
};

enum {
    SAME_STATE = TCP_STATE_COUNT
};

struct rule {
    const char *name;    /* as in the enumeration */
    const char *section; /* of RFC 9293, or "RFC 5961, 3.2" where another one speaks */
    const char *step;    /* "first" to "eighth", the call, or the timeout */
    uint16_t from;       /* a bit (1 << state) for each state it can be taken in */
    uint8_t to;          /* a tcp_state, or SAME_STATE */
    const char *when;    /* completes "A ..." */
    const char *then;    /* completes "it ..." */
};

extern const struct rule tcp_rules[RULE_COUNT];

/* Does the row allow to be taken in this state? */
bool rule_allows(enum rule_id rule, enum tcp_state state);

/* The state after it, taken in `from`. */
enum tcp_state rule_leads_to(enum rule_id rule, enum tcp_state from);

#endif
