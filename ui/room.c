/*
 * The room's members and their lines. A member who talks faster than another one hears is not read
 * from until that one has caught up, or is dropped because it hears nothing at all.
 */
#include "ui/room.h"

#include "ui/escape.h"

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

/* Text that is put together, to be said at once: a call for each line would be slow. */
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
        uint32_t code;
        if (octet <= ' ' || octet == 0x7f || octet == ':')
            return false;
        if (utf8_decode((const uint8_t *)nick + i, len - i, &code) > 0 && !is_printable(code))
            return false; /* nobody could tell it from another one's */
    }
    return true;
}

static struct member *member_of(const struct client *client)
{
    return client->of;
}

static void put_together(struct words *words, const char *a, const char *b, const char *c)
{
    size_t room = sizeof words->text - words->len;
    int len = snprintf(words->text + words->len, room, "%s%s%s", a, b, c);
    words->len += (size_t)len < room ? (size_t)len : room - 1;
}

static bool is_utf8(const uint8_t *octets, size_t len)
{
    uint32_t code;
    for (size_t i = 0, taken; i < len; i += taken) {
        taken = utf8_decode(octets + i, len - i, &code);
        if (taken == 0)
            return false;
    }
    return true;
}

static bool is_control(const uint8_t *octets, size_t at, bool utf8)
{
    uint8_t octet = octets[at];
    if (utf8 && octet == 0xc2 && octets[at + 1] < 0xa0)
        return true;
    if (utf8 && at > 0 && octets[at - 1] == 0xc2 && octet < 0xa0)
        return true;
    return (octet < ' ' && octet != '\t') || octet == 0x7f;
}

/* Octets of a member. In no encoding that people write in (but the ISO 2022 family) is a control
 * octet a part of a character; it would only play with the others' terminals. So would those of two
 * octets in UTF-8, which in GBK and Big5 may be characters: the whole line says which it is. */
static void append_spelt(struct words *words, const uint8_t *octets, size_t len)
{
    bool utf8 = is_utf8(octets, len);
    for (size_t i = 0; i < len; i++) {
        char *at = words->text + words->len;
        if (is_control(octets, i, utf8)) {
            words->len += (size_t)snprintf(at, 5, "\\x%02x", octets[i]);
        } else {
            at[0] = (char)octets[i];
            words->len++;
        }
    }
    words->text[words->len++] = '\n';
}

/* To all but one; NULL: to all. */
static void say_to_others(struct room *room, struct server *server, const struct client *speaker,
                          struct words *words)
{
    struct client *other = NULL;
    while ((other = server_next(server, other))) {
        if (other == speaker)
            continue;
        client_send(other, words->text, (uint32_t)words->len);
        if (!other->gone && client_kept(other) >= BEHIND)
            room->behind = true;
    }
    words->len = 0;
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
    words.len = 0;
    room->saying = true;
    while (room->leaving) {
        struct member *member = room->leaving;
        room->leaving = member->next;
        if (member->announced) {
            put_together(&words, "* ", member->nick, " has gone\n");
            say_to_others(room, server, NULL, &words);
        }
        free_member(member);
    }
    room->saying = false;
}

/* Says what is put together. It may drop who does not hear, the speaker among them. */
static void say(struct room *room, const struct client *speaker, struct words *words)
{
    struct server *server = speaker->server;
    if (words->len == 0)
        return;
    room->saying = true;
    say_to_others(room, server, speaker, words);
    room->saying = false;
    if (room->leaving)
        say_leaving(room, server);
}

static void announce(struct client *client, struct words *words)
{
    if (client->gone || member_of(client)->announced)
        return;
    member_of(client)->announced = true;
    put_together(words, "* ", member_of(client)->nick, " has come\n");
}

static void tell(struct client *client, const char *what)
{
    char line[4 * NICK_MAX];
    int len = snprintf(line, sizeof line, "* %s\n", what);
    client_send(client, line, (uint32_t)len);
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

static void rename_member(struct client *client, const char *nick, size_t len, struct words *words)
{
    struct member *member = member_of(client);
    char wanted[NICK_MAX], both[3 * NICK_MAX];
    if (!nick_is_good(nick, len)) {
        tell(client, "a name is 1 to 32 octets without blanks and ':'");
        return;
    }
    snprintf(wanted, sizeof wanted, "%.*s", (int)len, nick);
    if (is_taken(client, wanted)) {
        tell(client, "that name is taken");
        return;
    }
    snprintf(both, sizeof both, "%s is called %s now", member->nick, wanted);
    memcpy(member->nick, wanted, sizeof wanted);
    if (member->announced)
        put_together(words, "* ", both, "\n");
    announce(client, words);
    snprintf(both, sizeof both, "you are called %s", wanted);
    tell(client, both);
}

/* Who is here, a line each. */
static void tell_who(struct client *client)
{
    struct client *other = NULL;
    while ((other = server_next(client->server, other)) && !client->gone)
        tell(client, member_of(other)->nick);
}

static bool has_room(const struct words *words, size_t len)
{
    return words->len + 4 * len + 4 * NICK_MAX < sizeof words->text;
}

static void take_line(struct room *room, struct client *client, const uint8_t *line, size_t len,
                      struct words *words)
{
    while (len > 0 && line[len - 1] == '\r')
        len--;
    if (!has_room(words, len))
        say(room, client, words);
    if (client->gone)
        return;
    if (len >= 6 && memcmp(line, "/nick ", 6) == 0) {
        rename_member(client, (const char *)line + 6, len - 6, words);
        return;
    }
    announce(client, words);
    if (len == 4 && memcmp(line, "/who", 4) == 0) {
        tell_who(client);
        return;
    }
    put_together(words, member_of(client)->nick, ": ", "");
    append_spelt(words, line, len);
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

/* What was kept is a line. */
static void end_line(struct room *room, struct client *client, struct words *words)
{
    struct member *member = member_of(client);
    size_t len = member->len;
    member->len = 0;
    if (len > 0)
        take_line(room, client, member->line, len, words);
}

bool room_opened(struct room *room, struct client *client)
{
    struct member *member = calloc(1, sizeof *member);
    unsigned number = client->number;
    (void)room;
    client->of = member;
    if (!member) {
        client_drop(client, ENOMEM);
        return false;
    }
    do {
        snprintf(member->nick, sizeof member->nick, "guest%u", number++);
    } while (is_taken(client, member->nick));
    return true;
}

static void hush(struct room *room, struct client *client)
{
    if (client->gone || member_of(client)->hushed)
        return;
    member_of(client)->hushed = true;
    room->hushed++;
    client_hush(client, true);
}

/* Says it, and makes the speaker wait where somebody is far behind. */
static void say_all(struct room *room, struct client *client, struct words *words)
{
    if (!client->gone)
        say(room, client, words);
    if (room->behind)
        hush(room, client);
    room->behind = false;
}

bool room_came(struct room *room, struct client *client, const uint8_t *octets, uint32_t len)
{
    struct member *member = member_of(client);
    struct words words;
    words.len = 0;
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
            end_line(room, client, &words);
    }
    say_all(room, client, &words);
    if (!client->gone)
        client_unfinished(client, member->len > 0);
    return true;
}

void room_quiet(struct room *room, struct client *client)
{
    struct words words;
    words.len = 0;
    end_line(room, client, &words);
    say_all(room, client, &words);
}

bool room_ended(struct room *room, struct client *client)
{
    if (member_of(client)->len > 0)
        room_quiet(room, client);
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
