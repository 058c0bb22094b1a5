/*
 * A fold over the trace of one connection. Without explanation the line of a segment waits for what
 * arrives behind it, so that it can end with the states.
 */
#include "ui/export/ladder.h"
#include "ui/text.h"
#include "ui/tui/grid.h"

#include "ui/words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    WRAP_AT = 100,
    SEGMENT_WIDTH = 58,
    MARKS_LEN = 200
};

static const char margin[] = "        ";

struct ladder {
    const struct flow *flow;
    struct numbering numbering;
    bool *told;               /* by id: it has arrived, or was lost */
    const struct event *sent; /* the segment whose line is not written yet */
    bool explain;
    bool known[2];
    enum tcp_state state[2];
    uint32_t arrived; /* the id of what arrived last */
    FILE *to;
};

void ladder_wrap(const char *before, const char *words, FILE *to)
{
    int room = WRAP_AT - text_width(before);
    while (*words) {
        const char *next;
        size_t len = text_row(words, room, &next);
        fprintf(to, "%s%.*s\n", before, (int)len, words);
        words = next;
    }
}

static const char *marks_words(uint16_t marks, char *text)
{
    static const struct {
        uint16_t mark;
        const char *words;
    } names[] = {
        { MARK_AGAIN, N_("sent again") },
        { MARK_DUPLICATE, N_("the same packet twice") },
        { MARK_AHEAD, N_("octets before it are missing") },
        { MARK_FILLS, N_("out of order: fills a gap") },
        { MARK_DUPLICATE_ACK, N_("duplicate ACK") },
        { MARK_KEEP_ALIVE, N_("keep-alive") },
        { MARK_PROBE, N_("probe of a zero window") },
        { MARK_BEYOND_WINDOW, N_("beyond the window") },
        { MARK_CUT, N_("cut by the capture") },
        { MARK_UNSEEN, N_("acknowledges what was not captured") },
    };
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof names[0] && used < MARKS_LEN; i++) {
        if (marks & names[i].mark)
            used += (size_t)snprintf(text + used, MARKS_LEN - used, "%s%s", used ? ", " : "",
                                     _(names[i].words));
    }
    return text;
}

static const char *state_words(const struct ladder *ladder, unsigned host)
{
    return ladder->known[host] ? state_name(ladder->state[host]) : "?";
}

static void write_segment(struct ladder *ladder)
{
    const struct event *event = ladder->sent;
    char words[WORDS_MAX], marks[MARKS_LEN], states[64] = "";
    if (!event)
        return;
    const struct seen *seen = &ladder->flow->seen[event->u.wire.id - 1];
    struct segment seg = event->u.wire.seg;
    seg.corrupted = false; /* said once of the whole capture */
    words_segment(&seg, &ladder->numbering, words, sizeof words);
    marks_words(seen->marks, marks);
    if (!ladder->explain)
        snprintf(states, sizeof states, "  A %-12s B %s", state_words(ladder, 0),
                 state_words(ladder, 1));
    fprintf(ladder->to, "%6" PRIu64 " %5" PRIu64 ".%06u  %s  %-*s%s%s%s%s\n", seen->number,
            seen->usec / 1000000, (unsigned)(seen->usec % 1000000),
            seen->from == 0 ? "A --> B" : "A <-- B", ladder->explain ? 0 : SEGMENT_WIDTH, words,
            states, marks[0] ? "  [" : "", marks, marks[0] ? "]" : "");
    ladder->sent = NULL;
}

static void take_sent(struct ladder *ladder, const struct event *event)
{
    write_segment(ladder);
    ladder->sent = event;
    ladder->arrived = event->u.wire.id;
    if (!ladder->explain)
        return;
    write_segment(ladder);
    if (!ladder->told[event->u.wire.id] && ladder->flow->side[event->host == 0].segments > 0)
        fprintf(ladder->to, "%s%s\n", margin, _("whether it arrived is not known"));
}

static void take_arrival(struct ladder *ladder, const struct event *event)
{
    const struct seen *seen = &ladder->flow->seen[event->u.wire.id - 1];
    if (ladder->explain && event->u.wire.id != ladder->arrived)
        fprintf(ladder->to, _("%snow packet %" PRIu64 " has arrived:\n"), margin, seen->number);
    ladder->arrived = event->u.wire.id;
}

