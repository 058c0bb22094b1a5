/*
 * Whose timer is due first: a binary heap of sockets, the earliest on top.
 *
 * A deadline that moves later, or is none any more, is left where it stands until it comes to the
 * top: most do, with every ACK, and never get there. So timer_usec is no later than what TCP waits
 * for, and on top it is exactly that.
 */
#include "sim/world_parts.h"

static uint32_t *timer_at(const struct world *world, uint32_t index)
{
    return word_at(world, world->at.timers, index);
}

static struct sock *timer_sock(const struct world *world, uint32_t index)
{
    return sock_at(world, *timer_at(world, index));
}

static bool is_before(const struct sock *a, const struct sock *b)
{
    return a->timer_usec != b->timer_usec ? a->timer_usec < b->timer_usec : a->id < b->id;
}

static void put(struct world *world, uint32_t index, struct sock *sock)
{
    *timer_at(world, index) = sock_index(world, sock);
    sock->timer = index + 1;
}

static void sift_up(struct world *world, struct sock *sock)
{
    uint32_t index = sock->timer - 1;
    while (index > 0) {
        struct sock *above = timer_sock(world, (index - 1) / 2);
        if (!is_before(sock, above))
            break;
        put(world, index, above);
        index = (index - 1) / 2;
    }
    put(world, index, sock);
}

static void sift_down(struct world *world, struct sock *sock)
{
    uint32_t index = sock->timer - 1;
    for (;;) {
        uint32_t below = 2 * index + 1;
        if (below >= world->timers)
            break;
        if (below + 1 < world->timers &&
            is_before(timer_sock(world, below + 1), timer_sock(world, below)))
            below++;
        if (is_before(sock, timer_sock(world, below)))
            break;
        put(world, index, timer_sock(world, below));
        index = below;
    }
    put(world, index, sock);
}

static void remove_timer(struct world *world, struct sock *sock)
{
    uint32_t place = sock->timer;
    struct sock *last = timer_sock(world, --world->timers);
    sock->timer = 0;
    if (last == sock)
        return;
    put(world, place - 1, last);
    sift_up(world, last);
    sift_down(world, last);
}

/* Only the socket on top can have come to stand there too early. */
static void correct_top(struct world *world)
{
    while (world->timers > 0) {
        struct sock *top = timer_sock(world, 0);
        uint64_t due = tcp_deadline(&top->tcb);
        if (due == top->timer_usec)
            return;
        top->timer_usec = due;
        if (due == NO_DEADLINE)
            remove_timer(world, top);
        else
            sift_down(world, top);
    }
}

void timers_changed(struct world *world, struct sock *sock)
{
    uint64_t due = tcp_deadline(&sock->tcb);
    if (sock->timer == 0 && due != NO_DEADLINE) {
        sock->timer_usec = due;
        put(world, world->timers++, sock);
        sift_up(world, sock);
    } else if (sock->timer != 0 && due < sock->timer_usec) {
        sock->timer_usec = due;
        sift_up(world, sock);
    } else if (sock->timer == 1 && due > sock->timer_usec) {
        correct_top(world);
    }
}

void timers_leave(struct world *world, struct sock *sock)
{
    if (sock->timer != 0)
        remove_timer(world, sock);
    correct_top(world);
}

struct sock *timers_first(const struct world *world)
{
    return world->timers > 0 ? timer_sock(world, 0) : NULL;
}
