/*
 * A table with rows in an array and chains by names. The kernel gives its sockets in much the same
 * order each time: the row that came next in the last dump is tried first.
 */
#include "ui/watch.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROWS_LEAST = 64,
    NAMES_WORDS = 9,             /* ports and addresses */
    HIDDEN_KEPT_USEC = 600000000 /* what another namespace has */
};

bool watch_begin(struct watch *watch, const struct watch_asks *asks)
{
    *watch = (struct watch){ .row_max = ROWS_LEAST,
                             .head_count = ROWS_LEAST,
                             .free = WATCH_NONE,
                             .last = WATCH_NONE,
                             .first_changed = WATCH_NONE,
                             .last_changed = WATCH_NONE,
                             .asks = *asks };
    watch->rows = calloc(ROWS_LEAST, sizeof *watch->rows);
    watch->heads = malloc(ROWS_LEAST * sizeof *watch->heads);
    if (!watch->rows || !watch->heads) {
        watch_end(watch);
        return false;
    }
    memset(watch->heads, 0xff, ROWS_LEAST * sizeof *watch->heads);
    return true;
}

void watch_end(struct watch *watch)
{
    free(watch->rows);
    free(watch->heads);
    *watch = (struct watch){ .rows = NULL };
}

/* ---- rows and chains */

static uint32_t chain_of(const struct watch *watch, const struct dump_names *names)
{
    uint32_t sum = 0;
    for (unsigned i = 0; i < NAMES_WORDS; i++)
        sum = (sum ^ names->word[i]) * UINT32_C(2654435761) ^ sum >> 15;
    return (sum ^ sum >> 16) & (watch->head_count - 1);
}

static void chain(struct watch *watch, int32_t at)
{
    int32_t *head = &watch->heads[chain_of(watch, &watch->rows[at].now.names)];
    watch->rows[at].next = *head;
    *head = at;
}

static void unchain(struct watch *watch, int32_t at)
{
    int32_t *link = &watch->heads[chain_of(watch, &watch->rows[at].now.names)];
    while (*link != at)
        link = &watch->rows[*link].next;
    *link = watch->rows[at].next;
}

/* Twice as many rows and chains. */
static bool grow(struct watch *watch)
{
    size_t max = (size_t)watch->row_max * 2;
    struct watch_row *rows = realloc(watch->rows, max * sizeof *rows);
    if (!rows)
        return false;
    watch->rows = rows;
    int32_t *heads = realloc(watch->heads, max * sizeof *heads);
    if (!heads)
        return false;
    watch->heads = heads;
    watch->row_max = (int32_t)max;
    watch->head_count = (uint32_t)max;
    memset(heads, 0xff, max * sizeof *heads);
    for (int32_t i = 0; i < watch->row_count; i++) {
        if (watch->rows[i].used && !watch->rows[i].ended)
            chain(watch, i);
    }
    return true;
}

static int32_t new_row(struct watch *watch)
{
    int32_t at = watch->free;
    if (at != WATCH_NONE) {
        watch->free = watch->rows[at].next;
        return at;
    }
    if (watch->row_count == watch->row_max && !grow(watch)) {
        watch->full = true;
        return WATCH_NONE;
    }
    return watch->row_count++;
}

static void note_change(struct watch *watch, int32_t at)
{
    struct watch_row *row = &watch->rows[at];
    if (row->changed)
        return;
    row->changed = true;
    row->next_changed = WATCH_NONE;
    if (watch->last_changed != WATCH_NONE)
        watch->rows[watch->last_changed].next_changed = at;
    else
        watch->first_changed = at;
    watch->last_changed = at;
}

struct watch_row *watch_next_changed(struct watch *watch)
{
    int32_t at = watch->first_changed;
    if (at == WATCH_NONE)
        return NULL;
    watch->first_changed = watch->rows[at].next_changed;
    if (watch->first_changed == WATCH_NONE)
        watch->last_changed = WATCH_NONE;
    watch->rows[at].changed = false;
    return &watch->rows[at];
}

/* The interface is left out where the names were told: the tracepoint does not know it. */
static bool same_place(const struct dump_names *a, const struct dump_names *b)
{
    return memcmp(a->word, b->word, NAMES_WORDS * sizeof a->word[0]) == 0 &&
           a->word[NAMES_WORDS + 1] == b->word[NAMES_WORDS + 1];
}

/* Several sockets may listen at one place (SO_REUSEPORT): there the cookie tells. */
static int32_t find(const struct watch *watch, const struct dump_row *row)
{
    int32_t at = watch->heads[chain_of(watch, &row->names)];
    for (; at != WATCH_NONE; at = watch->rows[at].next) {
        const struct watch_row *has = &watch->rows[at];
        bool same = has->only_told ? same_place(&has->now.names, &row->names)
                                   : dump_names_eq(&has->now.names, &row->names);
        bool listens = row->state == LISTEN || has->now.state == LISTEN;
        if (same && (!listens || has->now.cookie == row->cookie))
            return at;
    }
    return WATCH_NONE;
}

