/*
 * A server's clients: what they say goes to the service, what they are told goes out as they take
 * it.
 */
#include "net/server_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEEP_FIRST = 4096,
    READS_MOST = 4 /* of one client in a row: others wait, too */
};

static void put_last(struct server *server, struct client *client)
{
    client->next = NULL;
    client->prev = server->last;
    if (server->last)
        server->last->next = client;
    else
        server->first = client;
    server->last = client;
}

static void take_out(struct server *server, struct client *client)
{
    if (client->prev)
        client->prev->next = client->next;
    else
        server->first = client->next;
    if (client->next)
        client->next->prev = client->prev;
    else
        server->last = client->prev;
}

void client_heard(struct client *client)
{
    client->heard_msec = server_msec();
    if (client->server->last == client)
        return;
    take_out(client->server, client);
    put_last(client->server, client);
}

/* What is waited for, by what it is about to do. */
static void update_wants(struct client *client)
{
    uint32_t wants = client->kept || client->feeding ? LOOP_WRITE : 0;
    if (!client->peer_ended && !client->paused && !client->hushed)
        wants |= LOOP_READ | LOOP_PEER_END;
    if (!client->gone && !loop_want(client->server->loop, &client->source, wants))
        client_drop(client, errno);
}

void client_drop(struct client *client, int err)
{
    struct server *server = client->server;
    if (client->gone)
        return;
    client->gone = true;
    if (server->setup->service->closed && !client->refused)
        server->setup->service->closed(server, client, err);
    server->count.dropped += err != 0;
    loop_forget(server->loop, &client->source);
    told_end(server->setup->told, client->source.fd);
    client_unfinished(client, false);
    client_hush(client, false);
    client->next_gone = server->gone;
    server->gone = client;
    server->keeping -= client->kept != NULL;
    server->refusing -= client->refused;
    server->closing -= client->fin_sent;
    server->count.now -= !client->refused;
    server_accept_again(server);
}

void clients_free_gone(struct server *server)
{
    while (server->gone) {
        struct client *client = server->gone;
        server->gone = client->next_gone;
        take_out(server, client);
        free(client->kept);
        free(client);
    }
}

void client_unfinished(struct client *client, bool unfinished)
{
    if (client->unfinished == unfinished || (unfinished && client->gone))
        return;
    client->unfinished = unfinished;
    if (unfinished)
        client->server->unfinished++;
    else
        client->server->unfinished--;
}

void client_hush(struct client *client, bool hushed)
{
    if (client->hushed == hushed || (hushed && client->gone))
        return;
    client->hushed = hushed;
    client->spoke_msec = server_msec();
    if (hushed)
        client->server->hushed++;
    else
        client->server->hushed--;
    update_wants(client);
}

uint32_t client_stalled_ms(const struct client *client)
{
    return client->kept ? server_msec() - client->took_msec : 0;
}

uint32_t client_kept(const struct client *client)
{
    return client->kept ? client->kept->len - client->kept->at : 0;
}

/* Keeps octets behind what is kept already. false: there is no room, or they are too many. */
static bool keep(struct client *client, const uint8_t *octets, uint32_t len)
{
    struct kept *kept = client->kept;
    uint32_t have = client_kept(client), most = client->server->setup->keep_most;
    if (len > most || have > most - len) {
        if (!client->server->setup->pause_readers || len > READ_MAX || have > most)
            return false;
    }
    if (kept && kept->at > 0) {
        memmove(kept->octets, kept->octets + kept->at, have);
        kept->at = 0;
        kept->len = have;
    }
    uint32_t room = kept ? kept->room : KEEP_FIRST;
    while (room < have + len)
        room *= 2;
    if (!kept || room > kept->room) {
        kept = realloc(kept, sizeof *kept + room);
        if (!kept)
            return false;
        if (!client->kept) {
            kept->at = kept->len = 0;
            client->took_msec = server_msec();
            client->server->keeping++;
        }
        kept->room = room;
        client->kept = kept;
    }
    memcpy(kept->octets + kept->len, octets, len);
    kept->len += len;
    return true;
}

bool client_send(struct client *client, const void *octets, uint32_t len)
{
    struct server *server = client->server;
    uint32_t sent = 0;
    if (client->gone || client->ending)
        return false;
    while (!client->kept && sent < len) {
        struct call_result result = told_send(server->setup->told, client->source.fd,
                                              (const uint8_t *)octets + sent, len - sent);
        if (result.ret < 0 && result.err == EAGAIN)
            break;
        if (result.ret < 0) {
            client_drop(client, result.err);
            return false;
        }
        sent += (uint32_t)result.ret;
        server->count.out += (uint64_t)result.ret;
    }
    if (sent == len)
        return true;
    if (!keep(client, (const uint8_t *)octets + sent, len - sent)) {
        client_drop(client, ENOBUFS);
        return false;
    }
    client->paused =
        server->setup->pause_readers && client_kept(client) >= server->setup->keep_most;
    update_wants(client);
    return !client->gone;
}

void client_feed(struct client *client)
{
    client->feeding = client->paused = true;
    update_wants(client);
}

void client_wrote(struct client *client, uint32_t len)
{
    client->server->count.out += len;
    client_heard(client); /* it reads: that is a sign of life */
}

