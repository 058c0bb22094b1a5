/*
 * What differs between stacks, as data: never an `if` on a name. A host of the model runs with
 * settings of its own; a profile is a named set of them.
 */
#ifndef SIM_PROFILE_H
#define SIM_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In which order a stack writes its options, and how it fills them up to 32 bits. */
enum option_order {
    ORDER_RFC,   /* mss, wscale, sackOK, TS, sack; each filled up with NOPs before it */
    ORDER_LINUX, /* mss, sackOK, TS, nop, wscale */
    ORDER_BSD    /* mss, nop, wscale, sackOK, TS, filled up with EOLs behind */
};

/* Times in microseconds; buffers in octets. 0 means "not at all" where nothing else is said. */
struct settings {
    uint64_t two_msl_usec;
    uint64_t rto_initial_usec;      /* RFC 6298, (2.1) */
    uint64_t rto_min_usec;          /* (2.4) */
    uint64_t rto_max_usec;          /* (2.5) */
    uint64_t rto_spread_min_usec;   /* the least that RTO is above SRTT; Linux: 200 ms */
    uint64_t rto_syn_lost_usec;     /* (5.7): the RTO for text after a SYN was lost; 0: unchanged */
    uint64_t user_timeout_usec;     /* RFC 9293, 3.9.1.1; serves as R2 as well */
    uint64_t user_timeout_syn_usec; /* R2 for a SYN; MUST-23: 3 minutes, Linux waits 127 s */
    uint64_t fin_wait_2_usec;       /* how long FIN-WAIT-2 lasts that no user holds; 0: for ever */
    uint64_t ack_delay_usec;        /* 3.8.6.3, MUST-40: under 500 ms */
    uint64_t fin_ack_delay_usec; /* of the ACK of a FIN, where no text came before; 0: it does not
                                    wait, whatever came */
    uint64_t override_usec;      /* 3.8.6.2.1: 0.1 to 1 s; 0: by the retransmission timeout */
    uint64_t keep_idle_usec;     /* 3.8.4, MUST-28: 2 hours or more by default */
    uint64_t keep_interval_usec;
    uint64_t tick_usec; /* timers run out at whole ticks, far ones at coarser; 0: on time */
    uint64_t invalid_pause_usec; /* between two ACKs of a connection to what has no text and cannot
                                    be its own; 0: none */
    uint32_t snd_buffer, rcv_buffer; /* of a new socket */
    uint32_t rcv_buffer_max;         /* what the window scale is chosen for (RFC 7323, 2.3) */
    uint32_t challenge_acks;         /* of a host in a second (RFC 5961, 7); 0: any number */
    uint32_t syn_backlog;            /* half-open connections of a listener; 0: its backlog + 1 */
    uint16_t mss;                    /* offered, and the largest it sends */
    uint16_t ts_tick_usec;           /* of the timestamp clock (RFC 7323, 5.4) */
    uint8_t initial_window;          /* in segments (RFC 6928: 10) */
    uint8_t slow_start_most;         /* segments that an ACK may open cwnd by; 0: all it acks */
    uint8_t quick_acks;              /* segments acknowledged at once when a connection is young */
    uint8_t keep_probes;             /* unanswered, that end it */
    uint8_t syns_lost;               /* that do not make for a start with one segment */
    uint8_t dup_acks;                /* DupThresh of RFC 5681 and 6675: 3 */
    uint8_t burst_min;               /* segments sent as one, at least; 1: each by itself */
    uint8_t option_order;            /* enum option_order */

    bool window_scaling, sack, timestamps; /* offered, and accepted */
    bool nagle;                            /* SHLD-7; TCP_NODELAY switches it off */
    bool nagle_minshall; /* a small segment waits for another, not for full ones */
    bool congestion_control;
    bool cwnd_is_validated;  /* it grows only while it is what holds the sender back */
    bool cwnd_by_segments;   /* what is acknowledged opens it by whole segments */
    bool cwnd_in_proportion; /* in recovery cwnd follows what has arrived (RFC 6937) */
    bool halves_cwnd;        /* ssthresh comes of cwnd, not of what is in flight */
    bool restart_after_idle; /* RFC 5681, 4.1 */
    bool syn_cookies;        /* RFC 4987, 3.6, once the SYN queue is full */
    bool cookie_stamps;      /* the timestamp beside a cookie keeps the other options */

