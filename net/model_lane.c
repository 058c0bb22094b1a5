/*
 * Every act on the model's lane becomes a command in its journal, so that each can be undone.
 */
#include "net/model_lane.h"

#include "sim/journal.h"
#include "sim/sysctl.h"

#include <errno.h>
#include <stdlib.h>

enum {
    SNAPSHOTS = 32,
    SNAPSHOT_EVERY = 64 /* commands: to do these again takes less time than to copy a world */
};

struct model_lane {
    struct lane lane;
    struct journal journal;
};

static struct model_lane *model(struct lane *lane)
{
    return (struct model_lane *)lane;
}

static bool has_room(struct journal *journal)
{
    if (journal->count < journal->command_cap)
        return true;
    size_t cap = journal->command_cap ? journal->command_cap * 2 : 256;
    struct command *commands = realloc(journal->commands, cap * sizeof *commands);
    if (!commands)
        return false;
    journal->commands = commands;
    journal->command_cap = cap;
    return true;
}

static enum command_outcome apply(struct lane *lane, const struct command *command,
                                  struct call_result *result, uint8_t *into)
{
    if (!has_room(&model(lane)->journal))
        return COMMAND_NO_ROOM;
    return journal_apply(&model(lane)->journal, command, &lane->sink, result, into);
}

static void resolve(struct lane *lane, unsigned host, struct endpoint *at)
{
    at->ip = world_ip(model(lane)->journal.world, host);
}

static struct call_result call(struct lane *lane, unsigned host, const struct call *call,
                               uint8_t *into)
{
    struct command command = { .kind = COMMAND_CALL, .host = host, .call = *call };
    struct call_result result = { .ret = -1, .err = ENOMEM, .sock = -1 };
    apply(lane, &command, &result, into);
    return result;
}

static bool ready(struct lane *lane, unsigned host, int32_t fd, enum readiness what)
{
    return world_ready(model(lane)->journal.world, host, fd, what);
}

static enum lane_progress step(struct lane *lane, uint64_t until_usec)
{
    struct command command = { .kind = COMMAND_STEP };
    const struct world *world = model(lane)->journal.world;
    if (world_due(world) != UINT64_MAX && world_due(world) <= until_usec)
        return apply(lane, &command, NULL, NULL) == COMMAND_DONE ? LANE_DID : LANE_IDLE;
    if (until_usec != UINT64_MAX && until_usec > world_now(world)) {
        command = (struct command){ .kind = COMMAND_UNTIL, .usec = until_usec };
        apply(lane, &command, NULL, NULL);
    }
    return LANE_IDLE;
}

static void next(struct lane *lane, struct event *event)
{
    world_next(model(lane)->journal.world, event);
}

static void look(struct lane *lane)
{
    (void)lane; /* nothing changes by itself */
}

static bool wire(struct lane *lane, enum wire_act act, uint32_t id, uint64_t usec)
{
    static const enum command_kind kinds[] = {
        [WIRE_DELIVER] = COMMAND_DELIVER,     [WIRE_DROP] = COMMAND_DROP,
        [WIRE_DUPLICATE] = COMMAND_DUPLICATE, [WIRE_HOLD] = COMMAND_HOLD,
        [WIRE_RELEASE] = COMMAND_RELEASE,     [WIRE_CORRUPT] = COMMAND_CORRUPT,
        [WIRE_DELAY] = COMMAND_DELAY,         [WIRE_REORDER] = COMMAND_REORDER
    };
    struct command command = { .kind = kinds[act], .id = id, .usec = usec };
    return apply(lane, &command, NULL, NULL) == COMMAND_DONE;
}

/* A setting by the name that the model itself has for it. */
static bool set_own(struct lane *lane, unsigned host, const struct setting *setting,
                    const char *value)
{
    char *end;
    struct command command = { .kind = COMMAND_SETTING,
                               .host = host,
                               .setting = (uint32_t)(setting - tcp_settings) };
    command.value = strtoull(value, &end, 10);
    return value[0] >= '0' && value[0] <= '9' && !*end &&
           apply(lane, &command, NULL, NULL) == COMMAND_DONE;
}

static bool set(struct lane *lane, unsigned host, const char *name, const char *value)
{
    struct sysctl_changes changes;
    const struct setting *own = setting_find(name);
    if (own)
        return set_own(lane, host, own, value);
    if (sysctl_read(name, value, &changes) != SYSCTL_KNOWN)
        return false;
    for (unsigned i = 0; i < changes.count; i++) {
        struct command command = sysctl_command(&changes, i, host);
        if (apply(lane, &command, NULL, NULL) != COMMAND_DONE)
            return false;
    }
    return true;
}

static uint32_t find(struct lane *lane, int host, unsigned flags)
{
    return world_find(model(lane)->journal.world, host, flags);
}

static size_t mark(struct lane *lane)
{
    return model(lane)->journal.count;
}

static void back(struct lane *lane, size_t count)
{
    journal_back(&model(lane)->journal, count);
}

static uint64_t now(struct lane *lane)
{
    return world_now(model(lane)->journal.world);
}

static void close_lane(struct lane *lane)
{
    struct journal *journal = &model(lane)->journal;
    free(journal->commands);
    free(journal->snapshots);
    free(journal->world);
    free(lane);
}

static const struct lane_ops model_ops = {
    .resolve = resolve,
    .call = call,
    .ready = ready,
    .step = step,
    .next = next,
    .look = look,
    .wire = wire,
    .set = set,
    .find = find,
    .mark = mark,
    .back = back,
    .now = now,
    .close = close_lane,
};

struct lane *model_lane_open(const struct sink *sink, const struct world_setup *setup)
{
    size_t len = world_size(&setup->limits);
    struct model_lane *lane = calloc(1, sizeof *lane);
    void *world = malloc(len);
    uint8_t *snapshots = malloc(len * SNAPSHOTS);
    if (!lane || !world || !snapshots)
        goto out;
    lane->lane =
        (struct lane){ .ops = &model_ops, .sink = *sink, .id = LANE_MODEL, .wire_in_hand = true };
    journal_init(&lane->journal, world_create(world, setup), len, NULL, 0, snapshots, SNAPSHOTS);
    lane->journal.stride = SNAPSHOT_EVERY;
    return &lane->lane;
out:
    free(lane);
    free(world);
    free(snapshots);
    return NULL;
}

const struct world *model_lane_world(const struct lane *lane)
{
    return ((const struct model_lane *)lane)->journal.world;
}
