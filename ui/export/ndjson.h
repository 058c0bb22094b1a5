/*
 * The trace as newline-delimited JSON: the public format of docs/trace.md.
 */
#ifndef UI_EXPORT_NDJSON_H
#define UI_EXPORT_NDJSON_H

#include "net/trace.h"
#include "sim/profile.h"

#include <stdio.h>

struct ndjson {
    size_t written; /* events of the trace that are done */
};

/* The first line: what run this is. Of the trace its lanes; NULL: they are not to be told. */
bool ndjson_head(const char *lab, const char *lanes, const struct profile *profile, uint64_t seed,
                 const struct trace *trace, FILE *to);

/* Writes the events that have come since. False: memory or the file gave out. */
bool ndjson_write(struct ndjson *out, const struct trace *trace, FILE *to);

#endif
