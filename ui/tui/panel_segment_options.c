/*
 * The options of a segment: kind, length, value, and what each says. RFC 9293, 3.2; RFC 7323; RFC
 * 2018.
 */
#include "sim/octets.h"
#include "ui/text.h"
#include "ui/tui/segment_parts.h"
#include "ui/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    SENTENCE_MAX = 400
};

static const char *name_of(const struct anatomy_option *option)
{
    static const struct {
        uint8_t kind;
        const char *name;
    } names[] = { { KIND_EOL, N_("End") },
                  { KIND_NOP, "NOP" },
                  { KIND_MSS, "MSS" },
                  { KIND_WSCALE, N_("Window Scale") },
                  { KIND_SACK_PERMITTED, N_("SACK-Permitted") },
                  { KIND_SACK, "SACK" },
                  { KIND_TIMESTAMPS, N_("Timestamps") } };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].kind == option->kind)
            return _(names[i].name);
    }
    return "?";
}

static void say_timestamps(const struct shown *shown, const uint8_t *value, char *text, size_t len)
{
    char from = host_letter(shown->from), to = host_letter(shown->to);
    if (get32(value + 4) == 0)
        snprintf(text, len, _("%c's clock is at %" PRIu32 "; of %c's it has none to give back."),
                 from, get32(value), to);
    else
        snprintf(text, len, _("%c's clock is at %" PRIu32 "; it gives %" PRIu32 " back to %c."),
                 from, get32(value), get32(value + 4), to);
}

/* What it says in a sentence: of those whose length is as it should be. */
static void say_value(const struct shown *shown, const struct anatomy_option *option, char *text,
                      size_t len)
{
    const uint8_t *value = shown->anatomy.header + option->at + 2;
    char from = host_letter(shown->from);
    text[0] = '\0';
    if (option->kind == KIND_EOL)
        snprintf(text, len, _("the list ends here."));
    if (option->kind == KIND_NOP)
        snprintf(text, len, _("fills up, so that numbers begin at a word."));
    if (option->kind == KIND_MSS)
        snprintf(text, len, _("%c takes up to %u octets of text in a segment."), from,
                 get16(value));
    if (option->kind == KIND_WSCALE)
        snprintf(
            text, len,
            _("%c's windows count in 2^%u = %" PRIu64 " octets, if both SYNs have this option."),
            from, value[0], UINT64_C(1) << (value[0] & 31u));
    if (option->kind == KIND_SACK_PERMITTED)
        snprintf(text, len, _("%c understands SACK."), from);
    if (option->kind == KIND_TIMESTAMPS)
        say_timestamps(shown, value, text, len);
}

/* What the other side has beyond a gap, with relative numbers, a line each. */
static void say_blocks(struct column *column, const struct shown *shown,
                       const struct anatomy_option *option)
{
    char text[SENTENCE_MAX];
    const struct segment *seg = &shown->anatomy.seg;
    uint32_t isn = seg->ack.n - shown->ack;
    for (int at = option->at + 2; at < option->at + option->len; at += 8) {
        uint32_t left = get32(shown->anatomy.header + at),
                 right = get32(shown->anatomy.header + at + 4);
        snprintf(
            text, sizeof text,
            _("  %c has relative %" PRIu32 " to %" PRIu32 ", %" PRIu32 " octets beyond a gap."),
            host_letter(shown->from), left - isn, right - isn - 1, right - left);
        column_words(column, "", text);
    }
}

static void say_option(struct column *column, const struct shown *shown,
                       const struct anatomy_option *option, unsigned times)
{
    char sentence[SENTENCE_MAX], text[SENTENCE_MAX + 96];
    const char *name = name_of(option);
    say_value(shown, option, sentence, sizeof sentence);
    if (!option->sound)
        snprintf(text, sizeof text,
                 _("%s: kind %u, of a length or a kind that is not known here: it is skipped."),
                 name, option->kind);
    else if (times > 1)
        snprintf(text, sizeof text, _("%s: kind %u, %u times: %s"), name, option->kind, times,
                 sentence);
    else if (option->kind <= KIND_NOP)
        snprintf(text, sizeof text, _("%s: kind %u: %s"), name, option->kind, sentence);
    else
        snprintf(text, sizeof text, _("%s: kind %u, length %u: %s"), name, option->kind,
                 option->len, sentence);
    column_words(column, name, text);
    if (option->sound && option->kind == KIND_SACK)
        say_blocks(column, shown, option);
}

static void say_options(struct column *column, const struct shown *shown)
{
    const struct anatomy *anatomy = &shown->anatomy;
    column_title(column, _("the options"));
    for (unsigned i = 0, times = 1; i < anatomy->option_count; i += times) {
        const struct anatomy_option *option = &anatomy->options[i];
        times = 1;
        while (option->kind == KIND_NOP && i + times < anatomy->option_count &&
               anatomy->options[i + times].kind == KIND_NOP)
            times++;
        say_option(column, shown, option, times);
    }
}

void draw_header_options(struct column *column, const struct shown *shown)
{
    if (shown->anatomy.option_count > 0)
        say_options(column, shown);
    if (!shown->anatomy.from_wire)
        column_words(column, "", _("(octets made from the model's values)"));
}
