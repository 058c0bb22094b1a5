/*
 * `tcpstep udp send` and `tcpstep udp get`: a file as numbered datagrams, and nothing that would
 * make up for those that do not arrive. What is missing is counted, and a file that is not whole
 * keeps the name FILE.part.
 */
#include "ui/udp.h"

#include "net/clock.h"
#include "net/udp.h"
#include "net/udp_piece.h"
#include "sim/fnv.h"
#include "ui/complain.h"
#include "ui/escape.h"
#include "ui/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    READ_LEN = 65536,
    READS_MOST = 256,     /* datagrams in a row */
    REFUSAL_MSEC = 200,   /* for ICMP to come back */
    AFTERMATH_MSEC = 200, /* for copies of what has come already */
    SHOWN_MAX = 256,
    TICK_MSEC = 2
};

static void complain_file(const char *path, const char *what)
{
    char shown[SHOWN_MAX];
    complain("%s: %s", escape_text((const uint8_t *)path, strlen(path), shown, sizeof shown), what);
}

/* ---- send */

struct sending {
    struct source socket; /* first */
    struct program program;
    const struct udp_request *request;
    int file;
    uint64_t began_usec;
    uint64_t sent, refused;
    bool has_no_room, failed;
    struct udp_piece piece; /* the next one */
    uint8_t datagram[UDP_LINE_MAX + UDP_PIECE_MOST];
};

/* Fills in of the file what every piece says of it. */
static bool look_through(struct sending *sending)
{
    uint8_t read_now[READ_LEN];
    struct udp_piece *piece = &sending->piece;
    ssize_t got;
    piece->digest = FNV_START;
    while ((got = pread(sending->file, read_now, sizeof read_now, (off_t)piece->size)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            complain_file(sending->request->file, strerror(errno));
            return false;
        }
        piece->digest = fnv_add(piece->digest, read_now, (size_t)got);
        piece->size += (uint64_t)got;
    }
    uint64_t count = (piece->size + sending->request->piece_len - 1) / sending->request->piece_len;
    if (count > UDP_PIECES_MAX) {
        complain_file(sending->request->file, _("too many pieces; a larger --piece makes fewer"));
        return false;
    }
    piece->of = count > 0 ? (uint32_t)count : 1; /* an empty file is a piece, too */
    piece->number = 1;
    return true;
}

static bool is_done(const struct sending *sending)
{
    return sending->piece.number > sending->piece.of;
}

