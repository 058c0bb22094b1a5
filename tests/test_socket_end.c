/*
 * The sockets of a model host while they are connected and when that ends: text, half closes, the
 * end of the stream, resets and TIME-WAIT. What each call returns is what Linux returns.
 */
#include "tests/host_rig.h"
#include "tests/suites.h"

/* Text is read as it was sent, in pieces of any size; with none there, there is nothing to do but
 * to come again, even for who asks for no octets. */
START_TEST(text)
{
    check_hosts_after(hosts_connected, "B: recv(d, 9) = EAGAIN\n"
                                       "A: send(c, \"hello world\") = 11\n"
                                       "run\n"
                                       "B: recv(d, 0) = 0\n"
                                       "B: recv(d, 5) = \"hello\"\n"
                                       "B: recv(d, 99) = \" world\"\n"
                                       "B: recv(d, 9) = EAGAIN\n"
                                       "B: recv(d, 0) = EAGAIN\n"
                                       "A: send(c, \"\") = 0\n");
}
END_TEST

/* send() takes what there is room for, and says EAGAIN where there is none. */
START_TEST(full_buffers)
{
    static const struct world_limits limits = { 2, 4, 8, 8, 8, 8, 0, false };
    check_hosts_within(&limits, "[model] B: s = socket()\n"
                                "[model] B: bind(s, :7788)\n"
                                "[model] B: listen(s, 5)\n"
                                "[model] A: c = socket()\n"
                                "[model] A: connect(c, B:7788) = EINPROGRESS\n"
                                "[model] run\n"
                                "[model] B: d = accept(s)\n"
                                "[model] A: send(c, \"abcdefghijkl\") = 8\n"
                                "[model] A: send(c, \"x\") = EAGAIN\n"
                                "[model] run\n"
                                "[model] A: send(c, \"ijklmnopqrst\") = 8\n"
                                "[model] run\n"
                                "[model] A: send(c, \"x\") = EAGAIN\n"
                                "[model] B: recv(d, 4) = \"abcd\"\n"
                                "[model] run\n"
                                "[model] B: recv(d, 99) = \"efghijkl\"\n"
                                "[model] run\n"
                                "[model] B: recv(d, 99) = \"mnop\"\n");
}
END_TEST

/* After shutdown for writing the peer reads the end of the stream, again and again, and can still
 * send. */
START_TEST(half_close)
{
    check_hosts_after(hosts_connected, "A: shutdown(c, SHUT_WR) = 0\n"
                                       "run\n"
                                       "expect A.c FIN-WAIT-2\n"
                                       "expect B.d CLOSE-WAIT\n"
                                       "A: shutdown(c, SHUT_WR) = 0\n"
                                       "A: send(c, \"x\") = EPIPE\n"
                                       "B: recv(d, 5) = 0\n"
                                       "B: recv(d, 5) = 0\n"
                                       "B: send(d, \"late\") = 4\n"
                                       "run\n"
                                       "A: recv(c, 9) = \"late\"\n"
                                       "A: recv(c, 9) = EAGAIN\n"
                                       "B: close(d) = 0\n"
                                       "run\n"
                                       "A: recv(c, 9) = 0\n"
                                       "expect A.c TIME-WAIT\n"
                                       "expect B.d CLOSED\n");
}
END_TEST

/* In TIME-WAIT the descriptor is still open, and of no more use; nor is one whose connection has
 * ended. */
START_TEST(after_both_fins)
{
    check_hosts_after(hosts_connected, "A: shutdown(c, SHUT_WR) = 0\n"
                                       "run\n"
                                       "B: shutdown(d, SHUT_WR) = 0\n"
                                       "run\n"
                                       "A: shutdown(c, SHUT_WR) = ENOTCONN\n"
                                       "A: shutdown(c, SHUT_RD) = ENOTCONN\n"
                                       "A: recv(c, 5) = 0\n"
                                       "A: send(c, \"x\") = EPIPE\n"
                                       "A: getsockopt(c, SO_ERROR) = 0\n"
                                       "A: connect(c, B:7788) = EISCONN\n"
                                       "A: listen(c, 5) = EINVAL\n"
                                       "B: shutdown(d, SHUT_WR) = ENOTCONN\n"
                                       "B: recv(d, 5) = 0\n"
                                       "B: send(d, \"x\") = EPIPE\n"
                                       "B: connect(d, A:7788) = EISCONN\n");
}
END_TEST

