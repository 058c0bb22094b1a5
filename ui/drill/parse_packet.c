/*
 * Reading a packet of a packetdrill script:
 *
 *     > SFP. 1:1001(1000) ack 1 win 257 urg 4 <mss 1460,nop,wscale 7>
 *
 * What is no plain TCP packet (ICMP, UDP, tunnels, fields of the IP header) is told from a mistake,
 * and the event says that it is not modelled.
 */
#include "ui/drill/parts.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool word_is_one_of(struct script_text word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (script_text_is(word, words[i]))
            return true;
    }
    return false;
}

/* Notes what is not modelled of an event; the first reason stays. */
static bool not_modelled(struct drill_reader *r, struct script_event *event, const char *what,
                         struct script_text word)
{
    char reason[48];
    if (event->not_modelled)
        return true;
    snprintf(reason, sizeof reason, "%s%.*s", what, word.len > 24 ? 24 : (int)word.len, word.at);
    event->not_modelled = arena_copy(r->arena, reason, strlen(reason));
    return event->not_modelled || drill_no_memory(r);
}

/* ---- before the TCP header */

/* Other protocols and headers around: they end with the line. *is_other says if it was one. */
static bool read_other_protocol(struct drill_reader *r, struct script_event *event, bool *is_other)
{
    static const char *const words[] = { "icmp", "icmpv4", "icmpv6", "udp",  "udplite", "sctp",
                                         "ipv4", "ipv6",   "gre",    "mpls", "arp",     "eth" };
    struct script_text word = drill_peek_word(r);
    *is_other = word_is_one_of(word, words, COUNT(words));
    if (*is_other)
        return not_modelled(r, event, "", word) && drill_rest_of_line(r);
    *is_other = r->at < r->end && drill_is_digit(*r->at);
    if (!*is_other)
        return true;
    return not_modelled(r, event, "addresses", (struct script_text){ "", 0 }) &&
           drill_rest_of_line(r);
}

/* [ect0], (flowlabel 0x1): fields of the IP header. [noecn] is how packets are without them. */
static bool read_ip_field(struct drill_reader *r, struct script_event *event)
{
    static const char *const ecn[] = { "ect0", "ect1", "ect01", "ce", "ecn", "noce" };
    struct script_text field, none = { "", 0 };
    struct drill_reader inside = *r;
    inside.at++;
    struct script_text word = drill_peek_word(&inside);
    if (inside.failed || word.len == 0 || !drill_bracketed(r, &field))
        return drill_expected(r, "a field of the IP header, such as [ect0]");
    if (script_text_is(word, "noecn"))
        return true;
    if (word_is_one_of(word, ecn, COUNT(ecn)))
        return not_modelled(r, event, "ecn", none);
    return not_modelled(r, event, "ip ", word);
}

/* sock(3): which descriptor's connection it is. */
static bool read_sock(struct drill_reader *r, struct script_packet *packet)
{
    uint32_t fd;
    if (!drill_need(r, "(") || !drill_number(r, "a descriptor", 65535, &fd) || !drill_need(r, ")"))
        return false;
    packet->fd = (int32_t)fd;
    return true;
}

static bool read_prefixes(struct drill_reader *r, struct script_event *event)
{
    while (drill_looks_at(r, "[") || drill_looks_at(r, "(")) {
        if (!read_ip_field(r, event))
            return false;
    }
    return !drill_try_word(r, "sock") || read_sock(r, &event->packet);
}

/* ---- the TCP header */

static unsigned flag_of(char letter)
{
    static const struct {
        char letter;
        uint16_t bit;
    } flags[] = { { '.', SCRIPT_ACK }, { 'S', SCRIPT_SYN }, { 'F', SCRIPT_FIN },
                  { 'R', SCRIPT_RST }, { 'P', SCRIPT_PSH }, { 'U', SCRIPT_URG },
                  { 'E', SCRIPT_ECE }, { 'W', SCRIPT_CWR }, { 'A', SCRIPT_AE } };
    for (size_t i = 0; i < COUNT(flags); i++) {
        if (flags[i].letter == letter)
            return flags[i].bit;
    }
    return 0;
}

