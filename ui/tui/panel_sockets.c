/*
 * The sockets of both hosts on each lane, with all that the trace tells of them: names, options,
 * queues, timers, and the figures that ss -tieo shows. What a lane does not tell is not there.
 */
#include "ui/tui/sheet.h"

#include "ui/escape.h"
#include "ui/retell.h"
#include "ui/text.h"
#include "ui/words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum {
    INDENT = 8,
    LABEL = 11 /* "options" and so on */
};

/* Where items of a socket go: a label in front of the first, lines indented behind it. */
struct items {
    struct sheet *sheet;
    int x, indent;
    bool any;
};

static struct items items_begin(struct sheet *sheet, int indent)
{
    return (struct items){ .sheet = sheet, .x = indent, .indent = indent };
}

__attribute__((format(printf, 3, 4))) static void item(struct items *items, enum ink ink,
                                                       const char *format, ...)
{
    char text[160];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    sheet_item(items->sheet, &items->x, items->indent, ink, text);
    items->any = true;
}

/* Items of one kind: the label is put before the first of them. */
static struct items labelled(struct sheet *sheet, const char *label)
{
    int width = text_width(label) + 1;
    sheet_put(sheet, INDENT, width, INK_FAINT, label);
    return items_begin(sheet, INDENT + (width > LABEL ? width : LABEL));
}

static void items_end(struct items *items)
{
    sheet_next(items->sheet);
}

static const char *family_name(const struct sock_row *row)
{
    uint8_t family = row->local.ip.family ? row->local.ip.family : row->remote.ip.family;
    return family == 4 ? "IPv4" : family == 6 ? "IPv6" : "";
}

static const char *type_name(const struct sock_row *row)
{
    bool stream = row->type == TYPE_STREAM || row->connected || row->state == LISTEN;
    return row->type == TYPE_DATAGRAM ? "SOCK_DGRAM" : stream ? "SOCK_STREAM" : "";
}

static void from_where(struct items *items, const struct picture *picture,
                       const struct sock_row *row)
{
    char label[NAME_MAX_LEN + 16];
    const struct sock_row *from =
        row->parent < 0 ? NULL
                        : socks_find(&picture->view->socks, row->lane, row->host, row->parent);
    bool may_wait = row->state == ESTABLISHED || row->state == CLOSE_WAIT;
    if (row->parent < 0)
        return;
    sock_label(from, label, sizeof label);
    if (row->fd < 0 && (may_wait || row->state == SYN_RECEIVED))
        item(items, INK_PLAIN, _("not accepted yet, from %s"), label);
    else
        item(items, INK_PLAIN, _("accepted from %s"), label);
}

static void names_line(struct sheet *sheet, const struct picture *picture,
                       const struct sock_row *row)
{
    char local[ENDPOINT_TEXT_MAX], remote[ENDPOINT_TEXT_MAX];
    const struct view *view = picture->view;
    enum lane_id kind = view_kind(view, row->lane, row->host);
    bool moved = row->moved_step == view->step && row->from != row->state;
    struct items items = items_begin(sheet, INDENT);
    sheet_put(sheet, 0, INDENT - 1, ink_of_kind(kind), _(lane_name(kind)));
    if (row->fd >= 0)
        item(&items, INK_STRONG, _("descriptor %d"), row->fd);
    else
        item(&items, INK_FAINT, "%s", _("no descriptor"));
    if (row->name[0])
        item(&items, INK_STRONG, "%s", row->name);
    if (row->type != TYPE_DATAGRAM)
        item(&items, moved ? INK_CHOSEN : INK_STRONG, "%s%s", sock_state(row), moved ? " ●" : "");
    if (family_name(row)[0] || type_name(row)[0])
        item(&items, INK_PLAIN, "%s%s%s", family_name(row), family_name(row)[0] ? " " : "",
             type_name(row));
    if (row->local.port || row->remote.port)
        item(&items, INK_PLAIN, "%s %s %s", endpoint_text(&row->local, local, sizeof local),
             row->remote.port ? "→" : "",
             row->remote.port ? endpoint_text(&row->remote, remote, sizeof remote) : "");
    from_where(&items, picture, row);
    items_end(&items);
}

