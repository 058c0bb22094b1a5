/*
 * Time travel: the journal of all commands given to a world, with snapshots as a cache. To go
 * back is to copy the nearest earlier snapshot and to give the commands after it again.
 *
 * The memory is the caller's. Snapshots never run out: when their places are full, every other
 * one is given up and they are taken half as often.
 */
#ifndef SIM_JOURNAL_H
#define SIM_JOURNAL_H

#include "sim/world.h"

struct journal {
    struct world *world;
    size_t world_len;

    struct command *commands; /* the caller may move and enlarge it between calls */
    size_t command_cap;
    size_t count; /* commands given */

    uint8_t *snapshots; /* snapshot_cap times world_len octets */
    size_t snapshot_cap;
    size_t snapshot_count; /* snapshot i was taken before command i * stride */
    size_t stride;
};

/* Begins with a world as it stands. snapshot_cap is at least 2, all memory aligned to 8. */
void journal_init(struct journal *journal, struct world *world, size_t world_len,
                  struct command *commands, size_t command_cap, uint8_t *snapshots,
                  size_t snapshot_cap);

/* world_apply(), remembered. The caller sees to it that count < command_cap. */
enum command_outcome journal_apply(struct journal *journal, const struct command *command,
                                   const struct sink *sink, struct call_result *result,
                                   uint8_t *into);

/* Makes the world as it was after the first `count` commands and forgets those behind. */
void journal_back(struct journal *journal, size_t count);

#endif
