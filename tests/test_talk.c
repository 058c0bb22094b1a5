/*
 * serve, connect and chat as programs: with pipes, on terminals, and with each other.
 */
#include "tests/suites.h"

#include "net/clock.h"
#include "tests/capture.h"
#include "tests/program.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Starts it with the port in the place of %u. */
static void start(struct ran_program *program, const char *format, uint16_t port)
{
    char arguments[256];
    snprintf(arguments, sizeof arguments, format, port);
    program_start(program, arguments);
}

static void start_on_terminal(struct ran_program *program, const char *format, uint16_t port)
{
    char arguments[256];
    snprintf(arguments, sizeof arguments, format, port);
    program_start_on_terminal(program, arguments);
}

static uint16_t serve(struct ran_program *server, const char *arguments)
{
    program_start(server, arguments);
    return program_port(server);
}

static void stop(struct ran_program *server)
{
    program_signal(server, SIGTERM);
    ck_assert_int_eq(program_end(server), 0);
    program_free(server);
}

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){ .sin_family = AF_INET,
                                 .sin_port = htons(port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

/* A plain client, as any other program is one; with a receive buffer of that size, 0: any. */
static int client_with_buffer(uint16_t port, int octets)
{
    struct sockaddr_in to = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (octets > 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static int plain_client(uint16_t port)
{
    return client_with_buffer(port, 0);
}

/* A plain server's listening socket. */
static int plain_listener(uint16_t *port)
{
    struct sockaddr_in at = loopback(0);
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(listen(fd, 8), 0);
    getsockname(fd, (struct sockaddr *)&at, &len);
    *port = ntohs(at.sin_port);
    return fd;
}

static void say(int fd, const char *text)
{
    ck_assert_int_eq(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Exactly this comes next. */
static void hear(int fd, const char *text)
{
    char got[1024] = "";
    size_t len = strlen(text);
    struct timeval patience = { .tv_sec = 10 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ssize_t came = recv(fd, got, len, MSG_WAITALL);
    ck_assert_msg(came == (ssize_t)len && strcmp(got, text) == 0, "'%s', not '%s'", got, text);
}

/* What a pipe brings goes out whole, and comes back whole, whatever the octets. */
START_TEST(pipe_through_echo)
{
    struct ran_program server;
    char command[512];
    uint16_t port = serve(&server, "serve 0 --quiet");
    snprintf(command, sizeof command,
             "set -e; a=$(mktemp); b=$(mktemp); head -c 3000000 /dev/urandom >$a; "
             "cat $a | \"$TCPSTEP\" connect localhost:%u --all >$b; cmp $a $b; "
             "\"$TCPSTEP\" connect 127.0.0.1:%u --all <$a >$b; cmp $a $b; rm $a $b",
             port, port);
    struct ran ran = run_expecting(0, command);
    ran_free(&ran);
    stop(&server);
}
END_TEST

/* `exit` ends it, in the middle of input too; a word that only begins so does not. */
START_TEST(exit_ends_connect)
{
    struct ran_program server, client;
    uint16_t port = serve(&server, "serve 0");
    start(&client, "connect %u", port);
    program_type(&client, "ex");
    clock_pause(50000);
    program_type(&client, "its\nexit now\nexi\n");
    program_await(&client, "exits\nexit now\nexi\n");
    program_type(&client, "last\nexit\nnot sent\n");
    program_await(&client, "was not sent");
    program_await(&client, "last\n");
    ck_assert_int_eq(program_end(&client), 0);
    ck_assert_str_eq(client.said, ""); /* and it did not come back */
    program_free(&client);
    stop(&server);
}
END_TEST

/* At the end of input our side is closed, and the peer read on until it has closed, too. */
START_TEST(half_close)
{
    struct ran_program client;
    uint16_t port;
    char octet;
    int listener = plain_listener(&port);
    start(&client, "connect 127.0.0.1:%u --explain", port);
    int fd = accept(listener, NULL, NULL);
    program_type(&client, "question");
    program_close_input(&client);
    hear(fd, "question");
    ck_assert_int_eq(recv(fd, &octet, 1, 0), 0);
    program_await(&client, "FIN-WAIT-2");
    say(fd, "answer\n");
    program_await(&client, "answer\n");
    close(fd);
    ck_assert_int_eq(program_end(&client), 0);
    program_free(&client);
    close(listener);
}
END_TEST

/* Neither side waits for the other: what the peer says is shown while nothing is typed, and a peer
 * that does not read stops only the reading of input, not what it says itself. */
START_TEST(both_directions)
{
    struct ran_program client;
    uint16_t port;
    int listener = plain_listener(&port);
    start(&client, "connect 127.0.0.1:%u --all </dev/zero", port);
    int fd = accept(listener, NULL, NULL);
    for (unsigned i = 0; i < 3; i++) {
        say(fd, "I don't listen\n");
        program_await(&client, "I don't listen\n");
        clock_pause(100000);
    }
    program_signal(&client, SIGTERM);
    ck_assert_int_eq(program_end(&client), 128 + SIGTERM);
    ck_assert_ptr_nonnull(strstr(client.said, "not sent"));
    program_free(&client);
    close(fd);
    close(listener);
}
END_TEST

/* A peer that breaks off: said, with what was lost, but what it had said before is shown. */
START_TEST(reset_is_told)
{
    struct ran_program client;
    struct linger now = { .l_onoff = 1 };
    uint16_t port;
    int listener = plain_listener(&port);
    start(&client, "connect 127.0.0.1:%u", port);
    int fd = accept(listener, NULL, NULL);
    say(fd, "my last words\n");
    program_await(&client, "my last words\n");
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
    program_await(&client, "Connection reset by peer");
    ck_assert_int_eq(program_end(&client), 1);
    program_free(&client);
    close(listener);
}
END_TEST

/* Nobody there; or nobody who answers: a full accept queue drops SYNs. All addresses of a name are
 * tried. */
START_TEST(connect_fails)
{
    struct ran_program client, server;
    uint16_t port;
    int listener = plain_listener(&port);
    close(listener);
    start(&client, "connect localhost:%u", port);
    ck_assert_int_eq(program_end(&client), 1);
    ck_assert_ptr_nonnull(strstr(client.said, "127.0.0.1"));
    ck_assert_ptr_nonnull(strstr(client.said, "Connection refused"));
    program_free(&client);
    port = serve(&server, "serve 127.0.0.1:0 --no-accept --backlog 0");
    int waits = plain_client(port);
    start(&client, "connect 127.0.0.1:%u --timeout 1", port);
    ck_assert_int_eq(program_end(&client), 1);
    ck_assert_ptr_nonnull(strstr(client.said, "Connection timed out"));
    program_free(&client);
    close(waits);
    stop(&server);
}
END_TEST

/* The local end is chosen, and may be chosen again at once. */
START_TEST(local_end)
{
    struct ran_program server, client;
    char wanted[64];
    uint16_t own, port = serve(&server, "serve 127.0.0.1:0 --print");
    int probe = plain_listener(&own);
    close(probe);
    for (unsigned i = 0; i < 2; i++) {
        char arguments[128];
        snprintf(arguments, sizeof arguments, "connect 127.0.0.1:%u --send-only --bind %u", port,
                 own);
        program_start(&client, arguments);
        program_type(&client, "from here");
        program_close_input(&client);
        ck_assert_int_eq(program_end(&client), 0);
        program_free(&client);
        snprintf(wanted, sizeof wanted, "127.0.0.1:%u>>>from here\n", own);
        program_await(&server, wanted);
    }
    stop(&server);
}
END_TEST

/* A message without an end of line is printed, controls spelt out, each line with who said it. */
START_TEST(serve_prints)
{
    struct ran_program server;
    uint16_t port = serve(&server, "serve 127.0.0.1:0 --print --encoding gbk");
    int fd = plain_client(port);
    say(fd, "\xc4\xe3\x1b[2J\n127.0.0.1:1>>>forged\xba");
    program_await(&server, ">>>你\\x1b[2J\n127.0.0.1:");
    program_await(&server, ">>>127.0.0.1:1>>>forged\n");
    say(fd, "\xc3");
    program_await(&server, ">>>好\n");
    close(fd);
    program_await(&server, "client 1 is gone\n");
    stop(&server);
}
END_TEST

/* One message, and that was all. */
START_TEST(serve_once)
{
    struct ran_program server;
    uint16_t port = serve(&server, "serve 127.0.0.1:0 --once");
    int fd = plain_client(port);
    say(fd, "hello");
    program_await(&server, ">>>hello\n");
    close(fd);
    ck_assert_int_eq(program_end(&server), 0);
    program_free(&server);
}
END_TEST

/* The first signal closes the listener, and who is there is served until he goes; the second one
 * ends everything. The port can be used again at once; without SO_REUSEADDR it can't. */
START_TEST(signals_end_serve)
{
    struct ran_program server, next;
    char octet;
    uint16_t port = serve(&server, "serve 127.0.0.1:0 --explain");
    int fd = plain_client(port), other = plain_client(port);
    say(fd, "one");
    hear(fd, "one");
    program_signal(&server, SIGINT);
    program_await(&server, "close(");
    say(fd, "two");
    hear(fd, "two");
    start(&next, "serve 127.0.0.1:%u --no-reuseaddr", port);
    ck_assert_int_eq(program_end(&next), 3);
    ck_assert_ptr_nonnull(strstr(next.said, "bind: Address already in use"));
    program_free(&next);
    start(&next, "serve 127.0.0.1:%u", port);
    ck_assert_uint_eq(program_port(&next), port);
    stop(&next);
    close(other);
    program_signal(&server, SIGTERM);
    ck_assert_int_eq(program_end(&server), 0);
    ck_assert_int_eq(recv(fd, &octet, 1, 0), 0);
    program_free(&server);
    close(fd);
}
END_TEST

/* Who closes first is who stays in TIME-WAIT. */
START_TEST(close_first_is_seen)
{
    struct ran_program server;
    char octet;
    uint16_t port = serve(&server, "serve 127.0.0.1:0 --close-first --explain");
    int fd = plain_client(port);
    say(fd, "hello");
    hear(fd, "hello");
    ck_assert_int_eq(recv(fd, &octet, 1, 0), 0);
    program_await(&server, "shutdown(");
    program_await(&server, "FIN-WAIT-2");
    close(fd);
    program_await(&server, "TIME-WAIT");
    stop(&server);
}
END_TEST

/* Two talk at the same time, with names. */
START_TEST(chat_of_two)
{
    struct ran_program ann, bob;
    program_start(&ann, "chat --listen 127.0.0.1:0 --nick ann");
    start(&bob, "chat 127.0.0.1:%u --nick bob", program_port(&ann));
    program_await(&bob, "connected");
    program_type(&bob, "one\n");
    program_type(&bob, "two \x1b[2J\n");
    program_await(&ann, "bob: one\nbob: two \\x1b[2J\n");
    program_type(&ann, "three\n");
    program_await(&bob, "ann: three\n");
    program_type(&ann, "exit\n");
    program_await(&bob, "the partner has ended");
    program_type(&bob, "you still hear me\n");
    program_await(&ann, "bob: you still hear me\n");
    program_close_input(&bob);
    ck_assert_int_eq(program_end(&bob), 0);
    ck_assert_int_eq(program_end(&ann), 0);
    program_free(&ann);
    program_free(&bob);
}
END_TEST

/* In turns: what is typed before it is our turn is said when it is. */
START_TEST(chat_in_turns)
{
    struct ran_program chat;
    uint16_t port;
    int listener = plain_listener(&port);
    start(&chat, "chat 127.0.0.1:%u --turns", port);
    int fd = accept(listener, NULL, NULL);
    program_type(&chat, "first\nsecond\n");
    hear(fd, "first\n");
    clock_pause(300000);
    char octet;
    ck_assert_int_eq(recv(fd, &octet, 1, MSG_DONTWAIT), -1);
    say(fd, "no end of line"); /* as many programs send their messages */
    program_await(&chat, "no end of line\n");
    hear(fd, "second\n");
    program_close_input(&chat);
    ck_assert_int_eq(recv(fd, &octet, 1, 0), 0);
    close(fd);
    ck_assert_int_eq(program_end(&chat), 0);
    program_free(&chat);
    close(listener);
}
END_TEST

/* A partner with another encoding, and a line longer than any buffer, both ways. */
START_TEST(chat_encoding_and_long_lines)
{
    enum {
        LONG = 300000
    };
    struct ran_program chat;
    char *line = malloc(LONG + 2), *got = malloc(LONG + 2);
    uint16_t port;
    int listener = plain_listener(&port);
    ck_assert(line && got);
    start(&chat, "chat 127.0.0.1:%u --encoding gbk", port);
    int fd = accept(listener, NULL, NULL);
    program_type(&chat, "你好\n");
    hear(fd, "\xc4\xe3\xba\xc3\n");
    say(fd, "\xc4");
    clock_pause(100000);
    say(fd, "\xe3\xff\n");
    program_await(&chat, "你\\xff\n");
    memset(line, 'x', LONG);
    memcpy(line + LONG, "\n", 2);
    program_type(&chat, line);
    for (size_t all = 0; all < LONG + 1;) {
        ssize_t came = recv(fd, got + all, LONG + 1 - all, 0);
        ck_assert_int_gt(came, 0);
        all += (size_t)came;
    }
    ck_assert_int_eq(memcmp(got, line, LONG + 1), 0);
    say(fd, line);
    program_await(&chat, line);
    close(fd);
    program_close_input(&chat);
    program_end(&chat);
    program_free(&chat);
    close(listener);
    free(line);
    free(got);
}
END_TEST

/* In a room each line has the name of who said it, whoever he is and however he sends it. */
START_TEST(room)
{
    struct ran_program server, chat;
    uint16_t port = serve(&server, "serve 127.0.0.1:0 --room");
    int plain = plain_client(port);
    say(plain, "/nick ann\n");
    hear(plain, "* you are called ann\n");
    start(&chat, "chat 127.0.0.1:%u --nick ann", port);
    program_await(&chat, "* that name is taken\n");
    program_type(&chat, "/nick bob\nhello\n");
    hear(plain, "* bob has come\nbob: hello\n");
    say(plain, "no end of line");
    program_await(&chat, "ann: no end of line\n");
    say(plain, "half ");
    program_type(&chat, "between\n");
    hear(plain, "bob: between\n");
    say(plain, "a line\r\n\x1b[2J\n");
    program_await(&chat, "ann: half a line\nann: \\\\x1b[2J\n");
    say(plain, "/who\n");
    hear(plain, "* bob\n* ann\n"); /* who spoke last is last */
    close(plain);
    program_await(&chat, "* ann has gone\n");
    program_close_input(&chat);
    ck_assert_int_eq(program_end(&chat), 0);
    program_free(&chat);
    stop(&server);
}
END_TEST

/* Sends what goes of many lines more; returns how many octets have gone altogether. */
static size_t shout(int fd, size_t sent)
{
    enum {
        LINES = 500
    };
    static const char line[] = "the same line again\n";
    static char lines[LINES * (sizeof line - 1)];
    size_t len = sizeof line - 1, at = sent % len;
    for (size_t i = 0; i < LINES && lines[0] == '\0'; i++)
        memcpy(lines + (LINES - 1 - i) * len, line, len);
    ssize_t went = send(fd, lines + at, sizeof lines - at, MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent + (went > 0 ? (size_t)went : 0);
}

/* One shouts faster than the other can hear, and a third hears nothing at all: the third is
 * dropped, the second gets every line. */
START_TEST(room_waits_for_the_slow)
{
    enum {
        ALL = 24000000,
        PREFIX = 8,
        LINE = 20
    }; /* "guest1: " */
    struct ran_program server;
    static char got[65536];
    size_t sent = 0, heard = 0;
    uint16_t port = serve(&server, "serve 127.0.0.1:0 --room");
    int speaks = plain_client(port), hears = plain_client(port);
    int sleeps = client_with_buffer(port, 4096);
    program_await(&server, "client 3 has connected");
    uint64_t until = clock_usec() + 30000000;
    while (heard < ALL && clock_usec() < until) {
        sent = shout(speaks, sent);
        ssize_t came = recv(hears, got, sizeof got, MSG_DONTWAIT);
        ck_assert(came != 0);
        heard += came > 0 ? (size_t)came : 0;
    }
    ck_assert_uint_ge(heard, ALL);
    program_await(&server, "client 3 is gone: it did not read what it was sent");
    shutdown(speaks, SHUT_WR);
    size_t all = strlen("* guest1 has come\n* guest1 has gone\n") + sent +
                 (sent + LINE - 1) / LINE * PREFIX + (sent % LINE > 0);
    for (ssize_t came = 1; came > 0; heard += (size_t)came) {
        came = recv(hears, got, sizeof got, 0);
        if (came > 4 && memcmp(got + came - 5, "gone\n", 5) == 0) {
            heard += (size_t)came;
            break;
        }
    }
    /* where it was silent in the middle of a line, that was passed on as one of its own */
    ck_assert_uint_ge(heard, all);
    ck_assert_uint_eq((heard - all) % (PREFIX + 1), 0);
    close(speaks);
    close(hears);
    close(sleeps);
    stop(&server);
}
END_TEST

/* Nobody reads what the server prints: it serves all the same, and says later what was not shown.
 */
START_TEST(nobody_reads_the_log)
{
    struct ran_program server;
    uint16_t port = serve(&server, "serve 127.0.0.1:0");
    for (unsigned i = 0; i < 6000; i++) {
        int fd = plain_client(port);
        struct linger now = { .l_onoff = 1 };
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        if (i % 500 == 0) {
            say(fd, "there?");
            hear(fd, "there?");
        }
        close(fd);
    }
    program_await(&server, " lines were not shown)\n");
    stop(&server);
}
END_TEST

/* Nor what it explains: more calls than a pipe and what is kept have room for. */
START_TEST(nobody_reads_the_explanation)
{
    struct ran_program server;
    uint16_t port = serve(&server, "serve 127.0.0.1:0 --quiet --explain");
    int fd = plain_client(port);
    for (unsigned i = 0; i < 6000; i++) {
        say(fd, "there?");
        hear(fd, "there?");
    }
    close(fd);
    program_signal(&server, SIGTERM);
    program_await(&server, " lines were not shown)\n");
    ck_assert_int_eq(program_end(&server), 0);
    program_free(&server);
}
END_TEST

/* A program whose loop waits in a write, or is over and has more to print than anybody reads, hears
 * a signal all the same. */
START_TEST(nobody_reads_the_end)
{
    struct ran_program client;
    uint16_t port;
    int listener = plain_listener(&port);
    char command[80], octets[4096];
    snprintf(command, sizeof command, "connect 127.0.0.1:%u", port);
    program_start(&client, command);
    int fd = accept(listener, NULL, NULL);
    memset(octets, 'x', sizeof octets);
    for (unsigned i = 0; i < 30; i++) /* a pipe holds 16 of these */
        ck_assert_int_eq(send(fd, octets, sizeof octets, MSG_NOSIGNAL), sizeof octets);
    program_close_input(&client);
    close(fd);
    close(listener);
    usleep(300000); /* until it waits for its reader */
    program_signal(&client, SIGTERM);
    int status = program_end(&client);
    ck_assert_msg(status == 128 + SIGTERM || status == 0, "status %d", status);
    program_free(&client);
}
END_TEST

/* On a terminal: a person types, and what the peer says is fit for it. */
START_TEST(terminal)
{
    struct ran_program client;
    uint16_t port;
    int listener = plain_listener(&port);
    start_on_terminal(&client, "connect 127.0.0.1:%u", port);
    int fd = accept(listener, NULL, NULL);
    program_await(&client, "connected to 127.0.0.1");
    program_type(&client, "typed\n");
    hear(fd, "typed\n");
    say(fd, "harmless \x1b[31m\n");
    program_await(&client, "harmless \\x1b[31m\r\n");
    close(fd);
    program_await(&client, "the peer has closed");
    ck_assert_int_eq(program_end(&client), 0);
    program_free(&client);
    close(listener);
}
END_TEST

static void refuses(const char *arguments, const char *words)
{
    struct ran_program program;
    program_start(&program, arguments);
    ck_assert_int_eq(program_end(&program), 2);
    ck_assert_msg(strstr(program.said, words) != NULL, "%s: %s", arguments, program.said);
    program_free(&program);
}

START_TEST(wrong_usage)
{
    refuses("connect nowhere", "HOST:PORT");
    refuses("connect 127.0.0.1:1 127.0.0.1:2", "one too many");
    refuses("connect 1 --timeout soon", "timeout");
    refuses("connect 1 --encoding klingon", "klingon");
    refuses("chat --listen 0 127.0.0.1:1", "not both");
    refuses("chat --nick 'a b'", "name");
    refuses("serve 0 --encoding klingon", "klingon");
    refuses("serve 0 --full perhaps", "wait or refuse");
    refuses("serve 0 --idle 0", "idle");
}
END_TEST

Suite *talk_suite(void)
{
    Suite *suite = suite_create("talk");
    TCase *tcase = tcase_create("programs");
    tcase_add_test(tcase, pipe_through_echo);
    tcase_add_test(tcase, exit_ends_connect);
    tcase_add_test(tcase, half_close);
    tcase_add_test(tcase, both_directions);
    tcase_add_test(tcase, reset_is_told);
    tcase_add_test(tcase, connect_fails);
    tcase_add_test(tcase, local_end);
    tcase_add_test(tcase, serve_prints);
    tcase_add_test(tcase, serve_once);
    tcase_add_test(tcase, signals_end_serve);
    tcase_add_test(tcase, close_first_is_seen);
    tcase_add_test(tcase, chat_of_two);
    tcase_add_test(tcase, chat_in_turns);
    tcase_add_test(tcase, chat_encoding_and_long_lines);
    tcase_add_test(tcase, room);
    tcase_add_test(tcase, room_waits_for_the_slow);
    tcase_add_test(tcase, nobody_reads_the_log);
    tcase_add_test(tcase, nobody_reads_the_explanation);
    tcase_add_test(tcase, nobody_reads_the_end);
    tcase_add_test(tcase, terminal);
    tcase_add_test(tcase, wrong_usage);
    suite_add_tcase(suite, tcase);
    return suite;
}
