/*
 * The model's lane: a world and its journal behind the interface of net/lane.h.
 */
#ifndef NET_MODEL_LANE_H
#define NET_MODEL_LANE_H

#include "net/lane.h"
#include "sim/world.h"

/* NULL where memory runs out. */
struct lane *model_lane_open(const struct sink *sink, const struct world_setup *setup);

/* The world, to look at. */
const struct world *model_lane_world(const struct lane *lane);

#endif
