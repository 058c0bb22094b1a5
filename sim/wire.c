/*
 * The wire: keeps each segment for its delay, or for as long as it is told to, and loses or
 * copies what it is told to. Segments that were sent first are delivered first, unless it is
 * told otherwise.
 */
#include "sim/world_parts.h"

#include <string.h>

static struct event segment_event(const struct act *act, enum event_kind kind, int host,
                                  uint32_t index)
{
    const struct wire_slot *slot = slot_at(act->world, index);
    struct event event = world_event(act, kind, host, NO_SOCKET);
    event.u.wire.seg = slot->seg;
    event.u.wire.id = slot->id;
    event.u.wire.due_usec = slot->due_usec;
    event.text = slot_text(act->world, index);
    event.text_len = slot->seg.text_len;
    return event;
}

/* The slot that the next segment will take. There always is one: SPARE_SLOTS. */
static uint32_t next_slot(const struct world *world)
{
    const struct pool *pool = &world->slots;
    return pool->free ? pool->free - 1 : pool->fresh;
}

uint8_t *wire_scratch(const struct world *world)
{
    return slot_text(world, next_slot(world));
}

static uint32_t *id_chain(const struct world *world, uint32_t id)
{
    return word_at(world, world->at.slot_names, id & world->slot_mask);
}

static uint32_t take_slot(struct world *world)
{
    struct pool *pool = &world->slots;
    uint32_t index = next_slot(world);
    if (pool->free)
        pool->free = slot_at(world, index)->next;
    else
        pool->fresh++;
    return index;
}

static void give_back(struct world *world, uint32_t index)
{
    struct wire_slot *slot = slot_at(world, index);
    slot->id = 0;
    slot->next = world->slots.free;
    world->slots.free = index + 1;
}

static bool before(const struct wire_slot *a, const struct wire_slot *b)
{
    return a->due_usec != b->due_usec ? a->due_usec < b->due_usec : a->id < b->id;
}

static struct row *row_of(struct world *world, const struct wire_slot *slot)
{
    return slot->held ? &world->held : &world->going;
}

/* What a slot is named by from before it, or from behind. */
static uint32_t *forward(struct world *world, struct row *row, uint32_t place)
{
    return place ? &slot_at(world, place - 1)->behind : &row->first;
}

static uint32_t *backward(struct world *world, struct row *row, uint32_t place)
{
    return place ? &slot_at(world, place - 1)->before : &row->last;
}

/* From the tail, where nearly every segment belongs. */
static void line_up(struct world *world, uint32_t index)
{
    struct wire_slot *slot = slot_at(world, index);
    struct row *row = row_of(world, slot);
    uint32_t place = row->last;
    while (place && before(slot, slot_at(world, place - 1)))
        place = slot_at(world, place - 1)->before;
    slot->before = place;
    slot->behind = *forward(world, row, place);
    *forward(world, row, place) = index + 1;
    *backward(world, row, slot->behind) = index + 1;
}

static void step_out(struct world *world, uint32_t index)
{
    struct wire_slot *slot = slot_at(world, index);
    struct row *row = row_of(world, slot);
    *forward(world, row, slot->before) = slot->behind;
    *backward(world, row, slot->behind) = slot->before;
}

static bool is_full(const struct world *world)
{
    return world->on_wire == world->limits.segments;
}

static uint32_t put(struct world *world, const struct segment *seg, const uint8_t *text)
{
    uint32_t index = take_slot(world), id = ++world->last_segment_id;
    struct wire_slot *slot = slot_at(world, index);
    uint8_t *kept = slot_text(world, index);
    slot->id = id;
    slot->held = false;
    slot->yields = false;
    slot->due_usec = world->now_usec + world->delay_usec;
    segment_copy(&slot->seg, seg);
    if (seg->text_len > 0 && kept && kept != text)
        memmove(kept, text, seg->text_len);
    slot->next = *id_chain(world, id);
    *id_chain(world, id) = index + 1;
    line_up(world, index);
    world->on_wire++;
    return index;
}

/* Takes a segment off the wire; its slot is still to be given back. */
static void take_off(struct world *world, uint32_t index)
{
    struct wire_slot *slot = slot_at(world, index);
    uint32_t *link = id_chain(world, slot->id);
    while (*link != index + 1)
        link = &slot_at(world, *link - 1)->next;
    *link = slot->next;
    step_out(world, index);
    world->on_wire--;
}

