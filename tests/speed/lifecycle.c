/*
 * Connections from the handshake to the close, one after another, each on new sockets.
 */
#include "tests/speed/speed.h"

#include <errno.h>

enum {
    CONNECTIONS = 20000,
    OCTETS = 10240,      /* that each carries */
    STEPS_BETWEEN = 4,   /* before a program looks again */
    LOOKS_MOST = 100000, /* within which a connection has to be over */
    DELAY_USEC = 5000
};

/* Makes the call again until it gives something; what it gives. */
static int32_t until_done(struct net *net, unsigned host, const struct call *call, uint8_t *into)
{
    for (unsigned i = 0; i < LOOKS_MOST; i++) {
        struct call_result result = net_call(net, host, call, into);
        if (result.ret >= 0)
            return result.ret;
        if (result.err != EAGAIN && result.err != EALREADY)
            speed_fail("a connection has failed");
        net_steps(net, STEPS_BETWEEN, DELAY_USEC);
    }
    speed_fail("a connection has stalled");
}

static void one_connection(struct net *net, int32_t listener)
{
    static uint8_t text[OCTETS], into[OCTETS];
    int32_t a = net_connect(net, 0, 1, PORT), read;
    uint32_t got = 0;
    net_steps(net, STEPS_BETWEEN, DELAY_USEC);
    until_done(net, 0, &(struct call){ .op = CALL_CONNECT, .fd = a }, NULL);
    struct call send = { .op = CALL_SEND, .fd = a, .text = text, .text_len = OCTETS };
    if (until_done(net, 0, &send, NULL) != OCTETS)
        speed_fail("a send took less than all");
    net_must(net, 0, &(struct call){ .op = CALL_CLOSE, .fd = a });
    int32_t b = until_done(net, 1, &(struct call){ .op = CALL_ACCEPT, .fd = listener }, NULL);
    struct call recv = { .op = CALL_RECV, .fd = b, .value = OCTETS };
    while ((read = until_done(net, 1, &recv, into)) > 0)
        got += (uint32_t)read;
    if (got != OCTETS)
        speed_fail("a connection has lost octets");
    net_must(net, 1, &(struct call){ .op = CALL_CLOSE, .fd = b });
}

static void lifecycles(struct net *net)
{
    int32_t listener = net_listen(net, 1, PORT);
    for (unsigned i = 0; i < CONNECTIONS; i++)
        one_connection(net, listener);
    while (net_step(net)) /* until the last has left TIME-WAIT */
        continue;
}

static void all_opened_and_closed(const struct net *net)
{
    if (net->tally.opened != 2 * CONNECTIONS || net->tally.closed != 2 * CONNECTIONS)
        speed_fail("not every connection was opened and closed");
}

void measure_lifecycle(void)
{
    struct load load = { .limits = { .hosts = 2,
                                     .sockets = 32768,
                                     .segments = 1024,
                                     .snd_space_len = OCTETS,
                                     .rcv_space_len = OCTETS,
                                     .text_len = 1460,
                                     .ranges = 256,
                                     .counted = true },
                         .delay_usec = DELAY_USEC,
                         .run = lifecycles,
                         .check = all_opened_and_closed };
    figure("lifecycle", load_speed(&load), "segments/s");
    load.lose = 10;
    figure("lifecycle_loss1", load_speed(&load), "segments/s");
}
