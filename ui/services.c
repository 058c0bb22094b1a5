/*
 * The simple services: echo, discard, one message, messages, and a room of people who talk.
 */
#include "ui/services.h"

#include "ui/charset.h"
#include "ui/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINES_MOST = 4 * OUTLET_ENOUGH /* octets of lines that are kept for a terminal */
};

static struct services *services(struct server *server)
{
    return server_setup(server)->of;
}

void services_say(struct services *services, const char *line)
{
    if (outlet_kept(services->outlet) < LINES_MOST)
        outlet_print(services->outlet, line);
    else
        services->not_shown++;
}

void services_tick(struct services *services)
{
    char line[128];
    unsigned long count = services->not_shown;
    if (count == 0 || outlet_kept(services->outlet) >= OUTLET_ENOUGH)
        return;
    services->not_shown = 0;
    snprintf(line, sizeof line,
             tr_n("(%lu line was not shown)", "(%lu lines were not shown)", count), count);
    services_say(services, line);
    services_say(services, "\n");
}

static bool has_come(struct server *server, struct client *client)
{
    char at[ENDPOINT_TEXT_MAX], line[160];
    struct endpoint peer;
    if (services(server)->quiet)
        return true;
    peer = client_peer(client);
    snprintf(line, sizeof line, _("client %u has connected: %s\n"), client->number,
             endpoint_text(&peer, at, sizeof at));
    services_say(services(server), line);
    return true;
}

static const char *why_gone(const struct client *client, int err)
{
    if (err == ENOBUFS || (client->reaped && client_kept(client) > 0))
        return _("it did not read what it was sent");
    if (client->reaped)
        return _("it was silent for too long");
    return err ? strerror(err) : NULL;
}

static void has_gone(struct server *server, struct client *client, int err)
{
    char line[192];
    const char *why = why_gone(client, err);
    if (services(server)->quiet)
        return;
    if (why)
        snprintf(line, sizeof line, _("client %u is gone: %s\n"), client->number, why);
    else
        snprintf(line, sizeof line, _("client %u is gone\n"), client->number);
    services_say(services(server), line);
}

static bool echo_came(struct server *server, struct client *client, const uint8_t *octets,
                      uint32_t len)
{
    (void)server;
    return client_send(client, octets, len);
}

const struct service service_echo = { .opened = has_come, .came = echo_came, .closed = has_gone };

static bool discard_came(struct server *server, struct client *client, const uint8_t *octets,
                         uint32_t len)
{
    (void)server;
    (void)client;
    (void)octets;
    (void)len;
    return true;
}

const struct service service_discard = { .opened = has_come,
                                         .came = discard_came,
                                         .closed = has_gone };

/* A client whose messages are printed: a character may be cut between two of them. */
struct printed {
    struct charset charset;
    char before[ENDPOINT_TEXT_MAX + 4]; /* in front of each line */
};

/* A message under way to the terminal. */
struct printing {
    struct services *services;
    const struct printed *printed;
    bool inside_line;
};

static bool print_opened(struct server *server, struct client *client)
{
    char at[ENDPOINT_TEXT_MAX];
    struct endpoint peer = client_peer(client);
    struct printed *printed = calloc(1, sizeof *printed);
    client->of = printed;
    if (!printed || !charset_open(&printed->charset, services(server)->encoding)) {
        client_drop(client, ENOMEM);
        return false;
    }
    snprintf(printed->before, sizeof printed->before, "%s>>>", endpoint_text(&peer, at, sizeof at));
    return has_come(server, client);
}

/* Each line has the client in front, so that none can pass itself off as another one's. */
static void print_text(void *to, const char *text, size_t len)
{
    struct printing *printing = to;
    struct outlet *outlet = printing->services->outlet;
    while (len > 0) {
        const char *end = memchr(text, '\n', len);
        size_t part = end ? (size_t)(end - text) + 1 : len;
        if (!printing->inside_line)
            outlet_print(outlet, printing->printed->before);
        outlet_write(outlet, text, part);
        printing->inside_line = !end;
        text += part;
        len -= part;
    }
}

static void print_message(struct server *server, struct client *client, const uint8_t *octets,
                          uint32_t len)
{
    struct printed *printed = client->of;
    struct printing printing = { .services = services(server), .printed = printed };
    struct charset_to to = { .put = print_text, .to = &printing };
    if (octets)
        charset_show(&printed->charset, octets, len, &to);
    else
        charset_show_rest(&printed->charset, &to);
    if (printing.inside_line)
        print_text(&printing, "\n", 1);
}

/* A client waits while nobody takes what is printed: no message is lost. */
static bool print_came(struct server *server, struct client *client, const uint8_t *octets,
                       uint32_t len)
{
    print_message(server, client, octets, len);
    client_hush(client, outlet_kept(services(server)->outlet) >= OUTLET_ENOUGH);
    return true;
}

static void print_tick(struct server *server)
{
    struct client *client = NULL;
    if (outlet_kept(services(server)->outlet) >= OUTLET_ENOUGH)
        return;
    while ((client = server_next(server, client)))
        client_hush(client, false);
}

static void print_closed(struct server *server, struct client *client, int err)
{
    struct printed *printed = client->of;
    if (!printed)
        return;
    print_message(server, client, NULL, 0);
    charset_close(&printed->charset);
    free(printed);
    client->of = NULL;
    has_gone(server, client, err);
}

const struct service service_print = {
    .opened = print_opened, .came = print_came, .tick = print_tick, .closed = print_closed
};

/* The first message is the last one: of all clients, and of this server. */
static bool once_came(struct server *server, struct client *client, const uint8_t *octets,
                      uint32_t len)
{
    if (services(server)->said_once)
        return false;
    services(server)->said_once = true;
    print_message(server, client, octets, len);
    return false;
}

const struct service service_once = { .opened = print_opened,
                                      .came = once_came,
                                      .closed = print_closed };

static bool talker_opened(struct server *server, struct client *client)
{
    return room_opened(&services(server)->room, client) && has_come(server, client);
}

static bool talker_came(struct server *server, struct client *client, const uint8_t *octets,
                        uint32_t len)
{
    return room_came(&services(server)->room, client, octets, len);
}

static bool talker_ended(struct server *server, struct client *client)
{
    return room_ended(&services(server)->room, client);
}

static void talker_quiet(struct server *server, struct client *client)
{
    room_quiet(&services(server)->room, client);
}

static void talker_closed(struct server *server, struct client *client, int err)
{
    room_closed(&services(server)->room, client);
    has_gone(server, client, err);
}

static void talkers_tick(struct server *server)
{
    room_tick(&services(server)->room, server);
}

const struct service service_room = { .opened = talker_opened,
                                      .came = talker_came,
                                      .ended = talker_ended,
                                      .quiet = talker_quiet,
                                      .tick = talkers_tick,
                                      .closed = talker_closed };
