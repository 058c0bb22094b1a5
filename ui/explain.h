/*
 * Calls as lines, for --explain: `accept(3) = 4  ESTABLISHED  127.0.0.1:5000`, and behind them what
 * became of connections by themselves: `4: FIN-WAIT-2 -> TIME-WAIT  (sock_diag)`. A fold over the
 * events of one program.
 */
#ifndef UI_EXPLAIN_H
#define UI_EXPLAIN_H

#include "ui/socks.h"
#include "ui/words.h"

#include <stdio.h>

struct explain {
    FILE *to;
    struct socks socks;
    bool pending; /* a call that has returned, and whose line is not finished */
    int32_t sock; /* the one it is about: of accept() the new one */
    bool accepts; /* the next new socket is the one */
    char line[WORDS_MAX * 2];
    struct event call; /* the one under way */
    uint8_t text[256]; /* its text */
};

void explain_begin(struct explain *explain, FILE *to);
void explain_event(struct explain *explain, const struct event *event);
/* Prints what is pending: nothing more belongs to it. */
void explain_flush(struct explain *explain);

#endif
