/*
 * A host: the states of its connection on each lane, its calls, variables and sockets.
 */
#include "ui/tui/panels.h"

#include "ui/text.h"
#include "ui/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    WHOLE_FROM = 64 /* columns from which a socket's addresses are written whole */
};

enum ink ink_of_kind(enum lane_id kind)
{
    return kind == LANE_MODEL ? INK_MODEL : INK_KERNEL;
}

static enum ink ink_of(const struct view *view, unsigned lane, int host)
{
    return ink_of_kind(view_kind(view, lane, host));
}

static bool runs_both(const struct view *view)
{
    return view->ran[LANE_MODEL] && view->ran[LANE_KERNEL];
}

/* The state as it is drawn. */
static const char *state_of(const struct view *view, unsigned lane, int host)
{
    const struct sock_row *row = socks_main(&view->socks, lane, host);
    return row ? sock_state(row) : _("no socket");
}

/* On the model's lane, in TIME-WAIT, until when; else how a kernel's state was learnt. */
static void note_of(const struct view *view, const struct sock_row *row, char *text, size_t len)
{
    text[0] = '\0';
    if (!row)
        return;
    uint64_t two_msl = row->state == TIME_WAIT ? row->timer_usec[TIMER_TIME_WAIT] : 0;
    if (row->lane == LANE_MODEL && two_msl > 0)
        snprintf(text, len, _("until %llu s"), (unsigned long long)(two_msl / 1000000));
    else if (view_kind(view, row->lane, row->host) == LANE_KERNEL && row->state != CLOSED)
        snprintf(text, len, "%s", _(source_name((enum state_source)row->source)));
}

/* Do both lanes agree? */
static void draw_agreement(struct grid *grid, const struct picture *picture, int host, int x, int y)
{
    const struct view *view = picture->view;
    bool same = strcmp(state_of(view, LANE_MODEL, host), state_of(view, LANE_KERNEL, host)) == 0;
    if (runs_both(view) && !picture->record_only[LANE_KERNEL])
        grid_put(grid, x, y, 1, same ? INK_GOOD : INK_BAD, same ? "=" : "≠");
}

static void draw_state(struct grid *grid, const struct picture *picture, unsigned lane, int host,
                       struct rect at)
{
    const struct view *view = picture->view;
    const struct sock_row *row = socks_main(&view->socks, lane, host);
    char note[40];
    bool moved = row && row->moved_step == view->step && row->state != row->from;
    const char *name =
        picture->record_only[lane] ? _("recorded") : _(lane_name(view_kind(view, lane, host)));
    grid_put(grid, at.x, at.y, 8, ink_of(view, lane, host), name);
    int x = at.x + 9;
    x += grid_put(grid, x, at.y, at.width - 9, moved ? INK_STRONG : INK_PLAIN,
                  state_of(view, lane, host));
    if (moved)
        x += grid_put(grid, x, at.y, at.x + at.width - x, INK_STRONG, " ●");
    if (lane == LANE_KERNEL)
        draw_agreement(grid, picture, host, at.x + at.width - 1, at.y);
    note_of(view, row, note, sizeof note);
    int room = at.x + at.width - 2 - x - 1;
    if (text_width(note) <= room)
        grid_put(grid, at.x + at.width - 2 - text_width(note), at.y, room, INK_FAINT, note);
}

void draw_host_states(struct grid *grid, const struct picture *picture, int host, struct rect area)
{
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        if (!picture->view->ran[lane])
            continue;
        struct rect at = { area.x, area.y++, area.width, 1 };
        draw_state(grid, picture, lane, host, at);
    }
}

/* Tenths of a second where it is soon. */
static void time_left(uint64_t usec, char *text, size_t len)
{
    if (usec == 0)
        snprintf(text, len, "%s", _("due"));
    else if (usec < 10000000)
        snprintf(text, len, _("in %u.%u s"), (unsigned)(usec / 1000000),
                 (unsigned)(usec / 100000 % 10));
    else
        snprintf(text, len, _("in %u s"), (unsigned)(usec / 1000000));
}

