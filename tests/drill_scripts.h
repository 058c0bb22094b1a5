/*
 * Scripts that hold, for the tests of `tcpstep drill`: each is one idea, and says what it shows.
 */
#ifndef TESTS_DRILL_SCRIPTS_H
#define TESTS_DRILL_SCRIPTS_H

#include <stddef.h>

struct drill_script {
    const char *shows;
    const char *text;
};

/* A server with a connection: 3 listens, 4 is accepted; 257 is the peer's window. */
#define DRILL_LISTEN                                                                               \
    "0 `sysctl -q net.ipv4.tcp_timestamps=0`\n"                                                    \
    "+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"                                               \
    "+0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0\n"                                     \
    "+0 bind(3, ..., ...) = 0\n"                                                                   \
    "+0 listen(3, 1) = 0\n"
#define DRILL_HANDSHAKE                                                                            \
    "+0 < S 0:0(0) win 32792 <mss 1000,sackOK,nop,nop,nop,wscale 7>\n"                             \
    "+0 > S. 0:0(0) ack 1 <...> // base\n"                                                         \
    "+.1 < . 1:1(0) ack 1 win 257\n"
#define DRILL_SERVER DRILL_LISTEN DRILL_HANDSHAKE "+0 accept(3, ..., ...) = 4 // fd\n"

extern const struct drill_script drill_scripts[];
extern const size_t drill_script_count;

#endif
