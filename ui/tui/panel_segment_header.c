/*
 * The header as RFC 9293, 3.1 draws it, with the values in it and the octets of each row beside;
 * UDP's as RFC 768 does.
 */
#include "sim/octets.h"
#include "ui/text.h"
#include "ui/tui/segment_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    BITS = 32,
    BITS_WIDTH = 2 * BITS + 1,
    OCTETS_AT = BITS_WIDTH + 1,
    LABEL_MAX = 96
};

static void draw_edge(struct column *column)
{
    char edge[BITS_WIDTH + 1];
    for (int i = 0; i < BITS_WIDTH; i++)
        edge[i] = i % 2 == 0 ? '+' : '-';
    edge[BITS_WIDTH] = '\0';
    grid_put(column->grid, column->x, column->y++, BITS_WIDTH, INK_FAINT, edge);
}

static void draw_ruler(struct column *column)
{
    char tens[BITS_WIDTH + 1], ones[BITS_WIDTH + 1];
    for (int i = 0; i < BITS_WIDTH; i++) {
        int bit = i / 2;
        tens[i] = (char)(i % 2 == 1 && bit % 10 == 0 ? '0' + bit / 10 : ' ');
        ones[i] = (char)(i % 2 == 1 ? '0' + bit % 10 : ' ');
    }
    tens[BITS_WIDTH] = ones[BITS_WIDTH] = '\0';
    grid_put(column->grid, column->x, column->y++, BITS_WIDTH, INK_FAINT, tens);
    grid_put(column->grid, column->x + OCTETS_AT, column->y, column->width - OCTETS_AT, INK_FAINT,
             _("octets"));
    grid_put(column->grid, column->x, column->y++, BITS_WIDTH, INK_FAINT, ones);
}

/* A field's bits within a row, from a bit on, with words in their middle. */
static void draw_bits(struct column *column, int bit, int bits, enum ink ink, const char *words)
{
    int x = column->x + 2 * bit, inner = 2 * bits - 1;
    int width = text_width(words);
    int gap = width < inner ? (inner - width) / 2 : 0;
    grid_put(column->grid, x, column->y, 1, INK_FAINT, "|");
    grid_put(column->grid, x + 1 + gap, column->y, inner - gap, ink, words);
    grid_put(column->grid, x + inner + 1, column->y, 1, INK_FAINT, "|");
}

/* The octets of a row; the one that the wire has changed is marked. */
static void draw_octets(struct column *column, const struct anatomy *anatomy, int at)
{
    char octet[8];
    bool known = anatomy->has_checksum;
    int checksum_at = (int)anatomy_checksum_at(anatomy);
    for (int i = at; i < at + 4 && i < anatomy->header_len; i++) {
        bool changed = i == anatomy->changed;
        bool hidden = !known && (i == checksum_at || i == checksum_at + 1);
        snprintf(octet, sizeof octet, hidden ? "??" : "%02x", anatomy->header[i]);
        int x = column->x + OCTETS_AT + 3 * (i - at);
        if (changed)
            grid_put(column->grid, x - 1, column->y, 1, INK_BAD, "!");
        grid_put(column->grid, x, column->y, 2, changed ? INK_BAD : INK_WIRE, octet);
    }
}

/* Ends a row: its octets and the edge below. */
static void end_row(struct column *column, const struct anatomy *anatomy, int at)
{
    draw_octets(column, anatomy, at);
    column->y++;
    draw_edge(column);
}

static void draw_pair(struct column *column, const struct anatomy *anatomy, int at,
                      const char *left, const char *right)
{
    draw_bits(column, 0, 16, INK_PLAIN, left);
    draw_bits(column, 16, 16, INK_PLAIN, right);
    end_row(column, anatomy, at);
}

static void checksum_words(const struct anatomy *anatomy, char *text, size_t len)
{
    if (anatomy->has_checksum)
        snprintf(text, len, _("Checksum = 0x%04x"), anatomy_field(anatomy));
    else
        snprintf(text, len, "%s", _("Checksum ?"));
}

