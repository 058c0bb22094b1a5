/*
 * The sockets of a model host until their connection is open: what each call returns is what Linux
 * returns to the same. How connections end is in test_socket_end.c.
 */
#include "tests/host_rig.h"
#include "tests/suites.h"

/* A new socket has the lowest descriptor that is free on its host. */
START_TEST(lowest_descriptor)
{
    check_hosts("[model] A: a = socket() = 3\n"
                "[model] A: b = socket() = 4\n"
                "[model] B: c = socket() = 3\n"
                "[model] A: close(a) = 0\n"
                "[model] A: d = socket() = 3\n"
                "[model] A: e = socket() = 5\n");
}
END_TEST

/* A descriptor that was closed is none. */
START_TEST(closed_descriptor)
{
    check_hosts("A: c = socket()\n"
                "A: close(c) = 0\n"
                "A: close(c) = EBADF\n"
                "A: bind(c, :80) = EBADF\n"
                "A: listen(c, 5) = EBADF\n"
                "A: d = accept(c) = EBADF\n"
                "A: connect(c, B:80) = EBADF\n"
                "A: send(c, \"x\") = EBADF\n"
                "A: recv(c, 1) = EBADF\n"
                "A: shutdown(c, SHUT_WR) = EBADF\n"
                "A: getsockopt(c, SO_ERROR) = EBADF\n"
                "A: setsockopt(c, SO_REUSEADDR, 1) = EBADF\n");
}
END_TEST

/* A socket that was never connected can neither send nor receive nor be shut down. */
START_TEST(never_connected)
{
    check_hosts("A: c = socket()\n"
                "A: recv(c, 5) = ENOTCONN\n"
                "A: send(c, \"x\") = EPIPE\n"
                "A: shutdown(c, SHUT_RD) = ENOTCONN\n"
                "A: shutdown(c, SHUT_WR) = ENOTCONN\n"
                "A: d = accept(c) = EINVAL\n"
                "A: getsockopt(c, SO_ERROR) = 0\n"
                "expect A.c CLOSED\n");
}
END_TEST

/* A socket is bound once, and to an address of its own host (MUST-43). */
START_TEST(bound_once)
{
    check_hosts("A: c = socket()\n"
                "A: bind(c, :7100) = 0\n"
                "A: bind(c, :7101) = EINVAL\n"
                "A: d = socket()\n"
                "A: bind(d, :7100) = EADDRINUSE\n"
                "A: bind(d, :7101) = 0\n"
                "B: e = socket()\n"
                "B: bind(e, :7100) = 0\n"
                "[model] A: f = socket()\n"
                "[model] A: bind(f, B:7102) = EADDRNOTAVAIL\n");
}
END_TEST

/* Two may share a port where both have SO_REUSEADDR, and then only one can listen. */
START_TEST(shared_port)
{
    check_hosts("B: s = socket()\n"
                "B: bind(s, :7788) = 0\n"
                "B: t = socket()\n"
                "B: bind(t, :7788) = EADDRINUSE\n"
                "B: setsockopt(t, SO_REUSEADDR, 1) = 0\n"
                "B: bind(t, :7788) = EADDRINUSE\n"
                "B: setsockopt(s, SO_REUSEADDR, 7) = 0\n"
                "B: getsockopt(s, SO_REUSEADDR) = 1\n"
                "B: bind(t, :7788) = 0\n"
                "B: listen(t, 5) = 0\n"
                "B: listen(s, 5) = EADDRINUSE\n"
                "B: close(t)\n"
                "B: listen(s, 5) = 0\n");
}
END_TEST

/* The port of a socket that listens is never shared. */
START_TEST(listening_port)
{
    check_hosts("B: s = socket()\n"
                "B: setsockopt(s, SO_REUSEADDR, 1)\n"
                "B: bind(s, :7788) = 0\n"
                "B: listen(s, 5) = 0\n"
                "B: t = socket()\n"
                "B: setsockopt(t, SO_REUSEADDR, 1)\n"
                "B: bind(t, :7788) = EADDRINUSE\n");
}
END_TEST

/* Connections that outlive their listener keep the port, unless they have taken SO_REUSEADDR over
 * from it. */
