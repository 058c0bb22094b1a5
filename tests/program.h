/*
 * The program as others meet it: run beside the test, written to, and what it prints awaited.
 */
#ifndef TESTS_PROGRAM_H
#define TESTS_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct ran_program {
    pid_t process;
    int in, out; /* ours of its standard input and output; -1: closed */
    char *said;  /* what it has printed so far, standard error included */
    size_t len;
};

/* Begins `tcpstep` with arguments as sh would read them; on a terminal of its own, or with pipes.
 */
void program_start(struct ran_program *program, const char *arguments);
void program_start_on_terminal(struct ran_program *program, const char *arguments);

/* Waits until it has printed this, behind what it had printed when this was awaited last. */
void program_await(struct ran_program *program, const char *text);
/* The port of 127.0.0.1 that it says it listens at. */
uint16_t program_port(struct ran_program *program);

void program_type(struct ran_program *program, const char *text);
/* Its input ends. */
void program_close_input(struct ran_program *program);
void program_signal(struct ran_program *program, int signal);

/* Waits for its end; the exit status, as a shell has it. */
int program_end(struct ran_program *program);
void program_free(struct ran_program *program);

#endif
