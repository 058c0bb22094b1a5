/*
 * Ways through the states.
 */
#include "ui/watch_path.h"

#include <stdio.h>

#define BIT(state) (1u << (state))

/* Where one step leads. No way leads in a circle but over CLOSED, where a connection is over. */
static const unsigned steps[TCP_STATE_COUNT] = {
    [LISTEN] = BIT(CLOSED), /* a SYN makes another socket */
    [SYN_SENT] = BIT(SYN_RECEIVED) | BIT(ESTABLISHED) | BIT(CLOSED),
    [SYN_RECEIVED] = BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(CLOSE_WAIT) | BIT(CLOSED),
    [ESTABLISHED] = BIT(FIN_WAIT_1) | BIT(CLOSE_WAIT) | BIT(CLOSED),
    [FIN_WAIT_1] = BIT(FIN_WAIT_2) | BIT(CLOSING) | BIT(TIME_WAIT) | BIT(CLOSED),
    [FIN_WAIT_2] = BIT(TIME_WAIT) | BIT(CLOSED),
    [CLOSE_WAIT] = BIT(LAST_ACK) | BIT(CLOSED),
    [CLOSING] = BIT(TIME_WAIT) | BIT(CLOSED),
    [LAST_ACK] = BIT(CLOSED),
    [TIME_WAIT] = BIT(CLOSED),
};

bool path_leads(enum tcp_state from, enum tcp_state to)
{
    if (steps[from] & BIT(to))
        return true;
    for (unsigned next = 0; next < TCP_STATE_COUNT; next++) {
        if (steps[from] & BIT(next) && path_leads((enum tcp_state)next, to))
            return true;
    }
    return false;
}

bool path_is_sure(enum tcp_state from, enum tcp_state to)
{
    for (unsigned over = 0; over < TCP_STATE_COUNT; over++) {
        if (over != to && steps[from] & BIT(over) && path_leads((enum tcp_state)over, to))
            return false;
    }
    return steps[from] & BIT(to);
}

struct watch_path path_begin(enum tcp_state state, bool whole)
{
    return (struct watch_path){ .count = 1, .state = { (uint8_t)state }, .gap = whole ? 0 : 1 };
}

enum tcp_state path_last(const struct watch_path *path)
{
    return (enum tcp_state)path->state[path->count - 1];
}

bool path_add(struct watch_path *path, enum tcp_state state, bool told)
{
    enum tcp_state last = path_last(path);
    if (path->count >= WATCH_PATH_MAX || !path_leads(last, state))
        return false;
    if (!told && !path_is_sure(last, state))
        path->gap = (uint16_t)(path->gap | 1u << path->count);
    path->state[path->count++] = (uint8_t)state;
    return true;
}

char *path_text(const struct watch_path *path, char *text, size_t len)
{
    size_t used = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < path->count && used < len; i++) {
        bool gap = path->gap & 1u << i;
        const char *before = i == 0 ? (gap ? "... " : "") : gap ? " > ... > " : " > ";
        used += (size_t)snprintf(text + used, len - used, "%s%s", before,
                                 state_name((enum tcp_state)path->state[i]));
    }
    return text;
}
