/*
 * Worlds to be timed: their calls, their steps, and the run that is timed.
 */
#include "tests/speed/speed.h"

#include <errno.h>
#include <stdlib.h>

static void note_state(struct tally *tally, const struct event *event)
{
    uint8_t from = event->u.state.from, to = event->u.state.to;
    tally->opened += to == ESTABLISHED;
    tally->closed += to == CLOSED && (from == TIME_WAIT || from == LAST_ACK);
}

void net_note(void *to, const struct event *event)
{
    struct tally *tally = to;
    if (event->kind == EV_STATE)
        note_state(tally, event);
    tally->segments += event->kind == EV_DELIVERED || event->kind == EV_DROPPED;
    tally->lost += event->kind == EV_DROPPED;
}

void net_init(struct net *net, const struct world_limits *limits, uint64_t delay_usec, bool heard)
{
    struct world_setup setup = {
        .limits = *limits, .profile = profile_find("linux"), .seed = 1, .delay_usec = delay_usec
    };
    *net = (struct net){ .len = world_size(limits), .random = 1 };
    void *mem = malloc(net->len);
    if (!mem)
        speed_fail("no memory");
    net->world = world_create(mem, &setup);
    net->sink = (struct sink){ .emit = heard ? net_note : NULL, .to = &net->tally };
}

void net_free(struct net *net)
{
    free(net->world);
}

struct call_result net_call(struct net *net, unsigned host, const struct call *call, uint8_t *into)
{
    struct command command = { .kind = COMMAND_CALL, .host = host, .call = *call };
    struct call_result result;
    world_apply(net->world, &command, &net->sink, &result, into);
    return result;
}

struct call_result net_must(struct net *net, unsigned host, const struct call *call)
{
    struct call_result result = net_call(net, host, call, NULL);
    if (result.ret < 0 && result.err != EINPROGRESS)
        speed_fail(call_name(call->op));
    return result;
}

int32_t net_listen(struct net *net, unsigned host, uint16_t port)
{
    int32_t fd = net_must(net, host, &(struct call){ .op = CALL_SOCKET }).ret;
    net_must(net, host, &(struct call){ .op = CALL_BIND, .fd = fd, .addr = { .port = port } });
    net_must(net, host, &(struct call){ .op = CALL_LISTEN, .fd = fd, .value = 128 });
    return fd;
}

int32_t net_connect(struct net *net, unsigned host, unsigned to, uint16_t port)
{
    int32_t fd = net_must(net, host, &(struct call){ .op = CALL_SOCKET }).ret;
    struct call connect = { .op = CALL_CONNECT, .fd = fd };
    connect.addr = (struct endpoint){ world_ip(net->world, to), port };
    net_must(net, host, &connect);
    return fd;
}

static bool is_lost(struct net *net)
{
    net->random = net->random * 6364136223846793005u + 1442695040888963407u;
    return (net->random >> 33) % 1000 < net->lose;
}

bool net_step(struct net *net)
{
    static const struct command step = { .kind = COMMAND_STEP };
    uint32_t id = net->lose && is_lost(net) ? world_find(net->world, -1, 0) : 0;
    struct command drop = { .kind = COMMAND_DROP, .id = id };
    return world_apply(net->world, id ? &drop : &step, &net->sink, NULL, NULL) == COMMAND_DONE;
}

void net_steps(struct net *net, unsigned count, uint64_t usec)
{
    bool goes_on = net_step(net);
    uint64_t until = world_now(net->world) + usec;
    for (unsigned i = 1; goes_on && i < count && world_due(net->world) <= until; i++)
        goes_on = net_step(net);
}

static uint64_t run_once(const struct load *load, bool heard, struct net *net, double *seconds)
{
    net_init(net, &load->limits, load->delay_usec, heard);
    net->lose = load->lose;
    double before = cpu_seconds();
    load->run(net);
    *seconds = cpu_seconds() - before;
    uint64_t digest = world_digest(net->world);
    if (heard && load->check)
        load->check(net);
    net_free(net);
    return digest;
}

double load_speed(const struct load *load)
{
    struct net heard, net;
    double ignored, seconds, speeds[RUNS];
    uint64_t digest = run_once(load, true, &heard, &ignored);
    for (unsigned i = 0; i < RUNS; i++) {
        if (run_once(load, false, &net, &seconds) != digest)
            speed_fail("a run that nobody listens to goes another way");
        speeds[i] = (double)heard.tally.segments / seconds;
    }
    return median(speeds, RUNS);
}
