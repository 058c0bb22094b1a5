/*
 * Reading a lab. One line at a time, left to right, with one place where an error is made.
 */
#include "sim/lab.h"

#include "sim/event.h"
#include "sim/segment.h"

#include <stdio.h>
#include <string.h>

struct word {
    const char *at;
    size_t len;
};

struct reader {
    struct lab *lab;
    struct lab_error *error;
    const char *at, *end; /* what is left of the line */
    uint32_t number;
    char names[LAB_NAMES_MAX][NAME_MAX_LEN]; /* "A.c" is kept as "Ac" */
    uint32_t name_count;
};

static bool wrong(struct reader *r, const char *what, struct word word, const char *expected)
{
    int len = word.len < 40 ? (int)word.len : 40;
    r->error->line = r->number;
    if (len > 0)
        snprintf(r->error->wrong, sizeof r->error->wrong, "%s: '%.*s'", what, len, word.at);
    else
        snprintf(r->error->wrong, sizeof r->error->wrong, "%s", what);
    snprintf(r->error->expected, sizeof r->error->expected, "%s", expected);
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end && is_blank(*r->at))
        r->at++;
}

static struct word next_word(struct reader *r)
{
    skip_blanks(r);
    struct word word = { .at = r->at };
    while (r->at < r->end && is_word(*r->at))
        r->at++;
    word.len = (size_t)(r->at - word.at);
    return word;
}

/* What stands here, for an error: a word, or a single character. */
static struct word here(const struct reader *r)
{
    struct reader copy = *r;
    struct word word = next_word(&copy);
    if (word.len == 0 && word.at < r->end)
        word.len = 1;
    return word;
}

static bool word_is(struct word word, const char *text)
{
    return strlen(text) == word.len && memcmp(word.at, text, word.len) == 0;
}

static bool try_char(struct reader *r, char c)
{
    skip_blanks(r);
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

static bool need_char(struct reader *r, char c)
{
    char expected[] = "' '";
    if (try_char(r, c))
        return true;
    expected[1] = c;
    return wrong(r, "something else stands", here(r), expected);
}

static bool need_end(struct reader *r)
{
    skip_blanks(r);
    return r->at == r->end ||
           wrong(r, "more than the line can hold", here(r), "the end of the line");
}

static bool need_number(struct reader *r, uint32_t max, uint32_t *number)
{
    struct word word = next_word(r);
    char expected[48];
    uint64_t value = 0;
    snprintf(expected, sizeof expected, "a number from 0 to %lu", (unsigned long)max);
    for (size_t i = 0; i < word.len; i++) {
        if (!is_digit(word.at[i]))
            return wrong(r, "not a number", word, expected);
        value = value * 10 + (uint64_t)(word.at[i] - '0');
        if (value > max)
            return wrong(r, "number too large", word, expected);
    }
    if (word.len == 0)
        return wrong(r, "a number is missing", here(r), expected);
    *number = (uint32_t)value;
    return true;
}

/* "100 ms", "2 s", "4 min" */
static bool need_duration(struct reader *r, uint64_t *usec)
{
    static const struct {
        const char *name;
        uint64_t usec;
    } units[] = { { "us", 1 }, { "ms", 1000 }, { "s", 1000000 }, { "min", 60000000 } };
    uint32_t number;
    skip_blanks(r);
    const char *start = r->at;
    while (r->at < r->end && is_digit(*r->at))
        r->at++;
    struct reader digits = *r;
    digits.at = start;
    digits.end = r->at;
    if (!need_number(&digits, 1000000, &number))
        return false;
    struct word unit = next_word(r);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (word_is(unit, units[i].name)) {
            *usec = number * units[i].usec;
            return true;
        }
    }
    return wrong(r, "no unit of time", unit, "us, ms, s or min");
}

static struct lab_text rest_of_line(struct reader *r)
{
    skip_blanks(r);
    const char *end = r->end;
    while (end > r->at && is_blank(end[-1]))
        end--;
    struct lab_text text = { .octets = (const uint8_t *)r->at, .len = (uint32_t)(end - r->at) };
    r->at = r->end;
    return text;
}

static int host_of_letter(const struct lab *lab, struct word word)
{
    if (word.len != 1 || word.at[0] < 'A')
        return -1;
    unsigned host = (unsigned)(word.at[0] - 'A');
    return host < lab->host_count ? (int)host : -1;
}

