/*
 * The block of memory, the clock, and the one thing that is done next.
 *
 * Layout: struct world, the sockets, the wire's slots, then the octets: two spaces a socket, one
 * a slot, one for a segment's text while it is sent and one while it arrives.
 */
#include "sim/world_parts.h"

#include <assert.h>
#include <string.h>

static size_t round_up(size_t len)
{
    return (len + 7) & ~(size_t)7;
}

static size_t socks_start(void)
{
    return round_up(sizeof(struct world));
}

static size_t slots_start(const struct world_limits *limits)
{
    return socks_start() + limits->sockets * round_up(sizeof(struct sock));
}

static size_t octets_start(const struct world_limits *limits)
{
    return slots_start(limits) + limits->segments * round_up(sizeof(struct wire_slot));
}

static size_t spaces_len(const struct world_limits *limits)
{
    return (size_t)limits->snd_space_len + limits->rcv_space_len;
}

size_t world_size(const struct world_limits *limits)
{
    size_t texts = ((size_t)limits->segments + 2) * limits->text_len;
    return round_up(octets_start(limits) + limits->sockets * spaces_len(limits) + texts);
}

/* What is reached through a const world is not changed by who holds it const. */
static uint8_t *block(const struct world *world)
{
    return (uint8_t *)(uintptr_t)world;
}

struct sock *sock_at(const struct world *world, uint32_t index)
{
    assert(index < world->limits.sockets);
    return (void *)(block(world) + socks_start() + index * round_up(sizeof(struct sock)));
}

uint32_t sock_index(const struct world *world, const struct sock *sock)
{
    size_t from_start = (size_t)((const uint8_t *)sock - block(world)) - socks_start();
    return (uint32_t)(from_start / round_up(sizeof(struct sock)));
}

struct wire_slot *slot_at(const struct world *world, uint32_t index)
{
    assert(index < world->limits.segments);
    return (void *)(block(world) + slots_start(&world->limits) +
                    index * round_up(sizeof(struct wire_slot)));
}

uint8_t *snd_space(const struct world *world, uint32_t index)
{
    return block(world) + octets_start(&world->limits) + index * spaces_len(&world->limits);
}

uint8_t *rcv_space(const struct world *world, uint32_t index)
{
    return snd_space(world, index) + world->limits.snd_space_len;
}

uint8_t *slot_text(const struct world *world, uint32_t index)
{
    return snd_space(world, world->limits.sockets) + (size_t)index * world->limits.text_len;
}

uint8_t *sending_space(const struct world *world)
{
    return slot_text(world, world->limits.segments);
}

uint8_t *arriving_space(const struct world *world)
{
    return slot_text(world, world->limits.segments + 1);
}

struct world *world_create(void *mem, const struct world_setup *setup)
{
    struct world *world = mem;
    assert(setup->limits.hosts >= 1 && setup->limits.hosts <= 100);
    assert(setup->profile >= tcp_profiles && setup->profile < tcp_profiles + tcp_profile_count);
    memset(mem, 0, world_size(&setup->limits));
    world->limits = setup->limits;
    world->profile = (uint32_t)(setup->profile - tcp_profiles);
    world->seed = setup->seed;
    world->delay_usec = setup->delay_usec;
    return world;
}

struct ip world_address(unsigned host)
{
    return ip4(10, 9, 0, (uint8_t)(host + 1));
}

struct event world_event(const struct act *act, enum event_kind kind, int host, int32_t sock)
{
    return (struct event){ .usec = act->world->now_usec,
                           .kind = (uint8_t)kind,
                           .lane = LANE_MODEL,
                           .host = (int8_t)host,
                           .sock = sock };
}

uint64_t world_now(const struct world *world)
{
    return world->now_usec;
}

/* At the same time the wire comes before the timers: the lower id first, on either side. */
static int32_t due_on_wire(const struct world *world, const struct sock *timer)
{
    int32_t first = wire_first(world);
    if (first < 0 || !timer)
        return first;
    return slot_at(world, (uint32_t)first)->due_usec <= tcp_deadline(&timer->tcb) ? first : -1;
}