static void take_rule(struct ladder *ladder, const struct event *event)
{
    char why[WORDS_MAX], where[48], line[WORDS_MAX + 80];
    ladder->known[event->host == 1] = true;
    ladder->state[event->host == 1] = (enum tcp_state)event->u.state.to;
    if (!ladder->explain || event->u.state.rule == RULE_NONE)
        return;
    const char *step = tcp_rules[event->u.state.rule].step;
    snprintf(line, sizeof line, "%s (%s%s%s)", words_why(event, why, sizeof why),
             words_where(event->u.state.rule, where, sizeof where), step[0] ? ", " : "", step);
    ladder_wrap(margin, line, ladder->to);
}

static void take_saying(struct ladder *ladder, const struct event *event)
{
    char words[WORDS_MAX * 2], line[WORDS_MAX * 2 + 32], who[8] = "";
    write_segment(ladder);
    if (event->host >= 0)
        snprintf(who, sizeof who, "%c: ", host_letter(event->host));
    snprintf(line, sizeof line, "%s%s%s", event->kind == EV_DIFFERS ? _("DIFFERS  ") : "", who,
             words_event(event, &ladder->numbering, words, sizeof words));
    ladder_wrap("     | ", line, ladder->to);
}

static void take(struct ladder *ladder, const struct event *event)
{
    if (ladder->sent && event->step != ladder->sent->step)
        write_segment(ladder);
    switch ((enum event_kind)event->kind) {
    case EV_SENT:
        take_sent(ladder, event);
        break;
    case EV_DELIVERED:
        take_arrival(ladder, event);
        break;
    case EV_DROPPED:
        if (ladder->explain)
            fprintf(ladder->to, "%s%s\n", margin,
                    seg_len(&event->u.wire.seg) > 0
                        ? _("taken as lost: it is sent again before anything acknowledges it")
                        : _("taken as lost: the SYN or FIN that it acknowledges is sent again"));
        break;
    case EV_STATE:
    case EV_RULE:
        take_rule(ladder, event);
        break;
    case EV_SIGNAL:
        if (ladder->explain)
            fprintf(ladder->to, _("%s%c's user is told \"%s\"\n"), margin, host_letter(event->host),
                    _(tcp_notice_words(event->u.notice)));
        break;
    case EV_SAY:
    case EV_DIFFERS:
        take_saying(ladder, event);
        break;
    case EV_CALL:
    case EV_RETURN:
    case EV_SOCKET:
    case EV_DUPLICATED:
    case EV_HELD:
    case EV_RELEASED:
    case EV_CORRUPTED:
    case EV_TIMER:
    case EV_VARS:
    case EV_EXPECT:
    case EV_NEXT:
    case EVENT_KIND_COUNT:
        break;
    }
}

/* Counted from what the flow begins at, SYN or not. */
static void number_from(struct ladder *ladder)
{
    for (unsigned side = 0; side < 2; side++) {
        const struct flow_side *from = &ladder->flow->side[side];
        if (!from->has_base)
            continue;
        struct numbering *numbering = &ladder->numbering;
        numbering->seen[numbering->count].src = from->at;
        numbering->seen[numbering->count].dst = ladder->flow->side[1 - side].at;
        numbering->seen[numbering->count++].isn = from->base;
    }
}

bool ladder_write(const struct flow *flow, const struct trace *trace, bool explain, FILE *to)
{
    struct ladder ladder = { .flow = flow, .explain = explain, .to = to };
    ladder.told = calloc((size_t)flow->count + 1, sizeof(bool));
    if (!ladder.told)
        return false;
    for (size_t i = 0; i < trace->count; i++) {
        const struct event *event = &trace->events[i];
        if (event->kind == EV_DELIVERED || event->kind == EV_DROPPED)
            ladder.told[event->u.wire.id] = true;
    }
    number_from(&ladder);
    for (size_t i = 0; i < trace->count; i++)
        take(&ladder, &trace->events[i]);
    write_segment(&ladder);
    free(ladder.told);
    return true;
}
