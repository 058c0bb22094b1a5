/*
 * The transmission control block: all that TCP remembers of one connection. RFC 9293, 3.3.1.
 */
#ifndef SIM_TCB_H
#define SIM_TCB_H

#include "sim/event.h"
#include "sim/recovery.h"
#include "sim/ring.h"

#define NO_DEADLINE UINT64_MAX /* of a timer that is not armed */

/* What the user has said by socket options; set through tcp_options_changed(). */
struct user_options {
    bool nodelay;               /* TCP_NODELAY: no Nagle */
    bool cork;                  /* TCP_CORK: nothing but full segments */
    bool keep_alive;            /* SO_KEEPALIVE */
    uint16_t mss;               /* TCP_MAXSEG; 0: not said */
    uint32_t user_timeout_msec; /* TCP_USER_TIMEOUT; 0: not said */
};

struct tcb {
    enum tcp_state state; /* changed by take() alone */
    struct endpoint local, remote;
    bool passive;     /* came from a passive OPEN (MUST-11) */
    bool close_asked; /* the user said CLOSE: FIN follows the last of the text */
    bool no_reader;   /* the user will not RECEIVE any more */
    bool no_user;     /* nor anything else: he has let go of the connection */
    bool syn_acked;   /* our SYN is acknowledged: SND.UNA is past ISS, however far */
    bool fin_sent;    /* our FIN has its sequence number, SND.NXT - 1 */
    bool ack_due;     /* something is to be acknowledged at once */
    bool ack_delayed; /* something is to be acknowledged before long */
    uint8_t notices;  /* a bit (1 << tcp_notice) for each thing the user was told */
    uint8_t agreed;   /* HAS_... of the options that both sides have said in their SYN */
    uint8_t probes;   /* keep-alives without an answer */
    struct user_options user;

    struct {
        struct seq iss, una, nxt, wl1, wl2;
        struct seq up;     /* the octet after urgent text, where `urgent` */
        struct seq pushed; /* what is before it was handed over with PUSH */
        struct seq small;  /* the end of the last segment that was not full */
        uint32_t wnd;      /* octets from una */
        uint32_t max_wnd;  /* the largest ever offered to us (RFC 5961, 5.2) */
        uint16_t mss;      /* octets of text in the largest segment we may send */
        uint8_t scale;     /* the window field of the peer's segments is to be shifted by it */
        bool urgent;
        bool more;        /* the last SEND said that more is to come */
        struct ring text; /* from una (or iss + 1) on: unacknowledged, then unsent */
    } snd;

    struct {
        struct seq irs, nxt;
        struct seq right; /* nxt + RCV.WND: the edge offered to the peer, never drawn back */
        struct seq acked; /* RCV.NXT as the peer was last told it */
        struct seq up;    /* the octet after urgent text not yet read, where `urgent` */
        struct seq recent[SACK_BLOCKS_MAX]; /* in the ranges beyond a gap that came last, the last
                                               of them first (RFC 2018, 4) */
        uint32_t beyond; /* set of ranges that came beyond a gap: they lie in `text` too */
        uint16_t mss;    /* the largest text the peer has sent, to know its full segments by */
        uint8_t scale;
        uint8_t offered; /* the scale that our SYN says, as it was chosen at first */
        uint8_t quick;   /* segments acknowledged at once so far */
        bool urgent;
        bool fin_beyond;  /* a FIN came beyond a gap, */
        struct seq fin;   /* with this sequence number */
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
        bool syn_lost; /* (5.7) */
    } rtx;

    struct {
        uint32_t recent;      /* TS.Recent (RFC 7323, 4.3) */
        uint64_t recent_usec; /* when it was taken */
    } ts;

    struct recovery rec;

    struct {
        uint64_t heard_usec;   /* when the last segment came */
        uint64_t text_usec;    /* when the last text came */
        uint64_t invalid_usec; /* when it was last told that what came cannot be; 0: never */
    } peer;

    uint64_t deadline[TIMER_COUNT]; /* usec of the clock in tcp_ctx, or NO_DEADLINE */
};

/* A TCB in CLOSED: one that stands for no connection. */
void tcb_init(struct tcb *tcb);

#endif
