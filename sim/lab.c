/*
 * Reading a lab, one line at a time, left to right.
 */
#include "sim/lab_parts.h"

#include "sim/event.h"
#include "sim/sysctl.h"

#include <stdio.h>
#include <string.h>

/* A[.socket] STATE */
static bool read_expect(struct reader *r, struct lab_line *line)
{
    enum tcp_state state;
    line->kind = LAB_EXPECT;
    if (!need_host(r, &line->host))
        return false;
    if (try_char(r, '.') && !need_known_sock(r, line->host, line->sock))
        return false;
    struct word word = next_word(r);
    if (!state_of_name(word.at, word.len, &state))
        return wrong(r, "no such state", word.len ? word : here(r),
                     "a state as the RFC spells it: SYN-SENT, FIN-WAIT-1, TIME-WAIT ...");
    line->state = (uint8_t)state;
    return true;
}

/* "10 MB", "1 kB", "5 octets" */
static bool need_octets(struct reader *r, uint64_t *octets)
{
    static const struct {
        const char *name;
        uint32_t octets;
    } units[] = { { "octets", 1 }, { "kB", 1000 }, { "MB", 1000000 } };
    uint32_t number;
    struct word first = here(r);
    if (!need_number(r, LAB_TRANSFER_MAX, &number))
        return false;
    struct word unit = next_word(r);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (!word_is(unit, units[i].name))
            continue;
        *octets = (uint64_t)number * units[i].octets;
        return (*octets > 0 && *octets <= LAB_TRANSFER_MAX) ||
               wrong(r, "nothing, or too much", first, "1 octet to 1000 MB");
    }
    return wrong(r, "no unit of octets", unit.len ? unit : here(r), "octets, kB or MB");
}

/* A.c B.d 10 MB */
static bool read_transfer(struct reader *r, struct lab_line *line)
{
    uint8_t reader;
    line->kind = LAB_TRANSFER;
    if (!need_host(r, &line->host) || !need_char(r, '.') ||
        !need_known_sock(r, line->host, line->sock))
        return false;
    struct word word = here(r);
    if (!need_host(r, &reader) || !need_char(r, '.') || !need_known_sock(r, reader, line->to_sock))
        return false;
    line->to_host = (int8_t)reader;
    if (reader == line->host)
        return wrong(r, "from a host to itself", word, "a socket of the other host");
    return need_octets(r, &line->octets);
}

static bool read_wait(struct reader *r, struct lab_line *line)
{
    line->kind = LAB_WAIT;
    return need_duration(r, &line->usec);
}

static bool is_value(const struct lab_line *line)
{
    struct sysctl_changes ignored;
    char value[LAB_VALUE_MAX];
    if (line->text.len == 0 || line->text.len >= sizeof value)
        return false;
    memcpy(value, line->text.octets, line->text.len);
    value[line->text.len] = '\0';
    return sysctl_read(line->setting, value, &ignored) != SYSCTL_NO_VALUE;
}

/* B net.ipv4.tcp_fin_timeout 5 */
static bool read_set(struct reader *r, struct lab_line *line)
{
    char nearest[64];
    line->kind = LAB_SET;
    if (!need_host(r, &line->host))
        return false;
    skip_blanks(r);
    struct word name = { .at = r->at };
    while (r->at < r->end && !is_blank(*r->at))
        r->at++;
    name.len = (size_t)(r->at - name.at);
    line->setting = sysctl_name(name.at, name.len);
    snprintf(nearest, sizeof nearest, "%s, perhaps", sysctl_nearest(name.at, name.len));
    if (!line->setting)
        return wrong(r, "no such setting", name, nearest);
    struct word value = here(r);
    line->text = rest_of_line(r);
    return is_value(line) || wrong(r, "not a value of this setting", value,
                                   "a number; of tcp_rmem and tcp_wmem three");
}

