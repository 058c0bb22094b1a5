/*
 * The state diagram: its data against the table of rules, its two layouts, what a run has walked,
 * and the screen as text.
 */
#include "tests/suites.h"

#include "sim/world.h"
#include "tests/capture.h"
#include "tests/golden.h"
#include "tests/play.h"
#include "tests/scene.h"
#include "ui/diagram_marks.h"
#include "ui/export/diagram.h"
#include "ui/tui/panel_diagram.h"

#include <stdlib.h>
#include <string.h>

static const struct layout *const layouts[] = { &layout_wide, &layout_compact };

/* Every arrow of Figure 5 has a rule, and each of its rules leads where it points. */
START_TEST(arrows_have_rules)
{
    for (unsigned i = 0; i < DIAGRAM_ARROWS; i++) {
        const struct arrow *arrow = &diagram_arrows[i];
        ck_assert_int_ne(arrow->rules[0], RULE_NONE);
        for (unsigned j = 0; j < ARROW_RULES && arrow->rules[j] != RULE_NONE; j++) {
            enum rule_id rule = (enum rule_id)arrow->rules[j];
            ck_assert_msg(rule_allows(rule, (enum tcp_state)arrow->from), "%s is not taken in %s",
                          tcp_rules[rule].name, state_name((enum tcp_state)arrow->from));
            ck_assert_int_eq(rule_leads_to(rule, (enum tcp_state)arrow->from), arrow->to);
        }
    }
}
END_TEST

/* Every rule that changes the state is an arrow, or one of those that the figure does not have: one
 * of the two, and in all its states. */
START_TEST(rules_are_drawn_or_listed)
{
    for (unsigned i = RULE_NONE + 1; i < RULE_COUNT; i++) {
        enum rule_id rule = (enum rule_id)i;
        bool listed = diagram_outside_why(rule) != NULL;
        if (tcp_rules[i].to == SAME_STATE)
            ck_assert_msg(!listed, "%s leaves the state as it is", tcp_rules[i].name);
        for (unsigned from = 0; from < TCP_STATE_COUNT && tcp_rules[i].to != SAME_STATE; from++) {
            if (!rule_allows(rule, (enum tcp_state)from))
                continue;
            bool drawn = diagram_arrow_of(rule, (enum tcp_state)from) != NO_ARROW;
            ck_assert_msg(drawn != listed, "%s from %s is %s", tcp_rules[i].name,
                          state_name((enum tcp_state)from), drawn ? "both" : "neither");
        }
    }
}
END_TEST

static bool is_in(const struct box_at *box, int x, int y)
{
    return x >= box->x && x < box->x + box->width && y >= box->y && y < box->y + box->height;
}

/* Is one of the cells next to this one in the box? Behind a name stands who is there. */
static bool is_beside(const struct box_at *box, int x, int y)
{
    struct box_at all = *box;
    if (box->height == 1)
        all.width = (int8_t)(box->width + 8);
    return is_in(&all, x + 1, y) || is_in(&all, x - 1, y) || is_in(&all, x, y + 1) ||
           is_in(&all, x, y - 1);
}

/* Each arrow begins beside the box it leaves and points to the one it leads to. */
START_TEST(routes_join_boxes)
{
    const struct layout *layout = layouts[_i];
    struct route_cell cells[ROUTE_CELLS_MAX];
    for (unsigned i = 0; i < DIAGRAM_ARROWS; i++) {
        const struct arrow *arrow = &diagram_arrows[i];
        size_t count = route_cells(&layout->routes[i], cells);
        const struct route_cell *head = &cells[count - 1];
        struct box_at to = layout->boxes[diagram_arrow_end(arrow)];
        int x = head->x + (head->out == 'R') - (head->out == 'L');
        int y = head->y + (head->out == 'D') - (head->out == 'U');
        if (to.height == 1) { /* a gap and a mark before it, a gap and who is there behind it */
            to.x = (int8_t)(to.x - 2);
            to.width = (int8_t)(to.width + 10);
        }
        ck_assert_msg(is_beside(&layout->boxes[arrow->from], cells[0].x, cells[0].y),
                      "arrow %u begins nowhere", i + 1);
        ck_assert_msg(is_in(&to, x, y), "arrow %u points to nothing", i + 1);
    }
}
END_TEST

