/*
 * States and their names.
 */
#include "sim/state.h"

#include <assert.h>
#include <string.h>

static const char *const names[TCP_STATE_COUNT] = {
    [CLOSED] = "CLOSED",           [LISTEN] = "LISTEN",
    [SYN_SENT] = "SYN-SENT",       [SYN_RECEIVED] = "SYN-RECEIVED",
    [ESTABLISHED] = "ESTABLISHED", [FIN_WAIT_1] = "FIN-WAIT-1",
    [FIN_WAIT_2] = "FIN-WAIT-2",   [CLOSE_WAIT] = "CLOSE-WAIT",
    [CLOSING] = "CLOSING",         [LAST_ACK] = "LAST-ACK",
    [TIME_WAIT] = "TIME-WAIT",
};

const char *state_name(enum tcp_state state)
{
    assert(state < TCP_STATE_COUNT);
    return names[state];
}

bool state_of_name(const char *name, size_t len, enum tcp_state *state)
{
    for (unsigned i = 0; i < TCP_STATE_COUNT; i++) {
        if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0) {
            *state = (enum tcp_state)i;
            return true;
        }
    }
    return false;
}
