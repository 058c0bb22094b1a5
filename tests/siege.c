/*
 * The world under siege, and what is done to it.
 */
#include "tests/siege.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>

static void note(void *to, const struct event *event)
{
    struct siege *siege = to;
    if (event->kind == EV_RULE || event->kind == EV_STATE) {
        siege->taken[event->u.state.rule]++;
        siege->from[event->u.state.rule] |= (uint16_t)(1u << event->u.state.from);
    }
    if (event->kind == EV_SENT && event->host == 1)
        siege->sent = event->u.wire.seg;
}

struct call_result siege_call(struct siege *siege, unsigned host, const struct call *call)
{
    struct command command = { .kind = COMMAND_CALL, .host = host, .call = *call };
    struct call_result result;
    world_apply(siege->world, &command, &(struct sink){ note, siege }, &result, NULL);
    return result;
}

void siege_set(struct siege *siege, const char *name, uint64_t value)
{
    const struct setting *setting = setting_find(name);
    ck_assert_ptr_nonnull(setting);
    struct command command = { .kind = COMMAND_SETTING,
                               .host = 1,
                               .setting = (uint32_t)(setting - tcp_settings),
                               .value = value };
    ck_assert_int_eq(world_apply(siege->world, &command, NULL, NULL, NULL), COMMAND_DONE);
}

struct siege *siege_new(const char *profile, int32_t backlog)
{
    struct siege *siege = calloc(1, sizeof *siege);
    struct world_setup setup = { .limits = { .hosts = 2,
                                             .sockets = 32,
                                             .segments = 32,
                                             .snd_space_len = 500,
                                             .rcv_space_len = 500,
                                             .text_len = 1460 },
                                 .profile = profile_find(profile),
                                 .delay_usec = 1000 };
    ck_assert_ptr_nonnull(siege);
    siege->mem = malloc(world_size(&setup.limits));
    ck_assert_ptr_nonnull(siege->mem);
    siege->world = world_create(siege->mem, &setup);
    siege_call(siege, 1, &(struct call){ .op = CALL_SOCKET });
    siege_call(siege, 1,
               &(struct call){ .op = CALL_BIND, .fd = LISTENER, .addr = { .port = PORT } });
    siege_call(siege, 1, &(struct call){ .op = CALL_LISTEN, .fd = LISTENER, .value = backlog });
    return siege;
}

void siege_end(struct siege *siege)
{
    free(siege->mem);
    free(siege);
}

bool siege_step(struct siege *siege)
{
    struct command command = { .kind = COMMAND_STEP };
    struct sink sink = { note, siege };
    return world_apply(siege->world, &command, &sink, NULL, NULL) == COMMAND_DONE;
}

void siege_settles(struct siege *siege)
{
    while (world_find(siege->world, -1, 0) && siege_step(siege))
        continue;
}

void siege_goes_on(struct siege *siege, uint64_t usec)
{
    uint64_t end = world_now(siege->world) + usec;
    while (world_due(siege->world) <= end)
        siege_step(siege);
    struct command command = { .kind = COMMAND_UNTIL, .usec = end };
    world_apply(siege->world, &command, NULL, NULL, NULL);
}

struct segment siege_segment(unsigned who, unsigned flags)
{
    return (struct segment){ .src = { ip4(198, 18, (uint8_t)(who >> 8), (uint8_t)who), 1024 },
                             .dst = { world_address(1), PORT },
                             .seq = { who * 77777u },
                             .wnd = 8192,
                             .mss = 1400,
                             .flags = (uint8_t)flags };
}

void siege_arrives(struct siege *siege, const struct segment *seg, const char *text)
{
    struct command command = { .kind = COMMAND_ARRIVE, .host = 1, .seg = seg };
    command.call.text = (const uint8_t *)text;
    ck_assert_int_eq(world_apply(siege->world, &command, &(struct sink){ note, siege }, NULL, NULL),
                     COMMAND_DONE);
}

void siege_flood(struct siege *siege, unsigned first, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct segment syn = siege_segment(first + i, SYN);
        siege_arrives(siege, &syn, NULL);
        siege_settles(siege);
    }
}

struct segment siege_answer(const struct siege *siege, unsigned who)
{
    struct segment ack = siege_segment(who, ACK);
    ack.mss = 0;
    ack.seq = seq_add(ack.seq, 1);
    ack.ack = seq_add(siege->sent.seq, 1);
    return ack;
}

void siege_connect(struct siege *siege)
{
    struct call connect = { .op = CALL_CONNECT };
    connect.addr = (struct endpoint){ world_address(1), PORT };
    connect.fd = siege_call(siege, 0, &(struct call){ .op = CALL_SOCKET }).ret;
    ck_assert_int_eq(siege_call(siege, 0, &connect).err, EINPROGRESS);
}

struct call_result siege_accept(struct siege *siege)
{
    return siege_call(siege, 1, &(struct call){ .op = CALL_ACCEPT, .fd = LISTENER });
}

int64_t siege_figure(const struct siege *siege, unsigned host, int32_t fd, const char *name)
{
    int64_t value = -1;
    ck_assert(world_tcp_info(siege->world, host, fd, name, &value));
    return value;
}