START_TEST(port_of_accepted)
{
    check_hosts_after(hosts_connected, "B: close(s)\n"
                                       "B: t = socket()\n"
                                       "B: bind(t, :7788) = EADDRINUSE\n"
                                       "B: setsockopt(t, SO_REUSEADDR, 1)\n"
                                       "B: bind(t, :7788) = EADDRINUSE\n"
                                       "B: getsockopt(d, SO_REUSEADDR) = 0\n");
    check_hosts("B: s = socket()\n"
                "B: setsockopt(s, SO_REUSEADDR, 1)\n"
                "B: bind(s, :7789)\n"
                "B: listen(s, 5)\n"
                "A: c = socket()\n"
                "A: connect(c, B:7789) = EINPROGRESS\n"
                "run\n"
                "B: d = accept(s)\n"
                "B: getsockopt(d, SO_REUSEADDR) = 1\n"
                "B: close(s)\n"
                "B: t = socket()\n"
                "B: bind(t, :7789) = EADDRINUSE\n"
                "B: setsockopt(t, SO_REUSEADDR, 1)\n"
                "B: bind(t, :7789) = 0\n"
                "B: listen(t, 5) = 0\n"
                "A: e = socket()\n"
                "A: connect(e, B:7789) = EINPROGRESS\n"
                "run\n"
                "A: connect(e, B:7789) = 0\n");
}
END_TEST

/* A port that was not asked for by bind() is free once its connection has ended, though the
 * descriptor is still open. */
START_TEST(port_of_a_dead_connection)
{
    check_hosts_after(hosts_connected, "A: setsockopt(c, SO_LINGER, 0)\n"
                                       "A: close(c)\n"
                                       "run\n"
                                       "B: close(s)\n"
                                       "B: t = socket()\n"
                                       "B: bind(t, :7788) = 0\n"
                                       "B: listen(t, 5) = 0\n");
}
END_TEST

/* listen() gives a socket without a port one, may be said again, and is for what is not connected
 * alone. */
START_TEST(listen_calls)
{
    check_hosts("A: l = socket()\n"
                "A: listen(l, 5) = 0\n"
                "A: listen(l, 9) = 0\n"
                "expect A.l LISTEN\n"
                "A: bind(l, :7102) = EINVAL\n"
                "A: connect(l, B:7788) = EISCONN\n"
                "A: recv(l, 5) = ENOTCONN\n"
                "A: send(l, \"x\") = EPIPE\n");
    check_hosts_after(hosts_connected, "A: listen(c, 5) = EINVAL\n"
                                       "A: e = accept(c) = EINVAL\n"
                                       "A: bind(c, :7103) = EINVAL\n");
}
END_TEST

/* accept() gives connections in the order in which they were completed, and none where there is
 * none. */
START_TEST(accept_in_order)
{
    check_hosts_after(hosts_listening, "B: d = accept(s) = EAGAIN\n"
                                       "[model] A: c1 = socket()\n"
                                       "[model] A: connect(c1, B:7788) = EINPROGRESS\n"
                                       "[model] A: c2 = socket()\n"
                                       "[model] A: connect(c2, B:7788) = EINPROGRESS\n"
                                       "[model] hold SYN from A\n"
                                       "[model] run\n"
                                       "[model] release SYN from A\n"
                                       "[model] run\n"
                                       "[model] A: send(c1, \"second\")\n"
                                       "[model] A: send(c2, \"first\")\n"
                                       "[model] run\n"
                                       "[model] B: d1 = accept(s)\n"
                                       "[model] B: d2 = accept(s)\n"
                                       "[model] B: d3 = accept(s) = EAGAIN\n"
                                       "[model] B: recv(d1, 9) = \"first\"\n"
                                       "[model] B: recv(d2, 9) = \"second\"\n");
}
END_TEST

