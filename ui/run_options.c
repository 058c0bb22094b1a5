/*
 * --on, --profile, --seed.
 */
#include "ui/run_options.h"

#include "ui/complain.h"

#include <string.h>

void run_options_init(struct run_options *run)
{
    *run = (struct run_options){ .lanes = "both", .on = { true, true }, .seed = 1 };
}

static bool take_lanes(struct run_options *run, const char *value)
{
    bool both = strcmp(value, "both") == 0;
    run->on[LANE_MODEL] = both || strcmp(value, "model") == 0;
    run->on[LANE_KERNEL] = both || strcmp(value, "kernel") == 0;
    run->lanes = value;
    run->said = true;
    if (run->on[LANE_MODEL] || run->on[LANE_KERNEL])
        return true;
    complain("--on: '%s' is not a lane; it is model, kernel or both", value);
    return false;
}

bool run_options_take(struct run_options *run, size_t index, const char *value)
{
    if (index == 0)
        return take_lanes(run, value);
    struct profile ignored;
    if (index == 1) {
        run->profile = value;
        return profile_said(value, &ignored);
    }
    return arg_number("seed", value, 0, INT64_MAX, &run->seed);
}

struct session *run_options_open(const struct run_options *run, const struct lab *lab,
                                 struct net_error *error)
{
    struct session_setup setup = { .lab = lab,
                                   .on = { run->on[LANE_MODEL], run->on[LANE_KERNEL] },
                                   .kernel_if_allowed = !run->said,
                                   .profile = run->profile,
                                   .seed = run->seed };
    return session_open(&setup, error);
}

int run_options_complain(const struct net_error *error)
{
    complain("%s: %s; '--on model' needs nothing of this machine", error->operation,
             strerror(error->err));
    return STATUS_NOT_ALLOWED;
}
