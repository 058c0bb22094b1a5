/*
 * One look: what was told, the dump, what is gone, and whose the new ones are.
 */
#include "ui/watch_look.h"

#include "net/clock.h"
#include "ui/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    NSEC_PER_USEC = 1000
};

/* ---- what is told */

/* A socket in SYN-SENT has no port yet, but connect() is called by its process. */
static void note_connect(struct watcher *watcher, const struct trace_change *change)
{
    unsigned at = watcher->connect_at++ % CONNECTS_KEPT;
    watcher->connects[at].sock = change->sock;
    watcher->connects[at].pid = change->pid;
}

static int32_t who_connected(const struct watcher *watcher, uint64_t sock)
{
    for (unsigned i = 1; i <= CONNECTS_KEPT && i <= watcher->connect_at; i++) {
        unsigned at = (watcher->connect_at - i) % CONNECTS_KEPT;
        if (watcher->connects[at].sock == sock)
            return watcher->connects[at].pid;
    }
    return 0;
}

static bool is_asked_for(const struct watch_wish *wish, const struct endpoint *local,
                         const struct endpoint *remote)
{
    bool port = !wish->port || local->port == wish->port || remote->port == wish->port;
    bool ip = !wish->has_ip || ip_eq(&local->ip, &wish->ip) || ip_eq(&remote->ip, &wish->ip);
    return port && ip;
}

static void on_told(void *to, const struct trace_change *change)
{
    struct watcher *watcher = to;
    if (change->to == SYN_SENT)
        note_connect(watcher, change);
    if (!change->local.port || !change->remote.port || change->from == LISTEN ||
        change->from == CLOSED || !is_asked_for(watcher->wish, &change->local, &change->remote))
        return;
    struct dump_names names = dump_names_of(&change->local, &change->remote);
    watch_told(&watcher->table, &names, change->from, change->to,
               who_connected(watcher, change->sock), change->nsec / NSEC_PER_USEC);
}

static void catch_up(void *to)
{
    struct watcher *watcher = to;
    if (watcher->tracepoint)
        watcher->lost += tracepoint_drain(watcher->tracepoint, on_told, watcher);
}

static bool find_one(void *to, const struct dump_names *names, struct dump_row *row)
{
    struct watcher *watcher = to;
    struct net_error ignored;
    return diag_dump_find(watcher->dump, names, row, NULL, &ignored) == DIAG_FOUND;
}

/* ---- opening */

bool watcher_open(struct watcher *watcher, const struct watch_wish *wish)
{
    *watcher = (struct watcher){ .wish = wish, .begin_usec = clock_usec(), .processes = 64 };
    watcher->error = (struct net_error){ .err = ENOMEM, .operation = "memory" };
    const struct watch_asks asks = { .catch_up = catch_up, .find = find_one, .to = watcher };
    watcher->procs = procs_open();
    if (!watcher->procs || !watch_begin(&watcher->table, &asks))
        return false;
    if (!wish->no_tracepoint)
        watcher->tracepoint = tracepoint_open(&watcher->no_trace);
    watcher->dump = diag_dump_open(&watcher->error);
    return watcher->dump != NULL;
}

void watcher_close(struct watcher *watcher)
{
    diag_dump_close(watcher->dump);
    tracepoint_close(watcher->tracepoint);
    procs_close(watcher->procs);
    if (watcher->table.rows)
        watch_end(&watcher->table);
}

char *watcher_source(const struct watcher *watcher, char *text, size_t len)
{
    if (watcher->tracepoint)
        snprintf(text, len, "%s", _("sock_diag and tracepoint"));
    else if (watcher->no_trace.operation)
        snprintf(text, len, _("sock_diag (no tracepoint: %s: %s)"), watcher->no_trace.operation,
                 strerror(watcher->no_trace.err));
    else
        snprintf(text, len, "sock_diag");
    return text;
}

/* ---- whose they are */

static bool wants_own(const struct watch_wish *wish)
{
    return wish->pid || wish->descendants;
}

/* Reads the descriptors of the processes that are asked for. */
static void seek_own(struct watcher *watcher, bool wanted)
{
    int32_t pids[PIDS_MAX] = { watcher->wish->pid };
    size_t count = watcher->wish->pid ? 1 : procs_tree((int32_t)getpid(), pids, PIDS_MAX);
    for (size_t i = 0; i < count; i++)
        procs_seek_in(watcher->procs, pids[i], wanted);
}

