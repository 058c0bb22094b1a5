/*
 * The watch at work: a look, the rows put in order, the screen drawn, a key; and again.
 */
#include "ui/tui/watch_screen.h"

#include "net/clock.h"
#include "ui/complain.h"
#include "ui/escape.h"
#include "ui/text.h"
#include "ui/tui/panel_watch.h"
#include "ui/tui/screen.h"
#include "ui/tui/watch_keys.h"
#include "ui/watch_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    USEC_PER_MSEC = 1000,
    USEC_PER_SEC = 1000000,
    SIGNALLED = 128,
    OVER_SHOWN_USEC = 5000000, /* a connection that is over */
    FILTER_MAX = 48
};

typedef int compare_rows(const void *a, const void *b);

struct watch_stage {
    const struct watch_setup *setup;
    struct watcher watcher;
    struct screen screen;
    struct grid grid;
    const struct watch_row **rows;
    size_t row_max;
    struct watch_picture picture;
    int32_t chosen; /* the row's place in the table, or WATCH_NONE */
    size_t sort;
    bool details;
    bool over, failed;
    int status;
    char filter[FILTER_MAX];
    char source[160];
    char detail[WATCH_DETAIL_MAX];
};

/* ---- the order */

static const struct watch_row *row_at(const void *of)
{
    return *(const struct watch_row *const *)of;
}

static uint64_t last_change(const struct watch_row *row)
{
    return row->at_usec[row->path.count - 1];
}

/* Rows that are equal otherwise stay in the order they came in: their order in the table. */
static int by_change(const void *a, const void *b)
{
    const struct watch_row *x = row_at(a), *y = row_at(b);
    int order = (last_change(x) < last_change(y)) - (last_change(x) > last_change(y));
    return order ? order : (x > y) - (x < y);
}

static int by_state(const void *a, const void *b)
{
    int order = (int)path_last(&row_at(a)->path) - (int)path_last(&row_at(b)->path);
    return order ? order : by_change(a, b);
}

static int compare_ends(const struct endpoint *x, const struct endpoint *y)
{
    if (x->ip.family != y->ip.family)
        return (int)x->ip.family - (int)y->ip.family;
    int order = memcmp(x->ip.octet, y->ip.octet, sizeof x->ip.octet);
    return order ? order : (int)x->port - (int)y->port;
}

static int by_local(const void *a, const void *b)
{
    int order = compare_ends(&row_at(a)->local, &row_at(b)->local);
    return order ? order : by_change(a, b);
}

static int by_remote(const void *a, const void *b)
{
    int order = compare_ends(&row_at(a)->remote, &row_at(b)->remote);
    return order ? order : by_change(a, b);
}

static int by_process(const void *a, const void *b)
{
    const struct proc_owner *x = &row_at(a)->who, *y = &row_at(b)->who;
    int order = strcmp(x->name, y->name);
    if (!order)
        order = (x->pid > y->pid) - (x->pid < y->pid);
    return order ? order : by_change(a, b);
}

static const struct {
    const char *name;
    compare_rows *compare;
} sorts[] = { { N_("last change"), by_change },
              { N_("state"), by_state },
              { N_("local address"), by_local },
              { N_("remote address"), by_remote },
              { N_("process"), by_process } };

static bool passes(const struct watch_stage *stage, const struct watch_row *row)
{
    char line[WATCH_LINE_MAX], way[WATCH_PATH_TEXT];
    if (!stage->filter[0])
        return true;
    return strcasestr(watch_state_line(row, line, sizeof line), stage->filter) ||
           strcasestr(path_text(&row->path, way, sizeof way), stage->filter);
}

