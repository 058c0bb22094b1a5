/*
 * What a lab has the wire do: to a segment that is on it, or by a rule or by chance to those that
 * are still to be sent.
 */
#include "sim/lab_parts.h"

#include "sim/segment.h"

#include <string.h>

bool wire_act_of(struct word word, enum lab_kind *kind)
{
    static const struct {
        const char *name;
        enum lab_kind kind;
    } acts[] = { { "deliver", LAB_DELIVER },     { "drop", LAB_DROP },
                 { "duplicate", LAB_DUPLICATE }, { "hold", LAB_HOLD },
                 { "release", LAB_RELEASE },     { "corrupt", LAB_CORRUPT },
                 { "delay", LAB_DELAY },         { "reorder", LAB_REORDER } };
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (word_is(word, acts[i].name)) {
            *kind = acts[i].kind;
            return true;
        }
    }
    return false;
}

static bool read_flag(struct reader *r, struct word word, uint8_t *flags)
{
    static const struct {
        const char *name;
        uint8_t bit;
    } bits[] = { { "SYN", SYN }, { "ACK", ACK }, { "FIN", FIN }, { "RST", RST }, { "PSH", 0 } };
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        if (word_is(word, bits[i].name)) {
            *flags |= bits[i].bit;
            return true;
        }
    }
    return wrong(r, "no such control bit", word.len ? word : here(r),
                 "SYN, ACK, FIN, RST joined by commas, or 'from'");
}

/* PSH may be said and does not count. */
static bool read_flags(struct reader *r, struct word word, uint8_t *flags)
{
    bool good = read_flag(r, word, flags);
    while (good && try_char(r, ','))
        good = read_flag(r, next_word(r), flags);
    return good;
}

static bool need_from(struct reader *r, int8_t *from)
{
    uint8_t host;
    struct word word = next_word(r);
    if (!word_is(word, "from"))
        return wrong(r, word.len ? "something else stands" : N_("the line ends too early"),
                     word.len ? word : here(r), "'from' and a host");
    if (!need_host(r, &host))
        return false;
    *from = (int8_t)host;
    return true;
}

static bool word_follows(struct reader *r)
{
    skip_blanks(r);
    return r->at < r->end && !is_digit(*r->at);
}

/* [from A], with nothing else behind it but a number. */
static bool may_have_from(struct reader *r, int8_t *from)
{
    *from = -1;
    if (!word_follows(r))
        return true;
    struct word word = here(r);
    if (!word_is(word, "from"))
        return wrong(r, "something else stands", word, "'from' and a host, or the end");
    return need_from(r, from);
}

/* [SYN,ACK] [from A], and of delay how long. */
bool read_wire(struct reader *r, struct lab_line *line, enum lab_kind kind)
{
    line->kind = (uint8_t)kind;
    if (word_follows(r) && !word_is(here(r), "from") && !read_flags(r, next_word(r), &line->flags))
        return false;
    return may_have_from(r, &line->from) && (kind != LAB_DELAY || need_duration(r, &line->usec));
}

static bool may_have_rule(struct reader *r, struct word word)
{
    return r->rule_count++ < LAB_RULES_MAX ||
           wrong(r, "too many rules", word, "32 lines of rule and chance at most");
}

/* drop segment 2 from A; delay SYN,ACK 1 from B 300 ms */
bool read_rule(struct reader *r, struct lab_line *line)
{
    struct word word = next_word(r);
    enum lab_kind act;
    line->kind = LAB_RULE;
    if (!wire_act_of(word, &act) || act == LAB_DELIVER || act == LAB_RELEASE)
        return wrong(r, "no rule does this", word.len ? word : here(r),
                     "drop duplicate hold corrupt delay reorder");
    line->act = (uint8_t)act;
    if (!may_have_rule(r, word))
        return false;
    word = next_word(r);
    if (!word_is(word, "segment") && !read_flags(r, word, &line->flags))
        return false;
    struct word number = here(r);
    if (!need_number(r, 1000000, &line->nth))
        return false;
    if (line->nth == 0)
        return wrong(r, "they are counted from 1", number, "1 for the next one");
    return need_from(r, &line->from) && (act != LAB_DELAY || need_duration(r, &line->usec));
}

/* "5 %", "0.5 %": of LAB_CERTAIN */
static bool need_chance(struct reader *r, uint32_t *chance)
{
    struct word word = here(r);
    uint32_t place = LAB_CERTAIN / 100;
    if (!need_number(r, 100, chance))
        return false;
    *chance *= place;
    if (r->at < r->end && *r->at == '.') {
        r->at++;
        for (; place > 1 && r->at < r->end && is_digit(*r->at); r->at++) {
            place /= 10;
            *chance += (uint32_t)(*r->at - '0') * place;
        }
    }
    if (*chance > LAB_CERTAIN)
        return wrong(r, "more than always", word, "at most 100 %");
    return need_char(r, '%');
}

/* loss 5 % [from A] */
bool read_chance(struct reader *r, struct lab_line *line)
{
    struct word word = next_word(r);
    enum lab_kind act;
    line->kind = LAB_CHANCE;
    if (word_is(word, "loss"))
        act = LAB_DROP;
    else if (!wire_act_of(word, &act) ||
             (act != LAB_DUPLICATE && act != LAB_REORDER && act != LAB_CORRUPT))
        return wrong(r, "nothing that happens by chance", word.len ? word : here(r),
                     "loss duplicate reorder corrupt");
    line->act = (uint8_t)act;
    return may_have_rule(r, word) && need_chance(r, &line->chance) && may_have_from(r, &line->from);
}
