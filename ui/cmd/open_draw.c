/*
 * The ladder of a flow. Where a capture does not tell whether a segment arrived, the drawing says
 * so.
 */
#include "ui/cmd/open_draw.h"

#include "ui/complain.h"
#include "ui/export/ladder_svg.h"
#include "ui/export/mermaid.h"
#include "ui/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    ARROWS_MAX = 2000
};

typedef bool write_ladder(const struct arrows *arrows, const struct arrows_about *about, FILE *to);

static bool fold(struct arrows *arrows, const struct trace *trace, size_t max)
{
    if (!arrows_make(arrows, trace, UINT32_MAX, max))
        return false;
    for (size_t i = 0; i < arrows->count; i++)
        arrows->list[i].captured = true;
    return true;
}

static bool draw(const char *path, write_ladder *write, size_t max, const struct flow *flow,
                 const struct trace *trace)
{
    char title[64], at[2][ENDPOINT_TEXT_MAX];
    struct arrows arrows;
    struct arrows_about about = { .title = title, .lane = _("captured") };
    snprintf(title, sizeof title, _("connection %u"), flow->number);
    for (unsigned i = 0; i < 2; i++)
        about.hosts[i] = endpoint_text(&flow->side[i].at, at[i], sizeof at[i]);
    FILE *to = strcmp(path, "-") == 0 ? stdout : fopen(path, "w");
    errno = to ? 0 : errno;
    bool good = to && fold(&arrows, trace, max);
    if (good) {
        good = write(&arrows, &about, to);
        arrows_free(&arrows);
    }
    if (to)
        good = (to == stdout ? fflush(to) : fclose(to)) == 0 && good;
    if (!good)
        complain("%s: %s", path, errno ? strerror(errno) : _("out of memory"));
    return good;
}

bool open_draw(const struct open_drawings *drawings, const struct flow *flow,
               const struct trace *trace)
{
    const char *svg = drawings->svg_path, *mermaid = drawings->mermaid_path;
    return (!svg || draw(svg, ladder_svg_write, ARROWS_MAX, flow, trace)) &&
           (!mermaid || draw(mermaid, mermaid_write, MERMAID_ARROWS_MAX, flow, trace));
}