/* Puts a mark into a cell that has to be free. */
static void claim(const struct layout *layout, char *taken, int x, int y, char mark)
{
    ck_assert_msg(x >= 0 && x < layout->width && y >= 0 && y < layout->height,
                  "%c at %d, %d: outside", mark, x, y);
    char *cell = &taken[y * layout->width + x];
    ck_assert_msg(*cell == 0 || *cell == mark, "%c at %d, %d: %c is there", mark, x, y, *cell);
    *cell = mark;
}

static void claim_label(const struct layout *layout, char *taken, int x, int y, const char *label,
                        char mark)
{
    for (int i = -1; i <= (int)strlen(label); i++) { /* with room for its brackets */
        bool edge = i < 0 || i == (int)strlen(label);
        char *cell = &taken[y * layout->width + x + i];
        if (!edge || *cell == 0)
            claim(layout, taken, x + i, y, edge ? ' ' : mark);
        ck_assert_msg(!edge || *cell == mark || *cell == ' ', "no room about %s", label);
    }
}

/* Nothing lies above anything else: no two arrows cross, no label hides another one's arrow. */
START_TEST(nothing_crosses)
{
    const struct layout *layout = layouts[_i];
    char taken[84 * 34] = { 0 }, label[64];
    struct route_cell cells[ROUTE_CELLS_MAX];
    ck_assert_uint_le((size_t)(layout->width * layout->height), sizeof taken);
    for (unsigned box = 0; box < BOX_COUNT; box++) {
        const struct box_at *at = &layout->boxes[box];
        int end = at->x + at->width + (at->height == 1 ? 7 : 0);
        for (int y = at->y; y < at->y + at->height; y++) {
            for (int x = at->x; x < end; x++)
                claim(layout, taken, x, y, '#');
        }
    }
    for (unsigned i = 0; i < DIAGRAM_ARROWS; i++) {
        size_t count = route_cells(&layout->routes[i], cells);
        for (size_t j = 0; j < count; j++)
            claim(layout, taken, cells[j].x, cells[j].y, (char)('A' + i));
    }
    for (unsigned i = 0; i < DIAGRAM_ARROWS; i++) {
        const struct route *at = &layout->routes[i];
        const struct arrow *arrow = &diagram_arrows[i];
        bool two = at->action_x > 0;
        arrow_label(arrow, label, sizeof label);
        claim_label(layout, taken, at->label_x, at->label_y, two ? arrow->event : label,
                    (char)('A' + i));
        if (two)
            claim_label(layout, taken, at->action_x, at->action_y, arrow->action, (char)('A' + i));
    }
}
END_TEST

static struct play *played(const char *lab)
{
    struct play *play = play_builtin(lab, ON_MODEL);
    play_to_end(play);
    play->picture.screen = SCREEN_STATES;
    return play;
}

static unsigned times(const struct play *play, enum tcp_state from, enum tcp_state to)
{
    return play->view.walked.arrows[diagram_arrow_between(from, to)][0].times;
}

/* A client's and a server's life, each arrow once; of what was not walked, nothing. */
START_TEST(life_is_walked)
{
    struct play *play = played("life");
    static const struct {
        enum tcp_state from, to;
    } way[] = { { CLOSED, LISTEN },          { LISTEN, CLOSED },
                { CLOSED, SYN_SENT },        { LISTEN, SYN_RECEIVED },
                { SYN_SENT, ESTABLISHED },   { SYN_RECEIVED, ESTABLISHED },
                { ESTABLISHED, FIN_WAIT_1 }, { ESTABLISHED, CLOSE_WAIT },
                { FIN_WAIT_1, FIN_WAIT_2 },  { CLOSE_WAIT, LAST_ACK },
                { FIN_WAIT_2, TIME_WAIT },   { LAST_ACK, CLOSED },
                { TIME_WAIT, CLOSED } };
    unsigned all = 0;
    view_make(&play->view, session_trace(play->session), play_last(play));
    for (size_t i = 0; i < sizeof way / sizeof way[0]; i++)
        ck_assert_uint_eq(times(play, way[i].from, way[i].to), 1);
    for (unsigned i = 0; i < DIAGRAM_ARROWS; i++)
        all += play->view.walked.arrows[i][0].times + play->view.walked.arrows[i][1].times;
    ck_assert_uint_eq(all, sizeof way / sizeof way[0]);
    play_end(play);
}
END_TEST

