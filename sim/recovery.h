/*
 * Congestion control and loss recovery of one connection: how much may be in flight, and what of it
 * is to be sent again. RFC 5681, 6582 (NewReno), 6675 (with SACK), 3042, 6928.
 *
 * The state machine tells it what was sent and what ACKs say, and asks it what may go; it knows no
 * states, timers or segments to send. Other algorithms come in here.
 */
#ifndef SIM_RECOVERY_H
#define SIM_RECOVERY_H

#include "sim/sent.h"
#include "sim/seq.h"

struct tcb;
struct tcp_ctx;
struct segment;

enum recovery_phase {
    RECOVERY_OPEN,
    RECOVERY_DISORDER, /* duplicate ACKs, too few to mean a loss */
    RECOVERY_FAST,     /* fast retransmit has begun, until `point` is acknowledged */
    RECOVERY_LOSS,     /* after a retransmission timeout, likewise */
    RECOVERY_REFUSED   /* after a window that was shut, likewise */
};

/* Part of the TCB. Octets, unless said otherwise. */
struct recovery {
    uint32_t cwnd, ssthresh;
    uint32_t partly;    /* acknowledged since cwnd last grew in congestion avoidance; in fast
                           recovery what cwnd was before it (RFC 6937) */
    uint32_t departed;  /* of those in flight, known to have left the network: SACKed, or counted */
    uint32_t most_out;  /* the most that was in flight of late (cwnd_is_validated) */
    uint32_t sacked;    /* set of ranges the peer has beyond SND.UNA */
    struct seq usage;   /* most_out is of the time up to here */
    struct seq point;   /* recovery lasts until this is acknowledged */
    struct seq lost;    /* what is unacknowledged, not SACKed and before it, is held for lost */
    struct seq again;   /* what is before it was sent again already (HighRxt of RFC 6675) */
    uint64_t sent_usec; /* when text was last sent */
    struct sent sent;   /* of what is in flight, for what is told by time */
    uint16_t least_ticks; /* the shortest round trip so far, of SENT_TICK_USEC; 0: none yet */
    uint16_t rtt_ticks;   /* likewise, of what was SACKed last (RACK.rtt of RFC 8985) */
    uint16_t arrived;     /* segments, since fast recovery began: prr_delivered of RFC 6937, */
    uint16_t out;         /* and prr_out */
    uint8_t dup_acks;
    uint8_t phase : 4; /* enum recovery_phase */
    bool limited : 1;  /* cwnd has lately held the sender back */
    bool waits : 1;    /* the retransmission timer runs for what may only be late (RFC 8985) */
    bool must : 1;     /* the next to be sent again goes whatever cwnd says */
};

/* What an ACK came to mean, for the rule to be named by. */
enum recovery_news {
    NEWS_NONE,
    NEWS_DUPLICATE, /* one more sign of a loss, not enough yet */
    NEWS_LOSS,      /* enough of them: fast retransmit */
    NEWS_PARTIAL,   /* more is lost than was sent again */
    NEWS_RECOVERED
};

/* A connection begins. */
void recovery_init(struct tcb *tcb, const struct tcp_ctx *ctx);

/* The handshake is over, the MSS known; a SYN that was lost makes for a careful start. */
void recovery_open(struct tcb *tcb, bool syn_lost, const struct tcp_ctx *ctx);

/* Text is about to be sent after a time without. */
void recovery_idle(struct tcb *tcb, const struct tcp_ctx *ctx);

/* A segment with so much text was sent for the first time. */
void recovery_note(struct tcb *tcb, uint32_t len, bool small, const struct tcp_ctx *ctx);

/* Something new was sent: SND.NXT has moved on. */
void recovery_sent(struct tcb *tcb, const struct tcp_ctx *ctx);

/* An acceptable ACK came: `newly` octets are acknowledged by it (SND.UNA has moved on already), and
 * `duplicate` says whether it is a duplicate ACK by RFC 5681, 2. */
enum recovery_news recovery_acked(struct tcb *tcb, const struct segment *seg, uint32_t newly,
                                  bool duplicate, const struct tcp_ctx *ctx);

/* A round trip was measured. */
void recovery_measured(struct tcb *tcb, uint64_t rtt_usec);

/* How long to wait from now on for what is missing, and may only be late; 0: not at all. */
uint64_t recovery_wait(const struct tcb *tcb, const struct tcp_ctx *ctx);

/* It has not come: is it held for lost now? */
bool recovery_waited(struct tcb *tcb, const struct tcp_ctx *ctx);

/* The retransmission timer has run out: all in flight is held for lost. */
void recovery_timed_out(struct tcb *tcb, const struct tcp_ctx *ctx);

/* The window is shut: nothing is to be sent again for now, but probes. */
void recovery_pause(struct tcb *tcb);

/* The window opens again over what it refused: all in flight is to be sent again, which is no sign
 * of congestion. */
void recovery_refused(struct tcb *tcb, const struct tcp_ctx *ctx);

/* Octets held to be in flight (`pipe` of RFC 6675). */
uint32_t recovery_pipe(const struct tcb *tcb, const struct tcp_ctx *ctx);

/* Octets held for lost, sent again or not. */
uint32_t recovery_lost(const struct tcb *tcb, const struct tcp_ctx *ctx);

/* Octets that the congestion window has room for. */
uint32_t recovery_room(const struct tcb *tcb, const struct tcp_ctx *ctx);

/* Is something to be sent again? From *seq on, *len octets of sequence space at most. */
bool recovery_next(const struct tcb *tcb, struct seq *seq, uint32_t *len,
                   const struct tcp_ctx *ctx);

/* How many of these go as one segment. */
uint32_t recovery_segment(const struct tcb *tcb, struct seq seq, uint32_t len,
                          const struct tcp_ctx *ctx);

/* That was sent again, up to `end`. */
void recovery_again(struct tcb *tcb, struct seq end);

/* Forgets the connection and gives back its ranges. */
void recovery_clear(struct tcb *tcb, const struct tcp_ctx *ctx);

#endif
