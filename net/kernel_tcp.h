/*
 * What Linux says of a TCP socket, in the words of the RFC.
 */
#ifndef NET_KERNEL_TCP_H
#define NET_KERNEL_TCP_H

#include "sim/event.h"

/* The state behind Linux's number for it (tcpi_state, idiag_state); false: no such number. */
bool kernel_state(unsigned number, enum tcp_state *state);

/*
 * What a struct tcp_info of `len` octets tells of a connection's variables, in `vars`: RTO, round
 * trip, congestion control (in octets, though Linux counts segments), octets
 * not sent yet (a FIN among them), and from Linux 6.2 on the windows; in LISTEN the queue; in
 * CLOSED nothing. Octets unread are not in it.
 */
void kernel_vars(const void *info, size_t len, enum tcp_state state, struct tcp_vars *vars);

/* Reads TCP_INFO of a descriptor, and how much is unread, in CLOSED too. false: the kernel did not
 * answer. */
bool kernel_info(int fd, enum tcp_state *state, struct tcp_vars *vars);

/* The octets of text in a receive queue that Linux counts in sequence numbers, where a FIN that
 * was not read yet takes one. */
uint32_t kernel_unread(enum tcp_state state, uint32_t queue);

#endif
