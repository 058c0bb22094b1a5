/*
 * The simple services: echo, discard, one message, messages, and a room of people who talk.
 */
#include "ui/services.h"

#include "ui/program.h"
#include "ui/text.h"

#include <stdio.h>
#include <string.h>

static struct services *services(struct server *server)
{
    return server_setup(server)->of;
}

static void say(struct server *server, const struct client *client, const char *words)
{
    char at[ENDPOINT_TEXT_MAX];
    struct endpoint peer;
    if (services(server)->quiet)
        return;
    peer = client_peer(client);
    printf("%s %s\n", endpoint_text(&peer, at, sizeof at), words);
    fflush(stdout);
}

static bool has_come(struct server *server, struct client *client)
{
    say(server, client, _("has connected"));
    return true;
}

static void has_gone(struct server *server, struct client *client, int err)
{
    char words[128];
    if (services(server)->quiet)
        return;
    if (err)
        snprintf(words, sizeof words, "%s: %.80s", _("is gone"), strerror(err));
    else
        snprintf(words, sizeof words, "%s", _("is gone"));
    char number[32];
    snprintf(number, sizeof number, "%u", client->number);
    printf("%s%s %s\n", _("client "), number, words);
    fflush(stdout);
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

static bool print_came(struct server *server, struct client *client, const uint8_t *octets,
                       uint32_t len)
{
    char before[ENDPOINT_TEXT_MAX + 8], at[ENDPOINT_TEXT_MAX];
    struct endpoint peer = client_peer(client);
    (void)server;
    snprintf(before, sizeof before, "%s>>>", endpoint_text(&peer, at, sizeof at));
    program_print_text(before, octets, len);
    return true;
}

const struct service service_print = { .opened = has_come, .came = print_came, .closed = has_gone };

/* The first message is the last one: of all clients, and of this server. */
static bool once_came(struct server *server, struct client *client, const uint8_t *octets,
                      uint32_t len)
{
    if (services(server)->said_once)
        return false;
    services(server)->said_once = true;
    print_came(server, client, octets, len);
    return false;
}

const struct service service_once = { .opened = has_come, .came = once_came, .closed = has_gone };

/* What one says, all others hear, with its number before it where it begins a line. */
static bool room_came(struct server *server, struct client *client, const uint8_t *octets,
                      uint32_t len)
{
    struct client *next;
    for (struct client *other = server_next(server, NULL); other; other = next) {
        next = server_next(server, other);
        if (other != client && !other->refused)
            client_send(other, octets, len);
    }
    return true;
}

const struct service service_room = { .opened = has_come, .came = room_came, .closed = has_gone };
