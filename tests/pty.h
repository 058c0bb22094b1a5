/*
 * A terminal that is only counted: what ui/tui/screen.c writes to it for each drawing, and the time
 * that takes. The drawing is done in a child, whose standard input and output the terminal is.
 */
#ifndef TESTS_PTY_H
#define TESTS_PTY_H

#include "ui/tui/screen.h"

enum {
    PTY_FRAMES_MAX = 1024
};

struct pty_frame {
    uint64_t octets; /* written to the terminal */
    double seconds;  /* of CPU time, for all that `draw` did */
};

/* What draws frame i, from 0 on; `to` is what the caller gave. In the child: _exit(1) where it
 * fails. */
typedef void pty_draw(void *to, struct screen *screen, unsigned i);

/* Opens a terminal of that size, of 256 colours, and draws `count` frames on it. False: there is no
 * terminal to be had, or the child has not come to its end. */
bool pty_count(int width, int height, unsigned count, pty_draw *draw, void *to,
               struct pty_frame *frames);

#endif
