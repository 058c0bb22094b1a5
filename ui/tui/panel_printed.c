/*
 * What the program on the stage has printed, and what was typed for it: the last lines up to the
 * step that is looked at, the newest one at the bottom.
 */
#include "ui/tui/panels.h"

#include "ui/text.h"

#include <stdio.h>

enum {
    LINE_MAX_HERE = 1024
};

/* The words of line i of all, fit for a terminal as they came (ui/said.h). */
static const char *line_at(const struct picture *picture, size_t i, char *text, size_t len)
{
    const struct event *event = &picture->trace->events[picture->view->lines[i % VIEW_LINES]];
    snprintf(text, len, "%.*s", (int)event->text_len, (const char *)event->text);
    return text;
}

static int rows_of(const struct picture *picture, size_t i, int width)
{
    char text[LINE_MAX_HERE];
    int rows = text_rows(line_at(picture, i, text, sizeof text), width);
    return rows > 0 ? rows : 1;
}

void draw_printed(struct grid *grid, const struct picture *picture, struct rect area)
{
    char text[LINE_MAX_HERE];
    size_t count = picture->view->line_count, first = count;
    size_t oldest = count > VIEW_LINES ? count - VIEW_LINES : 0;
    int rows = 0;
    while (first > oldest && rows < area.height)
        rows += rows_of(picture, --first, area.width);
    if (rows > area.height && first + 1 < count) /* there is no room for the whole of it */
        first++;
    if (count == 0)
        grid_put(grid, area.x, area.y, area.width, INK_FAINT, _("nothing was printed yet"));
    for (; first < count && area.height > 0; first++) {
        const struct event *event =
            &picture->trace->events[picture->view->lines[first % VIEW_LINES]];
        bool fresh = event->step == picture->view->step;
        int used = grid_wrap(grid, area, fresh ? INK_STRONG : INK_PLAIN,
                             line_at(picture, first, text, sizeof text));
        used = used > 0 ? used : 1;
        area.y += used;
        area.height -= used;
    }
}
