/*
 * net/loopback: every state that plain calls can hold still on loopback, shown through the lane
 * as the kernel tells it, and what the lane says where the machine is not as it would like.
 */
#include "net/address.h"
#include "net/clock.h"
#include "tests/loopback_rig.h"
#include "tests/suites.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A handshake: the client's end by TCP_INFO, the server's by sock_diag before accept() returns
 * it, and it is the same socket afterwards. */
START_TEST(handshake)
{
    struct rig *rig = rig_begin();
    int32_t listening = rig_listen(rig, 5), client = rig_socket(rig, A, "client");
    int32_t parent = rig_sock_of(rig, listening);
    ck_assert_int_eq(rig_await(rig, parent, LISTEN)->u.state.source, BY_TCP_INFO);
    rig_connect(rig, client);
    ck_assert_int_eq(rig_await(rig, rig_sock_of(rig, client), ESTABLISHED)->u.state.source,
                     BY_TCP_INFO);
    int32_t child = rig_child_of(rig, parent);
    ck_assert_int_eq(rig_last(rig, EV_SOCKET, child)->u.socket.fd, -1);
    ck_assert_int_eq(rig_last(rig, EV_SOCKET, child)->host, B);
    ck_assert_int_eq(rig_await(rig, child, ESTABLISHED)->u.state.source, BY_SOCK_DIAG);
    ck_assert(rig->lane->ops->ready(rig->lane, B, listening, READY_TO_READ));
    struct call accept = { .op = CALL_ACCEPT, .fd = listening, .name = "conn" };
    struct call_result result = rig_make(rig, B, accept);
    ck_assert_int_eq(result.sock, child);
    const struct event *named = rig_last(rig, EV_SOCKET, child);
    ck_assert_int_eq(named->u.socket.fd, result.ret);
    ck_assert_int_eq(named->u.socket.parent, parent);
    ck_assert_str_eq(named->u.socket.name, "conn");
    ck_assert(endpoint_eq(&named->u.socket.remote, &result.peer));
    struct endpoint a = rig_at(rig, A);
    ck_assert(ip_eq(&result.peer.ip, &a.ip));
    ck_assert_uint_eq(rig_last(rig, EV_VARS, parent)->u.vars.unsent, 5);
    rig_end(rig);
}
END_TEST

/* Connections that wait for accept() are counted at the listening socket. */
START_TEST(waiting_for_accept_is_counted)
{
    struct rig *rig = rig_begin();
    int32_t listening = rig_listen(rig, 5), first = rig_socket(rig, A, "c1");
    int32_t second = rig_socket(rig, A, "c2");
    rig_connect(rig, first);
    rig_connect(rig, second);
    rig_await(rig, rig_sock_of(rig, second), ESTABLISHED);
    rig->lane->ops->look(rig->lane);
    ck_assert_uint_eq(rig_last(rig, EV_VARS, rig_sock_of(rig, listening))->u.vars.unread, 2);
    ck_assert_int_ge(rig_call(rig, B, CALL_ACCEPT, listening, 0), 0);
    ck_assert_uint_eq(rig_last(rig, EV_VARS, rig_sock_of(rig, listening))->u.vars.unread, 1);
    rig_end(rig);
}
END_TEST

/* A full backlog leaves the next client in SYN-SENT: its SYN is not answered. */
START_TEST(syn_sent)
{
    struct rig *rig = rig_begin();
    rig_listen(rig, 0);
    int32_t first = rig_socket(rig, A, "c1"), second = rig_socket(rig, A, "c2");
    rig_connect(rig, first);
    rig_await(rig, rig_sock_of(rig, first), ESTABLISHED);
    ck_assert_int_eq(rig_connect(rig, second), -EINPROGRESS);
    ck_assert_int_eq(rig_await(rig, rig_sock_of(rig, second), SYN_SENT)->u.state.source,
                     BY_TCP_INFO);
    ck_assert(!rig->lane->ops->ready(rig->lane, A, second, READY_TO_WRITE));
    ck_assert_int_eq(rig_connect(rig, second), -EALREADY);
    rig_end(rig);
}
END_TEST

/* TCP_DEFER_ACCEPT keeps the server in SYN-RECEIVED until text comes; the client has long been
 * ESTABLISHED, and accept() has nothing to return. */