/* Shutdown for reading gives the end of the stream at once; what comes all the same can be read. */
START_TEST(shutdown_for_reading)
{
    check_hosts_after(hosts_connected, "A: shutdown(c, SHUT_RD) = 0\n"
                                       "A: recv(c, 5) = 0\n"
                                       "B: send(d, \"hello\") = 5\n"
                                       "run\n"
                                       "A: recv(c, 9) = \"hello\"\n"
                                       "A: recv(c, 9) = 0\n"
                                       "A: send(c, \"hi\") = 2\n"
                                       "run\n"
                                       "B: recv(d, 9) = \"hi\"\n");
}
END_TEST

/* Who has shut down both ways resets the connection when text comes: its sender's pipe is broken,
 * and the one who shut down can read of it once. */
START_TEST(text_after_shutdown)
{
    check_hosts_after(hosts_connected, "A: shutdown(c, SHUT_RDWR) = 0\n"
                                       "run\n"
                                       "B: send(d, \"more\") = 4\n"
                                       "run\n"
                                       "expect A.c CLOSED\n"
                                       "expect B.d CLOSED\n"
                                       "A: recv(c, 5) = ECONNRESET\n"
                                       "A: recv(c, 5) = 0\n"
                                       "A: shutdown(c, SHUT_WR) = ENOTCONN\n"
                                       "B: recv(d, 5) = 0\n"
                                       "B: send(d, \"again\") = EPIPE\n"
                                       "B: send(d, \"again\") = EPIPE\n");
}
END_TEST

/* The same by close(): the first send() to one who has closed still succeeds, the next does not. */
START_TEST(text_after_close)
{
    check_hosts_after(hosts_connected, "B: close(d) = 0\n"
                                       "run\n"
                                       "A: recv(c, 5) = 0\n"
                                       "A: send(c, \"x\") = 1\n"
                                       "run\n"
                                       "A: send(c, \"x\") = EPIPE\n"
                                       "A: recv(c, 5) = 0\n"
                                       "expect B.d CLOSED\n");
}
END_TEST

/* close() with text unread resets the connection. */
START_TEST(close_with_text_unread)
{
    check_hosts_after(hosts_connected, "A: send(c, \"hi\") = 2\n"
                                       "run\n"
                                       "B: close(d) = 0\n"
                                       "run\n"
                                       "expect A.c CLOSED\n"
                                       "A: send(c, \"x\") = ECONNRESET\n"
                                       "A: send(c, \"x\") = EPIPE\n"
                                       "A: recv(c, 5) = 0\n");
}
END_TEST

/* SO_LINGER with no time makes close() an ABORT; accepted sockets take it over. */
START_TEST(linger_0)
{
    check_hosts_after(hosts_connected, "A: setsockopt(c, SO_LINGER, 0) = 0\n"
                                       "A: close(c) = 0\n"
                                       "run\n"
                                       "expect A.c CLOSED\n"
                                       "expect B.d CLOSED\n"
                                       "B: recv(d, 5) = ECONNRESET\n"
                                       "B: recv(d, 5) = 0\n"
                                       "B: send(d, \"x\") = EPIPE\n");
    check_hosts("B: s = socket()\n"
                "B: bind(s, :7789)\n"
                "B: listen(s, 5)\n"
                "B: setsockopt(s, SO_LINGER, 0) = 0\n"
                "A: c = socket()\n"
                "A: connect(c, B:7789) = EINPROGRESS\n"
                "run\n"
                "B: d = accept(s)\n"
                "B: getsockopt(d, SO_LINGER) = 0\n"
                "B: close(d) = 0\n"
                "run\n"
                "A: recv(c, 5) = ECONNRESET\n");
}
END_TEST

/* Text that came before a reset is read before its error. */
START_TEST(text_before_reset)
{
    check_hosts_after(hosts_connected, "A: send(c, \"text\") = 4\n"
                                       "run\n"
                                       "A: setsockopt(c, SO_LINGER, 0)\n"
                                       "A: close(c)\n"
                                       "run\n"
                                       "B: recv(d, 2) = \"te\"\n"
                                       "B: recv(d, 2) = \"xt\"\n"
                                       "B: recv(d, 2) = ECONNRESET\n"
                                       "B: recv(d, 2) = 0\n"
                                       "B: getsockopt(d, SO_ERROR) = 0\n");
}
END_TEST

/* After the peer's FIN a reset is no news to a reader: he sees the end of the stream. A writer's
 * pipe is broken. */
