/*
 * The ladder of a program on the stage: what is told of segments that have passed, and how many are
 * not; and what is told of sockets beside it, to who comes later and of their timers.
 */
#include "tests/suites.h"

#include "net/clock.h"
#include "net/told.h"
#include "net/trace.h"
#include "tests/notation.h"
#include "tests/serving.h"
#include "ui/socks.h"
#include "ui/tui/segments_seen.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PASS_MAX = 2048,
    AT_ONCE = 500 /* are told at the most */
};

/* A program that listens, a peer elsewhere, and the segments that are to pass between them. */
struct rig {
    struct told *told;
    int fd;
    struct segments_seen *seen;
    struct trace trace; /* of segments alone */
    struct endpoint here, there;
    struct sniffed pass[PASS_MAX];
    unsigned count;
    unsigned long passed; /* in all */
    uint64_t missed;      /* by the capture, until segments are taken */
};

static uint64_t drain(void *of, sniff_take *take, void *to)
{
    struct rig *rig = of;
    uint64_t missed = rig->missed;
    for (unsigned i = 0; i < rig->count; i++)
        take(to, &rig->pass[i]);
    rig->count = 0;
    rig->missed = 0;
    return missed;
}

static struct rig *begin(void)
{
    struct rig *rig = calloc(1, sizeof *rig);
    struct call call = { .addr = { ip4(127, 0, 0, 1), 0 }, .value = 8 };
    ck_assert_ptr_nonnull(rig);
    trace_init(&rig->trace);
    rig->told = told_open((struct sink){ .emit = NULL });
    rig->seen = segments_seen_of((struct segments_source){ .drain = drain, .of = rig });
    ck_assert(rig->told && rig->seen);
    call.fd = rig->fd = told_socket(rig->told, 4, TYPE_STREAM, false).ret;
    call.op = CALL_BIND;
    ck_assert_int_eq(told_call(rig->told, &call, NULL).ret, 0);
    call.op = CALL_LISTEN;
    ck_assert_int_eq(told_call(rig->told, &call, NULL).ret, 0);
    call.op = CALL_GETSOCKNAME;
    rig->here = (struct endpoint){ ip4(10, 0, 0, 1), told_call(rig->told, &call, NULL).peer.port };
    rig->there = (struct endpoint){ ip4(192, 0, 2, 1), 5000 };
    return rig;
}

static void end(struct rig *rig)
{
    told_end(rig->told, rig->fd);
    segments_seen_close(rig->seen);
    told_close(rig->told);
    trace_free(&rig->trace);
    free(rig);
}

static void take(struct rig *rig)
{
    struct sink sink = trace_sink(&rig->trace);
    segments_seen_take(rig->seen, rig->told, &sink);
}

/* A segment that goes out (">") or comes in ("<"). */
static struct sniffed *pass(struct rig *rig, const char *line)
{
    static const struct notation_of of = { .tcb = NULL };
    struct written_segment written;
    const char *wrong = notation_read(line + 2, &of, &written);
    ck_assert_msg(!wrong, "%s: %s", line, wrong);
    ck_assert_uint_lt(rig->count, PASS_MAX);
    struct sniffed *sniffed = &rig->pass[rig->count++];
    *sniffed = (struct sniffed){ .seg = written.seg, .usec = clock_usec() };
    sniffed->seg.src = line[0] == '>' ? rig->here : rig->there;
    sniffed->seg.dst = line[0] == '>' ? rig->there : rig->here;
    rig->passed++;
    return sniffed;
}

static void pass_many(struct rig *rig, unsigned count, const char *line)
{
    while (count-- > 0)
        pass(rig, line);
}

/* What was told: "1 2 again +2": the first and the second were sent, that again, and it came. */
static const char *told_of(const struct rig *rig, char *text, size_t len)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < rig->trace.count && used < len; i++) {
        const struct event *event = &rig->trace.events[i];
        if (event_has_segment(event->kind))
            used += (size_t)snprintf(text + used, len - used, "%s%s%u%s", used ? " " : "",
                                     event->kind == EV_SENT ? "" : "+", event->u.wire.id,
                                     event->u.wire.again ? " again" : "");
    }
    return text;
}

