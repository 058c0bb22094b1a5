/*
 * The state diagram: Figure 5 with each host on it, and what there is to say of it: who moved, what
 * the figure does not have, its notes, and the rules of a chosen arrow.
 */
#include "ui/text.h"
#include "ui/tui/panel_diagram.h"
#include "ui/tui/panels.h"
#include "ui/words.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    BESIDE = 30,      /* columns that words beside the wide chart need at least */
    BELOW = 8,        /* rows that words below it need at least */
    WORDS_WIDTH = 76, /* of a line that is read easily */
    PAGE_OF_ARROWS = 6,
    OTHERS_MAX = 4 /* moves of earlier steps that the figure does not have */
};

/* Where the next words go. */
struct pen {
    struct grid *grid;
    struct rect left; /* what is left of the room */
};

static void say(struct pen *pen, enum ink ink, const char *words)
{
    if (pen->left.height < 1) {
        grid_put(pen->grid, pen->left.x + pen->left.width - 1, pen->left.y - 1, 1, INK_FAINT, "…");
        return;
    }
    int rows = grid_wrap(pen->grid, pen->left, ink, words);
    pen->left.y += rows;
    pen->left.height -= rows;
}

/* A gap between paragraphs, where there is more room than this takes. */
static void gap(struct pen *pen)
{
    if (pen->left.height < 3)
        return;
    pen->left.y++;
    pen->left.height--;
}

static void say_legend(struct pen *pen, bool narrow)
{
    if (narrow) {
        say(pen, INK_FAINT,
            _("AB model  ab kernel  ● moved now  ━ ✓ passed  ○ possible  up/down: an arrow"));
        return;
    }
    say(pen, INK_FAINT, _("A B: hosts of the model"));
    say(pen, INK_FAINT, _("a b: hosts of the kernel"));
    say(pen, INK_FAINT, _("● moved in this step"));
    say(pen, INK_FAINT, _("━ the way of these connections"));
    say(pen, INK_FAINT, _("○ can be taken from where one is"));
    say(pen, INK_FAINT, _("up, down: choose an arrow"));
}

/* "● A model: SYN-SENT → ESTABLISHED, step 8"; without the step where that is left out. */
static char *last_move(const struct picture *picture, const struct sock_row *row, bool with_step,
                       char *text, size_t len)
{
    const char *kind = _(lane_name(view_kind(picture->view, row->lane, row->host)));
    const char *from = state_name((enum tcp_state)row->from);
    const char *to = state_name((enum tcp_state)row->state);
    const char *mark = row->moved_step == picture->view->step ? "● " : "";
    char host = host_letter(row->host);
    if (row->type == TYPE_DATAGRAM)
        snprintf(text, len, _("%c %s: a socket of UDP has no state: nothing is marked"), host,
                 kind);
    else if (row->from == row->state)
        snprintf(text, len, "%c %s: %s", host, kind, to);
    else if (with_step)
        snprintf(text, len, _("%s%c %s: %s → %s, step %u"), mark, host, kind, from, to,
                 row->moved_step);
    else
        snprintf(text, len, "%s%c %s: %s → %s", mark, host, kind, from, to);
    return text;
}

static enum ink ink_of_move(const struct picture *picture, const struct sock_row *row)
{
    bool now = row->moved_step == picture->view->step && row->from != row->state;
    return now ? INK_STRONG : INK_PLAIN;
}

static void say_last_moves(struct pen *pen, const struct picture *picture)
{
    char text[160];
    for (int host = 0; host < 2; host++) {
        for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
            const struct sock_row *row = socks_main(&picture->view->socks, lane, host);
            if (row)
                say(pen, ink_of_move(picture, row),
                    last_move(picture, row, true, text, sizeof text));
        }
    }
}

