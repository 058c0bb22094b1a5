/*
 * Model hosts driven by lines of a lab, for tests of sockets. Unlike a lab that is run, each call
 * is made just once, when its line comes, and has to return at once what its line says: EAGAIN and
 * EINPROGRESS like any other result.
 *
 *     check_hosts("A: c = socket()\n"
 *                 "A: connect(c, B:80) = EINPROGRESS\n"
 *                 "run\n"
 *                 "A: connect(c, B:80) = ECONNREFUSED\n");
 *
 * "[model]" marks what real sockets could not do alike: where the wire must be in hand, or time.
 */
#ifndef TESTS_HOST_RIG_H
#define TESTS_HOST_RIG_H

#include "sim/world.h"

/* Two hosts, A and B, with buffers of 64 octets. */
void check_hosts(const char *lines);

/* The same with lines before it that many tests have. */
void check_hosts_after(const char *before, const char *lines);

/* Such lines: s of B listens at port 7788; and c of A is connected to it, at B as d. */
extern const char hosts_listening[], hosts_connected[];

/* Hosts of these limits, of which two are A and B. */
void check_hosts_within(const struct world_limits *limits, const char *lines);

#endif
