/*
 * Text both ways over a wire that loses, copies, holds and reorders: seeded schedules, in which
 * every octet arrives once and in its order, or somebody is told.
 */
#include "tests/recording.h"
#include "tests/suites.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

enum {
    SEEDS = 200,
    TOTAL = 150,       /* octets each way */
    BAD_ACTS = 300,    /* while the wire is bad */
    GOOD_STEPS = 5000, /* more than enough when it is good again */
    SOCKS = 32,
    NONE = -1
};

struct side {
    unsigned host;
    int32_t fd;
    uint32_t sent, got;
    bool shut, at_end;
    int32_t err;
};

struct trial {
    uint64_t seed, random;
    struct world_setup setup;
    struct world *world;
    struct side side[2];
    struct recording recording;  /* for the ids of segments */
    struct tcp_vars vars[SOCKS]; /* by identity of the socket */
    bool known[SOCKS];
    uint8_t state[SOCKS]; /* the last one told */
};

static uint32_t below(struct trial *trial, uint32_t limit)
{
    return (uint32_t)(random_next(&trial->random) >> 20) % limit;
}

static uint8_t octet(unsigned host, uint32_t index)
{
    return (uint8_t)('a' + (index * 7 + index / 26 + host * 3) % 26);
}

/* What must hold of a connection's variables whenever they are told, and of those told before. */
static void check_vars(const struct trial *trial, const struct tcp_vars *now,
                       const struct tcp_vars *before)
{
    const struct world_limits *limits = &trial->setup.limits;
    bool sound = seq_le(now->una, now->nxt) && seq_le(now->iss, now->una) &&
                 seq_from(now->una, now->nxt) <= limits->snd_space_len + 2 &&
                 now->rcv_wnd <= limits->rcv_space_len + 1 &&
                 now->unread <= limits->rcv_space_len && now->unsent <= limits->snd_space_len + 1 &&
                 now->rto_usec >= 1000000 && now->rto_usec <= 60000000;
    ck_assert_msg(sound, "seed %" PRIu64, trial->seed);
    if (!before || !seq_eq(before->iss, now->iss))
        return;
    ck_assert_msg(seq_le(before->una, now->una) && seq_le(before->nxt, now->nxt),
                  "seed %" PRIu64 ": SND goes back", trial->seed);
    if (before->known & KNOWS_RECEIVE) {
        struct seq old_edge = seq_add(before->rcv_nxt, before->rcv_wnd);
        struct seq edge = seq_add(now->rcv_nxt, now->rcv_wnd);
        ck_assert_msg(seq_le(before->rcv_nxt, now->rcv_nxt) && seq_le(old_edge, edge),
                      "seed %" PRIu64 ": RCV goes back", trial->seed);
    }
}

static void watch(void *to, const struct event *event)
{
    struct trial *trial = to;
    if (event->kind == EV_SENT || event->kind == EV_DUPLICATED)
        trial->recording.last_id = event->u.wire.id;
    ck_assert_int_lt(event->sock, SOCKS);
    if (event->kind == EV_STATE && event->sock >= 0)
        trial->state[event->sock] = event->u.state.to;
    if (event->kind != EV_VARS)
        return;
    bool known = trial->known[event->sock];
    check_vars(trial, &event->u.vars, known ? &trial->vars[event->sock] : NULL);
    trial->vars[event->sock] = event->u.vars;
    trial->known[event->sock] = true;
}

static enum command_outcome apply(struct trial *trial, const struct command *command,
                                  struct call_result *result, uint8_t *into)
{
    struct sink sink = { .emit = watch, .to = trial };
    return world_apply(trial->world, command, &sink, result, into);
}

static struct call_result make_call(struct trial *trial, unsigned host, const struct call *call,
                                    uint8_t *into)
{
    struct command command = { .kind = COMMAND_CALL, .host = host, .call = *call };
    struct call_result result;
    apply(trial, &command, &result, into);
    return result;
}

static int32_t call_on(struct trial *trial, const struct side *side, enum call_op op, int32_t value)
{
    struct call call = { .op = op, .fd = side->fd, .value = value };
    return make_call(trial, side->host, &call, NULL).ret;
}