/* The path of a connection begins with its listening socket's, and anew where a socket does; one
 * that has ended can go nowhere. */
START_TEST(paths_are_marked)
{
    struct play *play = played("life");
    struct diagram_marks marks;
    view_make(&play->view, session_trace(play->session), 8);
    diagram_mark(&marks, &play->view);
    ck_assert(marks.arrows[diagram_arrow_between(CLOSED, LISTEN)].passed);
    ck_assert(marks.arrows[diagram_arrow_between(LISTEN, SYN_RECEIVED)].passed);
    ck_assert(!marks.arrows[diagram_arrow_between(SYN_RECEIVED, ESTABLISHED)].passed);
    ck_assert(marks.arrows[diagram_arrow_between(SYN_RECEIVED, ESTABLISHED)].possible);
    ck_assert(marks.arrows[diagram_arrow_between(SYN_SENT, ESTABLISHED)].moved);
    ck_assert_str_eq(marks.boxes[ESTABLISHED].moved, "A");
    ck_assert_str_eq(marks.boxes[SYN_RECEIVED].stays, "B");
    view_make(&play->view, session_trace(play->session), play_last(play));
    diagram_mark(&marks, &play->view);
    ck_assert(!marks.arrows[diagram_arrow_between(LISTEN, CLOSED)].passed);
    ck_assert(marks.boxes[BOX_CLOSED_AT_END].been);
    for (unsigned i = 0; i < DIAGRAM_ARROWS; i++)
        ck_assert(!marks.arrows[i].possible);
    play_end(play);
}
END_TEST

/* The ink of the head of an arrow that leads from one state to another. */
static enum ink ink_between(const struct grid *grid, enum tcp_state from, enum tcp_state to)
{
    struct route_cell cells[ROUTE_CELLS_MAX];
    size_t count = route_cells(&layout_wide.routes[diagram_arrow_between(from, to)], cells);
    const struct route_cell *cell = &cells[count - 1];
    return (enum ink)grid->cells[cell->y * grid->width + cell->x].ink;
}

/* What moved, what was passed, what is possible and what is not stand in inks of their own. */
START_TEST(arrows_have_inks)
{
    struct play *play = played("life");
    struct diagram_marks marks;
    struct grid grid = { .width = 0 };
    ck_assert(grid_make(&grid, layout_wide.width, layout_wide.height));
    view_make(&play->view, session_trace(play->session), 8);
    diagram_mark(&marks, &play->view);
    draw_diagram(&grid, 0, 0, &layout_wide, &marks, diagram_arrow_between(LISTEN, CLOSED));
    ck_assert_int_eq(ink_between(&grid, SYN_SENT, ESTABLISHED), INK_CHOSEN);
    ck_assert_int_eq(ink_between(&grid, CLOSED, SYN_SENT), INK_STRONG);
    ck_assert_int_eq(ink_between(&grid, SYN_RECEIVED, FIN_WAIT_1), INK_PLAIN);
    ck_assert_int_eq(ink_between(&grid, CLOSING, TIME_WAIT), INK_FAINT);
    ck_assert_int_eq(ink_between(&grid, LISTEN, CLOSED), INK_STRONG); /* the chosen one */
    grid_free(&grid);
    play_end(play);
}
END_TEST

static struct event kernel_move(enum tcp_state from, enum tcp_state to)
{
    struct event event = { .kind = EV_STATE, .lane = LANE_KERNEL, .host = 0, .sock = 1 };
    event.u.state.from = (uint8_t)from;
    event.u.state.to = (uint8_t)to;
    event.u.state.source = BY_SOCK_DIAG;
    return event;
}

/* How often a kernel's arrow was taken after `cause` (EVENT_KIND_COUNT: nothing) and the move. */
static unsigned kernel_takes(enum event_kind cause, unsigned flags, enum tcp_state from,
                             enum tcp_state to)
{
    struct scene *scene = scene_begin(SCENE_BOTH);
    struct event event = scene_wire(EV_DELIVERED, LANE_KERNEL, 0, 3, 2000000);
    event.u.wire.seg.flags = (uint8_t)flags;
    if (cause == EV_CALL) {
        event = (struct event){ .kind = EV_CALL, .lane = LANE_KERNEL, .host = 0, .sock = 1 };
        event.u.call.op = CALL_CLOSE;
    }
    if (cause != EVENT_KIND_COUNT)
        scene_emit(scene, &event);
    event = kernel_move(from, to);
    scene_emit(scene, &event);
    scene_fold(scene);
    unsigned count = scene->view.walked.arrows[diagram_arrow_between(from, to)][1].times;
    scene_end(scene);
    return count;
}

