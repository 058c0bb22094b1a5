/*
 * The transmission control block: all that TCP remembers of one connection. RFC 9293, 3.3.1.
 */
#ifndef SIM_TCB_H
#define SIM_TCB_H

#include "sim/event.h"
#include "sim/ring.h"

#define NO_DEADLINE UINT64_MAX /* of a timer that is not armed */

struct tcb {
    enum tcp_state state; /* changed by take() alone */
    struct endpoint local, remote;
    bool passive;     /* came from a passive OPEN (MUST-11) */
    bool close_asked; /* the user said CLOSE: FIN follows the last of the text */
    bool no_reader;   /* the user will not RECEIVE any more */
    bool syn_acked;   /* our SYN is acknowledged: SND.UNA is past ISS, however far */
    bool fin_sent;    /* our FIN has its sequence number, SND.NXT - 1 */
    bool ack_due;     /* something is to be acknowledged */
    uint8_t notices;  /* a bit (1 << tcp_notice) for each thing the user was told */

    struct {
        struct seq iss, una, nxt, wl1, wl2;
        uint32_t wnd;     /* octets from una */
        uint32_t max_wnd; /* the largest ever offered to us (RFC 5961, 5.2) */
        uint16_t mss;     /* octets of text in the largest segment we may send */
        struct ring text; /* from una (or iss + 1) on: unacknowledged, then unsent */
    } snd;

    struct {
        struct seq irs, nxt;
        struct seq right; /* nxt + RCV.WND: the edge offered to the peer, never drawn back */
        struct ring text; /* received in order, not yet read by the user */
    } rcv;

    struct {
        uint64_t srtt_usec, rttvar_usec; /* srtt 0: no measurement yet (RFC 6298, 2.2) */
        uint64_t rto_usec;
        uint64_t sent_usec;    /* when the timed segment went out */
        uint64_t unacked_usec; /* since when the peer has not acknowledged what waits */
        struct seq timed;      /* the octet whose ACK ends the measurement */
        uint8_t count;         /* retransmissions of the front of the queue, or probes */
        bool timing;
        bool recovering;    /* what was in flight at a timeout is sent again, ACK by ACK */
        struct seq recover; /* up to there */
        bool syn_lost;      /* (5.7) */
    } rtx;

    uint64_t deadline[TIMER_COUNT]; /* usec of the clock in tcp_ctx, or NO_DEADLINE */
};

/* A TCB in CLOSED: one that stands for no connection. */
void tcb_init(struct tcb *tcb);

#endif
