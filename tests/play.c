/*
 * A session, stepped with patience, and pictures of it.
 */
#include "tests/play.h"

#include "net/sandbox.h"

#include "net/clock.h"
#include "tests/golden.h"
#include "ui/export/ndjson.h"
#include "ui/labs.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum {
    BUSY_PAUSE_USEC = 1000,
    BUSY_MAX_USEC = 8000000,
    ALL_MAX_USEC = 50000000,
    STEPS_MAX = 50000
};

static struct play *begin(const char *source, size_t len, struct session_setup setup)
{
    struct play *play = calloc(1, sizeof *play);
    struct lab_error wrong;
    struct net_error error = { .err = 0, .operation = "" };
    ck_assert_ptr_nonnull(play);
    ck_assert_msg(lab_read(source, len, &play->lab, &wrong), "line %u: %s; expected: %s",
                  wrong.line, wrong.wrong, wrong.expected);
    setup.lab = &play->lab;
    setup.kernel_if_allowed = play->lab.profile[0] != '\0'; /* it may not be TCP */
    play->session = session_open(&setup, &error);
    ck_assert_msg(play->session != NULL, "%s: errno %d", error.operation, error.err);
    ck_assert(catalogue_make(&play->catalogue));
    play->picture = (struct picture){ .view = &play->view,
                                      .lab = &play->lab,
                                      .profile = session_profile(play->session),
                                      .speed = "running",
                                      .message = "",
                                      .catalogue = &play->catalogue };
    return play;
}

bool play_wire_allowed(void)
{
    struct net_error error;
    struct sandbox *sandbox = sandbox_open(2, SANDBOX_TUN, &error);
    if (!sandbox)
        printf("no kernel's wire is tested here: %s: %s\n", error.operation, strerror(error.err));
    sandbox_close(sandbox);
    return sandbox != NULL;
}

static struct session_setup setup_on_ip6(enum play_lanes lanes)
{
    struct session_setup setup = { .seed = 1, .family = 6, .join = SESSION_ON_WIRE };
    setup.on[LANE_MODEL] = lanes != ON_WIRE_6;
    setup.on[LANE_KERNEL] = lanes != ON_MODEL_6;
    return setup;
}

static struct session_setup setup_on(enum play_lanes lanes)
{
    struct session_setup setup = { .seed = 1, .join = SESSION_ON_LOOPBACK };
    if (lanes >= ON_MODEL_6)
        return setup_on_ip6(lanes);
    setup.on[LANE_MODEL] = lanes == ON_MODEL || lanes == ON_BOTH || lanes == ON_BOTH_ON_WIRE;
    setup.on[LANE_MIXED] = lanes == ON_MODEL_AND_KERNEL || lanes == ON_KERNEL_AND_MODEL;
    setup.on[LANE_KERNEL] = lanes != ON_MODEL && !setup.on[LANE_MIXED];
    setup.model[lanes == ON_MODEL_AND_KERNEL ? 0 : 1] = true;
    if (lanes == ON_WIRE || lanes == ON_BOTH_ON_WIRE)
        setup.join = SESSION_ON_WIRE;
    return setup;
}

struct play *play_begin(const char *source, enum play_lanes lanes)
{
    return begin(source, strlen(source), setup_on(lanes));
}

static struct play *begin_builtin(const char *name, struct session_setup setup)
{
    for (size_t i = 0; i < builtin_lab_count; i++) {
        if (strcmp(builtin_labs[i].name, name) == 0)
            return begin((const char *)builtin_labs[i].text, builtin_labs[i].len, setup);
    }
    ck_abort_msg("no lab is called '%s'", name);
}

struct play *play_builtin(const char *name, enum play_lanes lanes)
{
    return begin_builtin(name, setup_on(lanes));
}

struct play *play_with_text(const char *name)
{
    struct session_setup setup = setup_on(ON_MODEL);
    setup.keep_text = true;
    return begin_builtin(name, setup);
}

struct play *play_on_model(const char *name, const char *profile, uint64_t seed)
{
    struct session_setup setup = setup_on(ON_MODEL);
    setup.profile = profile;
    setup.seed = seed;
    return begin_builtin(name, setup);
}

bool play_is_long(const struct play *play)
{
    for (uint32_t i = 0; i < play->lab.line_count; i++) {
        if (play->lab.lines[i].octets > 100000)
            return true;
    }
    return false;
}

uint32_t play_stride(void)
{
#ifdef __SANITIZE_ADDRESS__
    return 5;
#else
    return 1;
#endif
}

void play_end(struct play *play)
{
    session_close(play->session);
    history_reset(&play->history);
    event_list_reset(&play->list);
    free(play);
}

bool play_step(struct play *play)
{
    uint64_t deadline = clock_usec() + BUSY_MAX_USEC;
    for (;;) {
        enum session_progress progress = session_step(play->session);
        if (progress != SESSION_BUSY)
            return progress == SESSION_STEPPED;
        ck_assert_msg(clock_usec() < deadline, "step %u never ends", play_last(play) + 1);
        clock_pause(BUSY_PAUSE_USEC);
    }
}

