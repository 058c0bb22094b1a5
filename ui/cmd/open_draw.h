/*
 * `tcpstep open --ladder-svg`, `--mermaid`: a captured connection as a drawing.
 */
#ifndef UI_CMD_OPEN_DRAW_H
#define UI_CMD_OPEN_DRAW_H

#include "net/capture_flow.h"
#include "net/trace.h"

struct open_drawings {
    const char *svg_path, *mermaid_path; /* "-": standard output; NULL: not asked for */
};

/* The trace is that of flow_replay(), and of this flow alone. False: a complaint was printed. */
bool open_draw(const struct open_drawings *drawings, const struct flow *flow,
               const struct trace *trace);

#endif
