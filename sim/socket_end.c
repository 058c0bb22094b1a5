/*
 * How the program of a model host ends its connections. RFC 9293, 3.10.4 and 3.10.5.
 */
#include "sim/socket_parts.h"

#include <errno.h>

static void end_connection(struct act *act, struct sock *sock, bool abort)
{
    struct tcp_use use;
    tcp_use_begin(&use, act, sock);
    if (abort)
        tcp_abort(&sock->tcb, &use.ctx);
    else
        tcp_close_both(&sock->tcb, &use.ctx);
    tcp_use_end(&use);
}

/* Connections that nobody has accepted end with their listener. */
static void stop_listening(struct act *act, struct sock *listener)
{
    struct world *world = act->world;
    struct row *half_open = &listener->queue.half_open, *to_accept = &listener->queue.to_accept;
    while (to_accept->first) {
        struct sock *child = sock_at(world, to_accept->first - 1);
        row_remove(world, to_accept, child);
        row_add(world, half_open, child);
        child->opened = 0;
        listener->queue.opening++;
    }
    listener->queue.waiting = 0;
    while (half_open->first) {
        struct sock *child = sock_at(world, half_open->first - 1);
        end_connection(act, child, true);
        sock_settle(act, child);
    }
    end_connection(act, listener, false);
    listener->listening = false;
}

/* Before there is a connection, shutdown() on Linux ends the attempt at one. */
static struct call_result shutdown_unconnected(struct calling *c)
{
    struct sock *sock = c->sock;
    if (sock->tcb.state == LISTEN && c->call->value != HOW_WR) {
        stop_listening(c->act, sock);
    } else if (sock->tcb.state == SYN_SENT) {
        end_connection(c->act, sock, false);
        sock->connecting = false;
        sock->pending_err = ECONNRESET;
    }
    return returned(c, 0);
}

struct call_result do_shutdown(struct calling *c)
{
    struct sock *sock = c->sock;
    enum tcp_state state = sock->tcb.state;
    if (c->call->value < HOW_RD || c->call->value > HOW_RDWR)
        return failed(c, EINVAL);
    if (state == CLOSED || state == TIME_WAIT) { /* Linux: only the port is left in TIME-WAIT */
        sock->read_shut = sock->read_shut || c->call->value != HOW_WR; /* all the same */
        sock->write_shut = sock->write_shut || c->call->value != HOW_RD;
        return failed(c, ENOTCONN);
    }
    if (state == LISTEN || state == SYN_SENT)
        return shutdown_unconnected(c);
    sock->connecting = false; /* who shuts it down knows that it is connected */
    if (c->call->value != HOW_WR) {
        sock->read_shut = true;
        tcp_no_reader(&sock->tcb);
    }
    if (c->call->value == HOW_RD || sock->write_shut)
        return returned(c, 0);
    sock->write_shut = true;
    struct tcp_use use;
    tcp_use_begin(&use, c->act, sock);
    tcp_close(&sock->tcb, &use.ctx);
    tcp_use_end(&use);
    return returned(c, 0);
}

struct call_result do_close(struct calling *c)
{
    struct sock *sock = c->sock;
    struct call_result result = returned(c, 0);
    fd_take_back(c->act->world, sock);
    emit_socket(c->act, sock);
    if (sock->listening)
        stop_listening(c->act, sock);
    else
        end_connection(c->act, sock, sock->linger_sec == 0 && sock->tcb.state != TIME_WAIT);
    sock_settle(c->act, sock);
    return result;
}
