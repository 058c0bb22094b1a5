/*
 * The stage without its screen: the same table of commands, the same orders. What a command prints
 * is all that changes: a step is told when it is done or looked at.
 */
#include "ui/plain.h"

#include "net/clock.h"
#include "ui/complain.h"
#include "ui/escape.h"
#include "ui/plain_lines.h"
#include "ui/retell.h"
#include "ui/text.h"
#include "ui/tui/acts.h"
#include "ui/tui/stage_end.h"
#include "ui/tui/stage_parts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BUSY_PAUSE_USEC = 2000,
    WIDTH = 80, /* of the grid that nobody looks at */
    HEIGHT = 24
};

struct plain {
    struct stage *stage;
    struct grid grid;
    const struct session *told; /* whose lab was told */
    uint32_t told_at;           /* the step told last, and the events there were then */
    size_t told_events;
};

static void look(struct plain *plain)
{
    session_look(plain->stage->session);
    stage_draw(plain->stage, &plain->grid);
}

static void tell_step(struct plain *plain)
{
    const struct stage *stage = plain->stage;
    look(plain);
    plain_step(&stage->view, session_trace(stage->session), session_last_step(stage->session),
               stdout);
    plain->told_at = stage->at;
    plain->told_events = session_trace(stage->session)->count;
}

static void tell_lab(struct plain *plain)
{
    char title[256];
    const struct lab_text *text = &plain->stage->lab->lab.title;
    printf(_("Lab %s: %s.\n"), plain->stage->lab->name,
           retell_octets(text->octets, text->len, title, sizeof title));
    plain->told = plain->stage->session;
    tell_step(plain);
}

static void tell_message(struct plain *plain)
{
    if (plain->stage->message[0])
        printf("%s\n", plain->stage->message);
    plain->stage->message[0] = '\0';
}

/* What an order has changed. */
static void tell_change(struct plain *plain)
{
    const struct stage *stage = plain->stage;
    if (plain->told != stage->session)
        tell_lab(plain);
    else if (plain->told_at != stage->at ||
             plain->told_events != session_trace(stage->session)->count)
        tell_step(plain);
    tell_message(plain);
}

/* All that an order has begun; a run tells each step, a run as fast as can be only its last. */
static void wait_for_end(struct plain *plain)
{
    struct stage *stage = plain->stage;
    while (stage->busy || stage->seek.on || stage->picture.running) {
        if (stage->busy)
            clock_pause(BUSY_PAUSE_USEC);
        stage->step_usec = 0; /* nobody watches: a run goes on at once */
        stage_pass_time(stage);
        if (stage->picture.running && !stage->busy && plain->told_at != stage->at)
            tell_step(plain);
    }
    tell_change(plain);
}

static void do_steps(struct plain *plain, const struct order *order)
{
    struct order one = { .command = STAGE_STEP, .lane = -1 };
    uint64_t count = order->said ? order->number : 1;
    for (uint64_t i = 0; i < count; i++) {
        uint32_t before = plain->stage->at;
        stage_order(plain->stage, &one);
        wait_for_end(plain);
        if (plain->stage->at == before)
            return;
    }
}

static void list_labs(const struct plain *plain)
{
    const struct catalogue *catalogue = &plain->stage->catalogue;
    for (size_t i = 0; i < catalogue->count; i++)
        printf("%s: %s.\n", catalogue->labs[i].name, _(catalogue->labs[i].title));
}

static void list_acts(const struct plain *plain)
{
    struct act acts[ACTS_MAX];
    const struct stage *stage = plain->stage;
    size_t count = acts_possible(&stage->view, &stage->lab->lab, acts, ACTS_MAX);
    if (count == 0)
        printf("%s\n", _("No program can call anything here."));
    for (size_t i = 0; i < count; i++)
        printf("call %s: %s.\n", acts[i].call, acts[i].does);
}

/* Is it of use without a screen? */
static bool is_for_lines(const struct command_row *row)
{
    bool scrolls = row->command >= STAGE_UP && row->command <= STAGE_EDIT;
    bool shows = row->command == STAGE_TAB || row->command == STAGE_FILTER ||
                 row->command == STAGE_LINE || row->command == STAGE_MOUSE ||
                 row->command == STAGE_CLOSE || row->command == STAGE_AGAIN ||
                 row->command == STAGE_SEND || row->command == STAGE_FINISH;
    return command_exists(row) && !scrolls && !shows;
}

static void list_commands(void)
{
    for (size_t i = 0; i < command_row_count; i++) {
        const struct command_row *row = &command_rows[i];
        if (is_for_lines(row))
            printf("%s%s%s: %s.\n", row->name, row->usage[0] ? " " : "", row->usage, _(row->help));
    }
}

