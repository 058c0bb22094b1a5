/*
 * Files served, fetched and sent by the programs: what may be had and what may not, transfers that
 * are cut, gone on with, spoilt, and the disk that is full.
 */
#include "tests/suites.h"

#include "net/files_known.h"
#include "net/files_open.h"
#include "tests/capture.h"
#include "tests/serving.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BIG = 5000000,
    ROOM = 1 << 20
};

/* A folder of its own for each test, with a directory that is served. */
struct room {
    char path[64], served[80];
    char answer[ROOM];
};

static struct room room;

static void write_file(const char *name, size_t len, unsigned seed)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", room.path, name);
    FILE *to = fopen(path, "we");
    ck_assert_ptr_nonnull(to);
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525u + 1013904223u;
        putc((int)(seed >> 24), to);
    }
    ck_assert_int_eq(fclose(to), 0);
}

static void make_room(void)
{
    char path[200];
    strcpy(room.path, "/tmp/tcpstep-files-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(room.path));
    snprintf(room.served, sizeof room.served, "%s/served", room.path);
    ck_assert_int_eq(mkdir(room.served, 0755), 0);
    snprintf(path, sizeof path, "%s/sub", room.served);
    ck_assert_int_eq(mkdir(path, 0755), 0);
    write_file("secret", 10, 1);
    write_file("served/small", 100, 2);
    write_file("served/sub/x", 3, 3);
    snprintf(path, sizeof path, "%s/out", room.served);
    ck_assert_int_eq(symlink("../secret", path), 0);
    snprintf(path, sizeof path, "%s/root", room.served);
    ck_assert_int_eq(symlink("/etc/passwd", path), 0);
    snprintf(path, sizeof path, "%s/in", room.served);
    ck_assert_int_eq(symlink("sub/x", path), 0);
    snprintf(path, sizeof path, "%s/up", room.served);
    ck_assert_int_eq(symlink("..", path), 0);
    snprintf(path, sizeof path, "%s/fifo", room.served);
    ck_assert_int_eq(mkfifo(path, 0644), 0);
    snprintf(path, sizeof path, "%s/a <b>&\xff", room.served);
    ck_assert_int_eq(close(open(path, O_CREAT | O_WRONLY, 0644)), 0);
    snprintf(path, sizeof path, "%s/line\nbreak", room.served);
    ck_assert_int_eq(close(open(path, O_CREAT | O_WRONLY, 0644)), 0);
}

static void leave_room(void)
{
    char command[100];
    snprintf(command, sizeof command, "rm -rf '%s'", room.path);
    ck_assert_int_eq(system(command), 0);
}

static struct serving serve(void)
{
    const char *const words[] = { "serve", "--files", room.served, "--quiet", "0", NULL };
    return serving_begin(words, true);
}

/* Runs `get` with these words behind it, in the room. */
static struct ran get(const char *words)
{
    char command[400];
    snprintf(command, sizeof command, "cd '%s' && \"$TCPSTEP\" get %s", room.path, words);
    return run_shell(command);
}

static bool same(const char *a, const char *b)
{
    char command[400];
    snprintf(command, sizeof command, "cd '%s' && cmp -s '%s' '%s'", room.path, a, b);
    return system(command) == 0;
}

static bool is_there(const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", room.path, name);
    return access(path, F_OK) == 0;
}

static const struct {
    const char *path;
    int result, by_hand; /* 0: opened */
} paths[] = {
    { "small", 0, 0 },
    { "", 0, 0 },
    { "sub/", 0, 0 },
    { "sub//x", 0, 0 },
    { "./sub/./x", 0, 0 },
    { "in", 0, -ELOOP }, /* by hand no link is followed */
    { "nothing", -ENOENT, -ENOENT },
    { "small/", -ENOTDIR, -ENOTDIR },
    { "out", -EXDEV, -ELOOP },
    { "root", -EXDEV, -ELOOP },
    { "up/secret", -EXDEV, -ENOTDIR },
    { "../secret", -EXDEV, -EXDEV },
    { "sub/../../secret", -EXDEV, -EXDEV },
    { "sub/..", -EXDEV, -EXDEV },
    { "/etc/passwd", -EXDEV, -EXDEV },
    { "fifo", -ENODEV, -ENODEV },
};

/* Below the directory everything plain is found, outside it nothing, in both ways. */
START_TEST(never_outside)
{
    struct stat seen;
    int root = open(room.served, O_RDONLY | O_DIRECTORY);
    int fd = files_open(root, paths[_i].path, false, &seen);
    ck_assert_int_eq(fd < 0 ? fd : 0, paths[_i].result);
    if (fd >= 0)
        close(fd);
    fd = files_open(root, paths[_i].path, true, &seen);
    ck_assert_int_eq(fd < 0 ? fd : 0, paths[_i].by_hand);
    if (fd >= 0)
        close(fd);
    close(root);
}
END_TEST

static const struct {
    unsigned status;
    const char *target;
} asked[] = {
    { 200, "/small" },         { 200, "/in" },           { 200, "/sub/" },
    { 301, "/sub" },           { 404, "/../secret" },    { 404, "/out" },
    { 404, "/%2e%2e/secret" }, { 404, "/root" },         { 404, "//etc/passwd" },
    { 404, "/small/" },        { 403, "/fifo" },         { 404, "/up/secret" },
    { 400, "/%00" },           { 400, "/line%0abreak" },
};

/* Over the wire likewise; one after the other on one connection. */
START_TEST(targets_are_answered)
{
    struct serving server = serve();
    char text[2000] = "";
    size_t len = 0;
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        bool last = asked[i].status == 400;
        len += (size_t)snprintf(text + len, sizeof text - len,
                                "HEAD %s HTTP/1.1\r\nHost: a\r\n\r\n", asked[i].target);
        if (last)
            break; /* behind what is wrong, nothing is heard */
    }
    ask(server.port, text, room.answer, ROOM);
    const char *at = room.answer;
    for (size_t i = 0; i < sizeof asked / sizeof asked[0] - 1; i++) {
        ck_assert_msg(at && strncmp(at, "HTTP/1.1 ", 9) == 0, "no answer to %s", asked[i].target);
        ck_assert_msg(strtoul(at + 9, NULL, 10) == asked[i].status, "%s: %.12s", asked[i].target,
                      at);
        at = strstr(at, "\r\n\r\n") + 4;
    }
    ck_assert_str_eq(at, "");
    ask(server.port, "GET /line%0abreak HTTP/1.0\r\n\r\n", room.answer, ROOM);
    ck_assert_ptr_nonnull(strstr(room.answer, " 400 "));
    ck_assert_int_eq(serving_end(&server, SIGTERM), 0);
}
END_TEST

