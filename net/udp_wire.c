/*
 * The dice, and a list of what is under way, by when it is due.
 */
#include "net/udp_wire.h"

#include "net/wire_rules.h"

#include <stdlib.h>
#include <string.h>

enum what { /* may happen: a die for each */
    MAY_BE_LOST = 1,
    MAY_BE_OVERTAKEN,
    MAY_COME_TWICE
};

static uint32_t dice(const struct udp_chances *chances, unsigned way, uint64_t number,
                     enum what what)
{
    uint64_t x = wire_rules_mixed(chances->seed) ^ wire_rules_mixed(number << 8 | way << 4 | what);
    return (uint32_t)(wire_rules_mixed(x) % UDP_CERTAIN);
}

unsigned udp_fate(const struct udp_chances *chances, unsigned way, uint64_t number)
{
    unsigned fate = 0;
    if (dice(chances, way, number, MAY_BE_LOST) < chances->loss)
        return UDP_LOST;
    if (dice(chances, way, number, MAY_BE_OVERTAKEN) < chances->reorder)
        fate |= UDP_OVERTAKEN;
    if (dice(chances, way, number, MAY_COME_TWICE) < chances->duplicate)
        fate |= UDP_TWICE;
    return fate;
}

void udp_wire_init(struct udp_wire *wire, const struct udp_chances *chances)
{
    *wire = (struct udp_wire){ .chances = *chances };
}

void udp_wire_free(struct udp_wire *wire)
{
    while (wire->first) {
        struct udp_kept *kept = wire->first;
        wire->first = kept->next;
        free(kept);
    }
    wire->kept = 0;
}

/* Behind all that is due no later. */
static void insert(struct udp_wire *wire, struct udp_kept *kept)
{
    struct udp_kept **at = &wire->first;
    while (*at && (*at)->due_usec <= kept->due_usec)
        at = &(*at)->next;
    kept->next = *at;
    *at = kept;
}

static struct udp_kept *made(struct udp_wire *wire, const struct udp_kept *like,
                             const uint8_t *octets)
{
    size_t size = sizeof *like + like->len;
    struct udp_kept *kept = wire->kept + size > UDP_KEPT_MAX ? NULL : malloc(size);
    if (!kept)
        return NULL;
    memcpy(kept, like, sizeof *kept);
    if (like->len > 0)
        memcpy(kept->octets, octets, like->len);
    wire->kept += size;
    return kept;
}

/* The next one of their way has come: those that waited for it go behind it. */
static void let_go(struct udp_wire *wire, unsigned way, uint64_t due_usec)
{
    struct udp_kept **at = &wire->first, *going = NULL, **last = &going;
    while (*at) {
        struct udp_kept *kept = *at;
        if (!kept->held || kept->way != way) {
            at = &kept->next;
            continue;
        }
        *at = kept->next;
        kept->next = NULL;
        *last = kept;
        last = &kept->next;
    }
    while (going) {
        struct udp_kept *kept = going;
        going = kept->next;
        kept->held = 0;
        kept->due_usec = due_usec;
        wire->count[way].overtaken++;
        insert(wire, kept);
    }
}

unsigned udp_wire_put(struct udp_wire *wire, uint64_t now_usec, unsigned way, uint32_t owner,
                      const uint8_t *octets, uint32_t len)
{
    struct udp_wire_count *count = &wire->count[way];
    unsigned fate = udp_fate(&wire->chances, way, ++count->came);
    struct udp_kept like = { .due_usec = now_usec + wire->chances.delay_usec,
                             .owner = owner,
                             .len = len,
                             .way = (uint8_t)way,
                             .held = fate & UDP_OVERTAKEN ? 1 : 0 };
    uint64_t due_usec = like.due_usec;
    count->octets += len;
    if (fate & UDP_LOST) {
        count->lost++;
        return fate;
    }
    if (like.held)
        like.due_usec += UDP_HELD_USEC;
    for (int copies = fate & UDP_TWICE ? 2 : 1; copies > 0; copies--) {
        struct udp_kept *kept = made(wire, &like, octets);
        if (kept)
            insert(wire, kept);
        count->no_room += !kept;
    }
    count->copied += (fate & UDP_TWICE) != 0;
    if (!like.held)
        let_go(wire, way, due_usec);
    return fate;
}

uint64_t udp_wire_due(const struct udp_wire *wire)
{
    return wire->first ? wire->first->due_usec : UINT64_MAX;
}

struct udp_kept *udp_wire_take(struct udp_wire *wire, uint64_t now_usec)
{
    struct udp_kept *kept = wire->first;
    if (!kept || kept->due_usec > now_usec)
        return NULL;
    wire->first = kept->next;
    wire->kept -= sizeof *kept + kept->len;
    return kept;
}
