/*
 * Events in words: the one place that the log, the stage and the exporters get their sentences
 * from.
 */
#ifndef UI_WORDS_H
#define UI_WORDS_H

#include "sim/event.h"
#include "ui/numbering.h"

enum {
    WORDS_MAX = 320
};

/* Each writes into text (len octets, WORDS_MAX is enough) and returns it. */

/* "connect(3, 10.9.0.2:7788)" */
char *words_call(const struct event *event, char *text, size_t len);
/* "4, from 10.9.0.1:40568", "-1 EADDRINUSE (Address already in use)" */
char *words_result(const struct event *event, char *text, size_t len);
/* "SYN,ACK seq=0 ack=1 win=16384 mss=1460" */
char *words_segment(const struct segment *seg, const struct numbering *numbering, char *text,
                    size_t len);
/* The same, with numbers that were counted before. */
char *words_segment_as(const struct segment *seg, uint32_t seq, uint32_t ack, char *text,
                       size_t len);
/* "B got SYN in LISTEN: it keeps IRS, ... and enters SYN-RECEIVED." */
char *words_why(const struct event *event, char *text, size_t len);
/* "RFC 9293, 3.10.7.2, third" */
char *words_where(enum rule_id rule, char *text, size_t len);
/* The same for programs: not translated. */
char *words_section(enum rule_id rule, char *text, size_t len);
/* What the next step would do, from an EV_NEXT. */
char *words_next(const struct event *event, const struct numbering *numbering, char *text,
                 size_t len);
/* Any event in a line. */
char *words_event(const struct event *event, const struct numbering *numbering, char *text,
                  size_t len);

/* 'A' for host 0; '-' for none. */
char host_letter(int host);
/* "0.100 s" */
char *words_time(uint64_t usec, char *text, size_t len);

#endif