/* Parts, HEAD, and several requests at once: the answers come whole and in their order. */
START_TEST(requests_in_a_row)
{
    struct serving server = serve();
    size_t len = ask(server.port,
                     "GET /small HTTP/1.1\r\nHost: a\r\nRange: bytes=10-19\r\n\r\n"
                     "HEAD /small HTTP/1.1\r\nHost: a\r\n\r\n"
                     "\r\nGET /small HTTP/1.1\r\nHost: a\r\nRange: bytes=100-\r\n\r\n"
                     "GET /small?digest HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                     room.answer, ROOM);
    const char *first = strstr(room.answer, "HTTP/1.1 206 ");
    ck_assert_ptr_eq(first, room.answer);
    ck_assert_ptr_nonnull(strstr(first, "Content-Range: bytes 10-19/100\r\n"));
    const char *second = memmem(first + 10, len - 10, "HTTP/1.1 200 ", 13);
    ck_assert_ptr_nonnull(second);
    ck_assert_ptr_eq(second, strstr(first, "\r\n\r\n") + 4 + 10);
    ck_assert_ptr_nonnull(strstr(second, "Content-Length: 100\r\n"));
    const char *third = strstr(second, "\r\n\r\n") + 4; /* no body behind a HEAD */
    ck_assert_int_eq(strncmp(third, "HTTP/1.1 416 ", 13), 0);
    ck_assert_ptr_nonnull(strstr(third, "Content-Range: bytes */100\r\n"));
    const char *fourth = strstr(third, "\r\n\r\n") + 4;
    ck_assert_int_eq(strncmp(fourth, "HTTP/1.1 200 ", 13), 0);
    ck_assert_int_eq(strncmp(strstr(fourth, "\r\n\r\n") + 4, "xxh3-128 ", 9), 0);
    ck_assert_int_eq(serving_end(&server, SIGTERM), 0);
}
END_TEST

/* More at once than are answered in one go, and all that is said before the FIN: none is lost. */
START_TEST(many_in_a_row)
{
    enum {
        MANY = 100
    };
    static const char one[] = "GET /sub/x HTTP/1.1\r\nHost: a\r\n\r\n";
    struct serving server = serve();
    char text[MANY * sizeof one] = "";
    unsigned count = 0;
    for (int i = 0; i < MANY; i++)
        memcpy(text + (size_t)i * (sizeof one - 1), one, sizeof one);
    int fd = dial(server.port);
    ck_assert_int_eq(send(fd, text, strlen(text), 0), (ssize_t)strlen(text));
    ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
    size_t len = hear(fd, room.answer, ROOM - 1);
    room.answer[len] = '\0';
    for (const char *at = room.answer; (at = strstr(at, "HTTP/1.1 200 OK\r\n")); at++)
        count++;
    ck_assert_uint_eq(count, MANY);
    ck_assert_int_eq(serving_end(&server, SIGTERM), 0);
}
END_TEST

/* A server that is asked to end lets go who is between two requests, and finishes the answer that
 * is under way. */
START_TEST(a_stop_loses_nothing)
{
    struct serving server = serve();
    write_file("served/big", BIG, 7);
    int idle = dial(server.port), busy = dial(server.port);
    const char *text = "GET /big HTTP/1.1\r\nHost: a\r\n\r\n";
    ck_assert_int_eq(send(busy, text, strlen(text), 0), (ssize_t)strlen(text));
    ck_assert_int_eq(recv(busy, room.answer, 10, MSG_WAITALL), 10);
    ck_assert_int_eq(kill(server.pid, SIGTERM), 0);
    ck_assert_uint_eq(hear(idle, room.answer, ROOM), 0);
    size_t all = 10;
    for (ssize_t got; (got = recv(busy, room.answer, ROOM, 0)) > 0;)
        all += (size_t)got;
    ck_assert_uint_gt(all, BIG);
    close(busy);
    ck_assert_int_eq(serving_end(&server, 0), 0);
}
END_TEST

/* A head beyond 8 KiB, one that never ends, and one without a listing for it. */
START_TEST(heads_have_a_limit)
{
    struct serving server = serve();
    char *text = malloc(9001);
    memset(text, 'a', 9000);
    memcpy(text, "GET / HTTP/1.1\r\nX: ", 19);
    text[9000] = '\0';
    ask(server.port, text, room.answer, ROOM);
    ck_assert_int_eq(strncmp(room.answer, "HTTP/1.1 431 ", 13), 0);
    free(text);
    int fd = dial(server.port);
    ck_assert_int_eq(send(fd, "GET / HT", 8, 0), 8);
    ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
    ck_assert_uint_eq(hear(fd, room.answer, ROOM), 0);
    ck_assert_int_eq(serving_end(&server, SIGTERM), 0);
}
END_TEST

/* Names in a listing are encoded, what cannot be asked for is not in it; HTML where it is wanted.
 */
START_TEST(directories_are_listed)
{
    struct serving server = serve();
    ask(server.port, "GET / HTTP/1.0\r\n\r\n", room.answer, ROOM);
    ck_assert_ptr_nonnull(strstr(room.answer, "Content-Type: text/plain"));
    ck_assert_ptr_nonnull(strstr(room.answer, "Z  a <b>&%FF\n"));
    ck_assert_ptr_nonnull(strstr(room.answer, "            100  "));
    ck_assert_ptr_nonnull(strstr(room.answer, "Z  sub/\n"));
    static const char *const not_in_it[] = { "out", "root", "up", "fifo", "line" };
    for (size_t i = 0; i < sizeof not_in_it / sizeof not_in_it[0]; i++)
        ck_assert_msg(!strstr(room.answer, not_in_it[i]), "%s is listed", not_in_it[i]);
    ask(server.port, "GET / HTTP/1.0\r\nAccept: text/html\r\n\r\n", room.answer, ROOM);
    ck_assert_ptr_nonnull(
        strstr(room.answer, "<a href=\"/a%20%3Cb%3E%26%FF\">a &#60;b&#62;&#38;%FF</a>"));
    struct ran ran = { .status = 0 };
    char words[40];
    snprintf(words, sizeof words, "127.0.0.1:%u/sub/", server.port);
    ran = get(words);
    ck_assert_int_eq(ran.status, 0);
    ck_assert_ptr_nonnull(strstr(ran.out, "Z  x\n"));
    ran_free(&ran);
    ck_assert_int_eq(serving_end(&server, SIGTERM), 0);
}
END_TEST

/* A file that is cut while it is sent is broken off, not filled up; another client is served while
 * this one does not read. */
START_TEST(a_file_that_shrinks)
{
    char path[100];
    struct serving server = serve();
    snprintf(path, sizeof path, "%s/hole", room.served);
    int file = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0644);
    ck_assert_int_eq(ftruncate(file, 200000000), 0);
    int fd = dial(server.port);
    const char *text = "GET /hole HTTP/1.1\r\nHost: a\r\n\r\n";
    ck_assert_int_eq(send(fd, text, strlen(text), 0), (ssize_t)strlen(text));
    ck_assert_int_eq(recv(fd, room.answer, 100, MSG_WAITALL), 100);
    ask(server.port, "GET /small HTTP/1.0\r\n\r\n", room.answer, ROOM);
    ck_assert_int_eq(strncmp(room.answer, "HTTP/1.1 200 ", 13), 0);
    ck_assert_int_eq(ftruncate(file, 1000), 0);
    size_t all = 0;
    for (ssize_t got; (got = recv(fd, room.answer, ROOM, 0)) > 0;)
        all += (size_t)got;
    ck_assert_uint_lt(all, 200000000);
    close(fd);
    close(file);
    ck_assert_int_eq(serving_end(&server, SIGTERM), 0);
}
END_TEST

