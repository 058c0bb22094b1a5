/*
 * What can stand at the margin of a trace.
 */
#include "tests/bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes the first word off the line; "" where none is left. */
static char *word(char **line)
{
    char *start = *line + strspn(*line, " ");
    char *end = start + strcspn(start, " ");
    *line = *end ? end + 1 : end;
    *end = '\0';
    return start;
}

static bool is(const char *word, const char *text)
{
    return strcmp(word, text) == 0;
}

static struct bench_end *end_named(struct bench *bench, const char *name)
{
    if (is(name, "A"))
        return &bench->end[0];
    if (is(name, "B"))
        return &bench->end[1];
    bench_fail(bench, "A or B should stand here", name);
    return NULL;
}

static uint64_t duration(struct bench *bench, const char *number, const char *unit)
{
    char *rest;
    double value = strtod(number, &rest);
    unit = *rest ? rest : unit;
    double scale = is(unit, "us")    ? 1
                   : is(unit, "ms")  ? 1000
                   : is(unit, "s")   ? 1000000
                   : is(unit, "min") ? 60000000
                                     : 0;
    if (scale == 0 || rest == number)
        bench_fail(bench, "no duration", number);
    return (uint64_t)(value * scale + 0.5);
}

/* The clock goes to that time; timers run out in order, A's before B's. */
static void until(struct bench *bench, uint64_t usec)
{
    for (;;) {
        struct bench_end *a = &bench->end[0], *b = &bench->end[1];
        struct bench_end *next = end_deadline(b) < end_deadline(a) ? b : a;
        uint64_t due = end_deadline(next);
        if (due == UINT64_MAX || due > usec)
            break;
        bench->now_usec = due;
        end_timer(next);
    }
    bench->now_usec = usec;
}

static void do_timer(struct bench *bench, const struct bench_end *end)
{
    uint64_t due = end_deadline(end);
    if (due == UINT64_MAX)
        bench_fail(bench, "no timer is armed", "");
    until(bench, due);
}

/* By hand, from the other end. */
static void read_segment(struct bench *bench, const char *written, const struct bench_end *to,
                         struct written_segment *out)
{
    const struct notation_of of = { &to->tcb, to->ts };
    const struct bench_end *from = to == bench->end ? &bench->end[1] : bench->end;
    const char *wrong = notation_read(written, &of, out);
    if (wrong)
        bench_fail(bench, wrong, written);
    if (!out->says_wnd)
        out->seg.wnd = (uint16_t)(bench->pair ? 1000 : from->rcv_space_len);
}

/* The oldest in the air from that end, that looks so where it was said how. */
static struct bench_segment *in_air(struct bench *bench, unsigned from, const char *written)
{
    struct bench_segment *oldest = NULL;
    struct written_segment wanted;
    const char *wrong = written[0] ? notation_read(written, NULL, &wanted) : NULL;
    if (wrong)
        bench_fail(bench, wrong, written);
    for (unsigned i = 0; i < BENCH_AIR; i++) {
        struct bench_segment *place = &bench->air[i];
        if (!place->in_air || place->from != from || (oldest && oldest->order < place->order))
            continue;
        if (!written[0] || notation_is(&wanted, &place->seg, place->text))
            oldest = place;
    }
    return oldest;
}

static void fail_in_air(struct bench *bench, unsigned from)
{
    char line[NOTATION_LINE];
    const struct bench_segment *there = in_air(bench, from, "");
    bench_fail(bench, "no such segment is in the air",
               there ? notation_write(&there->seg, there->text, line, sizeof line) : "none is");
}

/* "A > " has been read. */
static void do_wire(struct bench *bench, struct bench_end *from, char *rest)
{
    unsigned index = (unsigned)(from - bench->end);
    struct bench_end *to = &bench->end[1 - index];
    const char *where = word(&rest);
    if (!bench->pair) {
        struct written_segment by_hand;
        read_segment(bench, rest, to, &by_hand);
        end_arrives(to, &by_hand.seg, by_hand.text);
        return;
    }
    bool copy = strncmp(rest, "copy", 4) == 0;
    if (copy)
        word(&rest);
    struct bench_segment *segment = in_air(bench, index, rest);
    if (!segment)
        fail_in_air(bench, index);
    segment->in_air = copy;
    if (is(where, "lost"))
        return;
    struct bench_segment arrives = *segment; /* its place may be taken by the answer */
    end_arrives(to, &arrives.seg, arrives.text);
}

/* "old A > B SEGMENT", "old" has been read. */
static void do_old(struct bench *bench, char *rest)
{
    struct bench_end *from = end_named(bench, word(&rest));
    struct bench_end *to = &bench->end[1 - (from - bench->end)];
    struct written_segment old;
    word(&rest); /* > */
    word(&rest);
    read_segment(bench, rest, to, &old);
    end_arrives(to, &old.seg, old.text);
}

