/*
 * Which segment is chosen, of all that wait on the wires of all lanes.
 */
#include "ui/tui/panels.h"

static bool is_chosen(const struct picture *picture, const struct view_row *row)
{
    return row->id == picture->chosen && row->lane == picture->chosen_lane;
}

static void set_chosen(struct picture *picture, const struct view_row *row)
{
    picture->chosen = row ? row->id : 0;
    picture->chosen_lane = row ? row->lane : 0;
}

/* The next row from the n-th waiting one on that can be acted on; *n becomes its number. */
static const struct view_row *waiting_from(const struct picture *picture, size_t *n)
{
    const struct view_row *row;
    while ((row = view_waiting(picture->view, *n)) && picture->record_only[row->lane])
        ++*n;
    return row;
}

const struct view_row *picture_chosen(const struct picture *picture)
{
    const struct view_row *row;
    for (size_t i = 0; (row = waiting_from(picture, &i)); i++) {
        if (is_chosen(picture, row))
            return row;
    }
    return NULL;
}

void picture_choose(struct picture *picture)
{
    const struct view_row *first = NULL, *row;
    for (size_t i = 0; (row = waiting_from(picture, &i)); i++) {
        if (is_chosen(picture, row))
            return;
        if (!first || (first->fate == ROW_HELD && row->fate != ROW_HELD))
            first = row;
    }
    set_chosen(picture, first);
}

void picture_choose_next(struct picture *picture, bool down)
{
    const struct view_row *before = NULL, *row;
    bool passed = false;
    picture->looks[SCREEN_STAGE].scroll = 0; /* it is in sight */
    for (size_t i = 0; (row = waiting_from(picture, &i)); i++) {
        if (passed) {
            set_chosen(picture, row);
            return;
        }
        if (is_chosen(picture, row) && !down && before) {
            set_chosen(picture, before);
            return;
        }
        passed = down && is_chosen(picture, row);
        before = row;
    }
}
