/*
 * A million open connections: what they take, and whether they make the busy ones slower.
 */
#include "tests/speed/speed.h"

#include <errno.h>
#include <stdlib.h>

enum {
    FEW = 1000,
    MANY = 1000000,
    PORTS = 40,    /* that B listens at: A has 28,232 ports for each */
    AT_ONCE = 100, /* connections that are opened together, or busy together */
    TURNS = 1000,  /* in a run */
    WORDS = 100,   /* octets of a request, and of its answer */
    SOCKETS_BESIDE = 64,
    DELAY_USEC = 1000
};

struct many {
    struct net net;
    int32_t *a, *b; /* descriptors of the ends */
    uint32_t count;
    uint32_t next; /* connection whose turn it is */
};

static void open_some(struct many *many, const int32_t *listeners, uint32_t first)
{
    struct net *net = &many->net;
    uint32_t port = first / AT_ONCE % PORTS;
    for (uint32_t i = first; i < first + AT_ONCE; i++)
        many->a[i] = net_connect(net, 0, 1, (uint16_t)(PORT + port));
    while (net_step(net))
        continue;
    for (uint32_t i = first; i < first + AT_ONCE; i++) {
        struct call accept = { .op = CALL_ACCEPT, .fd = listeners[port] };
        many->b[i] = net_must(net, 1, &accept).ret;
        net_must(net, 0, &(struct call){ .op = CALL_CONNECT, .fd = many->a[i] });
    }
}

/* From the beginning, as they do after some segments anyway. */
static void answers_carry_acks(struct net *net)
{
    uint32_t setting = (uint32_t)(setting_find("quick_acks") - tcp_settings);
    for (unsigned host = 0; host < 2; host++) {
        struct command command = { .kind = COMMAND_SETTING, .host = host, .setting = setting };
        world_apply(net->world, &command, NULL, NULL, NULL);
    }
}

static void many_init(struct many *many, uint32_t count)
{
    const struct world_limits limits = { .hosts = 2,
                                         .sockets = 2 * count + SOCKETS_BESIDE,
                                         .segments = 1024,
                                         .text_len = 1460,
                                         .ranges = 256,
                                         .counted = true };
    int32_t listeners[PORTS];
    *many = (struct many){ .count = count };
    many->a = calloc(count, sizeof *many->a);
    many->b = calloc(count, sizeof *many->b);
    if (!many->a || !many->b)
        speed_fail("no memory");
    net_init(&many->net, &limits, DELAY_USEC, true);
    answers_carry_acks(&many->net);
    for (unsigned i = 0; i < PORTS; i++)
        listeners[i] = net_listen(&many->net, 1, (uint16_t)(PORT + i));
    for (uint32_t i = 0; i < count; i += AT_ONCE)
        open_some(many, listeners, i);
    if (many->net.tally.opened != 2 * (uint64_t)count || many->net.tally.closed > 0)
        speed_fail("not all connections are open");
}

static void many_free(struct many *many)
{
    net_free(&many->net);
    free(many->a);
    free(many->b);
}

static void say(struct net *net, unsigned host, int32_t fd)
{
    struct call send = { .op = CALL_SEND, .fd = fd, .text_len = WORDS };
    if (net_must(net, host, &send).ret != WORDS)
        speed_fail("a send took less than all");
}

static void hear(struct net *net, unsigned host, int32_t fd)
{
    struct call recv = { .op = CALL_RECV, .fd = fd, .value = WORDS };
    if (net_must(net, host, &recv).ret != WORDS)
        speed_fail("a request or its answer has not come");
}

static void let_arrive(struct net *net)
{
    uint64_t until = world_now(net->world) + DELAY_USEC;
    while (world_due(net->world) <= until && net_step(net))
        continue;
}

/* A request and its answer on each of AT_ONCE connections, and the ACK of the answer. */
static void turn(struct many *many, uint32_t first)
{
    struct net *net = &many->net;
    for (uint32_t i = first; i < first + AT_ONCE; i++)
        say(net, 0, many->a[i]);
    let_arrive(net);
    for (uint32_t i = first; i < first + AT_ONCE; i++) {
        hear(net, 1, many->b[i]);
        say(net, 1, many->b[i]);
    }
    let_arrive(net);
    for (uint32_t i = first; i < first + AT_ONCE; i++)
        hear(net, 0, many->a[i]);
    while (net_step(net))
        continue;
}

/* The turns are the first connections', or go round all. */
static double timed_turns(struct many *many, bool all)
{
    double before = cpu_seconds();
    for (uint32_t i = 0; i < TURNS; i++) {
        turn(many, many->next);
        many->next = all ? (many->next + AT_ONCE) % many->count : 0;
    }
    return cpu_seconds() - before;
}

static void count_turns(struct many *many)
{
    many->net.tally.segments = 0;
    many->net.sink.emit = net_note;
    timed_turns(many, false);
    many->net.sink.emit = NULL;
}

/* What a segment costs among many connections, in parts of what it costs among few. They are timed
 * in turn: what else runs on this machine slows both. */
static double ratio(struct many *few, struct many *many, bool all)
{
    double ratios[RUNS];
    for (unsigned i = 0; i < RUNS; i++) {
        double seconds = timed_turns(few, all);
        ratios[i] = timed_turns(many, all) / seconds;
    }
    return median(ratios, RUNS);
}

void measure_many(void)
{
    struct many few, many;
    many_init(&few, FEW);
    many_init(&many, MANY);
    figure("idle_octets", (double)many.net.len / MANY, "octets/connection");
    count_turns(&few);
    count_turns(&many);
    if (few.net.tally.segments != many.net.tally.segments)
        speed_fail("the traffic is not the same among many connections as among few");
    figure("scale_ratio", ratio(&few, &many, false), "times");
    figure("scale_ratio_all", ratio(&few, &many, true), "times");
    many_free(&few);
    many_free(&many);
}