static bool read_flags(struct drill_reader *r, uint16_t *flags)
{
    static const char flag[] = "a flag of . S F R P U E W -";
    drill_skip(r);
    const char *begin = r->at;
    while (r->at < r->end && flag_of(*r->at) != 0) {
        *flags |= (uint16_t)flag_of(*r->at);
        drill_take(r, 1);
    }
    if (r->at == begin && r->at < r->end && *r->at == '-')
        drill_take(r, 1);
    if (r->at == begin || (r->at<r->end && * r->at> ' '))
        return drill_expected(r, flag);
    return true;
}

static bool read_sequence(struct drill_reader *r, struct script_packet *packet)
{
    static const char number[] = "a sequence number";
    drill_skip(r);
    const char *begin = r->at;
    if (!drill_number(r, number, UINT32_MAX, &packet->seq) || !drill_need(r, ":") ||
        !drill_number(r, number, UINT32_MAX, &packet->end) || !drill_need(r, "(") ||
        !drill_number(r, "the octets of a packet", UINT32_MAX, &packet->len) || !drill_need(r, ")"))
        return false;
    uint32_t end = packet->seq + packet->len;
    return packet->end == end ||
           drill_fail(r, begin, "%u octets from %u on end with %u, not with %u", packet->len,
                      packet->seq, end, packet->end);
}

static bool read_after_sequence(struct drill_reader *r, struct script_packet *packet)
{
    uint32_t number;
    packet->has_ack = drill_try_word(r, "ack");
    if (packet->has_ack && !drill_number(r, "an acknowledgment number", UINT32_MAX, &packet->ack))
        return false;
    packet->has_win = drill_try_word(r, "win");
    if (packet->has_win) {
        if (!drill_number(r, "a window as in the header", UINT16_MAX, &number))
            return false;
        packet->win = (uint16_t)number;
    }
    packet->has_urg = drill_try_word(r, "urg");
    if (packet->has_urg) {
        if (!drill_number(r, "an urgent pointer", UINT16_MAX, &number))
            return false;
        packet->urg = (uint16_t)number;
    }
    return true;
}

/* ---- options of TCP */

static bool read_sack(struct drill_reader *r, struct script_opt *opt)
{
    static const char edge[] = "the edge of a block";
    while (drill_skip(r), r->at < r->end && drill_is_digit(*r->at)) {
        uint32_t *block = &opt->values[opt->value_count];
        if (opt->value_count == 2 * SCRIPT_SACK_MAX)
            return drill_fail(r, r->at, "a sack option holds %d blocks at most", SCRIPT_SACK_MAX);
        if (!drill_number(r, edge, UINT32_MAX, &block[0]) || !drill_need(r, ":") ||
            !drill_number(r, edge, UINT32_MAX, &block[1]))
            return false;
        opt->value_count = (uint8_t)(opt->value_count + 2);
    }
    return opt->value_count > 0 || drill_expected(r, "a block such as 1:1001");
}

static bool need_word(struct drill_reader *r, const char *word)
{
    return drill_try_word(r, word) || drill_expected(r, word);
}

static bool read_timestamps(struct drill_reader *r, struct script_opt *opt)
{
    opt->value_count = 2;
    return need_word(r, "val") && drill_number(r, "a timestamp", UINT32_MAX, &opt->values[0]) &&
           need_word(r, "ecr") && drill_number(r, "a timestamp", UINT32_MAX, &opt->values[1]);
}

/* Anything up to the next comma or the end of the options. */
static bool skip_opt(struct drill_reader *r)
{
    while (drill_skip(r), r->at < r->end && *r->at != ',' && *r->at != '>') {
        if ((unsigned char)*r->at >= 0x7f)
            return drill_expected(r, "the rest of an option");
        drill_take(r, 1);
    }
    return r->at < r->end || drill_expected(r, "',' or '>'");
}

/* Options that scripts use and the model has not: known, so that a mistake stays one. */
static bool is_other_opt(struct script_text word)
{
    static const char *const words[] = { "FO",     "FOEXP",  "md5", "MD5", "ao",     "ECN",
                                         "accecn", "AccECN", "exp", "EXP", "unknown" };
    static const char *const begins[] = { "mp_", "mpc", "dss", "dack", "add_addr", "remove_addr" };
    if (word_is_one_of(word, words, COUNT(words)))
        return true;
    for (size_t i = 0; i < COUNT(begins); i++) {
        size_t len = strlen(begins[i]);
        if (word.len >= len && memcmp(word.at, begins[i], len) == 0)
            return true;
    }
    return false;
}

