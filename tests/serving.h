/*
 * Programs that run beside a test: started with their words, asked where they listen, ended; and
 * connections to them, with something in between that can hold, cut or spoil what passes.
 */
#ifndef TESTS_SERVING_H
#define TESTS_SERVING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct serving {
    pid_t pid;
    int out;       /* what it prints */
    unsigned port; /* 0: it does not listen */
};

/* Starts $TCPSTEP with these words, ended by NULL; with `listens`, waits until it says where. */
struct serving serving_begin(const char *const *words, bool listens);
/* Sends it a signal, 0: none, and waits for its end. Its status, as a shell has it. */
int serving_end(struct serving *serving, int signal);

/* A connection to 127.0.0.1, on which reads give up after a few seconds. */
int dial(unsigned port);
/* Reads until the peer ends, `room` octets at most, and closes. The number read. */
size_t hear(int fd, char *into, size_t room);
/* Both: sends the text and reads what is answered, with a final NUL. */
size_t ask(unsigned port, const char *text, char *into, size_t room);

/* A listening socket on 127.0.0.1; *port is the kernel's choice. */
int listen_here(unsigned *port);

/* What becomes of the answers that pass a relay. */
struct relay {
    uint64_t most;  /* octets that pass; then nothing does */
    uint64_t spoil; /* the octet of this number is changed; 0: none */
    uint64_t passed;
    int client, server;
};

/* Takes one connection from the listener, makes one to the port, and passes on what comes until
 * `most` octets of answers have passed or one of them ends. Both stay open. */
void relay_run(struct relay *relay, int listener, unsigned port);
void relay_close(struct relay *relay);

#endif
