/*
 * The loop between a terminal and a connection.
 */
#include "ui/talk.h"

#include "net/address.h"
#include "net/listen.h"
#include "ui/complain.h"
#include "ui/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    STAGE_LINE_MAX = 512 /* octets of a line that is typed on the stage: ORDER_MAX are less */
};

static void fail(struct talk *talk)
{
    talk->finished = true;
    talk->status = STATUS_DOES_NOT_HOLD;
}

static struct talk *of_stream(struct stream *stream)
{
    return stream->of;
}

static void on_came(struct stream *stream, const uint8_t *octets, uint32_t len)
{
    struct talk *talk = of_stream(stream);
    talk->setup->user->came(talk, octets, len);
    stream_pause(stream, outlet_kept(&talk->outlet) >= OUTLET_ENOUGH);
}

static void on_ended(struct stream *stream)
{
    struct talk *talk = of_stream(stream);
    talk->setup->user->peer_ended(talk);
}

static void on_drained(struct stream *stream)
{
    (void)stream; /* the loop looks at what is kept */
}

static void on_broken(struct stream *stream)
{
    struct talk *talk = of_stream(stream);
    complain("%s", strerror(stream->err));
    if (stream->lost > 0)
        complain(tr_n("%" PRIu32 " octet was not sent", "%" PRIu32 " octets were not sent",
                      stream->lost),
                 stream->lost);
    fail(talk);
}

static const struct stream_user stream_user = {
    .came = on_came, .ended = on_ended, .drained = on_drained, .broken = on_broken
};

static void begin_stream(struct talk *talk, int fd)
{
    struct told *told = talk->program.told;
    if (!stream_open(&talk->stream, &talk->program.loop, told, fd, &stream_user, talk)) {
        complain("epoll_ctl: %s", strerror(errno));
        fail(talk);
        return;
    }
    talk->connected = true;
    talk->setup->user->connected(talk);
}

static void on_failed(void *of, unsigned index, int err)
{
    struct talk *talk = of;
    talk->failed[index] = err;
}

static void say_failed(const struct talk *talk)
{
    char text[ENDPOINT_TEXT_MAX];
    for (unsigned i = 0; i < talk->setup->dial.to.count; i++)
        complain("%s: %s", endpoint_text(&talk->setup->dial.to.at[i], text, sizeof text),
                 strerror(talk->failed[i]));
}

static void close_listeners(struct talk *talk)
{
    for (unsigned i = 0; i < talk->listener_count; i++) {
        loop_forget(&talk->program.loop, &talk->listeners[i].source);
        told_end(talk->program.told, talk->listeners[i].source.fd);
    }
    talk->listener_count = 0;
}

static void on_caller(struct source *source, uint32_t events)
{
    struct talk *talk = ((struct talk_listener *)source)->talk;
    struct call_result result = told_accept(talk->program.told, source->fd);
    (void)events;
    if (result.ret < 0)
        return;            /* gone again; what lasts is told again */
    close_listeners(talk); /* there is one partner: the next one is refused */
    begin_stream(talk, result.ret);
}

static void say_where(int fd)
{
    struct call call = { .op = CALL_GETSOCKNAME, .fd = fd };
    struct endpoint at = told_call(NULL, &call, NULL).peer;
    char text[ENDPOINT_TEXT_MAX];
    endpoint_text(&at, text, sizeof text);
    fprintf(stderr, _("listening at %s\n"), text);
    if (!ip_is_loopback(&at.ip))
        complain(_("whoever reaches this machine at %s reaches this program"), text);
}

