/*
 * Runs lines of a lab on a world, one after another.
 */
#include "tests/host_rig.h"

#include "sim/lab.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SOCKS_MAX = 64
};

struct name {
    uint8_t host;
    char text[NAME_MAX_LEN];
    int32_t fd, sock;
};

struct host_rig {
    struct lab lab;
    struct world *world;
    struct name names[LAB_NAMES_MAX];
    unsigned name_count;
    struct {
        bool known;
        int8_t host;
        uint8_t state;
    } socks[SOCKS_MAX]; /* by identity, as the events tell */
    const struct lab_line *line;
};

static void complain(const struct host_rig *rig, const char *seen)
{
    ck_abort_msg("line %" PRIu32 ": %.*s\nseen: %s", rig->line->number - 2,
                 (int)rig->line->source.len, (const char *)rig->line->source.octets, seen);
}

static void note(void *to, const struct event *event)
{
    struct host_rig *rig = to;
    if (event->sock < 0 || (event->kind != EV_STATE && event->kind != EV_SOCKET))
        return;
    ck_assert_int_lt(event->sock, SOCKS_MAX);
    rig->socks[event->sock].known = true;
    rig->socks[event->sock].host = event->host;
    if (event->kind == EV_STATE)
        rig->socks[event->sock].state = event->u.state.to;
}

static enum command_outcome apply(struct host_rig *rig, const struct command *command,
                                  struct call_result *result, uint8_t *into)
{
    struct sink sink = { .emit = note, .to = rig };
    return world_apply(rig->world, command, &sink, result, into);
}

static struct name *name_of(struct host_rig *rig, unsigned host, const char *text)
{
    for (unsigned i = 0; i < rig->name_count; i++) {
        if (rig->names[i].host == host && strcmp(rig->names[i].text, text) == 0)
            return &rig->names[i];
    }
    struct name *name = &rig->names[rig->name_count++]; /* the reader counts them */
    *name = (struct name){ .host = (uint8_t)host, .fd = -1, .sock = -1 };
    memcpy(name->text, text, NAME_MAX_LEN);
    return name;
}

static void judge(const struct host_rig *rig, const struct call_result *result,
                  const uint8_t *octets)
{
    const struct lab_line *line = rig->line;
    char seen[64], buf[16];
    bool holds = false;
    switch ((enum lab_result_kind)line->result_kind) {
    case RESULT_ANY:
        break;
    case RESULT_SUCCESS:
        holds = result->ret >= 0;
        break;
    case RESULT_NUMBER:
        holds = result->ret == line->result;
        break;
    case RESULT_ERRNO:
        holds = result->ret < 0 && result->err == line->result;
        break;
    case RESULT_TEXT:
        holds = result->ret >= 0 && (uint32_t)result->ret == line->text.len &&
                memcmp(octets, line->text.octets, line->text.len) == 0;
        break;
    }
    if (holds)
        return;
    if (result->ret < 0)
        snprintf(seen, sizeof seen, "%s", errno_name(result->err, buf, sizeof buf));
    else if (line->call.op == CALL_RECV || line->call.op == CALL_RECVFROM)
        snprintf(seen, sizeof seen, "%" PRId32 " \"%.*s\"", result->ret, (int)result->ret, octets);
    else
        snprintf(seen, sizeof seen, "%" PRId32, result->ret);
    complain(rig, seen);
}

static void do_call(struct host_rig *rig)
{
    const struct lab_line *line = rig->line;
    struct command command = { .kind = COMMAND_CALL, .host = line->host, .call = line->call };
    struct call_result result;
    uint8_t octets[256] = { 0 };
    if (line->call.op != CALL_SOCKET)
        command.call.fd = name_of(rig, line->host, line->sock)->fd;
    if (line->call.op == CALL_BIND || line->call.op == CALL_CONNECT || line->call.op == CALL_SENDTO)
        command.call.addr.ip =
            world_address(line->to_host < 0 ? line->host : (unsigned)line->to_host);
    apply(rig, &command, &result, octets);
    judge(rig, &result, octets);
    if (result.ret >= 0 && line->call.name[0]) {
        struct name *name = name_of(rig, line->host, line->call.name);
        name->fd = result.ret;
        name->sock = result.sock;
    }
}

/* Steps on; true if a segment was delivered that the line speaks of. */
static bool step(struct host_rig *rig)
{
    struct command command = { .kind = COMMAND_STEP };
    struct event next;
    world_next(rig->world, &next);
    unsigned flags = next.u.next.seg.flags & ~(unsigned)PSH;
    bool it = next.u.next.what == NEXT_DELIVER &&
              (rig->line->flags == 0 || rig->line->flags == flags) &&
              (rig->line->from < 0 || rig->line->from != next.host);
    if (apply(rig, &command, NULL, NULL) != COMMAND_DONE)
        complain(rig, "nothing is due");
    return it;
}