/* connect() that is under way says so, is done once, and then the socket is connected. */
START_TEST(connect_by_and_by)
{
    check_hosts_after(hosts_listening, "A: c = socket()\n"
                                       "A: connect(c, B:7788) = EINPROGRESS\n"
                                       "[model] A: connect(c, B:7788) = EALREADY\n"
                                       "[model] A: recv(c, 5) = EAGAIN\n"
                                       "[model] A: send(c, \"x\") = EAGAIN\n"
                                       "[model] A: listen(c, 5) = EINVAL\n"
                                       "[model] expect A.c SYN-SENT\n"
                                       "run\n"
                                       "A: getsockopt(c, SO_ERROR) = 0\n"
                                       "A: connect(c, B:7788) = 0\n"
                                       "A: connect(c, B:7788) = EISCONN\n"
                                       "B: d = accept(s)\n"
                                       "B: connect(d, A:1) = EISCONN\n");
}
END_TEST

/* Nobody listens: the RST refuses the connection, connect() reports it once, and can be tried
 * again. */
START_TEST(refused)
{
    check_hosts("A: c = socket()\n"
                "A: connect(c, B:7788) = EINPROGRESS\n"
                "run\n"
                "expect A.c CLOSED\n"
                "A: connect(c, B:7788) = ECONNREFUSED\n"
                "A: recv(c, 5) = ENOTCONN\n"
                "A: send(c, \"x\") = EPIPE\n"
                "B: s = socket()\n"
                "B: bind(s, :7788)\n"
                "B: listen(s, 5)\n"
                "A: connect(c, B:7788) = EINPROGRESS\n"
                "run\n"
                "A: connect(c, B:7788) = 0\n");
}
END_TEST

/* Whichever call comes first takes the error; connect() then knows only that it was aborted. */
START_TEST(refused_and_asked)
{
    check_hosts("A: c = socket()\n"
                "A: connect(c, B:7788) = EINPROGRESS\n"
                "run\n"
                "A: getsockopt(c, SO_ERROR) = 111\n"
                "A: getsockopt(c, SO_ERROR) = 0\n"
                "A: connect(c, B:7788) = ECONNABORTED\n"
                "A: connect(c, B:7788) = EINPROGRESS\n"
                "run\n"
                "A: recv(c, 10) = ECONNREFUSED\n"
                "A: recv(c, 10) = 0\n"
                "A: send(c, \"x\") = EPIPE\n"
                "A: connect(c, B:7788) = ECONNABORTED\n"
                "A: connect(c, B:7788) = EINPROGRESS\n"
                "run\n"
                "A: send(c, \"x\") = ECONNREFUSED\n"
                "A: send(c, \"x\") = EPIPE\n"
                "A: shutdown(c, SHUT_WR) = ENOTCONN\n");
}
END_TEST

/* A port that was asked for stays the socket's own when the connection is refused; another one is
 * given back. */
START_TEST(port_after_refusal)
{
    check_hosts("A: c = socket()\n"
                "A: bind(c, :7100)\n"
                "A: connect(c, B:7788) = EINPROGRESS\n"
                "run\n"
                "A: connect(c, B:7788) = ECONNREFUSED\n"
                "A: bind(c, :7101) = EINVAL\n"
                "A: d = socket()\n"
                "A: connect(d, B:7788) = EINPROGRESS\n"
                "run\n"
                "A: connect(d, B:7788) = ECONNREFUSED\n"
                "A: bind(d, :7101) = 0\n");
}
END_TEST

/* There is nobody at port 0. */
START_TEST(port_zero)
{
    check_hosts("A: c = socket()\n"
                "A: connect(c, B:0) = EINPROGRESS\n"
                "run\n"
                "A: connect(c, B:0) = ECONNREFUSED\n"
                "A: bind(c, :0) = 0\n"
                "A: bind(c, :0) = EINVAL\n");
}
END_TEST

/* The same two ends cannot be connected twice. */
START_TEST(connected_twice)
{
    check_hosts_after(hosts_listening, "A: c = socket()\n"
                                       "A: setsockopt(c, SO_REUSEADDR, 1)\n"
                                       "A: bind(c, :7100)\n"
                                       "A: connect(c, B:7788) = EINPROGRESS\n"
                                       "run\n"
                                       "A: d = socket()\n"
                                       "A: bind(d, :7100) = EADDRINUSE\n"
                                       "A: setsockopt(d, SO_REUSEADDR, 1)\n"
                                       "A: bind(d, :7100) = 0\n"
                                       "A: connect(d, B:7788) = EADDRNOTAVAIL\n"
                                       "A: e = socket()\n"
                                       "A: connect(e, :7100) = EINPROGRESS\n"
                                       "run\n"
                                       "A: connect(e, :7100) = ECONNREFUSED\n");
}
END_TEST

