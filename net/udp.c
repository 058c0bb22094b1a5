/*
 * socket, bind, connect, sendto and recvfrom.
 */
#include "net/udp.h"

#include <errno.h>

static int failed(struct told *told, int fd, struct net_error *error, const char *operation,
                  int32_t err)
{
    if (fd >= 0)
        told_end(told, fd);
    *error = (struct net_error){ .err = err, .operation = operation };
    return -1;
}

static int opened(struct told *told, enum call_op op, const struct endpoint *at,
                  struct net_error *error)
{
    struct call_result made = told_socket(told, at->ip.family, TYPE_DATAGRAM, false);
    if (made.ret < 0)
        return failed(told, -1, error, "socket", made.err);
    struct call name = { .op = op, .fd = made.ret, .addr = *at };
    struct call_result named = told_call(told, &name, NULL);
    if (named.ret < 0)
        return failed(told, made.ret, error, call_name(op), named.err);
    return made.ret;
}

int udp_bound(struct told *told, const struct endpoint *at, struct net_error *error)
{
    return opened(told, CALL_BIND, at, error);
}

int udp_connected(struct told *told, const struct endpoint *to, struct net_error *error)
{
    return opened(told, CALL_CONNECT, to, error);
}

struct udp_got udp_recv(struct told *told, int fd, uint8_t *into, uint32_t room)
{
    /* With MSG_TRUNC it returns how long the datagram was, and not what there was room for. */
    struct call call = {
        .op = CALL_RECVFROM, .fd = fd, .value = (int32_t)room, .flags = MESSAGE_TRUNC
    };
    struct call_result result = told_call(told, &call, into);
    if (result.ret < 0)
        return (struct udp_got){ .err = result.err };
    uint32_t sent = (uint32_t)result.ret;
    return (struct udp_got){ .from = result.peer, .len = sent < room ? sent : room, .sent = sent };
}

int32_t udp_send(struct told *told, int fd, const struct endpoint *to, const uint8_t *octets,
                 uint32_t len)
{
    struct call call = { .op = CALL_SEND, .fd = fd, .text = octets, .text_len = len };
    if (to) {
        call.op = CALL_SENDTO;
        call.addr = *to;
    }
    struct call_result result = told_call(told, &call, NULL);
    return result.ret < 0 ? result.err : 0;
}