/* A file arrives, and a missing one, or a directory in its place, changes nothing. */
START_TEST(files_arrive)
{
    struct serving server = serve();
    char words[200];
    write_file("served/big", BIG, 9);
    write_file("old", 7, 1);
    snprintf(words, sizeof words, "127.0.0.1:%u/big", server.port);
    struct ran ran = get(words);
    ck_assert_msg(ran.status == 0, "%s", ran.err);
    ck_assert_str_eq(ran.err, "");
    ck_assert(same("big", "served/big"));
    ck_assert(!is_there("big.part") && !is_there("big.part.from"));
    ran_free(&ran);
    snprintf(words, sizeof words, "127.0.0.1:%u/none -o old", server.port);
    ran = get(words);
    ck_assert_int_eq(ran.status, 1);
    ck_assert_ptr_nonnull(strstr(ran.err, "404"));
    ck_assert(!same("old", "big") && is_there("old") && !is_there("old.part"));
    ran_free(&ran);
    snprintf(words, sizeof words, "127.0.0.1:%u/big -o served", server.port);
    ran = get(words);
    ck_assert_int_eq(ran.status, 1);
    ck_assert_ptr_nonnull(strstr(ran.err, "Is a directory"));
    ran_free(&ran);
    ck_assert_int_eq(serving_end(&server, SIGTERM), 0);
}
END_TEST