static unsigned long count_of(const struct rig *rig, enum event_kind kind)
{
    unsigned long count = 0;
    for (size_t i = 0; i < rig->trace.count; i++)
        count += rig->trace.events[i].kind == kind;
    return count;
}

/* The number in front of these words, of all times that they were said. */
static unsigned long said(const struct rig *rig, const char *words)
{
    unsigned long sum = 0;
    for (size_t i = 0; i < rig->trace.count; i++) {
        const struct event *event = &rig->trace.events[i];
        char text[200];
        if (event->kind != EV_SAY)
            continue;
        snprintf(text, sizeof text, "%.*s", (int)event->text_len, (const char *)event->text);
        sum += strstr(text, words) ? strtoul(text + 1, NULL, 10) : 0;
    }
    return sum;
}

/* ---- what is told of each */

struct exchange {
    const char *shows;
    const char *lines[12];
    const char *told;
};

static const struct exchange exchanges[] = {
    { "one ACK of a segment that was lost and its copy is of one of them",
      { "> <SEQ=100><ACK=1><CTL=ACK><DATA=1000*x>", "> <SEQ=100><ACK=1><CTL=ACK><DATA=1000*x>",
        "< <SEQ=1><ACK=1100><CTL=ACK>" },
      "1 2 again +2 3 +3" },
    { "of the first one, where the ACK echoes its timestamp",
      { "> <SEQ=100><ACK=1><CTL=ACK><OPT=TS 10:5><DATA=1000*x>",
        "> <SEQ=100><ACK=1><CTL=ACK><OPT=TS 30:5><DATA=1000*x>",
        "< <SEQ=1><ACK=1100><CTL=ACK><OPT=TS 6:10>" },
      "1 2 again +1 3 +3" },
    { "of the copy, where it echoes that one's",
      { "> <SEQ=100><ACK=1><CTL=ACK><OPT=TS 10:5><DATA=1000*x>",
        "> <SEQ=100><ACK=1><CTL=ACK><OPT=TS 30:5><DATA=1000*x>",
        "< <SEQ=1><ACK=1100><CTL=ACK><OPT=TS 6:30>" },
      "1 2 again +2 3 +3" },
    { "two that were lost, sent again as one",
      { "> <SEQ=100><ACK=1><CTL=ACK><DATA=500*x>", "> <SEQ=600><ACK=1><CTL=ACK><DATA=500*x>",
        "> <SEQ=100><ACK=1><CTL=ACK><DATA=1000*x>", "< <SEQ=1><ACK=1100><CTL=ACK>" },
      "1 2 3 again +3 4 +4" },
    { "one that was lost, sent again in pieces",
      { "> <SEQ=100><ACK=1><CTL=ACK><DATA=1400*x>", "> <SEQ=100><ACK=1><CTL=ACK><DATA=700*x>",
        "< <SEQ=1><ACK=800><CTL=ACK>", "> <SEQ=800><ACK=1><CTL=ACK><DATA=700*x>",
        "< <SEQ=1><ACK=1500><CTL=ACK>" },
      "1 2 again +2 3 +3 4 again +4 5 +5" },
    { "one of which a part had come",
      { "> <SEQ=100><ACK=1><CTL=ACK><DATA=1400*x>", "< <SEQ=1><ACK=800><CTL=ACK>",
        "> <SEQ=800><ACK=1><CTL=ACK><DATA=700*x>", "< <SEQ=1><ACK=1500><CTL=ACK>" },
      "1 2 +2 3 again +1 +3 4 +4" },
    { "a delayed ACK is of both, though it echoes the first one's timestamp",
      { "> <SEQ=100><ACK=1><CTL=ACK><OPT=TS 10:5><DATA=10*x>",
        "> <SEQ=110><ACK=1><CTL=ACK><OPT=TS 20:5><DATA=10*x>",
        "< <SEQ=1><ACK=120><CTL=ACK><OPT=TS 6:10>" },
      "1 2 +1 +2 3 +3" },
    { "what was overtaken on its way in does not come again",
      { "< <SEQ=100><ACK=1><CTL=ACK><DATA=100*x>", "< <SEQ=300><ACK=1><CTL=ACK><DATA=100*x>",
        "< <SEQ=200><ACK=1><CTL=ACK><DATA=100*x>", "< <SEQ=400><ACK=1><CTL=ACK><DATA=100*x>",
        "< <SEQ=250><ACK=1><CTL=ACK><DATA=100*x>" },
      "1 +1 2 +2 3 +3 4 +4 5 again +5" },
    { "what goes out is in its order",
      { "> <SEQ=100><ACK=1><CTL=ACK><DATA=100*x>", "> <SEQ=300><ACK=1><CTL=ACK><DATA=100*x>",
        "> <SEQ=200><ACK=1><CTL=ACK><DATA=100*x>", "> <SEQ=400><ACK=1><CTL=ACK><DATA=100*x>" },
      "1 2 3 again 4" },
    { "a SYN comes again, one of another number begins anew, be that within what was seen",
      { "< <SEQ=50><CTL=SYN>", "< <SEQ=50><CTL=SYN>", "< <SEQ=51><ACK=1><CTL=ACK><DATA=100*x>",
        "< <SEQ=50><CTL=SYN>", "< <SEQ=60><CTL=SYN>", "< <SEQ=61><ACK=1><CTL=ACK><DATA=10*x>",
        "< <SEQ=61><ACK=1><CTL=ACK><DATA=10*x>" },
      "1 +1 2 again +2 3 +3 4 again +4 5 +5 6 +6 7 again +7" },
    { "behind many gaps the last ones are known",
      { "< <SEQ=100><ACK=1><CTL=ACK><DATA=10*x>", "< <SEQ=200><ACK=1><CTL=ACK><DATA=10*x>",
        "< <SEQ=300><ACK=1><CTL=ACK><DATA=10*x>", "< <SEQ=400><ACK=1><CTL=ACK><DATA=10*x>",
        "< <SEQ=500><ACK=1><CTL=ACK><DATA=10*x>", "< <SEQ=600><ACK=1><CTL=ACK><DATA=10*x>",
        "< <SEQ=700><ACK=1><CTL=ACK><DATA=10*x>", "< <SEQ=800><ACK=1><CTL=ACK><DATA=10*x>",
        "< <SEQ=900><ACK=1><CTL=ACK><DATA=10*x>", "< <SEQ=650><ACK=1><CTL=ACK><DATA=10*x>",
        "< <SEQ=600><ACK=1><CTL=ACK><DATA=10*x>" },
      "1 +1 2 +2 3 +3 4 +4 5 +5 6 +6 7 +7 8 +8 9 +9 10 +10 11 again +11" },
};

