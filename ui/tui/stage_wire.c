/*
 * Acts on segments, each refused with the reason where it cannot be; and the way back.
 */
#include "ui/tui/stage_parts.h"

#include "ui/text.h"

#include <string.h>

enum {
    LATER_USEC = 500000
};

bool stage_is_live(const struct stage *stage)
{
    for (unsigned lane = LANE_KERNEL; lane < LANE_COUNT; lane++) {
        if (session_runs(stage->session, (enum lane_id)lane))
            return true;
    }
    return false;
}

static bool in_hand(const struct stage *stage)
{
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        if (stage->view.in_hand[lane] && session_runs(stage->session, (enum lane_id)lane))
            return true;
    }
    return false;
}

/* The segment that is meant: the chosen one, or one by its id. */
static const struct view_row *meant(const struct stage *stage, const struct order *order)
{
    const struct view_row *row;
    if (!order->said || order->number == 0)
        return picture_chosen(&stage->picture);
    for (size_t i = 0; (row = view_waiting(&stage->view, i)); i++) {
        if (row->id == order->number && (order->lane < 0 || order->lane == row->lane))
            return row;
    }
    return NULL;
}

static bool is_in_past(const struct stage *stage)
{
    return stage->at < session_last_step(stage->session);
}

/* Why the wire cannot be acted on, in words; NULL: it can. */
static const char *why_not(const struct stage *stage, const struct order *order,
                           const struct view_row *row)
{
    if (stage->busy)
        return _("A step is under way and waits for real time; a moment.");
    if (!in_hand(stage))
        return _("The wire of this lane is the kernel's own: it cannot be held.");
    if (!row)
        return order->said && order->number ? _("No such segment is on the wire now.")
                                            : _("No segment is on the wire.");
    if (!session_runs(stage->session, (enum lane_id)row->lane))
        return _("This lane is no longer run: only its record is left. R begins anew.");
    if (row->lane != LANE_MODEL && is_in_past(stage))
        return _("A kernel cannot be taken back: act on its wire at the last step (G).");
    if (order->command == STAGE_RELEASE && row->fate != ROW_HELD)
        return _("Nobody holds this segment: it is on its way.");
    return NULL;
}

/* Why the wire itself may have refused it. */
static const char *why_refused(enum stage_command command)
{
    if (command == STAGE_DUPLICATE)
        return _("The wire has no room for a copy now: let something arrive first.");
    if (command == STAGE_HOLD)
        return _("The wire cannot hold this segment: it holds it already, or it has arrived.");
    if (command == STAGE_REORDER)
        return _("It cannot go behind the next one: it is behind it, or waits for it, already.");
    return _("The wire cannot do that to this segment now.");
}

static enum wire_act act_of(enum stage_command command, const struct view_row *row)
{
    if (command == STAGE_DROP)
        return WIRE_DROP;
    if (command == STAGE_DUPLICATE)
        return WIRE_DUPLICATE;
    if (command == STAGE_RELEASE || (command == STAGE_HOLD && row->fate == ROW_HELD))
        return WIRE_RELEASE;
    if (command == STAGE_HOLD)
        return WIRE_HOLD;
    if (command == STAGE_CORRUPT)
        return WIRE_CORRUPT;
    if (command == STAGE_REORDER)
        return WIRE_REORDER;
    return command == STAGE_DELAY ? WIRE_DELAY : WIRE_DELIVER;
}

void stage_act_on_wire(struct stage *stage, const struct order *order)
{
    const struct view_row *row = meant(stage, order);
    const char *refusal = why_not(stage, order, row);
    if (refusal) {
        stage_tell(stage, "%s", refusal);
        return;
    }
    enum lane_id lane = (enum lane_id)row->lane;
    enum wire_act act = act_of(order->command, row);
    stage->picture.running = stage->seek.on = false;
    if (is_in_past(stage))
        session_back(stage->session, stage->at);
    if (!session_wire(stage->session, lane, act, row->id, order->usec ? order->usec : LATER_USEC))
        stage_tell(stage, "%s", why_refused(order->command));
    stage->at = session_last_step(stage->session);
    if (act == WIRE_HOLD || act == WIRE_RELEASE)
        stage->picture.chosen = 0; /* what comes next is chosen next */
}

static void choose_row(struct stage *stage, const struct order *order)
{
    enum stage_screen screen = stage->picture.screen;
    if (screen == SCREEN_LABS && order->number < stage->catalogue.count)
        stage->picture.lab_chosen = order->number;
    else if (screen != SCREEN_LABS && order->number < (uint64_t)stage->zones.rows)
        stage->picture.looks[screen].row = (int)order->number;
}

void stage_choose(struct stage *stage, const struct order *order)
{
    bool is_list =
        stage->picture.screen == SCREEN_LABS || (stage->zones.rows > 0 && !stage->zones.back);
    const struct view_row *row = meant(stage, order);
    if (is_list) {
        choose_row(stage, order);
    } else if (row) {
        stage->picture.chosen = row->id;
        stage->picture.chosen_lane = row->lane;
    } else {
        stage_tell(stage, "%s", _("No such segment is on the wire now."));
    }
}

bool stage_come_back(struct stage *stage)
{
    if (!is_in_past(stage))
        return true;
    if (stage_is_live(stage)) {
        stage_tell(stage, "%s", _("A kernel cannot be taken back: do that at the last step (G)."));
        return false;
    }
    session_back(stage->session, stage->at);
    stage->busy = false;
    return true;
}

void stage_undo(struct stage *stage)
{
    uint32_t last = session_last_step(stage->session);
    if (last == 0 || stage_is_live(stage)) {
        stage_tell(stage, "%s",
                   last ? _("A kernel cannot be taken back; b looks back, R begins anew.")
                        : _("Nothing has been done yet that could be undone."));
        return;
    }
    uint32_t to = is_in_past(stage) ? stage->at : last - 1;
    stage->picture.running = stage->seek.on = false;
    session_back(stage->session, to);
    stage->busy = false;
    stage->at = session_last_step(stage->session);
    stage_report(stage, _("Undone: what was behind step %u is forgotten."), stage->at);
}
