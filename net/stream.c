/*
 * Reading and writing as the socket is ready for it.
 */
#include "net/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    READ_MAX = 65536,
    READS_MOST = 16, /* in a row */
    KEEP_FIRST = 4096
};

/* What is waited for. A source that waits for nothing is taken out: a connection that is over is
 * told of all the time otherwise. */
static void update_wants(struct stream *stream)
{
    uint32_t wants = stream_kept(stream) > 0 ? LOOP_WRITE : 0;
    bool waits = stream->source.fd >= 0 && !stream->broken;
    if (!stream->paused && !stream->peer_ended)
        wants |= LOOP_READ | LOOP_PEER_END;
    waits = waits && (wants != 0 || !stream->paused);
    if (waits && !stream->waits)
        stream->waits = loop_add(stream->loop, &stream->source, wants);
    else if (waits)
        loop_want(stream->loop, &stream->source, wants);
    else if (stream->waits)
        loop_remove(stream->loop, &stream->source);
    stream->waits = stream->waits && waits;
}

/* What has come is still read; then the user is told. */
static void cannot_send(struct stream *stream, int err)
{
    stream->err = stream->err ? stream->err : err;
    stream->lost += stream_kept(stream);
    stream->at = stream->len = 0;
    stream->paused = false;
}

static void breaks(struct stream *stream, int err)
{
    if (stream->broken)
        return;
    cannot_send(stream, err);
    stream->broken = true;
    update_wants(stream);
    stream->user->broken(stream);
}

static void finish(struct stream *stream)
{
    struct call shut = { .op = CALL_SHUTDOWN, .fd = stream->source.fd, .value = HOW_WR };
    if (!stream->ending || stream->fin_sent || stream_kept(stream) > 0 || stream->err)
        return;
    stream->fin_sent = true;
    struct call_result result = told_call(stream->told, &shut, NULL);
    if (result.ret < 0)
        cannot_send(stream, result.err);
}

static void flush(struct stream *stream)
{
    while (stream->at < stream->len) {
        struct call_result result = told_send(stream->told, stream->source.fd,
                                              stream->kept + stream->at, stream->len - stream->at);
        if (result.ret < 0 && result.err == EAGAIN)
            return;
        if (result.ret < 0) {
            cannot_send(stream, result.err);
            return;
        }
        stream->at += (uint32_t)result.ret;
        stream->out += (uint64_t)result.ret;
    }
    stream->at = stream->len = 0;
    if (stream->room > STREAM_ENOUGH) { /* a burst need not cost its memory for ever */
        free(stream->kept);
        stream->kept = NULL;
        stream->room = 0;
    }
    finish(stream);
}

static void read_from(struct stream *stream)
{
    uint8_t octets[READ_MAX];
    for (unsigned i = 0; i < READS_MOST && !stream->paused && !stream->peer_ended; i++) {
        struct call_result result =
            told_recv(stream->told, stream->source.fd, octets, sizeof octets);
        if (result.ret < 0 && result.err == EAGAIN)
            return;
        if (result.ret < 0) {
            breaks(stream, result.err);
            return;
        }
        if (result.ret == 0) {
            stream->peer_ended = true;
            stream->user->ended(stream);
            return;
        }
        stream->in += (uint64_t)result.ret;
        stream->user->came(stream, octets, (uint32_t)result.ret);
        if (stream->source.fd < 0 || result.ret < READ_MAX)
            return;
    }
}

/* Of a connection from which nothing more is read. */
static int pending_error(const struct stream *stream)
{
    struct call call = { .op = CALL_GETSOCKOPT, .fd = stream->source.fd, .option = OPTION_ERROR };
    struct call_result result = told_call(stream->told, &call, NULL);
    return result.ret > 0 ? result.ret : EPIPE;
}

static void on_ready(struct source *source, uint32_t events)
{
    struct stream *stream = (struct stream *)source;
    bool had = stream_kept(stream) > 0;
    if (events & LOOP_WRITE)
        flush(stream);
    if (!stream->peer_ended)
        read_from(stream);
    else if (events & LOOP_ERROR)
        breaks(stream, pending_error(stream));
    if (source->fd >= 0 && !stream->broken && stream->err && stream->peer_ended)
        breaks(stream, stream->err);
    if (source->fd >= 0 && !stream->broken && had && stream_kept(stream) == 0)
        stream->user->drained(stream);
    update_wants(stream);
}

bool stream_open(struct stream *stream, struct loop *loop, struct told *told, int fd,
                 const struct stream_user *user, void *of)
{
    *stream = (struct stream){ .source = { .fd = fd, .ready = on_ready },
                               .loop = loop,
                               .told = told,
                               .user = user,
                               .of = of };
    update_wants(stream);
    if (stream->waits)
        return true;
    int err = errno;
    stream_close(stream);
    errno = err;
    return false;
}

void stream_close(struct stream *stream)
{
    if (stream->source.fd < 0)
        return;
    if (stream->waits)
        loop_forget(stream->loop, &stream->source);
    stream->waits = false;
    told_end(stream->told, stream->source.fd);
    stream->source.fd = -1;
    free(stream->kept);
    stream->kept = NULL;
    stream->at = stream->len = stream->room = 0;
}

uint32_t stream_kept(const struct stream *stream)
{
    return stream->len - stream->at;
}

static bool keep(struct stream *stream, const uint8_t *octets, uint32_t len)
{
    uint32_t have = stream_kept(stream), room = stream->room ? stream->room : KEEP_FIRST;
    if (stream->at > 0)
        memmove(stream->kept, stream->kept + stream->at, have);
    stream->at = 0;
    stream->len = have;
    while (room < have + len)
        room *= 2;
    if (room > stream->room) {
        uint8_t *kept = realloc(stream->kept, room);
        if (!kept)
            return false;
        stream->kept = kept;
        stream->room = room;
    }
    memcpy(stream->kept + have, octets, len);
    stream->len += len;
    return true;
}

bool stream_send(struct stream *stream, const void *octets, uint32_t len)
{
    if (stream->source.fd < 0 || stream->broken || stream->err || stream->ending)
        return false;
    if (!keep(stream, octets, len))
        return false;
    if (stream_kept(stream) == len) /* else the socket is full */
        flush(stream);
    update_wants(stream);
    return !stream->err;
}

void stream_end(struct stream *stream)
{
    stream->ending = true;
    if (stream->source.fd < 0 || stream->broken)
        return;
    finish(stream);
    update_wants(stream);
}

void stream_pause(struct stream *stream, bool paused)
{
    if (stream->paused == paused || stream->source.fd < 0)
        return;
    stream->paused = paused && !stream->err;
    update_wants(stream);
}

int stream_unacknowledged(const struct stream *stream)
{
    struct call call = { .op = CALL_IOCTL, .fd = stream->source.fd, .flags = REQUEST_OUTQ };
    struct call_result result = told_call(NULL, &call, NULL);
    return result.ret < 0 ? -1 : result.ret;
}