uint64_t world_due(const struct world *world)
{
    struct sock *timer = host_first_timer(world);
    int32_t slot = due_on_wire(world, timer);
    if (slot >= 0)
        return slot_at(world, (uint32_t)slot)->due_usec;
    return timer ? tcp_deadline(&timer->tcb) : UINT64_MAX;
}

void world_next(const struct world *world, struct event *event)
{
    struct sock *timer = host_first_timer(world);
    int32_t index = due_on_wire(world, timer);
    *event = (struct event){ .usec = world_now(world), .kind = EV_NEXT, .lane = LANE_MODEL };
    event->host = -1;
    event->sock = NO_SOCKET;
    event->u.next.what = NEXT_NOTHING;
    if (index >= 0) {
        const struct wire_slot *slot = slot_at(world, (uint32_t)index);
        event->host = (int8_t)host_of_address(world, &slot->seg.dst.ip);
        event->u.next.what = NEXT_DELIVER;
        event->u.next.seg = slot->seg;
        event->u.next.id = slot->id;
        event->u.next.at_usec = slot->due_usec;
    } else if (timer) {
        event->host = (int8_t)timer->host;
        event->sock = timer->id;
        event->u.next.what = NEXT_TIMER;
        event->u.next.timer = (uint8_t)tcp_next_timer(&timer->tcb);
        event->u.next.at_usec = tcp_deadline(&timer->tcb);
    }
}

static void clock_to(struct world *world, uint64_t usec)
{
    if (usec > world->now_usec)
        world->now_usec = usec;
}

static enum command_outcome step(struct act *act)
{
    struct world *world = act->world;
    struct sock *timer = host_first_timer(world);
    int32_t slot = due_on_wire(world, timer);
    if (slot >= 0) {
        clock_to(world, slot_at(world, (uint32_t)slot)->due_usec);
        wire_deliver(act, (uint32_t)slot);
        return COMMAND_DONE;
    }
    if (!timer)
        return COMMAND_NOTHING_DUE;
    clock_to(world, tcp_deadline(&timer->tcb));
    host_timeout(act, timer);
    return COMMAND_DONE;
}

static enum command_outcome until(struct world *world, uint64_t usec)
{
    if (world_due(world) <= usec)
        return COMMAND_NOTHING_DUE;
    clock_to(world, usec);
    return COMMAND_DONE;
}

static enum command_outcome on_wire(struct act *act, const struct command *command)
{
    int32_t found = wire_index(act->world, command->id);
    if (found < 0)
        return COMMAND_NO_SUCH_SEGMENT;
    uint32_t index = (uint32_t)found;
    if (command->kind == COMMAND_DUPLICATE)
        return wire_duplicate(act, index);
    if (command->kind == COMMAND_DELIVER)
        wire_deliver(act, index);
    else if (command->kind == COMMAND_DROP)
        wire_drop(act, index);
    else
        wire_hold(act, index, command->kind == COMMAND_HOLD);
    return COMMAND_DONE;
}

enum command_outcome world_apply(struct world *world, const struct command *command,
                                 const struct sink *sink, struct call_result *result, uint8_t *into)
{
    struct act act = { .world = world, .sink = sink };
    struct call_result ignored;
    switch (command->kind) {
    case COMMAND_CALL:
        *(result ? result : &ignored) = socket_call(&act, command->host, &command->call, into);
        return COMMAND_DONE;
    case COMMAND_STEP:
        return step(&act);
    case COMMAND_UNTIL:
        return until(world, command->usec);
    case COMMAND_DELIVER:
    case COMMAND_DROP:
    case COMMAND_DUPLICATE:
    case COMMAND_HOLD:
    case COMMAND_RELEASE:
        return on_wire(&act, command);
    }
    return COMMAND_NOTHING_DUE;
}
