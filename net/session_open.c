/*
 * A session is opened: its lanes, as far as this machine allows them, and what is said of them.
 */
#include "net/live.h"
#include "net/model_lane.h"
#include "net/session_parts.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MODEL_SOCKETS = 16,
    MODEL_SEGMENTS = 32,
    MODEL_RANGES = 64,       /* gaps of all its connections together */
    MODEL_SPACE_LEN = 16384, /* the window that is offered, too */
    MODEL_TEXT_LEN = 1460
};

static void say_missing(struct session *s, const char *what, const struct net_error *error,
                        const char *instead)
{
    trace_tell(&s->trace, LANE_ALL, 0, N_("This machine allows no %s (%s: %s): %s"), what,
               error->operation, strerror(error->err), instead);
}

/* Real sockets speak TCP and nothing else. */
static bool refuse_kernel(struct net_error *error)
{
    *error = (struct net_error){ .err = EPROTONOSUPPORT,
                                 .operation = "a protocol that is not TCP, on real sockets" };
    return false;
}

/* What the model runs that is not TCP is said before anything else. */
static void say_not_tcp(struct session *s, const struct session_setup *setup)
{
    char names[PROFILE_WORDS_MAX + 16];
    if (!s->profile.variants)
        return;
    bool was_asked = setup->on[LANE_KERNEL] || setup->on[LANE_MIXED];
    trace_tell(&s->trace, LANE_ALL, 0,
               was_asked ? N_("The model runs what is %s. It runs alone: real sockets speak TCP.")
                         : N_("The model runs what is %s."),
               profile_not_tcp(&s->profile, names, sizeof names));
    for (size_t i = 0; i < tcp_variant_count; i++) {
        if (s->profile.variants & 1u << i)
            trace_say(&s->trace, LANE_ALL, 0, tcp_variants[i].says);
    }
}

static bool open_model(struct session *s, const struct session_setup *setup,
                       struct net_error *error)
{
    struct sink sink = session_sink(s);
    struct world_setup world = { .limits = { .hosts = setup->lab->host_count,
                                             .sockets = MODEL_SOCKETS,
                                             .segments = MODEL_SEGMENTS,
                                             .snd_space_len = MODEL_SPACE_LEN,
                                             .rcv_space_len = MODEL_SPACE_LEN,
                                             .ranges = MODEL_RANGES,
                                             .text_len = MODEL_TEXT_LEN },
                                 .profile = &s->profile,
                                 .seed = setup->seed,
                                 .delay_usec = setup->lab->delay_usec,
                                 .family = setup->family };
    s->lanes[LANE_MODEL] = model_lane_open(&sink, &world);
    if (!s->lanes[LANE_MODEL])
        *error = (struct net_error){ .err = ENOMEM, .operation = "the model's world" };
    return s->lanes[LANE_MODEL] != NULL;
}

static struct live_setup live_setup_of(struct session *s, const struct session_setup *setup)
{
    return (struct live_setup){ .sink = session_sink(s),
                                .kind = LIVE_WIRE,
                                .hosts = setup->lab->host_count,
                                .family = setup->family,
                                .delay_usec = setup->lab->delay_usec,
                                .profile = &s->profile,
                                .seed = setup->seed };
}

/* The model by the clock that the kernel goes by. */
static bool open_model_live(struct session *s, const struct session_setup *setup,
                            struct net_error *error)
{
    struct live_setup live = live_setup_of(s, setup);
    memset(live.model, true, sizeof live.model);
    s->lanes[LANE_MODEL] = live_open(&live, error);
    return s->lanes[LANE_MODEL] != NULL;
}

static bool open_mixed(struct session *s, const struct session_setup *setup,
                       struct net_error *error)
{
    struct live_setup live = live_setup_of(s, setup);
    memcpy(live.model, setup->model, sizeof setup->model);
    s->lanes[LANE_MIXED] = live_open(&live, error);
    return s->lanes[LANE_MIXED] != NULL;
}

