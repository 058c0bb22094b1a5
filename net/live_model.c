/*
 * Hosts of the model in real time: a world whose clock follows ours, and whose segments leave its
 * own wire for the lane's as soon as they are sent.
 */
#include "net/live_parts.h"
#include "sim/codec.h"
#include "sim/sysctl.h"

#include <errno.h>
#include <stdlib.h>

static const struct world_limits limits = {
    .sockets = 32,
    .segments = 1024,
    .snd_space_len = 65536,
    .rcv_space_len = 65536,
    .text_len = 1460,
    .ranges = 1024,
};

/* Identities of both kinds of hosts stay apart: the model's are even, the kernel's odd. */
int32_t live_model_identity(int32_t sock)
{
    return sock < 0 ? sock : sock * 2;
}

static bool has_room(struct live_model *model)
{
    if (model->id_count < model->id_cap)
        return true;
    size_t cap = model->id_cap ? model->id_cap * 2 : 64;
    uint32_t *ids = realloc(model->ids, cap * sizeof *ids);
    if (!ids)
        return false;
    model->ids = ids;
    model->id_cap = cap;
    return true;
}

static void leave_own_wire(struct live *live, const struct event *event)
{
    const struct segment *seg = &event->u.wire.seg;
    if (has_room(&live->model))
        live->model.ids[live->model.id_count++] = event->u.wire.id;
    size_t len = segment_encode(seg, live->order, event->text, live->packet, sizeof live->packet);
    if (len > 0)
        live_put(live, (unsigned)event->host, live->packet, len, event->u.wire.again);
}

static void take_identities(struct event *event)
{
    event->sock = live_model_identity(event->sock);
    if (event->kind == EV_SOCKET)
        event->u.socket.parent = live_model_identity(event->u.socket.parent);
    if (event->kind == EV_RETURN)
        event->u.done.result.sock = live_model_identity(event->u.done.result.sock);
}

/* What its own wire does is not what happens on ours. */
static void happened(void *to, const struct event *event)
{
    struct live *live = to;
    struct event told = *event;
    if (event->kind == EV_SENT)
        leave_own_wire(live, event);
    if (event->kind == EV_SENT || event->kind == EV_DELIVERED || event->kind == EV_DROPPED)
        return;
    told.lane = (uint8_t)live->lane.id;
    take_identities(&told);
    emit(&live->lane.sink, &told);
}

static void clear_wire(struct live_model *model)
{
    for (size_t i = 0; i < model->id_count; i++) {
        struct command drop = { .kind = COMMAND_DROP, .id = model->ids[i] };
        world_apply(model->world, &drop, NULL, NULL, NULL);
    }
    model->id_count = 0;
}

static enum command_outcome apply(struct live *live, const struct command *command,
                                  struct call_result *result, uint8_t *into)
{
    struct sink sink = { happened, live };
    enum command_outcome outcome = world_apply(live->model.world, command, &sink, result, into);
    clear_wire(&live->model);
    return outcome;
}

void live_model_advance(struct live *live)
{
    struct command step = { .kind = COMMAND_STEP };
    struct command until = { .kind = COMMAND_UNTIL, .usec = live_now(&live->lane) };
    const struct world *world = live->model.world;
    if (!world)
        return;
    while (world_due(world) <= until.usec && apply(live, &step, NULL, NULL) == COMMAND_DONE)
        continue;
    if (until.usec > world_now(world))
        apply(live, &until, NULL, NULL);
}

struct call_result live_model_call(struct live *live, unsigned host, const struct call *call,
                                   uint8_t *into)
{
    struct command command = { .kind = COMMAND_CALL, .host = host, .call = *call };
    struct call_result result = { .ret = -1, .err = ENOMEM, .sock = -1 };
    live_model_advance(live);
    apply(live, &command, &result, into);
    result.sock = live_model_identity(result.sock);
    return result;
}

void live_model_arrive(struct live *live, unsigned host, const struct live_packet *packet)
{
    struct command command = { .kind = COMMAND_ARRIVE, .host = host, .seg = &packet->seg };
    command.call.text = packet->octets + packet->text_at;
    live_model_advance(live);
    apply(live, &command, NULL, NULL);
}

bool live_model_set(struct live *live, unsigned host, const char *name, const char *value)
{
    struct sysctl_changes changes;
    if (sysctl_read(name, value, &changes) != SYSCTL_KNOWN)
        return false;
    for (unsigned i = 0; i < changes.count; i++) {
        struct command command = sysctl_command(&changes, i, host);
        if (apply(live, &command, NULL, NULL) != COMMAND_DONE)
            return false;
    }
    return true;
}

bool live_open_model(struct live *live, const struct live_setup *setup, struct net_error *error)
{
    struct world_setup world = {
        .limits = limits, .profile = setup->profile, .seed = setup->seed, .family = live->family
    };
    world.limits.hosts = setup->hosts;
    void *block = malloc(world_size(&world.limits));
    if (!block) {
        *error = (struct net_error){ .err = ENOMEM, .operation = "the model's world" };
        return false;
    }
    live->model.world = world_create(block, &world);
    return true;
}

void live_model_free(struct live_model *model)
{
    free(model->world);
    free(model->ids);
}
