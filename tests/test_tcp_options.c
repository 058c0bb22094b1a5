/*
 * Options: MSS (RFC 9293, 3.7.1), window scale, timestamps and PAWS (RFC 7323), SACK blocks
 * (RFC 2018). What SACK makes of a loss is in test_recovery.c.
 */
#include "tests/bench.h"
#include "tests/suites.h"

#define ALL_OFFERED                                                                                \
    "setting window_scaling 1\n"                                                                   \
    "setting sack 1\n"                                                                             \
    "setting timestamps 1\n"                                                                       \
    "setting rcv_buffer_max 131072\n"

/* An active OPEN offers all it is set to; what the SYN,ACK says too holds, and later segments carry
 * timestamps alone. TSval of the peer is echoed (RFC 7323, 3.2). */
START_TEST(offered_and_taken)
{
    check_trace(ALL_OFFERED
                "A open\n"
                "    A CLOSED -> SYN-SENT  OPEN_ACTIVE\n"
                "    A > B <SEQ=100><CTL=SYN><OPT=MSS 1460,WS 2,SACKOK,TS *:0>\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,ACK><OPT=MSS 1460,WS 7,SACKOK,TS 7000:TS>\n"
                "    A SYN-SENT -> ESTABLISHED  SYN_SENT_GOT_SYN_ACK\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><MSS=0><OPT=TS *:7000>\n"
                "A send x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><MSS=0><OPT=TS *:7000><DATA=x>\n");
}
END_TEST

/* A passive OPEN says in its SYN,ACK only what the SYN has said (RFC 7323, 1.3). */
START_TEST(answered_with_what_was_said)
{
    check_trace(ALL_OFFERED "hide states rules\n"
                            "given A in LISTEN\n"
                            "B > A <SEQ=300><CTL=SYN><OPT=MSS 1000,WS 7,SACKOK,TS 5:0>\n"
                            "    A > B <SEQ=100><ACK=301><CTL=SYN,ACK>"
                            "<OPT=MSS 1460,WS 2,SACKOK,TS *:5>\n");
    check_trace(ALL_OFFERED "hide states rules\n"
                            "given A in LISTEN\n"
                            "B > A <SEQ=300><CTL=SYN><OPT=MSS 1000,SACKOK>\n"
                            "    A > B <SEQ=100><ACK=301><CTL=SYN,ACK><OPT=MSS 1460,SACKOK>\n");
    check_trace(ALL_OFFERED "hide states rules\n"
                            "given A in LISTEN\n"
                            "B > A <SEQ=300><CTL=SYN><OPT=none>\n"
                            "    A > B <SEQ=100><ACK=301><CTL=SYN,ACK><MSS=1460><OPT=none>\n"
                            "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=10>\n"
                            "A has SND.WND=10\n");
}
END_TEST

/* What A is not set to is not agreed on, whatever the peer says. */
START_TEST(not_wanted)
{
    check_trace("hide states rules\n"
                "A open\n"
                "    A > B <SEQ=100><CTL=SYN><MSS=1460><OPT=none>\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,ACK><OPT=MSS 1460,WS 7,SACKOK,TS 5:0>\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><OPT=none>\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=10>\n"
                "A has SND.WND=10\n"
                "B > A <SEQ=302><ACK=101><CTL=ACK><DATA=b>\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><OPT=none>\n");
}
END_TEST

/* The window of a SYN is never scaled, later ones are (RFC 7323, 2.2); a shift of more than 14
 * counts as 14 (2.3). */
START_TEST(scaled_window)
{
    check_trace("setting window_scaling 1\n"
                "hide segments states rules\n"
                "A open\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,ACK><WIN=1000><OPT=MSS 1460,WS 3>\n"
                "A has SND.WND=1000\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=1000>\n"
                "A has SND.WND=8000\n");
    check_trace("setting window_scaling 1\n"
                "hide segments states rules\n"
                "A listen\n"
                "B > A <SEQ=300><CTL=SYN><WIN=1000><OPT=MSS 1460,WS 15>\n"
                "A has SND.WND=1000\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=2>\n"
                "A has SND.WND=32768\n");
}
END_TEST

/* Our own window is told whole in the SYN, as far as 16 bits go, and scaled behind it. The scale is
 * the least by which the buffer can be told. */
