/*
 * Commands by their names, those of the stage's keys. What a command prints is all that changes: a
 * step is told when it is done or looked at.
 */
#include "ui/plain.h"

#include "net/clock.h"
#include "ui/complain.h"
#include "ui/escape.h"
#include "ui/plain_lines.h"
#include "ui/retell.h"
#include "ui/text.h"
#include "ui/tui/stage_end.h"
#include "ui/view_cache.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BUSY_PAUSE_USEC = 2000,
    STEPS_MAX = 1000000,
    LATER_USEC = 500000,
    NAMES_MAX = 40
};

struct plain {
    const struct stage_setup *setup;
    struct loaded_lab *lab;
    struct session *session;
    struct view view;
    struct view_cache views;
    uint32_t at; /* the step that is looked at */
    bool over;
};

static void look(struct plain *plain)
{
    session_look(plain->session);
    view_look(&plain->views, &plain->view, session_trace(plain->session), plain->at);
}

static void tell_step(struct plain *plain)
{
    look(plain);
    plain_step(&plain->view, session_trace(plain->session), session_last_step(plain->session),
               stdout);
}

/* The next step, done or recorded. False: there is none. */
static bool step_once(struct plain *plain)
{
    if (plain->at < session_last_step(plain->session)) {
        plain->at++;
        return true;
    }
    for (;;) {
        switch (session_step(plain->session)) {
        case SESSION_STEPPED:
            plain->at = session_last_step(plain->session);
            return true;
        case SESSION_OVER:
            return false;
        case SESSION_BUSY:
            clock_pause(BUSY_PAUSE_USEC);
        }
    }
}

static void step_many(struct plain *plain, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        if (!step_once(plain)) {
            printf("%s", _("The lab is over, and nothing is due any more.\n"));
            return;
        }
        tell_step(plain);
    }
}

/* A number, or `otherwise` where there is none. False: it is no number, which was said. */
static bool number_of(const char *words, uint64_t otherwise, uint64_t *number)
{
    char *end;
    *number = otherwise;
    if (!words[0])
        return true;
    errno = 0;
    *number = strtoull(words, &end, 10);
    if (errno == 0 && *end == '\0' && words[0] != '-')
        return true;
    printf(_("'%s' is no number.\n"), words);
    return false;
}

static void do_step(struct plain *plain, const char *words)
{
    uint64_t count;
    if (number_of(words, 1, &count))
        step_many(plain, count);
}

static void do_run(struct plain *plain, const char *words)
{
    (void)words;
    step_many(plain, STEPS_MAX);
}

static void go_to(struct plain *plain, uint64_t step)
{
    uint32_t last = session_last_step(plain->session);
    if (step > last)
        printf(_("The last step done is %u.\n"), last);
    plain->at = step > last ? last : (uint32_t)step;
    tell_step(plain);
}

static void do_back(struct plain *plain, const char *words)
{
    uint64_t count;
    if (!number_of(words, 1, &count))
        return;
    if (plain->at == 0)
        printf("%s", _("This is the beginning.\n"));
    else
        go_to(plain, count < plain->at ? plain->at - count : 0);
}

static void do_goto(struct plain *plain, const char *words)
{
    uint64_t step;
    if (number_of(words, 0, &step))
        go_to(plain, step);
}

static void do_last(struct plain *plain, const char *words)
{
    (void)words;
    go_to(plain, session_last_step(plain->session));
}

/* ---- the wire */

/* By its number, of the lane that is named behind it; without one the first that is not held, or
 * else the first. */
static const struct view_row *segment_of(struct plain *plain, const char *words)
{
    const struct view_row *row, *first = NULL;
    char *end = NULL;
    unsigned long id = strtoul(words, &end, 10);
    const char *lane = end + strspn(end, " ");
    look(plain);
    for (size_t i = 0; (row = view_waiting(&plain->view, i)); i++) {
        const char *name = lane_name((enum lane_id)row->lane);
        bool of_lane = !lane[0] || strcmp(lane, name) == 0 || strcmp(lane, _(name)) == 0;
        bool runs = session_runs(plain->session, (enum lane_id)row->lane);
        if (!runs || !of_lane || (end != words && row->id != id))
            continue;
        if (row->fate != ROW_HELD || end != words)
            return row;
        first = first ? first : row;
    }
    return first;
}

