/*
 * The same exchange over TCP: two programs, each on a host of a lane, and a wire whose segments
 * meet the fates that the datagrams of the same number met.
 */
#include "net/udp_exchange.h"

#include "net/live.h"
#include "net/model_lane.h"
#include "sim/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    WRITER,
    READER,
    PORT = 7788,
    FATES_ROOM = 256,
    HEADERS_LEN = 40,        /* IPv4 and TCP, without options */
    STALL_USEC = 1000000000, /* longer than TCP itself goes on: 924 s on Linux */
    READ_ROOM = 65536,
    NONE = -1
};

struct noted {
    uint32_t id;
    enum wire_act act;
};

struct over_tcp {
    const struct udp_compare_setup *setup;
    struct udp_compare_side *side;
    struct exchange exchange;
    struct lane *lane;
    struct noted noted[FATES_ROOM]; /* what is to be done to segments, once the lane is free */
    unsigned noted_count;
    uint64_t sent[2];                 /* segments of each host */
    uint32_t newest[2];               /* id of those delivered from each */
    int32_t listener, writer, reader; /* descriptors */
    bool connected, closed, over;
    int32_t err;
    uint32_t next;       /* write */
    uint32_t put, len;   /* octets of it that were taken, and that it has */
    uint64_t *ends;      /* of the writes, in the stream */
    uint32_t whole_from; /* the first write that ends behind what was read */
    uint64_t began_usec, moved_usec, last_usec;
    uint8_t written[UDP_LINE_MAX + UDP_MOST];
    uint8_t read[READ_ROOM];
    uint8_t *stream; /* all that is to be read */
};

/* ---- the wire */

static void note(struct over_tcp *over, uint32_t id, enum wire_act act)
{
    if (over->noted_count < FATES_ROOM)
        over->noted[over->noted_count++] = (struct noted){ id, act };
}

static void sent(struct over_tcp *over, const struct event *event)
{
    const struct segment *seg = &event->u.wire.seg;
    uint8_t options[OPTIONS_MAX];
    unsigned host = (unsigned)event->host;
    unsigned fate =
        udp_fate(&over->setup->chances, host == WRITER ? UDP_THERE : UDP_BACK, ++over->sent[host]);
    over->side->packets++;
    over->side->resent += event->u.wire.again;
    over->side->wire_octets +=
        HEADERS_LEN + seg->text_len + options_write(seg, ORDER_LINUX, options);
    if (fate & UDP_LOST)
        note(over, event->u.wire.id, WIRE_DROP);
    if (fate & UDP_TWICE)
        note(over, event->u.wire.id, WIRE_DUPLICATE);
    if (fate & UDP_OVERTAKEN)
        note(over, event->u.wire.id, WIRE_REORDER);
}

static void hear(void *to, const struct event *event)
{
    struct over_tcp *over = to;
    bool of_host = event->host == WRITER || event->host == READER;
    if (event->kind == EV_SENT && of_host)
        sent(over, event);
    over->side->lost += event->kind == EV_DROPPED;
    over->side->copied += event->kind == EV_DUPLICATED;
    if (event->kind == EV_DELIVERED && of_host) {
        uint32_t *newest = &over->newest[event->host];
        over->side->overtaken += event->u.wire.id < *newest;
        if (event->u.wire.id > *newest)
            *newest = event->u.wire.id;
    }
}

static void let_fates_act(struct over_tcp *over)
{
    for (unsigned i = 0; i < over->noted_count; i++) {
        struct noted noted = over->noted[i]; /* what is done may lead to more of them */
        over->lane->ops->wire(over->lane, noted.act, noted.id, 0);
    }
    over->noted_count = 0;
}

/* ---- the programs */

static struct call_result make(struct over_tcp *over, unsigned host, const struct call *call)
{
    struct call_result result = over->lane->ops->call(over->lane, host, call, over->read);
    over->side->calls++;
    let_fates_act(over);
    return result;
}

static bool is_ready(struct over_tcp *over, unsigned host, int32_t fd, enum readiness what)
{
    return over->lane->ops->ready(over->lane, host, fd, what);
}

static bool is_only_for_now(const struct call_result *result)
{
    return result->ret < 0 && (result->err == EAGAIN || result->err == EINPROGRESS);
}

static void moved(struct over_tcp *over)
{
    over->moved_usec = over->lane->ops->now(over->lane);
}

