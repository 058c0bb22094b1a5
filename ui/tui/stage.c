/*
 * The stage at work: a key becomes a command, a command changes the session or what is looked
 * at, and the screen is drawn anew from the trace.
 */
#include "ui/tui/stage.h"

#include "net/clock.h"
#include "ui/complain.h"
#include "ui/tui/keys.h"
#include "ui/tui/panels.h"
#include "ui/tui/screen.h"
#include "ui/tui/stage_end.h"
#include "ui/view_cache.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BUSY_MS = 5,
    LOOK_MS = 50,         /* a kernel's states and timers run by themselves */
    REDRAW_USEC = 200000, /* where only the time has gone on */
    LATER_USEC = 500000
};

static const struct {
    int pause_ms;
    const char *words;
} speeds[] = { { 4000, "running, a step in 4 s" },   { 2000, "running, a step in 2 s" },
               { 1000, "running, 1 step a second" }, { 500, "running, 2 steps a second" },
               { 250, "running, 4 steps a second" }, { 100, "running, 10 steps a second" },
               { 20, "running, 50 steps a second" } };

struct stage {
    const struct stage_setup *setup;
    struct loaded_lab *lab;
    struct session *session;
    struct screen screen;
    struct grid grid;
    struct view view;
    struct view_cache views;
    struct picture picture;
    struct history history;
    struct event_list list;
    bool behind; /* the list is not up to date yet */
    uint32_t at; /* the step that is looked at */
    bool busy;   /* a step is under way */
    bool over;   /* the wish to end */
    size_t speed;
    uint64_t step_usec;  /* when the next step of a run is due */
    uint64_t drawn_usec; /* when the screen was drawn */
    size_t drawn_events; /* what stood in the trace then */
    bool drawn_busy, drawn_running;
    int status;
    char message[160];
    struct catalogue catalogue;
};

static void tell(struct stage *stage, const char *words)
{
    snprintf(stage->message, sizeof stage->message, "%s", words);
}

/* The lane whose time runs by itself, LANE_COUNT where none is run. */
static unsigned live_lane(const struct stage *stage)
{
    for (unsigned lane = LANE_KERNEL; lane < LANE_COUNT; lane++) {
        if (session_runs(stage->session, (enum lane_id)lane))
            return lane;
    }
    return LANE_COUNT;
}

/* What has become of the lanes by now, where the last step is looked at. */
static void look_at_lanes(struct stage *stage, bool at_last)
{
    struct picture *picture = &stage->picture;
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        bool runs = session_runs(stage->session, (enum lane_id)lane);
        picture->record_only[lane] = stage->view.ran[lane] && !runs;
        picture->now_usec[lane] =
            runs && at_last ? session_now(stage->session, (enum lane_id)lane) : 0;
    }
}

/* What is kept of the trace beside the view. */
static void bring_up_to_date(struct stage *stage)
{
    struct picture *picture = &stage->picture;
    const struct look *look = &picture->looks[SCREEN_TRACE];
    history_update(&stage->history, picture->trace);
    if (picture->screen == SCREEN_TRACE)
        stage->behind =
            !event_list_update(&stage->list, picture->trace, look->filter, look->search);
    else
        stage->behind = false;
    picture->history = &stage->history;
    picture->list = &stage->list;
}

static void draw(struct stage *stage)
{
    struct picture *picture = &stage->picture;
    int width, height;
    screen_size(&width, &height);
    if ((width != stage->grid.width || height != stage->grid.height) &&
        !grid_make(&stage->grid, width, height))
        return; /* the old grid is drawn as far as it goes */
    bool at_last = stage->at == session_last_step(stage->session);
    view_look(&stage->views, &stage->view, session_trace(stage->session),
              stage->at + (stage->busy && at_last ? 1 : 0));
    look_at_lanes(stage, at_last);
    picture->view = &stage->view;
    picture->trace = session_trace(stage->session);
    bring_up_to_date(stage);
    picture_choose(picture);
    picture->lab = &stage->lab->lab;
    picture->profile = session_profile(stage->session);
    picture->last_step = session_last_step(stage->session);
    picture->speed = speeds[stage->speed].words;
    picture->message = stage->message;
    picture->catalogue = &stage->catalogue;
    picture->busy = stage->busy && at_last;
    picture_prepare(picture, &stage->grid);
    draw_picture(&stage->grid, picture);
    screen_draw(&stage->screen, &stage->grid);
    stage->drawn_usec = clock_usec();
    stage->drawn_events = session_trace(stage->session)->count;
    stage->drawn_busy = stage->busy;
    stage->drawn_running = stage->picture.running;
}