static void do_run(struct host_rig *rig)
{
    struct event next;
    for (world_next(rig->world, &next); next.u.next.what == NEXT_DELIVER;
         world_next(rig->world, &next))
        step(rig);
}

static void do_wait(struct host_rig *rig)
{
    uint64_t until = world_now(rig->world) + rig->line->usec;
    struct command command = { .kind = COMMAND_UNTIL, .usec = until };
    while (world_due(rig->world) <= until)
        step(rig);
    ck_assert_int_eq(apply(rig, &command, NULL, NULL), COMMAND_DONE);
}

static void do_wire(struct host_rig *rig, enum command_kind kind)
{
    struct command command = { .kind = kind };
    command.id = world_find(rig->world, rig->line->from, rig->line->flags);
    if (apply(rig, &command, NULL, NULL) != COMMAND_DONE)
        complain(rig, "no such segment is on the wire");
}

static void do_expect(struct host_rig *rig)
{
    const struct lab_line *line = rig->line;
    bool any = false;
    if (line->sock[0]) {
        int32_t sock = name_of(rig, line->host, line->sock)->sock;
        enum tcp_state state = sock < 0 ? CLOSED : (enum tcp_state)rig->socks[sock].state;
        if (state != (enum tcp_state)line->state)
            complain(rig, state_name(state));
        return;
    }
    for (unsigned i = 0; i < SOCKS_MAX; i++)
        any = any || (rig->socks[i].known && rig->socks[i].host == line->host &&
                      rig->socks[i].state == line->state);
    if (!any)
        complain(rig, "no socket in that state");
}

static void do_line(struct host_rig *rig)
{
    switch ((enum lab_kind)rig->line->kind) {
    case LAB_SAY:
        break;
    case LAB_CALL:
        do_call(rig);
        break;
    case LAB_DELIVER:
        while (!step(rig))
            continue;
        break;
    case LAB_DROP:
        do_wire(rig, COMMAND_DROP);
        break;
    case LAB_DUPLICATE:
        do_wire(rig, COMMAND_DUPLICATE);
        break;
    case LAB_HOLD:
        do_wire(rig, COMMAND_HOLD);
        break;
    case LAB_RELEASE:
        do_wire(rig, COMMAND_RELEASE);
        break;
    case LAB_CORRUPT:
        do_wire(rig, COMMAND_CORRUPT);
        break;
    case LAB_REORDER:
        do_wire(rig, COMMAND_REORDER);
        break;
    case LAB_DELAY:
    case LAB_RULE:
    case LAB_CHANCE:
    case LAB_SET:
    case LAB_TRANSFER:
        complain(rig, "no such line here");
        break;
    case LAB_RUN:
        do_run(rig);
        break;
    case LAB_WAIT:
        do_wait(rig);
        break;
    case LAB_EXPECT:
        do_expect(rig);
        break;
    }
}

static void read_lines(struct host_rig *rig, const char *before, const char *lines, char *source,
                       size_t room)
{
    struct lab_error error;
    int len = snprintf(source, room, "host A\nhost B\n%s%s", before, lines);
    ck_assert_uint_lt((size_t)len, room);
    bool read = lab_read(source, (size_t)len, &rig->lab, &error);
    ck_assert_msg(read, "line %" PRIu32 ": %s; expected: %s", error.line - 2, error.wrong,
                  error.expected);
}

static void check(const struct world_limits *limits, const char *before, const char *lines)
{
    struct host_rig *rig = calloc(1, sizeof *rig);
    void *mem = malloc(world_size(limits));
    struct world_setup setup = { .limits = *limits, .seed = 1, .delay_usec = 100000 };
    char source[8192];
    ck_assert(rig && mem);
    setup.profile = profile_find("rfc");
    rig->world = world_create(mem, &setup);
    read_lines(rig, before, lines, source, sizeof source);
    for (uint32_t i = 0; i < rig->lab.line_count; i++) {
        rig->line = &rig->lab.lines[i];
        if (rig->line->lanes & 1u << LANE_MODEL)
            do_line(rig);
    }
    free(mem);
    free(rig);
}

void check_hosts_within(const struct world_limits *limits, const char *lines)
{
    check(limits, "", lines);
}

static const struct world_limits usual = { .hosts = 2,
                                           .sockets = 16,
                                           .segments = 32,
                                           .snd_space_len = 64,
                                           .rcv_space_len = 64,
                                           .text_len = 64 };

void check_hosts(const char *lines)
{
    check(&usual, "", lines);
}

void check_hosts_after(const char *before, const char *lines)
{
    check(&usual, before, lines);
}

const char hosts_listening[] = "B: s = socket()\n"
                               "B: bind(s, :7788)\n"
                               "B: listen(s, 5)\n";

const char hosts_connected[] = "B: s = socket()\n"
                               "B: bind(s, :7788)\n"
                               "B: listen(s, 5)\n"
                               "A: c = socket()\n"
                               "A: connect(c, B:7788) = EINPROGRESS\n"
                               "run\n"
                               "B: d = accept(s)\n";