static void act_on_wire(struct plain *plain, enum wire_act act, const char *words)
{
    const struct view_row *row = segment_of(plain, words);
    uint32_t last = session_last_step(plain->session);
    if (!row) {
        printf("%s", _("No such segment is on a wire that can be held.\n"));
        return;
    }
    if (row->lane != LANE_MODEL && plain->at < last) {
        printf("%s", _("A kernel cannot be taken back: act on its wire at the last step.\n"));
        return;
    }
    enum lane_id lane = (enum lane_id)row->lane;
    uint32_t id = row->id;
    if (plain->at < last)
        session_back(plain->session, plain->at);
    bool done = session_wire(plain->session, lane, act, id, LATER_USEC);
    plain->at = session_last_step(plain->session);
    if (done)
        tell_step(plain);
    else
        printf("%s", _("The wire cannot do that to this segment now.\n"));
}

static void do_deliver(struct plain *plain, const char *words)
{
    act_on_wire(plain, WIRE_DELIVER, words);
}

static void do_drop(struct plain *plain, const char *words)
{
    act_on_wire(plain, WIRE_DROP, words);
}

static void do_duplicate(struct plain *plain, const char *words)
{
    act_on_wire(plain, WIRE_DUPLICATE, words);
}

static void do_hold(struct plain *plain, const char *words)
{
    act_on_wire(plain, WIRE_HOLD, words);
}

static void do_release(struct plain *plain, const char *words)
{
    act_on_wire(plain, WIRE_RELEASE, words);
}

static void do_corrupt(struct plain *plain, const char *words)
{
    act_on_wire(plain, WIRE_CORRUPT, words);
}

static void do_reorder(struct plain *plain, const char *words)
{
    act_on_wire(plain, WIRE_REORDER, words);
}

static void do_delay(struct plain *plain, const char *words)
{
    act_on_wire(plain, WIRE_DELAY, words);
}

/* ---- what is asked for once more */

static void do_where(struct plain *plain, const char *words)
{
    (void)words;
    tell_step(plain);
}

static void do_why(struct plain *plain, const char *words)
{
    (void)words;
    look(plain);
    plain_why(&plain->view, stdout);
}

static void do_states(struct plain *plain, const char *words)
{
    (void)words;
    look(plain);
    plain_states(&plain->view, stdout);
}

static void do_wire(struct plain *plain, const char *words)
{
    (void)words;
    look(plain);
    if (view_waiting_count(&plain->view) == 0)
        printf("%s", _("No segment is on the wire.\n"));
    plain_wire(&plain->view, stdout);
}

static void do_say(struct plain *plain, const char *words)
{
    (void)words;
    look(plain);
    printf("%s\n", plain->view.say);
}

/* ---- labs */

static void tell_lab(const struct plain *plain)
{
    char title[256];
    const struct lab_text *text = &plain->lab->lab.title;
    printf(_("Lab %s: %s.\n"), plain->lab->name,
           retell_octets(text->octets, text->len, title, sizeof title));
}

/* The one before goes on where that fails. */
static void begin(struct plain *plain, struct loaded_lab *lab)
{
    struct net_error error = { .err = ENOMEM, .operation = "a lab" };
    struct session *session = run_options_open(plain->setup->run, &lab->lab, &error);
    if (!session) {
        printf(_("Not begun: %s: %s.\n"), error.operation, strerror(error.err));
        if (lab != plain->lab)
            lab_unload(lab);
        return;
    }
    view_cache_clear(&plain->views);
    session_close(plain->session);
    if (lab != plain->lab)
        lab_unload(plain->lab);
    plain->lab = lab;
    plain->session = session;
    plain->at = 0;
    tell_lab(plain);
    tell_step(plain);
}

static void do_restart(struct plain *plain, const char *words)
{
    (void)words;
    begin(plain, plain->lab);
}

static void do_lab(struct plain *plain, const char *words)
{
    int status;
    struct loaded_lab *lab = words[0] ? lab_load(words, &status) : NULL;
    if (lab)
        begin(plain, lab);
    else if (!words[0])
        tell_lab(plain);
}

static void do_labs(struct plain *plain, const char *words)
{
    (void)plain;
    (void)words;
    struct catalogue catalogue;
    if (!catalogue_make(&catalogue))
        return;
    for (size_t i = 0; i < catalogue.count; i++)
        printf("%s: %s.\n", catalogue.labs[i].name, _(catalogue.labs[i].title));
}

static void do_quit(struct plain *plain, const char *words)
{
    (void)words;
    plain->over = true;
}

static void do_help(struct plain *plain, const char *words);