/* What has been done is to be seen for a while before a run goes on. */
static void rest(struct stage *stage)
{
    stage->step_usec = clock_usec() + (uint64_t)speeds[stage->speed].pause_ms * 1000;
}

/* Lets the session go on behind the last step. */
static void go_on(struct stage *stage)
{
    bool at_last = stage->at == session_last_step(stage->session);
    switch (session_step(stage->session)) {
    case SESSION_STEPPED:
        if (at_last)
            stage->at = session_last_step(stage->session);
        stage->busy = false;
        rest(stage);
        break;
    case SESSION_BUSY:
        stage->busy = true;
        break;
    case SESSION_OVER:
        stage->busy = false;
        stage->picture.running = false;
        tell(stage, "The lab is over and nothing is due any more. R begins anew, m has more labs.");
        break;
    }
    if (session_trace(stage->session)->full)
        tell(stage, "Memory has run out: from here on the trace is not whole.");
}

static void step(struct stage *stage)
{
    if (stage->at < session_last_step(stage->session))
        stage->at++;
    else
        go_on(stage);
    rest(stage);
}

/* Why the wire cannot be acted on, in words; NULL: it can. */
static const char *why_not(const struct stage *stage, const struct view_row *chosen)
{
    const struct session *session = stage->session;
    bool in_hand = false;
    for (unsigned lane = 0; lane < LANE_COUNT; lane++)
        in_hand =
            in_hand || (stage->view.in_hand[lane] && session_runs(session, (enum lane_id)lane));
    if (stage->busy)
        return "A step is under way and waits for real time; a moment.";
    if (!in_hand)
        return "The wire of this lane is the kernel's own: it cannot be held.";
    if (!chosen)
        return "No segment is on the wire.";
    if (chosen->lane != LANE_MODEL && stage->at < session_last_step(session))
        return "A kernel cannot be taken back: act on its wire at the last step (G).";
    return NULL;
}

static void act_on_wire(struct stage *stage, enum wire_act act)
{
    const struct view_row *chosen = picture_chosen(&stage->picture);
    const char *refusal = why_not(stage, chosen);
    if (refusal) {
        tell(stage, refusal);
        return;
    }
    enum lane_id lane = (enum lane_id)chosen->lane;
    if (stage->at < session_last_step(stage->session))
        session_back(stage->session, stage->at);
    if (!session_wire(stage->session, lane, act, chosen->id, LATER_USEC))
        tell(stage, "The wire cannot do that to this segment now.");
    stage->at = session_last_step(stage->session);
}

static void hold_or_release(struct stage *stage)
{
    const struct view_row *row = picture_chosen(&stage->picture);
    act_on_wire(stage, row && row->fate == ROW_HELD ? WIRE_RELEASE : WIRE_HOLD);
    stage->picture.chosen = 0; /* what comes next is chosen next */
}

static void change_wire(struct stage *stage, enum stage_command command)
{
    if (command == STAGE_DROP)
        act_on_wire(stage, WIRE_DROP);
    if (command == STAGE_DUPLICATE)
        act_on_wire(stage, WIRE_DUPLICATE);
    if (command == STAGE_HOLD)
        hold_or_release(stage);
    if (command == STAGE_CORRUPT)
        act_on_wire(stage, WIRE_CORRUPT);
    if (command == STAGE_REORDER)
        act_on_wire(stage, WIRE_REORDER);
    if (command == STAGE_DELAY)
        act_on_wire(stage, WIRE_DELAY);
    if (command == STAGE_DELIVER)
        act_on_wire(stage, WIRE_DELIVER);
}

