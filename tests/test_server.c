/*
 * The server of many clients, on real sockets of loopback: who is served, who is told to go, who is
 * dropped, and that the others never notice.
 */
#include "tests/suites.h"

#include "net/address.h"
#include "net/clock.h"
#include "net/files.h"
#include "net/listen.h"
#include "net/server.h"
#include "ui/room.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PATIENCE_USEC = 10000000
};

struct rig {
    struct loop loop;
    struct server_setup setup;
    struct server *server;
    struct endpoint at;
};

static bool echo(struct server *server, struct client *client, const uint8_t *octets, uint32_t len)
{
    (void)server;
    return client_send(client, octets, len);
}

static const struct service echoes = { .came = echo };

/* What one says, all others hear. */
static bool to_others(struct server *server, struct client *client, const uint8_t *octets,
                      uint32_t len)
{
    struct client *other = NULL;
    while ((other = server_next(server, other))) {
        if (other != client)
            client_send(other, octets, len);
    }
    return true;
}

static const struct service tells_others = { .came = to_others };

static void rig_open(struct rig *rig, struct server_setup setup)
{
    struct net_error error;
    *rig = (struct rig){ .setup = setup };
    rig->setup.at = (struct names){ .at = { { ip4(127, 0, 0, 1), 0 } }, .count = 1 };
    if (!rig->setup.service)
        rig->setup.service = &echoes;
    if (!rig->setup.backlog)
        rig->setup.backlog = 64;
    if (!rig->setup.keep_most)
        rig->setup.keep_most = 65536;
    ck_assert(loop_open(&rig->loop));
    rig->server = server_open(&rig->setup, &rig->loop, &error);
    ck_assert_msg(rig->server != NULL, "%s: %s", error.operation, strerror(error.err));
    ck_assert_uint_eq(server_ends(rig->server, &rig->at, 1), 1);
}

static void rig_close(struct rig *rig)
{
    server_close(rig->server);
    loop_close(&rig->loop);
}

static void turn(struct rig *rig)
{
    int wait = server_tick(rig->server);
    ck_assert(loop_once(&rig->loop, wait < 0 || wait > 5 ? 5 : wait));
    server_tick(rig->server);
}

static void turns(struct rig *rig, unsigned count)
{
    while (count-- > 0)
        turn(rig);
}

static int come(const struct rig *rig)
{
    struct sockaddr_storage to;
    socklen_t len = address_of(&rig->at, &to);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ck_assert_int_ge(fd, 0);
    int ret = connect(fd, (struct sockaddr *)&to, len);
    ck_assert(ret == 0 || errno == EINPROGRESS);
    return fd;
}

static void say(int fd, const char *text)
{
    ck_assert_int_eq(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Waits for so many octets, and checks them. */
static void hear(struct rig *rig, int fd, const char *text)
{
    char got[256] = "";
    size_t len = 0, all = strlen(text);
    uint64_t until = clock_usec() + PATIENCE_USEC;
    while (len < all && clock_usec() < until) {
        ssize_t came = recv(fd, got + len, all - len, 0);
        ck_assert_msg(came != 0 && (came > 0 || errno == EAGAIN), "ended before '%s'", text);
        len += came > 0 ? (size_t)came : 0;
        if (came < 0)
            turn(rig);
    }
    ck_assert_str_eq(got, text);
}

/* Waits for the end; 0, or the errno. */
static int hear_end(struct rig *rig, int fd)
{
    char octets[4096];
    uint64_t until = clock_usec() + PATIENCE_USEC;
    while (clock_usec() < until) {
        ssize_t came = recv(fd, octets, sizeof octets, 0);
        if (came == 0)
            return 0;
        if (came < 0 && errno != EAGAIN)
            return errno;
        if (came < 0)
            turn(rig);
    }
    ck_abort_msg("the server does not end");
    return -1;
}

static bool is_silent(struct rig *rig, int fd)
{
    char octet;
    turns(rig, 10);
    return recv(fd, &octet, 1, MSG_PEEK) < 0 && errno == EAGAIN;
}

/* Many at once, and each of them several times. */
START_TEST(many_are_served_many_times)
{
    enum {
        MANY = 200
    };
    struct rig rig;
    int fd[MANY];
    rig_open(&rig, (struct server_setup){ .max_clients = 0 });
    for (unsigned i = 0; i < MANY; i++) {
        fd[i] = come(&rig);
        turn(&rig);
    }
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < MANY; i++)
            say(fd[i], "hello");
        for (unsigned i = 0; i < MANY; i++)
            hear(&rig, fd[i], "hello");
    }
    ck_assert_uint_eq(server_count(rig.server)->now, MANY);
    for (unsigned i = 0; i < MANY; i++)
        close(fd[i]);
    turns(&rig, 20);
    ck_assert_uint_eq(server_count(rig.server)->now, 0);
    ck_assert_uint_eq(server_count(rig.server)->in, 3 * MANY * 5);
    rig_close(&rig);
}
END_TEST