/* A socket can connect to itself: a simultaneous open with one side. */
START_TEST(connected_to_itself)
{
    check_hosts("A: c = socket()\n"
                "A: bind(c, :7100)\n"
                "A: connect(c, :7100) = EINPROGRESS\n"
                "run\n"
                "A: connect(c, :7100) = 0\n"
                "expect A.c ESTABLISHED\n"
                "A: send(c, \"me\") = 2\n"
                "run\n"
                "A: recv(c, 5) = \"me\"\n"
                "A: shutdown(c, SHUT_WR) = 0\n"
                "run\n"
                "A: recv(c, 5) = 0\n");
}
END_TEST

/* A queue of no more than one connection: the second SYN is dropped, and comes again when there
 * is room. */
START_TEST(full_queue)
{
    check_hosts("B: s = socket()\n"
                "B: bind(s, :7788)\n"
                "B: listen(s, 0)\n"
                "A: c1 = socket()\n"
                "A: connect(c1, B:7788) = EINPROGRESS\n"
                "run\n"
                "A: c2 = socket()\n"
                "A: connect(c2, B:7788) = EINPROGRESS\n"
                "run\n"
                "A: connect(c1, B:7788) = 0\n"
                "A: connect(c2, B:7788) = EALREADY\n"
                "B: d1 = accept(s)\n"
                "B: d2 = accept(s) = EAGAIN\n"
                "[model] wait 1 s\n"
                "[model] run\n"
                "[model] A: connect(c2, B:7788) = 0\n"
                "[model] B: d2 = accept(s)\n");
}
END_TEST

/* A half of a connection that its client has forgotten, and whose RST gets lost, is given up in the
 * end, and its place is free again. */
START_TEST(half_of_a_connection)
{
    static const struct world_limits limits = { 2, 3, 4, 16, 16, 16, 0, false };
    check_hosts_within(&limits, "[model] B: s = socket()\n"
                                "[model] B: bind(s, :7788)\n"
                                "[model] B: listen(s, 5)\n"
                                "[model] A: c = socket()\n"
                                "[model] A: connect(c, B:7788) = EINPROGRESS\n"
                                "[model] deliver SYN from A\n"
                                "[model] expect B SYN-RECEIVED\n"
                                "[model] drop SYN,ACK from B\n"
                                "[model] A: close(c)\n"
                                "[model] A: d = socket()\n"
                                "[model] A: e = socket() = EMFILE\n"
                                "[model] wait 1 s\n"
                                "[model] drop SYN,ACK from B\n"
                                "[model] wait 2 s\n"
                                "[model] drop SYN,ACK from B\n"
                                "[model] wait 4 s\n"
                                "[model] drop SYN,ACK from B\n"
                                "[model] wait 8 s\n"
                                "[model] drop SYN,ACK from B\n"
                                "[model] wait 16 s\n"
                                "[model] drop SYN,ACK from B\n"
                                "[model] wait 32 s\n"
                                "[model] drop SYN,ACK from B\n"
                                "[model] wait 1 min\n"
                                "[model] drop SYN,ACK from B\n"
                                "[model] wait 1 min\n"
                                "[model] drop SYN,ACK from B\n"
                                "[model] wait 1 min\n"
                                "[model] drop SYN,ACK from B\n"
                                "[model] A: e = socket() = EMFILE\n"
                                "[model] wait 1 min\n"
                                "[model] A: e = socket()\n");
}
END_TEST

/* A SYN that nobody answers is given up in the end. */
START_TEST(timed_out)
{
    check_hosts("B: s = socket()\n"
                "B: bind(s, :7788)\n"
                "B: listen(s, 0)\n"
                "A: c1 = socket()\n"
                "A: connect(c1, B:7788) = EINPROGRESS\n"
                "run\n"
                "A: c2 = socket()\n"
                "A: connect(c2, B:7788) = EINPROGRESS\n"
                "[model] wait 10 min\n"
                "[model] A: connect(c2, B:7788) = ETIMEDOUT\n"
                "[model] A: recv(c2, 5) = ENOTCONN\n");
}
END_TEST

