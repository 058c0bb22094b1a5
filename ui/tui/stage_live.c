/*
 * A record (session_record.c) on the stage, growing. The newest step is followed as long as that is
 * looked at.
 */
#include "ui/tui/stage_live.h"

#include "net/clock.h"
#include "ui/complain.h"
#include "ui/said.h"
#include "ui/text.h"
#include "ui/tui/keys.h"
#include "ui/tui/screen.h"
#include "ui/tui/segments_seen.h"
#include "ui/tui/stage_parts.h"
#include "ui/tui/thin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    DRAW_USEC = 50000, /* between two drawings, but where a key was pressed */
    DRAW_MS = DRAW_USEC / 1000,
    SAY_USEC = 1000000,
    SEGMENTS_USEC = 10000 /* between two looks at the segments that have passed */
};

struct live_stage {
    struct source keys; /* first */
    struct live_stage_setup setup;
    struct told *told; /* NULL: not yet */
    struct stage_program program;
    struct stage_setup stage_setup;
    struct run_options run;
    struct stage *stage;
    struct session *session; /* the stage's */
    struct screen screen;
    struct grid grid;
    struct said said;
    struct segments_seen *segments; /* NULL: none can be seen */
    uint64_t taken_usec;            /* when they were looked at last */
    char no_wire[320];
    bool follows;       /* the newest step is looked at */
    bool key_came;      /* since the screen was drawn */
    bool ends;          /* the program was asked to */
    bool full;          /* the record is, and it was said */
    uint64_t missed;    /* events since */
    struct thin thin;   /* before the record */
    uint64_t thin_usec; /* when that was looked at */
    uint64_t said_usec; /* when it was said that calls are missing */
    struct sink recorder;
    const char *(*send)(void *of, const char *line);
    void (*finish)(void *of);
    void *of; /* theirs */
};

/* ---- the record */

static void record(void *to, const struct event *event)
{
    struct live_stage *live = to;
    if (session_record_is_full(live->session)) {
        live->missed++;
        return;
    }
    if (event->kind == EV_CALL)
        session_record_step(live->session);
    emit(&live->recorder, event);
}

static void take(void *to, const struct event *event)
{
    struct live_stage *live = to;
    thin_take(&live->thin, event);
}

struct sink live_stage_sink(struct live_stage *live)
{
    return (struct sink){ .emit = take, .to = live };
}

static uint64_t now_of(const struct live_stage *live)
{
    return session_now(live->session, LANE_KERNEL);
}

static void say(struct live_stage *live, const char *words)
{
    struct event event = { .usec = now_of(live),
                           .kind = EV_SAY,
                           .lane = LANE_KERNEL,
                           .host = -1,
                           .sock = -1,
                           .text = (const uint8_t *)words,
                           .text_len = (uint32_t)strlen(words) };
    record(live, &event);
}

static void on_line(void *of, const char *line)
{
    struct live_stage *live = of;
    session_record_step(live->session);
    say(live, line);
}

/* What comes late is let go; and what was left out is said, once a second. */
static void heed_thin(struct live_stage *live)
{
    struct thin *thin = &live->thin;
    uint64_t now = clock_usec();
    char words[160];
    if (now - live->thin_usec < DRAW_USEC)
        return;
    live->thin_usec = now;
    thin_flush(thin);
    if (thin->left_out == 0 || now - live->said_usec < SAY_USEC)
        return;
    snprintf(words, sizeof words,
             tr_n("(%lu call more was made: too many to show each)",
                  "(%lu calls more were made: too many to show each)", thin->left_out),
             thin->left_out);
    live->said_usec = now;
    thin->left_out = 0;
    on_line(live, words);
}

/* A full record begins anew with the sockets that there are. Who looks at what was is left
 * to it, and nothing more is recorded meanwhile; of a program that is over it stays. */
static void heed_full(struct live_stage *live)
{
    struct stage *stage = live->stage;
    char words[160];
    if (!session_record_is_full(live->session) || live->program.picture.over)
        return;
    if (!live->follows) {
        if (!live->full)
            stage_tell(stage, "%s",
                       _("The record is full: nothing more is recorded until its end is looked at "
                         "(G); then it begins anew."));
        live->full = true;
        return;
    }
    stage_forget_trace(stage);
    session_record_anew(live->session);
    stage->at = 0;
    snprintf(words, sizeof words,
             _("The record was full and begins anew here; %llu events before it are not in it."),
             (unsigned long long)live->missed);
    say(live, words);
    live->full = false;
    live->missed = 0;
    if (live->told)
        told_again(live->told, live_stage_sink(live));
    session_record_step(live->session);
}

