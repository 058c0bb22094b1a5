/*
 * Linux TCP stacks of our own: a network namespace for each host, made without root, and the wire
 * between them in our hands. namespaces(7), user_namespaces(7), veth(4).
 *
 * A child process makes the namespaces and holds them; it opens sockets in them and passes the
 * descriptors on, so that this process stays where it is. When this process ends, however it ends,
 * the child ends, and with it all that it made. Nothing outside is touched, and nothing leaves.
 */
#ifndef NET_SANDBOX_H
#define NET_SANDBOX_H

#include "net/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sandbox;

enum {
    SANDBOX_HOSTS_MAX = 8,
    SANDBOX_PACKET_MAX = 65536
};

/* By what its hosts are joined to us. */
enum sandbox_link {
    SANDBOX_TUN, /* a TUN device each */
    SANDBOX_VETH /* a pair of virtual Ethernet devices each, with a packet socket at our end */
};

/* Hosts 10.9.0.1, 10.9.0.2 ... (and fd09::1 ...), as those of a world; SANDBOX_TUN falls back to
 * SANDBOX_VETH where the device may not be opened. NULL: `error` says what this machine does not
 * allow. */
struct sandbox *sandbox_open(unsigned hosts, enum sandbox_link link, struct net_error *error);
void sandbox_close(struct sandbox *sandbox);

enum sandbox_link sandbox_link(const struct sandbox *sandbox);

/* As socket(2), in the namespace of that host; close-on-exec. -1 and errno. */
int sandbox_socket(struct sandbox *sandbox, unsigned host, int domain, int type, int protocol);

/* Gives a setting below /proc/sys/net a value on one host: "ipv4/tcp_sack", "0". False and errno.
 */
bool sandbox_set(struct sandbox *sandbox, unsigned host, const char *name, const char *value);

/* A descriptor that is readable while a packet of the host waits to be taken. */
int sandbox_fd(const struct sandbox *sandbox, unsigned host);

/* The next IP packet that the host has sent, at most len octets of it; 0 where none waits. */
size_t sandbox_take(struct sandbox *sandbox, unsigned host, uint8_t *octets, size_t len);

/* Hands an IP packet to the host. False where its device takes no more, or it is no IP packet. */
bool sandbox_give(struct sandbox *sandbox, unsigned host, const uint8_t *octets, size_t len);

#endif