START_TEST(each_is_told_as_known)
{
    const struct exchange *exchange = &exchanges[_i];
    char text[400];
    struct rig *rig = begin();
    for (unsigned i = 0; exchange->lines[i]; i++)
        pass(rig, exchange->lines[i]);
    take(rig);
    ck_assert_msg(strcmp(told_of(rig, text, sizeof text), exchange->told) == 0,
                  "%s: '%s', not '%s'", exchange->shows, text, exchange->told);
    end(rig);
}
END_TEST

/* 5 GB come in, with a gap behind the first of it: numbers come round, and nothing is told to come
 * again but what does, which are those of a while before. */
START_TEST(numbers_come_round)
{
    enum {
        PIECES = 160,
        PIECE = 1 << 25,
        BEFORE = 8
    };
    unsigned again = 0;
    struct rig *rig = begin();
    for (uint32_t i = 0; i < 2 * PIECES; i++) {
        uint32_t piece = i % 2 && i / 2 >= BEFORE ? i / 2 - BEFORE : i / 2;
        struct sniffed *sniffed = pass(rig, "< <SEQ=0><ACK=1><CTL=ACK>");
        sniffed->seg.text_len = PIECE;
        sniffed->seg.seq = seq_of((piece + (piece > 0)) * PIECE);
    }
    take(rig);
    for (size_t i = 0; i < rig->trace.count; i++) {
        const struct event *event = &rig->trace.events[i];
        bool comes_again = event->u.wire.id % 2 == 0;
        ck_assert(event->kind != EV_SENT || event->u.wire.again == comes_again);
        again += event->kind == EV_SENT && event->u.wire.again;
    }
    ck_assert_uint_eq(again, PIECES);
    end(rig);
}
END_TEST