void draw_timer(struct grid *grid, const struct picture *picture, int host, struct rect at)
{
    const struct view *view = picture->view;
    unsigned lane = view_live_lane(view);
    enum timer_id timer = TIMER_RETRANSMISSION;
    char left[32], text[64];
    if (lane == LANE_COUNT || picture->record_only[lane])
        return;
    uint64_t runs_out = socks_timer(&view->socks, lane, host, &timer);
    uint64_t now = picture->now_usec[lane] > 0 ? picture->now_usec[lane] : view->usec[lane];
    if (runs_out == 0)
        return;
    time_left(runs_out > now ? runs_out - now : 0, left, sizeof left);
    snprintf(text, sizeof text, " %s %s ", _(timer_name(timer)), left);
    int width = text_width(text);
    if (width <= at.width)
        grid_put(grid, at.x + at.width - width, at.y, width, ink_of(view, lane, host), text);
}

/* A call that waited and whose outcome has come stands once, with that. */
static void call_line(const struct view_call *call, bool both, char *text, size_t len)
{
    const char *lane = !both ? "" : call->lane == LANE_MODEL ? "m" : "k";
    const char *gap = !both ? "" : call->differs ? "≠" : " ";
    bool over = call->done && !call->waits;
    snprintf(text, len, "%s%s%s%s%s", lane, gap, call->call, over ? " = " : " ...",
             over ? call->result : "");
}

/* Of a program's call the result has to be seen: the error without its explanation, and for it the
 * call is cut. Where the result is long, as text is, it is cut like any line. */
static void draw_whole_result(struct grid *grid, const struct view_call *call, struct rect at)
{
    char result[sizeof call->result + 8];
    snprintf(result, sizeof result, call->done ? " = %s" : " ...", call->result);
    bool failed = strncmp(result, " = -1 ", 6) == 0 || call->op == CALL_GETSOCKOPT;
    char *more = call->op == CALL_ACCEPT && !failed ? strchr(result, ',')
                 : failed                           ? strstr(result, " (")
                                                    : NULL;
    if (more && text_width(result) > at.width - text_width(call->call))
        *more = '\0'; /* whom from the socket's line has, too */
    int least = text_width(result) < at.width * 2 / 3 ? text_width(result) : 0;
    int used = grid_put(grid, at.x, at.y, at.width - least, INK_PLAIN, call->call);
    grid_put(grid, at.x + used, at.y, at.width - used, INK_PLAIN, result);
}

void draw_calls(struct grid *grid, const struct picture *picture, int host, struct rect area)
{
    const struct view *view = picture->view;
    size_t first = view->call_count > VIEW_CALLS ? view->call_count - VIEW_CALLS : 0;
    size_t shown[VIEW_CALLS], count = 0;
    bool both = runs_both(view);
    char text[192];
    for (size_t i = first; i < view->call_count; i++) {
        if (view_call(view, i)->host == host && !view_call(view, i)->outcome)
            shown[count++] = i;
    }
    size_t room = area.height > 0 ? (size_t)area.height : 0;
    for (size_t i = count > room ? count - room : 0; i < count; i++, area.y++) {
        const struct view_call *call = view_call(view, shown[i]);
        if (view->is_record) {
            draw_whole_result(grid, call, (struct rect){ area.x, area.y, area.width, 1 });
            continue;
        }
        call_line(call, both, text, sizeof text);
        char *from = call->op == CALL_ACCEPT ? strchr(text, ',') : NULL;
        if (from && text_width(text) > area.width) /* whom from: the socket's line has it, too */
            *from = '\0';
        enum ink ink = !both ? INK_PLAIN : ink_of(view, call->lane, host);
        grid_put(grid, area.x, area.y, area.width, call->differs ? INK_BAD : ink, text);
    }
}

static void put_pair(struct grid *grid, struct rect *area, const char *words)
{
    if (area->height <= 0)
        return;
    grid_put(grid, area->x, area->y++, area->width, INK_PLAIN, words);
    area->height--;
}