/* What the model runs, where nobody says another. */
static bool read_profile(struct reader *r)
{
    char *name = r->lab->profile;
    struct lab_text words = rest_of_line(r);
    struct word unknown = { .at = (const char *)words.octets, .len = words.len };
    struct profile ignored;
    size_t len = words.len < PROFILE_WORDS_MAX ? words.len : 0;
    memcpy(name, words.octets, len);
    name[len] = '\0';
    const char *at = profile_compose(name, &ignored);
    if (!at)
        return true;
    unknown.at += at - name;
    const char *plus = strchr(at, '+');
    unknown.len = plus ? (size_t)(plus - at) : strlen(at);
    return wrong(
        r, "no such profile", unknown,
        "rfc, linux or freebsd; with + or alone what is not TCP: see 'tcpstep run --help'");
}

/* title, lesson, profile, host, wire: what stands before the first step. */
static bool read_heading(struct reader *r, struct word word, bool *is_heading)
{
    struct lab *lab = r->lab;
    *is_heading = true;
    if (word_is(word, "title")) {
        lab->title = rest_of_line(r);
    } else if (word_is(word, "host")) {
        struct word letter = next_word(r);
        if (lab->host_count == LAB_HOSTS_MAX)
            return wrong(r, "too many hosts", letter, "A and B, no more");
        if (letter.len != 1 || letter.at[0] != (char)('A' + lab->host_count))
            return wrong(r, "hosts go by the alphabet", letter.len ? letter : here(r),
                         "the next letter, A first");
        lab->host_names[lab->host_count++] = rest_of_line(r);
    } else if (word_is(word, "lesson")) {
        return need_number(r, LAB_LESSON_MAX, &lab->lesson);
    } else if (word_is(word, "profile")) {
        return read_profile(r);
    } else if (word_is(word, "wire")) {
        struct word what = next_word(r);
        if (!word_is(what, "delay"))
            return wrong(r, "the wire has no such setting", what, "delay");
        return need_duration(r, &lab->delay_usec);
    } else {
        *is_heading = false;
    }
    return true;
}

static bool read_step(struct reader *r, struct word word, struct lab_line *line)
{
    enum lab_kind kind;
    if (wire_act_of(word, &kind))
        return read_wire(r, line, kind);
    if (word_is(word, "rule"))
        return read_rule(r, line);
    if (word_is(word, "chance"))
        return read_chance(r, line);
    if (word_is(word, "set"))
        return read_set(r, line);
    if (word_is(word, "say")) {
        line->kind = LAB_SAY;
        line->text = rest_of_line(r);
        return line->text.len > 0 || wrong(r, "nothing to say", here(r), "a sentence");
    }
    if (word_is(word, "run")) {
        line->kind = LAB_RUN;
        return true;
    }
    if (word_is(word, "transfer"))
        return read_transfer(r, line);
    if (word_is(word, "wait"))
        return read_wait(r, line);
    if (word_is(word, "expect"))
        return read_expect(r, line);
    int host = host_of_letter(r->lab, word);
    if (host < 0)
        return wrong(r, "unknown word", word.len ? word : here(r),
                     "title lesson profile host wire say deliver drop duplicate hold release "
                     "corrupt delay reorder rule chance set run wait transfer expect, or 'A:'");
    line->host = (uint8_t)host;
    return need_char(r, ':') && read_call(r, line);
}

enum {
    EVERY_LANE = (1 << LANE_COUNT) - 1
};

/* "[model]" and the like before a step: it is for those lanes only. */
static bool read_lanes(struct reader *r, struct lab_line *line)
{
    static const struct {
        const char *name;
        uint8_t lanes, wire;
    } tags[] = {
        { "model", 1 << LANE_MODEL, WIRE_OF_ANY_KIND },
        { "kernel", 1 << LANE_KERNEL, WIRE_OF_ANY_KIND },
        { "mixed", 1 << LANE_MIXED, WIRE_OF_ANY_KIND },
        { "wire", EVERY_LANE, WIRE_IN_HAND },
        { "loopback", EVERY_LANE, WIRE_OUT_OF_HAND },
    };
    line->lanes = EVERY_LANE;
    line->wire = WIRE_OF_ANY_KIND;
    if (!try_char(r, '['))
        return true;
    struct word word = next_word(r);
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        if (!word_is(word, tags[i].name))
            continue;
        line->lanes = tags[i].lanes;
        line->wire = tags[i].wire;
        return need_char(r, ']');
    }
    return wrong(r, "no such lane", word.len ? word : here(r),
                 "[model], [kernel], [mixed], [wire] or [loopback]");
}

