/*
 * Looks at this machine's connections: dumps, the tracepoint where it may be used, and processes,
 * brought together in a table.
 */
#ifndef UI_WATCH_LOOK_H
#define UI_WATCH_LOOK_H

#include "net/tracepoint.h"
#include "ui/watch.h"

enum {
    CONNECTS_KEPT = 64, /* sockets in SYN-SENT that were told of, with their process */
    PIDS_MAX = 256
};

/* What is to be watched. */
struct watch_wish {
    uint16_t port; /* at either end; 0: any */
    bool has_ip;   /* only connections from or to `ip` */
    struct ip ip;
    int32_t pid;        /* only of that process; 0: any */
    bool descendants;   /* only of what this process has started */
    bool listen;        /* listening sockets as well */
    bool no_tracepoint; /* not even where it may be used */
};

struct watcher {
    const struct watch_wish *wish;
    struct watch table;
    struct diag_dump *dump;
    struct procs *procs;
    struct tracepoint *tracepoint; /* NULL: see no_trace */
    struct net_error no_trace;     /* why there is none */
    struct net_error error;        /* of a look that failed */
    uint64_t begin_usec, now_usec;
    uint64_t looks, lost; /* lost: changes that the tracepoint could not tell */
    unsigned processes;   /* to be looked into at each look, at most */
    struct {
        uint64_t sock;
        int32_t pid;
    } connects[CONNECTS_KEPT];
    unsigned connect_at;
};

/* False: watcher->error says what is refused. */
bool watcher_open(struct watcher *watcher, const struct watch_wish *wish);
void watcher_close(struct watcher *watcher);

/* A look. False: watcher->error. */
bool watcher_look(struct watcher *watcher);

/* Is the row one of those that were asked for? */
bool watcher_shows(const struct watcher *watcher, const struct watch_row *row);

/* The next row that has changed and is asked for, or NULL. */
struct watch_row *watcher_next_changed(struct watcher *watcher);

/* All that the kernel tells of one. False: it is gone, or cannot be asked. */
bool watcher_detail(struct watcher *watcher, const struct watch_row *row,
                    struct dump_detail *detail);

/* "sock_diag + tracepoint", or why it is sock_diag alone; returns text. */
char *watcher_source(const struct watcher *watcher, char *text, size_t len);

#endif