static void sequence_lines(struct grid *grid, struct rect *area, const struct tcp_vars *vars)
{
    char text[96];
    snprintf(text, sizeof text, "SND.UNA %" PRIu32 "  NXT %" PRIu32 "  WND %" PRIu32,
             seq_from(vars->iss, vars->una), seq_from(vars->iss, vars->nxt), vars->snd_wnd);
    put_pair(grid, area, text);
    if (vars->known & KNOWS_RECEIVE)
        snprintf(text, sizeof text, "RCV.NXT %" PRIu32 "  WND %" PRIu32,
                 seq_from(vars->irs, vars->rcv_nxt), vars->rcv_wnd);
    else
        snprintf(text, sizeof text, "RCV.NXT -  WND %" PRIu32, vars->rcv_wnd);
    put_pair(grid, area, text);
    if (vars->known & KNOWS_RECEIVE)
        snprintf(text, sizeof text, "ISS %" PRIu32 "  IRS %" PRIu32, vars->iss.n, vars->irs.n);
    else
        snprintf(text, sizeof text, "ISS %" PRIu32 "  IRS -", vars->iss.n);
    put_pair(grid, area, text);
}

static void lane_variables(struct grid *grid, struct rect *area, const struct sock_row *row)
{
    const struct tcp_vars *vars = &row->vars;
    char text[96];
    if (vars->known & KNOWS_SEND)
        sequence_lines(grid, area, vars);
    if (row->state == LISTEN && vars->known & KNOWS_QUEUES)
        snprintf(text, sizeof text, _("backlog %u  to accept %u"), vars->unsent, vars->unread);
    else if (vars->known & KNOWS_RTO)
        snprintf(text, sizeof text, _("unsent %u  unread %u  RTO %u ms"), vars->unsent,
                 vars->unread, (unsigned)(vars->rto_usec / 1000));
    else
        snprintf(text, sizeof text, _("unsent %u  unread %u"), vars->unsent, vars->unread);
    put_pair(grid, area, text);
}

void draw_variables(struct grid *grid, const struct picture *picture, int host, struct rect area)
{
    char head[64], label[NAME_MAX_LEN + 8];
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        const struct sock_row *row = socks_main(&picture->view->socks, lane, host);
        if (!row || !row->has_vars || row->state == CLOSED || area.height <= 1)
            continue;
        snprintf(head, sizeof head, "%s %s", _(lane_name(view_kind(picture->view, lane, host))),
                 sock_label(row, label, sizeof label));
        grid_put(grid, area.x, area.y++, area.width, ink_of(picture->view, lane, host), head);
        area.height--;
        lane_variables(grid, &area, row);
    }
}

/* Whole addresses where there is room for them, else the ports. */
static void socket_line(const struct sock_row *row, enum lane_id kind, bool whole, char *text,
                        size_t len)
{
    char label[NAME_MAX_LEN + 8], local[ENDPOINT_TEXT_MAX], remote[ENDPOINT_TEXT_MAX] = "";
    char fd[16] = "";
    if (whole && row->fd >= 0)
        snprintf(fd, sizeof fd, "%-3d ", row->fd);
    if (whole)
        endpoint_text(&row->local, local, sizeof local);
    else
        snprintf(local, sizeof local, ":%u", row->local.port);
    if (row->remote.port && whole)
        endpoint_text(&row->remote, remote, sizeof remote);
    else if (row->remote.port)
        snprintf(remote, sizeof remote, ":%u", row->remote.port);
    snprintf(text, len, "%c %-2s %s%-12s %s %s", kind == LANE_MODEL ? 'm' : 'k',
             row->name[0] || row->fd >= 0 ? sock_label(row, label, sizeof label) : "-", fd,
             sock_state(row), row->local.port ? local : "", remote);
}

void draw_sockets(struct grid *grid, const struct picture *picture, int host, struct rect area)
{
    const struct socks *socks = &picture->view->socks;
    char text[160];
    int bottom = area.y + area.height;
    for (unsigned i = 0; i < socks->count && area.y < bottom; i++) {
        const struct sock_row *row = &socks->rows[i];
        if (row->host != host || (row->state == CLOSED && row->fd < 0))
            continue;
        enum lane_id kind = view_kind(picture->view, row->lane, host);
        socket_line(row, kind, area.width >= WHOLE_FROM, text, sizeof text);
        grid_put(grid, area.x, area.y++, area.width, ink_of_kind(kind), text);
    }
}
