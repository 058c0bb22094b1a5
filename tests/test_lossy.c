/*
 * Text both ways over a wire that loses, copies, holds, delays, corrupts and reorders, with each
 * profile and any options: seeded schedules, in which every octet arrives once and in its order, or
 * somebody is told. TCPSTEP_SEEDS=20000 tries so many; TCPSTEP_SEED=7 that one alone.
 */
#include "sim/seq.h"
#include "tests/invariants.h"
#include "tests/recording.h"
#include "tests/suites.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    SEEDS = 2000,
    TOTAL = 600,        /* octets each way, at most */
    BAD_ACTS = 300,     /* while the wire is bad */
    GOOD_STEPS = 60000, /* more than enough when it is good again */
    SOCKS = 32,
    NONE = -1
};

struct side {
    unsigned host;
    int32_t fd;
    uint32_t sent, got;
    bool shut, at_end, closed;
    int32_t err;
};

struct trial {
    uint64_t seed, random;
    struct world_setup setup;
    struct world *world;
    void *copy;     /* memory for a world as it was */
    uint32_t total; /* octets each way */
    bool closes;    /* a side may close whenever it likes */
    struct side side[2];
    struct recording recording;  /* for the ids of segments */
    struct tcp_vars vars[SOCKS]; /* by identity of the socket */
    bool known[SOCKS];
    uint8_t state[SOCKS]; /* the last one told */
    bool *taken;          /* which rules were, in all trials */
};

/* As ck_assert(), which would write down each time that it was here. */
static void must(const struct trial *trial, bool holds, const char *what)
{
    if (!holds)
        ck_abort_msg("seed %" PRIu64 ": %s", trial->seed, what);
}

static uint32_t below(struct trial *trial, uint32_t limit)
{
    return (uint32_t)(random_next(&trial->random) >> 20) % limit;
}

static uint8_t octet(unsigned host, uint32_t index)
{
    return (uint8_t)('a' + (index * 7 + index / 26 + host * 3) % 26);
}

/* What must hold of a connection's variables whenever they are told, and of those told before. */
static void check_vars(const struct trial *trial, unsigned host, const struct tcp_vars *now,
                       const struct tcp_vars *before)
{
    const struct settings *set = world_settings(trial->world, host);
    const struct world_limits *limits = &trial->setup.limits;
    bool sound = seq_le(now->una, now->nxt) && seq_le(now->iss, now->una) &&
                 seq_from(now->una, now->nxt) <= limits->snd_space_len + 2 &&
                 now->rcv_wnd <= limits->rcv_space_len + 1 &&
                 now->unread <= limits->rcv_space_len && now->unsent <= limits->snd_space_len + 1 &&
                 now->rto_usec >= set->rto_min_usec && now->rto_usec <= set->rto_max_usec;
    must(trial, sound, "variables are out of bounds");
    if (!before || !seq_eq(before->iss, now->iss))
        return;
    must(trial, seq_le(before->una, now->una) && seq_le(before->nxt, now->nxt), "SND goes back");
    if (before->known & KNOWS_RECEIVE) {
        struct seq old_edge = seq_add(before->rcv_nxt, before->rcv_wnd);
        struct seq edge = seq_add(now->rcv_nxt, now->rcv_wnd);
        must(trial, seq_le(before->rcv_nxt, now->rcv_nxt) && seq_le(old_edge, edge),
             "RCV goes back");
    }
}

/* The state changes by the rows of the table alone, each from where the last has led. */
static void check_rule(struct trial *trial, const struct event *event)
{
    enum tcp_state from = (enum tcp_state)event->u.state.from;
    bool sound = rule_allows(event->u.state.rule, from) &&
                 rule_leads_to(event->u.state.rule, from) == (enum tcp_state)event->u.state.to &&
                 (event->sock < 0 || !trial->known[event->sock] ||
                  trial->state[event->sock] == event->u.state.from);
    must(trial, sound, tcp_rules[event->u.state.rule].name);
    trial->taken[event->u.state.rule] = true;
}

static void watch(void *to, const struct event *event)
{
    struct trial *trial = to;
    if (event->kind == EV_STATE || event->kind == EV_RULE)
        check_rule(trial, event);
    if (event->kind == EV_SENT || event->kind == EV_DUPLICATED)
        trial->recording.last_id = event->u.wire.id;
    must(trial, event->sock < SOCKS, "too many sockets for the test");
    if (event->kind == EV_STATE && event->sock >= 0)
        trial->state[event->sock] = event->u.state.to;
    if (event->kind != EV_VARS)
        return;
    bool known = trial->known[event->sock];
    check_vars(trial, (unsigned)event->host, &event->u.vars,
               known ? &trial->vars[event->sock] : NULL);
    trial->vars[event->sock] = event->u.vars;
    trial->known[event->sock] = true;
}

