/*
 * What the calls of a model host share: socket.c (names, opening), socket_text.c (send, recv),
 * socket_end.c (shutdown, close), socket_option.c; socket_look.c only looks.
 */
#ifndef SIM_SOCKET_PARTS_H
#define SIM_SOCKET_PARTS_H

#include "sim/world_parts.h"

/* What one call works with. */
struct calling {
    struct act *act;
    unsigned host;
    const struct call *call;
    struct sock *sock; /* the descriptor's; NULL for socket() */
    uint8_t *into;
};

struct call_result failed(const struct calling *c, int32_t err);
struct call_result returned(const struct calling *c, int32_t ret);
/* The error that waits to be reported, which it then was; 0: none. */
int32_t take_error(struct sock *sock);

/* `remote`: of the connection it is for, NULL where there is none yet. 0, or an errno. */
int32_t bind_to(struct calling *c, const struct endpoint *to, const struct endpoint *remote);

/* Does what a call means on a datagram socket; false where it means the same on any. */
bool udp_call(struct calling *c, struct call_result *result);
struct call_result do_send(struct calling *c);
struct call_result do_recv(struct calling *c);
struct call_result do_shutdown(struct calling *c);
struct call_result do_close(struct calling *c);
struct call_result do_setsockopt(struct calling *c);
struct call_result do_getsockopt(struct calling *c);
struct call_result do_fcntl(struct calling *c);
struct call_result do_ioctl(struct calling *c);

#endif