/* An error that ends the connection is kept; EAGAIN is none. */
static bool went_wrong(struct side *side, const struct call_result *result)
{
    if (result->ret >= 0)
        return false;
    if (result->err != EAGAIN && side->err == 0)
        side->err = result->err;
    return true;
}

static void send_some(struct trial *trial, struct side *side)
{
    uint8_t octets[40];
    uint32_t len = 1 + below(trial, sizeof octets);
    if (side->sent == TOTAL && !side->shut) {
        call_on(trial, side, CALL_SHUTDOWN, HOW_WR);
        side->shut = true;
    }
    if (side->sent + len > TOTAL)
        len = TOTAL - side->sent;
    if (len == 0)
        return;
    for (uint32_t i = 0; i < len; i++)
        octets[i] = octet(side->host, side->sent + i);
    struct call call = { .op = CALL_SEND, .fd = side->fd, .text = octets, .text_len = len };
    struct call_result result = make_call(trial, side->host, &call, NULL);
    if (!went_wrong(side, &result))
        side->sent += (uint32_t)result.ret;
}

static void receive_some(struct trial *trial, struct side *side)
{
    uint8_t into[40];
    struct call call = { .op = CALL_RECV, .fd = side->fd };
    call.value = (int32_t)(1 + below(trial, sizeof into));
    struct call_result result = make_call(trial, side->host, &call, into);
    if (side->at_end || went_wrong(side, &result))
        return;
    side->at_end = result.ret == 0;
    for (int32_t i = 0; i < result.ret; i++)
        ck_assert_msg(into[i] == octet(1 - side->host, side->got++),
                      "seed %" PRIu64 ": octet %" PRIu32 " to %c is wrong", trial->seed,
                      side->got - 1, 'A' + (int)side->host);
}

static void use(struct trial *trial, struct side *side)
{
    if (side->fd == NONE && side->host == 1) {
        struct call accept = { .op = CALL_ACCEPT, .fd = 3 };
        struct call_result result = make_call(trial, 1, &accept, NULL);
        side->fd = result.ret >= 0 ? result.ret : NONE;
    }
    if (side->fd == NONE)
        return;
    if (below(trial, 2))
        send_some(trial, side);
    else
        receive_some(trial, side);
}

static void bad_act(struct trial *trial)
{
    uint32_t newest = trial->recording.last_id, back = below(trial, 5), choice = below(trial, 12);
    struct command command = { .kind = COMMAND_STEP, .id = newest > back ? newest - back : 0 };
    if (choice < 4) {
        use(trial, &trial->side[choice % 2]);
        return;
    }
    if (choice < 9)
        command.kind = (enum command_kind)(COMMAND_DELIVER + (choice - 4));
    apply(trial, &command, NULL, NULL);
}

static bool is_done(const struct side *side)
{
    return side->err != 0 || (side->at_end && side->shut);
}

/* All that is still held goes on, the programs do their work, and time passes. */
static void good_again(struct trial *trial)
{
    struct command step = { .kind = COMMAND_STEP };
    for (uint32_t id = 1; id <= trial->recording.last_id; id++) {
        struct command release = { .kind = COMMAND_RELEASE, .id = id };
        apply(trial, &release, NULL, NULL);
    }
    unsigned steps = 0;
    while (!(is_done(&trial->side[0]) && is_done(&trial->side[1])) && steps++ < GOOD_STEPS) {
        use(trial, &trial->side[0]);
        use(trial, &trial->side[1]);
        if (below(trial, 4) == 0)
            apply(trial, &step, NULL, NULL);
    }
}

/* An error that no call has told of yet. */
static void take_error(struct trial *trial, struct side *side)
{
    struct call call = { .op = CALL_GETSOCKOPT, .fd = side->fd, .option = OPTION_ERROR };
    struct call_result result = make_call(trial, side->host, &call, NULL);
    if (side->err == 0 && result.ret > 0)
        side->err = result.ret;
}

/* FIN-WAIT-2 has no timer: if the other side has gone without its FIN, it stays for ever. */
static unsigned waiting_for_fin(const struct trial *trial)
{
    unsigned count = 0;
    for (unsigned i = 0; i < SOCKS; i++)
        count += trial->state[i] == FIN_WAIT_2;
    ck_assert_msg(count == 0 || trial->side[0].err || trial->side[1].err, "seed %" PRIu64,
                  trial->seed);
    return count;
}

