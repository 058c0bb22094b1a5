/*
 * Folding.
 */
#include "ui/export/arrows.h"

#include "ui/text.h"
#include "ui/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct flight *arrow_of(struct arrows *arrows, const struct event *event)
{
    for (size_t i = arrows->count; i-- > 0;) {
        struct flight *arrow = &arrows->list[i];
        if (arrow->id == event->u.wire.id && arrow->lane == event->lane)
            return arrow;
    }
    return NULL;
}

/* NULL: out of memory. */
static struct moment *new_moment(struct arrows *arrows, const struct event *event,
                                 enum moment_kind kind, int host)
{
    if (arrows->moment_count == arrows->moment_cap) {
        size_t cap = arrows->moment_cap ? arrows->moment_cap * 2 : 256;
        struct moment *moments = realloc(arrows->moments, cap * sizeof *moments);
        if (!moments)
            return NULL;
        arrows->moments = moments;
        arrows->moment_cap = cap;
    }
    struct moment *moment = &arrows->moments[arrows->moment_count++];
    *moment = (struct moment){
        .kind = (uint8_t)kind, .lane = event->lane, .host = (int8_t)host, .usec = event->usec
    };
    arrows->has_lane[event->lane] = true;
    return moment;
}

static bool take_sent(struct arrows *arrows, const struct event *event)
{
    char words[WORDS_MAX];
    if (arrows->count == arrows->max) {
        arrows->left_out++;
        return true;
    }
    struct flight *arrow = &arrows->list[arrows->count];
    *arrow = (struct flight){ .id = event->u.wire.id,
                              .lane = event->lane,
                              .from = event->host,
                              .again = event->kind == EV_SENT && event->u.wire.again,
                              .copy = event->kind == EV_DUPLICATED,
                              .sent_usec = event->usec,
                              .end_usec = event->usec };
    snprintf(
        arrow->label, sizeof arrow->label, "%.127s",
        words_segment(&event->u.wire.seg, &arrows->numbering[event->lane], words, sizeof words));
    struct moment *moment = new_moment(arrows, event, MOMENT_SENT, event->host);
    if (moment)
        moment->arrow = arrows->count++;
    return moment != NULL;
}

static bool take_end(struct arrows *arrows, const struct event *event)
{
    struct flight *arrow = arrow_of(arrows, event);
    if (!arrow)
        return true;
    bool lost = event->kind == EV_DROPPED;
    arrow->fate = lost ? ARROW_LOST : ARROW_ARRIVED;
    arrow->end_usec = event->usec;
    struct moment *moment =
        new_moment(arrows, event, MOMENT_ENDS, lost ? arrow->from : 1 - arrow->from);
    if (moment)
        moment->arrow = (size_t)(arrow - arrows->list);
    return moment != NULL;
}

static void take_on_wire(struct arrows *arrows, const struct event *event)
{
    struct flight *arrow = arrow_of(arrows, event);
    if (!arrow)
        return;
    if (event->kind == EV_CORRUPTED)
        arrow->changed = true;
    else
        arrow->fate = event->kind == EV_HELD ? ARROW_HELD : ARROW_ON_WIRE;
}

/* "ESTABLISHED"; of a host with several sockets "c: ESTABLISHED". */
static bool take_state(struct arrows *arrows, const struct event *event)
{
    char label[NAME_MAX_LEN + 8];
    unsigned others = 0;
    const char *name = state_name((enum tcp_state)event->u.state.to);
    if (event->u.state.from == event->u.state.to && !event->u.state.first)
        return true;
    struct moment *moment = new_moment(arrows, event, MOMENT_STATE, event->host);
    if (!moment)
        return false;
    for (unsigned i = 0; i < arrows->socks.count; i++) {
        const struct sock_row *row = &arrows->socks.rows[i];
        others += row->lane == event->lane && row->host == event->host && row->id != event->sock;
    }
    const struct sock_row *row = socks_find(&arrows->socks, event->lane, event->host, event->sock);
    if (row && others > 0)
        snprintf(moment->state, sizeof moment->state, "%s: %s",
                 sock_label(row, label, sizeof label), name);
    else
        snprintf(moment->state, sizeof moment->state, "%s", name);
    return true;
}

static bool take(struct arrows *arrows, const struct event *event)
{
    if (event->lane >= LANE_COUNT || event->host < 0 || event->host > 1)
        return true;
    numbering_learn(&arrows->numbering[event->lane], event);
    socks_take(&arrows->socks, event);
    switch ((enum event_kind)event->kind) {
    case EV_SENT:
    case EV_DUPLICATED:
        return take_sent(arrows, event);
    case EV_DELIVERED:
    case EV_DROPPED:
        return take_end(arrows, event);
    case EV_HELD:
    case EV_RELEASED:
    case EV_CORRUPTED:
        take_on_wire(arrows, event);
        return true;
    case EV_STATE:
        return arrows->left_out > 0 || take_state(arrows, event);
    case EV_CALL:
    case EV_RETURN:
    case EV_SOCKET:
    case EV_RULE:
    case EV_TIMER:
    case EV_SIGNAL:
    case EV_VARS:
    case EV_SAY:
    case EV_EXPECT:
    case EV_DIFFERS:
    case EV_NEXT:
    case EVENT_KIND_COUNT:
        break;
    }
    return true;
}

bool arrows_make(struct arrows *arrows, const struct trace *trace, uint32_t step, size_t max)
{
    *arrows = (struct arrows){ .max = max };
    arrows->list = calloc(max, sizeof *arrows->list);
    bool good = arrows->list != NULL;
    for (size_t i = 0, end = trace_step_end(trace, step); i < end && good; i++)
        good = take(arrows, &trace->events[i]);
    if (!good)
        arrows_free(arrows);
    return good;
}

void arrows_free(struct arrows *arrows)
{
    free(arrows->list);
    free(arrows->moments);
    *arrows = (struct arrows){ .count = 0 };
}

char *arrow_times(const struct flight *arrow, char *text, size_t len)
{
    char sent[32], end[32];
    words_time(arrow->sent_usec, sent, sizeof sent);
    words_time(arrow->end_usec, end, sizeof end);
    if (arrow->fate == ARROW_ARRIVED && !arrow->captured)
        snprintf(text, len, "%s - %s", sent, end);
    else
        snprintf(text, len, "%s", sent);
    return text;
}

char *arrow_marks(const struct flight *arrow, char *text, size_t len)
{
    bool waits = arrow->fate == ARROW_ON_WIRE, lost = arrow->fate == ARROW_LOST;
    const struct {
        bool is;
        const char *words;
    } marks[] = { { arrow->again, N_("sent again") },
                  { arrow->copy, N_("copy made by the wire") },
                  { arrow->changed, N_("changed by the wire") },
                  { lost && !arrow->captured, N_("lost") },
                  { lost && arrow->captured, N_("taken as lost") },
                  { arrow->fate == ARROW_HELD, N_("held back") },
                  { waits && !arrow->captured, N_("on the wire") },
                  { waits && arrow->captured, N_("whether it arrived is not known") } };
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (marks[i].is && used < len)
            used += (size_t)snprintf(text + used, len - used, "%s%s", used ? ", " : "",
                                     _(marks[i].words));
    }
    return text;
}