/* shutdown() of a socket that is connecting ends the attempt; of one that listens, the listening,
 * unless it is for writing alone. */
START_TEST(shutdown_unconnected)
{
    check_hosts("B: s = socket()\n"
                "B: bind(s, :7788)\n"
                "B: listen(s, 0)\n"
                "A: c1 = socket()\n"
                "A: connect(c1, B:7788) = EINPROGRESS\n"
                "run\n"
                "A: c = socket()\n"
                "A: connect(c, B:7788) = EINPROGRESS\n"
                "A: shutdown(c, SHUT_WR) = 0\n"
                "expect A.c CLOSED\n"
                "A: recv(c, 5) = ECONNRESET\n"
                "A: getsockopt(c, SO_ERROR) = 0\n"
                "A: connect(c, B:7788) = EINPROGRESS\n");
    check_hosts_after(hosts_listening, "A: c = socket()\n"
                                       "A: connect(c, B:7788) = EINPROGRESS\n"
                                       "run\n"
                                       "B: shutdown(s, SHUT_WR) = 0\n"
                                       "expect B.s LISTEN\n"
                                       "B: shutdown(s, SHUT_RD) = 0\n"
                                       "expect B.s CLOSED\n"
                                       "run\n"
                                       "A: recv(c, 5) = ECONNRESET\n"
                                       "B: d = accept(s) = EINVAL\n"
                                       "B: shutdown(s, SHUT_RD) = ENOTCONN\n"
                                       "B: listen(s, 5) = 0\n"
                                       "B: d = accept(s) = EAGAIN\n");
}
END_TEST

/* Options that only a real socket has are refused by the model. */
START_TEST(options)
{
    check_hosts("A: c = socket()\n"
                "[model] A: setsockopt(c, TCP_DEFER_ACCEPT, 5) = ENOPROTOOPT\n"
                "A: setsockopt(c, SO_LINGER, 0) = 0\n"
                "A: getsockopt(c, SO_LINGER) = 0\n"
                "A: getsockopt(c, SO_REUSEADDR) = 0\n");
}
END_TEST

/* A host has so many sockets and no more. */
START_TEST(out_of_sockets)
{
    static const struct world_limits limits = { 2, 2, 4, 16, 16, 16, 0, false };
    check_hosts_within(&limits, "[model] A: a = socket()\n"
                                "[model] A: b = socket()\n"
                                "[model] A: c = socket() = EMFILE\n"
                                "[model] A: close(a)\n"
                                "[model] A: c = socket() = 3\n");
}
END_TEST

Suite *socket_suite(void)
{
    Suite *suite = suite_create("socket");
    TCase *names = tcase_create("descriptors and ports");
    tcase_add_test(names, lowest_descriptor);
    tcase_add_test(names, closed_descriptor);
    tcase_add_test(names, bound_once);
    tcase_add_test(names, shared_port);
    tcase_add_test(names, listening_port);
    tcase_add_test(names, port_of_accepted);
    tcase_add_test(names, port_of_a_dead_connection);
    tcase_add_test(names, port_after_refusal);
    tcase_add_test(names, options);
    tcase_add_test(names, out_of_sockets);
    suite_add_tcase(suite, names);
    TCase *opening = tcase_create("opening");
    tcase_add_test(opening, never_connected);
    tcase_add_test(opening, listen_calls);
    tcase_add_test(opening, accept_in_order);
    tcase_add_test(opening, connect_by_and_by);
    tcase_add_test(opening, refused);
    tcase_add_test(opening, refused_and_asked);
    tcase_add_test(opening, port_zero);
    tcase_add_test(opening, connected_twice);
    tcase_add_test(opening, connected_to_itself);
    tcase_add_test(opening, full_queue);
    tcase_add_test(opening, half_of_a_connection);
    tcase_add_test(opening, timed_out);
    tcase_add_test(opening, shutdown_unconnected);
    suite_add_tcase(suite, opening);
    return suite;
}