static bool variable(const struct tcb *tcb, const char *name, size_t len, uint32_t *value)
{
    const struct tcp_vars status = tcp_status(tcb), *vars = &status;
    const struct {
        const char *name;
        uint32_t value;
    } known[] = { { "ISS", vars->iss.n },       { "SND.UNA", vars->una.n },
                  { "SND.NXT", vars->nxt.n },   { "SND.WND", vars->snd_wnd },
                  { "IRS", vars->irs.n },       { "RCV.NXT", vars->rcv_nxt.n },
                  { "RCV.WND", vars->rcv_wnd }, { "UNSENT", vars->unsent },
                  { "UNREAD", vars->unread },   { "RTO", (uint32_t)vars->rto_usec },
                  { "CWND", tcb->rec.cwnd },    { "SSTHRESH", tcb->rec.ssthresh } };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strlen(known[i].name) == len && memcmp(known[i].name, name, len) == 0) {
            *value = known[i].value;
            return true;
        }
    }
    return false;
}

static void do_has(struct bench *bench, const struct bench_end *end, char *rest)
{
    const struct notation_of of = { &end->tcb, end->ts };
    for (char *pair = word(&rest); *pair; pair = word(&rest)) {
        char seen[32];
        uint32_t value = 0, wanted = 0;
        size_t name_len = strcspn(pair, "=");
        const char *number = pair + name_len + 1;
        if (!pair[name_len] || !variable(&end->tcb, pair, name_len, &value))
            bench_fail(bench, "no such variable", pair);
        if (strncmp(pair, "RTO=", 4) == 0)
            wanted = (uint32_t)duration(bench, number, "");
        else if (!notation_number(number, strlen(number), &of, &wanted))
            bench_fail(bench, "no number", pair);
        snprintf(seen, sizeof seen, ", but it is %" PRIu32, value);
        if (value != wanted)
            bench_fail(bench, pair, seen);
    }
}

static enum tcp_state state_named(struct bench *bench, const char *name)
{
    enum tcp_state state = CLOSED;
    if (!state_of_name(name, strlen(name), &state))
        bench_fail(bench, "no such state", name);
    return state;
}

static void do_given(struct bench *bench, char *rest)
{
    const char *what = word(&rest);
    bool quiet = bench->quiet;
    bench->quiet = true;
    if (is(what, "connected")) {
        bench_do(bench, "B listen\nA open\nA > B\nB > A\nA > B\n");
    } else {
        word(&rest); /* in */
        enum tcp_state state = state_named(bench, word(&rest));
        const char *with = strstr(rest, "with ");
        bench_walk(bench, state, strncmp(rest, "by passive OPEN", 15) == 0, with ? with + 5 : "");
    }
    bench->quiet = quiet;
}

static void do_show(struct bench *bench, bool show, char *rest)
{
    static const char *const names[] = { "segments", "states", "rules", "told", "calls", "timers" };
    for (const char *name = word(&rest); *name; name = word(&rest)) {
        for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
            if (is(name, names[i]))
                bench->show = show ? bench->show | 1u << i : bench->show & ~(1u << i);
        }
    }
}

static void do_send(struct bench *bench, struct bench_end *end, const char *rest)
{
    unsigned flags = strncmp(rest, "more ", 5) == 0     ? SEND_MORE
                     : strncmp(rest, "urgent ", 7) == 0 ? SEND_URGENT
                                                        : 0;
    rest += flags ? strcspn(rest, " ") + 1 : 0;
    uint8_t octets[BENCH_SPACE];
    int32_t len = notation_octets(rest, strlen(rest), octets, sizeof octets);
    if (len < 0)
        bench_fail(bench, "too much text", "");
    end_send(end, octets, (uint32_t)len, flags);
}

static bool do_user_option(struct bench_end *end, const char *name, const char *value)
{
    struct user_options *user = &end->tcb.user;
    unsigned long number = strtoul(value, NULL, 10);
    if (is(name, "nodelay"))
        user->nodelay = number != 0;
    else if (is(name, "cork"))
        user->cork = number != 0;
    else if (is(name, "keepalive"))
        user->keep_alive = number != 0;
    else if (is(name, "usertimeout"))
        user->user_timeout_msec = (uint32_t)number;
    else if (is(name, "maxseg"))
        user->mss = (uint16_t)number;
    else
        return false;
    end_options_changed(end);
    return true;
}

static bool do_setting(struct bench *bench, struct bench_end *end, const char *name,
                       const char *value)
{
    uint32_t number = 0;
    bool known = true;
    bool good = notation_number(value, strlen(value), NULL, &number);
    if (is(name, "iss"))
        end->iss = number;
    else if (is(name, "window"))
        end->rcv_space_len = number;
    else if (is(name, "queue"))
        end->snd_space_len = number;
    else if (is(name, "mss"))
        end->mss = (uint16_t)number;
    else if (is(name, "synqueue"))
        end->syn_queue_full = number != 0;
    else if (is(name, "cookie"))
        end->cookie_mss = (uint16_t)number;
    else if (is(name, "ranges"))
        end_ranges(end, number);
    else
        known = false;
    if (known && (!good || number > (is(name, "iss") ? UINT32_MAX : BENCH_SPACE)))
        bench_fail(bench, "no such value", value);
    return known;
}