/* Does the command, and sometimes does it once more to a copy, which must come to be the same. */
static enum command_outcome apply(struct trial *trial, const struct command *command,
                                  struct call_result *result, uint8_t *into)
{
    struct sink sink = { .emit = watch, .to = trial };
    bool twice = below(trial, 16) == 0;
    if (twice)
        memcpy(trial->copy, trial->world, world_size(&trial->setup.limits));
    enum command_outcome outcome = world_apply(trial->world, command, &sink, result, into);
    const char *fault = world_fault(trial->world);
    must(trial, fault == NULL, fault);
    if (!twice)
        return outcome;
    must(trial, world_apply(trial->copy, command, NULL, NULL, NULL) == outcome,
         "a snapshot answers otherwise");
    must(trial, world_digest(trial->copy) == world_digest(trial->world),
         "a snapshot goes another way");
    return outcome;
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
    if (side->sent == trial->total && !side->shut) {
        call_on(trial, side, CALL_SHUTDOWN, HOW_WR);
        side->shut = true;
    }
    if (side->sent + len > trial->total)
        len = trial->total - side->sent;
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
        must(trial, into[i] == octet(1 - side->host, side->got++), "an octet is wrong");
}

static void use(struct trial *trial, struct side *side)
{
    if (side->fd == NONE && side->host == 1) {
        struct call accept = { .op = CALL_ACCEPT, .fd = 3 };
        struct call_result result = make_call(trial, 1, &accept, NULL);
        side->fd = result.ret >= 0 ? result.ret : NONE;
    }
    if (side->fd == NONE || side->closed)
        return;
    if (trial->closes && below(trial, 100) == 0) {
        call_on(trial, side, CALL_CLOSE, 0);
        side->closed = true;
    } else if (below(trial, 2))
        send_some(trial, side);
    else
        receive_some(trial, side);
}

static void bad_act(struct trial *trial)
{
    uint32_t newest = trial->recording.last_id, back = below(trial, 5), choice = below(trial, 14);
    struct command command = { .kind = COMMAND_STEP, .id = newest > back ? newest - back : 0 };
    if (choice < 4) {
        use(trial, &trial->side[choice % 2]);
        return;
    }
    if (choice < 11)
        command.kind = (enum command_kind)(COMMAND_DELIVER + (choice - 4));
    command.usec = below(trial, 3000) * 1000;
    apply(trial, &command, NULL, NULL);
}

static bool is_done(const struct side *side)
{
    return side->err != 0 || side->closed || (side->at_end && side->shut);
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
    if (side->closed)
        return;
    struct call_result result = make_call(trial, side->host, &call, NULL);
    if (side->err == 0 && result.ret > 0)
        side->err = result.ret;
}

/* FIN-WAIT-2 may have no timer: if the other side has gone without its FIN, it stays for ever. */
static unsigned waiting_for_fin(const struct trial *trial)
{
    unsigned count = 0;
    for (unsigned i = 0; i < SOCKS; i++)
        count += trial->state[i] == FIN_WAIT_2;
    ck_assert_msg(count == 0 || trial->side[0].err || trial->side[1].err || trial->closes,
                  "seed %" PRIu64 ": FIN-WAIT-2 stays", trial->seed);
    return count;
}

/* Closes everything and lets it end; then every place for a socket must be free again. */
static void nothing_is_left(struct trial *trial)
{
    struct command step = { .kind = COMMAND_STEP };
    const struct side listener = { .host = 1, .fd = 3 }, any = { .host = 0 };
    for (unsigned i = 0; i < 2; i++) {
        if (!trial->side[i].closed)
            call_on(trial, &trial->side[i], CALL_CLOSE, 0);
    }
    call_on(trial, &listener, CALL_CLOSE, 0);
    unsigned steps = 0, free_places = 0;
    while (apply(trial, &step, NULL, NULL) == COMMAND_DONE)
        must(trial, steps++ < GOOD_STEPS, "it never ends");
    unsigned left = waiting_for_fin(trial);
    while (call_on(trial, &any, CALL_SOCKET, 0) >= 0)
        free_places++;
    ck_assert_msg(free_places + left == trial->setup.limits.sockets,
                  "seed %" PRIu64 ": a socket is left", trial->seed);
    ck_assert_msg(left > 0 || world_free_ranges(trial->world) == trial->setup.limits.ranges,
                  "seed %" PRIu64 ": a range is left", trial->seed);
}

static void set_at(struct trial *trial, unsigned host, const struct setting *setting,
                   uint64_t value)
{
    struct command command = { .kind = COMMAND_SETTING, .host = host, .value = value };
    command.setting = (uint32_t)(setting - tcp_settings);
    must(trial, apply(trial, &command, NULL, NULL) == COMMAND_DONE, setting->name);
}