static void take_segments(struct live_stage *live)
{
    struct sink sink = live_stage_sink(live);
    uint64_t now = clock_usec();
    if (!live->segments || !live->told || now - live->taken_usec < SEGMENTS_USEC)
        return;
    live->taken_usec = now;
    session_record_step(live->session);
    segments_seen_take(live->segments, live->told, &sink);
    session_record_step(live->session);
}

/* ---- keys */

static const char *on_send(void *of, const char *line)
{
    struct live_stage *live = of;
    const char *why = live->send(live->of, line);
    if (!why)
        said_type(&live->said, line);
    return why;
}

static void on_finish(void *of)
{
    struct live_stage *live = of;
    live->finish(live->of);
}

/* It is the program that ends, not the stage. */
static void heed_quit(struct live_stage *live)
{
    if (!live->stage->over)
        return;
    live->stage->over = false;
    live->setup.quit(live->setup.of);
}

static void take_key(struct live_stage *live, uint32_t key)
{
    struct mouse mouse;
    uint32_t at = live->stage->at;
    if (key == KEYS_MOUSE && screen_mouse(&live->screen, &mouse))
        stage_mouse(live->stage, &mouse);
    else
        stage_key(live->stage, key);
    if (!live->follows || live->stage->at != at)
        live->follows = live->stage->at == session_last_step(live->session);
    live->key_came = true;
    heed_quit(live);
}

static void on_keys(struct source *source, uint32_t events)
{
    struct live_stage *live = (struct live_stage *)source;
    uint32_t key;
    while ((key = screen_take_key()) != KEYS_NONE)
        take_key(live, key);
    if (!(events & (LOOP_HANGUP | LOOP_ERROR)))
        return;
    loop_remove(live->setup.loop, source); /* it would be told for ever */
    live->setup.quit(live->setup.of);
}

/* ---- the screen */

/* What the program is at: `open` is the line under way, a prompt, how far a transfer is. It is not
 * said of a step that is over. */
static const char *state_words(const struct live_stage *live, const char *open)
{
    if (live->follows && open[0])
        return open;
    if (live->ends)
        return _("it was asked to end; Ctrl-C or q again: at once");
    if (!live->follows)
        return _("an earlier step is looked at; the program goes on, G follows it");
    return live->program.picture.takes_lines ? _("live; i: type a line for the program")
                                             : _("live; b and the time line look back, G goes on");
}

static void put_state(struct live_stage *live)
{
    struct program_picture *picture = &live->program.picture;
    char open[sizeof picture->state];
    if (picture->over)
        return;
    said_open_line(&live->said, open, sizeof open);
    snprintf(picture->state, sizeof picture->state, "%.*s", (int)sizeof picture->state - 1,
             state_words(live, open));
}

static void draw(struct live_stage *live)
{
    int width, height;
    struct grid *grid = &live->grid;
    screen_size(&width, &height);
    if ((width != grid->width || height != grid->height) && !grid_make(grid, width, height))
        return;
    put_state(live);
    stage_draw(live->stage, grid);
    screen_draw(&live->screen, grid);
    screen_wants_mouse(&live->screen, live->stage->wants_mouse);
    live->key_came = false;
}

/* Returns when it is to be looked at again, in ms. A terminal that takes nothing now is not waited
 * for. */
static int draw_in_time(struct live_stage *live)
{
    uint64_t now = clock_usec(), due = live->stage->drawn_usec + DRAW_USEC;
    int wait = stage_wait(live->stage);
    if (!live->key_came && !stage_is_outdated(live->stage))
        return wait < 0 || wait > DRAW_MS ? DRAW_MS : wait;
    if (!live->key_came && now < due)
        return (int)((due - now + 999) / 1000);
    if (screen_has_room())
        draw(live);
    return DRAW_MS;
}

int live_stage_turn(struct live_stage *live, bool ends)
{
    live->key_came |= ends != live->ends;
    live->ends = ends;
    said_take(&live->said);
    heed_thin(live);
    take_segments(live);
    heed_full(live);
    if (live->follows)
        live->stage->at = session_last_step(live->session);
    stage_pass_time(live->stage);
    live->follows = live->stage->at == session_last_step(live->session);
    return draw_in_time(live);
}

void live_stage_over(struct live_stage *live, int status)
{
    struct program_picture *picture = &live->program.picture;
    said_take(&live->said);
    picture->over = true;
    picture->takes_lines = false;
    snprintf(picture->state, sizeof picture->state,
             _("The program is over, with the status %d. b looks back, q leaves."), status);
    if (live->stage->line.kind == LINE_SEND)
        live->stage->line.kind = LINE_SHUT;
    live->key_came = true;
}

/* ---- beginning and end */

static struct loaded_lab *no_lab(const char *name)
{
    struct loaded_lab *lab = calloc(1, sizeof *lab);
    if (!lab)
        return NULL;
    snprintf(lab->name, sizeof lab->name, "%s", name);
    lab->lab.title = (struct lab_text){ (const uint8_t *)name, (uint32_t)strlen(name) };
    lab->lab.host_count = 1;
    lab->lab.host_names[0] = lab->lab.title;
    return lab;
}

