/*
 * A test bench for TCP itself: one or two TCBs, driven by a trace that also says what must come
 * of it. Each line at the margin is something done; the lines indented below it are all that it
 * brings about, in their order. A test is read as it happens:
 *
 *     check_trace("A listen\n"
 *                 "    A CLOSED -> LISTEN  OPEN_PASSIVE\n"
 *                 "B > A <SEQ=300><CTL=SYN>\n"
 *                 "    A LISTEN -> SYN-RECEIVED  LISTEN_GOT_SYN\n"
 *                 "    A > B <SEQ=100><ACK=301><CTL=SYN,ACK>\n");
 *
 * Segments are written as in tests/notation.h. A's initial sequence number is 100 and B's is 300,
 * buffers and B's window are 1000 octets, and both announce an MSS of 1460, unless said otherwise.
 * The settings are those of the profile `rfc` without what makes TCP wait: Nagle's algorithm,
 * delayed ACKs and congestion control are off until "setting nagle 1" and its like.
 *
 * check_trace(): A is a TCB and B is the test's hand. Shown are segments, decisions, what A's user
 * is told, and what its calls give other than "ok".
 * check_pair(): both are TCBs. What one sends stays in the air until a line hands it over, and the
 * air must be empty in the end. Shown are changes of state and what users see.
 *
 * What can be done ("A" stands for either, the text in brackets may be left out):
 *
 *     A listen                   passive OPEN
 *     A open [nobody]            active OPEN, to the other end (or with no remote end)
 *     A send hello               SEND; "A send 2000*x"
 *     A send more hello          SEND without PUSH, "A send urgent !": urgent
 *     A receive 5                RECEIVE
 *     A close, A close both      CLOSE; without or with giving up RECEIVE
 *     A abort                    ABORT
 *     A nodelay 1, A cork 1, A keepalive 1, A usertimeout 5000, A maxseg 500   what users can set,
 *                                at any time
 *     A serves                   it has a listener as well, for SYNs that TIME-WAIT gives way to
 *     A reboot                   forgets everything: its TCB is one in CLOSED
 *     A > B [copy] [SEGMENT]     the oldest segment (that looks so) from A reaches B; as a copy, it
 *                                stays in the air as well. In check_trace(), B > A needs a segment
 *     old A > B SEGMENT          a segment from nowhere reaches B
 *     A > lost [SEGMENT]         a segment in the air is lost
 *     wait 1.5 s                 time passes; what timers run out do so (us, ms, s, min)
 *     A timer                    time passes until the next timer of A, which runs out
 *     A has NAME=VALUE ...       looks at SND.UNA SND.NXT SND.WND ISS IRS RCV.NXT RCV.WND UNSENT
 *                                UNREAD CWND SSTHRESH (sums, as in segments) or RTO (with a unit:
 *                                RTO=3s)
 *     A is STATE
 *     given A in STATE [by passive OPEN]   check_trace(): walks there; nothing of it is shown.
 *                                SYN-RECEIVED is come to by "passive OPEN" or "active OPEN"
 *     given A in STATE with WS 7,SACKOK   and these options in B's SYN, besides an MSS of 1460
 *     given connected            check_pair(): A has opened to B; nothing of it is shown
 *     show KIND ..., hide KIND ...  segments states rules told calls timers
 *     A iss 100, A window 1000, A queue 1000, A mss 1460   before it is opened; window is the
 *                                room for what it receives, queue for what it sends. In
 *                                check_trace(), B window is what B's segments offer
 *     A synqueue 1               its host has no room for half-open connections
 *     A cookie 536               its host says that an ACK is of a SYN cookie with this MSS
 *     A ranges 16                so many gaps it can keep in mind, also what it is at first
 *     profile linux, ipv6        that profile's settings, all of them
 *     setting nagle 1            of both ends; the names are those of struct settings
 *
 * and what can come of it:
 *
 *     A > B [again] SEGMENT             A sends; again: a retransmission
 *     A ESTABLISHED -> CLOSED  RULE     a change of state
 *     A ESTABLISHED  RULE               a decision that leaves the state as it is
 *     A told "connection reset"
 *     A receives hello
 *     A takes 4                         SEND took that many octets of more
 *     A answers connection closing      what else a call has to say
 *     A arms retransmission for 1 s     also: stops, runs out
 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include "tests/notation.h"

enum {
    BENCH_SPACE = 70000,  /* the largest buffer */
    BENCH_AIR = 64,       /* segments in the air */
    BENCH_RANGES = 16,    /* for what is beyond gaps, of an end */
    BENCH_OUTCOMES = 160, /* of one line */
    BENCH_ENDS = 2
};