static void set(struct trial *trial, const char *name, uint64_t value)
{
    for (unsigned host = 0; host < 2; host++)
        set_at(trial, host, setting_find(name), value);
}

/* B is another system than A. */
static void change_profile_of_b(struct trial *trial, const struct settings *from)
{
    for (size_t i = 0; i < tcp_setting_count; i++)
        set_at(trial, 1, &tcp_settings[i], setting_get(from, &tcp_settings[i]));
}

/* Values that nobody would choose, but somebody may. */
static void set_oddly(struct trial *trial)
{
    static const struct {
        const char *name;
        uint64_t value[4];
    } odd[] = {
        { "initial_window", { 1, 2, 3, 255 } },
        { "dup_acks", { 1, 2, 10, 255 } },
        { "mss", { 1, 11, 12, 13 } },
        { "ts_tick_usec", { 1, 10, 10000, 65535 } },
        { "burst_min", { 0, 1, 2, 255 } },
        { "slow_start_most", { 0, 1, 2, 255 } },
        { "override_usec", { 0, 1, 200000, 5000000 } },
        { "ack_delay_usec", { 0, 1, 40000, 1000000 } },
        { "rto_min_usec", { 0, 1, 1000, 1000 } },
        { "rto_initial_usec", { 1000000, 2000000, 3000000, 60000000 } },
        { "user_timeout_usec", { 0, 1, 1000000, 10000000000 } },
        { "two_msl_usec", { 0, 1, 1000000, 60000000 } },
        { "quick_acks", { 0, 1, 2, 255 } },
        { "challenge_acks", { 0, 1, 2, 1000 } },
        { "congestion_control", { 0, 0, 1, 1 } },
        { "nagle_minshall", { 0, 0, 1, 1 } },
        { "restart_after_idle", { 0, 0, 1, 1 } },
        { "window_is_buffer", { 0, 0, 1, 1 } },
        { "ack_repeats_fin", { 0, 0, 1, 1 } },
        { "time_wait_keeps", { 0, 0, 1, 1 } },
        { "probe_is_old", { 0, 0, 1, 1 } },
    };
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        if (below(trial, 4) == 0)
            set(trial, odd[i].name, odd[i].value[below(trial, 4)]);
    }
}

/* A world by the seed: its sizes, its profile, and some settings the other way. */
static void make_world(struct trial *trial)
{
    static const char *const switches[] = { "window_scaling",    "sack",
                                            "timestamps",        "nagle",
                                            "cwnd_is_validated", "stop_and_wait" };
    trial->random = trial->seed * 0x9e3779b97f4a7c15u + 1;
    trial->setup = (struct world_setup){ .profile = &tcp_profiles[trial->seed % tcp_profile_count],
                                         .seed = trial->seed };
    trial->setup.limits = (struct world_limits){ .hosts = 2,
                                                 .sockets = 6,
                                                 .segments = 4 + below(trial, 28),
                                                 .snd_space_len = 8 + below(trial, 200),
                                                 .rcv_space_len = 8 + below(trial, 200),
                                                 .text_len = (uint16_t)(16 + below(trial, 20)),
                                                 .ranges = below(trial, 40) };
    trial->setup.delay_usec = below(trial, 3) * 1000;
    trial->total = 100 + below(trial, TOTAL - 100);
    trial->closes = below(trial, 4) == 0;
    trial->world = realloc(trial->world, world_size(&trial->setup.limits));
    trial->copy = realloc(trial->copy, world_size(&trial->setup.limits));
    ck_assert(trial->world && trial->copy);
    world_create(trial->world, &trial->setup);
    if (below(trial, 3) == 0)
        change_profile_of_b(trial, &tcp_profiles[below(trial, (uint32_t)tcp_profile_count)].set);
    for (unsigned i = 0; i < sizeof switches / sizeof switches[0]; i++) {
        if (below(trial, 4) == 0)
            set(trial, switches[i], i < 5 ? below(trial, 2) : below(trial, 4) == 0);
    }
    if (below(trial, 2) == 0)
        set(trial, "quick_acks", below(trial, 3));
    if (trial->seed % 5 == 4)
        set_oddly(trial);
    /* a scale by which windows as small as these can still be told */
    set(trial, "rcv_buffer_max",
        (uint64_t)UINT16_MAX << (trial->setup.limits.rcv_space_len < 32 ? 0 : below(trial, 3)));
}

