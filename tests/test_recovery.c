/*
 * sim/recovery: how much may be in flight, and what is sent again. RFC 5681, RFC 6582 (NewReno),
 * RFC 6675 (SACK), RFC 3042 (limited transmit), RFC 6928 (ten segments at first).
 *
 * SMSS is 100 octets, so that a trace shows segments as hundreds.
 */
#include "tests/bench.h"
#include "tests/suites.h"

#include <check.h>
#include <stdio.h>

#define CONGESTION                                                                                 \
    "A mss 100\n"                                                                                  \
    "A queue 20000\n"                                                                              \
    "B window 20000\n"                                                                             \
    "setting congestion_control 1\n"                                                               \
    "hide rules calls\n"
#define OPEN CONGESTION "given A in ESTABLISHED\n"
#define OPEN_WITH_SACK                                                                             \
    CONGESTION "setting sack 1\n"                                                                  \
               "given A in ESTABLISHED with SACKOK\n"

/* Ten segments from 101 on, which the initial window lets through, and as many more wait. */
#define TEN_IN_FLIGHT                                                                              \
    "hide segments\n"                                                                              \
    "A send 2000*x\n"                                                                              \
    "show segments\n"                                                                              \
    "A has SND.NXT=1101 CWND=1000\n"

/* RFC 6928, 2: min (10 MSS, max (2 MSS, 14600)) octets may go before the first ACK comes. */
START_TEST(ten_segments_at_first)
{
    check_trace(OPEN "hide segments\n"
                     "A send 5000*x\n"
                     "A has SND.NXT=1101 UNSENT=4000 CWND=1000\n");
    check_trace("A queue 60000\n"
                "B window 60000\n"
                "setting congestion_control 1\n"
                "given A in ESTABLISHED\n"
                "hide segments\n"
                "A send 20000*x\n"
                "A has SND.NXT=101+14600 CWND=14600\n");
}
END_TEST

