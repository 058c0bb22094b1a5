/*
 * What the parts of recovery call of each other; not for use outside recovery*.c.
 */
#ifndef SIM_RECOVERY_PARTS_H
#define SIM_RECOVERY_PARTS_H

#include "sim/recovery.h"
#include "sim/tcp_parts.h"

static inline uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static inline uint32_t most(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* SMSS */
static inline uint32_t smss(const struct tcb *tcb)
{
    return send_mss(tcb);
}

static inline uint32_t flight(const struct tcb *tcb)
{
    return seq_from(tcb->snd.una, tcb->snd.nxt);
}

static inline bool with_sack(const struct tcb *tcb)
{
    return (tcb->agreed & HAS_SACK_PERMITTED) != 0;
}

static inline struct seq later(struct seq a, struct seq b)
{
    return seq_lt(a, b) ? b : a;
}

/* ---- recovery_cwnd.c */

/* RFC 6928, 2; RFC 5681, 3.1 where the SYN was lost. */
uint32_t cwnd_at_first(const struct tcb *tcb, const struct tcp_ctx *ctx);
/* Slow start and congestion avoidance. */
void cwnd_grows(struct tcb *tcb, uint32_t delivered, const struct tcp_ctx *ctx);
/* Fast recovery begins: cwnd as it was is kept for RFC 6937. */
void cwnd_is_cut(struct tcb *tcb, const struct tcp_ctx *ctx);
/* In fast recovery an ACK tells of octets that have left the network. */
void cwnd_follows(struct tcb *tcb, uint32_t delivered, bool advanced, const struct tcp_ctx *ctx);
/* ssthresh, at a loss. */
void cwnd_halves(struct tcb *tcb, const struct tcp_ctx *ctx);

/* ---- recovery_loss.c */

/* What this ACK tells to have left the network, in octets. */
uint32_t delivered_by(struct tcb *tcb, const struct segment *seg, uint32_t newly, bool duplicate,
                      const struct tcp_ctx *ctx);
/* Up to where enough is SACKed behind: IsLost() of RFC 6675. */
struct seq lost_up_to(const struct tcb *tcb, const struct tcp_ctx *ctx);
/* Up to where it was sent too long before what has arrived: RFC 8985. */
struct seq overtaken(const struct tcb *tcb, const struct tcp_ctx *ctx);
/* Moves on what is held for lost. */
void mark_lost(struct tcb *tcb, const struct tcp_ctx *ctx);

#endif
