/*
 * The smallest world that shows a connection, and what it takes to go back in it.
 */
#include "tests/speed/speed.h"

#include <stdlib.h>
#include <string.h>

enum {
    BUFFER = 16, /* octets */
    COPIES = 10000
};

/* A connection with something on its way. */
static void open_one(struct net *net)
{
    static const uint8_t words[] = "some words";
    int32_t listener = net_listen(net, 1, PORT);
    int32_t a = net_connect(net, 0, 1, PORT);
    while (net_step(net))
        continue;
    net_must(net, 1, &(struct call){ .op = CALL_ACCEPT, .fd = listener });
    net_must(net, 0, &(struct call){ .op = CALL_CONNECT, .fd = a });
    struct call send = { .op = CALL_SEND, .fd = a, .text = words, .text_len = sizeof words };
    net_must(net, 0, &send);
}

/* ns that a copy of the block takes. */
static double copy_time(void *to, const void *from, size_t len)
{
    double times[RUNS];
    for (unsigned i = 0; i < RUNS; i++) {
        double before = cpu_seconds();
        for (unsigned n = 0; n < COPIES; n++) {
            memcpy(to, from, len);
            __asm__ volatile("" ::: "memory"); /* each copy counts */
        }
        times[i] = (cpu_seconds() - before) * 1e9 / COPIES;
    }
    return median(times, RUNS);
}

void measure_small(void)
{
    const struct world_limits limits = { .hosts = 2,
                                         .sockets = 3,
                                         .segments = 4,
                                         .snd_space_len = BUFFER,
                                         .rcv_space_len = BUFFER,
                                         .text_len = BUFFER,
                                         .ranges = 4 };
    struct net net;
    net_init(&net, &limits, 1000, false);
    open_one(&net);
    uint64_t digest = world_digest(net.world);
    void *snapshot = malloc(net.len);
    if (!snapshot)
        speed_fail("no memory");
    figure("world_octets", (double)net.len, "octets");
    figure("snapshot_ns", copy_time(snapshot, net.world, net.len), "ns");
    while (net_step(&net))
        continue;
    if (world_digest(net.world) == digest)
        speed_fail("nothing has happened since the snapshot");
    figure("restore_ns", copy_time(net.world, snapshot, net.len), "ns");
    if (world_digest(net.world) != digest)
        speed_fail("the world is not what it was");
    free(snapshot);
    net_free(&net);
}
