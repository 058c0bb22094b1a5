/*
 * What the parts of TCP (user calls, arriving segments, output, timers) call of each other; not
 * for use outside tcp_*.c, recovery.c and take.c.
 */
#ifndef SIM_TCP_PARTS_H
#define SIM_TCP_PARTS_H

#include "sim/tcp.h"

/* Takes a decision: the only code that changes tcb->state. Asserts that the row allows the state
 * as it is, enters the new one (timers, queues) and emits the event. */
void take(struct tcb *tcb, enum rule_id rule, struct tcp_ctx *ctx);

/* Tells the user, once for each notice. */
void tell(struct tcb *tcb, enum tcp_notice notice, struct tcp_ctx *ctx);

/* An event of this connection, to be filled in and emitted. */
struct event tcp_event(enum event_kind kind, const struct tcp_ctx *ctx);

/* ---- SEGMENT ARRIVES, step by step: tcp_arrives.c, tcp_check.c, tcp_ack.c, tcp_text.c */

enum verdict {
    GO_ON,
    DROP
};

/* tcp_check.c. The first step cuts off of the segment what lies outside the window. */
enum verdict first_check_sequence(struct tcb *tcb, struct segment *seg, struct tcp_ctx *ctx);
void cut_to_window(struct tcb *tcb, struct segment *seg, struct tcp_ctx *ctx);
enum verdict second_check_rst(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx);
enum verdict fourth_check_syn(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx);

/* tcp_ack.c */
enum verdict fifth_check_ack(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx);
/* SND.UNA moves on to SEG.ACK; what is acknowledged leaves the retransmission queue. */
void acked(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx);
/* SND.WND, SND.WL1 and SND.WL2 from the segment; the window of a SYN is never scaled. */
void take_window(struct tcb *tcb, const struct segment *seg, struct seq wl2);
/* The connection is open: the CLOSE that was queued meanwhile (3.10.4), keep-alives. */
void after_opening(struct tcb *tcb, struct tcp_ctx *ctx);

/* tcp_text.c: the sixth, seventh and eighth step, and what waited beyond a gap. */
void process_text(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx);
/* The text of a SYN waits until the connection is open (3.10.7.3, fourth). */
void keep_early_text(struct tcb *tcb, const struct segment *syn, struct tcp_ctx *ctx);
void take_early_text(struct tcb *tcb, struct tcp_ctx *ctx);

/* ---- tcp_options.c: what the SYNs agree on (RFC 7323, RFC 2018), and RFC 7323's use of it */

enum {
    TIMESTAMPS_LEN = 12 /* octets of the option, filled up to 32 bits */
};

/* The options of a segment about to be sent; a SYN has its MSS set already. */
void write_options(struct tcb *tcb, struct segment *seg, const struct tcp_ctx *ctx);
/* MSS, window scale, SACK and timestamps as the peer's SYN and our settings have them. */
void agree_on_options(struct tcb *tcb, const struct segment *syn, const struct tcp_ctx *ctx);
/* The window scale to announce. */
uint8_t wanted_scale(const struct tcp_ctx *ctx);
/* The MSS to announce. */
uint16_t offered_mss(const struct tcb *tcb, const struct tcp_ctx *ctx);
/* Eff.snd.MSS: octets of text in the largest segment that may be sent (3.7.1). */
static inline uint32_t send_mss(const struct tcb *tcb)
{
    uint32_t options = tcb->agreed & HAS_TIMESTAMPS ? TIMESTAMPS_LEN : 0;
    return tcb->snd.mss > options ? tcb->snd.mss - options : 1;
}
/* One of our timestamps, without what hides how long the host has run. */
uint32_t timestamp_as_clock(uint32_t stamp, const struct tcp_ctx *ctx);
bool is_old_by_timestamp(const struct tcb *tcb, const struct segment *seg,
                         const struct tcp_ctx *ctx);
/* TS.Recent from a segment that is acceptable and not beyond what was last acknowledged. */
void keep_timestamp(struct tcb *tcb, const struct segment *seg, const struct tcp_ctx *ctx);
/* The round trip that an ACK's TSecr tells, 0 if it tells none. */
uint64_t rtt_by_timestamp(const struct tcb *tcb, const struct segment *seg,
                          const struct tcp_ctx *ctx);

/* ---- tcp_output.c and tcp_window.c */