static void options_line(struct sheet *sheet, const struct sock_row *row)
{
    if (row->options_set == 0)
        return;
    struct items items = labelled(sheet, _("options"));
    for (unsigned i = 0; i < OPTION_COUNT; i++) {
        if (row->options_set & 1u << i)
            item(&items, INK_PLAIN, "%s=%d", option_name((enum sock_option)i), row->option[i]);
    }
    items_end(&items);
}

/* The queues of text; of a listening socket the one of connections. */
static void queues_line(struct sheet *sheet, const struct sock_row *row)
{
    const struct tcp_vars *vars = &row->vars;
    bool knows = row->has_vars && vars->known & KNOWS_QUEUES;
    bool listens = row->state == LISTEN;
    if (!knows && !(listens && row->backlog >= 0))
        return;
    struct items items = labelled(sheet, _("queues"));
    if (listens && row->backlog >= 0)
        item(&items, INK_PLAIN, _("backlog %d"), row->backlog);
    if (listens && knows)
        item(&items, INK_PLAIN, _("accept queue %u"), vars->unread);
    if (!listens) {
        item(&items, INK_PLAIN, _("send: %u octets unsent"), vars->unsent);
        if (vars->known & KNOWS_SEND)
            item(&items, INK_PLAIN, _("%u in flight"), seq_from(vars->una, vars->nxt));
        item(&items, INK_PLAIN, _("receive: %u octets unread"), vars->unread);
    }
    items_end(&items);
}

/* Linux keeps TIME-WAIT for a minute, whatever the MSL. */
static const char *timer_words(const struct view *view, const struct sock_row *row,
                               enum timer_id timer)
{
    bool of_kernel = view_kind(view, row->lane, row->host) == LANE_KERNEL;
    return of_kernel && timer == TIMER_TIME_WAIT ? "TIME-WAIT" : _(timer_name(timer));
}

static void timers_line(struct sheet *sheet, const struct picture *picture,
                        const struct sock_row *row)
{
    const struct view *view = picture->view;
    uint64_t now = picture->now_usec[row->lane];
    struct items items = { .any = false };
    if (now < view->usec[row->lane])
        now = view->usec[row->lane];
    for (unsigned i = 0; i < TIMER_COUNT && row->state != CLOSED; i++) {
        char left[32];
        uint64_t at = row->timer_usec[i];
        if (at == 0)
            continue;
        if (!items.any)
            items = labelled(sheet, _("timers"));
        words_time(at > now ? at - now : 0, left, sizeof left);
        item(&items, INK_PLAIN, _("%s in %s"), timer_words(view, row, (enum timer_id)i), left);
    }
    if (items.any)
        items_end(&items);
}

/* Milliseconds with as many decimals as mean something, as ss writes them. */
static char *msec_text(uint64_t usec, char *text, size_t len)
{
    snprintf(text, len, "%" PRIu64 ".%03u", usec / 1000, (unsigned)(usec % 1000));
    size_t end = 0;
    while (text[end])
        end++;
    while (end > 0 && text[end - 1] == '0')
        text[--end] = '\0';
    if (end > 0 && text[end - 1] == '.')
        text[end - 1] = '\0';
    return text;
}

static void congestion_items(struct items *items, const struct tcp_vars *vars)
{
    if (vars->mss > 1)
        item(items, INK_PLAIN, "mss:%" PRIu32, vars->mss);
    if (vars->cwnd != UINT32_MAX && vars->mss > 1)
        item(items, INK_PLAIN, _("cwnd:%u (%u octets)"), vars->cwnd / vars->mss, vars->cwnd);
    if (vars->ssthresh != UINT32_MAX)
        item(items, INK_PLAIN, _("ssthresh:%u octets"), vars->ssthresh);
    item(items, vars->resent ? INK_STRONG : INK_PLAIN, "resent:%" PRIu32, vars->resent);
}