static void draw_ports(struct column *column, const struct anatomy *anatomy)
{
    char left[LABEL_MAX], right[LABEL_MAX];
    snprintf(left, sizeof left, _("Source Port = %u"), anatomy->seg.src.port);
    snprintf(right, sizeof right, _("Destination Port = %u"), anatomy->seg.dst.port);
    draw_pair(column, anatomy, 0, left, right);
}

static void draw_numbers(struct column *column, const struct shown *shown)
{
    char text[LABEL_MAX];
    const struct anatomy *anatomy = &shown->anatomy;
    snprintf(text, sizeof text, _("Sequence Number = %" PRIu32 " (relative %" PRIu32 ")"),
             anatomy->seg.seq.n, shown->seq);
    draw_bits(column, 0, BITS, INK_PLAIN, text);
    end_row(column, anatomy, 4);
    if (seg_has(&anatomy->seg, ACK))
        snprintf(text, sizeof text, _("Acknowledgment Number = %" PRIu32 " (relative %" PRIu32 ")"),
                 anatomy->seg.ack.n, shown->ack);
    else
        snprintf(text, sizeof text, _("Acknowledgment Number = %" PRIu32),
                 get32(anatomy->header + 8));
    draw_bits(column, 0, BITS, INK_PLAIN, text);
    end_row(column, anatomy, 8);
}

/* Four lines, as the RFC writes the names of the flags downwards; the last has the values. */
static void draw_flags(struct column *column, const struct anatomy *anatomy)
{
    static const char *const offset[] = { N_("Data"), N_("Offset"), "" };
    static const char *const rest[] = { "", N_("Rsrvd"), "" };
    static const char *const names[] = { "CEUAPRSF", "WCRCSSYI", "REGKHTNN" };
    char text[LABEL_MAX];
    uint8_t flags = anatomy->seg.flags;
    for (int line = 0; line < 4; line++) {
        snprintf(text, sizeof text, "%u", anatomy->header[12] >> 4);
        draw_bits(column, 0, 4, INK_PLAIN, line < 3 ? _(offset[line]) : text);
        snprintf(text, sizeof text, "%u", anatomy->header[12] & 15u);
        draw_bits(column, 4, 4, INK_PLAIN, line < 3 ? _(rest[line]) : text);
        for (int bit = 0; bit < 8; bit++) {
            bool set = flags >> (7 - bit) & 1;
            char name[2] = { line < 3 ? names[line][bit] : set ? '1' : '0', '\0' };
            draw_bits(column, 8 + bit, 1, set ? INK_STRONG : INK_FAINT, name);
        }
        snprintf(text, sizeof text, _("Window = %u"), anatomy->seg.wnd);
        draw_bits(column, 16, 16, INK_PLAIN, line == 1 ? text : "");
        column->y += line < 3;
    }
    end_row(column, anatomy, 12);
}

/* ---- options */

/* The octets of an option that belong together: its kind, its length, or a number of its value. */
struct piece {
    int at, len;
    char label[LABEL_MAX];
};

struct pieces {
    unsigned count;
    struct piece all[2 * OPTIONS_MAX];
};

static struct piece *add_piece(struct pieces *pieces, int at, int len)
{
    struct piece *piece = &pieces->all[pieces->count++];
    *piece = (struct piece){ .at = at, .len = len };
    return piece;
}

/* The value of one whose length is as it should be. */
static void add_value(struct pieces *pieces, const struct anatomy_option *option,
                      const uint8_t *header)
{
    int at = option->at + 2;
    if (option->kind == KIND_MSS) {
        struct piece *piece = add_piece(pieces, at, 2);
        snprintf(piece->label, LABEL_MAX, _("Maximum Segment Size = %u"), get16(header + at));
    } else if (option->kind == KIND_WSCALE) {
        struct piece *piece = add_piece(pieces, at, 1);
        snprintf(piece->label, LABEL_MAX, _("shift.cnt = %u"), header[at]);
    }
    for (int end = option->at + option->len;
         (option->kind == KIND_TIMESTAMPS || option->kind == KIND_SACK) && at < end; at += 4) {
        static const char *const names[][2] = { { "TSval", "TSecr" },
                                                { N_("Left Edge"), N_("Right Edge") } };
        bool second = (at - option->at - 2) % 8 == 4;
        struct piece *piece = add_piece(pieces, at, 4);
        snprintf(piece->label, LABEL_MAX, "%s = %" PRIu32,
                 _(names[option->kind == KIND_SACK][second]), get32(header + at));
    }
}