/* On a wire of ours, or where that cannot be had, on plain loopback. */
static bool open_kernel(struct session *s, const struct session_setup *setup,
                        struct net_error *error)
{
    struct live_setup live = live_setup_of(s, setup);
    if (setup->join != SESSION_ON_LOOPBACK)
        s->lanes[LANE_KERNEL] = live_open(&live, error);
    if (s->lanes[LANE_KERNEL] || setup->join == SESSION_ON_WIRE)
        return s->lanes[LANE_KERNEL] != NULL;
    if (setup->join == SESSION_ON_WIRE_IF_ALLOWED)
        say_missing(s, N_("network namespaces of our own"), error,
                    N_("the kernel's hosts are on plain loopback, whose wire is out of our hands. "
                       "'tcpstep doctor' says what would allow it."));
    live.kind = LIVE_LOOPBACK;
    s->lanes[LANE_KERNEL] = live_open(&live, error);
    return s->lanes[LANE_KERNEL] != NULL;
}

static bool open_lanes(struct session *s, const struct session_setup *setup,
                       struct net_error *error)
{
    bool with_model = setup->on[LANE_MODEL], real = setup->on[LANE_KERNEL] || setup->on[LANE_MIXED];
    if (with_model && !(setup->real_time ? open_model_live : open_model)(s, setup, error))
        return false;
    if (!real)
        return true;
    if (s->profile.variants)
        return setup->kernel_if_allowed && with_model ? true : refuse_kernel(error);
    if (setup->on[LANE_MIXED])
        return open_mixed(s, setup, error);
    if (open_kernel(s, setup, error))
        return true;
    if (!setup->kernel_if_allowed || !with_model)
        return false;
    say_missing(s, N_("kernel lane"), error, N_("the model runs alone"));
    return true;
}

/* Beside Linux the model goes by what Linux does, unless it was told otherwise. */
static const char *profile_words(const struct session_setup *setup)
{
    if (setup->profile)
        return setup->profile;
    if (setup->lab->profile[0])
        return setup->lab->profile;
    return setup->on[LANE_KERNEL] || setup->on[LANE_MIXED] ? "linux" : "rfc";
}

/* What is said and set up before the first step. */
static void do_heading(struct session *s)
{
    for (; s->now.line < s->lab->line_count; s->now.line++) {
        const struct lab_line *line = &s->lab->lines[s->now.line];
        if (line->kind == LAB_SAY && is_for_lanes(s, line))
            say_line(s, line);
        else if (lab_sets_up((enum lab_kind)line->kind))
            do_line(s, line);
        else if (line->kind != LAB_SAY)
            return;
        s->now.done = s->now.acted = 0;
    }
}

/* Which lanes these are, and whose hosts. */
static void tell_lanes(struct session *s, const struct session_setup *setup)
{
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        s->trace.on[i] = s->lanes[i] != NULL;
        s->trace.in_hand[i] = s->lanes[i] && s->lanes[i]->wire_in_hand;
        for (unsigned h = 0; h < LAB_HOSTS_MAX; h++)
            s->trace.model[i][h] = i == LANE_MODEL || (i == LANE_MIXED && setup->model[h]);
    }
}

struct session *session_open(const struct session_setup *setup, struct net_error *error)
{
    struct session *s = calloc(1, sizeof *s);
    if (!s) {
        *error = (struct net_error){ .err = ENOMEM, .operation = "a session" };
        return NULL;
    }
    s->lab = setup->lab;
    s->seed = setup->seed;
    s->keep_text = setup->keep_text;
    trace_init(&s->trace);
    versions_init(&s->states, sizeof s->now);
    const char *unknown = profile_compose(profile_words(setup), &s->profile);
    assert(!unknown && "a profile by its name");
    if (setup->settings)
        s->profile.set = *setup->settings;
    if (!open_lanes(s, setup, error)) {
        session_close(s);
        return NULL;
    }
    compare_init(&s->compare, compares(s) && s->lanes[LANE_MODEL]->wire_in_hand &&
                                  s->lanes[LANE_KERNEL]->wire_in_hand);
    say_not_tcp(s, setup);
    do_heading(s);
    tell_lanes(s, setup);
    end_step(s);
    return s;
}