/* Of a connection that was told of only: the process that called connect(). */
static bool connected_by_own(const struct watcher *watcher, int32_t pid)
{
    int32_t pids[PIDS_MAX];
    size_t count;
    if (watcher->wish->pid)
        return pid == watcher->wish->pid;
    count = procs_tree((int32_t)getpid(), pids, PIDS_MAX);
    for (size_t i = 0; i < count; i++) {
        if (pids[i] == pid)
            return true;
    }
    return false;
}

/* The row needs an owner: true where it is still sought. A row whose descriptor is gone keeps the
 * owner that it had. */
static bool seek_owner(struct watcher *watcher, struct watch_row *row)
{
    struct proc_owner owner;
    uint32_t inode = row->now.inode;
    if (!inode && row->who.pid && !row->is_mine && wants_own(watcher->wish))
        row->is_mine = connected_by_own(watcher, row->who.pid);
    if (!inode)
        return false;
    enum procs_answer answer = procs_find(watcher->procs, inode, &owner);
    if (answer == PROCS_WANTED)
        return true;
    row->owner_inode = inode;
    if (answer == PROCS_FOUND) {
        row->who = owner;
        row->is_mine = true;
    }
    return false;
}

static bool seek_owners(struct watcher *watcher)
{
    bool wanted = false;
    for (int32_t at = 0; at < watcher->table.row_count; at++) {
        struct watch_row *row = &watcher->table.rows[at];
        if (row->owner_inode != row->now.inode || !row->now.inode)
            wanted = (row->used && seek_owner(watcher, row)) || wanted;
    }
    return wanted;
}

/* What the processes asked for do not hold is not theirs, and is not sought again. */
static void give_up(struct watcher *watcher)
{
    for (int32_t at = 0; at < watcher->table.row_count; at++)
        watcher->table.rows[at].owner_inode = watcher->table.rows[at].now.inode;
}

static void find_owners(struct watcher *watcher)
{
    if (!seek_owners(watcher))
        return;
    if (wants_own(watcher->wish))
        seek_own(watcher, true);
    else
        procs_seek(watcher->procs, watcher->now_usec, watcher->processes);
    if (seek_owners(watcher) && wants_own(watcher->wish))
        give_up(watcher);
}

/* ---- a look */

static void on_row(void *to, const struct dump_row *row)
{
    struct watcher *watcher = to;
    const struct watch_wish *wish = watcher->wish;
    struct endpoint local, remote;
    if (wish->has_ip) {
        dump_endpoints(&row->names, &local, &remote);
        if (!is_asked_for(wish, &local, &remote))
            return;
    }
    watch_take(&watcher->table, row);
}

bool watcher_look(struct watcher *watcher)
{
    const struct watch_wish *wish = watcher->wish;
    struct dump_filter filter = { .states = DUMP_STATES_ALL & ~(wish->listen ? 0u : 1u << LISTEN),
                                  .port = wish->port };
    if (wish->descendants)
        seek_own(watcher, false);
    watcher->now_usec = clock_usec();
    watch_look_begin(&watcher->table, watcher->now_usec);
    catch_up(watcher);
    if (!diag_dump_run(watcher->dump, &filter, on_row, watcher, &watcher->error))
        return false;
    watch_look_end(&watcher->table);
    find_owners(watcher);
    watcher->looks++;
    if (!watcher->table.full)
        return true;
    watcher->error = (struct net_error){ .err = ENOMEM, .operation = "memory" };
    return false;
}

bool watcher_shows(const struct watcher *watcher, const struct watch_row *row)
{
    if (!row->used || row->hidden)
        return false;
    return !wants_own(watcher->wish) || row->is_mine;
}

struct watch_row *watcher_next_changed(struct watcher *watcher)
{
    struct watch_row *row;
    while ((row = watch_next_changed(&watcher->table))) {
        if (row->ended)
            procs_forget(watcher->procs, row->now.inode);
        if (watcher_shows(watcher, row))
            return row;
    }
    return NULL;
}

bool watcher_detail(struct watcher *watcher, const struct watch_row *row,
                    struct dump_detail *detail)
{
    struct dump_row now;
    return diag_dump_find(watcher->dump, &row->now.names, &now, detail, &watcher->error) ==
           DIAG_FOUND;
}