START_TEST(syn_received)
{
    struct rig *rig = rig_begin();
    int32_t listening = rig_socket(rig, B, "server"), client = rig_socket(rig, A, "client");
    ck_assert_int_eq(rig_set(rig, B, listening, OPTION_DEFER_ACCEPT, 30), 0);
    ck_assert_int_eq(rig_bind(rig, B, listening), 0);
    ck_assert_int_eq(rig_call(rig, B, CALL_LISTEN, listening, 5), 0);
    rig_connect(rig, client);
    rig_await(rig, rig_sock_of(rig, client), ESTABLISHED);
    int32_t child = rig_child_of(rig, rig_sock_of(rig, listening));
    const struct event *told = rig_await(rig, child, SYN_RECEIVED);
    ck_assert(told->u.state.first); /* where it came from nobody has seen */
    ck_assert_int_eq(told->u.state.source, BY_SOCK_DIAG);
    ck_assert_int_eq(rig_call(rig, B, CALL_ACCEPT, listening, 0), -EAGAIN);
    ck_assert_int_eq(rig_send(rig, A, client, "hello", 5), 5);
    rig_await(rig, child, ESTABLISHED);
    int32_t fd = rig_call(rig, B, CALL_ACCEPT, listening, 0);
    ck_assert_int_eq(rig_sock_of(rig, fd), child);
    rig_end(rig);
}
END_TEST

/* A close in four steps, client first: FIN-WAIT-2 beside CLOSE-WAIT, then recv() answers 0, then
 * TIME-WAIT without a descriptor, with the time when it will be over. */
START_TEST(close_client_first)
{
    struct rig *rig = rig_begin();
    struct pair p = rig_connected(rig, false);
    ck_assert_int_eq(rig_call(rig, A, CALL_CLOSE, p.client, 0), 0);
    ck_assert_int_eq(rig_last(rig, EV_SOCKET, p.client_sock)->u.socket.fd, -1);
    ck_assert_int_eq(rig_await(rig, p.client_sock, FIN_WAIT_2)->u.state.source, BY_SOCK_DIAG);
    ck_assert_int_eq(rig_await(rig, p.server_sock, CLOSE_WAIT)->u.state.source, BY_TCP_INFO);
    ck_assert(rig->lane->ops->ready(rig->lane, B, p.server, READY_TO_READ));
    ck_assert_int_eq(rig_call(rig, B, CALL_RECV, p.server, 100), 0);
    ck_assert_int_eq(rig_call(rig, B, CALL_CLOSE, p.server, 0), 0);
    ck_assert_int_eq(rig_await(rig, p.client_sock, TIME_WAIT)->u.state.source, BY_SOCK_DIAG);
    rig_await(rig, p.server_sock, CLOSED);
    const struct event *timer = rig_last(rig, EV_TIMER, p.client_sock);
    ck_assert_ptr_nonnull(timer);
    ck_assert_int_eq(timer->u.timer.timer, TIMER_TIME_WAIT);
    ck_assert_int_eq(timer->u.timer.change, TIMER_ARMED);
    ck_assert_uint_gt(timer->u.timer.at_usec, timer->usec);
    rig_end(rig);
}
END_TEST

/* After shutdown() alone the descriptor stays while the connection goes to TIME-WAIT: TCP_INFO
 * calls that CLOSE, sock_diag knows. */
START_TEST(time_wait_beside_a_descriptor)
{
    struct rig *rig = rig_begin();
    struct pair p = rig_connected(rig, false);
    ck_assert_int_eq(rig_call(rig, A, CALL_SHUTDOWN, p.client, HOW_WR), 0);
    ck_assert_int_eq(rig_await(rig, p.client_sock, FIN_WAIT_2)->u.state.source, BY_TCP_INFO);
    ck_assert_int_eq(rig_send(rig, B, p.server, "late", 4), 4);
    ck_assert_int_eq(rig_call(rig, B, CALL_CLOSE, p.server, 0), 0);
    ck_assert_int_eq(rig_await(rig, p.client_sock, TIME_WAIT)->u.state.source, BY_SOCK_DIAG);
    ck_assert_uint_eq(rig_last(rig, EV_VARS, p.client_sock)->u.vars.unread, 4);
    ck_assert_int_eq(rig_call(rig, A, CALL_RECV, p.client, 100), 4);
    ck_assert_int_eq(rig_call(rig, A, CALL_RECV, p.client, 100), 0);
    ck_assert_int_eq(rig_call(rig, A, CALL_CLOSE, p.client, 0), 0);
    ck_assert_int_eq(rig_last(rig, EV_STATE, p.client_sock)->u.state.to, TIME_WAIT);
    rig_end(rig);
}
END_TEST

