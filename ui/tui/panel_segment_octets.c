/*
 * The text of a segment in hex and as characters, and its checksum worked out: RFC 1071, 1.
 */
#include "ui/escape.h"
#include "ui/text.h"
#include "ui/tui/segment_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    OCTETS_A_ROW = 16,
    HEX_AT = 12, /* columns before it: a relative sequence number */
    CHARACTERS_AT = HEX_AT + 3 * OCTETS_A_ROW + 1,
    ESCAPED_MAX = 230, /* octets of a text that is shown as it reads, too */
    WORDS_AT = 14,
    SUM_WIDTH = 9,
    WORD_ROWS_MAX = 4 /* of the text's words, of which there may be thousands */
};

/* ---- the text */

/* Relative: a SYN comes before the text. */
static uint32_t text_seq(const struct shown *shown)
{
    return shown->seq + (seg_has(&shown->anatomy.seg, SYN) ? 1 : 0);
}

static void draw_hex_row(struct column *column, const struct shown *shown, uint32_t at)
{
    const struct anatomy *anatomy = &shown->anatomy;
    char text[16];
    snprintf(text, sizeof text, "%10" PRIu32, text_seq(shown) + at);
    grid_put(column->grid, column->x, column->y, 10, INK_FAINT, text);
    for (int i = 0; i < OCTETS_A_ROW && at + (uint32_t)i < anatomy->seg.text_len; i++) {
        uint32_t octet_at = at + (uint32_t)i;
        uint8_t octet = anatomy->text[octet_at];
        bool changed = (int64_t)octet_at + anatomy->header_len == anatomy->changed;
        snprintf(text, sizeof text, "%02x", octet);
        int x = column->x + HEX_AT + 3 * i;
        if (changed)
            grid_put(column->grid, x - 1, column->y, 1, INK_BAD, "!");
        grid_put(column->grid, x, column->y, 2, changed ? INK_BAD : INK_WIRE, text);
        snprintf(text, sizeof text, "%c", octet >= 0x20 && octet < 0x7f ? octet : '.');
        grid_put(column->grid, column->x + CHARACTERS_AT + i, column->y, 1,
                 changed ? INK_BAD : INK_PLAIN, text);
    }
}

/* Of many rows those that are seen. */
static void draw_hex(struct column *column, const struct shown *shown)
{
    uint32_t len = shown->anatomy.seg.text_len;
    for (uint32_t at = 0; at < len; at += OCTETS_A_ROW, column->y++) {
        if (column->y >= 0 && column->y < column->grid->height)
            draw_hex_row(column, shown, at);
    }
}

void draw_segment_text(struct column *column, const struct shown *shown)
{
    const struct anatomy *anatomy = &shown->anatomy;
    char title[96], escaped[4 * ESCAPED_MAX + 8];
    if (anatomy->seg.text_len == 0)
        return;
    snprintf(title, sizeof title, _("the text: %" PRIu32 " octets, from relative %" PRIu32),
             anatomy->seg.text_len, text_seq(shown));
    if (anatomy->seg.protocol == SEGMENT_OF_UDP)
        snprintf(title, sizeof title, _("the text: %" PRIu32 " octets"), anatomy->seg.text_len);
    column_title(column, title);
    if (!anatomy->text) {
        column_words(column, "", _("Its octets were not kept: the trace has only their number."));
        return;
    }
    if (anatomy->seg.text_len <= ESCAPED_MAX) {
        escape_text(anatomy->text, anatomy->seg.text_len, escaped, sizeof escaped);
        column_words(column, "", escaped);
    }
    draw_hex(column, shown);
}

/* ---- the checksum */

static int words_in_row(const struct column *column)
{
    int words = (column->width - WORDS_AT - SUM_WIDTH) / 5;
    return words > 16 ? 16 : words < 1 ? 1 : words;
}

/* A row of words, and the sum of all up to its end. */
static void draw_word_row(struct column *column, const struct anatomy *anatomy,
                          enum anatomy_part part, size_t first, size_t behind, uint64_t sum)
{
    char text[16];
    for (size_t n = first; n < behind; n++) {
        snprintf(text, sizeof text, "%04x", anatomy_word(anatomy, part, n));
        grid_put(column->grid, column->x + WORDS_AT + (int)(n - first) * 5, column->y, 4, INK_WIRE,
                 text);
    }
    snprintf(text, sizeof text, "= %7" PRIx64, sum);
    grid_put(column->grid, column->x + column->width - SUM_WIDTH, column->y++, SUM_WIDTH, INK_PLAIN,
             text);
}

