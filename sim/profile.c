/*
 * The profiles. `rfc` is RFC 9293 with its companions' figures; where deployed stacks agree on
 * something else than the letter, practice is on and the switch says so.
 */
#include "sim/profile.h"

#include <string.h>

#define MSEC(n)    ((uint64_t)(n)*1000)
#define SECONDS(n) ((uint64_t)(n)*1000000)

const struct profile tcp_profiles[] = {
    {
        .name = "rfc",
        .says = "RFC 9293 and RFC 6298: MSL 2 minutes, RTO from 1 s",
        .set = {
            .two_msl_usec = SECONDS(240),
            .rto_initial_usec = SECONDS(1),
            .rto_min_usec = SECONDS(1),
            .rto_max_usec = SECONDS(60),
            .rto_syn_lost_usec = SECONDS(3),
            .user_timeout_usec = SECONDS(300),
            .user_timeout_syn_usec = SECONDS(300),
            .ack_delay_usec = MSEC(200),
            .override_usec = MSEC(500),
            .keep_idle_usec = SECONDS(7200),
            .keep_interval_usec = SECONDS(75),
            .snd_buffer = 65535,
            .rcv_buffer = 65535,
            .rcv_buffer_max = 65535,
            .mss = 1460,
            .ts_tick_usec = 1000,
            .initial_window = 10,
            .slow_start_most = 1,
            .quick_acks = 16,
            .keep_probes = 9,
            .dup_acks = 3,
            .burst_min = 1,
            .option_order = ORDER_RFC,
            .nagle = true,
            .congestion_control = true,
            .restart_after_idle = true,
            .time_wait_restarts = true,
            .early_syn_ack = true,
            .window_edges = true,
            .ack_is_bounded = true,
            .drop_no_timestamp = true,
            .time_wait_reuse = true,
        },
    },
    {
        .name = "linux",
        .says = "as Linux does it: TIME-WAIT 60 s, RTO from 200 ms, SACK, timestamps",
        .set = {
            .two_msl_usec = SECONDS(60),
            .rto_initial_usec = SECONDS(1),
            .rto_min_usec = MSEC(200),
            .rto_max_usec = SECONDS(120),
            .rto_spread_min_usec = MSEC(200),
            .rto_syn_lost_usec = SECONDS(3),
            .user_timeout_usec = SECONDS(924),
            .user_timeout_syn_usec = SECONDS(127),
            .fin_wait_2_usec = SECONDS(60),
            .ack_delay_usec = MSEC(40),
            .fin_ack_delay_usec = MSEC(2),
            .keep_idle_usec = SECONDS(7200),
            .keep_interval_usec = SECONDS(75),
            .invalid_pause_usec = MSEC(500),
            .snd_buffer = 2626560,
            .rcv_buffer = 131072,
            .rcv_buffer_max = 6291456,
            .challenge_acks = 1000,
            .mss = 1460,
            .ts_tick_usec = 1000,
            .initial_window = 10,
            .quick_acks = 16,
            .keep_probes = 9,
            .syns_lost = 1,
            .dup_acks = 3,
            .burst_min = 2,
            .option_order = ORDER_LINUX,
            .window_scaling = true,
            .sack = true,
            .timestamps = true,
            .nagle = true,
            .nagle_minshall = true,
            .congestion_control = true,
            .cwnd_is_validated = true,
            .cwnd_by_segments = true,
            .cwnd_in_proportion = true,
            .halves_cwnd = true,
            .restart_after_idle = true,
            .syn_cookies = true,
            .cookie_stamps = true,
            .time_wait_restarts = true,
            .syn_again = true,
            .early_syn_ack = true,
            .window_edges = true,
            .ack_is_bounded = true,
            .reset_has_ack = true,
            .more_is_brief = true,
            .more_unpushes = true,
            .shutdown_waits = true,
            .late_reset_told = true,
            .reset_behind_fin = true,
            .last_reset_told = true,
            .loss_by_time = true,
            .segments_stay = true,
            .small_is_pushed = true,
            .orphans_reset = true,
            .gap_is_text = true,
            .window_from_acked = true,
            .old_acks_pass = true,
            .fin_is_sacked = true,
            .fin_sacked_again = true,
            .sack_outlasts_rto = true,
            .probe_is_old = true,
            .buffer_doubles = true,
            .scale_of_buffer = true,
            .abort_forgets = true,
            .time_wait_reuse = true,
            .time_wait_connects = true,
        },
    },
    {
        .name = "freebsd",
        .says = "as FreeBSD does it: TIME-WAIT 60 s, RTO from 230 ms, SACK, timestamps",
        .set = {
            .two_msl_usec = SECONDS(60),
            .rto_initial_usec = SECONDS(1),
            .rto_min_usec = MSEC(30),
            .rto_max_usec = SECONDS(64),
            .rto_spread_min_usec = MSEC(200),
            .user_timeout_usec = SECONDS(924),
            .user_timeout_syn_usec = SECONDS(75),
            .fin_wait_2_usec = SECONDS(60),
            .ack_delay_usec = MSEC(40),
            .override_usec = MSEC(200),
            .keep_idle_usec = SECONDS(7200),
            .keep_interval_usec = SECONDS(75),
            .snd_buffer = 32768,
            .rcv_buffer = 65536,
            .rcv_buffer_max = 2097152,
            .challenge_acks = 2000,
            .mss = 1460,
            .ts_tick_usec = 1000,
            .initial_window = 10,
            .slow_start_most = 2,
            .keep_probes = 8,
            .dup_acks = 3,
            .burst_min = 1,
            .option_order = ORDER_BSD,
            .window_scaling = true,
            .sack = true,
            .timestamps = true,
            .nagle = true,
            .congestion_control = true,
            .restart_after_idle = true,
            .syn_cookies = true,
            .time_wait_restarts = true,
            .early_syn_ack = true,
            .window_edges = true,
            .ack_is_bounded = true,
            .reset_has_ack = true,
            .window_is_buffer = true,
            .buffer_rounds = true,
            .drop_syn_ack = true,
            .ack_repeats_fin = true,
            .reset_always_told = true,
            .time_wait_asks_ack = true,
            .drop_no_timestamp = true,
            .time_wait_keeps = true,
            .time_wait_reuse = true,
        },
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

#define SETTING(field, from, to)                                                                   \
    {                                                                                              \
        .name = #field, .at = offsetof(struct settings, field),                                    \
        .size = sizeof((struct settings *)0)->field, .least = (from), .most = (to)                 \
    }
#define TIME(field)   SETTING(field, 0, UINT64_MAX / 4)
#define WAIT(field)   SETTING(field, 1000, UINT64_MAX / 4) /* of a timer that is armed anew */
#define SIZE(field)   SETTING(field, 0, UINT32_MAX / 4)
#define SMALL(field)  SETTING(field, 1, UINT16_MAX)
#define COUNT(field)  SETTING(field, 0, UINT8_MAX)
#define NUMBER(field) SETTING(field, 1, UINT8_MAX)
#define SWITCH(field) SETTING(field, 0, 1)

const struct setting tcp_settings[] = {
    TIME(two_msl_usec),
    WAIT(rto_initial_usec),
    TIME(rto_min_usec),
    WAIT(rto_max_usec),
    TIME(rto_spread_min_usec),
    TIME(rto_syn_lost_usec),
    TIME(user_timeout_usec),
    TIME(user_timeout_syn_usec),
    TIME(fin_wait_2_usec),
    TIME(ack_delay_usec),
    TIME(fin_ack_delay_usec),
    TIME(override_usec),
    TIME(keep_idle_usec),
    WAIT(keep_interval_usec),
    TIME(tick_usec),
    TIME(invalid_pause_usec),
    SIZE(snd_buffer),
    SIZE(rcv_buffer),
    SIZE(rcv_buffer_max),
    SIZE(challenge_acks),
    SIZE(syn_backlog),
    SMALL(mss),
    SMALL(ts_tick_usec),
    NUMBER(initial_window),
    COUNT(slow_start_most),
    COUNT(quick_acks),
    COUNT(keep_probes),
    COUNT(syns_lost),
    NUMBER(dup_acks),
    COUNT(burst_min),
    COUNT(option_order),
    SWITCH(window_scaling),
    SWITCH(sack),
    SWITCH(timestamps),
    SWITCH(nagle),
    SWITCH(nagle_minshall),
    SWITCH(congestion_control),
    SWITCH(cwnd_is_validated),
    SWITCH(cwnd_by_segments),
    SWITCH(cwnd_in_proportion),
    SWITCH(halves_cwnd),
    SWITCH(restart_after_idle),
    SWITCH(syn_cookies),
    SWITCH(cookie_stamps),
    SWITCH(time_wait_restarts),
    SWITCH(syn_again),
    SWITCH(early_syn_ack),
    SWITCH(window_edges),
    SWITCH(ack_is_bounded),
    SWITCH(reset_has_ack),
    SWITCH(abort_forgets),
    SWITCH(probe_is_old),
    SWITCH(window_is_buffer),
    SWITCH(buffer_doubles),
    SWITCH(scale_of_buffer),
    SWITCH(buffer_rounds),
    SWITCH(insecure_rst),
    SWITCH(insecure_syn),
    SWITCH(drop_syn_fin),
    SWITCH(drop_syn_ack),
    SWITCH(more_is_brief),
    SWITCH(more_unpushes),
    SWITCH(shutdown_waits),
    SWITCH(late_reset_told),
    SWITCH(reset_behind_fin),
    SWITCH(last_reset_told),
    SWITCH(loss_by_time),
    SWITCH(segments_stay),
    SWITCH(small_is_pushed),
    SWITCH(orphans_reset),
    SWITCH(gap_is_text),
    SWITCH(window_from_acked),
    SWITCH(old_acks_pass),
    SWITCH(fin_is_sacked),
    SWITCH(fin_sacked_again),
    SWITCH(sack_outlasts_rto),
    SWITCH(ack_repeats_fin),
    SWITCH(reset_always_told),
    SWITCH(time_wait_asks_ack),
    SWITCH(drop_no_timestamp),
    SWITCH(time_wait_reuse),
    SWITCH(time_wait_connects),
    SWITCH(time_wait_keeps),
    SWITCH(two_way),
    SWITCH(four_way),
    SWITCH(no_time_wait),
    SWITCH(isn_zero),
    SWITCH(no_checksum),
    SWITCH(stop_and_wait),
};

const size_t tcp_setting_count = sizeof tcp_settings / sizeof tcp_settings[0];

const struct setting *setting_find(const char *name)
{
    for (size_t i = 0; i < tcp_setting_count; i++) {
        if (strcmp(tcp_settings[i].name, name) == 0)
            return &tcp_settings[i];
    }
    return NULL;
}

/* A bool has the size of an octet, and the values 0 and 1 of one. */
uint64_t setting_get(const struct settings *set, const struct setting *setting)
{
    const uint8_t *at = (const uint8_t *)set + setting->at;
    uint16_t small;
    uint32_t size;
    uint64_t time;
    switch (setting->size) {
    case sizeof small:
        memcpy(&small, at, sizeof small);
        return small;
    case sizeof size:
        memcpy(&size, at, sizeof size);
        return size;
    case sizeof time:
        memcpy(&time, at, sizeof time);
        return time;
    }
    return *at;
}

bool setting_put(struct settings *set, const struct setting *setting, uint64_t value)
{
    uint8_t *at = (uint8_t *)set + setting->at;
    uint16_t small = (uint16_t)value;
    uint32_t size = (uint32_t)value;
    if (value < setting->least || value > setting->most)
        return false;
    if (setting->size == sizeof small)
        memcpy(at, &small, sizeof small);
    else if (setting->size == sizeof size)
        memcpy(at, &size, sizeof size);
    else if (setting->size == sizeof value)
        memcpy(at, &value, sizeof value);
    else
        *at = (uint8_t)value;
    return true;
}
