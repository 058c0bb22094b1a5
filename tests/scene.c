/*
 * Events with times, ports and numbers that no kernel would give twice.
 */
#include "tests/scene.h"

#include "tests/golden.h"

#include "sim/world.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    CLIENT_PORT = 40000,
    SERVER_PORT = 7788
};

static struct endpoint at(unsigned host)
{
    return (struct endpoint){ .ip = world_address(host),
                              .port = host == 0 ? CLIENT_PORT : SERVER_PORT };
}

static struct event event_of(enum event_kind kind, enum lane_id lane, int host, uint64_t usec)
{
    return (struct event){ .kind = (uint8_t)kind,
                           .lane = (uint8_t)lane,
                           .host = (int8_t)host,
                           .sock = kind == EV_SAY ? -1 : 1,
                           .usec = usec };
}

void scene_emit(struct scene *scene, const struct event *event)
{
    struct sink sink = trace_sink(&scene->trace);
    scene->trace.step = 1;
    emit(&sink, event);
}

struct event scene_wire(enum event_kind kind, enum lane_id lane, int host, uint32_t id,
                        uint64_t usec)
{
    struct event event = event_of(kind, lane, host, usec);
    event.sock = -1;
    event.u.wire.id = id;
    event.u.wire.seg = (struct segment){ .src = at(0),
                                         .dst = at(1),
                                         .seq = seq_of(lane == LANE_MODEL ? 1000 : 2000),
                                         .flags = SYN,
                                         .wnd = lane == LANE_MODEL ? 16384 : 64240,
                                         .mss = 1460 };
    return event;
}

/* connect() of A, which does not return yet. */
static void call_connect(struct scene *scene, enum lane_id lane, uint64_t usec)
{
    struct event event = event_of(EV_CALL, lane, 0, usec);
    event.u.call = (struct call){ .op = CALL_CONNECT, .fd = 3, .addr = at(1) };
    scene_emit(scene, &event);
    event = event_of(EV_RETURN, lane, 0, usec);
    event.u.done.op = CALL_CONNECT;
    event.u.done.fd = 3;
    event.u.done.result.ret = -1;
    event.u.done.result.err = EINPROGRESS;
    scene_emit(scene, &event);
}

static void socket_is(struct scene *scene, enum lane_id lane, int host, enum tcp_state state)
{
    struct event event = event_of(EV_SOCKET, lane, host, 1000);
    bool model = scene->trace.model[lane][host];
    event.u.socket.fd = 3;
    event.u.socket.parent = -1;
    event.u.socket.local = at((unsigned)host);
    if (host == 0)
        event.u.socket.remote = at(1);
    event.u.socket.name[0] = host == 0 ? 'c' : 's';
    scene_emit(scene, &event);
    event = event_of(EV_STATE, lane, host, 1000);
    event.u.state.to = (uint8_t)state;
    event.u.state.from = CLOSED;
    event.u.state.source = model ? BY_RULE : BY_TCP_INFO;
    event.u.state.rule = !model ? RULE_NONE : host == 0 ? OPEN_ACTIVE : OPEN_PASSIVE;
    scene_emit(scene, &event);
}

static void connects(struct scene *scene, enum lane_id lane)
{
    struct event event;
    socket_is(scene, lane, 1, LISTEN);
    call_connect(scene, lane, 1000);
    socket_is(scene, lane, 0, SYN_SENT);
    if (!scene->trace.in_hand[lane])
        return;
    event = scene_wire(EV_SENT, lane, 0, 1, 1000);
    scene_emit(scene, &event);
    if (lane == LANE_MODEL)
        return;
    event = scene_wire(EV_SENT, lane, 0, 2, 1001000);
    event.u.wire.again = true;
    scene_emit(scene, &event);
    event = event_of(EV_TIMER, lane, 0, 1001000);
    event.u.timer.timer = TIMER_RETRANSMISSION;
    event.u.timer.change = TIMER_ARMED;
    event.u.timer.at_usec = 3250000;
    scene_emit(scene, &event);
}

static void set_lanes(struct trace *trace, enum scene_lanes lanes)
{
    bool mixed = lanes == SCENE_MIXED;
    trace->on[LANE_MODEL] = trace->in_hand[LANE_MODEL] = !mixed;
    trace->on[LANE_KERNEL] = !mixed;
    trace->in_hand[LANE_KERNEL] = lanes == SCENE_BOTH;
    trace->on[LANE_MIXED] = trace->in_hand[LANE_MIXED] = mixed;
    trace->model[LANE_MODEL][0] = trace->model[LANE_MODEL][1] = true;
    trace->model[LANE_MIXED][0] = true;
}

struct scene *scene_begin(enum scene_lanes lanes)
{
    static const char client[] = "client", server[] = "server", title[] = "a scene";
    struct scene *scene = calloc(1, sizeof *scene);
    ck_assert_ptr_nonnull(scene);
    trace_init(&scene->trace);
    set_lanes(&scene->trace, lanes);
    scene->lab.host_count = 2;
    scene->lab.title = (struct lab_text){ (const uint8_t *)title, sizeof title - 1 };
    scene->lab.host_names[0] = (struct lab_text){ (const uint8_t *)client, sizeof client - 1 };
    scene->lab.host_names[1] = (struct lab_text){ (const uint8_t *)server, sizeof server - 1 };
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        if (scene->trace.on[lane])
            connects(scene, (enum lane_id)lane);
    }
    scene->picture = (struct picture){ .view = &scene->view,
                                       .trace = &scene->trace,
                                       .history = &scene->history,
                                       .list = &scene->list,
                                       .lab = &scene->lab,
                                       .profile = profile_find("linux"),
                                       .last_step = 1,
                                       .speed = "running",
                                       .message = "" };
    return scene;
}

void scene_end(struct scene *scene)
{
    trace_free(&scene->trace);
    history_reset(&scene->history);
    event_list_reset(&scene->list);
    free(scene);
}

void scene_fold(struct scene *scene)
{
    view_make(&scene->view, &scene->trace, 1);
    history_update(&scene->history, &scene->trace);
    while (!event_list_update(&scene->list, &scene->trace, "", ""))
        continue;
    picture_choose(&scene->picture);
}

char *scene_frame(struct scene *scene, int width, int height)
{
    struct grid grid = { .width = 0 };
    char *text = NULL;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    ck_assert(to && grid_make(&grid, width, height));
    scene_fold(scene);
    picture_prepare(&scene->picture, &grid);
    draw_picture(&grid, &scene->picture);
    grid_print(&grid, false, to);
    fclose(to);
    grid_free(&grid);
    return text;
}

void scene_golden(struct scene *scene, const char *name, int width, int height)
{
    char file[96];
    char *frame = scene_frame(scene, width, height);
    snprintf(file, sizeof file, "%s-%dx%d", name, width, height);
    golden(file, frame);
    free(frame);
}
