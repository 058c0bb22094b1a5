/*
 * A captured connection replayed: each end is a host of the model, which gets what arrived there;
 * its program's calls are inferred from what the captured host sent. What the model makes of it
 * are the states and rules of the captured ends, as far as they were seen.
 *
 * The model's clock stands still: no timer of the model claims anything about a captured host.
 */
#ifndef NET_CAPTURE_REPLAY_H
#define NET_CAPTURE_REPLAY_H

#include "net/capture_flow.h"
#include "net/trace.h"

/* Adds what happened on the connection to the trace, as LANE_KERNEL: the segments (the id of each
 * is its place in flow->seen, from 1; the step its packet's number), states and rules by inference,
 * EV_DIFFERS where a host did not as the model, EV_SAY for what is not known. end_usec: when the
 * capture ends. False: out of memory. */
bool flow_replay(const struct flow *flow, uint64_t end_usec, struct trace *trace);

#endif
