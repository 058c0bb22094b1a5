/*
 * A view, as marks on boxes and arrows.
 */
#include "ui/diagram_marks.h"

#include "ui/text.h"
#include "ui/words.h"

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
            if (row && row->type != TYPE_DATAGRAM) /* of UDP, which has no state */
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

char *move_words(const struct view *view, const struct move *move, char *text, size_t len)
{
    char where[48];
    const struct rule *rule = &tcp_rules[move->rule];
    const char *kind = _(lane_name(view_kind(view, move->lane, move->host)));
    const char *from = state_name((enum tcp_state)move->from);
    const char *to = state_name((enum tcp_state)move->to);
    const char *reason = diagram_outside_why((enum rule_id)move->rule);
    const char *mark = move->step == view->step ? "● " : "";
    words_where((enum rule_id)move->rule, where, sizeof where);
    if (move->rule == RULE_NONE)
        snprintf(text, len, _("%s%c %s, step %u: %s → %s (%s); a kernel does not say why"), mark,
                 host_letter(move->host), kind, move->step, from, to,
                 move->source == BY_ABSENCE ? _("no longer in its table")
                                            : _(source_name((enum state_source)move->source)));
    else
        snprintf(text, len, _("%s%c %s, step %u: %s → %s (%s, %s): %s; it %s. (%s)"), mark,
                 host_letter(move->host), kind, move->step, from, to, where, rule->step,
                 _(rule->when), _(rule->then), reason ? _(reason) : "");
    return text;
}

const struct move *diagram_outside_move(const struct view *view, unsigned n, unsigned earlier)
{
    const struct walked *walked = &view->walked;
    for (size_t i = walked->count; i-- > 0 && walked_move(walked, i);) {
        const struct move *move = walked_move(walked, i);
        bool now = move->step == view->step;
        if (move->arrow != NO_ARROW || (!now && (earlier == 0 || !diagram_follows(view, move))))
            continue;
        earlier -= now ? 0 : 1;
        if (n-- == 0)
            return move;
    }
    return NULL;
}

char *box_who(const struct box_marks *box, char *text, size_t len)
{
    snprintf(text, len, "%s%s%s%s", box->moved[0] ? "●" : "", box->moved,
             box->moved[0] && box->stays[0] ? " " : "", box->stays);
    return text;
}