static void open_sockets(struct over_tcp *over)
{
    struct call listen = { .op = CALL_SOCKET, .fd = NONE };
    struct call connect = { .op = CALL_SOCKET, .fd = NONE };
    listen.fd = over->listener = make(over, READER, &listen).ret;
    connect.fd = over->writer = make(over, WRITER, &connect).ret;
    listen.op = CALL_BIND;
    listen.addr.port = connect.addr.port = PORT;
    listen.value = 1;
    over->lane->ops->resolve(over->lane, READER, &listen.addr);
    over->lane->ops->resolve(over->lane, READER, &connect.addr);
    struct call_result result = make(over, READER, &listen);
    listen.op = CALL_LISTEN;
    if (result.ret >= 0)
        result = make(over, READER, &listen);
    connect.op = CALL_CONNECT;
    if (result.ret >= 0)
        result = make(over, WRITER, &connect);
    over->connected = result.ret >= 0;
    if (result.ret < 0 && !is_only_for_now(&result))
        over->err = result.err;
}

static void finish_connect(struct over_tcp *over)
{
    struct call ask = { .op = CALL_GETSOCKOPT, .fd = over->writer, .option = OPTION_ERROR };
    if (!is_ready(over, WRITER, over->writer, READY_TO_WRITE))
        return;
    over->err = make(over, WRITER, &ask).ret;
    over->connected = over->err == 0;
    moved(over);
}

/* Writes what there is room for; behind the last one comes the FIN. */
static void write_some(struct over_tcp *over)
{
    while (!over->err && over->next < over->exchange.count &&
           is_ready(over, WRITER, over->writer, READY_TO_WRITE)) {
        if (over->put == 0)
            over->len = exchange_write(&over->exchange, over->next, over->written);
        struct call send = { .op = CALL_SEND,
                             .fd = over->writer,
                             .text = over->written + over->put,
                             .text_len = over->len - over->put };
        struct call_result result = make(over, WRITER, &send);
        if (is_only_for_now(&result))
            return;
        if (result.ret < 0) {
            over->err = result.err;
            return;
        }
        moved(over);
        over->side->written_octets += (uint64_t)result.ret;
        over->put += (uint32_t)result.ret;
        if (over->put < over->len)
            continue;
        over->put = 0;
        over->next++;
        over->side->written++;
    }
    if (!over->err && over->next == over->exchange.count && !over->closed) {
        struct call close = { .op = CALL_CLOSE, .fd = over->writer };
        make(over, WRITER, &close);
        over->closed = true;
    }
}

/* Is [from, to) of the stream one write? */
static bool is_one_write(struct over_tcp *over, uint64_t from, uint64_t to)
{
    while (over->whole_from < over->exchange.count && over->ends[over->whole_from] <= from)
        over->whole_from++;
    uint64_t begins = over->whole_from > 0 ? over->ends[over->whole_from - 1] : 0;
    return over->whole_from < over->exchange.count && begins == from &&
           over->ends[over->whole_from] == to;
}

static void take(struct over_tcp *over, uint32_t len)
{
    struct udp_compare_side *side = over->side;
    uint64_t from = side->read_octets, most = over->ends[over->exchange.count - 1];
    side->same =
        side->same && len <= most - from && memcmp(over->stream + from, over->read, len) == 0;
    side->reads++;
    side->whole_reads += is_one_write(over, from, from + len);
    side->read_octets += len;
    over->last_usec = over->lane->ops->now(over->lane);
    moved(over);
}

static void read_some(struct over_tcp *over)
{
    struct call recv = { .op = CALL_RECV, .fd = over->reader, .value = READ_ROOM };
    struct call accept = { .op = CALL_ACCEPT, .fd = over->listener };
    if (over->reader == NONE && is_ready(over, READER, over->listener, READY_TO_READ))
        recv.fd = over->reader = make(over, READER, &accept).ret;
    while (over->reader >= 0 && !over->over && !over->err &&
           is_ready(over, READER, over->reader, READY_TO_READ)) {
        struct call_result result = make(over, READER, &recv);
        if (is_only_for_now(&result))
            return;
        if (result.ret < 0)
            over->err = result.err;
        else if (result.ret == 0)
            over->over = true;
        else
            take(over, (uint32_t)result.ret);
    }
}

