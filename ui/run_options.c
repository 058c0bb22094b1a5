/*
 * --on, --profile, --seed.
 */
#include "ui/run_options.h"

#include "ui/complain.h"
#include "ui/text.h"

#include <string.h>

void run_options_init(struct run_options *run)
{
    *run = (struct run_options){ .lanes = "both", .on = { true, true }, .seed = 1 };
}

/* "A=model,B=kernel": each host once. False: it is not of that form. */
static bool take_mixed(struct run_options *run, const char *value)
{
    unsigned said = 0;
    memset(run->model, 0, sizeof run->model);
    while (*value) {
        unsigned host = (unsigned)(*value - 'A');
        const char *kind = value + 2;
        size_t len = strcspn(value, ",");
        bool model = len == strlen("A=model") && strncmp(kind, "model", 5) == 0;
        bool kernel = len == strlen("A=kernel") && strncmp(kind, "kernel", 6) == 0;
        if (host >= LAB_HOSTS_MAX || value[1] != '=' || !(model || kernel) || said & 1u << host)
            return false;
        said |= 1u << host;
        run->model[host] = model;
        value += len + (value[len] == ',');
    }
    return said == (1u << LAB_HOSTS_MAX) - 1;
}

static bool all_are(const struct run_options *run, bool model)
{
    for (unsigned i = 0; i < LAB_HOSTS_MAX; i++) {
        if (run->model[i] != model)
            return false;
    }
    return true;
}

bool run_options_lanes(struct run_options *run, const char *value)
{
    struct run_options before = *run;
    bool both = strcmp(value, "both") == 0, loopback = strcmp(value, "loopback") == 0;
    bool mixed = take_mixed(run, value);
    run->on[LANE_MODEL] = both || strcmp(value, "model") == 0 || (mixed && all_are(run, true));
    run->on[LANE_KERNEL] =
        both || loopback || strcmp(value, "kernel") == 0 || (mixed && all_are(run, false));
    run->on[LANE_MIXED] = mixed && !run->on[LANE_MODEL] && !run->on[LANE_KERNEL];
    run->join = loopback ? SESSION_ON_LOOPBACK : SESSION_ON_WIRE_IF_ALLOWED;
    run->lanes = value;
    run->said = true;
    if (mixed || run->on[LANE_MODEL] || run->on[LANE_KERNEL])
        return true;
    *run = before;
    return false;
}

static bool take_lanes(struct run_options *run, const char *value)
{
    if (run_options_lanes(run, value))
        return true;
    complain(
        _("--on: '%s' is no lane; it is model, kernel, both, loopback, or each host by its own, "
          "as A=model,B=kernel"),
        value);
    return false;
}

bool run_options_take(struct run_options *run, size_t index, const char *value)
{
    struct profile ignored;
    switch ((enum run_option)index) {
    case RUN_OPTION_ON:
        return take_lanes(run, value);
    case RUN_OPTION_PROFILE:
        run->profile = value;
        return profile_said(value, &ignored);
    case RUN_OPTION_SEED:
        return arg_number("seed", value, 0, INT64_MAX, &run->seed);
    case RUN_OPTION_IPV6:
        run->family = 6;
        return true;
    case RUN_OPTION_COUNT:
        break;
    }
    return false;
}

struct session *run_options_open(const struct run_options *run, const struct lab *lab,
                                 struct net_error *error)
{
    struct session_setup setup = { .lab = lab,
                                   .kernel_if_allowed = !run->said,
                                   .join = run->join,
                                   .family = run->family,
                                   .profile = run->profile,
                                   .seed = run->seed,
                                   .keep_text = run->keep_text };
    memcpy(setup.on, run->on, sizeof setup.on);
    memcpy(setup.model, run->model, sizeof setup.model);
    return session_open(&setup, error);
}

int run_options_complain(const struct net_error *error)
{
    complain(_("%s: %s; '--on model' needs nothing of this machine"), error->operation,
             strerror(error->err));
    return STATUS_NOT_ALLOWED;
}