static void set_up(struct trial *trial, uint64_t begin_usec)
{
    const struct endpoint at_b = { .ip = world_address(1), .port = 80 };
    const struct call calls[] = { { .op = CALL_SOCKET },
                                  { .op = CALL_BIND, .fd = 3, .addr = at_b },
                                  { .op = CALL_LISTEN, .fd = 3, .value = 5 },
                                  { .op = CALL_SOCKET },
                                  { .op = CALL_CONNECT, .fd = 3, .addr = at_b } };
    struct command begin = { .kind = COMMAND_UNTIL, .usec = begin_usec };
    make_world(trial);
    apply(trial, &begin, NULL, NULL);
    for (unsigned i = 0; i < sizeof calls / sizeof calls[0]; i++)
        make_call(trial, i < 3 ? 1 : 0, &calls[i], NULL);
    trial->side[0] = (struct side){ .host = 0, .fd = 3 };
    trial->side[1] = (struct side){ .host = 1, .fd = NONE };
}

/* When to begin for A's sequence numbers, or B's, to go past 2^32 soon: a number is four
 * microseconds (RFC 9293, 3.4.1). B picks its own when A's SYN has come. */
static uint64_t before_the_end(struct trial *trial, bool of_b)
{
    const struct command step = { .kind = COMMAND_STEP };
    struct seq iss = { 0 };
    set_up(trial, 0);
    if (of_b)
        apply(trial, &step, NULL, NULL);
    for (unsigned i = 0; i < SOCKS; i++) {
        if (trial->known[i])
            iss = trial->vars[i].iss;
    }
    uint32_t missing = seq_from(iss, seq_of(0)) - below(trial, trial->total);
    memset(trial->known, 0, sizeof trial->known);
    memset(trial->state, 0, sizeof trial->state);
    return (uint64_t)missing * 4;
}

/* Has all the text of one side arrived on the other, or was somebody told? Who closed before the
 * connection was open wanted none. */
static bool arrived_or_told(const struct side *from, const struct side *to)
{
    return (to->got == from->sent && to->at_end) || from->err || to->err || to->closed ||
           (from->closed && to->fd == NONE);
}

/* True if all the text has arrived on both sides. */
static bool try_seed(uint64_t seed, bool taken[RULE_COUNT])
{
    struct trial *trial = calloc(1, sizeof *trial);
    ck_assert_ptr_nonnull(trial);
    trial->seed = seed;
    trial->taken = taken;
    set_up(trial, seed % 4 < 2 ? before_the_end(trial, seed % 4 == 1) : 0);
    for (unsigned i = 0; i < BAD_ACTS; i++)
        bad_act(trial);
    good_again(trial);
    take_error(trial, &trial->side[0]);
    take_error(trial, &trial->side[1]);
    const struct side *a = &trial->side[0], *b = &trial->side[1];
    bool whole = a->got == trial->total && b->got == trial->total && a->at_end && b->at_end;
    ck_assert_msg(arrived_or_told(a, b) && arrived_or_told(b, a),
                  "seed %" PRIu64 " ends in silence: A got %" PRIu32 " of %" PRIu32
                  ", B got %" PRIu32 " of %" PRIu32,
                  seed, a->got, b->sent, b->got, a->sent);
    nothing_is_left(trial);
    free(trial->world);
    free(trial->copy);
    free(trial);
    return whole;
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *value = getenv(name);
    return value ? strtoull(value, NULL, 10) : otherwise;
}

/* The schedules are not all alike: what they are for does happen. */
static void much_has_happened(const bool taken[RULE_COUNT])
{
    static const enum rule_id rules[] = {
        OLD_TIMESTAMP,   OUTSIDE_WINDOW,   ZERO_WINDOW_ACK,   FIN_AGAIN_IN_TIME_WAIT,
        RST_RESETS,      ACK_IS_DUPLICATE, FAST_RETRANSMIT,   ACK_IS_PARTIAL,
        LOSS_RECOVERED,  TEXT_AFTER_CLOSE, TEXT_BEYOND,       BEYOND_NEXT,
        CLOSE_IS_QUEUED, FIN_SIMULTANEOUS, CLOSE_UNREAD_TEXT, RETRANSMISSION_TIMEOUT,
        PROBE_TIMEOUT,   OVERRIDE_TIMEOUT, TIME_WAIT_TIMEOUT, DELAYED_ACK_TIMEOUT,
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        ck_assert_msg(taken[rules[i]], "no seed comes to %s", tcp_rules[rules[i]].name);
}

/* Whatever the wire does for a while, all the text arrives when it is good again, or one side is
 * told of an error; what must hold inside holds all the while, and nothing is left in the end. */
START_TEST(once_and_in_order)
{
    bool taken[RULE_COUNT] = { false };
    unsigned whole = 0;
    uint64_t seeds = from_environment("TCPSTEP_SEEDS", SEEDS);
    uint64_t one = from_environment("TCPSTEP_SEED", 0);
    for (uint64_t seed = one ? one : 1; seed <= (one ? one : seeds); seed++)
        whole += try_seed(seed, taken);
    ck_assert_uint_ge(whole, one ? 0 : seeds / 2);
    if (!one)
        much_has_happened(taken);
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
