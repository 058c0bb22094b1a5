/*
 * The trace as a capture that Wireshark opens: pcapng, draft-ietf-opsawg-pcapng.
 *
 * Each segment stands once, at the time it was sent; what became of it, the rule its receiver took
 * and the lab's sentences about it are its comments. Calls and timers are left to the trace.
 */
#ifndef UI_EXPORT_PCAPNG_H
#define UI_EXPORT_PCAPNG_H

#include "net/trace.h"
#include "sim/lab.h"
#include "sim/profile.h"

#include <stdio.h>

struct pcapng_about {
    const char *title; /* what the file is a capture of */
    const struct lab *lab;
    const struct profile *profile; /* of the model: the order of its options is */
};

/* Writes the whole trace. False: memory or the file gave out. */
bool pcapng_write(const struct trace *trace, const struct pcapng_about *about, FILE *to);

#endif