static const struct {
    const char *name, *takes, *help;
    void (*run)(struct plain *plain, const char *words);
} commands[] = {
    { "step", "[N]", N_("do the next step, or so many; an empty line does one"), do_step },
    { "back", "[N]", N_("look at the step before, or so many back"), do_back },
    { "run", "", N_("all steps to the end"), do_run },
    { "goto", "[STEP]", N_("look at a step that was done"), do_goto },
    { "first", "", N_("look at the beginning"), do_goto },
    { "last", "", N_("look at the last step done"), do_last },
    { "deliver", "[NUMBER]", N_("deliver a segment on the wire before the others"), do_deliver },
    { "drop", "[NUMBER]", N_("let the wire lose a segment"), do_drop },
    { "duplicate", "[NUMBER]", N_("let the wire make a copy of it"), do_duplicate },
    { "hold", "[NUMBER]", N_("let the wire hold it back"), do_hold },
    { "release", "[NUMBER]", N_("let it go on"), do_release },
    { "corrupt", "[NUMBER]", N_("let the wire change an octet of it"), do_corrupt },
    { "reorder", "[NUMBER]", N_("let it go behind the next one of its sender"), do_reorder },
    { "delay", "[NUMBER]", N_("let it arrive half a second later"), do_delay },
    { "where", "", N_("tell this step once more"), do_where },
    { "why", "", N_("tell why it happened"), do_why },
    { "states", "", N_("tell the states"), do_states },
    { "wire", "", N_("tell what waits on the wire"), do_wire },
    { "say", "", N_("tell what the lab said last"), do_say },
    { "restart", "", N_("begin the lab anew"), do_restart },
    { "lab", "[NAME]", N_("begin another lab"), do_lab },
    { "labs", "", N_("list the labs"), do_labs },
    { "help", "", N_("list the commands"), do_help },
    { "quit", "", N_("leave"), do_quit },
};

static void do_help(struct plain *plain, const char *words)
{
    (void)plain;
    (void)words;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        printf("%s%s%s: %s.\n", commands[i].name, commands[i].takes[0] ? " " : "",
               commands[i].takes, _(commands[i].help));
}

static void unknown(const char *word)
{
    const char *names[NAMES_MAX];
    size_t count = sizeof commands / sizeof commands[0];
    for (size_t i = 0; i < count; i++)
        names[i] = commands[i].name;
    const char *near = nearest_word(word, names, count);
    if (near)
        printf(_("There is no command '%s'; did you mean '%s'?\n"), word, near);
    else
        printf(_("There is no command '%s'; 'help' lists them.\n"), word);
}

/* A line, without what stands around it: a name, or the beginning of just one, and words. */
static void obey(struct plain *plain, char *line)
{
    char *name = line + strspn(line, " \t\r");
    size_t end = strcspn(name, "\n");
    while (end > 0 && strchr(" \t\r", name[end - 1]))
        end--;
    name[end] = '\0';
    size_t len = strcspn(name, " \t");
    char *words = name + len + strspn(name + len, " \t");
    name[len] = '\0';
    if (!name[0]) {
        do_step(plain, "");
        return;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            commands[i].run(plain, words);
            return;
        }
    }
    char shown[64];
    unknown(escape_text((const uint8_t *)name, strlen(name), shown, sizeof shown));
}

/* What cannot be written any more ends it, as the end of the input does. */
static void read_lines(struct plain *plain)
{
    char *line = NULL;
    size_t cap = 0;
    while (!plain->over && fflush(stdout) == 0 && !ferror(stdout)) {
        if (isatty(STDIN_FILENO)) {
            printf("> ");
            fflush(stdout);
        }
        if (getline(&line, &cap, stdin) < 0)
            break;
        obey(plain, line);
    }
    free(line);
}

int plain_run(const struct stage_setup *setup)
{
    struct net_error error;
    struct plain *plain = calloc(1, sizeof *plain);
    int status = STATUS_NOT_ALLOWED;
    if (!plain) {
        complain(_("out of memory"));
        lab_unload(setup->lab);
        return status;
    }
    plain->setup = setup;
    plain->lab = setup->lab;
    plain->session = run_options_open(setup->run, &plain->lab->lab, &error);
    if (plain->session) {
        tell_lab(plain);
        tell_step(plain);
        if (setup->run_at_once)
            do_run(plain, "");
        read_lines(plain);
        status = stage_end(setup, plain->lab, plain->session);
        session_close(plain->session);
    } else {
        status = run_options_complain(&error);
    }
    view_cache_clear(&plain->views);
    lab_unload(plain->lab);
    free(plain);
    return status;
}