/* The kernel's own figures, and the model's beside them, by the names that ss -tieo has: times in
 * milliseconds, cwnd in segments. */
static void figures_line(struct sheet *sheet, const struct picture *picture,
                         const struct sock_row *row)
{
    const struct tcp_vars *vars = &row->vars;
    char first[32], second[32];
    bool of_kernel = view_kind(picture->view, row->lane, row->host) == LANE_KERNEL;
    bool connected = row->state != LISTEN && row->state != CLOSED;
    if (!row->has_vars || !connected || !(vars->known & (KNOWS_RTO | KNOWS_CONGESTION)))
        return;
    struct items items = labelled(sheet, of_kernel ? "ss -tieo" : _("figures"));
    if (vars->known & KNOWS_RTO)
        item(&items, INK_PLAIN, "rto:%s", msec_text(vars->rto_usec, first, sizeof first));
    if (vars->known & KNOWS_RTO && vars->srtt_usec)
        item(&items, INK_PLAIN, "rtt:%s/%s", msec_text(vars->srtt_usec, first, sizeof first),
             msec_text(vars->rttvar_usec, second, sizeof second));
    if (vars->known & KNOWS_CONGESTION)
        congestion_items(&items, vars);
    if (vars->known & KNOWS_WINDOWS)
        item(&items, INK_PLAIN, "snd_wnd:%" PRIu32 " rcv_wnd:%" PRIu32, vars->snd_wnd,
             vars->rcv_wnd);
    items_end(&items);
}

static bool is_gone(const struct sock_row *row)
{
    return row->state == CLOSED && row->fd < 0;
}

static void host_head(struct sheet *sheet, const struct picture *picture, int host)
{
    char title[96], name[64];
    const struct lab_text *at = &picture->lab->host_names[host];
    snprintf(title, sizeof title, "%c  %s", host_letter(host),
             retell_octets(at->octets, at->len, name, sizeof name));
    sheet_head(sheet, INK_STRONG, title);
}

static void write_host(struct sheet *sheet, const struct picture *picture, int host)
{
    const struct socks *socks = &picture->view->socks;
    unsigned shown = 0, gone = 0;
    char text[96];
    host_head(sheet, picture, host);
    for (unsigned i = 0; i < socks->count; i++) {
        const struct sock_row *row = &socks->rows[i];
        if (row->host != host)
            continue;
        gone += is_gone(row);
        if (is_gone(row))
            continue;
        shown++;
        names_line(sheet, picture, row);
        options_line(sheet, row);
        queues_line(sheet, row);
        timers_line(sheet, picture, row);
        figures_line(sheet, picture, row);
    }
    if (shown == 0)
        sheet_wrap(sheet, INDENT, INK_FAINT, _("no socket"));
    if (gone > 0) {
        snprintf(text, sizeof text, _("%u closed for good and not shown"), gone);
        sheet_wrap(sheet, INDENT, INK_FAINT, text);
    }
    sheet_next(sheet);
}

static void write_all(struct sheet *sheet, const struct picture *picture)
{
    char text[96];
    unsigned forgotten = picture->view->socks.forgotten;
    for (int host = 0; host < (int)picture->lab->host_count; host++)
        write_host(sheet, picture, host);
    if (forgotten > 0) {
        snprintf(text, sizeof text, _("%u sockets of before are no longer remembered"), forgotten);
        sheet_wrap(sheet, 0, INK_FAINT, text);
    }
}

void draw_socket_list(struct grid *grid, const struct picture *picture, struct rect area)
{
    struct rect inner = { area.x + 1, area.y, area.width - 2, area.height };
    sheet_draw(grid, picture, inner, NULL, write_all);
}