/* The next piece, as a datagram; 0: it is not there any more. */
static uint32_t make_datagram(struct sending *sending)
{
    struct udp_piece *piece = &sending->piece;
    uint64_t left = piece->size - piece->at;
    uint32_t want = sending->request->piece_len, have = 0;
    uint32_t line = udp_piece_line(piece, (char *)sending->datagram);
    want = left < want ? (uint32_t)left : want;
    while (have < want) {
        ssize_t got = pread(sending->file, sending->datagram + line + have, want - have,
                            (off_t)(piece->at + have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return 0;
        have += (uint32_t)got;
    }
    piece->len = have;
    return line + have;
}

/* One datagram; false: no more for the moment, or for good. */
static bool send_piece(struct sending *sending)
{
    struct told *told = sending->program.told;
    uint32_t len = make_datagram(sending);
    if (len == 0) {
        complain_file(sending->request->file, _("it has become shorter meanwhile"));
        sending->failed = true;
        return false;
    }
    int32_t err = udp_send(told, sending->socket.fd, NULL, sending->datagram, len);
    if (err == ECONNREFUSED) { /* of one before: this one has not gone */
        sending->refused++;
        err = udp_send(told, sending->socket.fd, NULL, sending->datagram, len);
    }
    sending->has_no_room = err == EAGAIN || err == ENOBUFS;
    if (sending->has_no_room)
        return false;
    sending->failed = err != 0;
    if (err) {
        udp_complain("send", err, len);
        return false;
    }
    sending->sent++;
    sending->piece.number++;
    sending->piece.at += sending->piece.len;
    return true;
}

/* How many may have gone by now, at the rate that was asked for. */
static uint64_t allowed(const struct sending *sending)
{
    uint32_t rate = sending->request->rate;
    if (rate == 0)
        return sending->sent + READS_MOST;
    return 1 + (clock_usec() - sending->began_usec) * rate / 1000000;
}

static void on_send_socket(struct source *source, uint32_t events)
{
    struct sending *sending = (struct sending *)source;
    uint8_t answer[UDP_ROOM];
    (void)events;
    sending->has_no_room = false;
    for (int i = 0; i < READS_MOST; i++) {
        struct udp_got got = udp_recv(sending->program.told, source->fd, answer, UDP_ROOM);
        if (got.err == EAGAIN)
            return;
        sending->refused += got.err == ECONNREFUSED; /* what was sent back is of no interest */
    }
}

static void send_all(struct sending *sending)
{
    struct program *program = &sending->program;
    sending->began_usec = clock_usec();
    while (!is_done(sending) && !sending->failed && program->asked_to_end == 0) {
        uint64_t until = allowed(sending);
        while (!is_done(sending) && sending->sent < until && send_piece(sending))
            ;
        loop_want(&program->loop, &sending->socket,
                  sending->has_no_room ? LOOP_READ | LOOP_WRITE : LOOP_READ);
        bool waits = sending->has_no_room || sending->request->rate > 0;
        if (!program_wait(program, waits ? TICK_MSEC : 0))
            return;
    }
    uint64_t ends = clock_usec() + REFUSAL_MSEC * 1000;
    while (clock_usec() < ends && program->asked_to_end == 0 &&
           program_wait(program, REFUSAL_MSEC / 4))
        ;
}

/* Was it written to while it was read? */
static bool has_changed(int file, const struct stat *before)
{
    struct stat now;
    return fstat(file, &now) < 0 || now.st_size != before->st_size ||
           now.st_mtim.tv_sec != before->st_mtim.tv_sec ||
           now.st_mtim.tv_nsec != before->st_mtim.tv_nsec;
}

static int report_sent(struct sending *sending, const struct stat *before)
{
    char count[48];
    if (has_changed(sending->file, before))
        complain_file(sending->request->file, _("it has changed while it was sent"));
    else if (is_done(sending) && !sending->request->quiet)
        printf(_("%s sent, %llu octets of the file in them, digest %016llx; whether they have "
                 "arrived nobody says\n"),
               udp_count_text(sending->sent, count, sizeof count),
               (unsigned long long)sending->piece.size, (unsigned long long)sending->piece.digest);
    if (sending->refused)
        complain(_("%llu times ICMP said that nobody is at that port (ECONNREFUSED)"),
                 (unsigned long long)sending->refused);
    bool good = is_done(sending) && !sending->refused && !has_changed(sending->file, before);
    return good ? STATUS_DONE : STATUS_DOES_NOT_HOLD;
}

static bool open_source(struct sending *sending, struct stat *before)
{
    sending->file = open(sending->request->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (sending->file < 0 || fstat(sending->file, before) < 0) {
        complain_file(sending->request->file, strerror(errno));
        return false;
    }
    if (S_ISREG(before->st_mode))
        return look_through(sending);
    complain_file(sending->request->file, _("it is no file"));
    return false;
}

static bool open_socket(struct sending *sending)
{
    struct net_error error;
    struct program *program = &sending->program;
    sending->socket = (struct source){ .ready = on_send_socket };
    sending->socket.fd = udp_connected(program->told, &sending->request->at.at[0], &error);
    if (sending->socket.fd >= 0 && loop_add(&program->loop, &sending->socket, LOOP_READ))
        return true;
    complain("%s: %s", sending->socket.fd < 0 ? error.operation : "epoll",
             strerror(sending->socket.fd < 0 ? error.err : errno));
    return false;
}

int udp_send_file(const struct udp_request *request)
{
    struct stat before;
    int status = STATUS_NOT_ALLOWED;
    struct sending *sending = calloc(1, sizeof *sending);
    if (!sending) {
        complain(_("out of memory"));
        return status;
    }
    sending->request = request;
    if (open_source(sending, &before)) {
        if (program_open(&sending->program, &request->wishes) && open_socket(sending)) {
            send_all(sending);
            status = report_sent(sending, &before);
            told_end(sending->program.told, sending->socket.fd);
        }
        status = program_close(&sending->program, status);
    } else {
        status = STATUS_USAGE;
    }
    if (sending->file >= 0)
        close(sending->file);
    free(sending);
    return status;
}

/* ---- get */

struct getting {
    struct program program;
    const struct udp_request *request;
    struct udp_end ends[NAMES_MAX];
    unsigned count;
    int file;
    int32_t file_err; /* of writing */
    char part[PATH_MAX];
    struct udp_tally tally;
    uint64_t came, cut, first_usec, last_usec;
    uint8_t read[UDP_ROOM];
};

static void write_piece(struct getting *getting, const struct udp_piece *piece)
{
    uint32_t done = 0;
    while (done < piece->len && !getting->file_err) {
        ssize_t wrote = pwrite(getting->file, piece->octets + done, piece->len - done,
                               (off_t)(piece->at + done));
        if (wrote > 0)
            done += (uint32_t)wrote;
        else if (wrote == 0 || errno != EINTR)
            getting->file_err = wrote == 0 ? ENOSPC : errno;
    }
}

static void on_piece(struct source *source, uint32_t events)
{
    struct getting *getting = ((struct udp_end *)source)->of;
    struct udp_piece piece;
    (void)events;
    for (int i = 0; i < READS_MOST; i++) {
        struct udp_got got =
            udp_recv(getting->program.told, source->fd, getting->read, getting->request->room);
        if (got.err)
            return; /* EAGAIN: no more; an error of UDP is about something sent, and we send none */
        getting->came++;
        getting->cut += got.sent > got.len;
        getting->last_usec = clock_usec();
        if (getting->came == 1)
            getting->first_usec = getting->last_usec;
        bool cut = got.sent > got.len; /* it is no piece of this: a part of it is missing */
        if (udp_tally_take(&getting->tally, getting->read, cut ? 0 : got.len, &piece) == UDP_NEW)
            write_piece(getting, &piece);
    }
}

static void get_all(struct getting *getting)
{
    while (getting->program.asked_to_end == 0 && !getting->file_err) {
        uint32_t patience =
            udp_tally_is_whole(&getting->tally) ? AFTERMATH_MSEC : getting->request->wait_msec;
        uint64_t until = getting->last_usec + patience * UINT64_C(1000), now = clock_usec();
        if (getting->came > 0 && now >= until)
            return;
        int wait = getting->came > 0 ? (int)((until - now + 999) / 1000) : -1;
        if (!program_wait(&getting->program, wait))
            return;
    }
}

/* Of what was written: what came is one thing, what stands in the file another. */
static bool digest_holds(const struct getting *getting)
{
    uint8_t read_now[READ_LEN];
    uint64_t digest = FNV_START, at = 0;
    ssize_t got;
    while ((got = pread(getting->file, read_now, sizeof read_now, (off_t)at)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        digest = fnv_add(digest, read_now, (size_t)got);
        at += (uint64_t)got;
    }
    return at == getting->tally.size && digest == getting->tally.digest;
}

static void print_tally(const struct getting *getting)
{
    const struct udp_tally *tally = &getting->tally;
    char missing[SHOWN_MAX], count[48];
    printf(_("%s came in %llu ms, of %u pieces: %u arrived, %u are missing, %llu came again, %llu "
             "came behind later ones, %llu were no piece of this, %llu were cut\n"),
           udp_count_text(getting->came, count, sizeof count),
           (unsigned long long)((getting->last_usec - getting->first_usec) / 1000), tally->of,
           tally->came, tally->of - tally->came, (unsigned long long)tally->again,
           (unsigned long long)tally->late, (unsigned long long)(tally->strange - getting->cut),
           (unsigned long long)getting->cut);
    if (tally->came < tally->of)
        printf(_("missing: %s\n"), udp_tally_missing(tally, missing, sizeof missing));
}

static int finish(struct getting *getting)
{
    char shown[SHOWN_MAX];
    const char *path = getting->request->file;
    bool whole = !getting->file_err && udp_tally_is_whole(&getting->tally) && digest_holds(getting);
    if (!getting->request->quiet)
        print_tally(getting);
    if (getting->file_err)
        complain_file(getting->part, strerror(getting->file_err));
    if (whole && fsync(getting->file) == 0 && rename(getting->part, path) == 0) {
        printf(_("%s is whole, digest %016llx\n"),
               escape_text((const uint8_t *)path, strlen(path), shown, sizeof shown),
               (unsigned long long)getting->tally.digest);
        return STATUS_DONE;
    }
    if (whole)
        complain_file(path, strerror(errno));
    else if (getting->tally.came > 0)
        complain_file(getting->part, _("it is not whole, and keeps this name. TCP would have had "
                                       "what was missing sent again"));
    if (getting->tally.came == 0)
        unlink(getting->part);
    return STATUS_DOES_NOT_HOLD;
}

static bool open_target(struct getting *getting)
{
    int len = snprintf(getting->part, sizeof getting->part, "%s.part", getting->request->file);
    bool fits = len > 0 && (size_t)len < sizeof getting->part;
    errno = ENAMETOOLONG;
    if (fits)
        getting->file =
            open(getting->part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fits && getting->file >= 0)
        return true;
    complain_file(getting->request->file, strerror(errno));
    return false;
}

int udp_get_file(const struct udp_request *request)
{
    int status = STATUS_NOT_ALLOWED;
    struct getting *getting = calloc(1, sizeof *getting);
    if (!getting) {
        complain(_("out of memory"));
        return status;
    }
    getting->request = request;
    getting->file = -1;
    if (open_target(getting)) {
        if (program_open(&getting->program, &request->wishes))
            getting->count =
                udp_listen(&getting->program, &request->at, getting->ends, on_piece, getting);
        if (getting->count > 0) {
            get_all(getting);
            status = finish(getting);
            udp_unlisten(&getting->program, getting->ends, getting->count);
        } else {
            unlink(getting->part);
        }
        status = program_close(&getting->program, status);
        close(getting->file);
    } else {
        status = STATUS_USAGE;
    }
    udp_tally_free(&getting->tally);
    free(getting);
    return status;
}