/* On a full wire the segment is lost as it is sent: TCP has to live with that. */
static void lost_at_once(struct act *act, int host, const struct segment *seg, const uint8_t *text,
                         bool again)
{
    uint32_t id = ++act->world->last_segment_id;
    if (!is_heard(act))
        return;
    struct event event = world_event(act, EV_SENT, host, NO_SOCKET);
    event.text = text;
    event.text_len = seg->text_len;
    event.u.wire.seg = *seg;
    event.u.wire.id = id;
    event.u.wire.again = again;
    emit(act->sink, &event);
    event.kind = EV_DROPPED;
    event.host = (int8_t)host_of_address(act->world, &seg->dst.ip);
    event.u.wire.again = false;
    emit(act->sink, &event);
}

static void emit_segment(struct act *act, enum event_kind kind, int host, uint32_t index)
{
    if (!is_heard(act))
        return;
    struct event event = segment_event(act, kind, host, index);
    emit(act->sink, &event);
}

/* Hosts that a segment on the wire is from, and for; -1 where that is none of them. */
static int sender(const struct world *world, uint32_t index)
{
    return host_of_address(world, &slot_at(world, index)->seg.src.ip);
}

static int receiver(const struct world *world, uint32_t index)
{
    return host_of_address(world, &slot_at(world, index)->seg.dst.ip);
}

static void goes_at(struct act *act, uint32_t index, uint64_t due_usec)
{
    struct wire_slot *slot = slot_at(act->world, index);
    step_out(act->world, index);
    slot->due_usec = due_usec;
    slot->held = false;
    slot->yields = false;
    line_up(act->world, index);
    emit_segment(act, EV_RELEASED, sender(act->world, index), index);
}

/* What was to go behind the next segment of this one's sender does so now. */
static void let_yielding_go(struct act *act, uint32_t next)
{
    struct world *world = act->world;
    uint32_t place = world->held.first;
    while (place) {
        uint32_t index = place - 1;
        place = slot_at(world, index)->behind;
        if (slot_at(world, index)->yields && sender(world, index) == sender(world, next))
            goes_at(act, index, slot_at(world, next)->due_usec + 1);
    }
}

void wire_send(struct act *act, int host, const struct segment *seg, const uint8_t *text,
               bool again)
{
    if (is_full(act->world)) {
        lost_at_once(act, host, seg, text, again);
        return;
    }
    uint32_t index = put(act->world, seg, text);
    if (is_heard(act)) {
        struct event event = segment_event(act, EV_SENT, host, index);
        event.u.wire.again = again;
        emit(act->sink, &event);
    }
    let_yielding_go(act, index);
}

int32_t wire_first(const struct world *world)
{
    return (int32_t)world->going.first - 1;
}

int32_t wire_index(const struct world *world, uint32_t id)
{
    uint32_t place = id ? *id_chain(world, id) : 0;
    while (place && slot_at(world, place - 1)->id != id)
        place = slot_at(world, place - 1)->next;
    return (int32_t)place - 1;
}

/* The first of a row that world_find() asks for, or NULL. */
static const struct wire_slot *find_in(const struct world *world, const struct row *row, int host,
                                       unsigned flags)
{
    for (uint32_t place = row->first; place; place = slot_at(world, place - 1)->behind) {
        const struct wire_slot *slot = slot_at(world, place - 1);
        bool from = host < 0 || host_of_address(world, &slot->seg.src.ip) == host;
        if (from && (flags == 0 || (slot->seg.flags & ~(unsigned)PSH) == flags))
            return slot;
    }
    return NULL;
}

uint32_t world_find(const struct world *world, int host, unsigned flags)
{
    const struct wire_slot *going = find_in(world, &world->going, host, flags);
    const struct wire_slot *held = find_in(world, &world->held, host, flags);
    if (going && (!held || before(going, held)))
        return going->id;
    return held ? held->id : 0;
}

static void hand_over(struct act *act, unsigned host, uint32_t index)
{
    const struct wire_slot *slot = slot_at(act->world, index);
    emit_segment(act, EV_DELIVERED, (int)host, index);
    if (!host_arrives(act, host, &slot->seg, slot_text(act->world, index)))
        emit_segment(act, EV_DROPPED, (int)host, index);
}

