/*
 * Random scenarios as the text of a lab, each from its seed; and how one that shows something is
 * made as short as it can be and still show it.
 */
#ifndef TESTS_SCENARIO_H
#define TESTS_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SCENARIO_LEN_MAX = 32768 /* octets, the final NUL included */
};

/* Writes the scenario of a seed, which lab_read() takes; returns text. `small_buffers`: some are so
 * small that what comes fills them. How much that is, each kernel counts in memory, its own way. */
char *scenario_write(uint64_t seed, bool small_buffers, char text[static SCENARIO_LEN_MAX]);

/* Makes the wire of a scenario slower by so much: all that happens is the same, at other times. */
void scenario_slow_down(char text[static SCENARIO_LEN_MAX], unsigned msec);

/* Does a lab show what is looked for? */
typedef bool scenario_shows(const char *text, void *with);

/* Takes lines out of a scenario that shows something as long as it shows it, and then octets out of
 * what they send; what is no lab any more is not tried. Returns how many were tried. */
unsigned scenario_reduce(char text[static SCENARIO_LEN_MAX], scenario_shows *shows, void *with);

/* How many lines it has behind the heading. */
unsigned scenario_lines(const char *text);

#endif
