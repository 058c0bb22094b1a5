/*
 * The socket calls of real programs. Each can be told as it is made: the call, what it returned,
 * and the state of its connection that was seen then, as events. Where nobody wants to know, it is
 * the bare call.
 *
 * What is told has the lane LANE_KERNEL and host 0. States are read from TCP_INFO behind each
 * call, and by told_look(); of sockets without a descriptor by sock_diag. What was not seen is not
 * told. The text of a call is its caller's: it lasts until its return has been told.
 */
#ifndef NET_TOLD_H
#define NET_TOLD_H

#include "net/error.h"
#include "sim/event.h"

struct told;

/* NULL: out of memory. */
struct told *told_open(struct sink sink);
void told_close(struct told *told);

/* When its clock was 0, by clock_usec(). */
uint64_t told_began(const struct told *told);
/* From here on timers are told as well: a question to sock_diag for each look. */
void told_timers(struct told *told);

/* A socket that does not block and is closed on exec. family 4 or 6; an IPv6 socket takes IPv4 as
 * well only where `both`. `told` may be NULL, here and below. */
struct call_result told_socket(struct told *told, uint8_t family, enum socket_type type, bool both);

/* Any other call: net/kernel_call.h. */
struct call_result told_call(struct told *told, const struct call *call, uint8_t *into);

/* Looks at all sockets once, or at the next 256 of them; a little later again (50 ms) while there
 * are any. */
void told_look(struct told *told);

/* Tells of each socket what was told last, to who comes later. */
void told_again(struct told *told, struct sink sink);

/* Is there a socket with these ends, or was there one a while ago, or does one listen at the first?
 */
bool told_knows(const struct told *told, const struct endpoint *local,
                const struct endpoint *remote);

/* Sockets that still have a descriptor, or that the kernel's table still has. */
unsigned told_count(const struct told *told);

/* Shorthand for the commonest calls. */
struct call_result told_accept(struct told *told, int fd);
struct call_result told_send(struct told *told, int fd, const void *text, uint32_t len);
struct call_result told_recv(struct told *told, int fd, void *into, int32_t room);
struct call_result told_end(struct told *told, int fd); /* close() */
struct call_result told_option(struct told *told, int fd, enum sock_option option, int32_t value);

#endif