/* Begins a lab, another one or the same again; the one before goes on if that fails. */
static void begin(struct stage *stage, struct loaded_lab *lab)
{
    struct net_error error = { .err = ENOMEM, .operation = "a lab" };
    struct session *session = NULL;
    if (lab)
        session = run_options_open(stage->setup->run, &lab->lab, &error);
    if (!session) {
        snprintf(stage->message, sizeof stage->message, "Not begun: %s: %s", error.operation,
                 strerror(error.err));
        if (lab && lab != stage->lab)
            lab_unload(lab);
        return;
    }
    view_cache_clear(&stage->views);
    if (stage->session)
        session_close(stage->session);
    if (stage->lab != lab)
        lab_unload(stage->lab);
    stage->lab = lab;
    stage->session = session;
    history_reset(&stage->history);
    event_list_reset(&stage->list);
    memset(stage->picture.looks, 0, sizeof stage->picture.looks);
    stage->at = 0;
    stage->busy = false;
    stage->picture.chosen = 0;
}

static void command_in_labs(struct stage *stage, enum stage_command command)
{
    struct picture *picture = &stage->picture;
    int status;
    if (command == STAGE_UP && picture->lab_chosen > 0)
        picture->lab_chosen--;
    if (command == STAGE_DOWN && picture->lab_chosen + 1 < stage->catalogue.count)
        picture->lab_chosen++;
    if (command == STAGE_DELIVER || command == STAGE_STEP) {
        picture->screen = SCREEN_STAGE;
        begin(stage, lab_load(stage->catalogue.labs[picture->lab_chosen].name, &status));
    }
}

/* The menu begins at the lab that is run. */
static void choose_lab(struct stage *stage)
{
    for (size_t i = 0; i < stage->catalogue.count; i++) {
        if (strcmp(stage->catalogue.labs[i].name, stage->lab->name) == 0)
            stage->picture.lab_chosen = i;
    }
}

static void toggle(struct stage *stage, enum stage_screen screen)
{
    stage->picture.screen = stage->picture.screen == screen ? SCREEN_STAGE : screen;
}

static void look(struct stage *stage, enum stage_command command)
{
    uint32_t last = session_last_step(stage->session);
    if (command == STAGE_BACK && stage->at == 0)
        tell(stage, "This is the beginning.");
    if (command == STAGE_BACK && stage->at > 0)
        stage->at--;
    if (command == STAGE_FIRST)
        stage->at = 0;
    if (command == STAGE_LAST)
        stage->at = last;
    stage->picture.running = false;
}

static void change_speed(struct stage *stage, bool faster)
{
    size_t count = sizeof speeds / sizeof speeds[0];
    if (faster && stage->speed + 1 < count)
        stage->speed++;
    if (!faster && stage->speed > 0)
        stage->speed--;
    tell(stage, speeds[stage->speed].words);
}

/* What is to be seen. */
static void show(struct stage *stage, enum stage_command command)
{
    struct picture *picture = &stage->picture;
    if (command == STAGE_STATES)
        toggle(stage, SCREEN_STATES);
    if (command == STAGE_LARGE)
        toggle(stage, SCREEN_LARGE);
    if (command == STAGE_HELP)
        toggle(stage, SCREEN_HELP);
    if (command == STAGE_LABS) {
        toggle(stage, SCREEN_LABS);
        choose_lab(stage);
    }
    if (command == STAGE_CLOSE)
        picture->screen = SCREEN_STAGE;
    if (command == STAGE_TAB)
        picture->tab = (enum stage_tab)((picture->tab + 1) % TAB_COUNT);
}

static void act(struct stage *stage, enum stage_command command)
{
    struct picture *picture = &stage->picture;
    switch (command) {
    case STAGE_STEP:
        step(stage);
        break;
    case STAGE_BACK:
    case STAGE_FIRST:
    case STAGE_LAST:
        look(stage, command);
        break;
    case STAGE_RUN:
        picture->running = !picture->running;
        rest(stage);
        break;
    case STAGE_FASTER:
    case STAGE_SLOWER:
        change_speed(stage, command == STAGE_FASTER);
        break;
    case STAGE_DROP:
    case STAGE_DUPLICATE:
    case STAGE_HOLD:
    case STAGE_CORRUPT:
    case STAGE_REORDER:
    case STAGE_DELAY:
    case STAGE_DELIVER:
        change_wire(stage, command);
        break;
    case STAGE_UP:
    case STAGE_DOWN:
        picture_choose_next(&stage->picture, command == STAGE_DOWN);
        break;
    case STAGE_STATES:
    case STAGE_LARGE:
    case STAGE_LABS:
    case STAGE_HELP:
    case STAGE_CLOSE:
    case STAGE_TAB:
        show(stage, command);
        break;
    case STAGE_RESTART:
        begin(stage, stage->lab);
        break;
    case STAGE_QUIT:
        stage->over = true;
        break;
    case STAGE_NOTHING:
        break;
    }
}