/* What is shown: a bit (1 << bench_kind) each. */
enum bench_kind {
    SHOW_SEGMENTS,
    SHOW_STATES,
    SHOW_RULES,
    SHOW_TOLD,
    SHOW_CALLS,
    SHOW_TIMERS
};

struct bench;

struct bench_end {
    struct bench *bench;
    struct tcb tcb;
    struct endpoint at;
    uint64_t clock_usec; /* what its clock is ahead of the bench's, modulo 2^64 */
    uint32_t iss;
    uint16_t mss;
    uint32_t snd_space_len, rcv_space_len;
    struct range ranges[BENCH_RANGES];
    uint32_t free_range;
    struct throttle challenges;
    uint32_t ts; /* the last timestamp it sent */
    bool serves;
    bool syn_queue_full;
    uint16_t cookie_mss;
    uint8_t snd_space[BENCH_SPACE], rcv_space[BENCH_SPACE];
    uint8_t scratch[NOTATION_OCTETS];
};

struct bench_segment {
    bool in_air;
    uint8_t from;
    uint32_t order;
    struct segment seg;
    uint8_t text[NOTATION_OCTETS];
};

struct bench {
    bool pair;
    unsigned show;
    struct settings set;
    uint64_t now_usec;
    struct bench_end end[BENCH_ENDS];
    struct bench_segment air[BENCH_AIR];
    uint32_t sent;
    uint16_t seen[RULE_COUNT]; /* a bit (1 << state) where the rule was taken in that state */

    const char *doing; /* the line that is being done, for complaints */
    size_t doing_len;
    unsigned line;
    bool quiet; /* nothing is shown, whatever happens */
    unsigned outcome_count;
    char outcomes[BENCH_OUTCOMES][NOTATION_LINE];
};

/* Runs a trace on a bench of its own; fails the test where something else comes of it. */
void check_trace(const char *trace);
void check_pair(const char *trace);

/* The same in parts, for tests that look at a bench in between. */
void bench_init(struct bench *bench, bool pair);
void bench_run(struct bench *bench, const char *trace);

/* Does the lines at the margin, whatever comes of them. */
void bench_do(struct bench *bench, const char *trace);

/* Between bench.c and bench_line.c. */
void bench_fail(struct bench *bench, const char *wrong, const char *more);
void bench_show(struct bench *bench, enum bench_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void bench_do_line(struct bench *bench, char *line);
/* With these options in B's SYN besides its MSS; "": none. */
void bench_walk(struct bench *bench, enum tcp_state state, bool passive, const char *options);

/* bench_end.c: what an end is given to do */
void end_open(struct bench_end *end, bool active, bool to_nobody);
void end_send(struct bench_end *end, const uint8_t *octets, uint32_t len, unsigned flags);
/* tcb.user has been changed. */
void end_options_changed(struct bench_end *end);
void end_receive(struct bench_end *end, uint32_t len);
void end_close(struct bench_end *end, bool both);
void end_abort(struct bench_end *end);
void end_ranges(struct bench_end *end, uint32_t count);
void end_reboot(struct bench_end *end);
void end_arrives(struct bench_end *end, const struct segment *seg, const uint8_t *text);
void end_timer(struct bench_end *end);
/* In the bench's time; UINT64_MAX: none. */
uint64_t end_deadline(const struct bench_end *end);

#endif
