/*
 * The inside of a fetch, for fetch.c (connection and octets) and fetch_answer.c (what they mean).
 */
#ifndef NET_FETCH_PARTS_H
#define NET_FETCH_PARTS_H

#include "net/fetch.h"

/* fetch.c */
void fetch_fail(struct fetch *fetch, enum fetch_fault fault);
/* The same with an error of the socket or of the file. */
void fetch_fail_with(struct fetch *fetch, enum fetch_fault fault, const char *operation, int err);
/* It is over, and good. */
void fetch_done(struct fetch *fetch);

/* fetch_answer.c */
/* The request that comes first; its octets stand in fetch->out. false: out of memory. */
bool fetch_ask(struct fetch *fetch);
/* A head is there, `len` octets of it. */
void fetch_take_head(struct fetch *fetch, size_t len);
/* All of the body has come: the digest is waited for, or it is over. */
void fetch_body_over(struct fetch *fetch);
/* Octets of the digest's answer. */
void fetch_take_digest(struct fetch *fetch);

#endif