static struct serving begin_get(unsigned port, const char *output)
{
    char source[40];
    static char path[200];
    snprintf(source, sizeof source, "127.0.0.1:%u/big", port);
    snprintf(path, sizeof path, "%s/%s", room.path, output);
    const char *const words[] = { "get", source, "-o", path, NULL };
    return serving_begin(words, false);
}

/* Waits until the part has something of it. */
static void wait_for_part(void)
{
    for (int i = 0; i < 1000 && !is_there("got.part.from"); i++)
        usleep(10000);
    ck_assert(is_there("got.part.from"));
    usleep(50000);
}

/* Three times cut in the middle, by SIGKILL for the one, for the other, and by the peer's end; each
 * time it goes on where it was, and until it is whole the old file is there. */
START_TEST(kills_do_no_harm)
{
    unsigned port;
    struct relay relay = { .most = 1500000 };
    int listener = listen_here(&port);
    struct serving server = serve();
    write_file("served/big", BIG, 4);
    write_file("got", 7, 1);
    write_file("old", 7, 1);
    for (int round = 0; round < 3; round++) {
        struct serving client = begin_get(port, "got");
        relay_run(&relay, listener, server.port);
        wait_for_part();
        if (round == 1) {
            ck_assert_int_eq(serving_end(&server, SIGKILL), 128 + SIGKILL);
            server = serve();
        }
        if (round != 0)
            relay_close(&relay);
        int status = serving_end(&client, round == 0 ? SIGKILL : 0);
        ck_assert_int_eq(status, round == 0 ? 128 + SIGKILL : 1);
        if (round == 0)
            relay_close(&relay);
        ck_assert(same("got", "old") && is_there("got.part"));
    }
    relay.most = UINT64_MAX;
    struct serving client = begin_get(port, "got");
    relay_run(&relay, listener, server.port);
    relay_close(&relay);
    ck_assert_int_eq(serving_end(&client, 0), 0);
    ck_assert(same("got", "served/big") && !is_there("got.part"));
    ck_assert_uint_lt(relay.passed, 1000000); /* the rest, and no more */
    close(listener);
    ck_assert_int_eq(serving_end(&server, SIGTERM), 0);
}
END_TEST