/* A kernel does not say why: its move is an arrow of the figure unless its step shows another
 * cause. */
START_TEST(kernel_moves)
{
    ck_assert_uint_eq(kernel_takes(EVENT_KIND_COUNT, 0, SYN_SENT, ESTABLISHED), 1);
    ck_assert_uint_eq(kernel_takes(EVENT_KIND_COUNT, 0, SYN_SENT, CLOSED), 0);
    ck_assert_uint_eq(kernel_takes(EV_DELIVERED, RST | ACK, SYN_SENT, CLOSED), 0);
    ck_assert_uint_eq(kernel_takes(EV_CALL, 0, SYN_SENT, CLOSED), 1);
    ck_assert_uint_eq(kernel_takes(EV_DELIVERED, ACK, LAST_ACK, CLOSED), 1);
    ck_assert_uint_eq(kernel_takes(EV_DELIVERED, RST, LAST_ACK, CLOSED), 0);
    ck_assert_uint_eq(kernel_takes(EV_DELIVERED, SYN, TIME_WAIT, CLOSED), 0);
    ck_assert_uint_eq(kernel_takes(EVENT_KIND_COUNT, 0, TIME_WAIT, CLOSED), 1);
}
END_TEST

static void frames_are(struct play *play, const char *name, uint32_t step)
{
    play_golden(play, name, step, 80, 24, false);
    play_golden(play, name, step, 120, 40, false);
}

/* The first step in which a host of the model came to the state. */
static uint32_t step_of(const struct play *play, int host, enum tcp_state state)
{
    const struct trace *trace = session_trace(play->session);
    for (size_t i = 0; i < trace->count; i++) {
        const struct event *event = &trace->events[i];
        if (event->kind == EV_STATE && event->host == host && event->u.state.to == state)
            return event->step;
    }
    ck_abort_msg("%s is not reached", state_name(state));
}

START_TEST(life)
{
    struct play *play = played("life");
    uint32_t step = step_of(play, 0, FIN_WAIT_1);
    frames_are(play, "diagram-life-0", 0);
    frames_are(play, "diagram-life-fin", step);
    play_golden(play, "diagram-life-fin", step, 200, 60, false);
    play_golden(play, "diagram-life-fin", step, 90, 50, false);
    play_golden(play, "diagram-life-fin", step, 80, 24, true);
    play_golden(play, "diagram-life-fin", step, 120, 40, true);
    frames_are(play, "diagram-life-over", play_last(play));
    play_end(play);
}
END_TEST

START_TEST(close_)
{
    struct play *play = played("close");
    frames_are(play, "diagram-close-time-wait", step_of(play, 0, TIME_WAIT));
    play_end(play);
}
END_TEST

START_TEST(simultaneous)
{
    struct play *play = played("simultaneous-open");
    frames_are(play, "diagram-both-open", step_of(play, 0, SYN_RECEIVED));
    play_end(play);
    play = played("simultaneous-close");
    frames_are(play, "diagram-both-close", step_of(play, 0, CLOSING));
    play_golden(play, "diagram-both-close", step_of(play, 0, CLOSING), 200, 60, false);
    play_end(play);
}
END_TEST

/* What the figure does not have is said in words. */
START_TEST(reset)
{
    struct play *play = played("reset");
    uint32_t step = step_of(play, 0, CLOSED);
    frames_are(play, "diagram-reset-refused", step);
    char *frame = play_frame(play, step, 80, 24, false);
    ck_assert_ptr_nonnull(strstr(frame, "SYN-SENT → CLOSED (RFC 9293, 3.10.7.3, second): got"));
    free(frame);
    frames_are(play, "diagram-reset-last", play_last(play));
    play_end(play);
}
END_TEST