START_TEST(reset_after_fin)
{
    check_hosts_after(hosts_connected, "A: send(c, \"text\") = 4\n"
                                       "A: shutdown(c, SHUT_WR) = 0\n"
                                       "run\n"
                                       "A: setsockopt(c, SO_LINGER, 0)\n"
                                       "A: close(c)\n"
                                       "run\n"
                                       "expect B.d CLOSED\n"
                                       "B: recv(d, 9) = \"text\"\n"
                                       "B: recv(d, 9) = 0\n"
                                       "B: getsockopt(d, SO_ERROR) = 32\n"
                                       "B: recv(d, 9) = 0\n"
                                       "B: send(d, \"x\") = EPIPE\n"
                                       "B: shutdown(d, SHUT_WR) = ENOTCONN\n");
}
END_TEST

/* The listener's end resets those that nobody has accepted, and leaves the accepted ones alone. */
START_TEST(listener_closes)
{
    check_hosts_after(hosts_connected, "A: e = socket()\n"
                                       "A: connect(e, B:7788) = EINPROGRESS\n"
                                       "run\n"
                                       "B: close(s) = 0\n"
                                       "run\n"
                                       "A: recv(c, 5) = EAGAIN\n"
                                       "A: recv(e, 5) = ECONNRESET\n"
                                       "A: recv(e, 5) = 0\n"
                                       "A: send(c, \"hi\") = 2\n"
                                       "run\n"
                                       "B: recv(d, 5) = \"hi\"\n"
                                       "A: f = socket()\n"
                                       "A: connect(f, B:7788) = EINPROGRESS\n"
                                       "run\n"
                                       "A: connect(f, B:7788) = ECONNREFUSED\n");
}
END_TEST

/* A connection that was reset before it is accepted is still handed out, with its text and then
 * its error. */
START_TEST(reset_before_accept)
{
    check_hosts("B: s = socket()\n"
                "B: bind(s, :7788)\n"
                "B: listen(s, 5)\n"
                "A: c = socket()\n"
                "A: connect(c, B:7788) = EINPROGRESS\n"
                "run\n"
                "A: send(c, \"early\") = 5\n"
                "run\n"
                "A: setsockopt(c, SO_LINGER, 0)\n"
                "A: close(c)\n"
                "run\n"
                "B: d = accept(s)\n"
                "B: recv(d, 9) = \"early\"\n"
                "B: recv(d, 9) = ECONNRESET\n"
                "B: recv(d, 9) = 0\n");
}
END_TEST

/* A RST is lost: the next text meets a host that knows of no connection, whether it listens at that
 * port or not, and its RST ends the other half. */
START_TEST(half_open)
{
    check_hosts_after(hosts_connected, "[model] B: setsockopt(d, SO_LINGER, 0)\n"
                                       "[model] B: close(d)\n"
                                       "[model] drop RST from B\n"
                                       "[model] A: send(c, \"x\") = 1\n"
                                       "[model] run\n"
                                       "[model] A: recv(c, 9) = ECONNRESET\n");
    check_hosts_after(hosts_connected, "[model] B: setsockopt(d, SO_LINGER, 0)\n"
                                       "[model] B: close(d)\n"
                                       "[model] B: close(s)\n"
                                       "[model] drop RST from B\n"
                                       "[model] A: send(c, \"x\") = 1\n"
                                       "[model] run\n"
                                       "[model] A: recv(c, 9) = ECONNRESET\n");
}
END_TEST

/* Of what is not connected shutdown() is an error, and counts all the same. */
START_TEST(shutdown_unconnected)
{
    check_hosts("A: c = socket()\n"
                "A: recv(c, 9) = ENOTCONN\n"
                "A: shutdown(c, SHUT_RDWR) = ENOTCONN\n"
                "A: recv(c, 9) = 0\n"
                "A: send(c, \"x\") = EPIPE\n");
}
END_TEST

/* connect() that was never asked for its outcome reports a reset that came since. */
START_TEST(reset_before_outcome)
{
    check_hosts_after(hosts_connected, "B: setsockopt(d, SO_LINGER, 0)\n"
                                       "B: close(d)\n"
                                       "run\n"
                                       "A: connect(c, B:7788) = ECONNRESET\n"
                                       "A: connect(c, B:7788) = EINPROGRESS\n"
                                       "run\n"
                                       "A: connect(c, B:7788) = 0\n");
}
END_TEST

/* The port of a connection in TIME-WAIT is in use, with SO_REUSEADDR on neither, on the new one
 * or on the old one alone; with both it is free. */
