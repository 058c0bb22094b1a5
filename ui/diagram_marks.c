/*
 * A view, as marks on boxes and arrows.
 */
#include "ui/diagram_marks.h"

#include <stdio.h>
#include <string.h>

char diagram_letter(const struct view *view, unsigned lane, int host)
{
    return (char)((view_kind(view, lane, host) == LANE_MODEL ? 'A' : 'a') + host);
}

bool diagram_follows(const struct view *view, const struct move *move)
{
    const struct sock_row *row = socks_main(&view->socks, move->lane, move->host);
    return row && row->id == move->sock;
}

static void mark_row(struct diagram_marks *marks, const struct view *view,
                     const struct sock_row *row)
{
    unsigned at = diagram_box((enum tcp_state)row->from, (enum tcp_state)row->state,
                              row->source == BY_ABSENCE);
    struct box_marks *box = &marks->boxes[at];
    bool moved = row->moved_step == view->step && row->from != row->state;
    char *who = moved ? box->moved : box->stays;
    who[strlen(who)] = diagram_letter(view, row->lane, row->host);
    box->been = true;
    for (unsigned i = 0; i < BOX_COUNT; i++)
        marks->boxes[i].been |= (row->been & 1u << i) != 0;
    for (unsigned i = 0; i < DIAGRAM_ARROWS; i++) {
        marks->arrows[i].passed |= (row->path & 1u << i) != 0;
        marks->arrows[i].possible |=
            diagram_arrows[i].from == row->state && at != BOX_CLOSED_AT_END;
    }
}

void diagram_mark(struct diagram_marks *marks, const struct view *view)
{
    const struct walked *walked = &view->walked;
    memset(marks, 0, sizeof *marks);
    for (int host = 0; host < 2; host++) {
        for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
            const struct sock_row *row = socks_main(&view->socks, lane, host);
            if (row)
                mark_row(marks, view, row);
        }
    }
    for (size_t i = walked->count; i-- > 0 && walked_move(walked, i);) {
        const struct move *move = walked_move(walked, i);
        if (move->step != view->step)
            break;
        if (move->arrow != NO_ARROW && diagram_follows(view, move))
            marks->arrows[move->arrow].moved = true;
    }
}

char *box_who(const struct box_marks *box, char *text, size_t len)
{
    snprintf(text, len, "%s%s%s%s", box->moved[0] ? "●" : "", box->moved,
             box->moved[0] && box->stays[0] ? " " : "", box->stays);
    return text;
}