/* A FIN behind text that the peer has no window for: FIN-WAIT-1 stays, and the peer knows of
 * nothing. */
START_TEST(fin_wait_1)
{
    struct rig *rig = rig_begin();
    struct pair p = rig_connected(rig, false);
    rig_fill(rig, A, p.client);
    ck_assert_uint_gt(rig_last(rig, EV_VARS, p.client_sock)->u.vars.unsent, 0);
    ck_assert_int_eq(rig_call(rig, A, CALL_CLOSE, p.client, 0), 0);
    ck_assert_int_eq(rig_await(rig, p.client_sock, FIN_WAIT_1)->u.state.source, BY_SOCK_DIAG);
    ck_assert_uint_gt(rig_last(rig, EV_VARS, p.client_sock)->u.vars.unsent, 0);
    ck_assert_int_eq(rig_last(rig, EV_STATE, p.server_sock)->u.state.to, ESTABLISHED);
    ck_assert_uint_gt(rig_last(rig, EV_VARS, p.server_sock)->u.vars.unread, 0);
    rig_end(rig);
}
END_TEST

/* The same on the side that closes second: LAST-ACK stays while its text can't be sent. */
START_TEST(last_ack)
{
    struct rig *rig = rig_begin();
    struct pair p = rig_connected(rig, false);
    ck_assert_int_eq(rig_call(rig, A, CALL_SHUTDOWN, p.client, HOW_WR), 0);
    rig_await(rig, p.server_sock, CLOSE_WAIT);
    rig_fill(rig, B, p.server);
    ck_assert_int_eq(rig_call(rig, B, CALL_CLOSE, p.server, 0), 0);
    ck_assert_int_eq(rig_await(rig, p.server_sock, LAST_ACK)->u.state.source, BY_SOCK_DIAG);
    ck_assert_int_eq(rig_last(rig, EV_STATE, p.client_sock)->u.state.to, FIN_WAIT_2);
    rig_end(rig);
}
END_TEST

/* Server first: its port stays taken by TIME-WAIT, which comes from FIN-WAIT-2 by the client's
 * close. SO_REUSEADDR helps only if the first server had set it as well. */
static void server_closes_first(struct rig *rig, bool first_reuses)
{
    struct pair p = rig_connected(rig, first_reuses);
    ck_assert_int_eq(rig_call(rig, B, CALL_CLOSE, p.server, 0), 0);
    rig_await(rig, p.server_sock, FIN_WAIT_2);
    ck_assert_int_eq(rig_call(rig, A, CALL_CLOSE, p.client, 0), 0);
    rig_await(rig, p.server_sock, TIME_WAIT);
    int32_t listening = rig_sock_of(rig, p.listening);
    ck_assert_int_eq(rig_call(rig, B, CALL_CLOSE, p.listening, 0), 0);
    rig_await(rig, listening, CLOSED);
    int32_t again = rig_socket(rig, B, "again");
    ck_assert_int_eq(rig_bind(rig, B, again), -EADDRINUSE);
    ck_assert_int_eq(rig_set(rig, B, again, OPTION_REUSEADDR, 1), 0);
    ck_assert_int_eq(rig_bind(rig, B, again), first_reuses ? 0 : -EADDRINUSE);
    if (first_reuses)
        ck_assert_int_eq(rig_call(rig, B, CALL_LISTEN, again, 5), 0);
}

/* "Address already in use", and SO_REUSEADDR on the second server alone does not help. */
START_TEST(reuseaddr_on_second_only)
{
    struct rig *rig = rig_begin();
    server_closes_first(rig, false);
    rig_end(rig);
}
END_TEST

/* With SO_REUSEADDR on both servers the second one gets the port in spite of TIME-WAIT. */
START_TEST(reuseaddr_on_both)
{
    struct rig *rig = rig_begin();
    server_closes_first(rig, true);
    rig_end(rig);
}
END_TEST

