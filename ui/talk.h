/*
 * What connect and chat have in common: one connection, called for or waited for, a person or a
 * pipe on the other side of it, and neither waits for the other. What one side does not take yet
 * stops the reading of the other, so that memory stays bounded.
 */
#ifndef UI_TALK_H
#define UI_TALK_H

#include "net/dial.h"
#include "net/stream.h"
#include "ui/charset.h"
#include "ui/inlet.h"
#include "ui/outlet.h"
#include "ui/program.h"

struct talk;

/* Whom it tells. */
struct talk_user {
    void (*connected)(struct talk *talk);
    void (*came)(struct talk *talk, const uint8_t *octets, uint32_t len);
    void (*peer_ended)(struct talk *talk);
    void (*typed)(struct talk *talk, const uint8_t *octets, size_t len);
    void (*input_over)(struct talk *talk);
    /* Before each wait; returns how long that may be, in ms, -1: for ever. */
    int (*tick)(struct talk *talk);
};

struct talk_setup {
    struct program_wishes wishes;
    struct dial_setup dial; /* dial.to: whom to call */
    bool listens;           /* instead: wait for one who calls here */
    struct names at;        /* where */
    const char *encoding;   /* the peer's; NULL: UTF-8 */
    const struct talk_user *user;
    void *of;
};

struct talk_listener {
    struct source source; /* fd -1: closed */
    struct talk *talk;
};

struct talk {
    const struct talk_setup *setup;
    void *of;
    struct program program;
    struct dial dial;
    int failed[NAMES_MAX]; /* errno of each address that did not answer */
    struct talk_listener listeners[NAMES_MAX];
    unsigned listener_count;
    struct stream stream; /* once connected */
    bool connected;
    bool holds_input; /* what is typed is not read for the moment: it is not our turn */
    bool finished;    /* its user wants no more */
    bool interactive; /* a person types */
    bool on_terminal; /* what is shown is shown on a terminal */
    struct inlet inlet;
    struct outlet outlet;
    struct charset charset;
    int status;
};

/* Talks until both sides have ended, or it can't go on: the exit status. */
int talk_run(struct talk *talk, const struct talk_setup *setup);

/* Octets to the peer, as they are; and text, in its encoding. */
void talk_send(struct talk *talk, const void *octets, size_t len);
void talk_say(struct talk *talk, const void *text, size_t len);
/* We say no more: FIN, behind all that was said. */
void talk_end(struct talk *talk);

/* For struct charset_to: text for the terminal. `to` is the talk. */
void talk_put(void *to, const char *text, size_t len);

/* "PORT" or "HOST:PORT" as an end of our own to bind to: without a host it is any. False: a
 * complaint was printed. */
bool talk_find_own(const char *text, struct names *names);

#endif
