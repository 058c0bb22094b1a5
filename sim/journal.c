/*
 * Commands, snapshots, and the way back.
 */
#include "sim/journal.h"

#include <assert.h>
#include <string.h>

void journal_init(struct journal *journal, struct world *world, size_t world_len,
                  struct command *commands, size_t command_cap, uint8_t *snapshots,
                  size_t snapshot_cap)
{
    assert(snapshot_cap >= 2);
    *journal = (struct journal){ .world = world,
                                 .world_len = world_len,
                                 .commands = commands,
                                 .command_cap = command_cap,
                                 .snapshots = snapshots,
                                 .snapshot_cap = snapshot_cap,
                                 .stride = 1 };
}

static uint8_t *snapshot(const struct journal *journal, size_t i)
{
    return journal->snapshots + i * journal->world_len;
}

static void thin_out(struct journal *journal)
{
    size_t kept = (journal->snapshot_count + 1) / 2;
    for (size_t i = 1; i < kept; i++)
        memcpy(snapshot(journal, i), snapshot(journal, 2 * i), journal->world_len);
    journal->snapshot_count = kept;
    journal->stride *= 2;
}

static void take_snapshot(struct journal *journal)
{
    if (journal->count != journal->snapshot_count * journal->stride)
        return;
    if (journal->snapshot_count == journal->snapshot_cap)
        thin_out(journal);
    if (journal->count == journal->snapshot_count * journal->stride)
        memcpy(snapshot(journal, journal->snapshot_count++), journal->world, journal->world_len);
}

enum command_outcome journal_apply(struct journal *journal, const struct command *command,
                                   const struct sink *sink, struct call_result *result,
                                   uint8_t *into)
{
    assert(journal->count < journal->command_cap);
    take_snapshot(journal);
    journal->commands[journal->count++] = *command;
    return world_apply(journal->world, command, sink, result, into);
}

void journal_back(struct journal *journal, size_t count)
{
    assert(count <= journal->count);
    if (count == journal->count)
        return;
    size_t nearest = count / journal->stride;
    if (nearest >= journal->snapshot_count)
        nearest = journal->snapshot_count - 1;
    memcpy(journal->world, snapshot(journal, nearest), journal->world_len);
    for (size_t i = nearest * journal->stride; i < count; i++)
        world_apply(journal->world, &journal->commands[i], NULL, NULL, NULL);
    journal->count = count;
    /* the snapshots behind would not be those of what comes now */
    while (journal->snapshot_count > 0 && (journal->snapshot_count - 1) * journal->stride > count)
        journal->snapshot_count--;
}
