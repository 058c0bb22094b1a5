/*
 * Each field of a header in a sentence: what it is, and what this value means here.
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

/* A field's sentence, behind its name. */
struct field_row {
    const char *name;
    void (*explain)(const struct shown *shown, char *text, size_t len);
};

static void explain_source(const struct shown *shown, char *text, size_t len)
{
    snprintf(text, len, _("%u, of %c."), shown->anatomy.seg.src.port, host_letter(shown->from));
}

static void explain_destination(const struct shown *shown, char *text, size_t len)
{
    snprintf(text, len, _("%u, of %c."), shown->anatomy.seg.dst.port, host_letter(shown->to));
}

static void explain_seq(const struct shown *shown, char *text, size_t len)
{
    const struct segment *seg = &shown->anatomy.seg;
    char from = host_letter(shown->from);
    if (seg_has(seg, RST) && seg->seq.n == 0)
        snprintf(text, len, _("0: a RST to what has no ACK has that."));
    else if (seg_has(seg, RST))
        snprintf(text, len, _("the RST counts only where %c expects this very number."),
                 host_letter(shown->to));
    else if (seg_has(seg, SYN))
        snprintf(text, len, _("%c's initial one: it counts as relative 0, and the SYN has it."),
                 from);
    else if (seg->text_len > 0)
        snprintf(text, len,
                 _("that of the first octet of text; relative, the text has %" PRIu32 " to %" PRIu32
                   "."),
                 shown->seq, shown->seq + seg->text_len - 1);
    else if (seg_has(seg, FIN))
        snprintf(text, len, _("that of the FIN, which takes one number as an octet does."));
    else
        snprintf(text, len, _("the next that %c would use: nothing in this segment takes one."),
                 from);
}

static void explain_ack(const struct shown *shown, char *text, size_t len)
{
    if (seg_has(&shown->anatomy.seg, ACK))
        snprintf(text, len, _("%c has all before relative %" PRIu32 "."), host_letter(shown->from),
                 shown->ack);
    else
        snprintf(text, len, _("unused: ACK is not set."));
}

static void explain_offset(const struct shown *shown, char *text, size_t len)
{
    unsigned octets = shown->anatomy.header_len;
    snprintf(text, len, _("%u words of 32 bits = %u octets of header, %u of them options."),
             shown->anatomy.header[12] >> 4, octets, octets - TCP_HEADER_LEN);
}

static void explain_reserved(const struct shown *shown, char *text, size_t len)
{
    if ((shown->anatomy.header[12] & 15u) == 0)
        snprintf(text, len, _("4 bits without a meaning yet: 0."));
    else
        snprintf(text, len, _("4 bits without a meaning yet: not 0, which a receiver ignores."));
}

static void explain_window(const struct shown *shown, char *text, size_t len)
{
    const struct segment *seg = &shown->anatomy.seg;
    char from = host_letter(shown->from);
    uint32_t octets = shown->shift > 0 ? (uint32_t)seg->wnd << shown->shift : seg->wnd;
    if (seg_has(seg, RST))
        snprintf(text, len, _("%u; it means nothing with RST."), seg->wnd);
    else if (seg->wnd == 0)
        snprintf(text, len, _("0: %c's buffer is full, and it takes no text now."), from);
    else if (shown->shift < 0)
        snprintf(text, len, _("%u, times a scale that is not known: the SYNs were not seen."),
                 seg->wnd);
    else if (seg_has(seg, SYN))
        snprintf(text, len, _("%c takes %u octets. That of a SYN is never scaled."), from,
                 seg->wnd);
    else if (shown->shift > 0)
        snprintf(text, len,
                 _("%u x 2^%d = %" PRIu32 " octets, which %c takes from relative %" PRIu32 " on."),
                 seg->wnd, shown->shift, octets, from, shown->ack);
    else
        snprintf(text, len, _("%u octets, which %c takes from relative %" PRIu32 " on. No scale."),
                 seg->wnd, from, shown->ack);
}

