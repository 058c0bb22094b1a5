/*
 * The state diagram in the language of graphviz.
 */
#include "ui/export/diagram.h"

#include "ui/diagram_marks.h"
#include "ui/text.h"

static void put_string(const char *text, FILE *to)
{
    fputc('"', to);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', to);
        fputc(*text, to);
    }
    fputc('"', to);
}

/* Nodes are named by their boxes: CLOSED stands twice. */
static void put_nodes(const struct diagram_marks *marks, FILE *to)
{
    for (unsigned box = 0; box < BOX_COUNT; box++) {
        char who[24];
        const struct box_marks *at = &marks->boxes[box];
        box_who(at, who, sizeof who);
        fprintf(to, "    s%u [label=\"%s%s%s\"%s];\n", box, state_name(diagram_box_state(box)),
                who[0] ? "\\n" : "", who,
                at->moved[0] ? ", style=\"bold,filled\", fillcolor=\"#ffe3b0\""
                : at->been   ? ", style=bold"
                             : "");
    }
}

static void put_arrow(const struct arrow *arrow, const struct arrow_marks *marks, FILE *to)
{
    fprintf(to, "    s%u -> s%u [label=\"%s%s%s%s\"%s];\n", (unsigned)arrow->from,
            diagram_arrow_end(arrow), marks->moved ? "● " : "", arrow->event,
            arrow->action[0] ? "\\n" : "", arrow->action,
            marks->moved    ? ", style=bold, penwidth=3, color=\"#b45f00\""
            : marks->passed ? ", style=bold, penwidth=3"
                            : "");
}

/* What the figure does not have is dashed. */
static void put_outside(const struct view *view, FILE *to)
{
    const struct move *move;
    for (unsigned n = 0; (move = diagram_outside_move(view, n, DIAGRAM_OUTSIDE_MAX)); n++) {
        enum state_source source = (enum state_source)move->source;
        bool ruled = move->rule != RULE_NONE;
        fprintf(to, "    s%u -> s%u [style=dashed, label=", (unsigned)move->from,
                diagram_box((enum tcp_state)move->from, (enum tcp_state)move->to,
                            source == BY_ABSENCE));
        put_string(ruled ? _(tcp_rules[move->rule].when) : _(source_name(source)), to);
        fprintf(to, "%s];\n", move->step == view->step ? ", penwidth=3, color=\"#b45f00\"" : "");
    }
}

void diagram_dot(const struct view *view, const char *title, FILE *to)
{
    struct diagram_marks marks = { .boxes = { { .been = false } } };
    if (view)
        diagram_mark(&marks, view);
    fputs("digraph tcp {\n    graph [labelloc=t, fontname=\"monospace\", label=", to);
    put_string(title, to);
    fputs("];\n    node [shape=box, fontname=\"monospace\"];\n"
          "    edge [fontname=\"monospace\", fontsize=10];\n",
          to);
    put_nodes(&marks, to);
    for (unsigned i = 0; i < DIAGRAM_ARROWS; i++)
        put_arrow(&diagram_arrows[i], &marks.arrows[i], to);
    if (view)
        put_outside(view, to);
    fputs("}\n", to);
}
