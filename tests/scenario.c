/*
 * The generator goes by what a program may do with the sockets it has; the reducer is delta
 * debugging (Zeller): halves, then quarters, down to single lines.
 */
#include "tests/scenario.h"

#include "sim/lab.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SOCKS_MAX = 8,
    ACTS_MAX = 24,
    RULES_MAX = 5, /* clients of a scenario, at most */
    DELAY_MSEC = 100,
    TEXT_BUDGET = 14000 /* octets that nearly all send() together give: a lab holds 16384 */
};

static const char delay_words[] = "wire   delay ";

struct open_sock {
    char name[8];
    char host;
    bool listens;
};

struct scenario {
    char *text;
    size_t used;
    uint64_t dice;
    bool small_buffers;
    struct open_sock socks[SOCKS_MAX]; /* not closed */
    unsigned sock_count;
    unsigned named; /* names given so far */
    unsigned sent;  /* octets */
    unsigned connects;
    unsigned rules;
};

/* splitmix64 */
static uint32_t roll(struct scenario *s, uint32_t sides)
{
    uint64_t z = (s->dice += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ (z >> 31)) >> 16) % sides;
}

static bool chance(struct scenario *s, uint32_t one_in)
{
    return roll(s, one_in) == 0;
}

__attribute__((format(printf, 2, 3))) static void put(struct scenario *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(s->text + s->used, SCENARIO_LEN_MAX - s->used, format, args);
    va_end(args);
    if (len > 0 && s->used + (size_t)len < SCENARIO_LEN_MAX)
        s->used += (size_t)len;
    s->text[s->used] = '\0';
}

static struct open_sock *add_sock(struct scenario *s, char host, char kind)
{
    struct open_sock *sock = &s->socks[s->sock_count++];
    *sock = (struct open_sock){ .host = host, .listens = kind == 's' };
    snprintf(sock->name, sizeof sock->name, "%c%u", kind, ++s->named);
    return sock;
}

static void drop_sock(struct scenario *s, struct open_sock *sock)
{
    *sock = s->socks[--s->sock_count];
}

/* Every size has its own window scale, but the smallest. */
static unsigned rcv_buffer(struct scenario *s)
{
    static const unsigned small[] = { 2304, 4096 }, large[] = { 32768, 100000 };
    return (s->small_buffers ? small : large)[roll(s, 2)];
}

static void put_option(struct scenario *s, char host, const char *sock)
{
    static const char *const options[] = { "SO_RCVBUF",    "SO_SNDBUF, 4608",  "TCP_NODELAY, 1",
                                           "TCP_CORK, 1",  "TCP_MAXSEG, 536",  "SO_KEEPALIVE, 1",
                                           "SO_LINGER, 0", "TCP_MAXSEG, 1000", "SO_REUSEADDR, 1" };
    unsigned which = roll(s, 3 * sizeof options / sizeof options[0]);
    if (which == 0)
        put(s, "%c: setsockopt(%s, SO_RCVBUF, %u)\n", host, sock, rcv_buffer(s));
    else if (which < sizeof options / sizeof options[0])
        put(s, "%c: setsockopt(%s, %s)\n", host, sock, options[which]);
}

static void put_socket(struct scenario *s, const struct open_sock *sock)
{
    put(s, "%c: %s = socket()\n", sock->host, sock->name);
    put_option(s, sock->host, sock->name);
}

static void put_pause(struct scenario *s)
{
    if (chance(s, 4))
        put(s, "deliver\n");
    else if (!chance(s, 4))
        put(s, "run\n");
}

/* What the wire does with some segment, or the first that has these control bits. */
static void put_wire(struct scenario *s)
{
    static const char *const acts[] = { "drop", "duplicate", "hold", "release", "deliver" };
    static const char *const which[] = { "", "", "SYN ", "SYN,ACK ", "ACK ", "FIN,ACK ", "ACK " };
    const char *flags = which[roll(s, sizeof which / sizeof which[0])];
    put(s, "%s %sfrom %c\n", acts[roll(s, sizeof acts / sizeof acts[0])], flags,
        (char)('A' + roll(s, 2)));
}