/* A descriptor of another host, or of nobody in the lane, is EBADF and is left alone. */
START_TEST(foreign_descriptor)
{
    struct rig *rig = rig_begin();
    int32_t fd = rig_socket(rig, A, "client");
    ck_assert_int_eq(rig_call(rig, B, CALL_CLOSE, fd, 0), -EBADF);
    ck_assert_int_eq(rig_call(rig, A, CALL_CLOSE, 2, 0), -EBADF);
    ck_assert_int_eq(rig_call(rig, A, CALL_CLOSE, -1, 0), -EBADF);
    ck_assert(!rig->lane->ops->ready(rig->lane, B, fd, READY_TO_WRITE));
    ck_assert_int_eq(rig_last(rig, EV_RETURN, -1)->u.done.result.err, EBADF);
    ck_assert_int_eq(rig_call(rig, A, CALL_CLOSE, fd, 0), 0);
    ck_assert_int_eq(rig_call(rig, A, CALL_CLOSE, fd, 0), -EBADF);
    rig_end(rig);
}
END_TEST

/* A port that another program has is replaced by the next one, for the whole lane, and that is
 * said once. */
START_TEST(taken_port)
{
    struct endpoint taken = { .ip = { .family = 4 } }, asked;
    struct sockaddr_storage name;
    socklen_t len = address_of(&taken, &name);
    int other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
    ck_assert_int_eq(bind(other, (struct sockaddr *)&name, len), 0);
    taken = address_local(other);
    struct rig *rig = rig_begin();
    asked.port = taken.port;
    rig->lane->ops->resolve(rig->lane, B, &asked);
    ck_assert_uint_gt(asked.port, taken.port);
    ck_assert(rig_was_said(rig, "is taken on this machine by another program"));
    close(other);
    struct endpoint again = { .port = taken.port };
    unsigned said = rig->count;
    rig->lane->ops->resolve(rig->lane, B, &again);
    ck_assert(endpoint_eq(&asked, &again));
    ck_assert_uint_eq(rig->count, said);
    rig_end(rig);
}
END_TEST

/* Nobody listens: the connection is refused, which SO_ERROR tells once. Linux has the next
 * connect() end that attempt, and with the one after that the socket may be used again. */
START_TEST(refused)
{
    struct rig *rig = rig_begin();
    int32_t client = rig_socket(rig, A, "client");
    struct call get = { .op = CALL_GETSOCKOPT, .fd = client, .option = OPTION_ERROR };
    ck_assert_int_eq(rig_connect(rig, client), -EINPROGRESS);
    uint64_t deadline = clock_usec() + PATIENCE_USEC;
    while (!rig->lane->ops->ready(rig->lane, A, client, READY_TO_WRITE))
        ck_assert_uint_lt(clock_usec(), deadline);
    ck_assert_int_eq(rig_make(rig, A, get).ret, ECONNREFUSED);
    ck_assert_int_eq(rig_make(rig, A, get).ret, 0);
    rig_listen(rig, 5);
    ck_assert_int_eq(rig_connect(rig, client), -ECONNABORTED);
    rig_connect(rig, client);
    rig_await(rig, rig_sock_of(rig, client), ESTABLISHED);
    rig_end(rig);
}
END_TEST

/* SO_LINGER 0 makes close() a reset: the peer's recv() says ECONNRESET, both ends are CLOSED. */
START_TEST(reset)
{
    struct rig *rig = rig_begin();
    struct pair p = rig_connected(rig, false);
    ck_assert_int_eq(rig_set(rig, A, p.client, OPTION_LINGER, 0), 0);
    ck_assert_int_eq(rig_call(rig, A, CALL_CLOSE, p.client, 0), 0);
    rig_await(rig, p.client_sock, CLOSED);
    rig_await(rig, p.server_sock, CLOSED);
    ck_assert_int_eq(rig_call(rig, B, CALL_RECV, p.server, 100), -ECONNRESET);
    ck_assert_int_eq(rig_call(rig, B, CALL_RECV, p.server, 100), 0);
    rig_end(rig);
}
END_TEST

