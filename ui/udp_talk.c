/*
 * `tcpstep udp serve`: each datagram goes back to who sent it. `tcpstep udp connect`: a line, a
 * datagram. Neither has anything like a connection.
 */
#include "ui/udp.h"

#include "net/address.h"
#include "net/clock.h"
#include "net/udp.h"
#include "ui/complain.h"
#include "ui/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    READS_MOST = 64,       /* of one socket in a row */
    LINE_ROOM = 128 * 1024 /* more than any datagram: one too long is to be seen failing */
};

/* One datagram, as a line. */
static void print_got(const struct udp_got *got, const uint8_t *octets)
{
    char before[ENDPOINT_TEXT_MAX + 8], at[ENDPOINT_TEXT_MAX];
    snprintf(before, sizeof before, "%s>>>", endpoint_text(&got->from, at, sizeof at));
    program_print_text(before, octets, got->len);
    if (got->sent > got->len)
        complain(_("that datagram had %u octets, and there was room for %u: the rest is gone for "
                   "good (MSG_TRUNC). TCP would have kept it for the next recv()"),
                 got->sent, got->len);
}

/* ---- serve */

struct serving {
    struct program program;
    const struct udp_request *request;
    struct udp_end ends[NAMES_MAX];
    unsigned count;
    uint64_t came, answered, cut;
    uint8_t read[UDP_ROOM];
};

/* Two such servers would answer each other for ever, if somebody told one that he was the other:
 * an answer goes to no end of ours. */
static bool is_own(const struct serving *serving, const struct endpoint *from)
{
    for (unsigned i = 0; i < serving->count; i++) {
        struct endpoint own = address_local(serving->ends[i].source.fd);
        if (endpoint_eq(&own, from))
            return true;
    }
    return false;
}

static void answer(struct serving *serving, int fd, const struct udp_got *got)
{
    serving->came++;
    serving->cut += got->sent > got->len;
    if (!serving->request->quiet)
        print_got(got, serving->read);
    if (is_own(serving, &got->from))
        return;
    int32_t err = udp_send(serving->program.told, fd, &got->from, serving->read, got->len);
    if (err)
        udp_complain("sendto", err, got->len);
    serving->answered += err == 0;
}

static void on_datagram(struct source *source, uint32_t events)
{
    struct serving *serving = ((struct udp_end *)source)->of;
    (void)events;
    for (int i = 0; i < READS_MOST; i++) {
        struct udp_got got =
            udp_recv(serving->program.told, source->fd, serving->read, serving->request->room);
        if (got.err == EAGAIN)
            return;
        if (got.err) {
            udp_complain("recvfrom", got.err, 0);
            return;
        }
        answer(serving, source->fd, &got);
    }
}

static void serve_until_asked(struct serving *serving)
{
    while (serving->program.asked_to_end == 0 && program_wait(&serving->program, -1))
        ;
    if (serving->request->quiet)
        return;
    printf(_("%llu came, %llu were answered, %llu were cut. Nobody has been told of the end: UDP "
             "has no FIN\n"),
           (unsigned long long)serving->came, (unsigned long long)serving->answered,
           (unsigned long long)serving->cut);
}

int udp_serve(const struct udp_request *request)
{
    int status = STATUS_NOT_ALLOWED;
    struct serving *serving = calloc(1, sizeof *serving);
    if (!serving) {
        complain(_("out of memory"));
        return status;
    }
    serving->request = request;
    if (program_open(&serving->program, &request->wishes)) {
        serving->count =
            udp_listen(&serving->program, &request->at, serving->ends, on_datagram, serving);
        if (serving->count > 0) {
            status = STATUS_DONE;
            serve_until_asked(serving);
            udp_unlisten(&serving->program, serving->ends, serving->count);
        }
    }
    status = program_close(&serving->program, status);
    free(serving);
    return status;
}

/* ---- connect */