static void do_at_end(struct bench *bench, struct bench_end *end, const char *verb, char *rest)
{
    if (is(verb, ">"))
        do_wire(bench, end, rest);
    else if (is(verb, "listen"))
        end_open(end, false, false);
    else if (is(verb, "open"))
        end_open(end, true, is(rest, "nobody"));
    else if (is(verb, "send"))
        do_send(bench, end, rest);
    else if (is(verb, "receive"))
        end_receive(end, (uint32_t)strtoul(rest, NULL, 10));
    else if (is(verb, "close"))
        end_close(end, is(rest, "both"));
    else if (is(verb, "abort"))
        end_abort(end);
    else if (is(verb, "reboot"))
        end_reboot(end);
    else if (is(verb, "timer"))
        do_timer(bench, end);
    else if (is(verb, "has"))
        do_has(bench, end, rest);
    else if (is(verb, "is") && state_named(bench, rest) != end->tcb.state)
        bench_fail(bench, "it is", state_name(end->tcb.state));
    else if (is(verb, "serves"))
        end->serves = true;
    else if (!is(verb, "is") && !do_user_option(end, verb, rest) &&
             !do_setting(bench, end, verb, rest))
        bench_fail(bench, "the bench cannot do that", verb);
}

static void do_ipv6(struct bench *bench)
{
    for (unsigned i = 0; i < BENCH_ENDS; i++)
        bench->end[i].at.ip = (struct ip){ .family = 6, .octet = { [15] = (uint8_t)(i + 1) } };
}

static void do_profile(struct bench *bench, const char *name)
{
    const struct profile *profile = profile_find(name);
    if (!profile)
        bench_fail(bench, "no such profile", name);
    else
        bench->set = profile->set;
}

static void change_setting(struct bench *bench, const char *name, const char *value)
{
    const struct setting *setting = setting_find(name);
    if (!setting || !setting_put(&bench->set, setting, strtoull(value, NULL, 10)))
        bench_fail(bench, "no such setting or value", name);
}

void bench_do_line(struct bench *bench, char *line)
{
    const char *first = word(&line);
    if (is(first, "old")) {
        do_old(bench, line);
    } else if (is(first, "wait")) {
        const char *number = word(&line);
        until(bench, bench->now_usec + duration(bench, number, line));
    } else if (is(first, "given")) {
        do_given(bench, line);
    } else if (is(first, "show") || is(first, "hide")) {
        do_show(bench, is(first, "show"), line);
    } else if (is(first, "profile")) {
        do_profile(bench, line);
    } else if (is(first, "setting")) {
        const char *name = word(&line);
        change_setting(bench, name, line);
    } else if (is(first, "ipv6")) {
        do_ipv6(bench);
    } else {
        struct bench_end *end = end_named(bench, first);
        const char *verb = word(&line);
        do_at_end(bench, end, verb, line);
    }
}

/* The walk's lines with the options of B's SYN, which stand for "@". */
static void walk(struct bench *bench, const char *lines, const char *options)
{
    char with[256];
    size_t before = strcspn(lines, "@");
    bool some = lines[before] != '\0';
    snprintf(with, sizeof with, "%.*s%s%s%s", (int)before, lines, some && *options ? "," : "",
             some ? options : "", some ? lines + before + 1 : "");
    bench_do(bench, with);
}

void bench_walk(struct bench *bench, enum tcp_state state, bool passive, const char *options)
{
    static const char *const ways[TCP_STATE_COUNT] = {
        [CLOSED] = "",
        [LISTEN] = "A listen\n",
        [SYN_SENT] = "A open\n",
        [SYN_RECEIVED] = "A open\nB > A <SEQ=300><CTL=SYN><OPT=MSS 1460@>\n",
        [ESTABLISHED] = "A open\nB > A <SEQ=300><ACK=101><CTL=SYN,ACK><OPT=MSS 1460@>\n",
        [FIN_WAIT_1] = "A close\n",
        [FIN_WAIT_2] = "A close\nB > A <SEQ=301><ACK=102><CTL=ACK>\n",
        [CLOSE_WAIT] = "B > A <SEQ=301><ACK=101><CTL=FIN,ACK>\n",
        [CLOSING] = "A close\nB > A <SEQ=301><ACK=101><CTL=FIN,ACK>\n",
        [LAST_ACK] = "B > A <SEQ=301><ACK=101><CTL=FIN,ACK>\nA close\n",
        [TIME_WAIT] = "A close\nB > A <SEQ=301><ACK=102><CTL=FIN,ACK>\n",
    };
    if (passive && state >= SYN_RECEIVED)
        walk(bench, "A listen\nB > A <SEQ=300><CTL=SYN><OPT=MSS 1460@>\n", options);
    else if (state > ESTABLISHED)
        walk(bench, ways[ESTABLISHED], options);
    if (passive && state >= ESTABLISHED)
        bench_do(bench, "B > A <SEQ=301><ACK=101><CTL=ACK>\n");
    if (!passive || state < SYN_RECEIVED || state > ESTABLISHED)
        walk(bench, ways[state], options);
    if (bench->end[0].tcb.state != state)
        bench_fail(bench, "the walk leads to", state_name(bench->end[0].tcb.state));
}
