/*
 * Hosts with many connections: each listening socket with what waits in its queues and what came
 * from it, in groups with counts and bars, the other host beside it.
 */
#include "ui/tui/sheet.h"

#include "ui/escape.h"
#include "ui/retell.h"
#include "ui/text.h"
#include "ui/words.h"

#include <stdio.h>

enum {
    INDENT = 2,
    NAME_WIDTH = 14,
    COUNT_WIDTH = 9,
    MEMBERS_MANY = 16, /* so many connections of a group are named one by one */
    MEMBERS_FEW = 6,   /* and so many where there are more */
    BAR_MOST = 64
};

enum group {
    GROUP_OPENING, /* of a listener: its SYN queue */
    GROUP_QUEUED,
    GROUP_OPEN,
    GROUP_CLOSING,
    GROUP_TIME_WAIT,
    GROUP_UNUSED, /* neither connected nor listening */
    GROUP_COUNT
};

static const char *const of_listener[GROUP_COUNT] = {
    [GROUP_OPENING] = N_("SYN queue"),      [GROUP_QUEUED] = N_("accept queue"),
    [GROUP_OPEN] = N_("accepted"),          [GROUP_CLOSING] = N_("closing"),
    [GROUP_TIME_WAIT] = N_("in TIME-WAIT"), [GROUP_UNUSED] = N_("closed"),
};

static const char *const of_others[GROUP_COUNT] = {
    [GROUP_OPENING] = N_("opening"),
    [GROUP_QUEUED] = N_("not accepted"),
    [GROUP_OPEN] = N_("open"),
    [GROUP_CLOSING] = N_("closing"),
    [GROUP_TIME_WAIT] = N_("in TIME-WAIT"),
    [GROUP_UNUSED] = N_("not connected"),
};

/* The sockets of one listener, or those that belong to none. */
struct family {
    const struct sock_row *listener; /* NULL: none */
    unsigned lane;
    int host;
};

static bool is_gone(const struct sock_row *row)
{
    return row->state == CLOSED && row->fd < 0;
}

static bool listens(const struct picture *picture, unsigned lane, int host, int32_t id)
{
    const struct sock_row *row = socks_find(&picture->view->socks, lane, host, id);
    return row && row->state == LISTEN;
}

static bool belongs(const struct picture *picture, const struct family *family,
                    const struct sock_row *row)
{
    if (row->lane != family->lane || row->host != family->host || row->state == LISTEN ||
        is_gone(row))
        return false;
    if (family->listener)
        return row->parent == family->listener->id;
    return row->parent < 0 || !listens(picture, row->lane, row->host, row->parent);
}

/* What has no descriptor and came from a listener was not accepted yet, or is closed already: the
 * state tells which. */
static enum group group_of(const struct sock_row *row)
{
    switch ((enum tcp_state)row->state) {
    case CLOSED:
    case LISTEN:
        return GROUP_UNUSED;
    case SYN_SENT:
    case SYN_RECEIVED:
        return GROUP_OPENING;
    case ESTABLISHED:
    case CLOSE_WAIT:
        return row->parent >= 0 && row->fd < 0 ? GROUP_QUEUED : GROUP_OPEN;
    case FIN_WAIT_1:
    case FIN_WAIT_2:
    case CLOSING:
    case LAST_ACK:
        return GROUP_CLOSING;
    case TIME_WAIT:
        return GROUP_TIME_WAIT;
    case TCP_STATE_COUNT:
        break;
    }
    return GROUP_UNUSED;
}

/* Does the listener itself say how long this queue is? */
static bool tells_queue(const struct family *family, enum group group)
{
    const struct sock_row *row = family->listener;
    return row && group == GROUP_QUEUED && row->has_vars && row->vars.known & KNOWS_LISTENS;
}

/* How many the accept queue takes: one more than was said to listen(). 0: that is not known. */
static unsigned places_of(const struct family *family, enum group group)
{
    const struct sock_row *row = family->listener;
    if (!row || group != GROUP_QUEUED)
        return 0;
    if (tells_queue(family, group))
        return row->vars.unsent + 1;
    return row->backlog >= 0 ? (unsigned)row->backlog + 1 : 0;
}

/* A block for each connection and a light one for each free place; scaled where there are more than
 * columns. */
static void draw_bar(struct sheet *sheet, int x, unsigned count, unsigned places)
{
    unsigned all = places > count ? places : count;
    int room = sheet->area.width - x;
    if (room > BAR_MOST)
        room = BAR_MOST;
    if (room < 4 || all == 0)
        return;
    unsigned width = all > (unsigned)room ? (unsigned)room : all;
    unsigned full = (unsigned)((uint64_t)count * width / all);
    if (full == 0 && count > 0)
        full = 1;
    for (unsigned i = 0; i < width; i++)
        sheet_put(sheet, x + (int)i, 1, i < full ? INK_STRONG : INK_FAINT, i < full ? "█" : "░");
}

static void member_line(struct sheet *sheet, const struct picture *picture,
                        const struct sock_row *row)
{
    char text[192], remote[ENDPOINT_TEXT_MAX], label[NAME_MAX_LEN + 16] = "-";
    bool moved = row->moved_step == picture->view->step && row->from != row->state;
    if (row->name[0] || row->fd >= 0)
        sock_label(row, label, sizeof label);
    if (row->remote.port)
        endpoint_text(&row->remote, remote, sizeof remote);
    else
        snprintf(remote, sizeof remote, "%s", "-");
    snprintf(text, sizeof text, "%-3s %-12s %s%s", label, sock_state(row), remote,
             moved ? " ●" : "");
    sheet_put(sheet, 2 * INDENT, sheet->area.width, moved ? INK_STRONG : INK_FAINT, text);
    sheet_next(sheet);
}

