/*
 * One long transfer: A sends, B reads.
 */
#include "tests/speed/speed.h"

#include <stdlib.h>
#include <string.h>

enum {
    TRANSFER = 600 * 1000 * 1000, /* octets */
    WRITE = 256 * 1024,           /* that A offers each time */
    READ = 64 * 1024,             /* that B asks for each time */
    STEPS_BETWEEN = 32,           /* before either program looks again */
    DELAY_USEC = 10000
};

/* Sends until it is told, and receives until it has all. */
static void transfer(struct net *net, uint32_t octets)
{
    static uint8_t from[WRITE], into[READ];
    int32_t listener = net_listen(net, 1, PORT);
    int32_t a = net_connect(net, 0, 1, PORT);
    while (!world_ready(net->world, 1, listener, READY_TO_READ) && net_step(net))
        continue;
    int32_t b = net_must(net, 1, &(struct call){ .op = CALL_ACCEPT, .fd = listener }).ret;
    const struct call send = { .op = CALL_SEND, .fd = a, .text = from, .text_len = WRITE };
    const struct call recv = { .op = CALL_RECV, .fd = b, .value = READ };
    for (uint32_t got = 0; got < octets;) {
        int32_t sent = net_call(net, 0, &send, NULL).ret;
        unsigned steps = 0;
        while (steps < STEPS_BETWEEN && net_step(net))
            steps++;
        int32_t read = net_call(net, 1, &recv, into).ret;
        got += read > 0 ? (uint32_t)read : 0;
        if (sent <= 0 && steps == 0 && read <= 0)
            speed_fail("the transfer stands still");
    }
}

static void whole(struct net *net)
{
    transfer(net, TRANSFER);
}

/* Windows that losses keep small make for fewer octets in the same time. */
static void half(struct net *net)
{
    transfer(net, TRANSFER / 2);
}

static void no_loss(const struct net *net)
{
    if (net->tally.lost > 0)
        speed_fail("a segment was lost that should not have been");
}

static void some_loss(const struct net *net)
{
    double part = (double)net->tally.lost / (double)net->tally.segments;
    if (part < 0.008 || part > 0.012)
        speed_fail("it is not one segment in a hundred that was lost");
}

void measure_bulk(void)
{
    struct load load = { .limits = { .hosts = 2,
                                     .sockets = 4,
                                     .segments = 1024,
                                     .snd_space_len = WRITE,
                                     .rcv_space_len = WRITE,
                                     .text_len = 1460,
                                     .ranges = 256,
                                     .counted = true },
                         .delay_usec = DELAY_USEC };
    load.run = whole;
    load.check = no_loss;
    figure("bulk", load_speed(&load), "segments/s");
    load.limits.counted = false;
    figure("bulk_kept", load_speed(&load), "segments/s");
    load.limits.counted = true;
    load.lose = 10;
    load.run = half;
    load.check = some_loss;
    figure("bulk_loss1", load_speed(&load), "segments/s");
    load.limits.counted = false;
    figure("bulk_kept_loss1", load_speed(&load), "segments/s");
}