static void show(struct plain *plain, const struct order *order)
{
    const struct stage *stage = plain->stage;
    const char *name = screen_rows[order->number].name;
    if (order->number == SCREEN_HELP)
        list_commands();
    else if (order->number == SCREEN_STATES)
        plain_states(&stage->view, stdout);
    else if (order->number == SCREEN_STAGE)
        tell_step(plain);
    else
        printf(_("That is a picture: 'tcpstep frame %s --at %u --screen %s' prints it.\n"),
               stage->lab->name, stage->at, name);
}

static void tell_part(struct plain *plain, enum told_part part)
{
    const struct view *view = &plain->stage->view;
    switch (part) {
    case PART_STEP:
        tell_step(plain);
        break;
    case PART_WHY:
        plain_why(view, stdout);
        break;
    case PART_WIRE:
        if (view_waiting_count(view) == 0)
            printf("%s", _("No segment is on the wire.\n"));
        plain_wire(view, stdout);
        break;
    case PART_SAY:
        printf("%s\n", view->say);
        break;
    case PART_COUNT:
        break;
    }
}

static void do_order(struct plain *plain, const struct order *order)
{
    look(plain);
    if (order->command == STAGE_STEP) {
        do_steps(plain, order);
    } else if (order->command == STAGE_VIEW) {
        show(plain, order);
    } else if (order->command == STAGE_TELL) {
        tell_part(plain, (enum told_part)order->number);
    } else if (order->command == STAGE_LABS) {
        list_labs(plain);
    } else if (order->command == STAGE_ACTS) {
        list_acts(plain);
    } else {
        stage_order(plain->stage, order);
        wait_for_end(plain);
    }
}

/* A line that is no command but a key does what the key does on the stage. */
static const struct command_row *row_of_key(const struct plain *plain, const char *line,
                                            const char **words)
{
    uint32_t key = key_of_name(line);
    const struct binding *bound = binding_of(&plain->stage->setup->bindings, key, SCREEN_STAGE);
    *words = bound ? bound->line : NULL;
    return bound ? NULL : command_of_key(key, SCREEN_STAGE);
}

static const struct command_row *named_by(const char *line)
{
    line += strspn(line, " :");
    return command_of_name(line, strcspn(line, " "));
}

static void obey(struct plain *plain, const char *line)
{
    struct order order;
    char wrong[MESSAGE_MAX];
    const char *words = NULL;
    const struct command_row *row = line[0] ? named_by(line) : command_of_name("step", 4);
    const struct command_row *pressed = row ? NULL : row_of_key(plain, line, &words);
    line = words ? words : pressed ? pressed->name : line[0] ? line : "step";
    row = row ? row : named_by(line);
    if (row && !is_for_lines(row))
        printf("%s\n", _("That is of use on the stage only, not without its screen."));
    else if (order_read(line, &order, wrong, sizeof wrong))
        do_order(plain, &order);
    else
        printf("%s\n", wrong);
}

/* A line of what is printed or typed: nothing in it is a control. */
static void obey_line(struct plain *plain, char *line)
{
    char shown[ORDER_MAX];
    char *words = line + strspn(line, " \t\r");
    size_t len = strcspn(words, "\n");
    while (len > 0 && strchr(" \t\r", words[len - 1]))
        len--;
    for (size_t i = 0; i < len; i++)
        words[i] = words[i] == '\t' ? ' ' : words[i];
    escape_text((const uint8_t *)words, len, shown, sizeof shown);
    obey(plain, shown);
}

/* What cannot be written any more ends it, as the end of the input does. */
static void read_lines(struct plain *plain)
{
    char *line = NULL;
    size_t cap = 0;
    while (!plain->stage->over && fflush(stdout) == 0 && !ferror(stdout)) {
        if (isatty(STDIN_FILENO)) {
            printf("> ");
            fflush(stdout);
        }
        if (getline(&line, &cap, stdin) < 0)
            break;
        obey_line(plain, line);
    }
    free(line);
}

int plain_run(const struct stage_setup *setup)
{
    int status;
    struct plain plain = { .stage = stage_new(setup, &status) };
    if (!plain.stage)
        return status;
    plain.stage->picture.screen = SCREEN_STAGE;
    if (!grid_make(&plain.grid, WIDTH, HEIGHT)) {
        complain(_("out of memory"));
        stage_free(plain.stage);
        return STATUS_NOT_ALLOWED;
    }
    tell_lab(&plain);
    wait_for_end(&plain);
    read_lines(&plain);
    status = stage_end(setup, &plain.stage->run, plain.stage->lab, plain.stage->session);
    stage_free(plain.stage);
    grid_free(&plain.grid);
    return status;
}