/* A row for each lane, its hosts side by side. */
static void say_last_moves_shortly(struct pen *pen, const struct picture *picture)
{
    char text[160];
    for (unsigned lane = 0; lane < LANE_COUNT && pen->left.height > 0; lane++) {
        int half = pen->left.width / 2, used = 0;
        for (int host = 0; host < 2; host++) {
            const struct sock_row *row = socks_main(&picture->view->socks, lane, host);
            if (row)
                used += grid_put(pen->grid, pen->left.x + host * half, pen->left.y, half - 1,
                                 ink_of_move(picture, row),
                                 last_move(picture, row, false, text, sizeof text));
        }
        pen->left.y += used > 0;
        pen->left.height -= used > 0;
    }
}

/* Moves that are not in the figure. */
static unsigned say_others(struct pen *pen, const struct picture *picture, unsigned earlier,
                           const char *head)
{
    char text[WORDS_MAX + 240];
    const struct view *view = picture->view;
    const struct move *move;
    unsigned said = 0;
    for (; (move = diagram_outside_move(view, said, earlier)) != NULL; said++) {
        if (said == 0 && head)
            say(pen, INK_STRONG, head);
        say(pen, move->step == view->step ? INK_STRONG : INK_PLAIN,
            move_words(view, move, text, sizeof text));
    }
    return said;
}

/* "taken once (model), in step 8", "" where it was not. */
static char *taken_words(const struct taken *taken, enum lane_id kind, char *text, size_t len)
{
    text[0] = '\0';
    if (taken->times == 1)
        snprintf(text, len, _("taken once (%s), in step %u"), _(lane_name(kind)), taken->first);
    else if (taken->times > 1)
        snprintf(text, len, _("taken %u times (%s), in steps %u to %u"), taken->times,
                 _(lane_name(kind)), taken->first, taken->last);
    return text;
}

static void say_taken(struct pen *pen, const struct taken *taken)
{
    char model[96], kernel[96], text[sizeof model + sizeof kernel + 8];
    taken_words(&taken[0], LANE_MODEL, model, sizeof model);
    taken_words(&taken[1], LANE_KERNEL, kernel, sizeof kernel);
    snprintf(text, sizeof text, "%s%s%s", model, model[0] && kernel[0] ? "; " : "", kernel);
    say(pen, text[0] ? INK_STRONG : INK_FAINT, text[0] ? text : _("not taken in this run so far"));
}

static void say_rule(struct pen *pen, enum rule_id id)
{
    char text[WORDS_MAX + 80], where[48];
    const struct rule *rule = &tcp_rules[id];
    snprintf(text, sizeof text, _("%s, %s: it %s; it %s."), words_where(id, where, sizeof where),
             rule->step, _(rule->when), _(rule->then));
    say(pen, INK_PLAIN, text);
}

/* The chosen arrow: whether it was taken, and its rules. */
static void say_arrow(struct pen *pen, const struct picture *picture, int index)
{
    char text[160], label[64];
    const struct arrow *arrow = &diagram_arrows[index];
    snprintf(text, sizeof text, "[%d/%d] %s → %s: %s", index + 1, DIAGRAM_ARROWS,
             state_name((enum tcp_state)arrow->from), state_name((enum tcp_state)arrow->to),
             arrow_label(arrow, label, sizeof label));
    say(pen, INK_CHOSEN, text);
    say_taken(pen, picture->view->walked.arrows[index]);
    for (unsigned i = 0; i < ARROW_RULES && arrow->rules[i] != RULE_NONE; i++)
        say_rule(pen, (enum rule_id)arrow->rules[i]);
}

/* In one row: the arrow, and whether it was taken. */
static void say_arrow_head(struct pen *pen, const struct picture *picture, int index)
{
    char text[160], label[64];
    const struct arrow *arrow = &diagram_arrows[index];
    const struct taken *taken = picture->view->walked.arrows[index];
    bool by_kernel = taken[0].times == 0;
    int x = pen->left.x, end = x + pen->left.width;
    arrow_label(arrow, label, sizeof label);
    snprintf(text, sizeof text, "[%d/%d] %s → %s: %s", index + 1, DIAGRAM_ARROWS,
             state_name((enum tcp_state)arrow->from), state_name((enum tcp_state)arrow->to), label);
    x += grid_put(pen->grid, x, pen->left.y, end - x, INK_CHOSEN, text) + 2;
    if (taken[by_kernel].times > 0)
        snprintf(text, sizeof text, _("taken: step %u"), taken[by_kernel].first);
    else
        snprintf(text, sizeof text, "%s", _("not taken"));
    grid_put(pen->grid, x, pen->left.y, end - x, taken[by_kernel].times ? INK_STRONG : INK_FAINT,
             text);
    pen->left.y++;
    pen->left.height--;
}

