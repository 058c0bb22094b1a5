/*
 * How each row of the table of decisions is come to, in each state that it names.
 */
#include "tests/rule_ways.h"

#define BIT(state) (1u << (state))

enum {
    BOTH_FINS = BIT(CLOSING) | BIT(LAST_ACK) | BIT(TIME_WAIT),
    SYNCHRONIZED =
        BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2) | BIT(CLOSE_WAIT) | BOTH_FINS,
    FROM_SYN_RECEIVED = BIT(SYN_RECEIVED) | SYNCHRONIZED,
    OWN_FIN = BIT(FIN_WAIT_1) | BIT(CLOSING) | BIT(LAST_ACK) /* is under way */
};

#define ANY_BUT_CLOSED (BIT(LISTEN) | BIT(SYN_SENT) | FROM_SYN_RECEIVED)

const struct rule_way rule_ways[] = {
    /* ---- user calls */
    { OPEN_PASSIVE, BIT(CLOSED), "A listen\n" },
    { OPEN_ACTIVE, BIT(CLOSED), "A open\n" },
    { OPEN_ACTIVE_IN_LISTEN, BIT(LISTEN), "given A in @\nA open\n" },
    { SEND_IN_LISTEN, BIT(LISTEN), "given A in @\nA send x\n" },
    { CLOSE_LISTEN, BIT(LISTEN), "given A in @\nA close\n" },
    { CLOSE_SYN_SENT, BIT(SYN_SENT), "given A in @\nA close\n" },
    { CLOSE_SYN_RECEIVED, BIT(SYN_RECEIVED), "given A in @\nA close\n" },
    { CLOSE_IS_QUEUED, BIT(SYN_RECEIVED), "given A in @\nA send x\nA close\n" },
    { CLOSE_IS_QUEUED, BIT(CLOSE_WAIT),
      "given A in @\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK><WIN=0>\n"
      "A close\n" },
    { CLOSE_ESTABLISHED, BIT(ESTABLISHED), "given A in @\nA close\n" },
    { CLOSE_AFTER_FIN, BIT(CLOSE_WAIT), "given A in @\nA close\n" },
    { CLOSE_UNREAD_TEXT, BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2),
      "given A in @\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=ACK><DATA=x>\n"
      "A close both\n" },
    { CLOSE_UNREAD_TEXT, BIT(CLOSE_WAIT),
      "given A in ESTABLISHED\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=FIN,ACK><DATA=x>\n"
      "A close both\n" },
    { ABORT_SILENT, BIT(LISTEN) | BIT(SYN_SENT) | BOTH_FINS, "given A in @\nA abort\n" },
    { ABORT_RESETS,
      BIT(SYN_RECEIVED) | BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2) | BIT(CLOSE_WAIT),
      "given A in @\nA abort\n" },
    { ABORT_FORGETS, BIT(SYN_RECEIVED),
      "setting abort_forgets 1\nA listen\nB > A <SEQ=300><CTL=SYN>\nA abort\n" },

    /* ---- segments while it opens */
    { CLOSED_GOT_RST, BIT(CLOSED), "B > A <SEQ=1><CTL=RST>\n" },
    { CLOSED_GOT_ACK, BIT(CLOSED), "B > A <SEQ=1><ACK=2><CTL=ACK>\n" },
    { CLOSED_GOT_OTHER, BIT(CLOSED), "B > A <SEQ=1><CTL=SYN>\n" },
    { LISTEN_GOT_RST, BIT(LISTEN), "given A in @\nB > A <SEQ=1><CTL=RST>\n" },
    { LISTEN_GOT_ACK, BIT(LISTEN), "given A in @\nB > A <SEQ=1><ACK=2><CTL=ACK>\n" },
    { LISTEN_GOT_SYN, BIT(LISTEN), "given A in @\nB > A <SEQ=1><CTL=SYN>\n" },
    { LISTEN_GOT_OTHER, BIT(LISTEN), "given A in @\nB > A <SEQ=1><CTL=FIN>\n" },
    { SYN_SENT_BAD_ACK_RST, BIT(SYN_SENT), "given A in @\nB > A <SEQ=1><ACK=ISS><CTL=RST,ACK>\n" },
    { SYN_SENT_BAD_ACK, BIT(SYN_SENT), "given A in @\nB > A <SEQ=1><ACK=ISS><CTL=SYN,ACK>\n" },
    { SYN_SENT_REFUSED, BIT(SYN_SENT), "given A in @\nB > A <SEQ=0><ACK=SND.NXT><CTL=RST,ACK>\n" },
    { SYN_SENT_RST_NO_ACK, BIT(SYN_SENT), "given A in @\nB > A <SEQ=0><CTL=RST>\n" },
    { SYN_SENT_GOT_SYN_ACK, BIT(SYN_SENT),
      "given A in @\nB > A <SEQ=300><ACK=SND.NXT><CTL=SYN,ACK>\n" },
    { SYN_SENT_GOT_SYN, BIT(SYN_SENT), "given A in @\nB > A <SEQ=300><CTL=SYN>\n" },
    { SYN_FIN_IGNORED, BIT(LISTEN) | BIT(SYN_SENT),
      "setting drop_syn_fin 1\ngiven A in @\nB > A <SEQ=300><CTL=SYN,FIN>\n" },
    { LISTEN_GOT_SYN_ACK, BIT(LISTEN),
      "setting drop_syn_ack 1\ngiven A in @\nB > A <SEQ=300><ACK=500><CTL=SYN,ACK>\n" },
    { SYN_QUEUE_IS_FULL, BIT(LISTEN),
      "setting syn_cookies 0\nA synqueue 1\ngiven A in @\nB > A <SEQ=300><CTL=SYN>\n" },
    { SYN_COOKIE_SENT, BIT(LISTEN),
      "setting syn_cookies 1\nA synqueue 1\ngiven A in @\nB > A <SEQ=300><CTL=SYN>\n" },
    { SYN_COOKIE_VALID, BIT(LISTEN),
      "A cookie 536\ngiven A in @\nB > A <SEQ=301><ACK=500><CTL=ACK>\n" },
    { TWO_WAY_OPENS, BIT(SYN_RECEIVED),
      "setting two_way 1\ngiven A in LISTEN\nB > A <SEQ=300><CTL=SYN>\n" },
    { FOUR_WAY_SYN_ACKED, BIT(SYN_SENT),
      "setting four_way 1\ngiven A in @\nB > A <SEQ=300><ACK=SND.NXT><CTL=ACK>\n" },
    { FOUR_WAY_OPENS, BIT(SYN_SENT),
      "setting four_way 1\n"
      "given A in @\n"
      "B > A <SEQ=300><ACK=SND.NXT><CTL=ACK>\n"
      "B > A <SEQ=300><CTL=SYN>\n" },
    { SYN_SENT_GOT_OTHER, BIT(SYN_SENT), "given A in @\nB > A <SEQ=300><ACK=SND.NXT><CTL=ACK>\n" },
    { RST_BACK_TO_LISTEN, BIT(SYN_RECEIVED),
      "given A in @ by passive OPEN\nB > A <SEQ=RCV.NXT><CTL=RST>\n" },
    { RST_REFUSES, BIT(SYN_RECEIVED), "given A in @\nB > A <SEQ=RCV.NXT><CTL=RST>\n" },
    { SYN_BACK_TO_LISTEN, BIT(SYN_RECEIVED),
      "given A in @ by passive OPEN\nB > A <SEQ=RCV.NXT><CTL=SYN>\n" },
    { SYN_ACKED, BIT(SYN_RECEIVED), "given A in @\nB > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK>\n" },
    { SYN_RECEIVED_BAD_ACK, BIT(SYN_RECEIVED),
      "given A in @\nB > A <SEQ=RCV.NXT><ACK=SND.NXT+1><CTL=ACK>\n" },
    { QUEUED_CLOSE, BIT(ESTABLISHED),
      "given A in SYN-RECEIVED\n"
      "A send x\n"
      "A close\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK>\n" },

    /* ---- segments, first to fourth step */
    { OLD_TIMESTAMP, FROM_SYN_RECEIVED,
      "setting timestamps 1\n"
      "setting drop_no_timestamp 0\n"
      "given A in @ with TS 1000:0\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK><OPT=TS 999:0>\n" },
    { NO_TIMESTAMP, FROM_SYN_RECEIVED,
      "setting timestamps 1\n"
      "setting drop_no_timestamp 0\n"
      "given A in @ with TS 1000:0\n"
      "setting drop_no_timestamp 1\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK>\n" },
    { OUTSIDE_WINDOW_RST, FROM_SYN_RECEIVED, "given A in @\nB > A <SEQ=RCV.NXT-1><CTL=RST>\n" },
    { OUTSIDE_WINDOW, FROM_SYN_RECEIVED,
      "given A in @\nB > A <SEQ=RCV.NXT-1><ACK=SND.NXT><CTL=ACK>\n" },
    { FIN_AGAIN_IN_TIME_WAIT, BIT(TIME_WAIT),
      "given A in @\nB > A <SEQ=RCV.NXT-1><ACK=SND.NXT><CTL=FIN,ACK>\n" },
    /* a host without any room for text */
    { ZERO_WINDOW_ACK, BIT(SYN_RECEIVED) | BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2),
      "A window 0\n"
      "given A in @\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK><DATA=x>\n" },
    /* text and FIN fill the window, and what room is left is not worth a window */
    { ZERO_WINDOW_ACK, BIT(CLOSE_WAIT),
      "A window 4\n"
      "given A in ESTABLISHED\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=FIN,ACK><DATA=abc>\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK><DATA=x>\n" },
    { ZERO_WINDOW_ACK, BIT(LAST_ACK),
      "A window 4\n"
      "given A in ESTABLISHED\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=FIN,ACK><DATA=abc>\n"
      "A close\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=ACK><DATA=x>\n" },
    { ZERO_WINDOW_ACK, BIT(CLOSING),
      "A window 4\n"
      "given A in FIN-WAIT-1\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=FIN,ACK><DATA=abc>\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=ACK><DATA=x>\n" },
    { ZERO_WINDOW_ACK, BIT(TIME_WAIT),
      "A window 4\n"
      "given A in FIN-WAIT-2\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=FIN,ACK><DATA=abc>\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=ACK><DATA=x>\n" },
    { TEXT_BEYOND, BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2),
      "given A in @\nB > A <SEQ=RCV.NXT+1><ACK=SND.UNA><CTL=ACK><DATA=x>\n" },
    /* no memory is left for another gap */
    { BEYOND_NEXT, SYNCHRONIZED,
      "A ranges 0\ngiven A in @\nB > A <SEQ=RCV.NXT+1><ACK=SND.UNA><CTL=ACK><DATA=x>\n" },
    { RST_CHALLENGED, FROM_SYN_RECEIVED, "given A in @\nB > A <SEQ=RCV.NXT+1><CTL=RST>\n" },
    { CHALLENGE_KEPT_BACK, FROM_SYN_RECEIVED,
      "setting challenge_acks 1\n"
      "given A in @\n"
      "B > A <SEQ=RCV.NXT+1><CTL=RST>\n"
      "B > A <SEQ=RCV.NXT+1><CTL=RST>\n" },
    { ANSWER_KEPT_BACK, FROM_SYN_RECEIVED,
      "setting invalid_pause_usec 500000\n"
      "given A in @\n"
      "B > A <SEQ=RCV.NXT-1><ACK=SND.NXT><CTL=ACK>\n"
      "B > A <SEQ=RCV.NXT-1><ACK=SND.NXT><CTL=ACK>\n" },
    { SYN_AGAIN, BIT(SYN_RECEIVED),
      "setting syn_again 1\nA listen\nB > A <SEQ=300><CTL=SYN>\nB > A <SEQ=300><CTL=SYN>\n" },
    { RST_IN_TIME_WAIT, BIT(TIME_WAIT),
      "setting time_wait_keeps 1\ngiven A in @\nB > A <SEQ=RCV.NXT><CTL=RST>\n" },
    { RST_RESETS, BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2) | BIT(CLOSE_WAIT),
      "given A in @\nB > A <SEQ=RCV.NXT><CTL=RST>\n" },
    { RST_ENDS_CLOSING, BOTH_FINS, "given A in @\nB > A <SEQ=RCV.NXT><CTL=RST>\n" },
    { SYN_CHALLENGED, FROM_SYN_RECEIVED, "given A in @\nB > A <SEQ=RCV.NXT><CTL=SYN>\n" },
    { SYN_RESETS, SYNCHRONIZED,
      "setting insecure_syn 1\ngiven A in @\nB > A <SEQ=RCV.NXT><CTL=SYN>\n" },
    { TIME_WAIT_REUSED, BIT(TIME_WAIT),
      "A serves\ngiven A in @\nB > A <SEQ=RCV.NXT+1><CTL=SYN>\n" },

    /* ---- segments, fifth to eighth step */
    { NO_ACK, FROM_SYN_RECEIVED, "given A in @\nB > A <SEQ=RCV.NXT><CTL=none><DATA=x>\n" },
    { ACK_OUT_OF_RANGE, SYNCHRONIZED,
      "given A in @\nB > A <SEQ=RCV.NXT><ACK=SND.UNA-1001><CTL=ACK>\n" },
    { ACK_NOT_SENT_YET, SYNCHRONIZED,
      "given A in @\nB > A <SEQ=RCV.NXT><ACK=SND.NXT+1><CTL=ACK>\n" },
    { ACK_ADVANCES, BIT(ESTABLISHED) | BIT(CLOSE_WAIT),
      "given A in @\nA send x\nB > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK>\n" },
    { ACK_ADVANCES, BIT(FIN_WAIT_1),
      "given A in ESTABLISHED\n"
      "A send x\n"
      "A close\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA+1><CTL=ACK>\n" },
    { ACK_ADVANCES, BIT(CLOSING),
      "given A in ESTABLISHED\n"
      "A send x\n"
      "A close\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=FIN,ACK>\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA+1><CTL=ACK>\n" },
    { ACK_ADVANCES, BIT(LAST_ACK),
      "given A in CLOSE-WAIT\n"
      "A send x\n"
      "A close\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA+1><CTL=ACK>\n" },
    { ACK_IS_DUPLICATE, BIT(ESTABLISHED) | BIT(CLOSE_WAIT),
      "given A in @\nA send x\nB > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=ACK>\n" },
    { ACK_IS_DUPLICATE, OWN_FIN, "given A in @\nB > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=ACK>\n" },
    { FAST_RETRANSMIT, BIT(ESTABLISHED) | BIT(CLOSE_WAIT),
      "setting dup_acks 1\n"
      "given A in @\n"
      "A send x\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=ACK>\n" },
    { FAST_RETRANSMIT, OWN_FIN,
      "setting dup_acks 1\ngiven A in @\nB > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=ACK>\n" },
    { ACK_IS_PARTIAL, BIT(ESTABLISHED) | BIT(CLOSE_WAIT),
      "A mss 1\n"
      "given A in @\n"
      "A send ab\n"
      "A timer\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA+1><CTL=ACK>\n" },
    { ACK_IS_PARTIAL, BIT(FIN_WAIT_1),
      "given A in ESTABLISHED\n"
      "A send x\n"
      "A close\n"
      "A timer\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA+1><CTL=ACK>\n" },
    { ACK_IS_PARTIAL, BIT(CLOSING),
      "given A in ESTABLISHED\n"
      "A send x\n"
      "A close\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=FIN,ACK>\n"
      "A timer\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA+1><CTL=ACK>\n" },
    { ACK_IS_PARTIAL, BIT(LAST_ACK),
      "given A in CLOSE-WAIT\n"
      "A send x\n"
      "A close\n"
      "A timer\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA+1><CTL=ACK>\n" },
    { LOSS_RECOVERED, BIT(ESTABLISHED) | BIT(CLOSE_WAIT),
      "given A in @\nA send x\nA timer\nB > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK>\n" },
    { LOSS_RECOVERED, OWN_FIN,
      "given A in @\n"
      "A timer\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK>\n" },
    { FIN_ACKED, BIT(FIN_WAIT_1), "given A in @\nB > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK>\n" },
    { CLOSING_FIN_ACKED, BIT(CLOSING),
      "given A in @\nB > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK>\n" },
    { CLOSING_ENDS, BIT(CLOSING),
      "setting no_time_wait 1\n"
      "given A in @\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK>\n" },
    { LAST_FIN_ACKED, BIT(LAST_ACK), "given A in @\nB > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK>\n" },
    { QUEUED_CLOSE_IN_CLOSE_WAIT, BIT(CLOSE_WAIT),
      "given A in @\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK><WIN=0>\n"
      "A close\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK><WIN=1>\n" },
    { URGENT_TEXT, BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2),
      "given A in @\nB > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=ACK><URG=1><DATA=x>\n" },
    { TEXT_AFTER_CLOSE, BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2),
      "given A in @\nA close both\nB > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=ACK><DATA=x>\n" },
    { TEXT_IN_ORDER, BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2),
      "given A in @\nB > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=ACK><DATA=x>\n" },
    { ACK_OF_NOTHING_NEW, SYNCHRONIZED,
      "given A in @\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=ACK>\n" },
    { TEXT_AFTER_FIN, BIT(CLOSE_WAIT) | BOTH_FINS,
      "given A in @\nB > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=ACK><DATA=x>\n" },
    { FIN_FROM_PEER, BIT(ESTABLISHED),
      "given A in @\nB > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=FIN,ACK>\n" },
    { FIN_SIMULTANEOUS, BIT(FIN_WAIT_1),
      "given A in @\nB > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=FIN,ACK>\n" },
    { FIN_ENDS_BOTH, BIT(FIN_WAIT_2),
      "given A in @\nB > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=FIN,ACK>\n" },
    { FIN_ENDS_ALL, BIT(FIN_WAIT_2),
      "setting no_time_wait 1\n"
      "given A in @\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=FIN,ACK>\n" },
    { FIN_AGAIN, BIT(CLOSE_WAIT) | BOTH_FINS,
      "given A in @\nB > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=FIN,ACK>\n" },

    /* ---- timeouts */
    { RETRANSMISSION_TIMEOUT,
      BIT(SYN_SENT) | BIT(SYN_RECEIVED) | BIT(FIN_WAIT_1) | BIT(CLOSING) | BIT(LAST_ACK),
      "given A in @\nA timer\n" },
    { RETRANSMISSION_TIMEOUT, BIT(ESTABLISHED) | BIT(CLOSE_WAIT),
      "given A in @\nA send x\nA timer\n" },
    { PROBE_TIMEOUT, BIT(ESTABLISHED) | BIT(CLOSE_WAIT),
      "given A in @\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK><WIN=0>\n"
      "A send x\n"
      "A timer\n" },
    { PROBE_TIMEOUT, BIT(FIN_WAIT_1),
      "given A in ESTABLISHED\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK><WIN=0>\n"
      "A close\n"
      "A timer\n" },
    { PROBE_TIMEOUT, BIT(CLOSING),
      "given A in ESTABLISHED\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK><WIN=0>\n"
      "A close\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=FIN,ACK><WIN=0>\n"
      "A timer\n" },
    { PROBE_TIMEOUT, BIT(LAST_ACK),
      "given A in CLOSE-WAIT\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK><WIN=0>\n"
      "A close\n"
      "A timer\n"
      "A timer\n" },
    /* the window has room for less than the text, and less than it is worth to send */
    { OVERRIDE_TIMEOUT, BIT(ESTABLISHED) | BIT(CLOSE_WAIT),
      "given A in @\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK><WIN=2>\n"
      "A send hello\n"
      "A timer\n" },
    { OVERRIDE_TIMEOUT, BIT(FIN_WAIT_1),
      "given A in ESTABLISHED\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK><WIN=2>\n"
      "A send hello\n"
      "A close\n"
      "A timer\n" },
    { OVERRIDE_TIMEOUT, BIT(CLOSING),
      "given A in ESTABLISHED\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=ACK><WIN=2>\n"
      "A send hello\n"
      "A close\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.NXT><CTL=FIN,ACK><WIN=2>\n"
      "A timer\n" },
    { DELAYED_ACK_TIMEOUT, BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2),
      "setting ack_delay_usec 200000\n"
      "setting quick_acks 0\n"
      "given A in @\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=ACK><DATA=x>\n"
      "A timer\n" },
    { DELAYED_ACK_TIMEOUT, BIT(CLOSE_WAIT),
      "setting fin_ack_delay_usec 2000\n"
      "given A in ESTABLISHED\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=FIN,ACK>\n"
      "A timer\n" },
    { KEEP_ALIVE_TIMEOUT, BIT(ESTABLISHED) | BIT(CLOSE_WAIT) | BIT(FIN_WAIT_2),
      "given A in @\nA keepalive 1\nA timer\n" },
    { KEEP_ALIVE_FAILS, BIT(ESTABLISHED) | BIT(CLOSE_WAIT) | BIT(FIN_WAIT_2),
      "given A in @\nA keepalive 1\nwait 200 min\n" },
    { FIN_WAIT_2_TIMEOUT, BIT(FIN_WAIT_2),
      "setting fin_wait_2_usec 60000000\ngiven A in @\nA close both\nA timer\n" },
    { USER_TIMEOUT,
      BIT(SYN_SENT) | BIT(SYN_RECEIVED) | BIT(FIN_WAIT_1) | BIT(CLOSING) | BIT(LAST_ACK),
      "given A in @\nwait 600 s\n" },
    { USER_TIMEOUT, BIT(ESTABLISHED) | BIT(CLOSE_WAIT), "given A in @\nA send x\nwait 600 s\n" },
    { TIME_WAIT_TIMEOUT, BIT(TIME_WAIT), "given A in @\nA timer\n" },
    { CHECKSUM_WRONG, BIT(CLOSED), "B > A <SEQ=1><CTL=SYN><SUM=wrong>\n" },
    { CHECKSUM_WRONG, ANY_BUT_CLOSED, "given A in @\nB > A <SEQ=1><CTL=SYN><SUM=wrong>\n" },
    { CHECKSUM_IGNORED, BIT(CLOSED), "setting no_checksum 1\nB > A <SEQ=1><CTL=SYN><SUM=wrong>\n" },
    { CHECKSUM_IGNORED, ANY_BUT_CLOSED,
      "setting no_checksum 1\ngiven A in @\nB > A <SEQ=1><CTL=SYN><SUM=wrong>\n" },
    { ISS_IS_ZERO, BIT(CLOSED), "setting isn_zero 1\nA open\n" },
    { ISS_IS_ZERO, BIT(LISTEN), "setting isn_zero 1\nA listen\nB > A <SEQ=300><CTL=SYN>\n" },
    { STOP_AND_WAIT_HOLDS, BIT(ESTABLISHED) | BIT(CLOSE_WAIT),
      "setting stop_and_wait 1\nA mss 100\ngiven A in @\nA send 250*x\n" },
    { STOP_AND_WAIT_HOLDS, BIT(FIN_WAIT_1),
      "setting stop_and_wait 1\nA mss 100\ngiven A in ESTABLISHED\nA send 250*x\nA close\n" },
    { STOP_AND_WAIT_HOLDS, BIT(CLOSING),
      "setting stop_and_wait 1\n"
      "A mss 100\n"
      "given A in ESTABLISHED\n"
      "A send 250*x\n"
      "A close\n"
      "B > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=FIN,ACK>\n" },
};

const size_t rule_way_count = sizeof rule_ways / sizeof rule_ways[0];