/* Sends what is kept, as far as it goes. */
static void flush(struct client *client)
{
    struct server *server = client->server;
    struct kept *kept = client->kept;
    while (kept && kept->at < kept->len) {
        struct call_result result = told_send(server->setup->told, client->source.fd,
                                              kept->octets + kept->at, kept->len - kept->at);
        if (result.ret < 0 && result.err == EAGAIN)
            return;
        if (result.ret < 0) {
            client_drop(client, result.err);
            return;
        }
        kept->at += (uint32_t)result.ret;
        server->count.out += (uint64_t)result.ret;
        client->took_msec = server_msec();
        client_heard(client); /* it reads: that is a sign of life */
    }
    if (kept)
        server->keeping--;
    free(kept);
    client->kept = NULL;
    client->paused = false;
    if (server->setup->service->drained && !client->ending &&
        !server->setup->service->drained(server, client))
        client_end(client);
}

/* Once all is sent: our FIN, and behind the peer's the end. */
static void finish(struct client *client)
{
    struct call shut = { .op = CALL_SHUTDOWN, .fd = client->source.fd, .value = HOW_WR };
    if (client->gone || !client->ending || client->kept || client->feeding)
        return;
    if (client->peer_ended) {
        client_drop(client, 0);
        return;
    }
    if (client->fin_sent)
        return;
    client->fin_sent = true;
    client->server->closing++;
    client_heard(client); /* from now on its FIN is waited for */
    struct call_result result = told_call(client->server->setup->told, &shut, NULL);
    if (result.ret < 0)
        client_drop(client, result.err);
}

void client_end(struct client *client)
{
    if (client->gone)
        return;
    client->ending = true;
    client->paused = false;
    finish(client);
    update_wants(client);
}

struct endpoint client_peer(const struct client *client)
{
    struct call call = { .op = CALL_GETPEERNAME, .fd = client->source.fd };
    return told_call(NULL, &call, NULL).peer;
}

static void peer_has_ended(struct client *client)
{
    const struct service *service = client->server->setup->service;
    client->peer_ended = true;
    if (client->ending)
        finish(client);
    else if (!service->ended || !service->ended(client->server, client))
        client_end(client);
}

static void take(struct client *client, uint32_t len)
{
    struct server *server = client->server;
    const struct server_setup *setup = server->setup;
    server->count.in += len;
    if (client->ending)
        return; /* it is no sign of life either: the wait for its FIN has an end */
    client_heard(client);
    client->spoke_msec = client->heard_msec;
    if (setup->service->came && !setup->service->came(server, client, server->read, len))
        client_end(client);
    else if (setup->close_first)
        client_end(client);
}

static bool may_read(const struct client *client)
{
    return !client->gone && !client->peer_ended && !client->paused && !client->hushed;
}

/* Reads what is there; a FIN behind it is read at once where it is known to be there. */
static void read_from(struct client *client, bool peer_ends)
{
    struct server *server = client->server;
    uint32_t asked = server->setup->read_most;
    int32_t most = asked > 0 && asked < READ_MAX ? (int32_t)asked : READ_MAX;
    for (unsigned i = 0; i < READS_MOST && may_read(client); i++) {
        struct call_result result =
            told_recv(server->setup->told, client->source.fd, server->read, most);
        if (result.ret < 0 && result.err == EAGAIN)
            return;
        if (result.ret < 0)
            client_drop(client, result.err);
        else if (result.ret == 0)
            peer_has_ended(client);
        else
            take(client, (uint32_t)result.ret);
        if (result.ret > 0 && result.ret < most && !peer_ends)
            return;
    }
}

static int error_of(const struct client *client)
{
    struct call call = { .op = CALL_GETSOCKOPT, .fd = client->source.fd, .option = OPTION_ERROR };
    struct call_result result = told_call(client->server->setup->told, &call, NULL);
    return result.ret > 0 ? result.ret : EPIPE;
}

static void on_ready(struct source *source, uint32_t events)
{
    struct client *client = (struct client *)source;
    struct server *server = client->server;
    if ((events & LOOP_WRITE) && client->kept)
        flush(client);
    if ((events & LOOP_WRITE) && client->feeding && !client->gone && !client->kept)
        server->setup->service->writable(server, client);
    if (events & (LOOP_ERROR | LOOP_HANGUP))
        client_hush(client, false); /* it will say no more than what has come */
    if (!client->gone)
        read_from(client, events & (LOOP_PEER_END | LOOP_HANGUP | LOOP_ERROR));
    finish(client);
    if (client->peer_ended && (events & LOOP_ERROR))
        client_drop(client, error_of(client)); /* nobody reads any more, who would be told */
    if (!client->gone)
        update_wants(client);
    clients_free_gone(server);
}

struct client *client_new(struct server *server, int fd, bool refused)
{
    struct client *client = calloc(1, sizeof *client);
    if (client) {
        *client = (struct client){ .source = { .fd = fd, .ready = on_ready },
                                   .server = server,
                                   .heard_msec = server_msec(),
                                   .refused = refused,
                                   .number = refused ? 0 : ++server->last_number };
        if (loop_add(server->loop, &client->source, LOOP_READ | LOOP_PEER_END)) {
            put_last(server, client);
            return client;
        }
    }
    free(client);
    told_end(server->setup->told, fd);
    return NULL;
}
