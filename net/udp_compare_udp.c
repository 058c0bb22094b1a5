/*
 * The exchange over UDP: a program that writes, a relay, a program that reads.
 */
#include "net/udp_exchange.h"

#include "net/address.h"
#include "net/clock.h"
#include "net/udp.h"
#include "net/udp_relay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEADERS_LEN = 28, /* IPv4 and UDP */
    TURN_MSEC = 1,
    STALL_USEC = 10000000 /* for a place in the send buffer */
};

struct over_udp {
    struct source reader; /* first */
    const struct udp_compare_setup *setup;
    struct udp_compare_side *side;
    struct exchange exchange;
    struct udp_tally tally;
    struct udp_relay *relay;
    int writer;
    uint32_t next; /* write */
    uint64_t began_usec, last_usec;
    uint8_t *got; /* the whole, as far as it has come */
    uint8_t read[UDP_ROOM];
    uint8_t written[UDP_LINE_MAX + UDP_MOST];
};

static void on_datagram(struct source *source, uint32_t events)
{
    struct over_udp *over = (struct over_udp *)source;
    struct udp_piece piece;
    (void)events;
    for (;;) {
        struct udp_got got = udp_recv(NULL, source->fd, over->read, UDP_ROOM);
        over->side->calls++;
        if (got.err)
            return;
        over->last_usec = clock_usec();
        over->side->reads++;
        over->side->read_octets += got.len;
        enum udp_verdict verdict = udp_tally_take(&over->tally, over->read, got.len, &piece);
        over->side->whole_reads += verdict != UDP_STRANGE;
        if (verdict == UDP_NEW)
            memcpy(over->got + piece.at, piece.octets, piece.len);
    }
}

static bool open_sockets(struct over_udp *over, struct net_error *error)
{
    struct endpoint any = { ip4(127, 0, 0, 1), 0 };
    struct udp_relay_setup relay = { .at = any, .chances = over->setup->chances };
    over->reader = (struct source){ .fd = udp_bound(NULL, &any, error), .ready = on_datagram };
    if (over->reader.fd < 0)
        return false;
    if (!loop_add(over->setup->loop, &over->reader, LOOP_READ)) {
        *error = (struct net_error){ .err = errno, .operation = "epoll" };
        return false;
    }
    relay.to = address_local(over->reader.fd);
    over->relay = udp_relay_open(&relay, over->setup->loop, error);
    if (!over->relay)
        return false;
    struct endpoint at = udp_relay_end(over->relay);
    over->writer = udp_connected(NULL, &at, error);
    over->side->calls += 4; /* two calls of each program */
    return over->writer >= 0;
}

/* One datagram; false: it could not be sent. */
static bool write_next(struct over_udp *over, struct net_error *error)
{
    uint32_t len = exchange_write(&over->exchange, over->next, over->written);
    int32_t err = udp_send(NULL, over->writer, NULL, over->written, len);
    over->side->calls++;
    if (err == EAGAIN || err == ENOBUFS)
        return clock_usec() - over->last_usec < STALL_USEC;
    if (err) {
        *error = (struct net_error){ .err = err, .operation = "send" };
        return false;
    }
    over->last_usec = clock_usec();
    over->side->written++;
    over->side->written_octets += len;
    over->next++;
    return true;
}

/* All is written, and nothing has come for so long, and nothing is under way. */
static bool is_over(const struct over_udp *over)
{
    return over->next == over->exchange.count &&
           udp_wire_due(udp_relay_wire(over->relay)) == UINT64_MAX &&
           clock_usec() - over->last_usec >= over->setup->wait_msec * UINT64_C(1000);
}

static bool run(struct over_udp *over, struct net_error *error)
{
    over->began_usec = over->last_usec = clock_usec();
    while (!is_over(over)) {
        bool writes = over->next < over->exchange.count;
        if (writes && !write_next(over, error))
            return false;
        udp_relay_tick(over->relay);
        if (!over->setup->wait(over->setup->of, writes ? 0 : TURN_MSEC)) {
            *error = (struct net_error){ .err = ECANCELED, .operation = "the exchange" };
            return false;
        }
    }
    return true;
}

static void count_up(struct over_udp *over, uint64_t ended_usec)
{
    struct udp_compare_side *side = over->side;
    const struct udp_wire *wire = udp_relay_wire(over->relay);
    for (unsigned way = 0; way < UDP_WAYS; way++) {
        const struct udp_wire_count *count = &wire->count[way];
        side->packets += count->came;
        side->wire_octets += count->octets + count->came * HEADERS_LEN;
        side->lost += count->lost + count->no_room;
        side->overtaken += count->overtaken;
        side->copied += count->copied;
    }
    side->missing = over->exchange.count - over->tally.came;
    side->again = over->tally.again;
    side->late = over->tally.late;
    side->same = side->missing == 0 && side->again == 0 && side->late == 0 &&
                 memcmp(over->got, over->exchange.whole, over->exchange.size) == 0;
    side->usec = ended_usec - over->began_usec;
}

bool udp_compare_over_udp(const struct udp_compare_setup *setup, struct udp_compare_side *side,
                          struct net_error *error)
{
    bool good = false;
    struct over_udp *over = calloc(1, sizeof *over);
    *side = (struct udp_compare_side){ .calls = 0 };
    *error = (struct net_error){ .err = ENOMEM, .operation = "memory" };
    if (!over)
        return false;
    *over = (struct over_udp){ .setup = setup, .side = side, .writer = -1, .reader.fd = -1 };
    if (!exchange_make(&over->exchange, setup))
        goto out;
    over->got = calloc(over->exchange.size + 1, 1);
    if (!over->got || !open_sockets(over, error))
        goto out;
    good = run(over, error);
    side->calls += 2; /* close(), of each */
    count_up(over, over->last_usec);
out:
    if (over->relay)
        udp_relay_close(over->relay);
    if (over->writer >= 0)
        told_end(NULL, over->writer);
    if (over->reader.fd >= 0) {
        loop_forget(setup->loop, &over->reader);
        told_end(NULL, over->reader.fd);
    }
    udp_tally_free(&over->tally);
    exchange_free(&over->exchange);
    free(over->got);
    free(over);
    return good;
}