static bool read_opt_values(struct drill_reader *r, struct script_event *event,
                            struct script_text word, struct script_opt *opt)
{
    switch (opt->kind) {
    case SCRIPT_OPT_EOL:
    case SCRIPT_OPT_NOP:
    case SCRIPT_OPT_SACK_OK:
        return true;
    case SCRIPT_OPT_MSS:
        opt->value_count = 1;
        return drill_number(r, "a segment size", UINT16_MAX, &opt->values[0]);
    case SCRIPT_OPT_WSCALE:
        opt->value_count = 1;
        return drill_number(r, "a window scale", UINT8_MAX, &opt->values[0]);
    case SCRIPT_OPT_SACK:
        return read_sack(r, opt);
    case SCRIPT_OPT_TS:
        return read_timestamps(r, opt);
    case SCRIPT_OPT_OTHER:
        return not_modelled(r, event, "option ", word) && skip_opt(r);
    }
    return false;
}

static bool opt_kind_of(struct script_text word, enum script_opt_kind *kind)
{
    static const struct {
        const char *word;
        enum script_opt_kind kind;
    } rows[] = { { "mss", SCRIPT_OPT_MSS },  { "sackOK", SCRIPT_OPT_SACK_OK },
                 { "TS", SCRIPT_OPT_TS },    { "nop", SCRIPT_OPT_NOP },
                 { "eol", SCRIPT_OPT_EOL },  { "wscale", SCRIPT_OPT_WSCALE },
                 { "sack", SCRIPT_OPT_SACK } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (script_text_is(word, rows[i].word)) {
            *kind = rows[i].kind;
            return true;
        }
    }
    *kind = SCRIPT_OPT_OTHER;
    return is_other_opt(word);
}

static bool read_opt(struct drill_reader *r, struct script_event *event, struct script_opt *opt)
{
    struct script_text word = drill_peek_word(r);
    if (!opt_kind_of(word, &opt->kind))
        return drill_expected(r, "an option of mss sackOK TS nop wscale eol sack");
    drill_take(r, word.len);
    if (!read_opt_values(r, event, word, opt))
        return false;
    opt->source = (struct script_text){ word.at, (size_t)(r->token_end - word.at) };
    return true;
}

/* Behind the < of the options. */
static bool read_opts(struct drill_reader *r, struct script_event *event)
{
    struct script_packet *packet = &event->packet;
    struct script_opt **last = &packet->opts;
    if (drill_try(r, "...")) {
        packet->opts_kind = SCRIPT_OPTS_ANY;
        return drill_need(r, ">");
    }
    if (drill_try(r, ">"))
        return true;
    packet->opts_kind = SCRIPT_OPTS_LISTED;
    do {
        struct script_opt *opt = arena_take(r->arena, sizeof *opt);
        if (!opt)
            return drill_no_memory(r);
        if (!read_opt(r, event, opt))
            return false;
        *last = opt;
        last = &opt->next;
        packet->opt_count++;
    } while (drill_try(r, ","));
    return drill_try(r, ">") || drill_expected(r, "',' or '>'");
}

/* Behind the options: /udp(1 > 2) puts the packet into another, sock(3) names its connection. */
static bool read_suffixes(struct drill_reader *r, struct script_event *event)
{
    if (drill_looks_at(r, "/")) {
        drill_take(r, 1);
        struct script_text word = drill_peek_word(r);
        if (word.len == 0)
            return drill_expected(r, "a protocol");
        if (!not_modelled(r, event, "within ", word))
            return false;
        return drill_rest_of_line(r);
    }
    return !drill_try_word(r, "sock") || read_sock(r, &event->packet);
}

bool drill_packet(struct drill_reader *r, struct script_event *event)
{
    struct script_packet *packet = &event->packet;
    static const struct script_text nothing = { "", 0 };
    bool is_other;
    packet->is_outbound = *r->at == '>';
    drill_take(r, 1);
    if (!read_prefixes(r, event) || !read_other_protocol(r, event, &is_other))
        return false;
    if (is_other)
        return true;
    if (!read_flags(r, &packet->flags) || !read_sequence(r, packet) ||
        !read_after_sequence(r, packet))
        return false;
    if ((packet->flags & SCRIPT_AE) && !not_modelled(r, event, "accurate ecn", nothing))
        return false;
    if (drill_try(r, "<") && !read_opts(r, event))
        return false;
    return read_suffixes(r, event);
}
