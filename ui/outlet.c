/*
 * O_NONBLOCK belongs to all who have the terminal or the pipe open, as in ui/inlet.c: it is opened
 * anew for it. Where that is not allowed, so many octets as a pipe always has room for are written
 * where poll() finds room; a terminal may make us wait then.
 */
#include "ui/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    KEEP_FIRST = 4096
};

static bool has_room(const struct outlet *outlet)
{
    struct pollfd asked = { .fd = outlet->source.fd, .events = POLLOUT };
    return outlet->always || poll(&asked, 1, 0) > 0;
}

static void fail(struct outlet *outlet, int err)
{
    outlet->err = err;
    outlet->at = outlet->len = 0;
}

/* false: it failed, or has to be tried again later */
static bool write_some(struct outlet *outlet)
{
    size_t len = outlet->len - outlet->at;
    if (!outlet->always && len > PIPE_BUF)
        len = PIPE_BUF;
    ssize_t put = write(outlet->source.fd, outlet->kept + outlet->at, len);
    if (put < 0 && errno != EINTR && errno != EAGAIN)
        fail(outlet, errno);
    outlet->at += put > 0 ? (size_t)put : 0;
    return put > 0;
}

static void flush(struct outlet *outlet)
{
    while (outlet->at < outlet->len && has_room(outlet) && write_some(outlet))
        ;
    if (outlet->at == outlet->len)
        outlet->at = outlet->len = 0;
    bool waits = outlet->len > 0 && !outlet->always;
    if (waits && !outlet->waits && !loop_add(outlet->loop, &outlet->source, LOOP_WRITE)) {
        outlet->always = true;
        flush(outlet);
        return;
    }
    if (!waits && outlet->waits)
        loop_remove(outlet->loop, &outlet->source);
    outlet->waits = waits;
}

static void on_ready(struct source *source, uint32_t events)
{
    (void)events;
    flush((struct outlet *)source);
}

static int open_anew(int fd)
{
    struct stat seen;
    char path[32];
    if (fstat(fd, &seen) < 0 || (!S_ISFIFO(seen.st_mode) && !isatty(fd)))
        return -1;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

void outlet_open(struct outlet *outlet, struct loop *loop, int fd)
{
    int anew = open_anew(fd);
    *outlet = (struct outlet){ .source = { .fd = anew >= 0 ? anew : fd, .ready = on_ready },
                               .loop = loop,
                               .is_ours = anew >= 0 };
}

void outlet_write(struct outlet *outlet, const void *octets, size_t len)
{
    size_t have = outlet_kept(outlet), room = outlet->room ? outlet->room : KEEP_FIRST;
    if (outlet->err || len == 0)
        return;
    if (outlet->at > 0)
        memmove(outlet->kept, outlet->kept + outlet->at, have);
    outlet->at = 0;
    outlet->len = have;
    while (room < have + len)
        room *= 2;
    if (room > outlet->room) {
        uint8_t *kept = realloc(outlet->kept, room);
        if (!kept) {
            fail(outlet, ENOMEM);
            return;
        }
        outlet->kept = kept;
        outlet->room = room;
    }
    memcpy(outlet->kept + have, octets, len);
    outlet->len += len;
    flush(outlet);
}

void outlet_print(struct outlet *outlet, const char *text)
{
    outlet_write(outlet, text, strlen(text));
}

size_t outlet_kept(const struct outlet *outlet)
{
    return outlet->len - outlet->at;
}

/* The loop is over: a signal that asks us to end is heard by nobody but the kernel. */
static void let_signals_end_us(void)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_UNBLOCK, &ends, NULL);
}

void outlet_close(struct outlet *outlet, bool waits)
{
    struct pollfd asked = { .fd = outlet->source.fd, .events = POLLOUT };
    if (waits && outlet_kept(outlet) > 0)
        let_signals_end_us();
    while (waits && outlet_kept(outlet) > 0) {
        flush(outlet);
        if (outlet_kept(outlet) > 0)
            poll(&asked, 1, -1);
    }
    if (outlet->is_ours)
        close(outlet->source.fd);
    outlet->is_ours = false;
    free(outlet->kept);
    outlet->kept = NULL;
    outlet->room = 0;
}