/* One too many is told so and closed; who comes when there is room again is served. */
START_TEST(one_too_many_is_told)
{
    struct rig rig;
    rig_open(&rig, (struct server_setup){ .max_clients = 1, .too_many = "full\n" });
    int first = come(&rig);
    turns(&rig, 2);
    int second = come(&rig);
    hear(&rig, second, "full\n");
    ck_assert_int_eq(hear_end(&rig, second), 0);
    close(second);
    say(first, "still here");
    hear(&rig, first, "still here");
    close(first);
    turns(&rig, 5);
    int third = come(&rig);
    say(third, "now");
    hear(&rig, third, "now");
    ck_assert_uint_eq(server_count(rig.server)->refused, 1);
    close(third);
    rig_close(&rig);
}
END_TEST

/* Or it waits in the accept queue until somebody goes. */
START_TEST(one_too_many_waits)
{
    struct rig rig;
    rig_open(&rig, (struct server_setup){ .max_clients = 1 });
    int first = come(&rig);
    turns(&rig, 2);
    int second = come(&rig);
    say(second, "me too");
    ck_assert(is_silent(&rig, second));
    say(first, "bye");
    hear(&rig, first, "bye");
    close(first);
    hear(&rig, second, "me too");
    ck_assert_uint_eq(server_count(rig.server)->most, 1);
    close(second);
    rig_close(&rig);
}
END_TEST

/* Who is silent for too long is closed; who speaks now and then stays. */
START_TEST(silent_ones_are_reaped)
{
    struct rig rig;
    rig_open(&rig, (struct server_setup){ .idle_msec = 2000 });
    int silent = come(&rig), speaks = come(&rig);
    for (unsigned i = 0; i < 8; i++) {
        say(speaks, "x");
        hear(&rig, speaks, "x");
        for (uint64_t until = clock_usec() + 350000; clock_usec() < until;)
            turn(&rig);
    }
    ck_assert_int_eq(hear_end(&rig, silent), 0);
    ck_assert(is_silent(&rig, speaks));
    ck_assert_uint_eq(server_count(rig.server)->reaped, 1);
    ck_assert_uint_eq(server_count(rig.server)->now, 1);
    close(silent);
    close(speaks);
    rig_close(&rig);
}
END_TEST

/* Sends as much as goes, until `all`; returns how much has gone. */
static size_t pour(int fd, size_t sent, size_t all)
{
    static const char octets[16384] = { 0 };
    while (sent < all) {
        size_t len = all - sent < sizeof octets ? all - sent : sizeof octets;
        ssize_t went = send(fd, octets, len, MSG_NOSIGNAL);
        if (went < 0)
            break;
        sent += (size_t)went;
    }
    return sent;
}

/* Reads what is there; returns how much that was. */
static size_t drain(int fd)
{
    char octets[65536];
    size_t all = 0;
    for (ssize_t came; (came = recv(fd, octets, sizeof octets, 0)) > 0;)
        all += (size_t)came;
    return all;
}

/* Who does not read is dropped when too much would have to be kept for it; who reads hears all. */
START_TEST(slow_reader_is_dropped)
{
    enum {
        ALL = 24 << 20
    };
    struct rig rig;
    size_t sent = 0, heard = 0;
    rig_open(&rig, (struct server_setup){ .service = &tells_others });
    int speaks = come(&rig), hears = come(&rig), sleeps = come(&rig);
    turns(&rig, 3);
    ck_assert_uint_eq(server_count(rig.server)->now, 3);
    uint64_t until = clock_usec() + PATIENCE_USEC;
    while (heard < ALL && clock_usec() < until) {
        if (sent - heard < 65536)
            sent = pour(speaks, sent, sent + 65536 < ALL ? sent + 65536 : ALL);
        turn(&rig);
        heard += drain(hears);
    }
    ck_assert_uint_eq(heard, ALL);
    ck_assert_uint_eq(server_count(rig.server)->dropped, 1);
    ck_assert_uint_eq(server_count(rig.server)->now, 2);
    hear_end(&rig, sleeps);
    close(speaks);
    close(hears);
    close(sleeps);
    rig_close(&rig);
}
END_TEST

