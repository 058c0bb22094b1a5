/*
 * sim/rules: the table of decisions says what it should, and no more than what can happen: each
 * rule is taken in each state that its row names, by user calls, segments and timers.
 */
#include "sim/world.h"
#include "tests/bench.h"
#include "tests/siege.h"
#include "tests/suites.h"

#include <stdlib.h>
#include <string.h>

#define BIT(state) (1u << (state))

enum {
    BOTH_FINS = BIT(CLOSING) | BIT(LAST_ACK) | BIT(TIME_WAIT),
    SYNCHRONIZED =
        BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2) | BIT(CLOSE_WAIT) | BOTH_FINS,
    FROM_SYN_RECEIVED = BIT(SYN_RECEIVED) | SYNCHRONIZED,
    OWN_FIN = BIT(FIN_WAIT_1) | BIT(CLOSING) | BIT(LAST_ACK) /* is under way */
};

/* A way to have a rule taken in some states; "@" stands for the state's name. */
struct way {
    enum rule_id rule;
    unsigned from;
    const char *lines;
};

static const struct way user_calls[] = {
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
};

static const struct way opening[] = {
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
};

static const struct way first_to_fourth[] = {
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
};

static const struct way fifth_to_eighth[] = {
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
};

static const struct way timeouts[] = {
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
};

#define ANY_BUT_CLOSED (BIT(LISTEN) | BIT(SYN_SENT) | FROM_SYN_RECEIVED)

#define ONE_IN_FLIGHT  "setting stop_and_wait 1\nA mss 100\n"

/* Where a receiver looks at checksums, or is set not to; and what else is not TCP. */
static const struct way checksums_and_variants[] = {
    { ISS_IS_ZERO, BIT(CLOSED), "setting isn_zero 1\nA open\n" },
    { ISS_IS_ZERO, BIT(LISTEN), "setting isn_zero 1\nA listen\nB > A <SEQ=300><CTL=SYN>\n" },
    { STOP_AND_WAIT_HOLDS, BIT(ESTABLISHED) | BIT(CLOSE_WAIT),
      ONE_IN_FLIGHT "given A in @\nA send 250*x\n" },
    { STOP_AND_WAIT_HOLDS, BIT(FIN_WAIT_1),
      ONE_IN_FLIGHT "given A in ESTABLISHED\nA send 250*x\nA close\n" },
    { STOP_AND_WAIT_HOLDS, BIT(CLOSING),
      ONE_IN_FLIGHT "given A in ESTABLISHED\n"
                    "A send 250*x\n"
                    "A close\n"
                    "B > A <SEQ=RCV.NXT><ACK=SND.UNA><CTL=FIN,ACK>\n" },
    { CHECKSUM_WRONG, BIT(CLOSED), "B > A <SEQ=1><CTL=SYN><SUM=wrong>\n" },
    { CHECKSUM_WRONG, ANY_BUT_CLOSED, "given A in @\nB > A <SEQ=1><CTL=SYN><SUM=wrong>\n" },
    { CHECKSUM_IGNORED, BIT(CLOSED), "setting no_checksum 1\nB > A <SEQ=1><CTL=SYN><SUM=wrong>\n" },
    { CHECKSUM_IGNORED, ANY_BUT_CLOSED,
      "setting no_checksum 1\ngiven A in @\nB > A <SEQ=1><CTL=SYN><SUM=wrong>\n" },
};

/* Pairs that a row names and nothing can lead to, each with its reason. There is none: a row that
 * named such a state was put right. */
static const struct {
    enum rule_id rule;
    enum tcp_state from;
    const char *reason;
} unreachable[] = { { RULE_COUNT, CLOSED, NULL } };

/* Writes the lines with the state's name for every "@". */
static void fill_in(const char *lines, enum tcp_state state, char *out, size_t len)
{
    const char *name = state_name(state);
    size_t used = 0;
    for (; *lines && used + 1 < len; lines++) {
        if (*lines != '@') {
            out[used++] = *lines;
            continue;
        }
        for (const char *at = name; *at && used + 1 < len; at++)
            out[used++] = *at;
    }
    out[used] = '\0';
}

static void go(const struct way *way, enum tcp_state from, uint16_t reached[RULE_COUNT])
{
    struct bench *bench = malloc(sizeof *bench);
    char lines[512];
    ck_assert_ptr_nonnull(bench);
    fill_in(way->lines, from, lines, sizeof lines);
    bench_init(bench, false);
    bench_do(bench, lines);
    ck_assert_msg(bench->seen[way->rule] & BIT(from), "%s is not taken in %s by\n%s",
                  tcp_rules[way->rule].name, state_name(from), lines);
    for (unsigned i = 0; i < RULE_COUNT; i++)
        reached[i] |= bench->seen[i];
    free(bench);
}

