/*
 * Lines of words.
 */
#include "ui/plain_lines.h"

#include "ui/text.h"
#include "ui/words.h"

#include <inttypes.h>
#include <string.h>

/* Where an event is to be told of: "A, model". */
static char *place_of(const struct view *view, const struct event *event, char *text, size_t len)
{
    if (event->lane >= LANE_COUNT || event->host < 0)
        snprintf(text, len, "%s",
                 event->lane < LANE_COUNT ? _(lane_name((enum lane_id)event->lane)) : "");
    else
        snprintf(text, len, "%c, %s", host_letter(event->host),
                 _(lane_name(view_kind(view, event->lane, event->host))));
    return text;
}

static void tell_state(const struct view *view, const struct event *event, FILE *to)
{
    char place[32];
    const char *from = state_name((enum tcp_state)event->u.state.from);
    const char *now = state_name((enum tcp_state)event->u.state.to);
    place_of(view, event, place, sizeof place);
    if (event->u.state.first)
        fprintf(to, _("%s: a socket is first seen in %s.\n"), place, now);
    else
        fprintf(to, _("%s: from %s to %s.\n"), place, from, now);
}

/* An expectation that holds is no news, what comes next and why have lines of their own. */
static bool is_told(const struct event *event)
{
    switch ((enum event_kind)event->kind) {
    case EV_CALL:
    case EV_RETURN:
    case EV_STATE:
    case EV_SENT:
    case EV_DELIVERED:
    case EV_DROPPED:
    case EV_DUPLICATED:
    case EV_HELD:
    case EV_RELEASED:
    case EV_CORRUPTED:
    case EV_SIGNAL:
        return true;
    case EV_TIMER:
        return event->u.timer.change == TIMER_RAN_OUT;
    case EV_SOCKET:
    case EV_RULE:
    case EV_VARS:
    case EV_SAY:
    case EV_EXPECT:
    case EV_DIFFERS:
    case EV_NEXT:
    case EVENT_KIND_COUNT:
        break;
    }
    return false;
}

static void tell(const struct view *view, const struct event *event, FILE *to)
{
    char place[32], words[WORDS_MAX];
    unsigned lane = event->lane < LANE_COUNT ? event->lane : 0;
    if (event->kind == EV_STATE) {
        tell_state(view, event, to);
        return;
    }
    fprintf(to, "%s: %s.\n", place_of(view, event, place, sizeof place),
            words_event(event, &view->numbering[lane], words, sizeof words));
}

void plain_happened(const struct view *view, const struct trace *trace, FILE *to)
{
    size_t first = view->step > 0 ? trace_step_end(trace, view->step - 1) : 0;
    size_t end = trace_step_end(trace, view->step);
    for (size_t i = first; i < end; i++) {
        if (is_told(&trace->events[i]))
            tell(view, &trace->events[i], to);
    }
}

void plain_why(const struct view *view, FILE *to)
{
    for (unsigned i = 0; i < view->why_count; i++) {
        const struct view_why *why = &view->whys[i];
        if (why->weak)
            continue;
        fprintf(to, why->bad ? _("Wrong: %s") : _("Why: %s"), why->words);
        if (why->where[0])
            fprintf(to, " (%s)", why->where);
        fprintf(to, "\n");
    }
}

static const char *state_of(const struct view *view, unsigned lane, int host)
{
    const struct sock_row *row = socks_main(&view->socks, lane, host);
    return row ? sock_state(row) : _("no socket");
}

void plain_states(const struct view *view, FILE *to)
{
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        if (!view->ran[lane] || view->hosts == 0)
            continue;
        fprintf(to, _("States, %s:"), _(lane_name((enum lane_id)lane)));
        for (int host = 0; host < (int)view->hosts; host++)
            fprintf(to, "%s %c %s", host > 0 ? "," : "", host_letter(host),
                    state_of(view, lane, host));
        fprintf(to, ".\n");
    }
    if (!view->ran[LANE_MODEL] || !view->ran[LANE_KERNEL])
        return;
    for (int host = 0; host < (int)view->hosts; host++) {
        if (strcmp(state_of(view, LANE_MODEL, host), state_of(view, LANE_KERNEL, host)) != 0)
            fprintf(to, _("At %c model and kernel are not in the same state.\n"),
                    host_letter(host));
    }
}

void plain_wire(const struct view *view, FILE *to)
{
    const struct view_row *row;
    for (size_t i = 0; (row = view_waiting(view, i)); i++) {
        fprintf(to,
                row->fate == ROW_HELD ? _("Held on the wire, %s, number %u from %c: %s.\n")
                                      : _("On the wire, %s, number %u from %c: %s.\n"),
                _(lane_name((enum lane_id)row->lane)), row->id, host_letter(row->from), row->label);
    }
}

void plain_next(const struct view *view, FILE *to)
{
    if (view->next[0])
        fprintf(to, _("Next: %s.\n"), view->next);
}

void plain_step(const struct view *view, const struct trace *trace, uint32_t last_step, FILE *to)
{
    char time[32];
    unsigned live = view_live_lane(view);
    unsigned lane = view->ran[LANE_MODEL] || live == LANE_COUNT ? LANE_MODEL : live;
    words_time(view->usec[lane], time, sizeof time);
    if (view->step < last_step)
        fprintf(to, _("Step %u of %u, at %s, recorded.\n"), view->step, last_step, time);
    else
        fprintf(to, _("Step %u, at %s.\n"), view->step, time);
    plain_happened(view, trace, to);
    plain_why(view, to);
    if (view->say_is_fresh)
        fprintf(to, _("The lab says: %s\n"), view->say);
    plain_states(view, to);
    plain_wire(view, to);
    plain_next(view, to);
}