/* Closes everything and lets it end; then every place for a socket must be free again. */
static void nothing_is_left(struct trial *trial)
{
    struct command step = { .kind = COMMAND_STEP };
    const struct side listener = { .host = 1, .fd = 3 }, any = { .host = 0 };
    for (unsigned i = 0; i < 2; i++)
        call_on(trial, &trial->side[i], CALL_CLOSE, 0);
    call_on(trial, &listener, CALL_CLOSE, 0);
    unsigned steps = 0, free_places = 0;
    while (apply(trial, &step, NULL, NULL) == COMMAND_DONE)
        ck_assert_msg(steps++ < GOOD_STEPS, "seed %" PRIu64 " never ends", trial->seed);
    unsigned left = waiting_for_fin(trial);
    while (call_on(trial, &any, CALL_SOCKET, 0) >= 0)
        free_places++;
    ck_assert_msg(free_places + left == trial->setup.limits.sockets,
                  "seed %" PRIu64 ": a socket is left", trial->seed);
}

static void set_up(struct trial *trial)
{
    const struct endpoint at_b = { .ip = world_address(1), .port = 80 };
    const struct call calls[] = { { .op = CALL_SOCKET },
                                  { .op = CALL_BIND, .fd = 3, .addr = at_b },
                                  { .op = CALL_LISTEN, .fd = 3, .value = 5 },
                                  { .op = CALL_SOCKET },
                                  { .op = CALL_CONNECT, .fd = 3, .addr = at_b } };
    trial->setup = (struct world_setup){ .profile = profile_find("rfc"), .seed = trial->seed };
    trial->setup.limits = (struct world_limits){ .hosts = 2,
                                                 .sockets = 6,
                                                 .segments = 4 + below(trial, 12),
                                                 .snd_space_len = 8 + below(trial, 40),
                                                 .rcv_space_len = 8 + below(trial, 40),
                                                 .text_len = (uint16_t)(4 + below(trial, 20)) };
    trial->setup.delay_usec = below(trial, 3) * 1000;
    void *mem = malloc(world_size(&trial->setup.limits));
    ck_assert_ptr_nonnull(mem);
    trial->world = world_create(mem, &trial->setup);
    for (unsigned i = 0; i < sizeof calls / sizeof calls[0]; i++)
        make_call(trial, i < 3 ? 1 : 0, &calls[i], NULL);
    trial->side[0] = (struct side){ .host = 0, .fd = 3 };
    trial->side[1] = (struct side){ .host = 1, .fd = NONE };
}

/* True if all the text has arrived on both sides. */
static bool try_seed(uint64_t seed)
{
    struct trial *trial = calloc(1, sizeof *trial);
    ck_assert_ptr_nonnull(trial);
    trial->seed = seed;
    trial->random = seed * 0x9e3779b97f4a7c15u + 1;
    set_up(trial);
    for (unsigned i = 0; i < BAD_ACTS; i++)
        bad_act(trial);
    good_again(trial);
    take_error(trial, &trial->side[0]);
    take_error(trial, &trial->side[1]);
    const struct side *a = &trial->side[0], *b = &trial->side[1];
    bool whole = a->got == TOTAL && b->got == TOTAL && a->at_end && b->at_end;
    ck_assert_msg(whole || a->err || b->err,
                  "seed %" PRIu64 " ends in silence: A got %" PRIu32 ", B got %" PRIu32, seed,
                  a->got, b->got);
    nothing_is_left(trial);
    free(trial->world);
    free(trial);
    return whole;
}

/* Whatever the wire does for a while, all the text arrives when it is good again, or one side is
 * told of an error; variables stay sound all the while, and nothing is left in the end. */
START_TEST(once_and_in_order)
{
    unsigned whole = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        whole += try_seed(seed);
    ck_assert_uint_ge(whole, SEEDS / 2);
}
END_TEST

Suite *lossy_suite(void)
{
    Suite *suite = suite_create("lossy");
    TCase *tcase = tcase_create("lossy");
    tcase_add_test(tcase, once_and_in_order);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    return suite;
}
