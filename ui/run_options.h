/*
 * The options that every command which runs a lab shares.
 */
#ifndef UI_RUN_OPTIONS_H
#define UI_RUN_OPTIONS_H

#include "net/session.h"
#include "ui/args.h"
#include "ui/labs.h"
#include "ui/profile.h"

enum run_option {
    RUN_OPTION_ON,
    RUN_OPTION_PROFILE,
    RUN_OPTION_SEED,
    RUN_OPTION_IPV6,
    RUN_OPTION_COUNT
};

/* In the order of enum run_option. */
#define RUN_OPTIONS                                                                                \
    { "on", "LANES", N_("model, kernel, both (default), loopback, or A=model,B=kernel") },         \
        { "profile", "NAME", PROFILE_HELP },                                                       \
        { "seed", "N", N_("of the model's random numbers (default: 1)") },                         \
    {                                                                                              \
        "ipv6", NULL, N_("hosts have addresses of IPv6 (not on loopback)")                         \
    }

struct run_options {
    const char *lanes; /* as it was said */
    bool on[LANE_COUNT];
    bool model[LAB_HOSTS_MAX]; /* on LANE_MIXED: the model's hosts */
    enum session_join join;
    uint8_t family;
    bool said;           /* the lanes were asked for: to run on others would not do */
    const char *profile; /* as it was said; NULL: it wasn't */
    uint64_t seed;
    bool keep_text; /* a capture is to be written */
};

void run_options_init(struct run_options *run);

/* Takes option `index` of RUN_OPTIONS. False: a complaint was printed. */
bool run_options_take(struct run_options *run, size_t index, const char *value);

/* Takes what stands behind --on, which must outlive it. False, and nothing changed: it is no lane.
 */
bool run_options_lanes(struct run_options *run, const char *value);

/* Opens a session; NULL: *error says what could not be had. */
struct session *run_options_open(const struct run_options *run, const struct lab *lab,
                                 struct net_error *error);

/* Says so, and what can be done; returns the exit status. */
int run_options_complain(const struct net_error *error);

#endif