/* Where readers are waited for, who does not read is not read from: what is kept is bounded, and
 * nothing is lost. */
START_TEST(slow_reader_is_waited_for)
{
    enum {
        ALL = 24 << 20
    };
    struct rig rig;
    size_t sent = 0, heard = 0;
    rig_open(&rig, (struct server_setup){ .pause_readers = true });
    int fd = come(&rig), other = come(&rig);
    for (unsigned i = 0; i < 100; i++) {
        sent = pour(fd, sent, ALL);
        turn(&rig);
    }
    ck_assert_uint_lt(sent, ALL); /* it is held back */
    struct client *client = server_next(rig.server, NULL);
    for (; client; client = server_next(rig.server, client))
        ck_assert_uint_le(client_kept(client), 2 * 65536);
    say(other, "unharmed");
    hear(&rig, other, "unharmed");
    uint64_t until = clock_usec() + PATIENCE_USEC;
    while (heard < ALL && clock_usec() < until) {
        heard += drain(fd);
        sent = pour(fd, sent, ALL);
        turn(&rig);
    }
    ck_assert_uint_eq(heard, ALL);
    close(fd);
    close(other);
    rig_close(&rig);
}
END_TEST

/* But not for ever. */
START_TEST(who_never_reads_is_reaped)
{
    struct rig rig;
    size_t sent = 0;
    rig_open(&rig, (struct server_setup){ .pause_readers = true, .stall_msec = 300 });
    int fd = come(&rig), other = come(&rig);
    uint64_t until = clock_usec() + PATIENCE_USEC;
    while (server_count(rig.server)->reaped == 0 && clock_usec() < until) {
        sent = pour(fd, sent, 64 << 20);
        turn(&rig);
    }
    ck_assert_uint_eq(server_count(rig.server)->reaped, 1);
    say(other, "patient");
    hear(&rig, other, "patient");
    close(fd);
    close(other);
    rig_close(&rig);
}
END_TEST

/* Who stands in the accept queue when the server is asked to end is served, also where only one at
 * a time is; then the port is free at once. */
static void stop_serves_the_queue(unsigned max_clients)
{
    enum {
        WAITING = 10
    };
    struct rig rig;
    struct net_error error;
    int fd[WAITING];
    rig_open(&rig, (struct server_setup){ .max_clients = max_clients });
    for (unsigned i = 0; i < WAITING; i++) {
        fd[i] = come(&rig);
        say(fd[i], "me");
    }
    server_stop(rig.server);
    for (unsigned i = 0; i < WAITING; i++)
        hear(&rig, fd[i], "me");
    int late = come(&rig);
    ck_assert_int_eq(hear_end(&rig, late), ECONNREFUSED);
    ck_assert(!server_is_done(rig.server));
    struct server_setup again = rig.setup;
    again.at.at[0] = rig.at;
    struct server *next = server_open(&again, &rig.loop, &error);
    ck_assert_ptr_nonnull(next);
    server_close(next);
    for (unsigned i = 0; i < WAITING; i++)
        shutdown(fd[i], SHUT_WR);
    for (unsigned i = 0; i < WAITING; i++)
        ck_assert_int_eq(hear_end(&rig, fd[i]), 0);
    turns(&rig, 3);
    ck_assert(server_is_done(rig.server));
    for (unsigned i = 0; i < WAITING; i++)
        close(fd[i]);
    close(late);
    rig_close(&rig);
}

START_TEST(queue_is_served_at_the_end)
{
    stop_serves_the_queue(_i ? 1 : 0);
}
END_TEST

/* How often a server that has nothing to do comes round in 150 ms. */
static unsigned idle_turns(struct rig *rig)
{
    unsigned count = 0;
    for (uint64_t until = clock_usec() + 150000; clock_usec() < until; count++)
        ck_assert(loop_once(&rig->loop, server_tick(rig->server)));
    return count;
}

/* Without a descriptor for the next one the server goes on with those it has; the next one gets his
 * when somebody goes, also where the server has been asked to end meanwhile. */