    /* where practice differs from the letter of RFC 9293 */
    bool time_wait_restarts; /* a FIN that comes again restarts 2 MSL (practice) */
    bool syn_again;          /* a SYN that comes again gets the SYN,ACK again, not an ACK */
    bool early_syn_ack;      /* in SYN-RECEIVED take a SYN,ACK at IRS, as Figure 7 draws it */
    bool window_edges;       /* beyond Table 6: an ACK at the right edge, text over both edges */
    bool ack_is_bounded;     /* RFC 5961, 5.2 (MAY-12) */
    bool reset_has_ack;      /* ABORT sends RST,ACK rather than RST */
    bool abort_forgets;     /* who has not opened yet is forgotten with its listener, without RST */
    bool probe_is_old;      /* a zero window is probed with SEQ=SND.UNA-1 and no text */
    bool window_is_buffer;  /* takes what the buffer has room for, offered or not */
    bool buffer_doubles;    /* SO_RCVBUF and SO_SNDBUF are kept doubled, and within bounds */
    bool scale_of_buffer;   /* SO_RCVBUF, where it was said before, decides the window scale */
    bool buffer_rounds;     /* SO_RCVBUF becomes a multiple of the MSS once connected */
    bool insecure_rst;      /* any RST in the window resets: RFC 5961, 3 is off */
    bool insecure_syn;      /* a SYN in the window resets: RFC 5961, 4 is off */
    bool drop_syn_fin;      /* a SYN with FIN is ignored */
    bool drop_syn_ack;      /* a SYN,ACK in LISTEN is ignored, not answered with RST */
    bool more_is_brief;     /* MSG_MORE holds text back until something comes, no longer */
    bool more_unpushes;     /* ... and takes its PSH from the text that waits and that it joins */
    bool acks_renew_wait;   /* text kept back waits anew from each ACK without text, and each FIN */
    bool reset_behind_fin;  /* behind a FIN a RST counts at its number, too */
    bool shutdown_waits;    /* SHUT_WR in SYN-RECEIVED waits until the connection is open */
    bool late_reset_told;   /* RST in SYN-RECEIVED is told as a reset, not as a refusal */
    bool last_reset_told;   /* RST in CLOSING and LAST-ACK is told, as elsewhere */
    bool loss_by_time;      /* RFC 8985, beside RFC 6675 */
    bool segments_stay;     /* what was sent in small segments is sent again in the same */
    bool small_is_pushed;   /* what is sent again and does not fill a segment goes with PSH */
    bool orphans_reset;     /* FIN-WAIT-2 that no user holds takes any RST in the window */
    bool gap_is_text;       /* a FIN beyond a gap is text to one who has closed for good */
    bool window_from_acked; /* what has no text is looked at from what was last acknowledged on */
    bool old_acks_pass;     /* an ACK with an old timestamp is not answered */
    bool fin_is_sacked;     /* a FIN beyond a gap stands in the SACK blocks, too */
    bool fin_sacked_again;  /* ... and in FIN-WAIT-1 and 2 also of the ACK that takes it */
    bool sack_outlasts_rto; /* what was SACKed is not forgotten when the timer runs out */
    bool ack_repeats_fin;   /* an ACK in CLOSING and LAST-ACK carries our FIN again */
    bool reset_always_told; /* to the user, in CLOSING and LAST-ACK too, and as a reset */
    bool time_wait_asks_ack; /* what has no ACK is dropped there before it is looked at */
    bool drop_no_timestamp;  /* where both have agreed on them (RFC 7323, 3.2) */
    bool time_wait_reuse;    /* RFC 6191: a new SYN ends TIME-WAIT where it is newer */
    bool time_wait_connects; /* connect() from a port bound ends it, where both had timestamps */
    bool time_wait_keeps;    /* RFC 1337: a RST does not end TIME-WAIT */

    /* protocols for teaching that are not TCP */
    bool two_way;       /* no third step: the server is open once it has answered */
    bool four_way;      /* the server's ACK and SYN go apart */
    bool no_time_wait;  /* the last ACK closes at once */
    bool isn_zero;      /* ISS is 0, always */
    bool no_checksum;   /* a corrupted segment is taken */
    bool stop_and_wait; /* one segment in flight */
};

struct profile {
    const char *name;
    const char *says;  /* one line for `--help` */
    uint32_t variants; /* a bit for each of tcp_variants that is in it; 0: it is TCP */
    struct settings set;
};

/* A protocol for teaching: what it changes over a profile. */
struct variant {
    const char *name;
    const char *says; /* a sentence: what it is, and that it is not TCP */
    struct {
        const char *setting;
        uint64_t value;
    } changes[2]; /* of which the last may have no setting */
};

extern const struct profile tcp_profiles[];
extern const size_t tcp_profile_count;

extern const struct variant tcp_variants[];
extern const size_t tcp_variant_count;

/* The profile of that name, or NULL. */
const struct profile *profile_find(const char *name);

/* The variant of that name, or NULL. */
const struct variant *variant_find(const char *name);

enum {
    PROFILE_WORDS_MAX = 120 /* of what profile_compose() reads, with its final NUL */
};

/* Reads "linux", "linux+two-way", or "two-way+isn-zero" (over rfc); out->name is `words`, which
 * must outlive it. NULL; or where in `words` stands what is no such name. */
const char *profile_compose(const char *words, struct profile *out);

/* "" for TCP, else "not TCP: two-way, isn-zero"; returns text. */
char *profile_not_tcp(const struct profile *profile, char *text, size_t len);

/* The settings by name, as a lab, a script or a test says them: "nagle", "two_msl_usec". */
struct setting {
    const char *name;
    uint16_t at;  /* where in struct settings */
    uint8_t size; /* octets it has there */
    uint64_t least, most;
};

extern const struct setting tcp_settings[];
extern const size_t tcp_setting_count;

/* The setting of that name, or NULL. */
const struct setting *setting_find(const char *name);
uint64_t setting_get(const struct settings *set, const struct setting *setting);
/* False, and nothing changed, where the value is less than setting->least or more than ->most. */
bool setting_put(struct settings *set, const struct setting *setting, uint64_t value);

#endif
