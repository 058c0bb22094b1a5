/*
 * Filters of the trace.
 */
#include "ui/event_filter.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NO_HOST = 31
};

static bool read_kind(struct event_filter *filter, const char *value)
{
    bool wire = strcmp(value, "wire") == 0;
    uint32_t found = 0;
    for (unsigned i = 0; i < EVENT_KIND_COUNT; i++) {
        enum event_kind kind = (enum event_kind)i;
        if ((wire && event_has_segment(kind)) || strcmp(event_kind_name(kind), value) == 0)
            found |= 1u << kind;
    }
    filter->kinds |= found;
    return found != 0;
}

static bool read_host(struct event_filter *filter, const char *value)
{
    bool letter = value[0] && !value[1];
    int host = value[0] >= 'a' ? value[0] - 'a' : value[0] - 'A';
    if (!letter || (value[0] != '-' && (host < 0 || host > 1)))
        return false;
    filter->hosts |= value[0] == '-' ? 1u << NO_HOST : 1u << host;
    return true;
}

static bool read_lane(struct event_filter *filter, const char *value)
{
    for (unsigned lane = 0; lane <= LANE_ALL; lane++) {
        if (strcmp(lane_name((enum lane_id)lane), value) == 0) {
            filter->lanes |= 1u << lane;
            return true;
        }
    }
    return false;
}

static bool read_number(const char *text, uint32_t most, uint32_t *number)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    *number = (uint32_t)value;
    return text[0] >= '0' && text[0] <= '9' && !*end && value <= most;
}

/* "3", "3-9", "3-". */
static bool read_steps(struct event_filter *filter, const char *value)
{
    char first[32];
    const char *dash = strchr(value, '-');
    size_t len = dash ? (size_t)(dash - value) : strlen(value);
    if (len >= sizeof first)
        return false;
    snprintf(first, sizeof first, "%.*s", (int)len, value);
    if (!read_number(first, UINT32_MAX, &filter->first_step))
        return false;
    filter->last_step = dash ? UINT32_MAX : filter->first_step;
    return !dash || !dash[1] || read_number(dash + 1, UINT32_MAX, &filter->last_step);
}

/* "10.9.0.1:40568", "[fd00::1]:7788", ":7788" or "7788". */
static bool read_end(struct event_filter *filter, const char *value)
{
    char address[64];
    uint32_t port;
    struct ip ip = { .family = 0 };
    const char *colon = strrchr(value, ':');
    bool bracket = value[0] == '[' && colon && colon[-1] == ']';
    if (filter->end_count == FILTER_WORDS)
        return false;
    size_t len = colon ? (size_t)(colon - value) : 0;
    if (len >= sizeof address || !read_number(colon ? colon + 1 : value, UINT16_MAX, &port))
        return false;
    memcpy(address, value + bracket, len - (bracket ? 2 : 0));
    address[len - (bracket ? 2 : 0)] = '\0';
    if (len > 0 && inet_pton(bracket ? AF_INET6 : AF_INET, address, ip.octet) != 1)
        return false;
    ip.family = len == 0 ? 0 : bracket ? 6 : 4;
    filter->ends[filter->end_count].ip = ip;
    filter->ends[filter->end_count++].port = (uint16_t)port;
    return true;
}

static bool read_sock(struct event_filter *filter, const char *value)
{
    if (filter->sock_count == FILTER_WORDS || !*value || strlen(value) >= NAME_MAX_LEN)
        return false;
    strcpy(filter->socks[filter->sock_count++], value);
    return true;
}

static bool read_word(struct event_filter *filter, const char *word)
{
    static const struct {
        const char *key;
        bool (*read)(struct event_filter *filter, const char *value);
    } keys[] = { { "kind:", read_kind },  { "host:", read_host }, { "lane:", read_lane },
                 { "step:", read_steps }, { "conn:", read_end },  { "sock:", read_sock } };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        size_t len = strlen(keys[i].key);
        if (strncmp(word, keys[i].key, len) == 0)
            return keys[i].read(filter, word + len);
    }
    return false;
}

