/*
 * Sockets on both sides of the wire.
 */
#include "net/udp_relay.h"

#include "net/address.h"
#include "net/clock.h"
#include "net/udp.h"

#include <errno.h>
#include <stdlib.h>

enum {
    READS_MOST = 64 /* in a row: what is due goes on in between */
};

struct relayed {
    struct source source; /* first: a source that is ready is a client; fd -1: nobody */
    struct udp_relay *relay;
    struct endpoint who;
    uint32_t number; /* of clients, from 1: who comes later in the same place is another one */
    uint64_t heard_usec;
};

struct udp_relay {
    struct source front; /* first */
    struct udp_relay_setup setup;
    struct loop *loop;
    struct udp_wire wire;
    struct udp_relay_count count;
    struct relayed clients[UDP_RELAY_CLIENTS];
    uint32_t last_number;
    uint8_t read[UDP_ROOM];
};

static void put(struct udp_relay *relay, unsigned way, const struct relayed *client, uint32_t len)
{
    unsigned fate = udp_wire_put(&relay->wire, clock_usec(), way, client->number, relay->read, len);
    if (relay->setup.met)
        relay->setup.met(relay->setup.of, way, relay->wire.count[way].came, len, fate);
}

static void count_error(struct udp_relay *relay, int32_t err)
{
    relay->count.refused += err == ECONNREFUSED;
    relay->count.failed += err != ECONNREFUSED;
}

/* An answer for a client, or the error that stands for one of his. */
static void on_answer(struct source *source, uint32_t events)
{
    struct relayed *client = (struct relayed *)source;
    struct udp_relay *relay = client->relay;
    (void)events;
    for (int i = 0; i < READS_MOST; i++) {
        struct udp_got got = udp_recv(relay->setup.told, source->fd, relay->read, UDP_ROOM);
        if (got.err == EAGAIN)
            return;
        if (got.err) {
            count_error(relay, got.err);
            return;
        }
        put(relay, UDP_BACK, client, got.len);
    }
}

static void forget(struct udp_relay *relay, struct relayed *client)
{
    if (client->source.fd < 0)
        return;
    loop_remove(relay->loop, &client->source);
    told_end(relay->setup.told, client->source.fd);
    client->source.fd = -1;
}

static struct relayed *known(struct udp_relay *relay, const struct endpoint *who)
{
    for (unsigned i = 0; i < UDP_RELAY_CLIENTS; i++) {
        struct relayed *client = &relay->clients[i];
        if (client->source.fd >= 0 && endpoint_eq(&client->who, who))
            return client;
    }
    return NULL;
}

/* A free place, or that of who was silent for longest. */
static struct relayed *place(struct udp_relay *relay)
{
    struct relayed *oldest = &relay->clients[0];
    for (unsigned i = 0; i < UDP_RELAY_CLIENTS; i++) {
        struct relayed *client = &relay->clients[i];
        if (client->source.fd < 0)
            return client;
        if (client->heard_usec < oldest->heard_usec)
            oldest = client;
    }
    relay->count.forgotten++;
    forget(relay, oldest);
    return oldest;
}

static struct relayed *client_of(struct udp_relay *relay, const struct endpoint *who)
{
    struct net_error error;
    struct relayed *client = known(relay, who);
    if (client)
        return client;
    client = place(relay);
    client->source.fd = udp_connected(relay->setup.told, &relay->setup.to, &error);
    client->who = *who;
    client->number = ++relay->last_number;
    if (client->source.fd >= 0 && loop_add(relay->loop, &client->source, LOOP_READ))
        return client;
    if (client->source.fd >= 0)
        told_end(relay->setup.told, client->source.fd);
    client->source.fd = -1;
    return NULL;
}

static void on_front(struct source *source, uint32_t events)
{
    struct udp_relay *relay = (struct udp_relay *)source;
    (void)events;
    for (int i = 0; i < READS_MOST; i++) {
        struct udp_got got = udp_recv(relay->setup.told, source->fd, relay->read, UDP_ROOM);
        if (got.err)
            return; /* nobody is there, or ICMP is late for somebody who has gone */
        struct relayed *client = client_of(relay, &got.from);
        if (!client) {
            relay->count.failed++;
            continue;
        }
        client->heard_usec = clock_usec();
        put(relay, UDP_THERE, client, got.len);
    }
}

struct udp_relay *udp_relay_open(const struct udp_relay_setup *setup, struct loop *loop,
                                 struct net_error *error)
{
    struct udp_relay *relay = calloc(1, sizeof *relay);
    if (!relay) {
        *error = (struct net_error){ .err = ENOMEM, .operation = "memory" };
        return NULL;
    }
    relay->setup = *setup;
    relay->loop = loop;
    udp_wire_init(&relay->wire, &setup->chances);
    for (unsigned i = 0; i < UDP_RELAY_CLIENTS; i++)
        relay->clients[i] =
            (struct relayed){ .source = { .fd = -1, .ready = on_answer }, .relay = relay };
    relay->front =
        (struct source){ .fd = udp_bound(setup->told, &setup->at, error), .ready = on_front };
    if (relay->front.fd >= 0 && loop_add(loop, &relay->front, LOOP_READ))
        return relay;
    if (relay->front.fd >= 0) {
        *error = (struct net_error){ .err = errno, .operation = "epoll" };
        told_end(setup->told, relay->front.fd);
    }
    free(relay);
    return NULL;
}

void udp_relay_close(struct udp_relay *relay)
{
    for (unsigned i = 0; i < UDP_RELAY_CLIENTS; i++)
        forget(relay, &relay->clients[i]);
    loop_remove(relay->loop, &relay->front);
    told_end(relay->setup.told, relay->front.fd);
    udp_wire_free(&relay->wire);
    free(relay);
}

struct endpoint udp_relay_end(const struct udp_relay *relay)
{
    return address_local(relay->front.fd);
}

static void pass_on(struct udp_relay *relay, const struct udp_kept *kept)
{
    struct relayed *client = NULL;
    for (unsigned i = 0; i < UDP_RELAY_CLIENTS; i++) {
        if (relay->clients[i].source.fd >= 0 && relay->clients[i].number == kept->owner)
            client = &relay->clients[i];
    }
    if (!client) {
        relay->count.failed++;
        return;
    }
    bool there = kept->way == UDP_THERE;
    int fd = there ? client->source.fd : relay->front.fd;
    const struct endpoint *to = there ? NULL : &client->who;
    int32_t err = udp_send(relay->setup.told, fd, to, kept->octets, kept->len);
    if (err == ECONNREFUSED) { /* that was about one before, and this one has not gone */
        count_error(relay, err);
        err = udp_send(relay->setup.told, fd, to, kept->octets, kept->len);
    }
    if (err)
        count_error(relay, err);
    else
        relay->count.out[kept->way]++;
}

int udp_relay_tick(struct udp_relay *relay)
{
    struct udp_kept *kept;
    while ((kept = udp_wire_take(&relay->wire, clock_usec()))) {
        pass_on(relay, kept);
        free(kept);
    }
    uint64_t due = udp_wire_due(&relay->wire), now = clock_usec();
    if (due == UINT64_MAX)
        return -1;
    return due <= now ? 0 : (int)((due - now + 999) / 1000);
}

const struct udp_wire *udp_relay_wire(const struct udp_relay *relay)
{
    return &relay->wire;
}

const struct udp_relay_count *udp_relay_count(const struct udp_relay *relay)
{
    return &relay->count;
}