static void explain_checksum(const struct shown *shown, char *text, size_t len)
{
    const struct anatomy *anatomy = &shown->anatomy;
    if (anatomy->from_wire && !anatomy->has_checksum)
        snprintf(text, len,
                 _("not filled in when it was seen: a card's work, on loopback nobody's."));
    else if (!anatomy->has_checksum)
        snprintf(text, len, _("not known: the trace has not kept the text that it covers."));
    else if (!anatomy_is_whole(anatomy))
        snprintf(text, len, _("as sent; the text that it covers was not kept, to check it."));
    else if (anatomy_checksum(anatomy) == anatomy_field(anatomy))
        snprintf(text, len, _("fits header and text."));
    else
        snprintf(text, len, _("does not fit: an octet was changed on the way."));
}

static void explain_urgent(const struct shown *shown, char *text, size_t len)
{
    const struct segment *seg = &shown->anatomy.seg;
    if (seg_has(seg, URG))
        snprintf(text, len, _("urgent text goes up to, not with, relative %" PRIu32 "."),
                 shown->seq + seg->urgent);
    else
        snprintf(text, len, _("unused: URG is not set."));
}

static void explain_length(const struct shown *shown, char *text, size_t len)
{
    snprintf(text, len, _("%u octets: 8 of header, %" PRIu32 " of text."),
             get16(shown->anatomy.header + 4), shown->anatomy.seg.text_len);
}

static void say_field(struct column *column, const struct shown *shown,
                      const struct field_row *field)
{
    char sentence[SENTENCE_MAX], text[SENTENCE_MAX + 32];
    field->explain(shown, sentence, sizeof sentence);
    const char *name = _(field->name);
    snprintf(text, sizeof text, _("%s: %s"), name, sentence);
    column_words(column, name, text);
}

/* ---- flags */

static const struct {
    const char *name, *says;
    uint8_t bit;
} flag_rows[] = {
    { "CWR", N_("congestion window reduced (RFC 3168)."), 0x80 },
    { "ECE", N_("the network says that it is congested (RFC 3168); on a SYN: ECN is known."),
      0x40 },
    { "URG", N_("the Urgent Pointer counts."), URG },
    { "ACK", N_("the Acknowledgment counts."), ACK },
    { "PSH", N_("the program is to have the text at once."), PSH },
    { "RST", N_("the connection ends here and now."), RST },
    { "SYN", N_("a number to begin with; takes one."), SYN },
    { "FIN", N_("no text comes behind; takes one."), FIN },
};

static void say_flags(struct column *column, uint8_t flags)
{
    char text[SENTENCE_MAX], rest[64] = "";
    for (size_t i = 0; i < sizeof flag_rows / sizeof flag_rows[0]; i++) {
        if (flags & flag_rows[i].bit) {
            snprintf(text, sizeof text, _("%s = 1: %s"), flag_rows[i].name, _(flag_rows[i].says));
            column_words(column, flag_rows[i].name, text);
        } else {
            size_t used = strlen(rest);
            snprintf(rest + used, sizeof rest - used, "%s%s", used ? " " : "", flag_rows[i].name);
        }
    }
    snprintf(text, sizeof text, _("Not set: %s."), rest);
    if (rest[0])
        column_words(column, "", text);
}

void draw_header_fields(struct column *column, const struct shown *shown)
{
    static const struct field_row before_flags[] = {
        { N_("Source Port"), explain_source },  { N_("Destination Port"), explain_destination },
        { N_("Sequence Number"), explain_seq }, { N_("Acknowledgment Number"), explain_ack },
        { N_("Data Offset"), explain_offset },  { N_("Rsrvd"), explain_reserved },
    };
    static const struct field_row behind_flags[] = { { N_("Window"), explain_window },
                                                     { N_("Checksum"), explain_checksum },
                                                     { N_("Urgent Pointer"), explain_urgent } };
    static const struct field_row of_udp[] = { { N_("Source Port"), explain_source },
                                               { N_("Destination Port"), explain_destination },
                                               { N_("Length"), explain_length },
                                               { N_("Checksum"), explain_checksum } };
    column_title(column, _("the fields"));
    if (shown->anatomy.seg.protocol == SEGMENT_OF_UDP) {
        for (size_t i = 0; i < sizeof of_udp / sizeof of_udp[0]; i++)
            say_field(column, shown, &of_udp[i]);
        return;
    }
    for (size_t i = 0; i < sizeof before_flags / sizeof before_flags[0]; i++)
        say_field(column, shown, &before_flags[i]);
    say_flags(column, shown->anatomy.seg.flags);
    for (size_t i = 0; i < sizeof behind_flags / sizeof behind_flags[0]; i++)
        say_field(column, shown, &behind_flags[i]);
}
