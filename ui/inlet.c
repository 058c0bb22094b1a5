/*
 * O_NONBLOCK is not set: it would be set for whoever else has the same terminal open. One read
 * where there is something does not wait.
 */
#include "ui/inlet.h"

#include <errno.h>
#include <unistd.h>

enum {
    READ_MAX = 16384
};

static void update_wants(struct inlet *inlet)
{
    bool waits = !inlet->paused && !inlet->ended && !inlet->always;
    if (waits == inlet->waits)
        return;
    if (!waits)
        loop_remove(inlet->loop, &inlet->source); /* a pipe whose writer has gone is always told */
    else if (!loop_add(inlet->loop, &inlet->source, LOOP_READ))
        inlet->always = true; /* EPERM: a file, or /dev/null */
    inlet->waits = waits && !inlet->always;
}

static void take(struct inlet *inlet)
{
    uint8_t octets[READ_MAX];
    ssize_t got = read(inlet->source.fd, octets, sizeof octets);
    if (got > 0) {
        inlet->came(inlet->of, octets, (size_t)got);
        return;
    }
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    inlet->err = got < 0 ? errno : 0;
    inlet_close(inlet);
    inlet->over(inlet->of);
}

static void on_ready(struct source *source, uint32_t events)
{
    (void)events;
    take((struct inlet *)source);
}

void inlet_open(struct inlet *inlet, struct loop *loop)
{
    inlet->loop = loop;
    inlet->source.ready = on_ready;
    update_wants(inlet);
}

void inlet_pause(struct inlet *inlet, bool paused)
{
    inlet->paused = paused;
    update_wants(inlet);
}

int inlet_tick(struct inlet *inlet)
{
    if (inlet->always && !inlet->paused && !inlet->ended)
        take(inlet);
    return inlet->always && !inlet->paused && !inlet->ended ? 0 : -1;
}

void inlet_close(struct inlet *inlet)
{
    inlet->ended = true;
    update_wants(inlet);
}
