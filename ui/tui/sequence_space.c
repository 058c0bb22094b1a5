/*
 * What is known of the sequence space of one direction: by the variables of both ends where the
 * lane tells them, else by what the segments on the wire show.
 */
#include "ui/tui/sequence_parts.h"

#include <string.h>

enum {
    CONNECTIONS_MAX = 64
};

/* ---- which connection */

static bool is_end(const struct sock_row *row, unsigned lane, int host)
{
    return row->lane == lane && row->host == host && row->connected && row->remote.port != 0;
}

static const struct sock_row *other_end(const struct socks *socks, const struct sock_row *row)
{
    const struct sock_row *best = NULL;
    for (unsigned i = 0; i < socks->count; i++) {
        const struct sock_row *there = &socks->rows[i];
        if (is_end(there, row->lane, !row->host) && endpoint_eq(&there->local, &row->remote) &&
            endpoint_eq(&there->remote, &row->local) && (!best || there->id > best->id))
            best = there;
    }
    return best;
}

static uint32_t touched(const struct socks *socks, const struct sock_row *row)
{
    const struct sock_row *there = other_end(socks, row);
    return there && there->last_event > row->last_event ? there->last_event : row->last_event;
}

/* A's ends; where A has none B's: a connection of which A's kernel has told nothing. */
static bool ends_of_host(const struct view *view, unsigned lane, int host, int n,
                         const struct sock_row *ends[2])
{
    const struct socks *socks = &view->socks;
    uint32_t before = UINT32_MAX;
    const struct sock_row *best = NULL;
    for (int rank = 0; rank <= n && rank < CONNECTIONS_MAX; rank++) {
        const struct sock_row *next = NULL;
        for (unsigned i = 0; i < socks->count; i++) {
            const struct sock_row *row = &socks->rows[i];
            if (is_end(row, lane, host) && touched(socks, row) < before &&
                (!next || touched(socks, row) > touched(socks, next)))
                next = row;
        }
        if (!next)
            break;
        best = next;
        before = touched(socks, best);
    }
    ends[0] = ends[1] = NULL;
    if (!best)
        return false;
    ends[host] = best;
    ends[!host] = other_end(socks, best);
    return true;
}

bool space_ends(const struct view *view, unsigned lane, int n, const struct sock_row *ends[2])
{
    return ends_of_host(view, lane, 0, n, ends) || ends_of_host(view, lane, 1, n, ends);
}

bool space_same_ends(const struct view *view, unsigned lane, const struct sock_row *like,
                     const struct sock_row *ends[2])
{
    const struct sock_row *best = NULL;
    for (unsigned i = 0; like && like->name[0] && i < view->socks.count; i++) {
        const struct sock_row *row = &view->socks.rows[i];
        if (is_end(row, lane, like->host) && strcmp(row->name, like->name) == 0 &&
            (!best || row->id > best->id))
            best = row;
    }
    if (!best)
        return false;
    ends[best->host] = best;
    ends[!best->host] = other_end(&view->socks, best);
    return true;
}

size_t space_connections(const struct view *view, unsigned lane)
{
    size_t count[2] = { 0, 0 };
    for (unsigned i = 0; i < view->socks.count; i++) {
        for (int host = 0; host < 2; host++)
            count[host] += is_end(&view->socks.rows[i], lane, host);
    }
    return count[0] > 0 ? count[0] : count[1];
}

/* ---- what the segments show */

/* Of both directions of the connection: what was sent, and what was acknowledged. */
struct seen {
    bool any, any_ack_sent, any_ack_got;
    uint32_t sent;               /* relative, behind the last octet */
    uint32_t ack_sent, ack_got;  /* the last by the receiver; the last that has arrived */
    const struct view_row *last; /* the segment with ack_sent */
};

static const struct segment *segment_of(const struct trace *trace, const struct view_row *row)
{
    return &trace->events[row->touched].u.wire.seg;
}

static bool goes(const struct segment *seg, const struct endpoint *src, const struct endpoint *dst)
{
    return seg->protocol == SEGMENT_OF_TCP && endpoint_eq(&seg->src, src) &&
           endpoint_eq(&seg->dst, dst);
}

static bool is_behind(uint32_t a, uint32_t b)
{
    return seq_gt(seq_of(a), seq_of(b));
}

static void see_there(struct seen *seen, const struct view_row *row, const struct segment *seg,
                      uint32_t seq)
{
    uint32_t end = seq + seg_len(seg);
    if (seg_has(seg, RST))
        return;
    if (seg_has(seg, SYN) && !row->again && row->of == 0)
        *seen = (struct seen){ .any = false }; /* what came before was another connection's */
    if (!seen->any || is_behind(end, seen->sent))
        seen->sent = end;
    seen->any = true;
}