/* What is there is of a file that is another one now: all of the new one is fetched. */
START_TEST(a_part_of_another_file)
{
    unsigned port;
    struct relay relay = { .most = 1500000 };
    int listener = listen_here(&port);
    struct serving server = serve();
    write_file("served/big", BIG, 4);
    struct serving client = begin_get(port, "got");
    relay_run(&relay, listener, server.port);
    wait_for_part();
    relay_close(&relay);
    ck_assert_int_eq(serving_end(&client, 0), 1);
    write_file("served/big", BIG - 1, 5);
    relay.most = UINT64_MAX;
    client = begin_get(port, "got");
    relay_run(&relay, listener, server.port);
    relay_close(&relay);
    ck_assert_int_eq(serving_end(&client, 0), 0);
    ck_assert(same("got", "served/big"));
    ck_assert_uint_gt(relay.passed, BIG);
    close(listener);
    ck_assert_int_eq(serving_end(&server, SIGTERM), 0);
}
END_TEST

/* A digest is known for a minute, of the file as it was then, and of the last 64 files. */
START_TEST(digests_are_known)
{
    static struct known_digests known;
    struct stat seen = { .st_ino = 7, .st_size = 100, .st_mtim = { 1000, 5 } }, other = seen;
    const uint64_t minute = 60 * 1000000;
    known_keep(&known, &seen, "0123456789abcdef0123456789abcdef", 10);
    ck_assert_str_eq(known_find(&known, &seen, 11), "0123456789abcdef0123456789abcdef");
    ck_assert_ptr_nonnull(known_find(&known, &seen, minute + 9));
    ck_assert_ptr_null(known_find(&known, &seen, minute + 10));
    other.st_mtim.tv_nsec = 6;
    ck_assert_ptr_null(known_find(&known, &other, 11));
    other = seen;
    other.st_ctim.tv_nsec = 1; /* times of change can be set back, this one can't */
    ck_assert_ptr_null(known_find(&known, &other, 11));
    for (unsigned i = 0; i < KNOWN_MOST; i++) {
        ck_assert_ptr_nonnull(known_find(&known, &seen, 11));
        other.st_ino = 100 + i;
        known_keep(&known, &other, "ffffffffffffffffffffffffffffffff", 10);
    }
    ck_assert_ptr_null(known_find(&known, &seen, 11));
    ck_assert(!known_is_settled(&seen, 1001) && known_is_settled(&seen, 1002));
    seen.st_ctim.tv_sec = 1001;
    ck_assert(!known_is_settled(&seen, 1002));
}
END_TEST