START_TEST(descriptors_run_out)
{
    struct rig rig;
    rig_open(&rig, (struct server_setup){ .max_clients = 0 });
    int first = come(&rig), second = come(&rig);
    turns(&rig, 3);
    int third = come(&rig), free_fd = dup(0);
    struct rlimit limit = { .rlim_cur = (rlim_t)free_fd, .rlim_max = (rlim_t)free_fd };
    close(free_fd);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    say(third, "waits");
    ck_assert(is_silent(&rig, third));
    ck_assert_uint_lt(idle_turns(&rig), 50);
    say(first, "served");
    hear(&rig, first, "served");
    if (_i)
        server_stop(rig.server);
    say(second, "bye");
    hear(&rig, second, "bye");
    shutdown(second, SHUT_WR);
    hear(&rig, third, "waits");
    ck_assert_int_eq(hear_end(&rig, second), 0);
    shutdown(first, SHUT_WR);
    shutdown(third, SHUT_WR);
    ck_assert_int_eq(hear_end(&rig, third), 0);
    ck_assert_int_eq(hear_end(&rig, first), 0);
    turns(&rig, 3);
    ck_assert(!_i || server_is_done(rig.server));
    rig_close(&rig);
}
END_TEST

static void reset(int fd)
{
    struct linger now = { .l_onoff = 1, .l_linger = 0 };
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
}

/* Clients that break off, at once or in the middle of what they are told, harm nobody. */
START_TEST(resets_harm_nobody)
{
    struct rig rig;
    rig_open(&rig, (struct server_setup){ .pause_readers = true });
    int good = come(&rig);
    for (unsigned i = 0; i < 20; i++) {
        int bad = come(&rig);
        if (i % 2)
            turn(&rig);
        pour(bad, 0, i * 400000);
        if (i % 3)
            turn(&rig);
        reset(bad);
        say(good, "fine");
        hear(&rig, good, "fine");
    }
    turns(&rig, 5);
    ck_assert_uint_eq(server_count(rig.server)->now, 1);
    ck_assert_int_lt(server_tick(rig.server), 0); /* it has nothing left to do, and sleeps */
    close(good);
    rig_close(&rig);
}
END_TEST

/* Says an octet more; can it still? */
static bool drips(int fd)
{
    return send(fd, "y", 1, MSG_NOSIGNAL) == 1;
}

/* Closing first: the first message is answered, then our FIN goes, and what still comes is not
 * heard. Who does not answer with his own is not waited for for ever, nor is who was one too many,
 * however much they say. */
START_TEST(server_closes_first)
{
    struct rig rig;
    rig_open(&rig,
             (struct server_setup){ .close_first = true, .max_clients = 2, .too_many = "full\n" });
    int fd = come(&rig), stays = come(&rig), refused = come(&rig);
    hear(&rig, refused, "full\n");
    ck_assert_int_eq(hear_end(&rig, refused), 0);
    say(fd, "once");
    say(stays, "once");
    hear(&rig, fd, "once");
    ck_assert_int_eq(hear_end(&rig, fd), 0);
    ck_assert_int_eq(hear_end(&rig, stays), 0);
    say(stays, "twice");
    close(fd);
    turns(&rig, 10);
    ck_assert_uint_eq(server_count(rig.server)->now, 1);
    uint64_t began = clock_usec(), until = began + PATIENCE_USEC;
    while (drips(refused) + drips(stays) > 0 && clock_usec() < until)
        turn(&rig);
    ck_assert_uint_lt(clock_usec(), until);
    ck_assert_uint_gt(clock_usec() - began, 4000000);
    ck_assert_uint_eq(server_count(rig.server)->now, 0);
    close(stays);
    close(refused);
    rig_close(&rig);
}
END_TEST

static void control_of(int fd, char *name, socklen_t room)
{
    memset(name, 0, room);
    ck_assert_int_eq(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &room), 0);
}

/* A listener at a loopback address has the system's congestion control, but not one that paces;
 * at all addresses it has the system's in any case. */
START_TEST(loopback_is_not_paced)
{
    char usual[17], ours[17];
    struct net_error error;
    struct listen_setup setup = { .backlog = 1 };
    struct endpoint at = { .ip = { .family = 4, .octet = { 127, 0, 0, 1 } } };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    control_of(fd, usual, 16);
    int here = listen_at(&setup, &at, &error);
    ck_assert_int_ge(here, 0);
    control_of(here, ours, 16);
    ck_assert_str_eq(ours, strncmp(usual, "bbr", 3) == 0 ? "reno" : usual);
    at.ip = (struct ip){ .family = 4 };
    int all = listen_at(&setup, &at, &error);
    ck_assert_int_ge(all, 0);
    control_of(all, ours, 16);
    ck_assert_str_eq(ours, usual);
    close(all);
    close(here);
    close(fd);
}
END_TEST