static unsigned count_of(const struct picture *picture, const struct family *family,
                         enum group group)
{
    const struct socks *socks = &picture->view->socks;
    unsigned count = 0;
    if (tells_queue(family, group))
        return family->listener->vars.unread; /* of most that wait nothing else is known */
    for (unsigned i = 0; i < socks->count; i++)
        count += belongs(picture, family, &socks->rows[i]) && group_of(&socks->rows[i]) == group;
    return count;
}

static void write_members(struct sheet *sheet, const struct picture *picture,
                          const struct family *family, enum group group, unsigned count)
{
    const struct socks *socks = &picture->view->socks;
    unsigned most = count > MEMBERS_MANY ? MEMBERS_FEW : MEMBERS_MANY, shown = 0;
    char text[64];
    for (unsigned i = 0; i < socks->count && shown < most; i++) {
        const struct sock_row *row = &socks->rows[i];
        if (!belongs(picture, family, row) || group_of(row) != group)
            continue;
        member_line(sheet, picture, row);
        shown++;
    }
    if (shown >= count)
        return;
    snprintf(text, sizeof text, _("... and %u more"), count - shown);
    sheet_put(sheet, 2 * INDENT, sheet->area.width, INK_FAINT, text);
    sheet_next(sheet);
}

static void write_group(struct sheet *sheet, const struct picture *picture,
                        const struct family *family, enum group group)
{
    char text[64];
    unsigned count = count_of(picture, family, group), places = places_of(family, group);
    bool queue = family->listener && (group == GROUP_OPENING || group == GROUP_QUEUED);
    if (count == 0 && !queue)
        return;
    int used = sheet_put(sheet, INDENT, sheet->area.width, INK_PLAIN,
                         _((family->listener ? of_listener : of_others)[group]));
    int x = INDENT + (used + 1 > NAME_WIDTH ? used + 1 : NAME_WIDTH);
    if (places > 0)
        snprintf(text, sizeof text, _("%u of %u"), count, places);
    else
        snprintf(text, sizeof text, "%u", count);
    bool full = places > 0 && count >= places;
    used = sheet_put(sheet, x, sheet->area.width, INK_STRONG, text);
    if (full)
        used += sheet_put(sheet, x + used, sheet->area.width, INK_BAD, _(" full"));
    x += used + 1 > COUNT_WIDTH ? used + 1 : COUNT_WIDTH;
    draw_bar(sheet, x, count, places);
    sheet_next(sheet);
    write_members(sheet, picture, family, group, count);
}

static void write_family(struct sheet *sheet, const struct picture *picture,
                         const struct family *family)
{
    for (unsigned group = 0; group < GROUP_COUNT; group++)
        write_group(sheet, picture, family, (enum group)group);
}

static void write_listener(struct sheet *sheet, const struct picture *picture,
                           const struct sock_row *row)
{
    char text[160], label[NAME_MAX_LEN + 16], local[ENDPOINT_TEXT_MAX];
    struct family family = { row, row->lane, row->host };
    endpoint_text(&row->local, local, sizeof local);
    sock_label(row, label, sizeof label);
    if (row->backlog >= 0)
        snprintf(text, sizeof text, _("%s  LISTEN  %s  backlog %d"), label, local, row->backlog);
    else
        snprintf(text, sizeof text, "%s  LISTEN  %s", label, local);
    sheet_put(sheet, 0, sheet->area.width, INK_STRONG, text);
    sheet_next(sheet);
    write_family(sheet, picture, &family);
}

static void write_lane(struct sheet *sheet, const struct picture *picture, unsigned lane, int host)
{
    const struct socks *socks = &picture->view->socks;
    struct family others = { NULL, lane, host };
    enum lane_id kind = view_kind(picture->view, lane, host);
    int before;
    sheet_head(sheet, ink_of_kind(kind),
               picture->record_only[lane] ? _("recorded of the kernel") : _(lane_name(kind)));
    before = sheet->line;
    for (unsigned i = 0; i < socks->count; i++) {
        const struct sock_row *row = &socks->rows[i];
        if (row->lane == lane && row->host == host && row->state == LISTEN)
            write_listener(sheet, picture, row);
    }
    write_family(sheet, picture, &others);
    if (sheet->line == before) {
        sheet_put(sheet, INDENT, sheet->area.width, INK_FAINT, _("no socket"));
        sheet_next(sheet);
    }
}

static void write_host(struct sheet *sheet, const struct picture *picture)
{
    char text[96];
    const int *host = sheet->about;
    unsigned forgotten = picture->view->socks.forgotten;
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        if (picture->view->ran[lane])
            write_lane(sheet, picture, lane, *host);
    }
    if (forgotten > 0) {
        snprintf(text, sizeof text, _("%u sockets of before are no longer remembered"), forgotten);
        sheet_wrap(sheet, 0, INK_FAINT, text);
    }
}

void draw_hosts(struct grid *grid, const struct picture *picture, struct rect area)
{
    char title[96], name[64];
    int half = area.width / 2;
    for (int host = 0; host < 2 && (unsigned)host < picture->lab->host_count; host++) {
        const struct lab_text *at = &picture->lab->host_names[host];
        struct rect box = { area.x + host * half, area.y, host ? area.width - half : half,
                            area.height };
        struct rect inner = { box.x + 2, box.y + 1, box.width - 4, box.height - 2 };
        snprintf(title, sizeof title, "%c  %s", host_letter(host),
                 retell_octets(at->octets, at->len, name, sizeof name));
        grid_box(grid, box, INK_FAINT, title);
        sheet_draw(grid, picture, inner, &host, write_host);
    }
}