/* Where its answer is lost a SYN comes again just when the SYN,ACK goes again by itself, for both
 * waits have begun one delay apart: here it comes later than any kernel's timer is late. It is the
 * first SYN of the next client that a rule may delay: so that one comes again later yet. */
static void keep_from_answer(struct scenario *s, char host)
{
    if (!s->small_buffers && s->rules < RULES_MAX)
        put(s, "rule delay SYN 2 from %c %u ms\n", host, DELAY_MSEC << s->rules++);
}

static void open_client(struct scenario *s, char host, unsigned port)
{
    struct open_sock *sock = add_sock(s, host, 'c');
    if (s->connects++ > 0 &&
        !s->small_buffers) /* else both SYNs may go again at the same time, in any order */
        put(s, "wait 40 ms\n");
    put_socket(s, sock);
    if (chance(s, 5)) /* where it may meet a connection that was there before */
        put(s, "%c: setsockopt(%s, SO_REUSEADDR, 1)\n%c: bind(%s, :4000)\n", host, sock->name, host,
            sock->name);
    keep_from_answer(s, host);
    put(s, "%c: connect(%s, %c:%u)\n", host, sock->name, host == 'A' ? 'B' : 'A', port);
}

static void accept_one(struct scenario *s, const char *listener)
{
    struct open_sock *sock = add_sock(s, 'B', 'd');
    put(s, "B: %s = accept(%s)\n", sock->name, listener);
}

static void open_by_server(struct scenario *s)
{
    struct open_sock *sock = add_sock(s, 'B', 's');
    char listener[8];
    memcpy(listener, sock->name, sizeof listener);
    put_socket(s, sock);
    put(s, "B: bind(%s, :7788)\n", listener);
    put(s, "B: listen(%s, %u)\n", listener, chance(s, 2) ? 5 : roll(s, 3));
    if (chance(s, 5)) /* a child has its buffer from the listener */
        put(s, "B: setsockopt(%s, SO_RCVBUF, %u)\n", listener, rcv_buffer(s));
    unsigned clients = chance(s, 3) ? 1 + roll(s, 3) : 1;
    bool early = chance(s, 2);
    if (early)
        accept_one(s, listener);
    for (unsigned i = 0; i < clients; i++) {
        open_client(s, 'A', chance(s, 15) ? 7789 : 7788); /* where nobody listens */
        if (chance(s, 6))
            put_wire(s);
        put_pause(s);
    }
    if (!early) {
        put(s, "run\n");
        accept_one(s, listener);
    }
}

/* Both sides open to each other: Figure 7 of RFC 9293, and what the wire makes of it. */
static void open_both(struct scenario *s)
{
    struct open_sock *a = add_sock(s, 'A', 'c'), *b = add_sock(s, 'B', 'c');
    put_socket(s, a);
    put(s, "A: bind(%s, :4000)\n", a->name);
    put_socket(s, b);
    put(s, "B: bind(%s, :5000)\n", b->name);
    put(s, "A: connect(%s, B:5000)\n", a->name);
    put(s, "B: connect(%s, A:4000)\n", b->name);
    put_pause(s);
}

static void put_send(struct scenario *s, const struct open_sock *sock)
{
    static const unsigned lens[] = { 1, 5, 100, 536, 1000, 1448, 1460, 1461, 2896, 5000 };
    unsigned len = lens[roll(s, sizeof lens / sizeof lens[0])];
    if (s->sent + len > TEXT_BUDGET)
        len = 1;
    put(s, "%c: send(%s, \"", sock->host, sock->name);
    for (unsigned i = 0; i < len; i++)
        put(s, "%c", (char)('a' + (s->sent + i) % 23)); /* what is out of place shows */
    /* How long MSG_MORE holds text back while other text comes hangs on memory that the kernel has
     * set aside for it (it looks at its send queue where it goes the slow way): so the rest comes
     * at once, or nothing more. */
    uint32_t how = roll(s, 64);
    if (how % 8 == 0)
        put(s, "\", MSG_MORE)\n%c: send(%s, \"z", sock->host, sock->name);
    if (how == 1)
        put(s, "\", MSG_MORE)\n%c: shutdown(%s, SHUT_WR)\n", sock->host, sock->name);
    else
        put(s, "\")\n");
    s->sent += len;
}

