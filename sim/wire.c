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

static int32_t free_slot(const struct world *world)
{
    for (uint32_t i = 0; i < world->limits.segments; i++) {
        if (slot_at(world, i)->id == 0)
            return (int32_t)i;
    }
    return -1;
}

static void put(struct world *world, uint32_t index, const struct segment *seg, const uint8_t *text)
{
    struct wire_slot *slot = slot_at(world, index);
    *slot = (struct wire_slot){ .id = ++world->last_segment_id,
                                .due_usec = world->now_usec + world->delay_usec,
                                .seg = *seg };
    if (seg->text_len > 0)
        memmove(slot_text(world, index), text, seg->text_len);
}

/* On a full wire the segment is lost as it is sent: TCP has to live with that. */
static void lost_at_once(struct act *act, int host, const struct segment *seg, const uint8_t *text,
                         bool again)
{
    struct event event = world_event(act, EV_SENT, host, NO_SOCKET);
    event.text = text;
    event.text_len = seg->text_len;
    event.u.wire.seg = *seg;
    event.u.wire.id = ++act->world->last_segment_id;
    event.u.wire.again = again;
    emit(act->sink, &event);
    event.kind = EV_DROPPED;
    event.host = (int8_t)host_of_address(act->world, &seg->dst.ip);
    event.u.wire.again = false;
    emit(act->sink, &event);
}

void wire_send(struct act *act, int host, const struct segment *seg, const uint8_t *text,
               bool again)
{
    int32_t index = free_slot(act->world);
    if (index < 0) {
        lost_at_once(act, host, seg, text, again);
        return;
    }
    put(act->world, (uint32_t)index, seg, text);
    struct event event = segment_event(act, EV_SENT, host, (uint32_t)index);
    event.u.wire.again = again;
    emit(act->sink, &event);
}

static bool before(const struct wire_slot *a, const struct wire_slot *b)
{
    return a->due_usec != b->due_usec ? a->due_usec < b->due_usec : a->id < b->id;
}

int32_t wire_first(const struct world *world)
{
    int32_t first = -1;
    for (uint32_t i = 0; i < world->limits.segments; i++) {
        const struct wire_slot *slot = slot_at(world, i);
        if (slot->id == 0 || slot->held)
            continue;
        if (first < 0 || before(slot, slot_at(world, (uint32_t)first)))
            first = (int32_t)i;
    }
    return first;
}

int32_t wire_index(const struct world *world, uint32_t id)
{
    for (uint32_t i = 0; id != 0 && i < world->limits.segments; i++) {
        if (slot_at(world, i)->id == id)
            return (int32_t)i;
    }
    return -1;
}

uint32_t world_find(const struct world *world, int host, unsigned flags)
{
    uint32_t found = 0;
    const struct wire_slot *best = NULL;
    for (uint32_t i = 0; i < world->limits.segments; i++) {
        const struct wire_slot *slot = slot_at(world, i);
        unsigned has = slot->seg.flags & ~(unsigned)PSH;
        if (slot->id == 0 || (flags != 0 && has != flags))
            continue;
        if (host >= 0 && host_of_address(world, &slot->seg.src.ip) != host)
            continue;
        if (!best || before(slot, best)) {
            best = slot;
            found = slot->id;
        }
    }
    return found;
}

void wire_deliver(struct act *act, uint32_t index)
{
    struct wire_slot *slot = slot_at(act->world, index);
    int32_t host = host_of_address(act->world, &slot->seg.dst.ip);
    struct event event = segment_event(act, host < 0 ? EV_DROPPED : EV_DELIVERED, host, index);
    struct segment seg = slot->seg;
    uint8_t *text = arriving_space(act->world);
    emit(act->sink, &event);
    slot->id = 0;
    /* the slot may be used again by the answer */
    memcpy(text, slot_text(act->world, index), seg.text_len);
    if (host >= 0)
        host_arrives(act, (unsigned)host, &seg, text);
}

void wire_drop(struct act *act, uint32_t index)
{
    struct wire_slot *slot = slot_at(act->world, index);
    struct event event =
        segment_event(act, EV_DROPPED, host_of_address(act->world, &slot->seg.dst.ip), index);
    emit(act->sink, &event);
    slot->id = 0;
}

enum command_outcome wire_duplicate(struct act *act, uint32_t index)
{
    const struct wire_slot *slot = slot_at(act->world, index);
    int32_t copy = free_slot(act->world);
    if (copy < 0)
        return COMMAND_NO_ROOM;
    put(act->world, (uint32_t)copy, &slot->seg, slot_text(act->world, index));
    struct event event = segment_event(
        act, EV_DUPLICATED, host_of_address(act->world, &slot->seg.src.ip), (uint32_t)copy);
    event.u.wire.of = slot->id;
    emit(act->sink, &event);
    return COMMAND_DONE;
}

void wire_hold(struct act *act, uint32_t index, bool hold)
{
    struct wire_slot *slot = slot_at(act->world, index);
    if (slot->held && !hold)
        slot->due_usec = act->world->now_usec + act->world->delay_usec;
    slot->held = hold;
    struct event event = segment_event(act, hold ? EV_HELD : EV_RELEASED,
                                       host_of_address(act->world, &slot->seg.src.ip), index);
    emit(act->sink, &event);
}
