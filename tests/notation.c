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

static bool variable(const char *name, size_t len, const struct tcb *of, uint32_t *value)
{
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
                  { "RCV.WND", seq_from(of->rcv.nxt, of->rcv.right) } };
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

bool notation_number(const char *written, size_t len, const struct tcb *of, uint32_t *number)
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
    } bits[] = { { "FIN", FIN }, { "SYN", SYN }, { "RST", RST }, { "PSH", PSH }, { "ACK", ACK } };
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

/* One field, NAME=VALUE. */
static bool field(const char *name, size_t name_len, const char *value, size_t len,
                  const struct tcb *of, struct written_segment *out)
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
    out->says_mss = true;
    out->seg.mss = (uint16_t)number;
    return is(name, name_len, "MSS") && number <= UINT16_MAX;
}

const char *notation_read(const char *written, const struct tcb *of, struct written_segment *out)
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

char *notation_write(const struct segment *seg, const uint8_t *text, char *line, size_t len)
{
    char flags[FLAGS_TEXT_MAX], ack[24] = "", wnd[16] = "", mss[16] = "", data[96] = "", octets[80];
    flags_text(seg->flags, flags, sizeof flags);
    if (seg_has(seg, ACK))
        snprintf(ack, sizeof ack, "<ACK=%" PRIu32 ">", seg->ack.n);
    if (!seg_has(seg, RST))
        snprintf(wnd, sizeof wnd, "<WIN=%u>", seg->wnd);
    if (seg->mss)
        snprintf(mss, sizeof mss, "<MSS=%u>", seg->mss);
    if (seg->text_len)
        snprintf(data, sizeof data, "<DATA=%s>",
                 notation_write_octets(text, seg->text_len, octets, sizeof octets));
    snprintf(line, len, "<SEQ=%" PRIu32 ">%s<CTL=%s>%s%s%s", seg->seq.n, ack, flags, wnd, mss,
             data);
    return line;
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
           (!written->says_mss || w->mss == seg->mss) && w->text_len == seg->text_len &&
           (w->text_len == 0 || memcmp(written->text, text, w->text_len) == 0);
}