/* ---- too many */

/* What is told and what is said make up what has passed, also where nothing passes any more. */
START_TEST(flood_is_counted)
{
    struct rig *rig = begin();
    pass_many(rig, 2000, "< <SEQ=1><ACK=1><CTL=ACK><DATA=x>");
    take(rig);
    ck_assert_uint_eq(count_of(rig, EV_SENT), AT_ONCE);
    ck_assert_uint_eq(said(rig, "too many"), 2000 - AT_ONCE);
    pass_many(rig, 1000, "< <SEQ=1><ACK=1><CTL=ACK><DATA=x>");
    rig->missed = 70;
    take(rig);
    rig->missed = 7;
    take(rig);
    ck_assert_uint_eq(count_of(rig, EV_SAY), 1);
    clock_pause(1100000);
    take(rig);
    ck_assert_uint_eq(count_of(rig, EV_SENT) + said(rig, "too many"), rig->passed);
    ck_assert_uint_eq(said(rig, "too fast"), 77);
    ck_assert_uint_eq(count_of(rig, EV_SAY), 3);
    end(rig);
}
END_TEST

/* What the capture has missed may have been of sockets that are closed since, not of none. */
START_TEST(missed_at_the_end)
{
    struct rig *rig = begin();
    take(rig);
    told_end(rig->told, rig->fd);
    ck_assert_uint_eq(told_count(rig->told), 0);
    rig->missed = 5;
    take(rig);
    ck_assert_uint_eq(said(rig, "too fast"), 5);
    rig->missed = 6;
    take(rig);
    clock_pause(1100000);
    take(rig);
    ck_assert_uint_eq(said(rig, "too fast"), 5);
    end(rig);
}
END_TEST

/* An ACK that is left out itself is heeded, when it comes. */
START_TEST(ack_in_a_flood)
{
    char text[8000];
    struct rig *rig = begin();
    pass(rig, "> <SEQ=100><ACK=1><CTL=ACK><DATA=1000*x>");
    pass_many(rig, AT_ONCE, "> <SEQ=1100><ACK=1><CTL=ACK>");
    uint64_t usec = pass(rig, "< <SEQ=1><ACK=1100><CTL=ACK>")->usec += 5000000;
    take(rig);
    const struct event *last = NULL;
    for (size_t i = 0; i < rig->trace.count; i++) {
        if (rig->trace.events[i].kind == EV_DELIVERED)
            last = &rig->trace.events[i];
    }
    ck_assert_ptr_nonnull(last);
    ck_assert_uint_eq(last->u.wire.id, 1);
    ck_assert_uint_eq(last->usec, usec - told_began(rig->told));
    ck_assert_ptr_nonnull(strstr(told_of(rig, text, sizeof text), " 500 +1"));
    end(rig);
}
END_TEST

/* Where the copy is left out, nobody knows which one came. */
START_TEST(copy_in_a_flood)
{
    struct rig *rig = begin();
    pass(rig, "> <SEQ=100><ACK=1><CTL=ACK><DATA=1000*x>");
    pass(rig, "> <SEQ=1100><ACK=1><CTL=ACK><DATA=1000*x>");
    pass_many(rig, AT_ONCE, "> <SEQ=2100><ACK=1><CTL=ACK>");
    pass(rig, "> <SEQ=100><ACK=1><CTL=ACK><DATA=1000*x>");
    pass(rig, "< <SEQ=1><ACK=2100><CTL=ACK>");
    take(rig);
    ck_assert_uint_eq(count_of(rig, EV_DELIVERED), 1);
    end(rig);
}
END_TEST

/* ---- sockets */

static void take_sock(void *to, const struct event *event)
{
    socks_take(to, event);
}

/* Who comes later and remembers fewer sockets than there are knows the same ones as who was there:
 * the listening one, and the youngest. */