static void put_recv(struct scenario *s, const struct open_sock *sock)
{
    static const unsigned lens[] = { 1, 100, 1448, 16384, 16384 };
    put(s, "%c: recv(%s, %u%s)\n", sock->host, sock->name, lens[roll(s, 5)],
        chance(s, 3) ? "" : ", MSG_DONTWAIT");
}

static void put_close(struct scenario *s, struct open_sock *sock)
{
    static const char *const how[] = { "SHUT_WR", "SHUT_WR", "SHUT_RD", "SHUT_RDWR" };
    if (!sock->listens && chance(s, 2)) {
        put(s, "%c: shutdown(%s, %s)\n", sock->host, sock->name, how[roll(s, 4)]);
        return;
    }
    if (!sock->listens && chance(s, 4))
        put(s, "%c: setsockopt(%s, SO_LINGER, 0)\n", sock->host, sock->name);
    put(s, "%c: close(%s)\n", sock->host, sock->name);
    drop_sock(s, sock);
}

static void put_call(struct scenario *s)
{
    struct open_sock *sock = s->sock_count ? &s->socks[roll(s, s->sock_count)] : NULL;
    if (!sock)
        return;
    if (sock->listens && s->sock_count < SOCKS_MAX && chance(s, 3))
        open_client(s, 'A', 7788);
    else if (sock->listens && s->sock_count < SOCKS_MAX && chance(s, 2))
        accept_one(s, sock->name);
    else if (sock->listens)
        put(s, "run\n");
    else if (!chance(s, 3))
        put_send(s, sock);
    else if (!chance(s, 3))
        put_recv(s, sock);
    else
        put_close(s, sock);
}

static void put_act(struct scenario *s)
{
    switch (roll(s, 10)) {
    case 0:
    case 1:
        put_wire(s);
        break;
    case 2:
        put(s, "wait %u ms\n", 1 + roll(s, 300));
        break;
    case 3:
        put(s, "deliver\n");
        break;
    case 4:
    case 5:
        put(s, "run\n");
        break;
    default:
        put_call(s);
    }
}

/* Everything held comes free, and every program closes what it has. */
static void put_end(struct scenario *s)
{
    if (chance(s, 3))
        put(s, "release\n");
    put(s, "run\n");
    if (chance(s, 4))
        return;
    while (s->sock_count > 0) {
        struct open_sock *sock = &s->socks[roll(s, s->sock_count)];
        if (!sock->listens && chance(s, 2))
            put(s, "%c: recv(%s, 16384, MSG_DONTWAIT)\n", sock->host, sock->name);
        put(s, "%c: close(%s)\n", sock->host, sock->name);
        drop_sock(s, sock);
        put_pause(s);
    }
    put(s, "run\n");
}

char *scenario_write(uint64_t seed, bool small_buffers, char text[static SCENARIO_LEN_MAX])
{
    /* Far from 40 ms, which an ACK waits, and from the 4 ms by which a kernel's timer is late. */
    static const unsigned delays_msec[] = { 10, 13 };
    struct scenario s = { .text = text, .dice = seed, .small_buffers = small_buffers };
    put(&s, "title  scenario %llu\n", (unsigned long long)seed);
    put(&s, "host   A client\nhost   B server\n%s%u ms\n\n", delay_words, delays_msec[roll(&s, 2)]);
    if (chance(&s, 5))
        open_both(&s);
    else
        open_by_server(&s);
    for (unsigned acts = 2 + roll(&s, ACTS_MAX); acts > 0; acts--)
        put_act(&s);
    put_end(&s);
    return text;
}

