/*
 * When two segments are the same, and what is said where they, or two states, are not.
 */
#include "net/compare_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    SEGMENT_WORDS_MAX = 120
};

bool is_only_ack(const struct segment *seg)
{
    return seg->flags == ACK && seg->text_len == 0;
}

static bool same_sack(const struct segment *a, const struct segment *b)
{
    if (a->sack_count != b->sack_count)
        return false;
    for (unsigned i = 0; i < a->sack_count; i++) {
        if (!seq_eq(a->sack[i].start, b->sack[i].start) || !seq_eq(a->sack[i].end, b->sack[i].end))
            return false;
    }
    return true;
}

static bool same_options(const struct segment *a, const struct segment *b)
{
    return a->mss == b->mss && a->has == b->has &&
           (!(a->has & HAS_WSCALE) || a->wscale == b->wscale) && same_sack(a, b);
}

/* How many octets the texts have in common from their first. */
static uint32_t same_text(const struct item *a, const struct item *b)
{
    uint32_t len = a->seg.text_len < b->seg.text_len ? a->seg.text_len : b->seg.text_len;
    uint32_t i = 0;
    if (!a->text || !b->text)
        return len;
    while (i < len && a->text[i] == b->text[i])
        i++;
    return i;
}

/* PSH of a full segment is no more than the end of a burst. */
static bool same_flags(const struct item *a, const struct item *b)
{
    unsigned ignored = a->is_full && b->is_full ? PSH : 0;
    return ((a->seg.flags ^ b->seg.flags) & ~ignored) == 0;
}

bool segments_same(const struct item *a, const struct item *b)
{
    return same_flags(a, b) && seq_eq(a->seg.seq, b->seg.seq) && seq_eq(a->seg.ack, b->seg.ack) &&
           a->seg.urgent == b->seg.urgent && same_options(&a->seg, &b->seg) &&
           a->breaks_word == b->breaks_word && a->seg.text_len == b->seg.text_len &&
           same_text(a, b) == a->seg.text_len;
}

bool segments_near(const struct item *a, const struct item *b)
{
    const unsigned kind = SYN | FIN | RST;
    bool acks = seg_len(&a->seg) == 0; /* SACK blocks come and go with each */
    return seq_eq(a->seg.seq, b->seg.seq) && a->seg.text_len == b->seg.text_len &&
           (a->seg.flags & kind) == (b->seg.flags & kind) &&
           (!acks || (seq_eq(a->seg.ack, b->seg.ack) && !a->seg.sack_count && !b->seg.sack_count));
}

void allow_values(struct compare *compare, const struct item *a, const struct item *b)
{
    if (a->seg.wnd != b->seg.wnd)
        compare->allowed[ALLOWED_WINDOW]++;
    if (a->seg.flags != b->seg.flags)
        compare->allowed[ALLOWED_PUSH]++;
    if (a->has_clock && b->has_clock)
        compare->allowed[ALLOWED_TIMESTAMP]++;
}

/* Text that grows, and is cut off where it would be too long; and the formats that it was made by,
 * where somebody is to tell it in another language. */
struct words {
    char *text;
    size_t used, len;
    char *form; /* NULL: not kept */
    size_t form_used;
};

static void keep_form(struct words *to, const char *format)
{
    size_t len = strlen(format);
    if (!to->form || to->form_used + len + 2 > COMPARE_FORM_MAX)
        return;
    if (to->form_used > 0)
        to->form[to->form_used++] = FORM_END;
    memcpy(to->form + to->form_used, format, len + 1);
    to->form_used += len;
}

__attribute__((format(printf, 2, 3))) static void add(struct words *to, const char *format, ...)
{
    va_list args;
    keep_form(to, format);
    va_start(args, format);
    int added = vsnprintf(to->text + to->used, to->len - to->used, format, args);
    va_end(args);
    if (added > 0)
        to->used += (size_t)added;
    if (to->used >= to->len)
        to->used = to->len - 1;
}

static void add_number(struct words *to, const char *name, struct seq seq)
{
    if (seq.n == 0x80000000u)
        add(to, " %s=elsewhere", name);
    else
        add(to, " %s=%d", name, (int)(int32_t)seq.n);
}

static void add_options(struct words *to, const struct segment *seg)
{
    if (seg->mss)
        add(to, " mss=%u", seg->mss);
    if (seg->has & HAS_WSCALE)
        add(to, " ws=%u", seg->wscale);
    if (seg->has & HAS_SACK_PERMITTED)
        add(to, " sackok");
    if (seg->has & HAS_TIMESTAMPS)
        add(to, " ts");
    for (unsigned i = 0; i < seg->sack_count; i++)
        add(to, "%s%u:%u", i == 0 ? " sack=" : ",", seg->sack[i].start.n, seg->sack[i].end.n);
}

static const char *segment_words(const struct segment *seg, char *text, size_t len)
{
    char flags[FLAGS_TEXT_MAX];
    struct words to = { text, 0, len, NULL, 0 };
    add(&to, "%s", flags_text(seg->flags, flags, sizeof flags));
    add_number(&to, "seq", seg->seq);
    if (seg_has(seg, ACK))
        add_number(&to, "ack", seg->ack);
    add_options(&to, seg);
    if (seg->text_len)
        add(&to, " len=%u", seg->text_len);
    return text;
}