/* Asked again it is the same, and of a file that has changed another (test: digests_are_known). */
START_TEST(a_digest_is_of_what_is_there)
{
    static const char *const request = "GET /big?digest HTTP/1.1\r\nConnection: close\r\n"
                                       "Host: a\r\n\r\n";
    char first[ROOM / 64], second[ROOM / 64], third[ROOM / 64];
    struct serving server = serve();
    write_file("served/big", BIG, 4);
    usleep((SETTLED_SECONDS + 1) * 1000000);
    ask(server.port, request, first, sizeof first);
    ask(server.port, request, second, sizeof second);
    const char *line = strstr(first, "\r\n\r\nxxh3-128 ");
    ck_assert_ptr_nonnull(line);
    ck_assert_ptr_nonnull(strstr(second, line));
    write_file("served/big", BIG, 5);
    ask(server.port, request, third, sizeof third);
    ck_assert_ptr_nonnull(strstr(third, "\r\n\r\nxxh3-128 "));
    ck_assert_ptr_null(strstr(third, line));
    ck_assert_int_eq(serving_end(&server, SIGTERM), 0);
}
END_TEST

/* One octet is another one when it arrives: the digest finds it, nothing takes the file's place. */
START_TEST(a_spoilt_octet)
{
    unsigned port;
    struct relay relay = { .most = UINT64_MAX, .spoil = 2000000 };
    int listener = listen_here(&port);
    struct serving server = serve();
    write_file("served/big", BIG, 4);
    write_file("got", 7, 1);
    write_file("old", 7, 1);
    struct serving client = begin_get(port, "got");
    relay_run(&relay, listener, server.port);
    relay_close(&relay);
    ck_assert_int_eq(serving_end(&client, 0), 1);
    ck_assert(same("got", "old") && !is_there("got.part") && !is_there("got.part.from"));
    close(listener);
    ck_assert_int_eq(serving_end(&server, SIGTERM), 0);
}
END_TEST

/* On a disk of 1 MB there is no room for 5: it is said, and the old file is as it was. */
START_TEST(a_full_disk)
{
    char words[600];
    struct serving server = serve();
    write_file("served/big", BIG, 4);
    struct ran ran = run_shell("unshare -rm true");
    bool allowed = ran.status == 0;
    ran_free(&ran);
    if (!allowed)
        printf("a_full_disk: skipped, no namespaces here\n");
    snprintf(words, sizeof words,
             "cd '%s' && mkdir m && exec unshare -rm sh -c 'mount -t tmpfs -o size=1m none m && "
             "echo old >m/big && ! \"$TCPSTEP\" get 127.0.0.1:%u/big -o m/big && cat m/big && "
             "test -e m/big.part'",
             room.path, server.port);
    if (allowed) {
        ran = run_shell(words);
        ck_assert_msg(ran.status == 0, "%s%s", ran.out, ran.err);
        ck_assert_str_eq(ran.out, "old\n");
        ck_assert_ptr_nonnull(strstr(ran.err, "No space left on device"));
        ran_free(&ran);
    }
    ck_assert_int_eq(serving_end(&server, SIGTERM), 0);
}
END_TEST

static void write_octets(const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", room.path, name);
    FILE *to = fopen(path, "we");
    ck_assert_ptr_nonnull(to);
    fputs(text, to);
    ck_assert_int_eq(fclose(to), 0);
}