/* A head that never ends is answered in time also where nothing comes any more. */
START_TEST(unfinished_head_is_late)
{
    struct files files = { .root = open(".", O_PATH | O_DIRECTORY), .head_msec = 300 };
    struct rig rig;
    rig_open(&rig, (struct server_setup){ .service = &service_files, .of = &files });
    int fd = come(&rig);
    say(fd, "GET / HTTP/1.1\r\nHo");
    hear(&rig, fd, "HTTP/1.1 408 ");
    ck_assert_int_eq(hear_end(&rig, fd), 0);
    close(fd);
    rig_close(&rig);
    close(files.root);
}
END_TEST

static void count_answer(void *to, const struct files_told *told)
{
    (void)told;
    ++*(unsigned *)to;
}

/* Listings take long to make: of those asked for in a row, one goes each time the loop comes round.
 */
START_TEST(listings_let_others_go_first)
{
    unsigned told = 0, before = 0;
    struct files files = { .root = open(".", O_PATH | O_DIRECTORY),
                           .tell = count_answer,
                           .to = &told };
    struct rig rig;
    rig_open(&rig, (struct server_setup){ .service = &service_files, .of = &files });
    int fd = come(&rig);
    for (unsigned i = 0; i < 4; i++)
        say(fd, "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    for (unsigned i = 0; i < 50; i++, before = told) {
        turn(&rig);
        ck_assert_uint_le(told, before + 1);
    }
    ck_assert_uint_eq(told, 4);
    close(fd);
    rig_close(&rig);
    close(files.root);
}
END_TEST

static bool opened_in_room(struct server *server, struct client *client)
{
    return room_opened(server_setup(server)->of, client);
}

static bool said_in_room(struct server *server, struct client *client, const uint8_t *octets,
                         uint32_t len)
{
    return room_came(server_setup(server)->of, client, octets, len);
}

static void closed_in_room(struct server *server, struct client *client, int err)
{
    (void)err;
    room_closed(server_setup(server)->of, client);
}

static const struct service talks = { .opened = opened_in_room,
                                      .came = said_in_room,
                                      .closed = closed_in_room };

/* A newcomer's name is nobody's; no name is one that cannot be told from another, and no line moves
 * the others' cursors, in UTF-8; in GBK the same octets are text. */
START_TEST(names_and_lines_are_plain)
{
    struct room room = { .hushed = 0 };
    struct rig rig;
    rig_open(&rig, (struct server_setup){ .service = &talks, .of = &room });
    int first = come(&rig);
    say(first, "/nick guest2\n");
    hear(&rig, first, "* you are called guest2\n");
    int second = come(&rig);
    say(second, "a\xc2\x9b"
                "2J\n\xc2\x9b\xd6\xd0\n");
    hear(&rig, first, "* guest3 has come\nguest3: a\\xc2\\x9b2J\nguest3: \xc2\x9b\xd6\xd0\n");
    ck_assert(nick_is_good("\xe5\xbc\xa0", 3));
    ck_assert(nick_is_good("\xd6\xd0", 2));
    ck_assert(!nick_is_good("a\xe2\x80\x8b", 4));
    ck_assert(!nick_is_good("a\xe2\x80\xae", 4));
    ck_assert(!nick_is_good("\xc2\x9b", 2));
    close(first);
    close(second);
    rig_close(&rig);
}
END_TEST

Suite *server_suite(void)
{
    Suite *suite = suite_create("server");
    TCase *tcase = tcase_create("clients");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, many_are_served_many_times);
    tcase_add_test(tcase, one_too_many_is_told);
    tcase_add_test(tcase, one_too_many_waits);
    tcase_add_test(tcase, silent_ones_are_reaped);
    tcase_add_test(tcase, slow_reader_is_dropped);
    tcase_add_test(tcase, slow_reader_is_waited_for);
    tcase_add_test(tcase, who_never_reads_is_reaped);
    tcase_add_loop_test(tcase, queue_is_served_at_the_end, 0, 2);
    tcase_add_loop_test(tcase, descriptors_run_out, 0, 2);
    tcase_add_test(tcase, resets_harm_nobody);
    tcase_add_test(tcase, server_closes_first);
    tcase_add_test(tcase, unfinished_head_is_late);
    tcase_add_test(tcase, listings_let_others_go_first);
    tcase_add_test(tcase, names_and_lines_are_plain);
    tcase_add_test(tcase, loopback_is_not_paced);
    suite_add_tcase(suite, tcase);
    return suite;
}