static bool heading_may_stand(struct reader *r, const struct lab_line *line, struct word word)
{
    if (line->lanes != EVERY_LANE || line->wire != WIRE_OF_ANY_KIND)
        return wrong(r, "a lane before a heading", word, "headings are for all lanes");
    return !r->has_begun ||
           wrong(r, "a step stands before this heading", word, "headings before the first step");
}

bool lab_sets_up(enum lab_kind kind)
{
    return kind == LAB_RULE || kind == LAB_CHANCE || kind == LAB_SET;
}

static bool read_line(struct reader *r)
{
    struct lab *lab = r->lab;
    struct lab_line line = { .number = r->number, .to_host = -1, .from = -1 };
    bool is_heading;
    skip_blanks(r);
    if (r->at == r->end || *r->at == '#')
        return true;
    struct reader whole = *r;
    line.source = rest_of_line(&whole);
    if (!read_lanes(r, &line))
        return false;
    struct word word = next_word(r);
    if (!read_heading(r, word, &is_heading))
        return false;
    if (is_heading)
        return need_end(r) && heading_may_stand(r, &line, word);
    if (lab->host_count == 0)
        return wrong(r, "a step before any host", word, "'host A client' first");
    if (lab->line_count == LAB_LINES_MAX)
        return wrong(r, "too many lines", word, "512 steps at most");
    if (!read_step(r, word, &line) || !need_end(r))
        return false;
    lab->lines[lab->line_count++] = line;
    r->has_begun = r->has_begun || !lab_sets_up((enum lab_kind)line.kind);
    return true;
}

bool lab_read(const char *source, size_t len, struct lab *lab, struct lab_error *error)
{
    struct reader r = { .lab = lab, .error = error };
    const char *at = source, *end = source + len;
    memset(lab, 0, sizeof *lab);
    memset(error, 0, sizeof *error);
    lab->delay_usec = 100000;
    lab->lesson = LAB_LESSON_MAX;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        r.at = at;
        r.end = newline ? newline : end;
        r.number++;
        if (memchr(r.at, '\0', (size_t)(r.end - r.at)))
            return wrong(&r, "a NUL octet", (struct word){ .len = 0 }, "text");
        if (!read_line(&r))
            return false;
        at = newline ? newline + 1 : end;
    }
    if (r.number == 0)
        r.number = 1; /* an empty file has a first line, too */
    if (lab->line_count == 0)
        return wrong(&r, "no step in the whole lab", (struct word){ .len = 0 },
                     "a call as 'A: c = socket()'");
    return true;
}

bool lab_read_line(const char *source, size_t len, const struct lab *lab,
                   const struct lab_name *names, size_t name_count, struct lab *one,
                   struct lab_error *error)
{
    struct reader r = { .lab = one,
                        .error = error,
                        .at = source,
                        .end = source + len,
                        .number = 1,
                        .has_begun = true };
    memset(one, 0, sizeof *one);
    memset(error, 0, sizeof *error);
    one->host_count = lab->host_count;
    memcpy(one->host_names, lab->host_names, sizeof one->host_names);
    for (size_t i = 0; i < name_count && r.name_count < LAB_NAMES_MAX; i++) {
        char *name = r.names[r.name_count++];
        name[0] = (char)('A' + names[i].host);
        memcpy(name + 1, names[i].name, NAME_MAX_LEN - 1);
        name[NAME_MAX_LEN - 1] = '\0';
    }
    if (memchr(source, '\0', len) || memchr(source, '\n', len))
        return wrong(&r, "more than a line", (struct word){ .len = 0 }, "one line");
    if (!read_line(&r))
        return false;
    return one->line_count == 1 ||
           wrong(&r, "nothing is asked for", (struct word){ .len = 0 }, "a call as 'A: close(c)'");
}
