/*
 * The room's members and their lines. A member who talks faster than another one hears is not read
 * from until that one has caught up, or is dropped because it hears nothing at all.
 */
#include "ui/room.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_ROOM = 256,
    BEHIND = 65536,    /* octets kept for a member, from where on the others wait for it */
    PATIENCE_MS = 1000 /* as long as it takes anything of them */
};

struct member {
    struct member *next; /* of those who are leaving */
    char nick[NICK_MAX];
    bool announced; /* the others have heard of it */
    bool hushed;
    uint8_t *line; /* what it has said of a line so far */
    size_t len, room;
};

/* Text that is put together. */
struct words {
    char text[4 * ROOM_LINE_MOST + 256];
    size_t len;
};

bool nick_is_good(const char *nick, size_t len)
{
    if (len == 0 || len >= NICK_MAX || nick[0] == '/' || nick[0] == '*')
        return false;
    for (size_t i = 0; i < len; i++) {
        uint8_t octet = (uint8_t)nick[i];
        if (octet <= ' ' || octet == 0x7f || octet == ':')
            return false;
    }
    return true;
}

static struct member *member_of(const struct client *client)
{
    return client->of;
}

static void put_together(struct words *words, const char *a, const char *b, const char *c)
{
    int len = snprintf(words->text, sizeof words->text, "%s%s%s", a, b, c);
    words->len = (size_t)len < sizeof words->text ? (size_t)len : sizeof words->text - 1;
}

/* Octets of a member. In no encoding that people write in (but the ISO 2022 family) is a control
 * octet a part of a character; it would only play with the others' terminals. */
static void append_spelt(struct words *words, const uint8_t *octets, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char *at = words->text + words->len;
        if ((octets[i] < ' ' && octets[i] != '\t') || octets[i] == 0x7f) {
            words->len += (size_t)snprintf(at, 5, "\\x%02x", octets[i]);
        } else {
            at[0] = (char)octets[i];
            words->len++;
        }
    }
    words->text[words->len++] = '\n';
}

/* To all but one; NULL: to all. Is somebody far behind? */
static bool say_to_others(struct server *server, const struct client *speaker,
                          const struct words *words)
{
    bool behind = false;
    struct client *other = NULL;
    while ((other = server_next(server, other))) {
        if (other == speaker)
            continue;
        client_send(other, words->text, (uint32_t)words->len);
        behind = behind || (!other->gone && client_kept(other) >= BEHIND);
    }
    return behind;
}

static void free_member(struct member *member)
{
    free(member->line);
    free(member);
}

/* To say so may drop a member who does not hear, whose leaving is then said, and so on: one after
 * the other. */
static void say_leaving(struct room *room, struct server *server)
{
    struct words words;
    room->saying = true;
    while (room->leaving) {
        struct member *member = room->leaving;
        room->leaving = member->next;
        if (member->announced) {
            put_together(&words, "* ", member->nick, " has gone\n");
            say_to_others(server, NULL, &words);
        }
        free_member(member);
    }
    room->saying = false;
}

/* Is somebody far behind? */
static bool say(struct room *room, struct server *server, const struct client *speaker,
                const struct words *words)
{
    room->saying = true;
    bool behind = say_to_others(server, speaker, words);
    room->saying = false;
    if (room->leaving)
        say_leaving(room, server);
    return behind;
}

static void announce(struct room *room, struct client *client, struct words *words)
{
    if (client->gone || member_of(client)->announced)
        return;
    member_of(client)->announced = true;
    put_together(words, "* ", member_of(client)->nick, " has come\n");
    say(room, client->server, client, words);
}

static void tell(struct client *client, struct words *words, const char *what)
{
    put_together(words, "* ", what, "\n");
    client_send(client, words->text, (uint32_t)words->len);
}

static bool is_taken(const struct client *client, const char *nick)
{
    struct client *other = NULL;
    while ((other = server_next(client->server, other))) {
        if (other != client && strcmp(member_of(other)->nick, nick) == 0)
            return true;
    }
    return false;
}

static void rename_member(struct room *room, struct client *client, const char *nick, size_t len,
                          struct words *words)
{
    struct member *member = member_of(client);
    char wanted[NICK_MAX], both[3 * NICK_MAX];
    if (!nick_is_good(nick, len)) {
        tell(client, words, "a name is 1 to 32 octets without blanks and ':'");
        return;
    }
    snprintf(wanted, sizeof wanted, "%.*s", (int)len, nick);
    if (is_taken(client, wanted)) {
        tell(client, words, "that name is taken");
        return;
    }
    snprintf(both, sizeof both, "%s is called %s now", member->nick, wanted);
    memcpy(member->nick, wanted, sizeof wanted);
    if (member->announced) {
        put_together(words, "* ", both, "\n");
        say(room, client->server, client, words);
    }
    announce(room, client, words);
    snprintf(both, sizeof both, "you are called %s", wanted);
    tell(client, words, both);
}

