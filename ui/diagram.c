/*
 * The arrows of Figure 5 and what is beside them. RFC 9293, 3.3.2.
 */
#include "ui/diagram.h"

#include "ui/text.h"

#include <stdio.h>

const struct arrow diagram_arrows[DIAGRAM_ARROWS] = {
    { CLOSED, LISTEN, "passive OPEN", "create TCB", { OPEN_PASSIVE } },
    { LISTEN, CLOSED, "CLOSE", "delete TCB", { CLOSE_LISTEN } },
    { CLOSED, SYN_SENT, "active OPEN", "create TCB, snd SYN", { OPEN_ACTIVE } },
    { SYN_SENT, CLOSED, "CLOSE", "delete TCB", { CLOSE_SYN_SENT } },
    { SYN_RECEIVED, LISTEN, "rcv RST (note 1)", "", { RST_BACK_TO_LISTEN } },
    { LISTEN, SYN_RECEIVED, "rcv SYN", "snd SYN,ACK", { LISTEN_GOT_SYN } },
    { LISTEN, SYN_SENT, "SEND", "snd SYN", { SEND_IN_LISTEN } },
    { SYN_SENT, SYN_RECEIVED, "rcv SYN", "snd SYN,ACK", { SYN_SENT_GOT_SYN } },
    { SYN_RECEIVED, ESTABLISHED, "rcv ACK of SYN", "x", { SYN_ACKED } },
    { SYN_SENT, ESTABLISHED, "rcv SYN,ACK", "snd ACK", { SYN_SENT_GOT_SYN_ACK } },
    { SYN_RECEIVED, FIN_WAIT_1, "CLOSE", "snd FIN", { CLOSE_SYN_RECEIVED } },
    { ESTABLISHED, FIN_WAIT_1, "CLOSE", "snd FIN", { CLOSE_ESTABLISHED, QUEUED_CLOSE } },
    { ESTABLISHED, CLOSE_WAIT, "rcv FIN", "snd ACK", { FIN_FROM_PEER } },
    { FIN_WAIT_1, FIN_WAIT_2, "rcv ACK of FIN", "x", { FIN_ACKED } },
    { FIN_WAIT_1, CLOSING, "rcv FIN", "snd ACK", { FIN_SIMULTANEOUS } },
    { CLOSE_WAIT, LAST_ACK, "CLOSE", "snd FIN", { CLOSE_AFTER_FIN, QUEUED_CLOSE_IN_CLOSE_WAIT } },
    { FIN_WAIT_2, TIME_WAIT, "rcv FIN", "snd ACK", { FIN_ENDS_BOTH } },
    { CLOSING, TIME_WAIT, "rcv ACK of FIN", "x", { CLOSING_FIN_ACKED } },
    { LAST_ACK, CLOSED, "rcv ACK of FIN", "x", { LAST_FIN_ACKED } },
    { TIME_WAIT, CLOSED, "Timeout=2MSL", "delete TCB", { TIME_WAIT_TIMEOUT } },
};

static const char *const reasons[] = {
    [OUTSIDE_TEXT] = N_("in the text only"),
    [OUTSIDE_NOTE_3] = N_("note 3: a RST, from any state"),
    [OUTSIDE_ERRATUM] = N_("erratum 8710 of note 1"),
    [OUTSIDE_OTHER] = N_("of another RFC"),
    [OUTSIDE_STACKS] = N_("what stacks do"),
    [OUTSIDE_NOT_TCP] = N_("not TCP"),
};

const struct outside_move diagram_outside[] = {
    { OPEN_ACTIVE_IN_LISTEN, OUTSIDE_TEXT }, { CLOSE_UNREAD_TEXT, OUTSIDE_NOTE_3 },
    { ABORT_SILENT, OUTSIDE_TEXT },          { ABORT_RESETS, OUTSIDE_NOTE_3 },
    { ABORT_FORGETS, OUTSIDE_STACKS },       { SYN_COOKIE_VALID, OUTSIDE_OTHER },
    { TWO_WAY_OPENS, OUTSIDE_NOT_TCP },      { SYN_SENT_REFUSED, OUTSIDE_NOTE_3 },
    { FOUR_WAY_OPENS, OUTSIDE_NOT_TCP },     { RST_REFUSES, OUTSIDE_NOTE_3 },
    { RST_RESETS, OUTSIDE_NOTE_3 },          { RST_ENDS_CLOSING, OUTSIDE_NOTE_3 },
    { SYN_BACK_TO_LISTEN, OUTSIDE_ERRATUM }, { SYN_RESETS, OUTSIDE_OTHER },
    { TIME_WAIT_REUSED, OUTSIDE_OTHER },     { CLOSING_ENDS, OUTSIDE_NOT_TCP },
    { TEXT_AFTER_CLOSE, OUTSIDE_NOTE_3 },    { FIN_ENDS_ALL, OUTSIDE_NOT_TCP },
    { KEEP_ALIVE_FAILS, OUTSIDE_TEXT },      { USER_TIMEOUT, OUTSIDE_TEXT },
    { FIN_WAIT_2_TIMEOUT, OUTSIDE_STACKS },
};

const size_t diagram_outside_count = sizeof diagram_outside / sizeof diagram_outside[0];

const char *const diagram_notes[DIAGRAM_NOTES] = {
    N_("Note 1: SYN-RECEIVED goes back to LISTEN on a RST only after a passive OPEN (and on a SYN: "
       "erratum 8710)."),
    N_("Note 2: left out: FIN-WAIT-1 to TIME-WAIT, where a FIN comes with the ACK of ours."),
    N_("Note 3: left out: a RST received leads to LISTEN or CLOSED; a RST sent, it says, to "
       "TIME-WAIT "
       "(3.10.5: CLOSED)."),
};

int diagram_arrow_of(enum rule_id rule, enum tcp_state from)
{
    for (int i = 0; i < DIAGRAM_ARROWS && rule != RULE_NONE; i++) {
        const struct arrow *arrow = &diagram_arrows[i];
        for (unsigned j = 0; j < ARROW_RULES; j++) {
            if (arrow->from == from && arrow->rules[j] == rule)
                return i;
        }
    }
    return NO_ARROW;
}

int diagram_arrow_between(enum tcp_state from, enum tcp_state to)
{
    for (int i = 0; i < DIAGRAM_ARROWS; i++) {
        if (diagram_arrows[i].from == from && diagram_arrows[i].to == to)
            return i;
    }
    return NO_ARROW;
}

const char *diagram_outside_why(enum rule_id rule)
{
    for (size_t i = 0; i < diagram_outside_count; i++) {
        if (diagram_outside[i].rule == rule)
            return reasons[diagram_outside[i].reason];
    }
    return NULL;
}

unsigned diagram_box(enum tcp_state from, enum tcp_state to, bool gone)
{
    bool ends = to == CLOSED && (gone || from == LAST_ACK || from == TIME_WAIT);
    return ends ? BOX_CLOSED_AT_END : (unsigned)to;
}

enum tcp_state diagram_box_state(unsigned box)
{
    return box == BOX_CLOSED_AT_END ? CLOSED : (enum tcp_state)box;
}

unsigned diagram_arrow_end(const struct arrow *arrow)
{
    return diagram_box((enum tcp_state)arrow->from, (enum tcp_state)arrow->to, false);
}

char *arrow_label(const struct arrow *arrow, char *text, size_t len)
{
    snprintf(text, len, "%s%s%s", arrow->event, arrow->action[0] ? " / " : "", arrow->action);
    return text;
}
