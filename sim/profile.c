/*
 * The profiles. `rfc` is RFC 9293 with its companions' figures; where deployed stacks agree on
 * something else than the letter, practice is on and the switch says so.
 */
#include "sim/profile.h"

#include <string.h>

#define SECONDS(n) ((uint64_t)(n)*1000000)

const struct profile tcp_profiles[] = {
    {
        .name = "rfc",
        .says = "RFC 9293 and RFC 6298: MSL 2 minutes, RTO from 1 s",
        .two_msl_usec = SECONDS(240),
        .rto_initial_usec = SECONDS(1),
        .rto_min_usec = SECONDS(1),
        .rto_max_usec = SECONDS(60),
        .rto_syn_lost_usec = SECONDS(3),
        .user_timeout_usec = SECONDS(300),
        .user_timeout_syn_usec = SECONDS(300),
        .mss = 1460,
        .time_wait_restarts = true,
        .early_syn_ack = true,
        .window_edges = true,
        .ack_is_bounded = true,
    },
    {
        .name = "linux",
        .says = "the timers of Linux: TIME-WAIT 60 s, RTO from 200 ms",
        .two_msl_usec = SECONDS(60),
        .rto_initial_usec = SECONDS(1),
        .rto_min_usec = 200000,
        .rto_max_usec = SECONDS(120),
        .rto_syn_lost_usec = SECONDS(3),
        .user_timeout_usec = SECONDS(924),
        .user_timeout_syn_usec = SECONDS(127),
        .mss = 1460,
        .time_wait_restarts = true,
        .early_syn_ack = true,
        .window_edges = true,
        .ack_is_bounded = true,
    },
};

const size_t tcp_profile_count = sizeof tcp_profiles / sizeof tcp_profiles[0];

const struct profile *profile_find(const char *name)
{
    for (size_t i = 0; i < tcp_profile_count; i++) {
        if (strcmp(tcp_profiles[i].name, name) == 0)
            return &tcp_profiles[i];
    }
    return NULL;
}