/* Where the kernel chooses a port, it counts for all. */
static bool listen_at_all(struct talk *talk)
{
    struct listen_setup setup = { .told = talk->program.told, .backlog = 1 };
    struct net_error error = { .err = EADDRNOTAVAIL, .operation = "bind" };
    uint16_t port = 0;
    for (unsigned i = 0; i < talk->setup->at.count; i++) {
        struct endpoint at = talk->setup->at.at[i];
        struct talk_listener *listener = &talk->listeners[talk->listener_count];
        at.port = at.port ? at.port : port;
        int fd = listen_at(&setup, &at, &error);
        if (fd < 0 && (error.err == EAFNOSUPPORT || error.err == EADDRNOTAVAIL))
            continue;
        if (fd < 0)
            break;
        *listener =
            (struct talk_listener){ .source = { .fd = fd, .ready = on_caller }, .talk = talk };
        port = address_local(fd).port;
        talk->listener_count++;
        if (!loop_add(&talk->program.loop, &listener->source, LOOP_READ))
            break;
        error.err = 0;
        say_where(fd);
    }
    if (talk->listener_count > 0 && error.err == 0)
        return true;
    complain("%s: %s", error.operation, strerror(error.err));
    return false;
}

static void on_typed(void *of, const uint8_t *octets, size_t len)
{
    struct talk *talk = of;
    talk->setup->user->typed(talk, octets, len);
}

static void on_input_over(void *of)
{
    struct talk *talk = of;
    if (talk->inlet.err) {
        complain(_("standard input: %s"), strerror(talk->inlet.err));
        talk->status = STATUS_NOT_ALLOWED;
    }
    talk->setup->user->input_over(talk);
}

/* A line from the stage; refused where one from standard input would wait. */
static const char *on_stage_line(void *of, const char *line)
{
    struct talk *talk = of;
    char whole[STAGE_LINE_MAX];
    int len = snprintf(whole, sizeof whole, "%s\n", line);
    if (!talk->connected)
        return _("Not sent: nobody is connected yet.");
    if (talk->stream.ending || talk->finished)
        return _("Not sent: the end of input was said already.");
    if (talk->holds_input || stream_kept(&talk->stream) >= STREAM_ENOUGH)
        return _("Not sent: what was said before is not taken yet.");
    talk->setup->user->typed(talk, (const uint8_t *)whole, (size_t)len);
    return NULL;
}

static void on_stage_finish(void *of)
{
    struct talk *talk = of;
    if (talk->connected && !talk->stream.ending && !talk->finished)
        talk->setup->user->input_over(talk);
}

static int sooner(int a, int b)
{
    return a < 0 ? b : b < 0 || a < b ? a : b;
}

/* What dialling has come to. */
static void look_at_dial(struct talk *talk)
{
    if (talk->setup->listens || talk->connected || talk->finished)
        return;
    if (talk->dial.state == DIAL_DONE)
        begin_stream(talk, talk->dial.source.fd);
    if (talk->dial.state == DIAL_FAILED) {
        say_failed(talk);
        fail(talk);
    }
}

/* Neither side is read from while the other one does not take what came. */
static void balance(struct talk *talk)
{
    bool full = talk->connected && stream_kept(&talk->stream) >= STREAM_ENOUGH;
    inlet_pause(&talk->inlet, full || !talk->connected || talk->holds_input);
    if (talk->connected)
        stream_pause(&talk->stream, outlet_kept(&talk->outlet) >= OUTLET_ENOUGH);
    if (!talk->outlet.err)
        return;
    complain(_("standard output: %s"), strerror(talk->outlet.err));
    talk->finished = true;
    talk->status = STATUS_NOT_ALLOWED;
}

static bool is_over(const struct talk *talk)
{
    return talk->finished || (talk->connected && talk->stream.peer_ended && talk->stream.fin_sent);
}

static void interrupted(struct talk *talk)
{
    uint32_t left = talk->connected ? stream_kept(&talk->stream) : 0;
    if (left > 0)
        complain(tr_n("%" PRIu32 " octet was not sent", "%" PRIu32 " octets were not sent", left),
                 left);
    talk->finished = true;
    talk->status = 128 + talk->program.signal;
}

