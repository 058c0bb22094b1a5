/*
 * Counting segments, and the dice.
 */
#include "net/wire_rules.h"

#include <assert.h>

enum wire_act wire_act_of_kind(enum lab_kind kind)
{
    static const enum wire_act acts[] = {
        [LAB_DELIVER] = WIRE_DELIVER,     [LAB_DROP] = WIRE_DROP,       [LAB_HOLD] = WIRE_HOLD,
        [LAB_DUPLICATE] = WIRE_DUPLICATE, [LAB_RELEASE] = WIRE_RELEASE, [LAB_DELAY] = WIRE_DELAY,
        [LAB_CORRUPT] = WIRE_CORRUPT,     [LAB_REORDER] = WIRE_REORDER
    };
    assert(kind >= LAB_DELIVER && kind <= LAB_REORDER);
    return acts[kind];
}

bool wire_rules_add(struct wire_rules *rules, uint32_t line, enum lane_id lane)
{
    uint32_t i = 0;
    while (i < rules->count && rules->rules[i].line != line)
        i++;
    bool is_new = i == rules->count;
    assert(i < LAB_RULES_MAX); /* the reader of labs counts them */
    if (is_new)
        rules->rules[rules->count++] = (struct wire_rule){ .line = (uint16_t)line };
    rules->rules[i].lanes |= (uint8_t)(1u << lane);
    return is_new;
}

uint64_t wire_rules_mixed(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* A number below LAB_CERTAIN. */
static uint32_t dice(uint64_t seed, unsigned host, uint32_t number, enum lab_kind kind)
{
    uint64_t x = wire_rules_mixed(wire_rules_mixed(seed) ^
                                  ((uint64_t)kind << 40 | (uint64_t)host << 32 | number));
    return (uint32_t)(x % LAB_CERTAIN);
}

static bool is_about(const struct lab_line *line, const struct event *sent)
{
    unsigned flags = sent->u.wire.seg.flags & ~(unsigned)PSH;
    return (line->from < 0 || line->from == sent->host) &&
           (line->flags == 0 || line->flags == flags);
}

static size_t by_rules(struct wire_rules *rules, const struct lab *lab, const struct event *sent,
                       struct fate *fates)
{
    size_t count = 0;
    for (uint32_t i = 0; i < rules->count; i++) {
        struct wire_rule *rule = &rules->rules[i];
        const struct lab_line *line = &lab->lines[rule->line];
        if (line->kind != LAB_RULE || !(rule->lanes & 1u << sent->lane) || !is_about(line, sent))
            continue;
        if (++rule->seen[sent->lane] == line->nth)
            fates[count++] = (struct fate){ .id = sent->u.wire.id,
                                            .act = wire_act_of_kind((enum lab_kind)line->act),
                                            .cause = CAUSE_RULE,
                                            .usec = line->usec };
    }
    return count;
}

/* The last one said holds: "chance loss 0 %" ends what one before it began. */
static uint32_t chance_of(const struct wire_rules *rules, const struct lab *lab,
                          const struct event *sent, enum lab_kind kind)
{
    uint32_t chance = 0;
    for (uint32_t i = 0; i < rules->count; i++) {
        const struct lab_line *line = &lab->lines[rules->rules[i].line];
        if (line->kind == LAB_CHANCE && line->act == kind && is_about(line, sent) &&
            rules->rules[i].lanes & 1u << sent->lane)
            chance = line->chance;
    }
    return chance;
}

size_t wire_rules_see(struct wire_rules *rules, const struct lab *lab, uint64_t seed,
                      const struct event *sent, struct fate fates[FATES_MAX])
{
    /* what is lost has no other fate; a copy is made before the octet is changed */
    static const enum lab_kind kinds[] = { LAB_DROP, LAB_DUPLICATE, LAB_CORRUPT, LAB_REORDER };
    assert(sent->lane < LANE_COUNT && sent->host >= 0 && sent->host < LAB_HOSTS_MAX);
    uint32_t number = ++rules->sent[sent->lane][sent->host];
    size_t count = by_rules(rules, lab, sent, fates);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && count < FATES_MAX; i++) {
        uint32_t chance = chance_of(rules, lab, sent, kinds[i]);
        if (dice(seed, (unsigned)sent->host, number, kinds[i]) >= chance)
            continue;
        fates[count++] = (struct fate){ .id = sent->u.wire.id,
                                        .act = wire_act_of_kind(kinds[i]),
                                        .cause = CAUSE_CHANCE };
        if (kinds[i] == LAB_DROP)
            break;
    }
    return count;
}