/* A connection that is reset before accept() is CLOSED, and accept() returns that very socket. */
START_TEST(reset_before_accept)
{
    struct rig *rig = rig_begin();
    int32_t listening = rig_listen(rig, 5), client = rig_socket(rig, A, "client");
    rig_connect(rig, client);
    rig_await(rig, rig_sock_of(rig, client), ESTABLISHED);
    int32_t child = rig_child_of(rig, rig_sock_of(rig, listening));
    rig_await(rig, child, ESTABLISHED);
    rig_set(rig, A, client, OPTION_LINGER, 0);
    rig_call(rig, A, CALL_CLOSE, client, 0);
    rig_await(rig, child, CLOSED);
    int32_t fd = rig_call(rig, B, CALL_ACCEPT, listening, 0);
    ck_assert_int_eq(rig_sock_of(rig, fd), child);
    ck_assert_int_eq(rig_call(rig, B, CALL_RECV, fd, 100), -ECONNRESET);
    rig_end(rig);
}
END_TEST

/* When the listening socket is closed, accepted connections live on, those that nobody has
 * accepted are reset. */
START_TEST(listener_closes)
{
    struct rig *rig = rig_begin();
    struct pair p = rig_connected(rig, false);
    int32_t listening = rig_sock_of(rig, p.listening), second = rig_socket(rig, A, "c2");
    rig_connect(rig, second);
    rig_await(rig, rig_sock_of(rig, second), ESTABLISHED);
    int32_t child = rig_child_of(rig, listening);
    ck_assert_int_ne(child, p.server_sock);
    ck_assert_int_eq(rig_call(rig, B, CALL_CLOSE, p.listening, 0), 0);
    rig_await(rig, listening, CLOSED);
    rig_await(rig, child, CLOSED);
    rig_await(rig, rig_sock_of(rig, second), CLOSED);
    ck_assert_int_eq(rig_send(rig, A, p.client, "still", 5), 5);
    ck_assert_int_eq(rig_call(rig, B, CALL_RECV, p.server, 100), 5);
    rig_end(rig);
}
END_TEST

/* A client that connects again with the same names while its old connection is in TIME-WAIT gets
 * a new identity; the old one ends. */
START_TEST(names_used_again)
{
    struct rig *rig = rig_begin();
    int32_t listening = rig_socket(rig, B, "server");
    ck_assert_int_eq(rig_bind(rig, B, listening), 0);
    ck_assert_int_eq(rig_call(rig, B, CALL_LISTEN, listening, 5), 0);
    int32_t old_child = -1;
    for (int round = 0; round < 2; round++) {
        int32_t client = rig_socket(rig, A, "client");
        ck_assert_int_eq(rig_set(rig, A, client, OPTION_REUSEADDR, 1), 0);
        ck_assert_int_eq(rig_bind(rig, A, client), 0);
        rig_connect(rig, client);
        rig_await(rig, rig_sock_of(rig, client), ESTABLISHED);
        int32_t fd = rig_call(rig, B, CALL_ACCEPT, listening, 0);
        int32_t child = rig_sock_of(rig, fd);
        ck_assert_int_ne(child, old_child);
        if (old_child >= 0)
            rig_await(rig, old_child, CLOSED);
        rig_call(rig, B, CALL_CLOSE, fd, 0);
        rig_call(rig, A, CALL_CLOSE, client, 0);
        rig_await(rig, child, TIME_WAIT);
        old_child = child;
    }
    rig_end(rig);
}
END_TEST

/* Text and its length stand in the trace at send() and at recv(). */
START_TEST(text_in_the_trace)
{
    struct rig *rig = rig_begin();
    struct pair p = rig_connected(rig, false);
    ck_assert_int_eq(rig_send(rig, A, p.client, "hello", 5), 5);
    const struct event *call = rig_last(rig, EV_CALL, p.client_sock);
    ck_assert_int_eq(call->u.call.op, CALL_SEND);
    ck_assert_ptr_null(call->u.call.text);
    ck_assert_str_eq(rig->words[call - rig->events], "hello");
    ck_assert_int_eq(rig_call(rig, B, CALL_RECV, p.server, 100), 5);
    const struct event *done = rig_last(rig, EV_RETURN, p.server_sock);
    ck_assert_int_eq(done->u.done.op, CALL_RECV);
    ck_assert_uint_eq(done->text_len, 5);
    ck_assert_str_eq(rig->words[done - rig->events], "hello");
    ck_assert_int_eq(rig_call(rig, B, CALL_RECV, p.server, 100), -EAGAIN);
    ck_assert_int_eq(rig_call(rig, B, CALL_RECV, p.server, -1), -EINVAL);
    rig_end(rig);
}
END_TEST