static bool gather(struct watch_stage *stage)
{
    const struct watch *table = &stage->watcher.table;
    struct watch_picture *picture = &stage->picture;
    if (stage->row_max < (size_t)table->row_count) {
        stage->row_max = (size_t)table->row_max;
        free(stage->rows);
        stage->rows = calloc(stage->row_max, sizeof(const struct watch_row *));
        if (!stage->rows)
            return false;
    }
    picture->count = picture->total = 0;
    for (int32_t i = 0; i < table->row_count; i++) {
        const struct watch_row *row = &table->rows[i];
        if (!watcher_shows(&stage->watcher, row))
            continue;
        picture->total++;
        if (passes(stage, row))
            stage->rows[picture->count++] = row;
    }
    if (picture->count > 1)
        qsort(stage->rows, picture->count, sizeof *stage->rows, sorts[stage->sort].compare);
    picture->rows = stage->rows;
    return true;
}

/* ---- what is chosen */

/* The row that was chosen stays so wherever it goes; where it is gone, its place is. */
static void keep_chosen(struct watch_stage *stage)
{
    struct watch_picture *picture = &stage->picture;
    const struct watch_row *table = stage->watcher.table.rows;
    for (size_t i = 0; i < picture->count; i++) {
        if ((int32_t)(picture->rows[i] - table) == stage->chosen) {
            picture->chosen = i;
            return;
        }
    }
    if (picture->chosen >= picture->count)
        picture->chosen = picture->count ? picture->count - 1 : 0;
}

static void choose(struct watch_stage *stage, size_t at)
{
    struct watch_picture *picture = &stage->picture;
    if (picture->count == 0)
        return;
    picture->chosen = at < picture->count ? at : picture->count - 1;
    stage->chosen = (int32_t)(picture->rows[picture->chosen] - stage->watcher.table.rows);
}

static void read_detail(struct watch_stage *stage)
{
    struct dump_detail detail;
    struct watch_picture *picture = &stage->picture;
    picture->detail = NULL;
    if (!stage->details || picture->count == 0)
        return;
    const struct watch_row *row = picture->rows[picture->chosen];
    bool known = !row->ended && watcher_detail(&stage->watcher, row, &detail);
    picture->detail =
        watch_detail(row, known ? &detail : NULL, stage->detail, sizeof stage->detail);
}

/* Where it is known from, and what of it was lost. */
static void tell_source(struct watch_stage *stage)
{
    const struct watcher *watcher = &stage->watcher;
    size_t used;
    watcher_source(watcher, stage->source, sizeof stage->source);
    used = strlen(stage->source);
    if (watcher->lost)
        snprintf(stage->source + used, sizeof stage->source - used, _(", %llu changes lost"),
                 (unsigned long long)watcher->lost);
    stage->picture.source = stage->source;
}

static void draw(struct watch_stage *stage)
{
    int width, height;
    screen_size(&width, &height);
    if ((width != stage->grid.width || height != stage->grid.height) &&
        !grid_make(&stage->grid, width, height))
        return;
    if (!gather(stage)) {
        stage->over = stage->failed = true;
        return;
    }
    keep_chosen(stage);
    read_detail(stage);
    tell_source(stage);
    stage->picture.sort = sorts[stage->sort].name;
    stage->picture.filter = stage->filter;
    draw_watch(&stage->grid, &stage->picture);
    screen_draw(&stage->screen, &stage->grid);
}

/* ---- keys */

static void take_letter(struct watch_stage *stage, uint32_t key)
{
    char letter[5];
    size_t len = strlen(stage->filter);
    if (key == KEYS_ENTER || key == '\n' || key == KEYS_ESCAPE) {
        stage->picture.typing = false;
        if (key == KEYS_ESCAPE)
            stage->filter[0] = '\0';
    } else if (key == KEYS_BACKSPACE && len > 0) {
        do
            len--;
        while (len > 0 && ((uint8_t)stage->filter[len] & 0xc0) == 0x80);
        stage->filter[len] = '\0';
    } else if (key < KEYS_UP && is_printable(key)) {
        size_t more = utf8_encode(key, letter);
        if (len + more < sizeof stage->filter)
            memcpy(stage->filter + len, letter, more + 1);
    }
}

static void close_all(struct watch_stage *stage)
{
    if (!stage->picture.help && !stage->details)
        stage->filter[0] = '\0';
    stage->picture.help = stage->details = false;
}