/* Answers whatever `get` asks with this text, and ends. Its status. */
static int get_answered(const char *answer, const char *option)
{
    unsigned port;
    char source[40], path[200], request[2000];
    int listener = listen_here(&port);
    snprintf(source, sizeof source, "127.0.0.1:%u/big", port);
    snprintf(path, sizeof path, "%s/got", room.path);
    const char *const words[] = { "get", source, "-o", path, option, NULL };
    struct serving client = serving_begin(words, false);
    int fd = accept(listener, NULL, NULL);
    ck_assert_int_gt(recv(fd, request, sizeof request, 0), 0);
    ck_assert_int_eq(send(fd, answer, strlen(answer), MSG_NOSIGNAL), (ssize_t)strlen(answer));
    close(fd);
    close(listener);
    return serving_end(&client, 0);
}

#define PARTIAL "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\nETag: \"e\"\r\n"

static const struct {
    const char *from, *option, *answer;
    const char *got; /* NULL: refused */
} lies[] = {
    { "none\n5", NULL, PARTIAL "Content-Range: bytes 0-4/5\r\n\r\nhello", NULL },
    { "none\n5", NULL, PARTIAL "Content-Range: bytes 5-9/10\r\n\r\nhello", NULL },
    { "\"e\"\n10", "--fresh", PARTIAL "Content-Range: bytes 5-9/10\r\n\r\nhello", NULL },
    { "\"e\"\n10", NULL, PARTIAL "Content-Range: bytes 5-3/10\r\n\r\nhello", NULL },
    { "\"e\"\n10", NULL, PARTIAL "Content-Range: bytes 0-4/10\r\n\r\nhello", NULL },
    { "\"e\"\n10", NULL, PARTIAL "Content-Range: bytes 5-9/11\r\n\r\nhello", NULL },
    { "\"e\"\n10", NULL, PARTIAL "Content-Range: bytes 5-9/10\r\n\r\nhello", "OLDOLhello" },
    { "\"e\"\n5", NULL, /* all is there: its last octet is asked for again */
      "HTTP/1.1 206 OK\r\nContent-Length: 1\r\nContent-Range: bytes 4-4/5\r\n\r\nL", "OLDOL" },
    { "\"e\"\n10", "--fresh", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew", "new" },
    { "\"e\"\n10", NULL, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 2\r\n\r\nnew",
      NULL },
    { "\"e\"\n10", NULL, "HTTP/1.1 2000 OK\r\nContent-Length: 3\r\n\r\nnew", NULL },
    { "\"e\"\n10", NULL,
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Encoding: gzip\r\n\r\nnew", NULL },
};

/* A part is gone on with by what was asked for, and by nothing else. */
START_TEST(answers_nobody_asked_for)
{
    char from[100];
    snprintf(from, sizeof from, "tcpstep part\n%s\n", lies[_i].from);
    write_octets("got", "before");
    write_octets("got.part", "OLDOL");
    write_octets("got.part.from", from);
    write_octets("expected", lies[_i].got ? lies[_i].got : "before");
    ck_assert_int_eq(get_answered(lies[_i].answer, lies[_i].option), lies[_i].got ? 0 : 1);
    ck_assert(same("got", "expected"));
}
END_TEST

/* Somebody empties the part while it grows: `get` says so, and the old file stays. */
START_TEST(a_part_that_is_cut)
{
    unsigned port;
    char path[200];
    int listener = listen_here(&port);
    write_octets("got", "before");
    write_octets("expected", "before");
    struct serving client = begin_get(port, "got");
    int fd = accept(listener, NULL, NULL);
    const char *head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
    ck_assert_int_gt(recv(fd, room.answer, ROOM, 0), 0);
    ck_assert_int_eq(send(fd, head, strlen(head), MSG_NOSIGNAL), (ssize_t)strlen(head));
    snprintf(path, sizeof path, "%s/got.part", room.path);
    struct stat seen = { .st_size = 0 };
    for (int i = 0; i < 1000 && seen.st_size < 5; i++) {
        usleep(5000);
        stat(path, &seen);
    }
    ck_assert_int_eq(truncate(path, 0), 0);
    ck_assert_int_eq(send(fd, "world", 5, MSG_NOSIGNAL), 5);
    ck_assert_int_eq(serving_end(&client, 0), 1);
    ck_assert(same("got", "expected") && !is_there("got.part") && !is_there("got.part.from"));
    close(fd);
    close(listener);
}
END_TEST

/* `send FILE HOST:PORT` to `get --listen`, with the digest; by --raw without. */
START_TEST(sent_to_who_waits)
{
    static const char *const extra[] = { "--quiet", "--raw" };
    char output[100], source[100], to[40];
    write_file("served/big", BIG, 6);
    snprintf(output, sizeof output, "%s/got", room.path);
    snprintf(source, sizeof source, "%s/big", room.served);
    for (int raw = 0; raw < 2; raw++) {
        const char *const get_words[] = { "get",  "--listen",           "127.0.0.1:0", "-o",
                                          output, raw ? "--raw" : NULL, NULL };
        struct serving client = serving_begin(get_words, true);
        snprintf(to, sizeof to, "127.0.0.1:%u", client.port);
        const char *const send_words[] = { "send", source, to, extra[raw], NULL };
        struct serving server = serving_begin(send_words, false);
        ck_assert_int_eq(serving_end(&server, 0), 0);
        ck_assert_int_eq(serving_end(&client, 0), 0);
        ck_assert(same("got", "served/big"));
        ck_assert_int_eq(unlink(output), 0);
    }
}
END_TEST

/* `send --listen`: who says nothing gets the octets and the end; who asks by HTTP gets an answer.
 */
START_TEST(sent_to_who_comes)
{
    char source[100], text[100];
    snprintf(source, sizeof source, "%s/small", room.served);
    const char *const words[] = { "send", "--listen", "127.0.0.1:0", "--keep", source, NULL };
    struct serving server = serving_begin(words, true);
    ck_assert_uint_eq(hear(dial(server.port), room.answer, ROOM), 100);
    int fd = open(source, O_RDONLY);
    ck_assert_int_eq(read(fd, text, 100), 100);
    close(fd);
    ck_assert_int_eq(memcmp(text, room.answer, 100), 0);
    ask(server.port, "GET / HTTP/1.0\r\n\r\n", room.answer, ROOM);
    ck_assert_int_eq(strncmp(room.answer, "HTTP/1.1 200 ", 13), 0);
    ck_assert_ptr_nonnull(strstr(room.answer, "filename*=UTF-8''small\r\n"));
    ck_assert_int_eq(memcmp(strstr(room.answer, "\r\n\r\n") + 4, text, 100), 0);
    ck_assert_int_eq(serving_end(&server, SIGTERM), 0);
}
END_TEST

Suite *files_suite(void)
{
    Suite *suite = suite_create("files");
    TCase *tcase = tcase_create("programs");
    tcase_add_checked_fixture(tcase, make_room, leave_room);
    tcase_add_loop_test(tcase, never_outside, 0, sizeof paths / sizeof paths[0]);
    tcase_add_test(tcase, targets_are_answered);
    tcase_add_test(tcase, requests_in_a_row);
    tcase_add_test(tcase, many_in_a_row);
    tcase_add_test(tcase, a_stop_loses_nothing);
    tcase_add_test(tcase, heads_have_a_limit);
    tcase_add_test(tcase, directories_are_listed);
    tcase_add_test(tcase, a_file_that_shrinks);
    tcase_add_test(tcase, files_arrive);
    tcase_add_test(tcase, kills_do_no_harm);
    tcase_add_test(tcase, a_part_of_another_file);
    tcase_add_test(tcase, digests_are_known);
    tcase_add_test(tcase, a_digest_is_of_what_is_there);
    tcase_add_test(tcase, a_spoilt_octet);
    tcase_add_test(tcase, a_full_disk);
    tcase_add_loop_test(tcase, answers_nobody_asked_for, 0, sizeof lies / sizeof lies[0]);
    tcase_add_test(tcase, a_part_that_is_cut);
    tcase_add_test(tcase, sent_to_who_waits);
    tcase_add_test(tcase, sent_to_who_comes);
    suite_add_tcase(suite, tcase);
    return suite;
}