static bool is_for_menu(enum stage_command command)
{
    return command == STAGE_UP || command == STAGE_DOWN || command == STAGE_DELIVER ||
           command == STAGE_STEP;
}

static void take_key(struct stage *stage, uint32_t key)
{
    enum stage_command command = command_of_key(key);
    if (key == KEYS_HANGUP) {
        stage->over = true;
        stage->status = screen_signal() ? 128 + screen_signal() : STATUS_DONE;
        return;
    }
    stage->message[0] = '\0';
    if (stage->picture.screen == SCREEN_LABS && is_for_menu(command))
        command_in_labs(stage, command);
    else
        act(stage, command);
}

static int time_to_wait(const struct stage *stage)
{
    uint64_t now = clock_usec();
    int look = live_lane(stage) < LANE_COUNT ? LOOK_MS : -1;
    if (stage->behind)
        return 0;
    if (stage->busy)
        return BUSY_MS;
    if (!stage->picture.running)
        return look;
    int left = stage->step_usec > now ? (int)((stage->step_usec - now + 999) / 1000) : 0;
    return look >= 0 && look < left ? look : left;
}

/* No key has come: time has. */
static void pass_time(struct stage *stage)
{
    if (stage->busy)
        go_on(stage);
    else if (stage->picture.running && clock_usec() >= stage->step_usec)
        step(stage);
    else
        session_look(stage->session);
}

/* Has anything changed, or the time on a lane whose timers are to be seen? */
static bool is_outdated(const struct stage *stage)
{
    bool changed = session_trace(stage->session)->count != stage->drawn_events || stage->behind ||
                   stage->busy != stage->drawn_busy ||
                   stage->picture.running != stage->drawn_running;
    return changed ||
           (live_lane(stage) < LANE_COUNT && clock_usec() >= stage->drawn_usec + REDRAW_USEC);
}

static void loop(struct stage *stage)
{
    rest(stage);
    draw(stage);
    while (!stage->over) {
        uint32_t key = screen_key(time_to_wait(stage));
        uint32_t at = stage->at;
        if (key != KEYS_NONE)
            take_key(stage, key);
        else
            pass_time(stage);
        if (key != KEYS_NONE || at != stage->at || is_outdated(stage))
            draw(stage);
    }
}

static bool open_stage(struct stage *stage)
{
    const char *why;
    struct net_error error;
    stage->session = run_options_open(stage->setup->run, &stage->lab->lab, &error);
    if (!stage->session) {
        stage->status = run_options_complain(&error);
        return false;
    }
    if (screen_open(&stage->screen, stage->setup->ascii, &why))
        return true;
    complain("the stage needs a terminal: %s; 'tcpstep run %s --headless' needs none", why,
             stage->lab->name);
    stage->status = STATUS_NOT_ALLOWED;
    return false;
}

int stage_run(const struct stage_setup *setup)
{
    struct stage *stage = calloc(1, sizeof *stage);
    if (!stage) {
        complain("out of memory");
        lab_unload(setup->lab);
        return STATUS_NOT_ALLOWED;
    }
    stage->setup = setup;
    stage->lab = setup->lab;
    stage->speed = 2;
    stage->picture.running = setup->run_at_once;
    stage->picture.screen = setup->screen;
    stage->screen.theme = setup->theme;
    stage->status = STATUS_NOT_ALLOWED;
    if (catalogue_make(&stage->catalogue) && open_stage(stage)) {
        stage->status = STATUS_DONE;
        loop(stage);
        screen_close(&stage->screen);
        int status = stage_end(setup, stage->lab, stage->session);
        if (stage->status == STATUS_DONE)
            stage->status = status;
    }
    int status = stage->status;
    if (stage->session)
        session_close(stage->session);
    lab_unload(stage->lab);
    history_reset(&stage->history);
    event_list_reset(&stage->list);
    grid_free(&stage->grid);
    view_cache_clear(&stage->views);
    free(stage);
    return status;
}