static int32_t find_told(const struct watch *watch, const struct dump_names *names)
{
    int32_t at = watch->heads[chain_of(watch, names)];
    while (at != WATCH_NONE &&
           (watch->rows[at].now.state == LISTEN || !same_place(&watch->rows[at].now.names, names)))
        at = watch->rows[at].next;
    return at;
}

/* ---- beginnings, changes, ends */

static int32_t begin_row(struct watch *watch, const struct dump_row *seen, bool whole,
                         uint64_t usec)
{
    int32_t at = new_row(watch);
    if (at == WATCH_NONE)
        return at;
    struct watch_row *row = &watch->rows[at];
    *row = (struct watch_row){ .now = *seen,
                               .follows = WATCH_NONE,
                               .used = true,
                               .path = path_begin(seen->state, whole),
                               .first_usec = usec,
                               .seen_usec = usec };
    row->at_usec[0] = usec;
    dump_endpoints(&seen->names, &row->local, &row->remote);
    chain(watch, at);
    watch->live++;
    note_change(watch, at);
    return at;
}

static void add_state(struct watch *watch, int32_t at, enum tcp_state state, bool told,
                      uint64_t usec)
{
    struct watch_row *row = &watch->rows[at];
    if (!path_add(&row->path, state, told))
        return;
    row->at_usec[row->path.count - 1] = usec;
    row->now.state = state;
    note_change(watch, at);
}

static void end_row(struct watch *watch, int32_t at, bool told, uint64_t usec)
{
    add_state(watch, at, CLOSED, told, usec);
    unchain(watch, at);
    watch->rows[at].ended = true;
    watch->rows[at].seen_usec = usec;
    if (watch->rows[at].look == watch->look)
        watch->seen--;
    watch->live--;
}

/* A request comes of LISTEN, a SYN of connect(): nothing was before. */
static bool is_beginning(const struct dump_row *row)
{
    return row->state == SYN_SENT || row->state == LISTEN || row->is_request;
}

/* The cookie is another one: the small socket of TIME-WAIT has one of its own, or of an orphan in
 * FIN-WAIT-2. Otherwise a new connection has the names of the old one. */
static bool goes_on(const struct watch_row *row, const struct dump_row *seen)
{
    bool small = seen->state == TIME_WAIT || seen->timer == DIAG_TIMER_TIME_WAIT;
    bool was_small = row->now.state == TIME_WAIT || row->now.timer == DIAG_TIMER_TIME_WAIT;
    if (row->now.cookie == seen->cookie || row->only_told)
        return true;
    return small && !was_small;
}

/* Where a connection's state differs from what was known, in a dump. */
static int32_t take_change(struct watch *watch, const struct dump_row *seen)
{
    if (watch->asks.catch_up)
        watch->asks.catch_up(watch->asks.to);
    int32_t at = find(watch, seen);
    if (at != WATCH_NONE && !goes_on(&watch->rows[at], seen)) {
        end_row(watch, at, false, watch->now_usec);
        at = WATCH_NONE;
    }
    if (at == WATCH_NONE)
        return begin_row(watch, seen, is_beginning(seen), watch->now_usec);
    if (watch->rows[at].now.state != seen->state)
        add_state(watch, at, seen->state, false, watch->now_usec);
    if (watch->rows[at].hidden)
        note_change(watch, at);
    return at;
}

static bool is_as_known(const struct watch_row *row, const struct dump_row *seen)
{
    return row->used && !row->ended && !row->only_told && row->now.cookie == seen->cookie &&
           row->now.state == seen->state && dump_names_eq(&row->now.names, &seen->names);
}

void watch_take(struct watch *watch, const struct dump_row *seen)
{
    int32_t before = watch->last, at = WATCH_NONE;
    if (before != WATCH_NONE)
        at = watch->rows[before].follows;
    if (at == WATCH_NONE || !is_as_known(&watch->rows[at], seen))
        at = find(watch, seen);
    if (at == WATCH_NONE || !is_as_known(&watch->rows[at], seen))
        at = take_change(watch, seen);
    if (at == WATCH_NONE)
        return;
    struct watch_row *row = &watch->rows[at];
    enum tcp_state state = row->now.state; /* the path may be further than this dump */
    row->now = *seen;
    row->now.state = state;
    row->only_told = row->hidden = false;
    row->seen_usec = watch->now_usec;
    if (row->look != watch->look) {
        row->look = watch->look;
        watch->seen++;
    }
    if (before != WATCH_NONE && watch->rows[before].follows != at)
        watch->rows[before].follows = at;
    watch->last = at;
}