/* RFC 5681, 3.1: after the loss of a SYN, or of a SYN,ACK, one segment goes first. */
START_TEST(one_segment_after_a_lost_syn)
{
    check_trace(CONGESTION "given A in SYN-SENT\n"
                           "hide segments states\n"
                           "A timer\n"
                           "B > A <SEQ=300><ACK=101><CTL=SYN,ACK><MSS=1460>\n"
                           "A send 500*x\n"
                           "A has SND.NXT=201 CWND=100\n"
                           "show rules\n"
                           "B > A <SEQ=301><ACK=201><CTL=ACK>\n"
                           "    A ESTABLISHED  ACK_ADVANCES\n"
                           "A has SND.NXT=401 CWND=200\n");
    check_trace(CONGESTION "given A in SYN-RECEIVED by passive OPEN\n"
                           "hide segments states\n"
                           "A timer\n"
                           "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                           "A has CWND=100\n");
}
END_TEST

/* RFC 5681, 3.1, (2): in slow start each ACK opens cwnd by what it acknowledges, one segment at
 * most. */
START_TEST(slow_start)
{
    check_trace(OPEN TEN_IN_FLIGHT "B > A <SEQ=301><ACK=201><CTL=ACK>\n"
                                   "    A > B <SEQ=1101><ACK=301><CTL=ACK><DATA=100*x>\n"
                                   "    A > B <SEQ=1201><ACK=301><CTL=ACK><DATA=100*x>\n"
                                   "A has CWND=1100\n"
                                   "B > A <SEQ=301><ACK=231><CTL=ACK>\n"
                                   "A has CWND=1130\n"
                                   "hide segments\n"
                                   "B > A <SEQ=301><ACK=501><CTL=ACK>\n"
                                   "A has CWND=1230\n");
}
END_TEST

/* (4) and (3): a timeout makes half of what was in flight the threshold and begins again with one
 * segment; below the threshold cwnd grows with each ACK, above it by a segment each window. */
START_TEST(congestion_avoidance)
{
    check_trace(OPEN TEN_IN_FLIGHT "A timer\n"
                                   "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n"
                                   "A has CWND=100 SSTHRESH=500\n"
                                   "hide segments\n"
                                   "B > A <SEQ=301><ACK=201><CTL=ACK>\n"
                                   "A has CWND=200\n"
                                   "B > A <SEQ=301><ACK=301><CTL=ACK>\n"
                                   "B > A <SEQ=301><ACK=401><CTL=ACK>\n"
                                   "B > A <SEQ=301><ACK=501><CTL=ACK>\n"
                                   "A has CWND=500\n"
                                   "B > A <SEQ=301><ACK=601><CTL=ACK>\n"
                                   "B > A <SEQ=301><ACK=701><CTL=ACK>\n"
                                   "B > A <SEQ=301><ACK=801><CTL=ACK>\n"
                                   "B > A <SEQ=301><ACK=901><CTL=ACK>\n"
                                   "A has CWND=500\n"
                                   "B > A <SEQ=301><ACK=1001><CTL=ACK>\n"
                                   "A has CWND=600\n"
                                   "B > A <SEQ=301><ACK=1501><CTL=ACK>\n"
                                   "A has CWND=600\n"
                                   "B > A <SEQ=301><ACK=1601><CTL=ACK>\n"
                                   "A has CWND=700\n");
}
END_TEST

/* RFC 5681, 3.1: the threshold is held where the same segment has to be sent a third time. */
START_TEST(threshold_is_held)
{
    check_trace(OPEN TEN_IN_FLIGHT "hide segments\n"
                                   "A timer\n"
                                   "A has CWND=100 SSTHRESH=500\n"
                                   "A timer\n"
                                   "A has CWND=100 SSTHRESH=500\n"
                                   "B > A <SEQ=301><ACK=201><CTL=ACK>\n"
                                   "A timer\n"
                                   "A has CWND=100 SSTHRESH=200\n"); /* no less than 2 SMSS */
}
END_TEST

/* RFC 3042: each of the first two duplicate ACKs lets one new segment go, and cwnd stays. */
START_TEST(limited_transmit)
{
    check_trace(OPEN TEN_IN_FLIGHT "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                                   "    A > B <SEQ=1101><ACK=301><CTL=ACK><DATA=100*x>\n"
                                   "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                                   "    A > B <SEQ=1201><ACK=301><CTL=ACK><DATA=100*x>\n"
                                   "A has CWND=1000\n");
}
END_TEST

/* RFC 5681, 3.2: the third duplicate ACK sends the lost segment again at once, the very first of
 * the text too; ssthresh is half of what was in flight without what limited transmit added. Later
 * duplicates let new segments go once half of the window has left the network; the ACK of all
 * leaves cwnd at ssthresh. */
START_TEST(fast_retransmit)
{
    check_trace(OPEN TEN_IN_FLIGHT "hide segments\n"
                                   "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                                   "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                                   "show segments rules\n"
                                   "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                                   "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                                   "    A ESTABLISHED  FAST_RETRANSMIT\n"
                                   "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n"
                                   "A has SSTHRESH=500\n"
                                   "hide rules\n"
                                   "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                                   "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                                   "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                                   "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                                   "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                                   "    A > B <SEQ=1301><ACK=301><CTL=ACK><DATA=100*x>\n"
                                   "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                                   "    A > B <SEQ=1401><ACK=301><CTL=ACK><DATA=100*x>\n"
                                   "hide segments\n"
                                   "show rules\n"
                                   "B > A <SEQ=301><ACK=1301><CTL=ACK>\n"
                                   "    A ESTABLISHED  ACK_ADVANCES\n"
                                   "    A ESTABLISHED  LOSS_RECOVERED\n"
                                   "A has CWND=500 SSTHRESH=500 SND.NXT=1801\n");
}
END_TEST

/* RFC 5681, 2: an ACK with text, or with another window, is no duplicate; nor is one while nothing
 * is in flight. */
START_TEST(what_is_no_duplicate)
{
    check_trace(OPEN "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                     "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                     "B > A <SEQ=301><ACK=101><CTL=ACK>\n" TEN_IN_FLIGHT "hide segments\n"
                     "show rules\n"
                     "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=a>\n"
                     "    A ESTABLISHED  TEXT_IN_ORDER\n"
                     "B > A <SEQ=302><ACK=101><CTL=ACK><WIN=19999>\n"
                     "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                     "B > A <SEQ=302><ACK=101><CTL=ACK><WIN=20000>\n"
                     "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                     "A has SND.NXT=1101\n");
}
END_TEST

/* RFC 6582, 3.2, (3): an ACK of some of what was in flight at the loss sends the next lost segment
 * at once; it is over with the ACK of all that was. */
START_TEST(partial_ack)
{
    check_trace(OPEN TEN_IN_FLIGHT "hide segments\n"
                                   "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                                   "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                                   "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                                   "show segments rules\n"
                                   "B > A <SEQ=301><ACK=301><CTL=ACK>\n"
                                   "    A ESTABLISHED  ACK_ADVANCES\n"
                                   "    A ESTABLISHED  ACK_IS_PARTIAL\n"
                                   "    A > B again <SEQ=301><ACK=301><CTL=ACK><DATA=100*x>\n"
                                   "A has SSTHRESH=500\n"
                                   "hide segments\n"
                                   "B > A <SEQ=301><ACK=1301><CTL=ACK>\n"
                                   "    A ESTABLISHED  ACK_ADVANCES\n"
                                   "    A ESTABLISHED  LOSS_RECOVERED\n");
}
END_TEST

/* RFC 6582, 4: after a timeout duplicates of what was sent before it do not begin a recovery. */
START_TEST(duplicates_after_a_timeout)
{
    check_trace(OPEN TEN_IN_FLIGHT "hide segments\n"
                                   "A timer\n"
                                   "show rules\n"
                                   "hide segments\n"
                                   "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                                   "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                                   "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                                   "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                                   "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                                   "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                                   "A has CWND=100 SSTHRESH=500\n");
}
END_TEST

/* RFC 6675, 5: three of ten are lost. A hole is lost once more than two segments' worth behind it
 * is SACKed, and is sent again once `pipe` has come below half of the window; then new text. */
START_TEST(holes)
{
    check_trace(OPEN_WITH_SACK TEN_IN_FLIGHT
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 201:301>\n"
                "    A > B <SEQ=1101><ACK=301><CTL=ACK><DATA=100*x>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 401:501 201:301>\n"
                "    A > B <SEQ=1201><ACK=301><CTL=ACK><DATA=100*x>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 601:701 401:501 201:301>\n"
                "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n" /* pipe 900 */
                "A has CWND=500 SSTHRESH=500\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 601:801 401:501 201:301>\n" /* 700 */
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 601:901 401:501 201:301>\n" /* 500 */
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 601:1001 401:501 201:301>\n"
                "    A > B again <SEQ=301><ACK=301><CTL=ACK><DATA=100*x>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 601:1101 401:501 201:301>\n"
                "    A > B again <SEQ=501><ACK=301><CTL=ACK><DATA=100*x>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 601:1201 401:501 201:301>\n"
                "    A > B <SEQ=1301><ACK=301><CTL=ACK><DATA=100*x>\n"
                "hide segments\n"
                "show rules\n"
                "B > A <SEQ=301><ACK=301><CTL=ACK><OPT=SACK 601:1301 401:501>\n"
                "    A ESTABLISHED  ACK_ADVANCES\n"
                "    A ESTABLISHED  ACK_IS_PARTIAL\n"
                "B > A <SEQ=301><ACK=501><CTL=ACK><OPT=SACK 601:1301>\n"
                "    A ESTABLISHED  ACK_ADVANCES\n"
                "    A ESTABLISHED  ACK_IS_PARTIAL\n"
                "B > A <SEQ=301><ACK=1301><CTL=ACK>\n"
                "    A ESTABLISHED  ACK_ADVANCES\n"
                "    A ESTABLISHED  LOSS_RECOVERED\n"
                "A has CWND=500\n");
}
END_TEST

/* RFC 6675, 4, IsLost(): one block as large as three segments says as much as three ACKs, where
 * the others were lost. */
START_TEST(one_ack_says_enough)
{
    check_trace(OPEN_WITH_SACK TEN_IN_FLIGHT
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 201:501>\n"
                "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n"
                "A has SSTHRESH=500\n");
}
END_TEST

/* RFC 2018, 8: after a timeout what was SACKed is sent again too, for it may have been thrown
 * away. Blocks that lie outside of what is in flight are not believed. */
START_TEST(sacked_text_goes_again)
{
    check_trace(OPEN_WITH_SACK TEN_IN_FLIGHT
                "hide segments\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 201:301>\n"
                "A timer\n"
                "show segments\n"
                "B > A <SEQ=301><ACK=201><CTL=ACK>\n"
                "    A > B again <SEQ=201><ACK=301><CTL=ACK><DATA=100*x>\n"
                "    A > B again <SEQ=301><ACK=301><CTL=ACK><DATA=100*x>\n");
    check_trace(OPEN_WITH_SACK TEN_IN_FLIGHT
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 1001:1501>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 1:101>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 501:401>\n"
                "A has SND.NXT=1101 CWND=1000\n");
}
END_TEST

/* RFC 5681, 4.1: after a silence longer than RTO cwnd is the restart window, no more than at
 * first. */
START_TEST(restart_after_idle)
{
    check_trace(OPEN TEN_IN_FLIGHT "hide segments\n"
                                   "B > A <SEQ=301><ACK=601><CTL=ACK>\n"
                                   "B > A <SEQ=301><ACK=1101><CTL=ACK>\n"
                                   "B > A <SEQ=301><ACK=2101><CTL=ACK>\n"
                                   "A has CWND=1300 UNSENT=0\n"
                                   "wait 900 ms\n"
                                   "A send 100*x\n"
                                   "B > A <SEQ=301><ACK=2201><CTL=ACK>\n"
                                   "A has CWND=1400\n"
                                   "wait 1.1 s\n"
                                   "A send 2000*x\n"
                                   "A has CWND=1000 SND.NXT=3201\n");
}
END_TEST

/* All of it holds across the end of the sequence space. */
START_TEST(across_zero)
{
    check_trace(CONGESTION "setting sack 1\n"
                           "A iss 4294966995\n"
                           "hide states segments\n"
                           "A open\n"
                           "B > A <SEQ=300><ACK=4294966996><CTL=SYN,ACK><OPT=MSS 1460,SACKOK>\n"
                           "A send 2000*x\n"
                           "show segments\n"
                           "A has SND.NXT=700\n"
                           "B > A <SEQ=301><ACK=4294966996><CTL=ACK><OPT=SACK 4294967196:200>\n"
                           "    A > B again <SEQ=4294966996><ACK=301><CTL=ACK><DATA=100*x>\n"
                           "B > A <SEQ=301><ACK=4294966996><CTL=ACK><OPT=SACK 4294967196:400>\n"
                           "    A > B again <SEQ=4294967096><ACK=301><CTL=ACK><DATA=100*x>\n"
                           "hide segments\n"
                           "show rules\n"
                           "B > A <SEQ=301><ACK=700><CTL=ACK>\n"
                           "    A ESTABLISHED  ACK_ADVANCES\n"
                           "    A ESTABLISHED  LOSS_RECOVERED\n");
}
END_TEST

/* The window of a connection that is open moves on by so much, and all of it is acknowledged. */
static enum recovery_news moves_on(struct tcb *tcb, uint32_t octets, const struct tcp_ctx *ctx)
{
    const struct segment ack = { .flags = ACK };
    tcb->snd.nxt = seq_add(tcb->snd.nxt, octets);
    recovery_sent(tcb, ctx);
    tcb->snd.una = tcb->snd.nxt;
    return recovery_acked(tcb, &ack, octets, false, ctx);
}

/* What was lost once is not lost again after another turn round the sequence space. */
START_TEST(numbers_go_round)
{
    const struct segment ack = { .flags = ACK };
    struct range_pool none = { 0 };
    struct tcp_ctx ctx = { .set = &profile_find("rfc")->set, .ranges = none };
    struct seq seq;
    uint32_t len;
    struct tcb tcb;
    tcb_init(&tcb);
    tcb.snd.mss = 1000;
    recovery_init(&tcb, &ctx);
    recovery_open(&tcb, false, &ctx);
    tcb.snd.nxt = seq_add(tcb.snd.una, 10000);
    for (unsigned i = 0; i < 3; i++)
        recovery_acked(&tcb, &ack, 0, true, &ctx);
    ck_assert(recovery_next(&tcb, &seq, &len, &ctx));
    recovery_again(&tcb, seq_add(seq, len));
    ck_assert_int_eq(moves_on(&tcb, 0, &ctx), NEWS_RECOVERED);
    for (unsigned i = 0; i < 16; i++) {
        ck_assert_int_eq(moves_on(&tcb, 1u << 29, &ctx), NEWS_NONE);
        ck_assert(!recovery_next(&tcb, &seq, &len, &ctx));
        ck_assert_uint_eq(recovery_lost(&tcb, &ctx), 0);
    }
}
END_TEST

/* Blocks that are empty, below SND.UNA (D-SACK), beyond SND.NXT or at SND.UNA itself, which the ACK
 * says is missing, tell nothing: the front is sent again. */
START_TEST(blocks_that_cannot_be)
{
    check_trace("setting sack 1\n"
                "setting congestion_control 1\n"
                "A mss 100\n"
                "A queue 20000\n"
                "B window 20000\n"
                "given A in ESTABLISHED with SACKOK\n"
                "hide rules calls segments\n"
                "A send 1000*x\n"
                "show segments rules\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 0:50>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 1101:1201>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 301:201>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 101:501>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "A has CWND=1000\n"
                "A timer\n"
                "    A ESTABLISHED  RETRANSMISSION_TIMEOUT\n"
                "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n");
}
END_TEST

/* Duplicates of what was in flight before a timeout let nothing go: cwnd is one segment until an
 * ACK advances (RFC 5681, 3.1). */
START_TEST(late_duplicates)
{
    check_trace("setting congestion_control 1\n"
                "A mss 100\n"
                "A queue 20000\n"
                "B window 20000\n"
                "given A in ESTABLISHED\n"
                "hide rules calls segments\n"
                "A send 1000*x\n"
                "show segments\n"
                "wait 1 s\n"
                "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                "B > A <SEQ=301><ACK=201><CTL=ACK>\n"
                "    A > B again <SEQ=201><ACK=301><CTL=ACK><DATA=100*x>\n"
                "    A > B again <SEQ=301><ACK=301><CTL=ACK><DATA=100*x>\n");
}
END_TEST

/* RFC 8985: what comes before a segment that has arrived is waited for a little, where both were
 * sent together, and is lost at once where it was sent long before. */
START_TEST(loss_by_time)
{
    check_trace(CONGESTION "setting sack 1\n"
                           "setting loss_by_time 1\n"
                           "given A in ESTABLISHED with SACKOK\n"
                           "hide segments\n"
                           "A send 100*x\n"
                           "wait 20 ms\n"
                           "B > A <SEQ=301><ACK=201><CTL=ACK>\n"
                           "A send 200*x\n"
                           "wait 20 ms\n"
                           "show segments\n"
                           "B > A <SEQ=301><ACK=201><CTL=ACK><OPT=SACK 301:401>\n"
                           "wait 7 ms\n"
                           "wait 1 ms\n"
                           "    A > B again <SEQ=201><ACK=301><CTL=ACK><DATA=100*x>\n");
    check_trace(CONGESTION "setting sack 1\n"
                           "setting loss_by_time 1\n"
                           "given A in ESTABLISHED with SACKOK\n"
                           "hide segments\n"
                           "A send 100*x\n"
                           "wait 20 ms\n"
                           "A send 100*x\n"
                           "show segments\n"
                           "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 201:301>\n"
                           "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n");
}
END_TEST

/* What was sent in small segments is sent again in the same, several in one where all of each fits,
 * where a stack keeps its segments. */
START_TEST(small_segments_stay)
{
    static const char small[] = "given A in ESTABLISHED with SACKOK\n"
                                "hide segments\n"
                                "A send 30*x\n"
                                "A send 100*x\n"
                                "A send 40*x\n"
                                "A send 50*x\n"
                                "A send 20*x\n"
                                "show segments\n"
                                "A timer\n";
    static const char rest[] = "B > A <SEQ=301><ACK=231><CTL=ACK>\n";
    char script[1024];
    snprintf(script, sizeof script, CONGESTION "setting nagle 0\nsetting segments_stay 1\n%s%s%s%s",
             small, "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=30*x>\n", rest,
             "    A > B again <SEQ=231><ACK=301><CTL=ACK><DATA=90*x>\n"
             "    A > B again <SEQ=321><ACK=301><CTL=PSH,ACK><DATA=20*x>\n");
    check_trace(script);
    snprintf(script, sizeof script, CONGESTION "setting nagle 0\n%s%s%s%s", small,
             "    A > B again <SEQ=101><ACK=301><CTL=ACK><DATA=100*x>\n", rest,
             "    A > B again <SEQ=231><ACK=301><CTL=ACK><DATA=100*x>\n"
             "    A > B again <SEQ=331><ACK=301><CTL=PSH,ACK><DATA=10*x>\n");
    check_trace(script);
}
END_TEST

/* What was SACKed need not go again after a timeout, where a stack trusts its peer to keep it. */
START_TEST(sacked_text_is_kept)
{
    check_trace(CONGESTION "setting sack 1\n"
                           "setting sack_outlasts_rto 1\n"
                           "given A in ESTABLISHED with SACKOK\n" TEN_IN_FLIGHT "hide segments\n"
                           "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 301:401>\n"
                           "A timer\n"
                           "show segments\n"
                           "B > A <SEQ=301><ACK=201><CTL=ACK>\n"
                           "    A > B again <SEQ=201><ACK=301><CTL=ACK><DATA=100*x>\n"
                           "    A > B again <SEQ=401><ACK=301><CTL=ACK><DATA=100*x>\n");
}
END_TEST

/* RFC 6937: what goes into the network in recovery follows what has left it: one segment for each
 * that arrives while less than ssthresh is under way. */
START_TEST(in_proportion)
{
    check_trace(CONGESTION "setting sack 1\n"
                           "setting cwnd_in_proportion 1\n"
                           "given A in ESTABLISHED with SACKOK\n"
                           "hide segments\n"
                           "A send 400*x\n"
                           "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 201:301>\n"
                           "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 201:401>\n"
                           "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 201:501>\n"
                           "show segments\n"
                           "A has CWND=100 SSTHRESH=200\n"
                           "A send 200*x\n"
                           "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=SACK 201:501>\n"
                           "B > A <SEQ=301><ACK=501><CTL=ACK>\n"
                           "    A > B <SEQ=501><ACK=301><CTL=ACK><DATA=100*x>\n"
                           "    A > B <SEQ=601><ACK=301><CTL=PSH,ACK><DATA=100*x>\n");
}
END_TEST

/* Linux counts segments, takes half of cwnd for the threshold, and forgives the loss of one SYN. */
START_TEST(as_linux_counts)
{
    check_trace("setting cwnd_by_segments 1\n" OPEN TEN_IN_FLIGHT "hide segments\n"
                "B > A <SEQ=301><ACK=201><CTL=ACK>\n"
                "B > A <SEQ=301><ACK=231><CTL=ACK>\n"
                "A has CWND=1200\n");
    check_trace("setting halves_cwnd 1\n" OPEN "hide segments\n"
                "A send 200*x\n"
                "A timer\n"
                "A has CWND=100 SSTHRESH=500\n");
    check_trace("setting syns_lost 1\n" CONGESTION "given A in SYN-RECEIVED by passive OPEN\n"
                "hide segments states\n"
                "A timer\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK>\n"
                "A has CWND=1000\n");
}
END_TEST

Suite *recovery_suite(void)
{
    Suite *suite = suite_create("recovery");
    TCase *window = tcase_create("cwnd");
    tcase_add_test(window, ten_segments_at_first);
    tcase_add_test(window, one_segment_after_a_lost_syn);
    tcase_add_test(window, slow_start);
    tcase_add_test(window, congestion_avoidance);
    tcase_add_test(window, threshold_is_held);
    tcase_add_test(window, restart_after_idle);
    tcase_add_test(window, as_linux_counts);
    suite_add_tcase(suite, window);
    TCase *loss = tcase_create("loss");
    tcase_add_test(loss, limited_transmit);
    tcase_add_test(loss, fast_retransmit);
    tcase_add_test(loss, what_is_no_duplicate);
    tcase_add_test(loss, partial_ack);
    tcase_add_test(loss, duplicates_after_a_timeout);
    suite_add_tcase(suite, loss);
    TCase *sack = tcase_create("SACK");
    tcase_add_test(sack, holes);
    tcase_add_test(sack, one_ack_says_enough);
    tcase_add_test(sack, sacked_text_goes_again);
    tcase_add_test(sack, across_zero);
    tcase_add_test(sack, numbers_go_round);
    tcase_add_test(sack, blocks_that_cannot_be);
    tcase_add_test(sack, late_duplicates);
    tcase_add_test(sack, loss_by_time);
    tcase_add_test(sack, small_segments_stay);
    tcase_add_test(sack, in_proportion);
    tcase_add_test(sack, sacked_text_is_kept);
    suite_add_tcase(suite, sack);
    return suite;
}