START_TEST(own_scale)
{
    check_trace("setting window_scaling 1\n"
                "setting rcv_buffer_max 70000\n"
                "A window 70000\n"
                "hide states rules\n"
                "A open\n"
                "    A > B <SEQ=100><CTL=SYN><WIN=65535><OPT=MSS 1460,WS 1>\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,ACK><OPT=MSS 1460,WS 0>\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><WIN=35000>\n"
                "A has RCV.WND=70000\n");
    check_trace("setting window_scaling 1\n"
                "setting rcv_buffer_max 1073741823\n"
                "hide states rules\n"
                "A open\n"
                "    A > B <SEQ=100><CTL=SYN><OPT=MSS 1460,WS 14>\n");
}
END_TEST

/* 3.7.1: timestamps take 12 octets of each segment's text (MUST-16); TCP_MAXSEG is announced, and
 * no more is sent either. */
START_TEST(room_for_options)
{
    check_trace("setting timestamps 1\n"
                "hide states rules calls\n"
                "A open\n"
                "    A > B <SEQ=100><CTL=SYN><MSS=1460>\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,ACK><OPT=MSS 100,TS 5:TS>\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "A send 100*x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=88*x>\n"
                "    A > B <SEQ=189><ACK=301><CTL=ACK><DATA=12*x>\n");
    check_trace("A maxseg 60\n"
                "hide states rules calls\n"
                "A open\n"
                "    A > B <SEQ=100><CTL=SYN><MSS=60>\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,ACK><MSS=1460>\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "A send 100*x\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=60*x>\n"
                "    A > B <SEQ=161><ACK=301><CTL=ACK><DATA=40*x>\n");
}
END_TEST

#define STAMPED                                                                                    \
    "setting timestamps 1\n"                                                                       \
    "given A in ESTABLISHED with TS 1000:0\n"                                                      \
    "hide rules\n"

/* RFC 7323, 4.3: TS.Recent is the timestamp of the segment that was last due, not of one beyond a
 * gap: so the sender measures what it has waited for. */
START_TEST(which_is_echoed)
{
    check_trace(STAMPED "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=TS 1001:TS><DATA=a>\n"
                        "    A > B <SEQ=101><ACK=302><CTL=ACK><OPT=TS *:1001>\n"
                        "B > A <SEQ=303><ACK=101><CTL=ACK><OPT=TS 1003:TS><DATA=c>\n"
                        "    A > B <SEQ=101><ACK=302><CTL=ACK><OPT=TS *:1001>\n"
                        "B > A <SEQ=302><ACK=101><CTL=ACK><OPT=TS 1002:TS><DATA=b>\n"
                        "    A > B <SEQ=101><ACK=304><CTL=ACK><OPT=TS *:1002>\n");
    /* the earlier of two that are acknowledged together */
    check_trace("setting ack_delay_usec 200000\n"
                "setting quick_acks 0\n" STAMPED
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=TS 1001:TS><DATA=a>\n"
                "B > A <SEQ=302><ACK=101><CTL=ACK><OPT=TS 1002:TS><DATA=b>\n"
                "    A > B <SEQ=101><ACK=303><CTL=ACK><OPT=TS *:1001>\n");
}
END_TEST

/* RFC 7323, 4.1: each ACK measures a round trip by its echo, also of what was sent again. */
START_TEST(measured_by_echo)
{
    check_trace(STAMPED "setting rto_min_usec 1000\n"
                        "hide segments\n"
                        "A send x\n"
                        "wait 1.1 s\n"
                        "wait 100 ms\n"
                        "B > A <SEQ=301><ACK=102><CTL=ACK><OPT=TS 1001:TS>\n"
                        "A has RTO=600ms\n"); /* 0.2 and 0.1: sent again 0.2 s ago */
}
END_TEST

/* RFC 7323, 5.3, R1 (PAWS): a timestamp older than TS.Recent means an old segment; an ACK answers.
 * A RST is not looked at so (5.2). The order is that of numbers modulo 2^32. */
START_TEST(paws)
{
    check_trace(STAMPED "show rules\n"
                        "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=TS 999:TS><DATA=a>\n"
                        "    A ESTABLISHED  OLD_TIMESTAMP\n"
                        "    A > B <SEQ=101><ACK=301><CTL=ACK><OPT=TS *:1000>\n"
                        "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=TS 1000:TS><DATA=a>\n"
                        "    A ESTABLISHED  TEXT_IN_ORDER\n"
                        "    A > B <SEQ=101><ACK=302><CTL=ACK>\n"
                        "B > A <SEQ=302><CTL=RST><OPT=TS 999:0>\n"
                        "    A told \"connection reset\"\n"
                        "    A ESTABLISHED -> CLOSED  RST_RESETS\n");
    check_trace("setting timestamps 1\n"
                "given A in ESTABLISHED with TS 4294967295:0\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=TS 2:TS><DATA=a>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=302><CTL=ACK><OPT=TS *:2>\n"
                "B > A <SEQ=302><ACK=101><CTL=ACK><OPT=TS 4294967295:TS><DATA=b>\n"
                "    A ESTABLISHED  OLD_TIMESTAMP\n"
                "    A > B <SEQ=101><ACK=302><CTL=ACK><OPT=TS *:2>\n");
}
END_TEST