/* Its sender hears it too, as on Linux. */
static void hand_to_all(struct act *act, uint32_t index)
{
    for (unsigned host = 0; host < act->world->limits.hosts; host++)
        hand_over(act, host, index);
}

void wire_deliver(struct act *act, uint32_t index)
{
    const struct wire_slot *slot = slot_at(act->world, index);
    int host = receiver(act->world, index);
    take_off(act->world, index); /* nothing that is sent in answer takes the slot as yet */
    if (host >= 0)
        hand_over(act, (unsigned)host, index);
    else if (is_broadcast(&slot->seg.dst.ip))
        hand_to_all(act, index);
    else
        emit_segment(act, EV_DROPPED, host, index);
    give_back(act->world, index);
}

/* From somewhere that is no part of the world. */
enum command_outcome wire_arrive(struct act *act, unsigned host, const struct segment *seg,
                                 const uint8_t *text)
{
    if (host >= act->world->limits.hosts)
        return COMMAND_REFUSED;
    struct event event = world_event(act, EV_DELIVERED, (int)host, NO_SOCKET);
    event.u.wire.seg = *seg;
    event.u.wire.id = ++act->world->last_segment_id;
    event.text = text;
    event.text_len = seg->text_len;
    emit(act->sink, &event);
    if (!host_arrives(act, host, seg, text)) {
        event.kind = EV_DROPPED;
        emit(act->sink, &event);
    }
    return COMMAND_DONE;
}

void wire_drop(struct act *act, uint32_t index)
{
    emit_segment(act, EV_DROPPED, receiver(act->world, index), index);
    take_off(act->world, index);
    give_back(act->world, index);
}

enum command_outcome wire_duplicate(struct act *act, uint32_t index)
{
    const struct wire_slot *slot = slot_at(act->world, index);
    if (is_full(act->world))
        return COMMAND_NO_ROOM;
    uint32_t copy = put(act->world, &slot->seg, slot_text(act->world, index));
    if (!is_heard(act))
        return COMMAND_DONE;
    struct event event = segment_event(act, EV_DUPLICATED, sender(act->world, index), copy);
    event.u.wire.of = slot->id;
    emit(act->sink, &event);
    return COMMAND_DONE;
}

void wire_hold(struct act *act, uint32_t index, bool hold)
{
    struct wire_slot *slot = slot_at(act->world, index);
    step_out(act->world, index);
    if (slot->held && !hold)
        slot->due_usec = act->world->now_usec + act->world->delay_usec;
    slot->held = hold;
    slot->yields = false;
    line_up(act->world, index);
    emit_segment(act, hold ? EV_HELD : EV_RELEASED, sender(act->world, index), index);
}

void wire_corrupt(struct act *act, uint32_t index)
{
    struct wire_slot *slot = slot_at(act->world, index);
    uint8_t *text = slot_text(act->world, index);
    if (text && slot->seg.text_len > 0 && !slot->seg.corrupted)
        text[0] ^= 1;
    slot->seg.corrupted = true;
    emit_segment(act, EV_CORRUPTED, sender(act->world, index), index);
}

void wire_delay(struct act *act, uint32_t index, uint64_t usec)
{
    const struct wire_slot *slot = slot_at(act->world, index);
    uint64_t due = slot->held ? act->world->now_usec + act->world->delay_usec : slot->due_usec;
    goes_at(act, index, due + usec);
}

/* The first on its way that was sent later by the same host and arrives later, or NULL. */
static const struct wire_slot *next_of_sender(const struct world *world, uint32_t index)
{
    const struct wire_slot *slot = slot_at(world, index);
    for (uint32_t place = world->going.first; place; place = slot_at(world, place - 1)->behind) {
        const struct wire_slot *other = slot_at(world, place - 1);
        if (other->id > slot->id && (slot->held || before(slot, other)) &&
            sender(world, place - 1) == sender(world, index))
            return other;
    }
    return NULL;
}

void wire_reorder(struct act *act, uint32_t index)
{
    const struct wire_slot *next = next_of_sender(act->world, index);
    if (next) {
        goes_at(act, index, next->due_usec + 1);
        return;
    }
    wire_hold(act, index, true);
    slot_at(act->world, index)->yields = true;
}