static uint64_t sum_words(const struct anatomy *anatomy, enum anatomy_part part, size_t first,
                          size_t behind)
{
    uint64_t sum = 0;
    for (size_t n = first; n < behind; n++)
        sum += anatomy_word(anatomy, part, n);
    return sum;
}

/* The words that there is no room for, as one. */
static uint64_t draw_rest(struct column *column, const struct anatomy *anatomy,
                          enum anatomy_part part, size_t first, uint64_t sum)
{
    char text[96];
    size_t words = anatomy_words(anatomy, part);
    sum += sum_words(anatomy, part, first, words);
    snprintf(text, sizeof text, _("and %zu words more"), words - first);
    grid_put(column->grid, column->x + WORDS_AT, column->y, column->width - WORDS_AT - SUM_WIDTH,
             INK_PLAIN, text);
    draw_word_row(column, anatomy, part, 0, 0, sum);
    return sum;
}

static uint64_t draw_words(struct column *column, const struct anatomy *anatomy,
                           enum anatomy_part part, uint64_t sum)
{
    static const char *const names[PART_COUNT] = { N_("pseudo-header"), N_("header"), N_("text") };
    size_t words = anatomy_words(anatomy, part), a_row = (size_t)words_in_row(column);
    int row = 0;
    for (size_t n = 0; n < words; n += a_row, row++) {
        size_t behind = n + a_row < words ? n + a_row : words;
        if (row == 0)
            grid_put(column->grid, column->x, column->y, WORDS_AT - 1, INK_STRONG, _(names[part]));
        if (part == PART_TEXT && row == WORD_ROWS_MAX && behind < words)
            return draw_rest(column, anatomy, part, n, sum);
        sum += sum_words(anatomy, part, n, behind);
        draw_word_row(column, anatomy, part, n, behind, sum);
    }
    return sum;
}

/* The carries beyond 16 bits come back in at the other end, until there are none. */
static uint64_t draw_carries(struct column *column, uint64_t sum)
{
    char text[96];
    while (sum > UINT16_MAX) {
        uint64_t low = sum & UINT16_MAX, high = sum >> 16;
        snprintf(text, sizeof text, _("carries       %04" PRIx64 " + %" PRIx64), low, high);
        grid_put(column->grid, column->x, column->y, column->width - SUM_WIDTH, INK_PLAIN, text);
        sum = low + high;
        snprintf(text, sizeof text, "= %7" PRIx64, sum);
        grid_put(column->grid, column->x + column->width - SUM_WIDTH, column->y++, SUM_WIDTH,
                 INK_PLAIN, text);
    }
    return sum;
}

static void draw_verdict(struct column *column, const struct anatomy *anatomy, uint64_t sum)
{
    char text[160];
    uint16_t wanted = anatomy_checksum(anatomy), field = anatomy_field(anatomy);
    bool fits = wanted == field;
    if (!anatomy->has_checksum) {
        column_words(column, "",
                     _("The field was not filled in when the segment was seen: that is left to "
                       "the card, and on a loopback to nobody."));
        return;
    }
    snprintf(text, sizeof text,
             fits
                 ? _("✓ The complement of %04" PRIx64 " is %04x, and the field says %04x: it fits.")
                 : _("✗ The complement of %04" PRIx64
                     " is %04x, but the field says %04x: it does not fit."),
             sum, wanted, field);
    int rows = text_rows(text, column->width);
    struct rect area = { column->x, column->y, column->width, rows };
    grid_wrap(column->grid, area, fits ? INK_GOOD : INK_BAD, text);
    column->y += rows;
}

/* What the wire has changed. */
static void draw_remarks(struct column *column, const struct anatomy *anatomy)
{
    char text[200];
    if (anatomy->changed >= 0) {
        size_t at = (size_t)anatomy->changed;
        bool in_header = at < anatomy->header_len;
        uint8_t now = in_header ? anatomy->header[at] : anatomy->text[at - anatomy->header_len];
        snprintf(text, sizeof text,
                 _("! The wire has made %02x of octet %zu (counted from 0), which was %02x."), now,
                 at, anatomy->was);
        column_words(column, "!", text);
    }
}

void draw_segment_checksum(struct column *column, const struct shown *shown)
{
    const struct anatomy *anatomy = &shown->anatomy;
    column_title(column, _("the checksum: all 16-bit words, its own field as 0"));
    if (!anatomy_is_whole(anatomy)) {
        column_words(column, "",
                     _("It covers the text, whose octets were not kept: it is not worked out."));
    } else {
        uint64_t sum = 0;
        for (unsigned part = 0; part < PART_COUNT; part++)
            sum = draw_words(column, anatomy, (enum anatomy_part)part, sum);
        sum = draw_carries(column, sum);
        draw_verdict(column, anatomy, sum);
    }
    draw_remarks(column, anatomy);
}