void scenario_slow_down(char text[static SCENARIO_LEN_MAX], unsigned msec)
{
    char *delay = strstr(text, delay_words), *end, number[16];
    if (!delay)
        return;
    delay += strlen(delay_words);
    unsigned long was = strtoul(delay, &end, 10);
    int len = snprintf(number, sizeof number, "%lu", was + msec);
    size_t rest = strlen(end) + 1, at = (size_t)(delay - text);
    if (len < 0 || at + (size_t)len + rest > SCENARIO_LEN_MAX)
        return;
    memmove(delay + len, end, rest);
    memcpy(delay, number, (size_t)len);
}

/* ---- shorter */

static bool is_heading(const char *line)
{
    static const char *const words[] = { "title ", "host ", "wire ", "profile ", "\n", "#" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strncmp(line, words[i], strlen(words[i])) == 0)
            return true;
    }
    return false;
}

static const char *line_end(const char *line)
{
    const char *end = strchr(line, '\n');
    return end ? end + 1 : line + strlen(line);
}

unsigned scenario_lines(const char *text)
{
    unsigned lines = 0;
    for (const char *at = text; *at; at = line_end(at))
        lines += !is_heading(at);
    return lines;
}

/* Writes the lab without lines [first, first + count) behind its heading. */
static void without(const char *text, unsigned first, unsigned count, char *to)
{
    unsigned line = 0;
    for (const char *at = text; *at;) {
        const char *end = line_end(at);
        bool heading = is_heading(at);
        if (heading || line < first || line >= first + count) {
            memcpy(to, at, (size_t)(end - at));
            to += end - at;
        }
        line += !heading;
        at = end;
    }
    *to = '\0';
}

static bool is_lab(const char *text, struct lab *lab)
{
    struct lab_error wrong;
    return lab_read(text, strlen(text), lab, &wrong);
}

/* Writes the lab with `cut` octets less in the string that begins at `at`. */
static void with_less(const char *text, size_t at, size_t cut, char *to)
{
    memcpy(to, text, at);
    strcpy(to + at, text + at + cut);
}

/* Takes octets out of what is sent: half of them as often as that goes, then fewer. */
static unsigned shorten_texts(char *text, char *shorter, scenario_shows *shows, void *with)
{
    unsigned tried = 0;
    for (char *at = strstr(text, "send("); at; at = strstr(at + 1, "send(")) {
        size_t begin = (size_t)(strchr(at, '"') + 1 - text);
        size_t len = strcspn(text + begin, "\"");
        for (size_t cut = len - 1; cut > 0;) {
            with_less(text, begin, cut, shorter);
            tried++;
            if (shows(shorter, with)) {
                strcpy(text, shorter);
                len -= cut;
            } else {
                cut /= 2;
            }
            cut = cut < len - 1 ? cut : len - 1;
        }
    }
    return tried;
}

unsigned scenario_reduce(char text[static SCENARIO_LEN_MAX], scenario_shows *shows, void *with)
{
    char *shorter = malloc(SCENARIO_LEN_MAX);
    struct lab *lab = malloc(sizeof *lab);
    unsigned tried = 0;
    for (unsigned chunk = scenario_lines(text) / 2; shorter && lab && chunk > 0;) {
        bool went = false;
        for (unsigned first = 0; first < scenario_lines(text);) {
            without(text, first, chunk, shorter);
            bool good = is_lab(shorter, lab);
            tried += good;
            if (good && shows(shorter, with)) {
                strcpy(text, shorter);
                went = true;
            } else {
                first += chunk > 1 ? chunk / 2 : 1;
            }
        }
        if (chunk > 1 || !went)
            chunk /= 2; /* single lines until none can go */
    }
    if (shorter)
        tried += shorten_texts(text, shorter, shows, with);
    free(shorter);
    free(lab);
    return tried;
}