/* A chosen arrow: in brackets, with its rules; taken or not. A number too high is the last. */
START_TEST(chosen)
{
    struct play *play = played("life");
    struct look *look = &play->picture.looks[SCREEN_STATES];
    look->row = 12;
    frames_are(play, "diagram-chosen-12", play_last(play));
    look->row = 5;
    play_golden(play, "diagram-chosen-5", 8, 80, 24, false);
    play_golden(play, "diagram-chosen-5", 8, 120, 40, true);
    for (look->row = 1; look->row <= (int)states_arrow_count() + 1; look->row++) {
        char *frame = play_frame(play, 8, 80, 24, false), mark[32];
        unsigned row =
            (unsigned)look->row > states_arrow_count() ? states_arrow_count() : (unsigned)look->row;
        snprintf(mark, sizeof mark, "[%u/%u]", row, states_arrow_count());
        ck_assert_msg(strstr(frame, mark) != NULL, "%s\n%s", mark, frame);
        snprintf(mark, sizeof mark, "[%s", diagram_arrows[row - 1].event);
        ck_assert_msg(strstr(frame, mark) != NULL, "%s\n%s", mark, frame);
        free(frame);
    }
    play_end(play);
}
END_TEST

/* In whatever size, the whole figure is there. */
START_TEST(any_size)
{
    static const int sizes[][2] = { { 80, 24 },  { 83, 60 },  { 84, 45 },  { 84, 46 },
                                    { 100, 30 }, { 113, 38 }, { 114, 38 }, { 114, 37 },
                                    { 160, 40 }, { 300, 24 }, { 300, 100 } };
    struct play *play = played("life");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *frame = play_frame(play, 8, sizes[i][0], sizes[i][1], false), label[64];
        for (unsigned j = 0; j < DIAGRAM_ARROWS; j++) {
            const struct arrow *arrow = &diagram_arrows[j];
            bool two = layout_wide.routes[j].action_x > 0;
            snprintf(label, sizeof label, "%s", arrow->event);
            if (!two)
                arrow_label(arrow, label, sizeof label);
            ck_assert_msg(strstr(frame, label) && strstr(frame, arrow->action), "%d x %d: %s\n%s",
                          sizes[i][0], sizes[i][1], label, frame);
        }
        for (unsigned state = 0; state < TCP_STATE_COUNT; state++)
            ck_assert_ptr_nonnull(strstr(frame, state_name((enum tcp_state)state)));
        ck_assert_ptr_nonnull(strstr(frame, "●A"));
        free(frame);
    }
    play_end(play);
}
END_TEST

/* Hosts of each lane: capitals for the model's, small letters for a kernel's. */
START_TEST(lanes)
{
    struct scene *scene = scene_begin(SCENE_BOTH);
    struct event refused = kernel_move(SYN_SENT, CLOSED);
    scene->picture.screen = SCREEN_STATES;
    scene_golden(scene, "diagram-lanes", 120, 40);
    scene_emit(scene, &refused);
    scene_golden(scene, "diagram-kernel-refused", 120, 40);
    scene_end(scene);
    scene = scene_begin(SCENE_MIXED);
    scene->picture.screen = SCREEN_STATES;
    scene_golden(scene, "diagram-mixed", 120, 40);
    scene_end(scene);
}
END_TEST

typedef void write_diagram(const struct view *view, const char *title, FILE *to);

static char *written(write_diagram *write, const struct view *view, const char *title)
{
    char *text = NULL;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    ck_assert_ptr_nonnull(to);
    write(view, title, to);
    fclose(to);
    return text;
}

/* Every tag is closed in turn, and what stands between them is escaped. */
static void is_well_formed(const char *xml)
{
    char open[16][16];
    unsigned depth = 0;
    while (*xml) {
        size_t len = strcspn(xml, "<>&");
        xml += len;
        if (*xml == '&') {
            ck_assert(strncmp(xml, "&lt;", 4) == 0 || strncmp(xml, "&gt;", 4) == 0 ||
                      strncmp(xml, "&amp;", 5) == 0);
            xml++;
        } else if (*xml == '<') {
            const char *end = strchr(xml, '>');
            size_t name = strcspn(xml + 1, " />");
            ck_assert(end != NULL && name < sizeof open[0]);
            if (xml[1] == '/') {
                ck_assert_uint_gt(depth, 0);
                name = strlen(open[--depth]);
                ck_assert_msg(strncmp(xml + 2, open[depth], name) == 0, "%s is open at %.40s",
                              open[depth], xml);
            } else if (end[-1] != '/') {
                ck_assert_uint_lt(depth, 16);
                snprintf(open[depth++], sizeof open[0], "%.*s", (int)name, xml + 1);
            }
            xml = end + 1;
        } else {
            ck_assert_msg(*xml == '\0', "not escaped: %.40s", xml);
        }
    }
    ck_assert_uint_eq(depth, 0);
}