/* An ACK that was overtaken says nothing wrong; Linux takes it, or drops it without a word. */
START_TEST(paws_of_acks)
{
    check_trace("setting old_acks_pass 1\n" STAMPED "show rules\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=TS 999:TS>\n"
                "    A ESTABLISHED  ACK_OF_NOTHING_NEW\n"
                "B > A <SEQ=300><ACK=101><CTL=ACK><OPT=TS 999:TS>\n"
                "    A ESTABLISHED  OLD_TIMESTAMP\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=TS 999:TS><DATA=a>\n"
                "    A ESTABLISHED  OLD_TIMESTAMP\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK><OPT=TS *:1000>\n");
}
END_TEST

/* RFC 7323, 5.5: after more than 24 days of silence TS.Recent says nothing any more. */
START_TEST(paws_after_24_days)
{
    check_trace(STAMPED "show rules\n"
                        "wait 34559 min\n"
                        "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=TS 999:TS><DATA=a>\n"
                        "    A ESTABLISHED  OLD_TIMESTAMP\n"
                        "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                        "wait 2 min\n"
                        "B > A <SEQ=301><ACK=101><CTL=ACK><OPT=TS 999:TS><DATA=a>\n"
                        "    A ESTABLISHED  TEXT_IN_ORDER\n"
                        "    A > B <SEQ=101><ACK=302><CTL=ACK><OPT=TS *:999>\n");
}
END_TEST

/* RFC 7323, 3.2: a segment without the timestamps agreed on is dropped, but not a RST. Linux takes
 * it. */
START_TEST(missing_timestamps)
{
    check_trace(STAMPED "show rules\n"
                        "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=a>\n"
                        "    A ESTABLISHED  NO_TIMESTAMP\n"
                        "B > A <SEQ=301><CTL=RST>\n"
                        "    A told \"connection reset\"\n"
                        "    A ESTABLISHED -> CLOSED  RST_RESETS\n");
    check_trace("profile linux\n"
                "given A in ESTABLISHED with TS 1000:0\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=a>\n"
                "    A ESTABLISHED  TEXT_IN_ORDER\n"
                "    A > B <SEQ=101><ACK=302><CTL=ACK><OPT=TS *:1000>\n");
}
END_TEST

#define SACKS                                                                                      \
    "setting sack 1\n"                                                                             \
    "given A in ESTABLISHED with SACKOK\n"                                                         \
    "hide rules\n"

/* RFC 2018, 4: the block with the segment that came last stands first, then the others; four at
 * most, and none once nothing is missing. */
START_TEST(order_of_blocks)
{
    check_trace(SACKS "B > A <SEQ=303><ACK=101><CTL=ACK><DATA=c>\n"
                      "    A > B <SEQ=101><ACK=301><CTL=ACK><OPT=SACK 303:304>\n"
                      "B > A <SEQ=307><ACK=101><CTL=ACK><DATA=g>\n"
                      "    A > B <SEQ=101><ACK=301><CTL=ACK><OPT=SACK 307:308 303:304>\n"
                      "B > A <SEQ=304><ACK=101><CTL=ACK><DATA=d>\n"
                      "    A > B <SEQ=101><ACK=301><CTL=ACK><OPT=SACK 303:305 307:308>\n"
                      "B > A <SEQ=301><ACK=101><CTL=ACK><DATA=ab>\n"
                      "    A > B <SEQ=101><ACK=305><CTL=ACK><OPT=SACK 307:308>\n"
                      "B > A <SEQ=305><ACK=101><CTL=ACK><DATA=ef>\n"
                      "    A > B <SEQ=101><ACK=308><CTL=ACK><OPT=none>\n"
                      "A receive 9\n"
                      "    A receives abcdefg\n");
}
END_TEST