static bool need_host(struct reader *r, uint8_t *host)
{
    struct word word = next_word(r);
    int found = host_of_letter(r->lab, word);
    if (found < 0)
        return wrong(r, "no such host", word.len ? word : here(r), "the letter of a host, as A");
    *host = (uint8_t)found;
    return true;
}

static bool named(char *full, uint8_t host, struct word word)
{
    if (word.len == 0 || word.len > NAME_MAX_LEN - 2)
        return false;
    full[0] = (char)('A' + host);
    memcpy(full + 1, word.at, word.len);
    full[1 + word.len] = '\0';
    return true;
}

static bool knows_name(const struct reader *r, const char *full)
{
    for (uint32_t i = 0; i < r->name_count; i++) {
        if (strcmp(r->names[i], full) == 0)
            return true;
    }
    return false;
}

/* A name that a line before this one has given to a socket of the host. */
static bool need_known_sock(struct reader *r, uint8_t host, char *sock)
{
    char full[NAME_MAX_LEN];
    struct word word = next_word(r);
    if (!named(full, host, word) || !knows_name(r, full))
        return wrong(r, "no such socket here", word.len ? word : here(r),
                     "the name of a socket of this host");
    memcpy(sock, full + 1, strlen(full));
    return true;
}

static bool need_new_sock(struct reader *r, uint8_t host, struct word word, char *name)
{
    char full[NAME_MAX_LEN];
    if (!named(full, host, word) || is_digit(word.at[0]))
        return wrong(r, "not a name", word, "letters and digits, 14 at most");
    if (!knows_name(r, full)) {
        if (r->name_count == LAB_NAMES_MAX)
            return wrong(r, "too many sockets", word, "32 names at most");
        memcpy(r->names[r->name_count++], full, sizeof full);
    }
    memcpy(name, full + 1, strlen(full));
    return true;
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* After a backslash; leaves r->at behind the escape. */
static int escaped(struct reader *r)
{
    static const char letters[] = "nrt0\\\"";
    static const char values[] = "\n\r\t\0\\\"";
    if (r->at == r->end)
        return -1;
    const char *letter = memchr(letters, *r->at, sizeof letters - 1);
    if (letter) {
        r->at++;
        return (uint8_t)values[letter - letters];
    }
    if (*r->at != 'x' || r->end - r->at < 3)
        return -1;
    int high = hex_value(r->at[1]), low = hex_value(r->at[2]);
    r->at += 3;
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static bool need_string(struct reader *r, struct lab_text *text)
{
    struct lab *lab = r->lab;
    if (!need_char(r, '"'))
        return false;
    text->octets = lab->octets + lab->octet_count;
    text->len = 0;
    while (r->at < r->end && *r->at != '"') {
        struct word at = here(r);
        int octet = (uint8_t)*r->at++;
        if (octet == '\\')
            octet = escaped(r);
        if (octet < 0)
            return wrong(r, "unknown escape", at, "\\n \\r \\t \\0 \\\\ \\\" or \\x41");
        if (lab->octet_count == LAB_OCTETS_MAX)
            return wrong(r, "too much text", at, "16384 octets at most in all strings");
        lab->octets[lab->octet_count++] = (uint8_t)octet;
        text->len++;
    }
    return need_char(r, '"');
}

/* ":7788" at the host itself, or "B:7788" at another one. */
static bool need_address(struct reader *r, struct lab_line *line)
{
    uint32_t port;
    uint8_t host;
    line->to_host = -1;
    skip_blanks(r);
    if (r->at < r->end && *r->at != ':') {
        if (!need_host(r, &host))
            return false;
        line->to_host = (int8_t)host;
    }
    if (!need_char(r, ':') || !need_number(r, UINT16_MAX, &port))
        return false;
    line->call.addr.port = (uint16_t)port;
    return true;
}

static bool need_how(struct reader *r, int32_t *how)
{
    struct word word = next_word(r);
    if (word_is(word, "SHUT_RD"))
        *how = HOW_RD;
    else if (word_is(word, "SHUT_WR"))
        *how = HOW_WR;
    else if (word_is(word, "SHUT_RDWR"))
        *how = HOW_RDWR;
    else
        return wrong(r, "no way to shut down", word, "SHUT_RD, SHUT_WR or SHUT_RDWR");
    return true;
}

static bool need_value(struct reader *r, uint32_t max, int32_t *value)
{
    uint32_t number;
    if (!need_char(r, ',') || !need_number(r, max, &number))
        return false;
    *value = (int32_t)number;
    return true;
}

static bool need_option(struct reader *r, enum sock_option *option)
{
    if (!need_char(r, ','))
        return false;
    struct word word = next_word(r);
    return option_of_name(word.at, word.len, option) ||
           wrong(r, "no such option", word,
                 "SO_REUSEADDR, SO_LINGER, SO_ERROR, SO_RCVBUF or TCP_DEFER_ACCEPT");
}

/* What stands behind the socket between the brackets. */
static bool call_arguments(struct reader *r, struct lab_line *line)
{
    struct call *call = &line->call;
    struct lab_text text;
    switch (call->op) {
    case CALL_BIND:
    case CALL_CONNECT:
        return need_char(r, ',') && need_address(r, line);
    case CALL_LISTEN:
        return need_value(r, 65535, &call->value);
    case CALL_RECV:
        return need_value(r, LAB_RECV_MAX, &call->value);
    case CALL_SHUTDOWN:
        return need_char(r, ',') && need_how(r, &call->value);
    case CALL_SETSOCKOPT:
        return need_option(r, &call->option) && need_value(r, INT32_MAX, &call->value);
    case CALL_GETSOCKOPT:
        return need_option(r, &call->option);
    case CALL_SEND:
        if (!need_char(r, ',') || !need_string(r, &text))
            return false;
        call->text = text.octets;
        call->text_len = text.len;
        return true;
    case CALL_SOCKET:
    case CALL_ACCEPT:
    case CALL_CLOSE:
    case CALL_OP_COUNT:
        break;
    }
    return true;
}

/* "= 0", "= EADDRINUSE", "= \"hello\"" */
static bool call_result(struct reader *r, struct lab_line *line)
{
    uint32_t number;
    line->result_kind = RESULT_SUCCESS;
    if (!try_char(r, '='))
        return true;
    skip_blanks(r);
    if (r->at < r->end && *r->at == '"') {
        if (line->call.op != CALL_RECV)
            return wrong(r, "only recv gives text", here(r), "a number or the name of an error");
        line->result_kind = RESULT_TEXT;
        return need_string(r, &line->text);
    }
    struct reader ahead = *r;
    struct word word = next_word(&ahead);
    if (word.len > 0 && errno_of_name(word.at, word.len, &line->result)) {
        line->result_kind = RESULT_ERRNO;
        r->at = ahead.at;
        return true;
    }
    if (word.len == 0 || !is_digit(word.at[0]))
        return wrong(r, "no such result", word, "a number, a string, or an error as EADDRINUSE");
    line->result_kind = RESULT_NUMBER;
    if (!need_number(r, INT32_MAX, &number))
        return false;
    line->result = (int32_t)number;
    return true;
}

/* "A:" has been read: [name =] call(socket, ...) [= result] */
static bool read_call(struct reader *r, struct lab_line *line)
{
    struct word name = { .at = r->at }, word = next_word(r);
    struct call *call = &line->call;
    line->kind = LAB_CALL;
    if (try_char(r, '=')) {
        name = word;
        word = next_word(r);
    }
    if (!call_of_name(word.at, word.len, &call->op))
        return wrong(r, "no such call", word.len ? word : here(r),
                     "socket bind listen accept connect send recv shutdown close ...");
    bool makes_socket = call->op == CALL_SOCKET || call->op == CALL_ACCEPT;
    if (makes_socket != (name.len > 0))
        return wrong(r, makes_socket ? "the new socket has no name" : "no socket comes of this",
                     word, "NAME = socket() or NAME = accept(SOCKET), others without");
    if (!need_char(r, '('))
        return false;
    if (call->op != CALL_SOCKET && !need_known_sock(r, line->host, line->sock))
        return false;
    if (!call_arguments(r, line) || !need_char(r, ')') || !call_result(r, line))
        return false;
    return !makes_socket || need_new_sock(r, line->host, name, call->name);
}

static bool read_flags(struct reader *r, struct word word, uint8_t *flags)
{
    static const struct {
        const char *name;
        uint8_t bit;
    } bits[] = { { "SYN", SYN }, { "ACK", ACK }, { "FIN", FIN }, { "RST", RST } };
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        if (!word_is(word, bits[i].name))
            continue;
        *flags |= bits[i].bit;
        return !try_char(r, ',') || read_flags(r, next_word(r), flags);
    }
    return wrong(r, "no such control bit", word.len ? word : here(r),
                 "SYN, ACK, FIN, RST joined by commas, or 'from'");
}

/* [SYN,ACK] [from A] */
static bool read_wire(struct reader *r, struct lab_line *line, enum lab_kind kind)
{
    uint8_t host;
    line->kind = (uint8_t)kind;
    line->from = -1;
    skip_blanks(r);
    if (r->at == r->end)
        return true;
    struct word word = next_word(r);
    if (!word_is(word, "from")) {
        if (!read_flags(r, word, &line->flags))
            return false;
        skip_blanks(r);
        if (r->at == r->end)
            return true;
        word = next_word(r);
        if (!word_is(word, "from"))
            return wrong(r, "something else stands", word, "'from' and a host, or the end");
    }
    if (!need_host(r, &host))
        return false;
    line->from = (int8_t)host;
    return true;
}

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

static bool read_wait(struct reader *r, struct lab_line *line)
{
    line->kind = LAB_WAIT;
    return need_duration(r, &line->usec);
}

/* title, host, wire: what stands before the first step. */
static bool read_heading(struct reader *r, struct word word, bool *is_heading)
{
    struct lab *lab = r->lab;
    *is_heading = true;
    if (word_is(word, "title")) {
        lab->title = rest_of_line(r);
    } else if (word_is(word, "host")) {
        struct word letter = next_word(r);
        if (lab->host_count == LAB_HOSTS_MAX)
            return wrong(r, "too many hosts", letter, "8 at most");
        if (letter.len != 1 || letter.at[0] != (char)('A' + lab->host_count))
            return wrong(r, "hosts go by the alphabet", letter.len ? letter : here(r),
                         "the next letter, A first");
        lab->host_names[lab->host_count++] = rest_of_line(r);
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
    static const struct {
        const char *name;
        enum lab_kind kind;
    } wires[] = { { "deliver", LAB_DELIVER },
                  { "drop", LAB_DROP },
                  { "duplicate", LAB_DUPLICATE },
                  { "hold", LAB_HOLD },
                  { "release", LAB_RELEASE } };
    for (size_t i = 0; i < sizeof wires / sizeof wires[0]; i++) {
        if (word_is(word, wires[i].name))
            return read_wire(r, line, wires[i].kind);
    }
    if (word_is(word, "say")) {
        line->kind = LAB_SAY;
        line->text = rest_of_line(r);
        return true;
    }
    if (word_is(word, "run")) {
        line->kind = LAB_RUN;
        return true;
    }
    if (word_is(word, "wait"))
        return read_wait(r, line);
    if (word_is(word, "expect"))
        return read_expect(r, line);
    int host = host_of_letter(r->lab, word);
    if (host < 0)
        return wrong(r, "unknown word", word.len ? word : here(r),
                     "title host wire say deliver drop run wait expect, or a host as 'A:'");
    line->host = (uint8_t)host;
    return need_char(r, ':') && read_call(r, line);
}

/* "[model]" or "[kernel]" before a step: it is for that lane only. */
static bool read_lanes(struct reader *r, struct lab_line *line)
{
    line->lanes = 1u << LANE_MODEL | 1u << LANE_KERNEL;
    if (!try_char(r, '['))
        return true;
    struct word word = next_word(r);
    if (word_is(word, "model"))
        line->lanes = 1u << LANE_MODEL;
    else if (word_is(word, "kernel"))
        line->lanes = 1u << LANE_KERNEL;
    else
        return wrong(r, "no such lane", word.len ? word : here(r), "[model] or [kernel]");
    return need_char(r, ']');
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
        return need_end(r);
    if (lab->host_count == 0)
        return wrong(r, "a step before any host", word, "'host A client' first");
    if (lab->line_count == LAB_LINES_MAX)
        return wrong(r, "too many lines", word, "512 steps at most");
    if (!read_step(r, word, &line) || !need_end(r))
        return false;
    lab->lines[lab->line_count++] = line;
    return true;
}

bool lab_read(const char *source, size_t len, struct lab *lab, struct lab_error *error)
{
    struct reader r = { .lab = lab, .error = error };
    const char *at = source, *end = source + len;
    memset(lab, 0, sizeof *lab);
    memset(error, 0, sizeof *error);
    lab->delay_usec = 100000;
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
    if (lab->line_count == 0)
        return wrong(&r, "no step in the whole lab", (struct word){ .len = 0 },
                     "a call as 'A: c = socket()'");
    return true;
}