START_TEST(time_wait_keeps_the_port)
{
    check_hosts_after(hosts_connected, "B: close(d)\n"
                                       "run\n"
                                       "A: recv(c, 9) = 0\n"
                                       "A: close(c)\n"
                                       "run\n"
                                       "B: close(s)\n"
                                       "expect B.d TIME-WAIT\n"
                                       "B: t = socket()\n"
                                       "B: bind(t, :7788) = EADDRINUSE\n"
                                       "B: setsockopt(t, SO_REUSEADDR, 1)\n"
                                       "B: bind(t, :7788) = EADDRINUSE\n"
                                       "[model] wait 239 s\n"
                                       "[model] B: bind(t, :7788) = EADDRINUSE\n"
                                       "[model] wait 1 s\n"
                                       "[model] B: bind(t, :7788) = 0\n");
    check_hosts("B: s = socket()\n"
                "B: setsockopt(s, SO_REUSEADDR, 1)\n"
                "B: bind(s, :7789)\n"
                "B: listen(s, 5)\n"
                "A: c = socket()\n"
                "A: connect(c, B:7789) = EINPROGRESS\n"
                "run\n"
                "B: d = accept(s)\n"
                "B: close(d)\n"
                "run\n"
                "A: close(c)\n"
                "run\n"
                "B: close(s)\n"
                "expect B.d TIME-WAIT\n"
                "B: t = socket()\n"
                "B: bind(t, :7789) = EADDRINUSE\n"
                "B: setsockopt(t, SO_REUSEADDR, 1)\n"
                "B: bind(t, :7789) = 0\n"
                "B: listen(t, 5) = 0\n");
}
END_TEST

/* Text that is never acknowledged ends in a timeout, of which one call tells once; then there is
 * nothing to read, and nowhere to write. */
START_TEST(timed_out)
{
    check_hosts_after(hosts_connected, "[model] A: send(c, \"x\") = 1\n"
                                       "[model] drop ACK from A\n"
                                       "[model] wait 1 s\n"
                                       "[model] drop ACK from A\n"
                                       "[model] wait 2 s\n"
                                       "[model] drop ACK from A\n"
                                       "[model] wait 4 s\n"
                                       "[model] drop ACK from A\n"
                                       "[model] wait 8 s\n"
                                       "[model] drop ACK from A\n"
                                       "[model] wait 16 s\n"
                                       "[model] drop ACK from A\n"
                                       "[model] wait 32 s\n"
                                       "[model] drop ACK from A\n"
                                       "[model] wait 1 min\n"
                                       "[model] drop ACK from A\n"
                                       "[model] wait 1 min\n"
                                       "[model] drop ACK from A\n"
                                       "[model] wait 1 min\n"
                                       "[model] drop ACK from A\n"
                                       "[model] wait 59 s\n"
                                       "[model] expect A.c ESTABLISHED\n"
                                       "[model] wait 1 s\n"
                                       "[model] expect A.c CLOSED\n"
                                       "[model] A: recv(c, 9) = ETIMEDOUT\n"
                                       "[model] A: recv(c, 9) = 0\n"
                                       "[model] A: send(c, \"x\") = EPIPE\n");
}
END_TEST

/* Both close at once: CLOSING, then TIME-WAIT on both sides. */
START_TEST(both_close)
{
    check_hosts_after(hosts_connected, "A: close(c) = 0\n"
                                       "B: close(d) = 0\n"
                                       "[model] deliver FIN,ACK from A\n"
                                       "[model] expect B.d CLOSING\n"
                                       "[model] deliver FIN,ACK from B\n"
                                       "[model] expect A.c CLOSING\n"
                                       "[model] run\n"
                                       "[model] expect A.c TIME-WAIT\n"
                                       "[model] expect B.d TIME-WAIT\n");
}
END_TEST

Suite *socket_end_suite(void)
{
    Suite *suite = suite_create("socket end");
    TCase *open = tcase_create("text");
    tcase_add_test(open, text);
    tcase_add_test(open, full_buffers);
    tcase_add_test(open, half_close);
    tcase_add_test(open, shutdown_for_reading);
    suite_add_tcase(suite, open);
    TCase *ends = tcase_create("ends");
    tcase_add_test(ends, after_both_fins);
    tcase_add_test(ends, text_after_shutdown);
    tcase_add_test(ends, text_after_close);
    tcase_add_test(ends, close_with_text_unread);
    tcase_add_test(ends, listener_closes);
    tcase_add_test(ends, time_wait_keeps_the_port);
    tcase_add_test(ends, timed_out);
    tcase_add_test(ends, both_close);
    suite_add_tcase(suite, ends);
    TCase *resets = tcase_create("resets");
    tcase_add_test(resets, linger_0);
    tcase_add_test(resets, text_before_reset);
    tcase_add_test(resets, reset_after_fin);
    tcase_add_test(resets, reset_before_accept);
    tcase_add_test(resets, half_open);
    tcase_add_test(resets, reset_before_outcome);
    tcase_add_test(resets, shutdown_unconnected);
    suite_add_tcase(suite, resets);
    return suite;
}
