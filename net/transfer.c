/*
 * A transfer: one program writes octets as its send buffer takes them, another one reads them as
 * they come, and both keep a digest. The octets are pseudo-random, from the seed of the run.
 *
 * Its calls are no events: thousands of them would hide all else. Segments are, without their text.
 */
#include "net/session_parts.h"

#include "sim/fnv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    PIECE_LEN = 16384,     /* octets of one call */
    PERIOD = 1048573,      /* a prime: after so many the octets begin anew */
    STALL_USEC = 300000000 /* without one octet written or read: it is given up */
};

static struct transfer *transfer_of(struct session *s, enum lane_id lane)
{
    return &s->now.transfers[lane];
}

/* They have to outlast the calls that write them: a lane may make those again, after a step back.
 */
static const uint8_t *octets_at(struct session *s, uint64_t at)
{
    if (!s->octets && (s->octets = malloc(PERIOD + PIECE_LEN))) {
        for (uint32_t i = 0; i < PERIOD; i++)
            s->octets[i] = (uint8_t)(wire_rules_mixed(s->seed ^ (uint64_t)i << 32) >> 32);
        for (uint32_t i = 0; i < PIECE_LEN; i++)
            s->octets[PERIOD + i] = s->octets[i];
    }
    return s->octets ? s->octets + at % PERIOD : NULL;
}

static uint32_t piece(uint64_t left)
{
    return left < PIECE_LEN ? (uint32_t)left : PIECE_LEN;
}

static bool is_only_for_now(const struct call_result *result)
{
    return result->ret < 0 && (result->err == EAGAIN || result->err == EINPROGRESS);
}

/* 0, or the errno of what ended it. */
static int32_t write_some(struct session *s, enum lane_id lane, const struct lab_line *line)
{
    struct transfer *transfer = transfer_of(s, lane);
    struct lane *on = s->lanes[lane];
    struct call call = { .op = CALL_SEND, .fd = transfer->writer };
    while (transfer->written < line->octets &&
           on->ops->ready(on, line->host, transfer->writer, READY_TO_WRITE)) {
        call.text = octets_at(s, transfer->written);
        call.text_len = piece(line->octets - transfer->written);
        if (!call.text)
            return ENOMEM;
        struct call_result result = session_call(s, lane, line->host, &call, NULL);
        if (is_only_for_now(&result))
            break;
        if (result.ret < 0)
            return result.err;
        uint32_t taken = (uint32_t)result.ret;
        transfer->written_digest = fnv_add(transfer->written_digest, call.text, taken);
        transfer->written += taken;
        if (taken < call.text_len)
            break;
    }
    return 0;
}

/* Likewise; the end of the text, before all of it was read, is a reset. */
static int32_t read_some(struct session *s, enum lane_id lane, const struct lab_line *line)
{
    struct transfer *transfer = transfer_of(s, lane);
    struct lane *on = s->lanes[lane];
    unsigned host = (unsigned)line->to_host;
    uint8_t into[PIECE_LEN];
    while (transfer->read < line->octets &&
           on->ops->ready(on, host, transfer->reader, READY_TO_READ)) {
        struct call call = { .op = CALL_RECV, .fd = transfer->reader };
        call.value = (int32_t)piece(line->octets - transfer->read);
        struct call_result result = session_call(s, lane, host, &call, into);
        if (is_only_for_now(&result))
            break;
        if (result.ret <= 0)
            return result.ret < 0 ? result.err : ECONNRESET;
        transfer->read_digest = fnv_add(transfer->read_digest, into, (uint32_t)result.ret);
        transfer->read += (uint32_t)result.ret;
    }
    return 0;
}

/* What has come of it, and the end of it. */
static enum line_outcome end(struct session *s, enum lane_id lane, const struct lab_line *line,
                             const char *why)
{
    const struct transfer *transfer = transfer_of(s, lane);
    bool same =
        transfer->written == transfer->read && transfer->written_digest == transfer->read_digest;
    run_verdict_of(s, lane, line, same && !why,
                   N_("transfer: %c.%s has written %" PRIu64 " octets, FNV-1a %016" PRIx64
                      "; %c.%s has read %" PRIu64 ", FNV-1a %016" PRIx64 "%s%s"),
                   'A' + line->host, line->sock, transfer->written, transfer->written_digest,
                   'A' + line->to_host, line->to_sock, transfer->read, transfer->read_digest,
                   why ? ": " : "", why ? why : "");
    *transfer_of(s, lane) = (struct transfer){ .under_way = false };
    return LINE_DONE;
}

static void begin(struct session *s, enum lane_id lane, const struct lab_line *line)
{
    struct transfer *transfer = transfer_of(s, lane);
    *transfer = (struct transfer){ .under_way = true,
                                   .since_usec = s->lanes[lane]->ops->now(s->lanes[lane]),
                                   .written_digest = FNV_START,
                                   .read_digest = FNV_START };
    transfer->writer = run_descriptor(s, lane, line->host, line->sock);
    transfer->reader = run_descriptor(s, lane, (unsigned)line->to_host, line->to_sock);
}

/* Everything acknowledged, and nothing under way any more. */
static bool is_drained(struct session *s, enum lane_id lane, const struct lab_line *line)
{
    struct lane *on = s->lanes[lane];
    struct event next;
    struct call ask = { .op = CALL_IOCTL,
                        .fd = transfer_of(s, lane)->writer,
                        .flags = REQUEST_OUTQ };
    if (session_call(s, lane, line->host, &ask, NULL).ret > 0)
        return false;
    on->ops->next(on, &next);
    return !is_run_by_itself(&next);
}

/* Calls first, then the single next thing due. */
static enum line_outcome go_on(struct session *s, enum lane_id lane, const struct lab_line *line)
{
    struct transfer *transfer = transfer_of(s, lane);
    struct lane *on = s->lanes[lane];
    uint64_t before = transfer->written + transfer->read;
    char name[24];
    int32_t err = write_some(s, lane, line);
    if (err == 0)
        err = read_some(s, lane, line);
    if (err != 0)
        return end(s, lane, line, errno_words(err, name, sizeof name));
    if (transfer->read == line->octets && is_drained(s, lane, line))
        return end(s, lane, line, NULL);
    bool moved = transfer->written + transfer->read > before;
    if (moved)
        transfer->since_usec = on->ops->now(on);
    switch (session_go(s, lane, transfer->since_usec + STALL_USEC)) {
    case LANE_DID:
        return LINE_MORE;
    case LANE_NOT_YET:
        return moved ? LINE_MORE : LINE_BUSY;
    case LANE_IDLE:
        break;
    }
    return moved ? LINE_MORE : end(s, lane, line, N_("nothing has moved for 300 s"));
}

enum line_outcome run_transfer(struct session *s, enum lane_id lane, const struct lab_line *line)
{
    if (run_descriptor(s, lane, line->host, line->sock) == NO_FD ||
        run_descriptor(s, lane, (unsigned)line->to_host, line->to_sock) == NO_FD)
        return run_until_there(s, lane, line);
    if (!transfer_of(s, lane)->under_way)
        begin(s, lane, line);
    s->quiet[lane] = true;
    enum line_outcome outcome = go_on(s, lane, line);
    s->quiet[lane] = false;
    return outcome;
}