static void act(struct watch_stage *stage, enum watch_command command)
{
    struct watch_picture *picture = &stage->picture;
    switch (command) {
    case WATCH_UP:
        choose(stage, picture->chosen ? picture->chosen - 1 : 0);
        break;
    case WATCH_DOWN:
        choose(stage, picture->chosen + 1);
        break;
    case WATCH_FIRST:
        choose(stage, 0);
        break;
    case WATCH_LAST:
        choose(stage, picture->count);
        break;
    case WATCH_DETAIL:
        stage->details = !stage->details;
        choose(stage, picture->chosen);
        break;
    case WATCH_FILTER:
        picture->typing = true;
        break;
    case WATCH_SORT:
        stage->sort = (stage->sort + 1) % (sizeof sorts / sizeof sorts[0]);
        break;
    case WATCH_PAUSE:
        picture->paused = !picture->paused;
        break;
    case WATCH_HELP:
        picture->help = !picture->help;
        break;
    case WATCH_CLOSE:
        close_all(stage);
        break;
    case WATCH_QUIT:
        stage->over = true;
        break;
    case WATCH_NOTHING:
        break;
    }
}

static void take_key(struct watch_stage *stage, uint32_t key)
{
    if (key == KEYS_HANGUP) {
        stage->over = true;
        stage->status = screen_signal() ? SIGNALLED + screen_signal() : STATUS_DONE;
    } else if (stage->picture.typing) {
        take_letter(stage, key);
    } else {
        act(stage, watch_command_of_key(key));
    }
}

/* ---- the loop */

static void look(struct watch_stage *stage)
{
    struct watcher *watcher = &stage->watcher;
    if (!watcher_look(watcher)) {
        stage->over = stage->failed = true;
        return;
    }
    while (watcher_next_changed(watcher))
        continue; /* all rows are drawn anyway */
    if (watcher->now_usec > OVER_SHOWN_USEC)
        watch_forget(&watcher->table, watcher->now_usec - OVER_SHOWN_USEC);
}

static int msec_until(uint64_t usec)
{
    uint64_t now = clock_usec();
    return usec > now ? (int)((usec - now) / USEC_PER_MSEC) + 1 : 0;
}

static void loop(struct watch_stage *stage)
{
    const struct watch_setup *setup = stage->setup;
    uint64_t end = setup->seconds ? clock_usec() + setup->seconds * USEC_PER_SEC : UINT64_MAX;
    uint64_t next = 0;
    while (!stage->over && clock_usec() < end) {
        if (clock_usec() >= next) {
            if (!stage->picture.paused)
                look(stage);
            next = clock_usec() + setup->interval_msec * USEC_PER_MSEC;
        }
        if (stage->over)
            return;
        draw(stage);
        uint32_t key = screen_key(msec_until(next < end ? next : end));
        if (key != KEYS_NONE)
            take_key(stage, key);
    }
}

static void run(struct watch_stage *stage)
{
    const char *why;
    stage->picture.interval_msec = stage->setup->interval_msec;
    if (!screen_open(&stage->screen, stage->setup->ascii, &why)) {
        complain(_("the watch needs a terminal: %s; 'tcpstep watch --headless' needs none"),
                 _(why));
        stage->status = STATUS_NOT_ALLOWED;
        return;
    }
    loop(stage);
    screen_close(&stage->screen);
    if (stage->failed)
        stage->status = watch_complain(&stage->watcher.error);
}

int watch_screen_run(const struct watch_setup *setup)
{
    struct watch_stage *stage = calloc(1, sizeof *stage);
    if (!stage) {
        complain(_("out of memory"));
        return STATUS_NOT_ALLOWED;
    }
    stage->setup = setup;
    stage->chosen = WATCH_NONE;
    if (watcher_open(&stage->watcher, &setup->wish))
        run(stage);
    else
        stage->status = watch_complain(&stage->watcher.error);
    watcher_close(&stage->watcher);
    int status = stage->status;
    grid_free(&stage->grid);
    free(stage->rows);
    free(stage);
    return status;
}
