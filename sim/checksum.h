/*
 * The Internet checksum (RFC 1071), alone and over a pseudo-header: RFC 9293, 3.1; RFC 768; RFC
 * 8200, 8.1.
 */
#ifndef SIM_CHECKSUM_H
#define SIM_CHECKSUM_H

#include "sim/endpoint.h"

/* The number to put into the checksum's field, which is 0 meanwhile. With the right one in place it
 * comes to 0. */
uint16_t inet_checksum(const uint8_t *octets, size_t len);

/* The same of what is carried by IP, with the pseudo-header of these two addresses before it. Both
 * are of one family, 4 or 6. For UDP a sum of 0 is yet to be written as 0xffff, because a 0 there
 * says that none was made. */
uint16_t transport_checksum(const struct ip *src, const struct ip *dst, uint8_t protocol,
                            const uint8_t *octets, size_t len);

#endif