static void see_back(struct seen *seen, const struct view_row *row, const struct segment *seg,
                     uint32_t ack)
{
    if (!seg_has(seg, ACK) || seg_has(seg, RST))
        return;
    if (!seen->any_ack_sent || !is_behind(seen->ack_sent, ack)) {
        seen->ack_sent = ack;
        seen->last = row;
    }
    seen->any_ack_sent = true;
    if (row->fate != ROW_DELIVERED || seg->corrupted)
        return;
    if (!seen->any_ack_got || is_behind(ack, seen->ack_got))
        seen->ack_got = ack;
    seen->any_ack_got = true;
}

static size_t first_kept(const struct view *view)
{
    return view->row_count > VIEW_ROWS ? view->row_count - VIEW_ROWS : 0;
}

static struct seen look_at_wire(const struct picture *picture, unsigned lane,
                                const struct endpoint *src, const struct endpoint *dst)
{
    struct seen seen = { .any = false };
    const struct view *view = picture->view;
    for (size_t i = first_kept(view); i < view->row_count; i++) {
        const struct view_row *row = view_row(view, i);
        const struct segment *seg = segment_of(picture->trace, row);
        if (row->lane != lane)
            continue;
        if (goes(seg, src, dst))
            see_there(&seen, row, seg, numbering_seq(&view->numbering[lane], seg));
        else if (goes(seg, dst, src))
            see_back(&seen, row, seg, numbering_ack(&view->numbering[lane], seg));
    }
    return seen;
}

/* ---- both put together */

static int64_t place(const struct space *space, uint32_t relative)
{
    return (int32_t)(relative - space->anchor);
}

static bool knows(const struct sock_row *row, unsigned what)
{
    return row && row->has_vars && row->state != CLOSED && (row->vars.known & what) == what;
}

static void take_sender(struct space *space, const struct seen *seen)
{
    const struct tcp_vars *vars = space->src ? &space->src->vars : NULL;
    if (knows(space->src, KNOWS_SEND)) {
        space->sends = true;
        space->anchor = seq_from(vars->iss, vars->una);
        space->nxt = seq_from(vars->una, vars->nxt);
    } else if (seen->any) {
        space->sends = space->by_wire = true;
        space->anchor = seen->any_ack_got ? seen->ack_got : 0;
        space->nxt = place(space, seen->sent);
    }
    space->has_snd_wnd = space->sends && knows(space->src, KNOWS_WINDOWS);
    space->snd_wnd = space->has_snd_wnd ? vars->snd_wnd : 0;
    space->has_cwnd =
        space->has_snd_wnd && knows(space->src, KNOWS_CONGESTION) && vars->cwnd < vars->snd_wnd;
    space->cwnd = space->has_cwnd ? vars->cwnd : 0;
}

static void add_beyond(struct space *space, uint32_t start, uint32_t end)
{
    if (space->beyond_count++ >= SACK_BLOCKS_MAX)
        return;
    space->beyond[space->beyond_count - 1].start = place(space, start);
    space->beyond[space->beyond_count - 1].end = place(space, end);
}

/* What the receiver says in the last ACK that it has sent. */
static void take_sack(struct space *space, const struct picture *picture, const struct seen *seen)
{
    const struct segment *seg = seen->last ? segment_of(picture->trace, seen->last) : NULL;
    space->has_beyond = seg && seg->sack_count > 0;
    for (unsigned i = 0; space->has_beyond && i < seg->sack_count; i++) {
        uint32_t isn = seg->ack.n - seen->ack_sent;
        add_beyond(space, seg->sack[i].start.n - isn, seg->sack[i].end.n - isn);
    }
}

static void take_receiver(struct space *space, const struct picture *picture,
                          const struct seen *seen)
{
    const struct tcp_vars *vars = space->dst ? &space->dst->vars : NULL;
    if (knows(space->dst, KNOWS_RECEIVE)) {
        space->receives = true;
        space->rcv_nxt = place(space, seq_from(vars->irs, vars->rcv_nxt));
    } else if (seen->any_ack_sent) {
        space->receives = space->got_by_wire = true;
        space->rcv_nxt = place(space, seen->ack_sent);
    }
    space->has_rcv_wnd = space->receives && knows(space->dst, KNOWS_WINDOWS);
    space->rcv_wnd = space->has_rcv_wnd ? vars->rcv_wnd : 0;
    space->has_unread = space->receives && knows(space->dst, KNOWS_QUEUES);
    space->unread = space->has_unread ? vars->unread : 0;
    if (!knows(space->dst, KNOWS_BEYOND)) {
        take_sack(space, picture, seen);
        return;
    }
    space->has_beyond = true;
    for (uint32_t i = 0; i < vars->beyond_count && i < SACK_BLOCKS_MAX; i++)
        add_beyond(space, seq_from(vars->irs, vars->beyond[i].start),
                   seq_from(vars->irs, vars->beyond[i].end));
    space->beyond_count = vars->beyond_count;
}

/* On the wire, or lost in the step shown. */
static bool is_to_be_seen(const struct view_row *row)
{
    return row->fate == ROW_ON_WIRE || row->fate == ROW_HELD ||
           (row->fate == ROW_DROPPED && row->fresh);
}