struct difference *tell_difference(struct compare *compare)
{
    void *differences = compare->differences;
    if (!compare_room(compare, &differences, &compare->difference_cap, compare->difference_count,
                      sizeof *compare->differences))
        return NULL;
    compare->differences = differences;
    struct difference *it = &compare->differences[compare->difference_count++];
    *it = (struct difference){ .host = -1, .at = { -1, -1 } };
    return it;
}

/* Where it was, on the lanes that have it. */
static struct difference *difference_of(struct compare *compare, const struct item *model,
                                        const struct item *kernel)
{
    const struct item *one = model ? model : kernel;
    struct difference *it = tell_difference(compare);
    if (!it)
        return NULL;
    it->host = (int8_t)(one->label[0] - 'A');
    it->line = one->line;
    it->rule = model ? (enum rule_id)model->rule : RULE_NONE;
    it->at[LANE_MODEL] = model ? model->at : -1;
    it->at[LANE_KERNEL] = kernel ? kernel->at : -1;
    return it;
}

static struct words begin(struct difference *it, const char *label)
{
    struct words to = { it->words, 0, sizeof it->words, it->form, 0 };
    if (it->line)
        add(&to, N_("line %u, "), it->line);
    add(&to, "%s ", label);
    return to;
}

/* The section that the model goes by, at the end of the sentence. */
static void add_rule(struct words *to, enum rule_id rule)
{
    const char *section = tcp_rules[rule].section;
    if (rule != RULE_NONE)
        add(to, section[0] >= '0' && section[0] <= '9' ? N_(" (RFC 9293, %s)") : N_(" (%s)"),
            section);
}

void tell_missing(struct compare *compare, const struct track *track, unsigned lane,
                  const struct item *item, size_t more)
{
    bool model = lane == LANE_MODEL;
    char seg[SEGMENT_WORDS_MAX];
    struct difference *it = difference_of(compare, model ? item : NULL, model ? NULL : item);
    if (!it)
        return;
    struct words to = begin(it, item->label);
    if (track->key.kind == TRACK_SEGMENTS)
        add(&to,
            model ? N_("sends %s on the model, and not on the kernel")
                  : N_("sends %s on the kernel, and not on the model"),
            segment_words(&item->seg, seg, sizeof seg));
    else
        add(&to,
            model ? N_("comes to %s on the model, and not on the kernel")
                  : N_("comes to %s on the kernel, and not on the model"),
            state_name((enum tcp_state)item->to));
    if (more > 0)
        add(&to, more == 1 ? N_(", nor %zu that follows") : N_(", nor %zu that follow"), more);
    add_rule(&to, it->rule);
}

static void add_flags(struct words *to, const struct segment *seg)
{
    char flags[FLAGS_TEXT_MAX];
    add(to, " %s", flags_text(seg->flags, flags, sizeof flags));
}

/* What differs between two segments that are near: the first thing that does. */
static void add_particular(struct words *to, const struct item *model, const struct item *kernel)
{
    const struct item *both[] = { model, kernel };
    uint32_t same = same_text(model, kernel);
    bool text = same < model->seg.text_len;
    if (text)
        add(to, N_(" octet %u of its text is"), same);
    for (unsigned lane = 0; lane < COMPARED_LANES; lane++) {
        const struct item *item = both[lane];
        if (model->seg.flags != kernel->seg.flags)
            add_flags(to, &item->seg);
        else if (!seq_eq(model->seg.ack, kernel->seg.ack))
            add_number(to, "ack", item->seg.ack);
        else if (text)
            add(to, " 0x%02x", item->text[same]);
        else if (!same_options(&model->seg, &kernel->seg))
            add_options(to, &item->seg);
        else if (model->breaks_word != kernel->breaks_word)
            add(to, item->has_clock ? N_(" with timestamps") : N_(" without timestamps"));
        else
            add(to, " urgent=%u", item->seg.urgent);
        add(to, lane == LANE_MODEL ? N_(" on the model,") : N_(" on the kernel"));
    }
}

void tell_other(struct compare *compare, const struct track *track, const struct item *model,
                const struct item *kernel)
{
    char a[SEGMENT_WORDS_MAX], b[SEGMENT_WORDS_MAX];
    struct difference *it = difference_of(compare, model, kernel);
    if (!it)
        return;
    struct words to = begin(it, model->label);
    if (track->key.kind != TRACK_SEGMENTS) {
        add(&to, N_("goes to %s on the model, to %s on the kernel"),
            state_name((enum tcp_state)model->to), state_name((enum tcp_state)kernel->to));
    } else if (segments_near(model, kernel)) {
        add(&to, N_("sends %s:"), segment_words(&model->seg, a, sizeof a));
        add_particular(&to, model, kernel);
    } else {
        add(&to, N_("sends %s on the model, %s on the kernel"),
            segment_words(&model->seg, a, sizeof a), segment_words(&kernel->seg, b, sizeof b));
    }
    add_rule(&to, it->rule);
}

void tell_detour(struct compare *compare, enum tcp_state from, const struct item *model,
                 const struct item *kernel)
{
    struct difference *it = difference_of(compare, model, kernel);
    if (!it)
        return;
    struct words to = begin(it, model->label);
    add(&to, N_("goes from %s to %s on the kernel, and by way of %s on the model"),
        state_name(from), state_name((enum tcp_state)kernel->to),
        state_name((enum tcp_state)model->to));
    add_rule(&to, it->rule);
}
