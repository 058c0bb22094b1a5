/*
 * Endpoints to and from what the kernel's calls take.
 */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include "sim/endpoint.h"

#include <sys/socket.h>

/* Fills `out` and returns its length. An address that is not specified becomes 0.0.0.0, never
 * AF_UNSPEC, which would have connect() dissolve a connection. */
socklen_t address_of(const struct endpoint *at, struct sockaddr_storage *out);

/* The unspecified endpoint where the family is neither AF_INET nor AF_INET6. */
struct endpoint address_endpoint(const struct sockaddr_storage *from);

/* The name that getsockname() has for the descriptor; unspecified where it has none. */
struct endpoint address_local(int fd);

#endif
