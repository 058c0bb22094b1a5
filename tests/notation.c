/*
 * Reading and writing segments for tests.
 */
#include "tests/notation.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is(const char *written, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(written, word, len) == 0;
}

static bool variable(const char *name, size_t len, const struct notation_of *whose, uint32_t *value)
{
    const struct tcb *of = whose ? whose->tcb : NULL;
    if (!of)
        return false;
    const struct {
        const char *name;
        uint32_t value;
    } known[] = { { "ISS", of->snd.iss.n },
                  { "SND.UNA", of->snd.una.n },
                  { "SND.NXT", of->snd.nxt.n },
                  { "SND.WND", of->snd.wnd },
                  { "IRS", of->rcv.irs.n },
                  { "RCV.NXT", of->rcv.nxt.n },
                  { "RCV.WND", seq_from(of->rcv.nxt, of->rcv.right) },
                  { "TS", whose->ts } };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (is(name, len, known[i].name)) {
            *value = known[i].value;
            return true;
        }
    }
    return false;
}

static bool decimal(const char *digits, size_t len, uint32_t *value)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < len; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return false;
        sum = sum * 10 + (uint64_t)(digits[i] - '0');
        if (sum > UINT32_MAX)
            return false;
    }
    *value = (uint32_t)sum;
    return len > 0;
}

bool notation_number(const char *written, size_t len, const struct notation_of *of,
                     uint32_t *number)
{
    uint32_t term;
    *number = 0;
    for (size_t at = 0, end; at <= len; at = end + 1) {
        end = at;
        while (end < len && written[end] != '+' && written[end] != '-')
            end++;
        if (!decimal(written + at, end - at, &term) && !variable(written + at, end - at, of, &term))
            return false;
        bool minus = at > 0 && written[at - 1] == '-';
        *number = minus ? *number - term : *number + term;
    }
    return true;
}

int32_t notation_octets(const char *written, size_t len, uint8_t *octets, size_t room)
{
    const char *star = memchr(written, '*', len);
    uint32_t count;
    if (star && star + 2 == written + len && decimal(written, (size_t)(star - written), &count)) {
        if (count > room)
            return -1;
        memset(octets, star[1], count);
        return (int32_t)count;
    }
    if (len > room)
        return -1;
    memcpy(octets, written, len);
    return (int32_t)len;
}

static bool control_bits(const char *written, size_t len, struct written_segment *out)
{
    static const struct {
        const char *name;
        uint8_t bit;
    } bits[] = { { "FIN", FIN }, { "SYN", SYN }, { "RST", RST },
                 { "PSH", PSH }, { "ACK", ACK }, { "URG", URG } };
    for (size_t at = 0, end; at <= len; at = end + 1) {
        const char *comma = memchr(written + at, ',', len - at);
        end = comma ? (size_t)(comma - written) : len;
        bool found = is(written + at, end - at, "none");
        for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
            if (is(written + at, end - at, bits[i].name)) {
                out->seg.flags |= bits[i].bit;
                found = true;
            }
        }
        if (!found)
            return false;
    }
    out->says_psh = seg_has(&out->seg, PSH);
    return true;
}

/* "12:34" */
static bool number_pair(const char *written, size_t len, const struct notation_of *of,
                        uint32_t *first, uint32_t *second)
{
    const char *colon = memchr(written, ':', len);
    if (!colon)
        return false;
    size_t before = (size_t)(colon - written);
    return notation_number(written, before, of, first) &&
           notation_number(colon + 1, len - before - 1, of, second);
}

/* "5:9 11:13" */
static bool sack_blocks(const char *written, size_t len, const struct notation_of *of,
                        struct segment *seg)
{
    for (size_t at = 0, end; at <= len; at = end + 1) {
        const char *blank = memchr(written + at, ' ', len - at);
        end = blank ? (size_t)(blank - written) : len;
        if (seg->sack_count == SACK_BLOCKS_MAX)
            return false;
        struct sack_block *block = &seg->sack[seg->sack_count++];
        if (!number_pair(written + at, end - at, of, &block->start.n, &block->end.n))
            return false;
    }
    return true;
}

static bool timestamps(const char *value, size_t len, const struct notation_of *of,
                       struct written_segment *out)
{
    out->seg.has |= HAS_TIMESTAMPS;
    out->any_ts_val = len > 2 && value[0] == '*' && value[1] == ':';
    if (out->any_ts_val)
        return notation_number(value + 2, len - 2, of, &out->seg.ts_ecr);
    return number_pair(value, len, of, &out->seg.ts_val, &out->seg.ts_ecr);
}