void event_filter_read(struct event_filter *filter, const char *words)
{
    char word[64];
    *filter = (struct event_filter){ .last_step = UINT32_MAX };
    for (words += strspn(words, " "); *words; words += strspn(words, " ")) {
        size_t len = strcspn(words, " ");
        snprintf(word, sizeof word, "%.*s", (int)len, words);
        if (!read_word(filter, word) && !filter->wrong[0])
            memcpy(filter->wrong, word, sizeof word);
        words += len;
    }
}

static bool is_end(const struct event_filter *filter, const struct endpoint *at)
{
    for (unsigned i = 0; i < filter->end_count; i++) {
        bool any = filter->ends[i].ip.family == 0;
        if (at->port == filter->ends[i].port && (any || ip_eq(&at->ip, &filter->ends[i].ip)))
            return true;
    }
    return false;
}

static bool is_named(const struct event_filter *filter, const struct event *event)
{
    char fd[16];
    snprintf(fd, sizeof fd, "%d", event->u.socket.fd);
    for (unsigned i = 0; i < filter->sock_count; i++) {
        if (strcmp(filter->socks[i], event->u.socket.name) == 0 ||
            (event->u.socket.fd >= 0 && strcmp(filter->socks[i], fd) == 0))
            return true;
    }
    return false;
}

/* What is known of the event's socket; -1: nothing. */
static int find_known(const struct event_filter *filter, const struct event *event)
{
    unsigned kept = filter->known_count < FILTER_SOCKS ? filter->known_count : FILTER_SOCKS;
    for (unsigned i = 0; event->sock >= 0 && i < kept; i++) {
        if (filter->known[i].sock == event->sock && filter->known[i].lane == event->lane)
            return (int)i;
    }
    return -1;
}

/* A socket that has once met the filter goes on to do so, also when it has lost its descriptor. */
static void learn(struct event_filter *filter, const struct event *event)
{
    bool by_end = is_end(filter, &event->u.socket.local) || is_end(filter, &event->u.socket.remote);
    bool by_name = is_named(filter, event);
    if (!by_end && !by_name)
        return;
    int at = find_known(filter, event);
    if (at < 0) {
        at = (int)(filter->known_count++ % FILTER_SOCKS);
        filter->known[at].sock = event->sock;
        filter->known[at].lane = event->lane;
        filter->known[at].by_end = filter->known[at].by_name = false;
    }
    filter->known[at].by_end = filter->known[at].by_end || by_end;
    filter->known[at].by_name = filter->known[at].by_name || by_name;
}

/* Does the event name an end that is looked for by itself? */
static bool names_end(const struct event_filter *filter, const struct event *event)
{
    if (event_has_segment(event->kind))
        return is_end(filter, &event->u.wire.seg.src) || is_end(filter, &event->u.wire.seg.dst);
    if (event->kind == EV_CALL)
        return is_end(filter, &event->u.call.addr);
    return event->kind == EV_RETURN && is_end(filter, &event->u.done.result.peer);
}

static bool has_sockets(struct event_filter *filter, const struct event *event)
{
    if (filter->end_count == 0 && filter->sock_count == 0)
        return true;
    if (event->kind == EV_SOCKET && event->sock >= 0)
        learn(filter, event);
    int at = find_known(filter, event);
    bool by_end = (at >= 0 && filter->known[at].by_end) || names_end(filter, event);
    bool by_name = at >= 0 && filter->known[at].by_name;
    return (filter->end_count == 0 || by_end) && (filter->sock_count == 0 || by_name);
}

bool event_filter_passes(struct event_filter *filter, const struct event *event)
{
    uint32_t host = 1u << (event->host < 0 ? NO_HOST : event->host);
    bool sockets = has_sockets(filter, event);
    return sockets && (!filter->kinds || filter->kinds & 1u << event->kind) &&
           (!filter->hosts || filter->hosts & host) &&
           (!filter->lanes || filter->lanes & 1u << event->lane) &&
           event->step >= filter->first_step && event->step <= filter->last_step;
}