/* A client's address is its host's: the bind() that sees to it is in the trace as a call. */
START_TEST(bind_before_connect_is_shown)
{
    struct rig *rig = rig_begin();
    rig_listen(rig, 5);
    int32_t client = rig_socket(rig, A, "client"), sock = rig_sock_of(rig, client);
    unsigned before = rig->count;
    rig_connect(rig, client);
    struct endpoint a = rig_at(rig, A);
    unsigned binds = 0;
    for (unsigned i = before; i < rig->count; i++) {
        const struct event *event = &rig->events[i];
        binds += event->kind == EV_CALL && event->sock == sock && event->u.call.op == CALL_BIND &&
                 ip_eq(&event->u.call.addr.ip, &a.ip);
    }
    ck_assert_uint_eq(binds, 1);
    const struct event *named = rig_last(rig, EV_SOCKET, sock);
    ck_assert(ip_eq(&named->u.socket.local.ip, &a.ip));
    ck_assert_uint_ne(named->u.socket.local.port, 0);
    rig_end(rig);
}
END_TEST

/* Looking at sockets that rest tells nothing; time runs by itself. */
START_TEST(nothing_new_is_not_told)
{
    struct rig *rig = rig_begin();
    struct event next;
    rig_connected(rig, false);
    rig->lane->ops->look(rig->lane);
    unsigned before = rig->count;
    uint64_t now = rig->lane->ops->now(rig->lane);
    for (int i = 0; i < 20; i++)
        rig->lane->ops->look(rig->lane);
    ck_assert_uint_eq(rig->count, before);
    ck_assert_int_eq(rig->lane->ops->step(rig->lane, now + 60000000), LANE_NOT_YET);
    ck_assert_int_eq(rig->lane->ops->step(rig->lane, now), LANE_IDLE);
    ck_assert_int_eq(rig->lane->ops->step(rig->lane, UINT64_MAX), LANE_IDLE);
    rig->lane->ops->next(rig->lane, &next);
    ck_assert_int_eq(next.kind, EV_NEXT);
    ck_assert_int_eq(next.u.next.what, NEXT_NOTHING);
    ck_assert(!rig->lane->ops->wire(rig->lane, WIRE_DROP, 1));
    ck_assert_uint_eq(rig->lane->ops->find(rig->lane, -1, 0), 0);
    rig_end(rig);
}
END_TEST

/* A lane of no hosts, or of too many, is refused. */
START_TEST(wrong_number_of_hosts)
{
    struct net_error error = { .err = 0 };
    struct live_setup setup = { .hosts = 0 };
    ck_assert_ptr_null(live_open(&setup, &error));
    ck_assert_int_eq(error.err, EINVAL);
    setup.hosts = LIVE_HOSTS_MAX + 1;
    ck_assert_ptr_null(live_open(&setup, &error));
    setup.hosts = LIVE_HOSTS_MAX;
    struct lane *lane = live_open(&setup, &error);
    ck_assert_ptr_nonnull(lane);
    lane->ops->close(lane);
}
END_TEST

Suite *loopback_suite(void)
{
    Suite *suite = suite_create("loopback");
    TCase *tcase = tcase_create("states");
    tcase_add_test(tcase, handshake);
    tcase_add_test(tcase, waiting_for_accept_is_counted);
    tcase_add_test(tcase, syn_sent);
    tcase_add_test(tcase, syn_received);
    tcase_add_test(tcase, close_client_first);
    tcase_add_test(tcase, time_wait_beside_a_descriptor);
    tcase_add_test(tcase, fin_wait_1);
    tcase_add_test(tcase, last_ack);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("calls");
    tcase_add_test(tcase, reuseaddr_on_second_only);
    tcase_add_test(tcase, reuseaddr_on_both);
    tcase_add_test(tcase, foreign_descriptor);
    tcase_add_test(tcase, taken_port);
    tcase_add_test(tcase, refused);
    tcase_add_test(tcase, reset);
    tcase_add_test(tcase, reset_before_accept);
    tcase_add_test(tcase, listener_closes);
    tcase_add_test(tcase, names_used_again);
    tcase_add_test(tcase, text_in_the_trace);
    tcase_add_test(tcase, bind_before_connect_is_shown);
    tcase_add_test(tcase, nothing_new_is_not_told);
    tcase_add_test(tcase, wrong_number_of_hosts);
    suite_add_tcase(suite, tcase);
    return suite;
}