/* One option, "NAME" or "NAME VALUE". */
static bool option(const char *written, size_t len, const struct notation_of *of,
                   struct written_segment *out)
{
    const char *blank = memchr(written, ' ', len);
    size_t name_len = blank ? (size_t)(blank - written) : len;
    const char *value = blank ? blank + 1 : written + len;
    size_t value_len = len - (size_t)(value - written);
    uint32_t number = 0;
    if (is(written, len, "none"))
        return true;
    if (is(written, len, "SACKOK")) {
        out->seg.has |= HAS_SACK_PERMITTED;
        return true;
    }
    if (is(written, name_len, "TS"))
        return timestamps(value, value_len, of, out);
    if (is(written, name_len, "SACK"))
        return sack_blocks(value, value_len, of, &out->seg);
    if (!notation_number(value, value_len, of, &number))
        return false;
    if (is(written, name_len, "MSS")) {
        out->says_mss = true;
        out->seg.mss = (uint16_t)number;
        return number <= UINT16_MAX;
    }
    out->seg.has |= HAS_WSCALE;
    out->seg.wscale = (uint8_t)number;
    return is(written, name_len, "WS") && number <= UINT8_MAX;
}

static bool options(const char *written, size_t len, const struct notation_of *of,
                    struct written_segment *out)
{
    out->says_options = true;
    for (size_t at = 0, end; at <= len; at = end + 1) {
        const char *comma = memchr(written + at, ',', len - at);
        end = comma ? (size_t)(comma - written) : len;
        if (!option(written + at, end - at, of, out))
            return false;
    }
    return true;
}

/* One field, NAME=VALUE. */
static bool field(const char *name, size_t name_len, const char *value, size_t len,
                  const struct notation_of *of, struct written_segment *out)
{
    uint32_t number = 0;
    if (is(name, name_len, "CTL"))
        return control_bits(value, len, out);
    if (is(name, name_len, "DATA")) {
        int32_t count = notation_octets(value, len, out->text, sizeof out->text);
        out->seg.text_len = count < 0 ? 0 : (uint32_t)count;
        return count > 0;
    }
    if (is(name, name_len, "SUM")) {
        out->seg.corrupted = true;
        return is(value, len, "wrong");
    }
    if (is(name, name_len, "OPT"))
        return options(value, len, of, out);
    if (!notation_number(value, len, of, &number))
        return false;
    if (is(name, name_len, "SEQ")) {
        out->seg.seq = seq_of(number);
        return true;
    }
    if (is(name, name_len, "ACK")) {
        out->seg.ack = seq_of(number);
        return true;
    }
    if (is(name, name_len, "WIN")) {
        out->says_wnd = true;
        out->seg.wnd = (uint16_t)number;
        return number <= UINT16_MAX;
    }
    if (is(name, name_len, "URG")) {
        out->seg.flags |= URG;
        out->seg.urgent = (uint16_t)number;
        return number <= UINT16_MAX;
    }
    out->says_mss = true;
    out->seg.mss = (uint16_t)number;
    return is(name, name_len, "MSS") && number <= UINT16_MAX;
}

const char *notation_read(const char *written, const struct notation_of *of,
                          struct written_segment *out)
{
    bool says_seq = false, says_ack = false;
    *out = (struct written_segment){ .says_wnd = false };
    for (const char *at = written; *at; at++) {
        const char *end = strchr(at, '>');
        const char *equals = end ? memchr(at, '=', (size_t)(end - at)) : NULL;
        if (*at != '<' || !equals)
            return "a segment is <NAME=VALUE> and again, without blanks";
        size_t name_len = (size_t)(equals - at - 1);
        if (!field(at + 1, name_len, equals + 1, (size_t)(end - equals - 1), of, out))
            return "no such field, or no such value of it";
        says_seq = says_seq || is(at + 1, name_len, "SEQ");
        says_ack = says_ack || is(at + 1, name_len, "ACK");
        at = end;
    }
    if (says_ack != seg_has(&out->seg, ACK))
        return "<ACK=...> goes with <CTL=ACK>";
    return says_seq ? NULL : "<SEQ=...> is missing";
}