/* Figure 5 as SVG: of its own, of a run, and with a title that is not fit for it. */
START_TEST(svg)
{
    struct play *play = played("reset");
    char *text = written(diagram_svg, NULL, "Figure 5");
    is_well_formed(text);
    golden("diagram-svg", text);
    free(text);
    view_make(&play->view, session_trace(play->session), step_of(play, 0, CLOSED));
    text = written(diagram_svg, &play->view, "<a & \001b>");
    is_well_formed(text);
    ck_assert_ptr_nonnull(strstr(text, "&lt;a &amp; ?b&gt;"));
    golden("diagram-svg-reset", text);
    free(text);
    play_end(play);
}
END_TEST

START_TEST(dot)
{
    struct play *play = played("reset");
    char *text = written(diagram_dot, NULL, "Figure 5");
    golden("diagram-dot", text);
    free(text);
    view_make(&play->view, session_trace(play->session), step_of(play, 0, CLOSED));
    text = written(diagram_dot, &play->view, "a \"b\" \\c");
    ck_assert_ptr_nonnull(strstr(text, "label=\"a \\\"b\\\" \\\\c\""));
    golden("diagram-dot-reset", text);
    free(text);
    play_end(play);
}
END_TEST

/* The command: each form, a run's marks, and what it refuses. */
START_TEST(command)
{
    static const struct {
        const char *command, *out;
    } good[] = { { "$TCPSTEP diagram", "RFC 9293, Figure 5" },
                 { "$TCPSTEP diagram --ascii", "| ESTABLISHED |" },
                 { "$TCPSTEP diagram --svg", "<svg xmlns=" },
                 { "$TCPSTEP diagram --dot", "digraph tcp {" },
                 { "$TCPSTEP diagram life --on model --at 8", "┗━ ●A ━" },
                 { "$TCPSTEP diagram life --on model --at 8 --svg", ">●A</text>" },
                 { "$TCPSTEP diagram life --on model --at 8 --dot", "ESTABLISHED\\n●A" } };
    static const struct {
        const char *command, *complaint;
    } bad[] = { { "$TCPSTEP diagram --at 3", "--at needs a lab" },
                { "$TCPSTEP diagram life close", "'close' is one too many" },
                { "$TCPSTEP diagram lif", "did you mean 'life'?" },
                { "$TCPSTEP diagram life --on model --at 1000", "the lab has 27 steps only" },
                { "$TCPSTEP diagram --png", "--png" } };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct ran ran = run_expecting(0, good[i].command);
        ck_assert_msg(strstr(ran.out, good[i].out) && ran.err[0] == '\0', "%s\n%.400s%s",
                      good[i].command, ran.out, ran.err);
        ran_free(&ran);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ran ran = run_expecting(2, bad[i].command);
        ck_assert_msg(strstr(ran.err, bad[i].complaint) && ran.out[0] == '\0', "%s\n%.400s%s",
                      bad[i].command, ran.out, ran.err);
        ran_free(&ran);
    }
}
END_TEST

Suite *diagram_suite(void)
{
    Suite *suite = suite_create("diagram");
    TCase *tcase = tcase_create("data");
    tcase_add_test(tcase, arrows_have_rules);
    tcase_add_test(tcase, rules_are_drawn_or_listed);
    tcase_add_loop_test(tcase, routes_join_boxes, 0, 2);
    tcase_add_loop_test(tcase, nothing_crosses, 0, 2);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("walked");
    tcase_add_test(tcase, life_is_walked);
    tcase_add_test(tcase, paths_are_marked);
    tcase_add_test(tcase, kernel_moves);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("screen");
    tcase_add_test(tcase, arrows_have_inks);
    tcase_add_test(tcase, life);
    tcase_add_test(tcase, close_);
    tcase_add_test(tcase, simultaneous);
    tcase_add_test(tcase, reset);
    tcase_add_test(tcase, chosen);
    tcase_add_test(tcase, any_size);
    tcase_add_test(tcase, lanes);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("exports");
    tcase_add_test(tcase, svg);
    tcase_add_test(tcase, dot);
    tcase_add_test(tcase, command);
    suite_add_tcase(suite, tcase);
    return suite;
}