START_TEST(oldest_is_told_first)
{
    enum {
        MORE = SOCKS_MAX + 20
    };
    static struct socks socks;
    struct trace trace;
    struct rig *rig = begin();
    int fd[MORE];
    int32_t newest = -1;
    for (unsigned i = 0; i < MORE; i++)
        fd[i] = told_socket(rig->told, 4, TYPE_STREAM, false).ret;
    memset(&socks, 0, sizeof socks);
    trace_init(&trace);
    told_again(rig->told, trace_sink(&trace));
    told_again(rig->told, (struct sink){ .emit = take_sock, .to = &socks });
    for (size_t i = 0; i < trace.count; i++) {
        ck_assert_int_ge(trace.events[i].sock, newest);
        newest = trace.events[i].sock;
    }
    ck_assert_int_eq(newest, MORE);
    const struct sock_row *listener = socks_find(&socks, LANE_KERNEL, 0, 0);
    ck_assert(listener && listener->state == LISTEN);
    ck_assert_ptr_nonnull(socks_find(&socks, LANE_KERNEL, 0, MORE));
    ck_assert_uint_eq(socks.forgotten, MORE + 1 - SOCKS_MAX);
    for (unsigned i = 0; i < MORE; i++)
        told_end(rig->told, fd[i]);
    trace_free(&trace);
    end(rig);
}
END_TEST

static void set(int fd, int level, int name, int value)
{
    ck_assert_int_eq(setsockopt(fd, level, name, &value, sizeof value), 0);
}

/* When the timer that was told last runs out, in seconds from now; how many were told of. */
static double due(const struct trace *trace, const struct told *told, unsigned *times)
{
    double due = 0;
    *times = 0;
    for (size_t i = 0; i < trace->count; i++) {
        const struct event *event = &trace->events[i];
        if (event->kind != EV_TIMER || event->u.timer.timer != TIMER_KEEP_ALIVE)
            continue;
        uint64_t now = clock_usec() - told_began(told);
        due = ((double)event->u.timer.at_usec - (double)now) / 1e6;
        ++*times;
    }
    return due;
}

/* A timer that is set anew is told of, to run out later or earlier; one that runs on is not. */
START_TEST(timer_set_anew)
{
    static const int seconds[] = { 1000, 5000, 100 };
    struct trace trace;
    unsigned port, times;
    int listener = listen_here(&port);
    trace_init(&trace);
    struct told *told = told_open(trace_sink(&trace));
    told_timers(told);
    int fd = told_socket(told, 4, TYPE_STREAM, false).ret;
    struct call call = { .op = CALL_CONNECT,
                         .fd = fd,
                         .addr = { ip4(127, 0, 0, 1), (uint16_t)port } };
    told_call(told, &call, NULL);
    set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    for (unsigned i = 0; i < 3; i++) {
        set(fd, IPPROTO_TCP, TCP_KEEPIDLE, seconds[i]);
        told_look(told);
        clock_pause(20000);
        told_look(told);
        ck_assert_double_eq_tol(due(&trace, told, &times), seconds[i], 10);
        ck_assert_uint_eq(times, i + 1);
    }
    told_end(told, fd);
    close(listener);
    told_close(told);
    trace_free(&trace);
}
END_TEST

Suite *segments_seen_suite(void)
{
    Suite *suite = suite_create("segments_seen");
    TCase *tcase = tcase_create("told");
    tcase_set_timeout(tcase, 20);
    tcase_add_loop_test(tcase, each_is_told_as_known, 0,
                        (int)(sizeof exchanges / sizeof exchanges[0]));
    tcase_add_test(tcase, numbers_come_round);
    tcase_add_test(tcase, flood_is_counted);
    tcase_add_test(tcase, missed_at_the_end);
    tcase_add_test(tcase, ack_in_a_flood);
    tcase_add_test(tcase, copy_in_a_flood);
    tcase_add_test(tcase, oldest_is_told_first);
    tcase_add_test(tcase, timer_set_anew);
    suite_add_tcase(suite, tcase);
    return suite;
}