/* The record, and the stage that shows it; what is taken belongs to the stage. */
static bool open_record(struct live_stage *live)
{
    int status;
    struct loaded_lab *lab = no_lab(live->setup.name);
    live->session = lab ? session_record(&lab->lab, clock_usec()) : NULL;
    if (!live->session) {
        complain(_("out of memory"));
        free(lab);
        return false;
    }
    live->recorder = session_recorder(live->session);
    thin_begin(&live->thin, (struct sink){ .emit = record, .to = live });
    run_options_init(&live->run);
    live->run.lanes = "kernel";
    live->program.of = live;
    live->program.send = on_send;
    live->program.finish = on_finish;
    live->stage_setup = (struct stage_setup){
        .run = &live->run, .lab = lab, .session = live->session, .program = &live->program
    };
    live->stage = stage_new(&live->stage_setup, &status);
    if (live->stage)
        live->stage->picture.tab = TAB_CALLS;
    return live->stage;
}

/* Keys come from standard input, or where that is a pipe or a file, from the terminal. */
static bool open_terminal(struct live_stage *live)
{
    const char *why = N_("standard output has to be a terminal");
    int out = isatty(STDOUT_FILENO) ? dup(STDOUT_FILENO) : -1;
    live->screen.is_guest = true;
    live->screen.out = out >= 0 ? fdopen(out, "w") : NULL;
    live->screen.in = isatty(STDIN_FILENO) ? stdin : fopen("/dev/tty", "re");
    if (live->screen.out && !live->screen.in)
        why = N_("standard input is none, and there is no other one to read keys from");
    if (live->screen.out && live->screen.in && screen_open(&live->screen, false, &why)) {
        live->keys = (struct source){ .fd = fileno(live->screen.in), .ready = on_keys };
        return true;
    }
    complain(_("--stage needs a terminal: %s"), _(why));
    return false;
}

static void open_segments(struct live_stage *live)
{
    struct net_error error = { .err = 0 };
    if (!live->setup.datagrams)
        live->segments = segments_seen_open(&error);
    if (live->setup.datagrams)
        snprintf(live->no_wire, sizeof live->no_wire, "%s",
                 _("No ladder: it shows segments of TCP, and these are datagrams of UDP, which "
                   "have no connection. The calls show each of them."));
    else if (!live->segments)
        snprintf(live->no_wire, sizeof live->no_wire,
                 _("No ladder: segments are seen by who may capture (%s: %s). As root, or after "
                   "'setcap cap_net_raw+ep' on the program, they are; 'tcpstep doctor' says more. "
                   "Calls, states and queues are seen all the same."),
                 error.operation, strerror(error.err));
    live->program.picture.no_wire = live->segments ? NULL : live->no_wire;
}

struct live_stage *live_stage_open(const struct live_stage_setup *setup)
{
    struct live_stage *live = calloc(1, sizeof *live);
    if (!live) {
        complain(_("out of memory"));
        return NULL;
    }
    live->setup = *setup;
    live->follows = true;
    live->key_came = true;
    live->said = (struct said){ .file = -1, .out = -1, .err = -1, .line = on_line, .of = live };
    if (!open_record(live) || !open_terminal(live)) {
        live_stage_close(live);
        return NULL;
    }
    open_segments(live);
    screen_at_crash(said_crash, &live->said);
    if (said_begin(&live->said) && loop_add(setup->loop, &live->keys, LOOP_READ)) {
        draw(live);
        return live;
    }
    int err = errno;
    live_stage_close(live);
    complain(_("--stage: %s"), strerror(err));
    return NULL;
}

void live_stage_watch(struct live_stage *live, struct told *told)
{
    live->told = told;
    session_record_since(live->session, told_began(told)); /* lines and calls have one clock */
    told_timers(told);
}

void live_stage_lines(struct live_stage *live, const char *(*send)(void *of, const char *line),
                      void (*finish)(void *of), void *of)
{
    live->send = send;
    live->finish = finish;
    live->of = of;
    live->program.picture.takes_lines = true;
}

void live_stage_close(struct live_stage *live)
{
    if (live->keys.ready)
        loop_remove(live->setup.loop, &live->keys);
    screen_close(&live->screen);
    said_end(&live->said);
    screen_at_crash(NULL, NULL);
    if (live->screen.out)
        fclose(live->screen.out);
    if (live->screen.in && live->screen.in != stdin)
        fclose(live->screen.in);
    segments_seen_close(live->segments);
    grid_free(&live->grid);
    if (live->stage)
        stage_free(live->stage);
    free(live);
}
