/*
 * A room in which people talk: what one says, all others hear, line by line, with his name in front
 * of it. docs/protocol.md says what goes over the wire.
 */
#ifndef UI_ROOM_H
#define UI_ROOM_H

#include "net/server.h"

#include <stddef.h>

enum {
    NICK_MAX = 33,         /* octets, with the final NUL */
    ROOM_LINE_MOST = 16384 /* of a longer line so much at a time is passed on */
};

struct member;

struct room {
    struct member *leaving; /* whose going is still to be said */
    bool saying;
    bool behind;     /* somebody was far behind when something was said last */
    unsigned hushed; /* speakers who wait until the others have heard them */
};

/* May it be a name in a room: neither blank nor control, no ':', no '/' or '*' in front? */
bool nick_is_good(const char *nick, size_t len);

/* What a service does (net/server.h), for a room of the server. */
bool room_opened(struct room *room, struct client *client);
bool room_came(struct room *room, struct client *client, const uint8_t *octets, uint32_t len);
bool room_ended(struct room *room, struct client *client);
void room_quiet(struct room *room, struct client *client);
void room_closed(struct room *room, struct client *client);
void room_tick(struct room *room, struct server *server);

#endif
