/*
 * The block of memory, the clock, and the one thing that is done next.
 *
 * Layout: struct world, the hosts, the sockets, the wire's slots, ports, timers, hash tables,
 * ranges, then the octets: two spaces a socket, and the text of each slot.
 */
#include "sim/world_parts.h"

#include <assert.h>
#include <string.h>

static size_t round_up(size_t len)
{
    return (len + 7) & ~(size_t)7;
}

/* Heads of chains in a hash table of so many things: a power of two, so that one or two are in a
 * chain when it is full. */
static uint32_t table_len(uint32_t count)
{
    uint32_t len = 1;
    while (len <= count / 2)
        len *= 2;
    return len;
}

/* No more ports are in use than there are sockets, nor than there are ports. */
static uint32_t ports_max(const struct world_limits *limits)
{
    uint32_t all = limits->hosts * UINT16_MAX;
    return limits->sockets < all ? limits->sockets : all;
}

/* The parts of the block one after another. */
struct laying {
    size_t at;
};

static size_t lay(struct laying *laying, size_t count, size_t len)
{
    size_t at = laying->at;
    laying->at = round_up(at + count * len);
    return at;
}

static struct layout layout_of(const struct world_limits *limits)
{
    struct laying block = { .at = round_up(sizeof(struct world)) };
    size_t slots = (size_t)limits->segments + SPARE_SLOTS, word = sizeof(uint32_t);
    size_t kept = limits->counted ? 0 : 1;
    struct layout at;
    at.hosts = lay(&block, limits->hosts, sizeof(struct host));
    at.socks = lay(&block, limits->sockets, sizeof(struct sock));
    at.slots = lay(&block, slots, sizeof(struct wire_slot));
    at.ports = lay(&block, ports_max(limits), sizeof(struct port));
    at.timers = lay(&block, limits->sockets, word);
    at.connections = lay(&block, table_len(limits->sockets), word);
    at.descriptors = lay(&block, table_len(limits->sockets), word);
    at.port_names = lay(&block, table_len(ports_max(limits)), word);
    at.slot_names = lay(&block, table_len(limits->segments), word);
    at.ranges = lay(&block, limits->ranges, sizeof(struct range));
    at.spaces = lay(&block, limits->sockets * kept, spaces_len(limits));
    at.texts = lay(&block, slots * kept, limits->text_len);
    at.end = block.at;
    return at;
}

size_t world_size(const struct world_limits *limits)
{
    return layout_of(limits).end;
}

struct world *world_create(void *mem, const struct world_setup *setup)
{
    struct world *world = mem;
    const struct world_limits *limits = &setup->limits;
    assert(limits->hosts >= 1 && limits->hosts <= 100 && limits->sockets >= 1);
    memset(mem, 0, world_size(limits));
    world->limits = *limits;
    world->at = layout_of(limits);
    world->sock_mask = table_len(limits->sockets) - 1;
    world->port_mask = table_len(ports_max(limits)) - 1;
    world->slot_mask = table_len(limits->segments) - 1;
    world->seed = setup->seed;
    world->delay_usec = setup->delay_usec;
    world->family = setup->family;
    for (unsigned i = 0; i < limits->hosts; i++)
        host_init(world, i, &setup->profile->set);
    struct range_pool ranges = world_ranges(world);
    ranges_init(&ranges, limits->ranges);
    return world;
}

/* Of each host's address; the octet behind tells which host's it is, from 1 on. */
static const uint8_t net_of_4[3] = { 10, 9, 0 }, net_of_6[15] = { 0xfd, 0x09 };

struct ip world_address(unsigned host)
{
    struct ip ip = { .family = 4 };
    memcpy(ip.octet, net_of_4, sizeof net_of_4);
    ip.octet[sizeof net_of_4] = (uint8_t)(host + 1);
    return ip;
}

struct ip world_address6(unsigned host)
{
    struct ip ip = { .family = 6 };
    memcpy(ip.octet, net_of_6, sizeof net_of_6);
    ip.octet[sizeof net_of_6] = (uint8_t)(host + 1);
    return ip;
}

struct ip world_ip(const struct world *world, unsigned host)
{
    return world->family == 6 ? world_address6(host) : world_address(host);
}

/* The inverse of world_ip(). */
int32_t host_of_address(const struct world *world, const struct ip *ip)
{
    bool six = world->family == 6;
    bool ours = six ? ip->family == 6 && memcmp(ip->octet, net_of_6, sizeof net_of_6) == 0
                    : ip->family == 4 && memcmp(ip->octet, net_of_4, sizeof net_of_4) == 0;
    unsigned host = ip->octet[six ? sizeof net_of_6 : sizeof net_of_4] - 1u;
    return ours && host < world->limits.hosts ? (int32_t)host : -1;
}

bool world_tcp_info(const struct world *world, unsigned host, int32_t fd, const char *name,
                    int64_t *value)
{
    struct act act = { .world = (struct world *)(uintptr_t)world }; /* read, and not changed */
    struct sock *sock = sock_of_fd(world, host, fd);
    struct tcp_use use;
    if (!sock)
        return false;
    tcp_use_begin(&use, &act, sock);
    return tcp_info(&sock->tcb, &use.ctx, name, value);
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
    return slot_at(world, (uint32_t)first)->due_usec <= timer->timer_usec ? first : -1;
}

uint64_t world_due(const struct world *world)
{
    struct sock *timer = timers_first(world);
    int32_t slot = due_on_wire(world, timer);
    if (slot >= 0)
        return slot_at(world, (uint32_t)slot)->due_usec;
    return timer ? timer->timer_usec : UINT64_MAX;
}

void world_next(const struct world *world, struct event *event)
{
    struct sock *timer = timers_first(world);
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
        event->u.next.at_usec = timer->timer_usec;
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
    struct sock *timer = timers_first(world);
    int32_t slot = due_on_wire(world, timer);
    if (slot >= 0) {
        clock_to(world, slot_at(world, (uint32_t)slot)->due_usec);
        wire_deliver(act, (uint32_t)slot);
        return COMMAND_DONE;
    }
    if (!timer)
        return COMMAND_NOTHING_DUE;
    clock_to(world, timer->timer_usec);
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
    else if (command->kind == COMMAND_CORRUPT)
        wire_corrupt(act, index);
    else if (command->kind == COMMAND_DELAY)
        wire_delay(act, index, command->usec);
    else
        wire_hold(act, index, command->kind == COMMAND_HOLD);
    return COMMAND_DONE;
}

const struct settings *world_settings(const struct world *world, unsigned host)
{
    return &host_at(world, host)->set;
}

static enum command_outcome change_setting(struct world *world, const struct command *command)
{
    if (command->host >= world->limits.hosts || command->setting >= tcp_setting_count)
        return COMMAND_REFUSED;
    struct settings *set = &host_at(world, command->host)->set;
    bool taken = setting_put(set, &tcp_settings[command->setting], command->value);
    return taken ? COMMAND_DONE : COMMAND_REFUSED;
}

enum command_outcome world_apply(struct world *world, const struct command *command,
                                 const struct sink *sink, struct call_result *result, uint8_t *into)
{
    struct act act = { .world = world, .sink = sink && sink->emit ? sink : NULL };
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
    case COMMAND_CORRUPT:
    case COMMAND_DELAY:
        return on_wire(&act, command);
    case COMMAND_SETTING:
        return change_setting(world, command);
    case COMMAND_ARRIVE:
        return wire_arrive(&act, command->host, command->seg, command->call.text);
    }
    return COMMAND_NOTHING_DUE;
}