static void loop(struct talk *talk)
{
    for (;;) {
        look_at_dial(talk);
        balance(talk);
        int wait = talk->connected ? talk->setup->user->tick(talk) : -1;
        wait = sooner(wait, inlet_tick(&talk->inlet));
        if (!talk->setup->listens && !talk->connected)
            wait = sooner(wait, dial_tick(&talk->dial));
        look_at_dial(talk);
        if (is_over(talk))
            return;
        if (!program_wait(&talk->program, wait)) {
            complain("epoll_wait: %s", strerror(errno));
            fail(talk);
        }
        if (talk->program.asked_to_end > 0)
            interrupted(talk);
    }
}

static bool begin(struct talk *talk)
{
    const struct talk_setup *setup = talk->setup;
    if (!charset_open(&talk->charset, setup->encoding)) {
        complain(_("--encoding: there is no '%s' here; iconv -l lists them"), setup->encoding);
        talk->status = STATUS_USAGE;
        return false;
    }
    talk->inlet = (struct inlet){ .source.fd = STDIN_FILENO,
                                  .paused = true,
                                  .came = on_typed,
                                  .over = on_input_over,
                                  .of = talk };
    if (program_is_typed_for(&talk->program)) {
        talk->inlet.ended = true;
        program_take_lines(&talk->program, on_stage_line, on_stage_finish, talk);
    } else {
        inlet_open(&talk->inlet, &talk->program.loop);
    }
    outlet_open(&talk->outlet, &talk->program.loop, STDOUT_FILENO);
    talk->interactive = isatty(STDIN_FILENO);
    talk->on_terminal = program_shows(&talk->program, STDOUT_FILENO);
    if (setup->listens)
        return listen_at_all(talk);
    dial_begin(&talk->dial, &setup->dial, &talk->program.loop);
    return true;
}

int talk_run(struct talk *talk, const struct talk_setup *setup)
{
    struct talk_setup own = *setup;
    *talk = (struct talk){ .setup = &own, .of = setup->of, .stream.source.fd = -1 };
    talk->dial.source.fd = -1;
    talk->status = STATUS_NOT_ALLOWED;
    own.dial.failed = on_failed;
    own.dial.of = talk;
    if (!program_open(&talk->program, &own.wishes))
        return program_close(&talk->program, talk->status);
    own.dial.told = talk->program.told;
    if (begin(talk)) {
        talk->status = STATUS_DONE;
        loop(talk);
    }
    close_listeners(talk);
    if (talk->connected)
        stream_close(&talk->stream);
    else if (!own.listens)
        dial_stop(&talk->dial);
    outlet_close(&talk->outlet, talk->program.asked_to_end == 0);
    charset_close(&talk->charset);
    return program_close(&talk->program, talk->status);
}

void talk_send(struct talk *talk, const void *octets, size_t len)
{
    if (len > 0)
        stream_send(&talk->stream, octets, (uint32_t)len);
}

static void send_octets(void *to, const char *text, size_t len)
{
    talk_send(to, text, len);
}

void talk_say(struct talk *talk, const void *text, size_t len)
{
    struct charset_to to = { .put = send_octets, .to = talk };
    if (len > 0)
        charset_say(&talk->charset, text, len, &to);
}

void talk_end(struct talk *talk)
{
    struct charset_to to = { .put = send_octets, .to = talk };
    charset_say_rest(&talk->charset, &to);
    stream_end(&talk->stream);
}

void talk_put(void *to, const char *text, size_t len)
{
    struct talk *talk = to;
    outlet_write(&talk->outlet, text, len);
}

bool talk_find_own(const char *text, struct names *names)
{
    const char *why, *port = text[0] == ':' ? text + 1 : text;
    char any[64];
    struct names six;
    if (strchr(port, ':')) {
        if (names_find(text, false, names, &why))
            return true;
    } else {
        snprintf(any, sizeof any, "[::]:%.32s", port);
        bool has_six = names_find(any, false, &six, &why);
        snprintf(any, sizeof any, "0.0.0.0:%.32s", port);
        if (names_find(any, false, names, &why)) {
            if (has_six)
                names->at[names->count++] = six.at[0];
            return true;
        }
    }
    complain("'%s': %s", text, _(why));
    return false;
}