/* RFC 2018, 4: those reported after the first are the ones most recently reported. */
START_TEST(most_recent_blocks)
{
    check_trace(SACKS "hide segments\n"
                      "B > A <SEQ=303><ACK=101><CTL=ACK><DATA=a>\n"
                      "B > A <SEQ=305><ACK=101><CTL=ACK><DATA=b>\n"
                      "B > A <SEQ=307><ACK=101><CTL=ACK><DATA=c>\n"
                      "B > A <SEQ=309><ACK=101><CTL=ACK><DATA=d>\n"
                      "show segments\n"
                      "B > A <SEQ=311><ACK=101><CTL=ACK><DATA=e>\n"
                      "    A > B <SEQ=101><ACK=301><CTL=ACK>"
                      "<OPT=SACK 311:312 309:310 307:308 305:306>\n");
}
END_TEST

/* Beside timestamps there is room for three blocks. */
START_TEST(three_beside_timestamps)
{
    check_trace("setting sack 1\n"
                "setting timestamps 1\n"
                "given A in ESTABLISHED with SACKOK,TS 1000:0\n"
                "hide rules segments\n"
                "B > A <SEQ=303><ACK=101><CTL=ACK><OPT=TS 1001:TS><DATA=a>\n"
                "B > A <SEQ=305><ACK=101><CTL=ACK><OPT=TS 1001:TS><DATA=b>\n"
                "B > A <SEQ=307><ACK=101><CTL=ACK><OPT=TS 1001:TS><DATA=c>\n"
                "show segments\n"
                "B > A <SEQ=309><ACK=101><CTL=ACK><OPT=TS 1001:TS><DATA=d>\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>"
                "<OPT=TS *:1000,SACK 309:310 307:308 305:306>\n");
}
END_TEST

/* Two of the same kind agree on all; a window is told in multiples of what the scale stands for. */
START_TEST(both_agree)
{
    check_pair(ALL_OFFERED "given connected\n"
                           "A send hello\n"
                           "A > B <SEQ=101><ACK=301><CTL=ACK><DATA=hello>\n"
                           "B receive 9\n"
                           "    B receives hello\n"
                           "B > A <SEQ=301><ACK=106><CTL=ACK>\n"
                           "A has SND.UNA=106 SND.WND=992\n");
}
END_TEST

/* The window of a SYN is never scaled, nor is that of the SYN,ACK of a simultaneous open, which
 * comes when all is agreed on (RFC 7323, 2.2). */
START_TEST(both_open_at_once)
{
    check_trace("setting window_scaling 1\n"
                "hide rules states\n"
                "A open\n"
                "    A > B <SEQ=100><CTL=SYN><OPT=MSS 1460,WS 0>\n"
                "B > A <SEQ=300><CTL=SYN><WIN=500><OPT=MSS 1460,WS 7>\n"
                "    A > B <SEQ=100><ACK=301><CTL=SYN,ACK><OPT=MSS 1460,WS 0>\n"
                "B > A <SEQ=300><ACK=101><CTL=SYN,ACK><WIN=500><OPT=MSS 1460,WS 7>\n"
                "    A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                "A has SND.WND=500\n"
                "B > A <SEQ=301><ACK=101><CTL=ACK><WIN=4>\n"
                "A has SND.WND=512\n");
}
END_TEST

Suite *tcp_options_suite(void)
{
    Suite *suite = suite_create("tcp options");
    TCase *agreed = tcase_create("agreed on");
    tcase_add_test(agreed, offered_and_taken);
    tcase_add_test(agreed, answered_with_what_was_said);
    tcase_add_test(agreed, not_wanted);
    tcase_add_test(agreed, room_for_options);
    tcase_add_test(agreed, both_agree);
    suite_add_tcase(suite, agreed);
    TCase *scale = tcase_create("window scale");
    tcase_add_test(scale, scaled_window);
    tcase_add_test(scale, own_scale);
    tcase_add_test(scale, both_open_at_once);
    suite_add_tcase(suite, scale);
    TCase *stamps = tcase_create("timestamps");
    tcase_add_test(stamps, which_is_echoed);
    tcase_add_test(stamps, measured_by_echo);
    tcase_add_test(stamps, paws);
    tcase_add_test(stamps, paws_of_acks);
    tcase_add_test(stamps, paws_after_24_days);
    tcase_add_test(stamps, missing_timestamps);
    suite_add_tcase(suite, stamps);
    TCase *sack = tcase_create("SACK blocks");
    tcase_add_test(sack, order_of_blocks);
    tcase_add_test(sack, most_recent_blocks);
    tcase_add_test(sack, three_beside_timestamps);
    suite_add_tcase(suite, sack);
    return suite;
}