static void end_reader(struct over_tcp *over)
{
    struct call close = { .op = CALL_CLOSE, .fd = over->reader };
    make(over, READER, &close);
    close.fd = over->listener;
    make(over, READER, &close);
}

/* ---- the run */

/* False: it waits in vain, or is to end. */
static bool go_on(struct over_tcp *over)
{
    struct lane *lane = over->lane;
    enum lane_progress progress = lane->ops->step(lane, over->moved_usec + STALL_USEC);
    let_fates_act(over);
    if (progress == LANE_IDLE)
        over->err = ETIMEDOUT;
    else if (!over->setup->wait(over->setup->of, progress == LANE_NOT_YET ? 1 : 0))
        over->err = ECANCELED;
    return over->err == 0;
}

static void run(struct over_tcp *over)
{
    over->began_usec = over->moved_usec = over->lane->ops->now(over->lane);
    open_sockets(over);
    while (!over->err && !over->over) {
        if (!over->connected)
            finish_connect(over);
        if (over->connected)
            write_some(over);
        read_some(over);
        if (!over->over && !over->err && !go_on(over))
            return;
    }
    if (over->over)
        end_reader(over);
}

static struct lane *open_lane(struct over_tcp *over, const struct profile *profile,
                              struct net_error *error)
{
    struct sink sink = { .emit = hear, .to = over };
    struct world_setup world = { .limits = { .hosts = 2,
                                             .sockets = 8,
                                             .segments = 256,
                                             .snd_space_len = READ_ROOM,
                                             .rcv_space_len = READ_ROOM,
                                             .ranges = 256,
                                             .text_len = 1460 },
                                 .profile = profile,
                                 .seed = over->setup->chances.seed,
                                 .delay_usec = over->setup->chances.delay_usec };
    struct live_setup live = { .sink = sink,
                               .kind = LIVE_WIRE,
                               .hosts = 2,
                               .delay_usec = over->setup->chances.delay_usec,
                               .profile = profile,
                               .seed = over->setup->chances.seed };
    if (!over->setup->model)
        return live_open(&live, error);
    *error = (struct net_error){ .err = ENOMEM, .operation = "the model's world" };
    return model_lane_open(&sink, &world);
}

/* All that is written, in a row. False: out of memory. */
static bool lay_out(struct over_tcp *over)
{
    uint64_t at = 0;
    over->ends = calloc(over->exchange.count + 1, sizeof *over->ends);
    over->stream = malloc(over->exchange.size + (uint64_t)over->exchange.count * UDP_LINE_MAX + 1);
    if (!over->ends || !over->stream)
        return false;
    for (uint32_t i = 0; i < over->exchange.count; i++) {
        uint32_t len = exchange_write(&over->exchange, i, over->written);
        memcpy(over->stream + at, over->written, len);
        at += len;
        over->ends[i] = at;
    }
    return true;
}

static void count_up(struct over_tcp *over)
{
    struct udp_compare_side *side = over->side;
    uint32_t arrived = 0;
    while (arrived < over->exchange.count && over->ends[arrived] <= side->read_octets)
        arrived++;
    side->missing = over->exchange.count - arrived;
    side->same = side->same && side->missing == 0;
    side->usec = over->last_usec - over->began_usec;
}

bool udp_compare_over_tcp(const struct udp_compare_setup *setup, struct udp_compare_side *side,
                          struct net_error *error)
{
    struct profile profile;
    bool good = false;
    struct over_tcp *over = calloc(1, sizeof *over);
    *side = (struct udp_compare_side){ .same = true };
    *error = (struct net_error){ .err = ENOMEM, .operation = "memory" };
    if (!over)
        return false;
    over->setup = setup;
    over->side = side;
    over->listener = over->writer = over->reader = NONE;
    profile_compose("linux", &profile);
    if (!exchange_make(&over->exchange, setup) || !lay_out(over))
        goto out;
    over->lane = open_lane(over, &profile, error);
    if (!over->lane)
        goto out;
    run(over);
    count_up(over);
    good = over->err == 0;
    *error = (struct net_error){ .err = over->err, .operation = "the exchange" };
out:
    if (over->lane)
        over->lane->ops->close(over->lane);
    exchange_free(&over->exchange);
    free(over->ends);
    free(over->stream);
    free(over);
    return good;
}
