/*
 * The eleven states of a connection. RFC 9293, 3.3.2.
 */
#ifndef SIM_STATE_H
#define SIM_STATE_H

#include <stdbool.h>
#include <stddef.h>

enum tcp_state {
    CLOSED,
    LISTEN,
    SYN_SENT,
    SYN_RECEIVED,
    ESTABLISHED,
    FIN_WAIT_1,
    FIN_WAIT_2,
    CLOSE_WAIT,
    CLOSING,
    LAST_ACK,
    TIME_WAIT,
    TCP_STATE_COUNT
};

/* The RFC's spelling: "SYN-SENT". */
const char *state_name(enum tcp_state state);

/* Finds a state by the RFC's spelling, len octets of name; false where there is none. */
bool state_of_name(const char *name, size_t len, enum tcp_state *state);

#endif