struct talking {
    struct source socket; /* first */
    struct source input;
    struct program program;
    const struct udp_request *request;
    bool input_ended, input_is_file; /* a file is always ready, and epoll takes none */
    bool is_typed_for;               /* lines come from the stage */
    bool input_is_wanted;
    bool waits_to_send; /* the line under way has found no room */
    bool skips;         /* the rest of a line longer than LINE_ROOM */
    uint64_t sent, came, failed, skipped;
    uint64_t heard_usec;
    uint32_t line_len; /* of the line under way, where waits_to_send */
    uint32_t len;      /* octets read and not yet sent */
    uint8_t line[LINE_ROOM];
    uint8_t read[UDP_ROOM];
};

static struct talking *talking_of_input(struct source *source)
{
    return (struct talking *)((char *)source - offsetof(struct talking, input));
}

/* False: there is no room for it now. */
static bool send_line(struct talking *talking, uint32_t len)
{
    struct told *told = talking->program.told;
    int32_t err = udp_send(told, talking->socket.fd, NULL, talking->line, len);
    if (err == ECONNREFUSED) { /* that was about the one before: this one has not gone */
        udp_complain("send", err, len);
        err = udp_send(told, talking->socket.fd, NULL, talking->line, len);
    }
    if (err == EAGAIN || err == ENOBUFS)
        return false;
    if (err)
        udp_complain("send", err, len);
    talking->sent += err == 0;
    talking->failed += err != 0;
    return true;
}

static void take_away(struct talking *talking, uint32_t len)
{
    memmove(talking->line, talking->line + len, talking->len - len);
    talking->len -= len;
}

/* Sends the first whole line; false: there is none, or no room for it. */
static bool send_first(struct talking *talking)
{
    const uint8_t *end = memchr(talking->line, '\n', talking->len);
    bool full = talking->len == LINE_ROOM;
    if (!end && !full && !(talking->input_ended && talking->len > 0))
        return false;
    uint32_t len = end ? (uint32_t)(end - talking->line) : talking->len;
    if (talking->skips) {
        talking->skipped += len;
    } else if (len == 4 && memcmp(talking->line, "exit", 4) == 0) {
        talking->input_ended = true;
        talking->len = 0;
        return false;
    } else if (!send_line(talking, len)) {
        talking->waits_to_send = true;
        return false;
    }
    talking->skips = !end;
    take_away(talking, end ? len + 1 : len);
    return true;
}

/* It is taken out where it is not read from: the end of a pipe is told for ever. */
static void want_input(struct talking *talking, bool wanted)
{
    if (talking->is_typed_for || talking->input_is_file || talking->input_is_wanted == wanted)
        return;
    talking->input_is_wanted = wanted;
    if (!wanted)
        loop_remove(&talking->program.loop, &talking->input);
    else if (!loop_add(&talking->program.loop, &talking->input, LOOP_READ))
        talking->input_is_file = true;
}

static void send_lines(struct talking *talking)
{
    talking->waits_to_send = false;
    while (send_first(talking))
        talking->heard_usec = clock_usec();
    loop_want(&talking->program.loop, &talking->socket,
              talking->waits_to_send ? LOOP_READ | LOOP_WRITE : LOOP_READ);
    want_input(talking, !talking->waits_to_send && !talking->input_ended);
}

static void on_input(struct source *source, uint32_t events)
{
    struct talking *talking = talking_of_input(source);
    (void)events;
    if (talking->waits_to_send || talking->input_ended)
        return;
    ssize_t got = read(source->fd, talking->line + talking->len, LINE_ROOM - talking->len);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (got < 0)
        complain(_("standard input: %s"), strerror(errno));
    if (got > 0)
        talking->len += (uint32_t)got;
    else
        talking->input_ended = true;
    talking->heard_usec = clock_usec();
    send_lines(talking);
}