static void add_option(struct pieces *pieces, const struct anatomy_option *option,
                       const uint8_t *header)
{
    struct piece *piece = add_piece(pieces, option->at, 1);
    if (option->kind == KIND_EOL || option->kind == KIND_NOP) {
        snprintf(piece->label, LABEL_MAX, "%s", option->kind == KIND_EOL ? "0: End" : "1: NOP");
        for (int i = 1; i < option->len; i++)
            snprintf(add_piece(pieces, option->at + i, 1)->label, LABEL_MAX, "%s", _("padding"));
        return;
    }
    snprintf(piece->label, LABEL_MAX, _("Kind = %u"), option->kind);
    if (option->len < 2)
        return;
    snprintf(add_piece(pieces, option->at + 1, 1)->label, LABEL_MAX, _("Length = %u"),
             header[option->at + 1]);
    if (option->sound)
        add_value(pieces, option, header);
    else if (option->len > 2)
        add_piece(pieces, option->at + 2, option->len - 2);
}

/* The octets of a piece that lie in the row of four from `at` on. */
static int octets_in_row(const struct piece *piece, int at, int *from)
{
    int end = piece->at + piece->len < at + 4 ? piece->at + piece->len : at + 4;
    *from = piece->at > at ? piece->at : at;
    return end - *from;
}

/* A piece that lies in two rows has its words where there is more of it. */
static bool is_named_here(const struct piece *piece, int at, int here)
{
    int left = piece->len - here;
    return here > left || (here == left && piece->at >= at);
}

static void draw_options(struct column *column, const struct anatomy *anatomy)
{
    struct pieces pieces = { .count = 0 };
    for (unsigned i = 0; i < anatomy->option_count; i++)
        add_option(&pieces, &anatomy->options[i], anatomy->header);
    for (int at = TCP_HEADER_LEN; at < anatomy->header_len; at += 4) {
        for (unsigned i = 0; i < pieces.count; i++) {
            const struct piece *piece = &pieces.all[i];
            int from, here = octets_in_row(piece, at, &from);
            if (here > 0)
                draw_bits(column, 8 * (from - at), 8 * here, INK_PLAIN,
                          is_named_here(piece, at, here) ? piece->label : "");
        }
        end_row(column, anatomy, at);
    }
}

static void draw_datagram(struct column *column, const struct anatomy *anatomy)
{
    char left[LABEL_MAX], right[LABEL_MAX];
    draw_ports(column, anatomy);
    snprintf(left, sizeof left, _("Length = %u"), get16(anatomy->header + 4));
    checksum_words(anatomy, right, sizeof right);
    draw_pair(column, anatomy, 4, left, right);
}

void draw_header_bits(struct column *column, const struct shown *shown)
{
    char left[LABEL_MAX], right[LABEL_MAX];
    const struct anatomy *anatomy = &shown->anatomy;
    draw_ruler(column);
    draw_edge(column);
    if (anatomy->seg.protocol == SEGMENT_OF_UDP) {
        draw_datagram(column, anatomy);
        return;
    }
    draw_ports(column, anatomy);
    draw_numbers(column, shown);
    draw_flags(column, anatomy);
    checksum_words(anatomy, left, sizeof left);
    snprintf(right, sizeof right, _("Urgent Pointer = %u"), get16(anatomy->header + 18));
    draw_pair(column, anatomy, 16, left, right);
    draw_options(column, anatomy);
}