static void take_bar(struct space *space, const struct view_row *row, const struct segment *seg,
                     uint32_t seq)
{
    if (space->bar_count == SPACE_BARS_MAX) {
        space->bars_left_out++;
        return;
    }
    int64_t start = place(space, seq);
    space->bars[space->bar_count++] = (struct space_bar){ .start = start,
                                                          .end = start + seg_len(seg),
                                                          .flags = seg->flags,
                                                          .fate = row->fate,
                                                          .again = row->again,
                                                          .corrupted = seg->corrupted };
}

static void take_wire(struct space *space, const struct picture *picture,
                      const struct endpoint *src, const struct endpoint *dst)
{
    const struct view *view = picture->view;
    const struct numbering *numbering = &view->numbering[space->lane];
    for (size_t i = first_kept(view); i < view->row_count; i++) {
        const struct view_row *row = view_row(view, i);
        const struct segment *seg = segment_of(picture->trace, row);
        if (row->lane != space->lane || !is_to_be_seen(row))
            continue;
        if (goes(seg, src, dst))
            take_bar(space, row, seg, numbering_seq(numbering, seg));
        else if (goes(seg, dst, src) && seg_has(seg, ACK) && space->ack_count < SPACE_BARS_MAX)
            space->acks[space->ack_count++] =
                (struct space_ack){ place(space, numbering_ack(numbering, seg)), row->fate };
    }
}

void space_make(struct space *space, const struct picture *picture, unsigned lane,
                const struct sock_row *const ends[2], int from)
{
    *space = (struct space){ .lane = lane, .from = from, .to = !from };
    space->src = ends[from];
    space->dst = ends[!from];
    const struct endpoint *src = space->src ? &space->src->local : &space->dst->remote;
    const struct endpoint *dst = space->src ? &space->src->remote : &space->dst->local;
    struct seen seen = look_at_wire(picture, lane, src, dst);
    take_sender(space, &seen);
    take_receiver(space, picture, &seen);
    take_wire(space, picture, src, dst);
}

/* ---- the scale */

static void widen(int64_t *low, int64_t *high, int64_t at)
{
    *low = at < *low ? at : *low;
    *high = at > *high ? at : *high;
}

/* From the first to the last number that something is to be seen of. */
static void reach(const struct space *space, int64_t *low, int64_t *high)
{
    int64_t edge = 0;
    *low = *high = space->sends ? 0 : space->rcv_nxt;
    if (space->sends) {
        widen(low, high, space->nxt);
        edge = space->snd_wnd;
    }
    if (space->receives) {
        widen(low, high, space->rcv_nxt - space->unread);
        widen(low, high, space->rcv_nxt);
        edge = space->rcv_nxt + space->rcv_wnd > edge ? space->rcv_nxt + space->rcv_wnd : edge;
    }
    for (unsigned i = 0; i < space->beyond_count && i < SACK_BLOCKS_MAX; i++)
        widen(low, high, space->beyond[i].end);
    for (unsigned i = 0; i < space->bar_count; i++) {
        widen(low, high, space->bars[i].start);
        widen(low, high, space->bars[i].end);
    }
    int64_t span = *high - *low < 8 ? 8 : *high - *low;
    *low -= span / 8;
    *high = edge > *high && edge - *low <= 5 * span ? edge + span / 8 : *high + span / 4;
}

/* 1, 2, 5, 10, 20, 50, ... */
static uint32_t next_step(uint32_t step)
{
    uint32_t lead = step;
    while (lead >= 10)
        lead /= 10;
    return lead == 2 ? step / 2 * 5 : step * 2;
}

/* The first column's number is a multiple of what ten columns have, so that the picture stands
 * still from step to step; it is not before the initial number. */
static int64_t snap(const struct space *space, int64_t low, uint32_t step)
{
    int64_t relative = (int64_t)space->anchor + low;
    if (relative < 0 && space->anchor < UINT32_MAX / 2)
        return -(int64_t)space->anchor;
    int64_t rest = relative % step;
    return low - (rest < 0 ? rest + step : rest);
}

void space_scale_make(struct space_scale *scale, const struct space *space, int width)
{
    int64_t low, high;
    *scale = (struct space_scale){ .octets = 1, .columns = 1, .width = width };
    reach(space, &low, &high);
    for (;;) {
        scale->first = snap(space, low, 10 * scale->octets);
        if (high - scale->first < (int64_t)scale->octets * width)
            break;
        scale->octets = next_step(scale->octets);
    }
    if (scale->octets > 1)
        return;
    scale->first = snap(space, low, 5);
    while (scale->columns < 8 && (high - scale->first + 1) * (scale->columns + 1) <= width)
        scale->columns++;
}

int space_column(const struct space_scale *scale, int64_t at)
{
    int64_t column = (at - scale->first) * scale->columns;
    if (column < 0)
        return -1;
    column /= scale->octets;
    return column < scale->width ? (int)column : scale->width;
}