/* Who is here, a line each. */
static void tell_who(struct client *client, struct words *words)
{
    struct client *other = NULL;
    while ((other = server_next(client->server, other)) && !client->gone)
        tell(client, words, member_of(other)->nick);
}

/* false: what it says goes faster than somebody hears it */
static bool say_line(struct room *room, struct client *client, const uint8_t *line, size_t len)
{
    struct member *member = member_of(client);
    struct words words;
    while (len > 0 && line[len - 1] == '\r')
        len--;
    if (len >= 6 && memcmp(line, "/nick ", 6) == 0) {
        rename_member(room, client, (const char *)line + 6, len - 6, &words);
        return true;
    }
    announce(room, client, &words);
    if (client->gone) /* to speak may drop who does not hear, the speaker among them */
        return true;
    if (len == 4 && memcmp(line, "/who", 4) == 0) {
        tell_who(client, &words);
        return true;
    }
    put_together(&words, member->nick, ": ", "");
    append_spelt(&words, line, len);
    return !say(room, client->server, client, &words);
}

static bool keep(struct member *member, const uint8_t *octets, size_t len)
{
    size_t room = member->room ? member->room : FIRST_ROOM;
    while (room < member->len + len)
        room *= 2;
    if (room > member->room) {
        uint8_t *line = realloc(member->line, room);
        if (!line)
            return false;
        member->line = line;
        member->room = room;
    }
    memcpy(member->line + member->len, octets, len);
    member->len += len;
    return true;
}

/* Passes on what was kept. */
static bool end_line(struct room *room, struct client *client)
{
    struct member *member = member_of(client);
    size_t len = member->len;
    member->len = 0;
    return len == 0 || say_line(room, client, member->line, len);
}

bool room_opened(struct room *room, struct client *client)
{
    struct member *member = calloc(1, sizeof *member);
    (void)room;
    client->of = member;
    if (member)
        snprintf(member->nick, sizeof member->nick, "guest%u", client->number);
    else
        client_drop(client, ENOMEM);
    return member;
}

static void hush(struct room *room, struct client *client)
{
    if (client->gone || member_of(client)->hushed)
        return;
    member_of(client)->hushed = true;
    room->hushed++;
    client_hush(client, true);
}

bool room_came(struct room *room, struct client *client, const uint8_t *octets, uint32_t len)
{
    struct member *member = member_of(client);
    bool heard = true;
    while (len > 0 && !client->gone) {
        const uint8_t *end = memchr(octets, '\n', len);
        size_t part = end ? (size_t)(end - octets) : len, free_room = ROOM_LINE_MOST - member->len;
        bool whole = end && part <= free_room;
        part = part < free_room ? part : free_room;
        if (!keep(member, octets, part))
            return false;
        part += whole;
        octets += part;
        len -= (uint32_t)part;
        if (whole || member->len == ROOM_LINE_MOST)
            heard = end_line(room, client) && heard;
    }
    if (client->gone)
        return true;
    client_unfinished(client, member->len > 0);
    if (!heard)
        hush(room, client);
    return true;
}

void room_quiet(struct room *room, struct client *client)
{
    if (!end_line(room, client))
        hush(room, client);
}

bool room_ended(struct room *room, struct client *client)
{
    end_line(room, client);
    return false;
}

void room_closed(struct room *room, struct client *client)
{
    struct member *member = member_of(client);
    if (!member)
        return;
    room->hushed -= member->hushed;
    member->next = room->leaving;
    room->leaving = member;
    client->of = NULL;
    if (!room->saying)
        say_leaving(room, client->server);
}

/* Drops who hears nothing; is somebody far behind still? */
static bool anybody_behind(struct server *server)
{
    bool behind = false;
    struct client *other = NULL;
    while ((other = server_next(server, other))) {
        if (client_kept(other) < BEHIND)
            continue;
        if (client_stalled_ms(other) >= PATIENCE_MS)
            client_drop(other, ENOBUFS);
        else
            behind = true;
    }
    return behind;
}

void room_tick(struct room *room, struct server *server)
{
    struct client *other = NULL;
    if (room->hushed == 0 || anybody_behind(server))
        return;
    while ((other = server_next(server, other))) {
        if (!member_of(other)->hushed)
            continue;
        member_of(other)->hushed = false;
        client_hush(other, false);
    }
    room->hushed = 0;
}