static const char *on_stage_line(void *of, const char *line)
{
    struct talking *talking = of;
    size_t len = strlen(line);
    if (talking->input_ended)
        return _("Not sent: the end of input was said already.");
    if (talking->waits_to_send || talking->len + len >= LINE_ROOM)
        return _("Not sent: what was said before is not taken yet.");
    memcpy(talking->line + talking->len, line, len);
    talking->line[talking->len + len] = '\n';
    talking->len += (uint32_t)len + 1;
    talking->heard_usec = clock_usec();
    send_lines(talking);
    return NULL;
}

static void on_stage_finish(void *of)
{
    struct talking *talking = of;
    talking->input_ended = true;
    talking->heard_usec = clock_usec();
}

static void on_socket(struct source *source, uint32_t events)
{
    struct talking *talking = (struct talking *)source;
    for (int i = 0; i < READS_MOST; i++) {
        struct udp_got got =
            udp_recv(talking->program.told, source->fd, talking->read, talking->request->room);
        if (got.err == EAGAIN)
            break;
        talking->heard_usec = clock_usec();
        if (got.err) {
            udp_complain("recv", got.err, 0);
            break;
        }
        talking->came++;
        print_got(&got, talking->read);
    }
    if (events & LOOP_WRITE)
        send_lines(talking);
}

/* In ms, until nothing more is waited for; 0: now. */
static int patience(const struct talking *talking)
{
    uint64_t until = talking->heard_usec + talking->request->wait_msec * UINT64_C(1000);
    uint64_t now = clock_usec();
    if (!talking->input_ended || talking->waits_to_send)
        return -1;
    return until <= now ? 0 : (int)((until - now + 999) / 1000);
}

static void talk(struct talking *talking)
{
    char sent[48], came[48];
    int wait;
    while (talking->program.asked_to_end == 0 && (wait = patience(talking)) != 0) {
        bool reads = talking->input_is_file && !talking->input_ended && !talking->waits_to_send;
        if (!program_wait(&talking->program, reads ? 0 : wait))
            return;
        if (reads)
            on_input(&talking->input, LOOP_READ);
    }
    if (talking->skipped)
        complain(_("%llu octets of lines too long for any datagram were not sent"),
                 (unsigned long long)talking->skipped);
    if (!talking->request->quiet)
        complain(_("%s sent, %s came back; nobody says that no more will come, so the wait for "
                   "that was %u ms"),
                 udp_count_text(talking->sent, sent, sizeof sent),
                 udp_count_text(talking->came, came, sizeof came), talking->request->wait_msec);
}

static bool begin(struct talking *talking)
{
    struct net_error error;
    struct program *program = &talking->program;
    talking->input = (struct source){ .fd = STDIN_FILENO, .ready = on_input };
    talking->socket = (struct source){ .ready = on_socket };
    talking->socket.fd = udp_connected(program->told, &talking->request->at.at[0], &error);
    if (talking->socket.fd < 0) {
        udp_complain(error.operation, error.err, 0);
        return false;
    }
    talking->is_typed_for = program_is_typed_for(program);
    if (talking->is_typed_for)
        program_take_lines(program, on_stage_line, on_stage_finish, talking);
    want_input(talking, true);
    if (loop_add(&program->loop, &talking->socket, LOOP_READ))
        return true;
    complain("epoll: %s", strerror(errno));
    return false;
}

int udp_connect(const struct udp_request *request)
{
    int status = STATUS_NOT_ALLOWED;
    struct talking *talking = calloc(1, sizeof *talking);
    if (!talking) {
        complain(_("out of memory"));
        return status;
    }
    talking->request = request;
    if (program_open(&talking->program, &request->wishes) && begin(talking)) {
        talk(talking);
        status = talking->failed || talking->skipped ? STATUS_DOES_NOT_HOLD : STATUS_DONE;
        told_end(talking->program.told, talking->socket.fd);
    }
    status = program_close(&talking->program, status);
    free(talking);
    return status;
}
