/*
 * Lines about connections.
 */
#include "ui/watch_words.h"

#include "ui/escape.h"
#include "ui/text.h"
#include "ui/tui/grid.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    MSEC_PER_SEC = 1000,
    USEC_PER_SEC = 1000000,
    WHOLE_SECONDS_FROM = 10, /* from there on tenths tell nothing */
    OWNER_WIDTH = 16
};

char *watch_owner(const struct watch_row *row, char *text, size_t len)
{
    char name[4 * PROC_NAME_MAX + 1];
    const char *raw = row->who.name;
    if (row->who.pid == 0)
        snprintf(text, len, "-");
    else
        snprintf(text, len, "%s[%d]",
                 escape_text((const uint8_t *)raw, strlen(raw), name, sizeof name),
                 (int)row->who.pid);
    return text;
}

char *watch_timer(const struct dump_row *row, char *text, size_t len)
{
    static const char *const names[DIAG_TIMER_COUNT] = {
        [DIAG_TIMER_RETRANSMISSION] = "rto",
        [DIAG_TIMER_KEEPALIVE] = "keep",
        [DIAG_TIMER_TIME_WAIT] = "2msl",
        [DIAG_TIMER_PROBE] = "probe",
    };
    const char *name = names[row->timer];
    if (row->timer == DIAG_TIMER_TIME_WAIT && row->state == FIN_WAIT_2)
        name = "fin2"; /* how long an orphan waits for its FIN */
    uint32_t seconds = row->expires_msec / MSEC_PER_SEC;
    if (row->timer == DIAG_TIMER_NONE)
        snprintf(text, len, "-");
    else if (seconds >= WHOLE_SECONDS_FROM)
        snprintf(text, len, "%s %" PRIu32 "s", name, seconds);
    else
        snprintf(text, len, "%s %" PRIu32 ".%" PRIu32 "s", name, seconds,
                 row->expires_msec % MSEC_PER_SEC / 100);
    return text;
}

/* A listening socket has nobody at the other end. */
static char *remote_text(const struct watch_row *row, char *text, size_t len)
{
    if (row->now.state == LISTEN)
        snprintf(text, len, "*");
    else
        endpoint_text(&row->remote, text, len);
    return text;
}

char *watch_line(const struct watch_row *row, unsigned upto, uint64_t begin_usec, char *text,
                 size_t len)
{
    char local[ENDPOINT_TEXT_MAX], remote[ENDPOINT_TEXT_MAX], owner[96], way[WATCH_PATH_TEXT];
    struct watch_path path = row->path;
    uint64_t usec = row->at_usec[upto] > begin_usec ? row->at_usec[upto] - begin_usec : 0;
    path.count = (uint8_t)(upto + 1);
    snprintf(text, len, "%4" PRIu64 ".%03" PRIu64 "  %-21s  %-21s  %-16s  %s", usec / USEC_PER_SEC,
             usec % USEC_PER_SEC / MSEC_PER_SEC, endpoint_text(&row->local, local, sizeof local),
             remote_text(row, remote, sizeof remote), watch_owner(row, owner, sizeof owner),
             path_text(&path, way, sizeof way));
    return text;
}

char *watch_segment_line(const struct segment *seg, const char *words, uint64_t usec,
                         uint64_t begin_usec, char *text, size_t len)
{
    char from[ENDPOINT_TEXT_MAX], to[ENDPOINT_TEXT_MAX];
    uint64_t since = usec > begin_usec ? usec - begin_usec : 0;
    snprintf(text, len, "%4" PRIu64 ".%03" PRIu64 "  %-21s  %-21s  %-*s  %s", since / USEC_PER_SEC,
             since % USEC_PER_SEC / MSEC_PER_SEC, endpoint_text(&seg->src, from, sizeof from),
             endpoint_text(&seg->dst, to, sizeof to), text_field(_("segment"), OWNER_WIDTH),
             _("segment"), words);
    return text;
}

char *watch_head(char *text, size_t len)
{
    static const struct {
        const char *title;
        int width;
    } columns[] = { { N_("state"), 12 }, { N_("local"), 21 }, { N_("remote"), 21 },
                    { N_("recv"), -7 },  { N_("send"), -7 },  { N_("timer"), 10 } };
    size_t used = 0;
    for (size_t i = 0; i < sizeof columns / sizeof columns[0] && used < len; i++) {
        const char *title = _(columns[i].title);
        int width = columns[i].width;
        used += (size_t)(width > 0 ? snprintf(text + used, len - used, "%-*s  ",
                                              text_field(title, width), title)
                                   : snprintf(text + used, len - used, "%*s  ",
                                              text_field(title, -width), title));
    }
    if (used < len)
        snprintf(text + used, len - used, "%s", _("process"));
    return text;
}

char *watch_state_line(const struct watch_row *row, char *text, size_t len)
{
    char local[ENDPOINT_TEXT_MAX], remote[ENDPOINT_TEXT_MAX], owner[96], timer[32];
    snprintf(text, len, "%-12s  %-21s  %-21s  %7" PRIu32 "  %7" PRIu32 "  %-10s  %s",
             state_name(path_last(&row->path)), endpoint_text(&row->local, local, sizeof local),
             remote_text(row, remote, sizeof remote), row->now.rqueue, row->now.wqueue,
             watch_timer(&row->now, timer, sizeof timer), watch_owner(row, owner, sizeof owner));
    return text;
}