char *notation_write_octets(const uint8_t *octets, size_t count, char *line, size_t len)
{
    size_t used = 0, same = 1;
    while (same < count && octets[same] == octets[0])
        same++;
    if (count > 8 && same == count) {
        snprintf(line, len, "%zu*%c", count, octets[0]);
        return line;
    }
    for (size_t i = 0; i < count && i < 40 && used + 1 < len; i++)
        line[used++] = octets[i] >= ' ' && octets[i] <= '~' ? (char)octets[i] : '?';
    line[used] = '\0';
    if (count > 40)
        snprintf(line + used, len - used, "... (%zu octets)", count);
    return line;
}

/* Everything but the MSS; "" where there is nothing. */
static void write_options(const struct segment *seg, char *out, size_t len)
{
    size_t used = (size_t)snprintf(out, len, "<OPT=");
    if (seg->has & HAS_WSCALE)
        used += (size_t)snprintf(out + used, len - used, "WS %u,", seg->wscale);
    if (seg->has & HAS_SACK_PERMITTED)
        used += (size_t)snprintf(out + used, len - used, "SACKOK,");
    if (seg->has & HAS_TIMESTAMPS)
        used += (size_t)snprintf(out + used, len - used, "TS %" PRIu32 ":%" PRIu32 ",", seg->ts_val,
                                 seg->ts_ecr);
    for (unsigned i = 0; i < seg->sack_count; i++)
        used += (size_t)snprintf(out + used, len - used, "%s%" PRIu32 ":%" PRIu32,
                                 i == 0 ? "SACK " : " ", seg->sack[i].start.n, seg->sack[i].end.n);
    if (seg->has == 0 && seg->sack_count == 0)
        out[0] = '\0';
    else
        snprintf(out + used - (seg->sack_count == 0 ? 1 : 0), 2, ">");
}

char *notation_write(const struct segment *seg, const uint8_t *text, char *line, size_t len)
{
    char flags[FLAGS_TEXT_MAX], ack[24] = "", wnd[16] = "", mss[16] = "", data[96] = "", octets[80];
    char urgent[16] = "", opt[180];
    flags_text(seg->flags, flags, sizeof flags);
    write_options(seg, opt, sizeof opt);
    if (seg_has(seg, URG))
        snprintf(urgent, sizeof urgent, "<URG=%u>", seg->urgent);
    if (seg_has(seg, ACK))
        snprintf(ack, sizeof ack, "<ACK=%" PRIu32 ">", seg->ack.n);
    if (!seg_has(seg, RST))
        snprintf(wnd, sizeof wnd, "<WIN=%u>", seg->wnd);
    if (seg->mss)
        snprintf(mss, sizeof mss, "<MSS=%u>", seg->mss);
    if (seg->text_len)
        snprintf(data, sizeof data, "<DATA=%s>",
                 notation_write_octets(text, seg->text_len, octets, sizeof octets));
    snprintf(line, len, "<SEQ=%" PRIu32 ">%s<CTL=%s>%s%s%s%s%s", seg->seq.n, ack, flags, wnd,
             urgent, mss, opt, data);
    return line;
}

static bool same_options(const struct written_segment *written, const struct segment *seg)
{
    const struct segment *w = &written->seg;
    bool same = w->has == seg->has && w->sack_count == seg->sack_count &&
                (!(w->has & HAS_WSCALE) || w->wscale == seg->wscale);
    if (same && w->has & HAS_TIMESTAMPS)
        same = w->ts_ecr == seg->ts_ecr && (written->any_ts_val || w->ts_val == seg->ts_val);
    for (unsigned i = 0; same && i < w->sack_count; i++)
        same = seq_eq(w->sack[i].start, seg->sack[i].start) &&
               seq_eq(w->sack[i].end, seg->sack[i].end);
    return same;
}

bool notation_is(const struct written_segment *written, const struct segment *seg,
                 const uint8_t *text)
{
    const struct segment *w = &written->seg;
    unsigned flags = seg->flags;
    if (!written->says_psh)
        flags &= ~(unsigned)PSH;
    return w->flags == flags && seq_eq(w->seq, seg->seq) &&
           (!seg_has(seg, ACK) || seq_eq(w->ack, seg->ack)) &&
           (!written->says_wnd || w->wnd == seg->wnd) &&
           (!written->says_mss || w->mss == seg->mss) &&
           (!seg_has(seg, URG) || w->urgent == seg->urgent) &&
           (!written->says_options || same_options(written, seg)) && w->text_len == seg->text_len &&
           (w->text_len == 0 || memcmp(written->text, text, w->text_len) == 0);
}