static void go_all(const struct way *ways, size_t count, uint16_t reached[RULE_COUNT])
{
    for (size_t i = 0; i < count; i++) {
        for (unsigned state = 0; state < TCP_STATE_COUNT; state++) {
            if (ways[i].from & BIT(state))
                go(&ways[i], (enum tcp_state)state, reached);
        }
    }
}

static void note_rule(void *to, const struct event *event)
{
    uint16_t *reached = to;
    if (event->kind == EV_STATE || event->kind == EV_RULE)
        reached[event->u.state.rule] |= (uint16_t)BIT(event->u.state.from);
}

/* LISTEN_IS_FULL is a host's decision: there is no room for another socket. */
static void go_to_a_full_host(uint16_t reached[RULE_COUNT])
{
    static const struct call calls[] = {
        { .op = CALL_SOCKET },
        { .op = CALL_LISTEN, .fd = 3, .value = 5 },
        { .op = CALL_SOCKET },
        { .op = CALL_CONNECT, .fd = 3, .addr = { .ip = { 4, { 10, 9, 0, 1 } }, .port = 80 } },
    };
    struct world_setup setup = { .limits = { 2, 2, 4, 16, 16, 16, 0, false } };
    struct sink sink = { .emit = note_rule, .to = reached };
    setup.profile = profile_find("rfc");
    void *mem = malloc(world_size(&setup.limits));
    ck_assert_ptr_nonnull(mem);
    struct world *world = world_create(mem, &setup);
    for (unsigned i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        struct command command = { .kind = COMMAND_CALL, .host = i < 2 ? 0 : 1, .call = calls[i] };
        if (i == 1) {
            struct command bind = { .kind = COMMAND_CALL,
                                    .call = { .op = CALL_BIND, .fd = 3, .addr = { .port = 80 } } };
            world_apply(world, &bind, &sink, NULL, NULL);
        }
        world_apply(world, &command, &sink, NULL, NULL);
    }
    struct command step = { .kind = COMMAND_STEP };
    world_apply(world, &step, &sink, NULL, NULL);
    free(mem);
}

/* A listener of one half-open connection gets two SYNs, and the ACK of what it answers. */
static void go_to_a_flooded_host(uint16_t reached[RULE_COUNT])
{
    for (unsigned cookies = 0; cookies < 2; cookies++) {
        struct siege *siege = siege_new("rfc", 0);
        siege_set(siege, "syn_cookies", cookies);
        siege_flood(siege, 0, 2);
        struct segment ack = siege_answer(siege, 1);
        siege_arrives(siege, &ack, NULL);
        for (unsigned i = 0; i < RULE_COUNT; i++)
            reached[i] |= siege->from[i];
        siege_end(siege);
    }
}

static const char *why_not(enum rule_id rule, unsigned state)
{
    for (size_t i = 0; i < sizeof unreachable / sizeof unreachable[0]; i++) {
        if (unreachable[i].rule == rule && unreachable[i].from == (enum tcp_state)state)
            return unreachable[i].reason;
    }
    return NULL;
}

#define COUNT(array) (sizeof array / sizeof array[0])

/* Every pair of a rule and a state that its row names is reached by somebody who only calls,
 * sends and waits, or stands in the list with a reason; and no pair of that list is reached. */
START_TEST(every_pair_is_reached)
{
    uint16_t reached[RULE_COUNT] = { 0 };
    go_all(user_calls, COUNT(user_calls), reached);
    go_all(opening, COUNT(opening), reached);
    go_all(first_to_fourth, COUNT(first_to_fourth), reached);
    go_all(fifth_to_eighth, COUNT(fifth_to_eighth), reached);
    go_all(timeouts, COUNT(timeouts), reached);
    go_all(checksums_and_variants, COUNT(checksums_and_variants), reached);
    go_to_a_full_host(reached);
    go_to_a_flooded_host(reached);
    for (unsigned rule = RULE_NONE + 1; rule < RULE_COUNT; rule++) {
        for (unsigned state = 0; state < TCP_STATE_COUNT; state++) {
            bool named = tcp_rules[rule].from & BIT(state), seen = reached[rule] & BIT(state);
            const char *reason = why_not((enum rule_id)rule, state);
            const char *name = tcp_rules[rule].name;
            const char *in = state_name((enum tcp_state)state);
            ck_assert_msg(!named || seen || reason, "%s in %s is not reached", name, in);
            ck_assert_msg(!seen || !reason, "%s in %s is reached after all", name, in);
            ck_assert_msg(!reason || named, "%s does not name %s", name, in);
        }
    }
}
END_TEST