void watch_look_begin(struct watch *watch, uint64_t now_usec)
{
    watch->now_usec = now_usec;
    watch->look++;
    watch->seen = 0;
    watch->last = WATCH_NONE;
}

/* A row that the dump has not: gone, unless the kernel finds it when asked for it alone. A dump
 * that comes in parts may miss one. */
static void miss(struct watch *watch, int32_t at)
{
    struct dump_row found;
    struct dump_names names = watch->rows[at].now.names;
    if (watch->asks.find && watch->asks.find(watch->asks.to, &names, &found)) {
        watch->last = WATCH_NONE;
        watch_take(watch, &found);
        if (watch->rows[at].ended || watch->rows[at].look == watch->look)
            return;
    }
    if (watch->asks.catch_up)
        watch->asks.catch_up(watch->asks.to);
    struct watch_row *row = &watch->rows[at];
    if (row->ended)
        return;
    if (row->only_told && !row->told_closed)
        row->hidden = true;
    else
        end_row(watch, at, false, watch->now_usec);
}

void watch_look_end(struct watch *watch)
{
    if (watch->seen == watch->live)
        return;
    for (int32_t at = 0; at < watch->row_count; at++) {
        const struct watch_row *row = &watch->rows[at];
        if (row->used && !row->ended && !row->hidden && row->look != watch->look)
            miss(watch, at);
    }
}

/* ---- what is told */

/* The socket goes; whether TIME-WAIT stands for it, only a look can tell. */
static bool may_leave_time_wait(enum tcp_state from)
{
    return from == FIN_WAIT_2 || from == CLOSING;
}

static int32_t begin_told(struct watch *watch, const struct dump_names *names, enum tcp_state from,
                          uint64_t usec)
{
    struct dump_row row = { .names = *names, .state = from };
    int32_t at = begin_row(watch, &row, from == SYN_SENT || from == SYN_RECEIVED, usec);
    if (at != WATCH_NONE)
        watch->rows[at].only_told = true;
    return at;
}

void watch_told(struct watch *watch, const struct dump_names *names, enum tcp_state from,
                enum tcp_state to, int32_t pid, uint64_t usec)
{
    int32_t at = find_told(watch, names);
    bool is_new = from == SYN_SENT || from == SYN_RECEIVED;
    if (at != WATCH_NONE && is_new && watch->rows[at].now.state == TIME_WAIT) {
        end_row(watch, at, false, usec);
        at = WATCH_NONE;
    }
    if (at == WATCH_NONE)
        at = begin_told(watch, names, from, usec);
    if (at == WATCH_NONE)
        return;
    if (pid && !watch->rows[at].who.pid)
        watch->rows[at].who.pid = pid;
    if (watch->rows[at].now.state != from)
        add_state(watch, at, from, false, usec);
    if (watch->rows[at].now.state != from)
        return; /* it is older than what is known */
    watch->rows[at].seen_usec = usec;
    if (to == CLOSED && may_leave_time_wait(from) && !watch->rows[at].hidden) {
        watch->rows[at].told_closed = true;
    } else if (to == CLOSED) {
        end_row(watch, at, true, usec);
    } else {
        add_state(watch, at, to, true, usec);
    }
}

/* What is over stands in no chain. */
static const struct watch_row *find_over(const struct watch *watch, const struct dump_names *names)
{
    for (int32_t at = 0; at < watch->row_count; at++) {
        const struct watch_row *row = &watch->rows[at];
        if (row->used && row->ended && same_place(&row->now.names, names))
            return row;
    }
    return NULL;
}

const struct watch_row *watch_find(const struct watch *watch, const struct endpoint *local,
                                   const struct endpoint *remote)
{
    const struct dump_names names = dump_names_of(local, remote);
    int32_t at = find_told(watch, &names);
    return at != WATCH_NONE ? &watch->rows[at] : find_over(watch, &names);
}

/* Of what is elsewhere the end may have been lost. */
static bool is_stale(const struct watch_row *row, uint64_t now_usec)
{
    return row->hidden && !row->ended && row->seen_usec + HIDDEN_KEPT_USEC < now_usec;
}

void watch_forget(struct watch *watch, uint64_t before_usec)
{
    for (int32_t at = 0; at < watch->row_count; at++) {
        struct watch_row *row = &watch->rows[at];
        if (row->used && is_stale(row, watch->now_usec))
            end_row(watch, at, false, watch->now_usec);
        if (!row->used || !row->ended || row->changed || row->seen_usec >= before_usec)
            continue;
        *row = (struct watch_row){ .next = watch->free };
        watch->free = at;
    }
}