/* Picks ISS and sends SYN, or SYN,ACK in SYN-RECEIVED. */
void choose_iss(struct tcb *tcb, struct tcp_ctx *ctx);
void send_syn(struct tcb *tcb, struct tcp_ctx *ctx, bool again);
/* The connection begins with this ISS; what the TCB stood for before is forgotten. */
void begin_with(struct tcb *tcb, struct seq iss, struct tcp_ctx *ctx);
/* SYN,ACK that nobody will send again: for a TCB that is not kept (RFC 4987, 3.6). */
void send_syn_ack_once(struct tcb *tcb, struct tcp_ctx *ctx);

/* Sends again what is lost and all the text (and FIN) that may go, then an ACK if one is due. */
void tcp_output(struct tcb *tcb, struct tcp_ctx *ctx);
void send_ack(struct tcb *tcb, struct tcp_ctx *ctx);
/* Takes the rule and sends a challenge ACK, unless the host has sent many (RFC 5961, 7). */
void challenge(struct tcb *tcb, enum rule_id rule, struct tcp_ctx *ctx);
/* The ACK that answers what cannot be of this connection, unless another has just gone. */
void answer_invalid(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx);
/* Sends one octet (or FIN) into a zero window; the first time it takes a sequence number. Or
 * nothing, at SND.UNA-1. */
void send_probe(struct tcb *tcb, struct tcp_ctx *ctx);
/* What the window was too small for to be worth a segment goes (3.8.6.2.1, (4)). */
void send_small(struct tcb *tcb, struct tcp_ctx *ctx);
/* Nothing, at SND.NXT-1, to be acknowledged (3.8.4). */
void send_keep_alive(struct tcb *tcb, struct tcp_ctx *ctx);
/* <SEQ=SND.NXT><CTL=RST>; SEQ is the edge of the peer's window where more is under way. */
void send_rst(struct tcb *tcb, struct tcp_ctx *ctx);
/* <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>, or <SEQ=SEG.ACK><CTL=RST> to one with ACK. */
void send_rst_in_answer(const struct segment *seg, struct tcp_ctx *ctx);

/* RCV.WND: what is left of the window last offered. */
static inline uint32_t rcv_wnd(const struct tcb *tcb)
{
    return seq_from(tcb->rcv.nxt, tcb->rcv.right);
}
/* The window that segments are looked at by: what was offered, or all there is room for. */
uint32_t accepted_wnd(const struct tcb *tcb, const struct tcp_ctx *ctx);
/* Moves the right edge as far as the free space allows without a silly window (MUST-39). */
void open_window(struct tcb *tcb, const struct tcp_ctx *ctx);
/* The most that a window field can say. */
uint32_t window_most(const struct tcb *tcb);
bool our_fin_acked(const struct tcb *tcb);
/* The sequence number of the first octet in snd.text. */
struct seq first_text(const struct tcb *tcb);
/* May text be in flight or waiting to go? */
bool may_send_text(enum tcp_state state);

/* ---- tcp_timeout.c and tcp_rtt.c */

void timer_arm(struct tcb *tcb, enum timer_id timer, uint64_t usec, struct tcp_ctx *ctx);
void timer_stop(struct tcb *tcb, enum timer_id timer, struct tcp_ctx *ctx);
static inline bool timer_runs(const struct tcb *tcb, enum timer_id timer)
{
    return tcb->deadline[timer] != NO_DEADLINE;
}

/* RFC 6298: a segment that takes sequence numbers is sent; an ACK has moved SND.UNA on. */
void rtx_sent(struct tcb *tcb, struct tcp_ctx *ctx);
void rtx_acked(struct tcb *tcb, const struct segment *seg, struct tcp_ctx *ctx);
void rtx_init(struct tcb *tcb, const struct tcp_ctx *ctx);
/* A measurement: (2.2) and (2.3). */
void rtt_measured(struct tcb *tcb, uint64_t rtt, const struct tcp_ctx *ctx);
/* Was our SYN lost so often that the start has to be a careful one (RFC 5681, 3.1)? */
bool syns_were_lost(const struct tcb *tcb, const struct tcp_ctx *ctx);
/* (5.5) */
void rto_back_off(struct tcb *tcb, const struct tcp_ctx *ctx);
/* The window is shut over something that waits: it is probed (3.8.6, MUST-35, MUST-36). */
void wait_at_zero_window(struct tcb *tcb, struct tcp_ctx *ctx);
/* Does, or will, it send keep-alives when nothing is heard for long? */
bool is_kept_alive(const struct tcb *tcb);
/* FIN-WAIT-2 of a connection that no user holds does not last for ever. */
void limit_fin_wait_2(struct tcb *tcb, struct tcp_ctx *ctx);

#endif
