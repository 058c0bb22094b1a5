/*
 * sim/world: a host whose peer is no part of the world. Segments come to it by COMMAND_ARRIVE, and
 * what it sends is seen as it goes on the wire. Over IPv6 here; TCP_INFO of its connection.
 */
#include "sim/world.h"
#include "tests/suites.h"

#include <stdlib.h>
#include <string.h>

enum {
    SENT_MAX = 32
};

struct outside {
    struct world *world;
    struct segment sent[SENT_MAX];
    unsigned count;
};

static struct outside it;

static void happened(void *to, const struct event *event)
{
    (void)to;
    if (event->kind == EV_SENT && it.count < SENT_MAX)
        it.sent[it.count++] = event->u.wire.seg;
}

static void apply(const struct command *command, struct call_result *result)
{
    struct sink sink = { happened, NULL };
    it.count = 0;
    ck_assert_int_eq(world_apply(it.world, command, &sink, result, NULL), COMMAND_DONE);
}

static int32_t call(struct call call)
{
    struct command command = { .kind = COMMAND_CALL, .call = call };
    struct call_result result;
    apply(&command, &result);
    return result.ret;
}

static struct endpoint peer(void)
{
    return (struct endpoint){ { .family = 6, .octet = { 0xfe, 0x80, [15] = 9 } }, 1234 };
}

static void arrives(struct segment seg)
{
    seg.src = peer();
    seg.dst = (struct endpoint){ world_ip(it.world, 0), 80 };
    struct command command = { .kind = COMMAND_ARRIVE, .seg = &seg };
    apply(&command, NULL);
}

static void begin(void)
{
    struct world_setup setup = { .limits = { .hosts = 1,
                                             .sockets = 8,
                                             .segments = 32,
                                             .text_len = 9000,
                                             .ranges = 16,
                                             .counted = true },
                                 .profile = profile_find("linux"),
                                 .seed = 3,
                                 .family = 6 };
    void *mem = malloc(world_size(&setup.limits));
    ck_assert_ptr_nonnull(mem);
    it = (struct outside){ .world = world_create(mem, &setup) };
    ck_assert_int_eq(call((struct call){ .op = CALL_SOCKET }), 3);
    ck_assert_int_eq(call((struct call){ .op = CALL_BIND, .fd = 3, .addr.port = 80 }), 0);
    ck_assert_int_eq(call((struct call){ .op = CALL_LISTEN, .fd = 3, .value = 5 }), 0);
}

static void end(void)
{
    free(it.world);
}

/* Opens a connection whose peer has an MSS of 1000; the descriptor is 4. */
static void open_connection(void)
{
    arrives((struct segment){
        .seq = seq_of(0), .flags = SYN, .wnd = 65000, .mss = 1000, .has = HAS_SACK_PERMITTED });
    ck_assert_uint_eq(it.count, 1);
    arrives((struct segment){
        .seq = seq_of(1), .ack = seq_add(it.sent[0].seq, 1), .flags = ACK, .wnd = 65000 });
    ck_assert_int_eq(call((struct call){ .op = CALL_ACCEPT, .fd = 3 }), 4);
}

static int64_t info(const char *name)
{
    int64_t value = -1;
    ck_assert_msg(world_tcp_info(it.world, 0, 4, name, &value), "no %s", name);
    return value;
}

/* Over IPv6 the MSS is 20 octets less, for its header is that much longer (RFC 9293, 3.7.1). */
START_TEST(mss_of_ipv6)
{
    arrives((struct segment){ .flags = SYN, .wnd = 65000 });
    ck_assert_uint_eq(it.count, 1);
    ck_assert_uint_eq(it.sent[0].flags, SYN | ACK);
    ck_assert_uint_eq(it.sent[0].mss, 1440);
    struct endpoint to = peer();
    ck_assert(endpoint_eq(&it.sent[0].dst, &to));
}
END_TEST

/* A segment for nobody is answered with RST, as any other. */
START_TEST(nobody)
{
    struct segment seg = { .src = peer(), .seq = seq_of(7), .flags = SYN };
    seg.dst = (struct endpoint){ world_ip(it.world, 0), 81 };
    struct command command = { .kind = COMMAND_ARRIVE, .seg = &seg };
    apply(&command, NULL);
    ck_assert_uint_eq(it.count, 1);
    ck_assert_uint_eq(it.sent[0].flags, RST | ACK);
    ck_assert_uint_eq(it.sent[0].ack.n, 8);
}
END_TEST

/* TCP_INFO has Linux's names and units: cwnd in segments, the state as the model numbers it. */
START_TEST(figures_of_a_connection)
{
    int64_t value;
    open_connection();
    ck_assert_int_eq(info("state"), ESTABLISHED);
    ck_assert_int_eq(info("snd_mss"), 1000);
    ck_assert_int_eq(info("advmss"), 1440);
    ck_assert_int_eq(info("snd_cwnd"), 10);
    ck_assert_int_eq(info("options"), 2);
    ck_assert_int_eq(info("unacked"), 0);
    ck_assert_int_eq(call((struct call){ .op = CALL_SEND, .fd = 4, .text_len = 25000 }), 25000);
    ck_assert_uint_eq(it.count, 10);
    ck_assert_int_eq(info("unacked"), 10);
    ck_assert_int_eq(info("notsent_bytes"), 15000);
    ck_assert(!world_tcp_info(it.world, 0, 4, "no_such_figure", &value));
    ck_assert(!world_tcp_info(it.world, 0, 9, "state", &value));
}
END_TEST

/* Three segments SACKed behind the first: it is held for lost and sent again, and ssthresh is
 * half of cwnd. */
START_TEST(figures_of_a_loss)
{
    open_connection();
    call((struct call){ .op = CALL_SEND, .fd = 4, .text_len = 10000 });
    struct seq first = it.sent[0].seq;
    for (uint32_t i = 1; i <= 3; i++) {
        struct segment sack = { .seq = seq_of(1), .ack = first, .flags = ACK, .wnd = 65000 };
        sack.sack_count = 1;
        sack.sack[0] = (struct sack_block){ seq_add(first, 1000), seq_add(first, 1000 + i * 1000) };
        arrives(sack);
    }
    ck_assert_uint_eq(it.count, 1);
    ck_assert(seq_eq(it.sent[0].seq, first));
    ck_assert_int_eq(info("ca_state"), 3);
    ck_assert_int_eq(info("sacked"), 3);
    ck_assert_int_eq(info("retrans"), 1);
    ck_assert_int_eq(info("lost"), 1);
    ck_assert_int_eq(info("snd_cwnd"), 7); /* six in flight, and one goes: RFC 6937 */
    ck_assert_int_eq(info("snd_ssthresh"), 5);
}
END_TEST

Suite *outside_suite(void)
{
    Suite *suite = suite_create("outside");
    TCase *host = tcase_create("host");
    tcase_add_checked_fixture(host, begin, end);
    tcase_add_test(host, mss_of_ipv6);
    tcase_add_test(host, nobody);
    tcase_add_test(host, figures_of_a_connection);
    tcase_add_test(host, figures_of_a_loss);
    suite_add_tcase(suite, host);
    return suite;
}