/* Each row has a name of its own and says where it stands, when it is taken and what it does. */
START_TEST(rows_are_complete)
{
    for (unsigned i = RULE_NONE + 1; i < RULE_COUNT; i++) {
        const struct rule *row = &tcp_rules[i];
        ck_assert_msg(row->name != NULL, "row %u is empty", i);
        ck_assert_msg(row->from != 0, "%s names no state", row->name);
        ck_assert_msg(row->from < BIT(TCP_STATE_COUNT), "%s names a state there is not", row->name);
        ck_assert_msg(row->to <= SAME_STATE, "%s leads nowhere", row->name);
        ck_assert_msg(row->when[0] && row->then[0] && row->section[0], "%s is silent", row->name);
        for (unsigned j = 1; j < i; j++)
            ck_assert_str_ne(row->name, tcp_rules[j].name);
    }
    ck_assert_str_eq(tcp_rules[RULE_NONE].name, "RULE_NONE");
    ck_assert_uint_eq(tcp_rules[RULE_NONE].from, 0);
}
END_TEST

/* A row that leads to a state does not start from it: that would be a decision, not a change. */
START_TEST(changes_change)
{
    for (unsigned i = RULE_NONE + 1; i < RULE_COUNT; i++) {
        if (tcp_rules[i].to != SAME_STATE)
            ck_assert_msg(!(tcp_rules[i].from & BIT(tcp_rules[i].to)), "%s", tcp_rules[i].name);
    }
}
END_TEST

/* The sections are ones of RFC 9293 that speak of it (3.6.1, 3.8, 3.10.1 to 3.10.8), or another
 * RFC's; a segment's step is one of the eight, or what it is called that no RFC has. */
START_TEST(sections_and_steps)
{
    static const char *const sections[] = {
        "3.6.1",         "3.8.4",         "3.8.6.1",       "3.8.6.2.1",      "3.8.6.3",
        "3.10.1",        "3.10.2",        "3.10.4",        "3.10.5",         "3.10.7.1",
        "3.10.7.2",      "3.10.7.3",      "3.10.7.4",      "3.10.8",         "RFC 793, 3.9",
        "RFC 1337, 3",   "3.1",           "RFC 4987, 2",   "RFC 4987, 3.6",  "RFC 5681, 3.2",
        "RFC 5961, 3.2", "RFC 5961, 4.2", "RFC 5961, 5.2", "RFC 5961, 7",    "RFC 6191, 2",
        "RFC 6582, 3.2", "RFC 7323, 3.2", "RFC 7323, 5.3", "not in the RFC", "not TCP"
    };
    static const char *const steps[] = { "",
                                         "first",
                                         "second",
                                         "third",
                                         "fourth",
                                         "fifth",
                                         "sixth",
                                         "seventh",
                                         "eighth",
                                         "OPEN",
                                         "SEND",
                                         "CLOSE",
                                         "ABORT",
                                         "SYN",
                                         "ACK",
                                         "USER",
                                         "TIME-WAIT",
                                         "KEEP-ALIVE",
                                         "RETRANSMISSION",
                                         "PERSIST",
                                         "FIN-WAIT-2",
                                         "two-way handshake",
                                         "four-way handshake",
                                         "no TIME-WAIT",
                                         "no checksum",
                                         "ISN of zero",
                                         "stop and wait" };
    unsigned used = 0;
    for (unsigned i = RULE_NONE + 1; i < RULE_COUNT; i++) {
        unsigned section = 0, step = 0;
        while (section < COUNT(sections) && strcmp(sections[section], tcp_rules[i].section) != 0)
            section++;
        while (step < COUNT(steps) && strcmp(steps[step], tcp_rules[i].step) != 0)
            step++;
        ck_assert_msg(section < COUNT(sections) && step < COUNT(steps), "%s: %s, %s",
                      tcp_rules[i].name, tcp_rules[i].section, tcp_rules[i].step);
        used |= 1u << section;
    }
    ck_assert_uint_eq(used, (1u << COUNT(sections)) - 1);
}
END_TEST

/* What rule_allows() and rule_leads_to() say is what the row says. */
START_TEST(rows_are_read_right)
{
    ck_assert(rule_allows(FIN_ACKED, FIN_WAIT_1));
    ck_assert(!rule_allows(FIN_ACKED, FIN_WAIT_2));
    ck_assert_int_eq(rule_leads_to(FIN_ACKED, FIN_WAIT_1), FIN_WAIT_2);
    ck_assert_int_eq(rule_leads_to(OUTSIDE_WINDOW, CLOSING), CLOSING);
}
END_TEST

Suite *rules_suite(void)
{
    Suite *suite = suite_create("rules");
    TCase *tcase = tcase_create("table");
    tcase_add_test(tcase, rows_are_complete);
    tcase_add_test(tcase, changes_change);
    tcase_add_test(tcase, sections_and_steps);
    tcase_add_test(tcase, rows_are_read_right);
    suite_add_tcase(suite, tcase);
    TCase *reached = tcase_create("reached");
    tcase_add_test(reached, every_pair_is_reached);
    suite_add_tcase(suite, reached);
    return suite;
}
