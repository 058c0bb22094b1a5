/*
 * What the parts of TCP (user calls, arriving segments, output, timers) call of each other; not
 * for use outside tcp_*.c and take.c.
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

/* Picks ISS and sends SYN, or SYN,ACK in SYN-RECEIVED. */
void choose_iss(struct tcb *tcb, struct tcp_ctx *ctx);
void send_syn(struct tcb *tcb, struct tcp_ctx *ctx, bool again);

/* Sends all the text (and FIN) that the window allows, then an ACK if one is still due. */
void tcp_output(struct tcb *tcb, struct tcp_ctx *ctx);
void send_ack(struct tcb *tcb, struct tcp_ctx *ctx);
/* Sends the front of the retransmission queue again: SYN, text, FIN. */
void send_front(struct tcb *tcb, struct tcp_ctx *ctx);
/* Sends one octet (or FIN) into a zero window; the first time it takes a sequence number. */
void send_probe(struct tcb *tcb, struct tcp_ctx *ctx);
/* <SEQ=SND.NXT><CTL=RST>; SEQ is the edge of the peer's window where more is under way. */
void send_rst(struct tcb *tcb, struct tcp_ctx *ctx);
/* <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>, or <SEQ=SEG.ACK><CTL=RST> to one with ACK. */
void send_rst_in_answer(const struct segment *seg, struct tcp_ctx *ctx);

/* RCV.WND: what is left of the window last offered. */
uint32_t rcv_wnd(const struct tcb *tcb);
/* Moves the right edge as far as the free space allows without a silly window (MUST-39). */
void open_window(struct tcb *tcb, const struct tcp_ctx *ctx);
bool our_fin_acked(const struct tcb *tcb);
/* The sequence number of the first octet in snd.text. */
struct seq first_text(const struct tcb *tcb);

void timer_arm(struct tcb *tcb, enum timer_id timer, uint64_t usec, struct tcp_ctx *ctx);
void timer_stop(struct tcb *tcb, enum timer_id timer, struct tcp_ctx *ctx);

/* RFC 6298: a segment that takes sequence numbers is sent; an ACK has moved SND.UNA on. */
void rtx_sent(struct tcb *tcb, struct tcp_ctx *ctx);
void rtx_acked(struct tcb *tcb, struct tcp_ctx *ctx);
/* The window is shut over something unacknowledged: it is probed instead (3.8.6, MUST-35). */
void wait_at_zero_window(struct tcb *tcb, struct tcp_ctx *ctx);
void rtx_init(struct tcb *tcb, const struct tcp_ctx *ctx);

#endif
