/*
 * Lines of a lab that say how it is to be from now on: rules for the wire, and settings of hosts.
 */
#include "net/session_parts.h"

#include <stdio.h>
#include <string.h>

enum line_outcome run_rule(struct session *s, enum lane_id lane, uint32_t index)
{
    const struct lab_line *line = &s->lab->lines[index];
    if (!s->lanes[lane]->wire_in_hand)
        return LINE_PASSED;
    int len = line->source.len < 120 ? (int)line->source.len : 120;
    if (wire_rules_add(&s->now.rules, index, lane))
        trace_tell(&s->trace, LANE_ALL, s->lanes[lane]->ops->now(s->lanes[lane]),
                   N_("From here on: %.*s"), len, (const char *)line->source.octets);
    return LINE_DONE;
}

/* What the lane's hosts are is not touched: this machine. */
static enum line_outcome pass_over(struct session *s, enum lane_id lane)
{
    uint8_t bit = (uint8_t)(1u << lane);
    if (!(s->now.said_unset & bit))
        trace_say(&s->trace, lane, s->lanes[lane]->ops->now(s->lanes[lane]),
                  N_("The hosts of this lane are this machine, whose settings stay as they are."));
    s->now.said_unset |= bit;
    return LINE_PASSED;
}

enum line_outcome run_set(struct session *s, enum lane_id lane, const struct lab_line *line)
{
    struct lane *on = s->lanes[lane];
    char value[LAB_VALUE_MAX];
    if (!on->ops->set)
        return pass_over(s, lane);
    memcpy(value, line->text.octets,
           line->text.len); /* the reader of labs has looked at its length */
    value[line->text.len] = '\0';
    char letter = (char)('A' + line->host);
    if (session_set(s, lane, line->host, line->setting, value)) {
        trace_tell(&s->trace, lane, on->ops->now(on), N_("%c has %s = %s"), letter, line->setting,
                   value);
    } else {
        run_verdict_of(s, lane, line, false, N_("%c does not take %s = %s"), letter, line->setting,
                       value);
    }
    return LINE_DONE;
}