/* The chosen arrow in three rows: where it has two rules, a row for each. */
static void say_arrow_shortly(struct pen *pen, const struct picture *picture, int index)
{
    const struct arrow *arrow = &diagram_arrows[index];
    say_arrow_head(pen, picture, index);
    if (arrow->rules[1] == RULE_NONE) {
        say_rule(pen, (enum rule_id)arrow->rules[0]);
        return;
    }
    for (unsigned i = 0; i < ARROW_RULES; i++) {
        struct pen row = *pen;
        row.left.y += (int)i;
        row.left.height = 1;
        say_rule(&row, (enum rule_id)arrow->rules[i]);
    }
}

static void say_notes(struct pen *pen)
{
    for (unsigned i = 0; i < DIAGRAM_NOTES; i++)
        say(pen, INK_FAINT, _(diagram_notes[i]));
}

static void say_all(struct pen *pen, const struct picture *picture, int chosen, bool beside)
{
    if (!beside) {
        say_legend(pen, true);
        gap(pen);
    }
    say_last_moves(pen, picture);
    gap(pen);
    if (chosen != NO_ARROW) {
        say_arrow(pen, picture, chosen);
        gap(pen);
    }
    if (say_others(pen, picture, OTHERS_MAX, _("Moves that Figure 5 does not have:")) > 0)
        gap(pen);
    if (beside) {
        say_legend(pen, false);
        gap(pen);
    }
    say_notes(pen);
}

/* In a few rows: the chosen arrow; else what the figure does not have; else who moved. */
static void say_shortly(struct pen *pen, const struct picture *picture, int chosen)
{
    if (chosen != NO_ARROW) {
        say_arrow_shortly(pen, picture, chosen);
        return;
    }
    say_legend(pen, true);
    if (say_others(pen, picture, 0, NULL) == 0)
        say_last_moves_shortly(pen, picture);
}

static int chosen_arrow(const struct picture *picture)
{
    int row = picture->looks[SCREEN_STATES].row;
    return row < 1 ? NO_ARROW : row > DIAGRAM_ARROWS ? DIAGRAM_ARROWS - 1 : row - 1;
}

unsigned states_arrow_count(void)
{
    return DIAGRAM_ARROWS;
}

void draw_states(struct grid *grid, const struct picture *picture, struct rect area)
{
    struct diagram_marks marks;
    int chosen = chosen_arrow(picture), rows = (int)states_arrow_count() + 1;
    zones_extent(picture->zones, rows, PAGE_OF_ARROWS, rows); /* row 0 is none of them */
    bool tall = area.height >= layout_wide.height && area.width >= layout_wide.width;
    bool beside = tall && area.width >= layout_wide.width + BESIDE;
    bool wide = beside || (tall && area.height >= layout_wide.height + BELOW);
    const struct layout *layout = wide ? &layout_wide : &layout_compact;
    struct pen pen = { grid, area };
    int x = area.x + (beside ? 1 : (area.width - layout->width) / 2), y = area.y;
    if (beside) {
        pen.left.x = x + layout->width + 1;
        pen.left.width = area.width - layout->width - 3;
        if (pen.left.width > WORDS_WIDTH)
            pen.left.width = WORDS_WIDTH;
    } else {
        pen.left.x = x + 1;
        pen.left.width = layout->width - 2;
        pen.left.y += layout->height;
        pen.left.height -= layout->height;
    }
    diagram_mark(&marks, picture->view);
    draw_diagram(grid, x, y, layout, &marks, chosen);
    if (pen.left.height < BELOW)
        say_shortly(&pen, picture, chosen);
    else
        say_all(&pen, picture, chosen, beside);
}
