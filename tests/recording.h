/*
 * A world's events as text, with all that they say, so that two runs can be compared octet by
 * octet; and random commands to run.
 */
#ifndef TESTS_RECORDING_H
#define TESTS_RECORDING_H

#include "sim/world.h"

struct recording {
    char *text; /* a line an event; NULL as long as there is none */
    size_t len, room;
    uint32_t last_id; /* of the last segment sent or copied */
    unsigned failed;  /* calls that returned an error */
};

/* The sink writes into the recording, which must outlive it; free(recording->text) in the end. */
struct sink recording_sink(struct recording *recording);

/* xorshift: the tests' own random numbers. *state must not be 0. */
uint64_t random_next(uint64_t *state);

enum {
    OPENING_COMMANDS = 9
};

/* A connects its descriptor 3 to B's port 80, where B accepts it as its 4. */
size_t opening_commands(struct command commands[OPENING_COMMANDS]);

/*
 * A command such as a careless program and a bad wire might give after that: mostly text both
 * ways, any other call, any act on a segment, and many steps. `octets` (at least 64) stand behind
 * the texts that are sent.
 */
struct command random_command(uint64_t *state, const struct recording *recording,
                              const uint8_t *octets);

#endif