uint32_t play_last(const struct play *play)
{
    return session_last_step(play->session);
}

void play_to(struct play *play, uint32_t step)
{
    while (play_last(play) < step)
        ck_assert_msg(play_step(play), "the lab is over after step %u", play_last(play));
}

void play_to_end(struct play *play)
{
    while (play_step(play))
        ck_assert_uint_lt(play_last(play), STEPS_MAX);
}

void play_all_to_end(struct play *const *plays, unsigned count)
{
    uint64_t deadline = clock_usec() + ALL_MAX_USEC;
    bool over[PLAY_LANES] = { false };
    unsigned left = count;
    ck_assert_uint_le(count, PLAY_LANES);
    while (left > 0) {
        bool stepped = false;
        for (unsigned i = 0; i < count; i++) {
            if (over[i])
                continue;
            enum session_progress progress = session_step(plays[i]->session);
            stepped = stepped || progress == SESSION_STEPPED;
            over[i] = progress == SESSION_OVER || play_last(plays[i]) > STEPS_MAX;
            left -= over[i];
        }
        ck_assert_msg(clock_usec() < deadline, "%u of them do not come to their end", left);
        if (!stepped)
            clock_pause(BUSY_PAUSE_USEC);
    }
}

char *play_frame(struct play *play, uint32_t step, int width, int height, bool ascii)
{
    struct grid grid = { .width = 0 };
    char *text = NULL;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    if (!to || !grid_make(&grid, width, height))
        ck_abort_msg("out of memory");
    view_make(&play->view, session_trace(play->session), step);
    play->picture.trace = session_trace(play->session);
    history_update(&play->history, play->picture.trace);
    const struct look *look = &play->picture.looks[SCREEN_TRACE];
    while (!event_list_update(&play->list, play->picture.trace, look->filter, look->search))
        continue;
    play->picture.history = &play->history;
    play->picture.list = &play->list;
    play->picture.last_step = play_last(play);
    for (unsigned lane = 0; lane < LANE_COUNT; lane++)
        play->picture.record_only[lane] = !session_runs(play->session, (enum lane_id)lane);
    picture_choose(&play->picture);
    picture_prepare(&play->picture, &grid);
    draw_picture(&grid, &play->picture);
    grid_print(&grid, ascii, to);
    fclose(to);
    grid_free(&grid);
    return text;
}

void play_golden(struct play *play, const char *name, uint32_t step, int width, int height,
                 bool ascii)
{
    char file[96];
    char *frame = play_frame(play, step, width, height, ascii);
    snprintf(file, sizeof file, "%s-%dx%d%s", name, width, height, ascii ? "-ascii" : "");
    golden(file, frame);
    free(frame);
}

void play_golden_sizes(struct play *play, const char *name, uint32_t step)
{
    play_golden(play, name, step, 80, 24, false);
    play_golden(play, name, step, 120, 40, false);
    play_golden(play, name, step, 200, 60, false);
}

uint32_t play_waiting(const struct play *play, unsigned bits)
{
    const struct trace *trace = session_trace(play->session);
    for (size_t i = 0; i < trace->count; i++) {
        const struct event *event = &trace->events[i];
        unsigned flags = event->u.wire.seg.flags & ~(unsigned)PSH;
        bool gone = false;
        if ((event->kind != EV_SENT && event->kind != EV_DUPLICATED) || (bits && flags != bits))
            continue;
        for (size_t j = i + 1; j < trace->count; j++) {
            const struct event *later = &trace->events[j];
            bool ends = later->kind == EV_DELIVERED || later->kind == EV_DROPPED;
            gone = gone || (ends && later->u.wire.id == event->u.wire.id);
        }
        if (!gone)
            return event->u.wire.id;
    }
    return 0;
}

uint32_t play_to_segment(struct play *play, unsigned bits)
{
    uint32_t id;
    while ((id = play_waiting(play, bits)) == 0)
        ck_assert_msg(play_step(play), "there is no such segment");
    return id;
}

const struct event *play_event(const struct play *play, size_t from, enum event_kind kind)
{
    const struct trace *trace = session_trace(play->session);
    for (size_t i = from; i < trace->count; i++) {
        if (trace->events[i].kind == kind)
            return &trace->events[i];
    }
    return NULL;
}

char *play_ndjson(const struct play *play)
{
    struct ndjson out = { .written = 0 };
    char *text = NULL;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    ck_assert(to && ndjson_write(&out, session_trace(play->session), to));
    fclose(to);
    return text;
}

bool play_says(const struct play *play, const char *part)
{
    const struct trace *trace = session_trace(play->session);
    for (size_t i = 0; i < trace->count; i++) {
        const struct event *event = &trace->events[i];
        if (event->text_len > 0 && memmem(event->text, event->text_len, part, strlen(part)))
            return true;
    }
    return false;
}
