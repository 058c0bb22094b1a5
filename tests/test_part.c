/*
 * A file that is written beside its target: by splice and through a buffer, gone on with, and what
 * is in its way. And how far it has come, as a line.
 */
#include "tests/suites.h"

#include "net/fetch_part.h"
#include "ui/progress.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[40], target[80];

static void make_folder(void)
{
    strcpy(folder, "/tmp/tcpstep-part-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(target, sizeof target, "%s/file", folder);
}

static void leave_folder(void)
{
    char command[80];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}

static void write_text(const char *name, const char *text)
{
    char path[120];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *to = fopen(path, "we");
    ck_assert_ptr_nonnull(to);
    fputs(text, to);
    ck_assert_int_eq(fclose(to), 0);
}

static bool has_text(const char *name, const char *text)
{
    char path[120], found[200] = "";
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *from = fopen(path, "re");
    size_t len = from ? fread(found, 1, sizeof found - 1, from) : 0;
    if (from)
        fclose(from);
    return from && len == strlen(text) && strcmp(found, text) == 0;
}

/* Octets of a socket come into the part in both ways, with their digest, and the part takes the
 * target's place, whose mode stays. */
START_TEST(octets_arrive)
{
    int pair[2];
    struct part part;
    struct net_error error;
    struct stat seen;
    char ours[DIGEST_TEXT_MAX], theirs[DIGEST_TEXT_MAX];
    struct digest *digest = digest_open();
    write_text("file", "old");
    ck_assert_int_eq(chmod(target, 0640), 0);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    ck_assert(part_open(&part, target, &error));
    part.by_buffer = _i == 1;
    ck_assert(part_begin(&part, "\"e\"", 11, &error));
    ck_assert(part_write(&part, (const uint8_t *)"hello", 5, &error));
    ck_assert_int_eq(part_take(&part, NULL, pair[0], 6, &error), PART_SOCKET);
    ck_assert_int_eq(error.err, EAGAIN);
    ck_assert_int_eq(write(pair[1], " world!", 7), 7);
    ck_assert_int_eq(part_take(&part, NULL, pair[0], 6, &error), 6);
    close(pair[1]);
    ck_assert_int_eq(part_take(&part, NULL, pair[0], 6, &error), 1); /* what was left over */
    ck_assert_int_eq(part_take(&part, NULL, pair[0], 6, &error), 0);
    ck_assert(has_text("file", "old") && has_text("file.part", "hello world!"));
    digest_add(digest, "hello world!", 12);
    ck_assert_str_eq(digest_text(part.digest, ours), digest_text(digest, theirs));
    ck_assert(part_finish(&part, &error));
    ck_assert(has_text("file", "hello world!") && !has_text("file.part", "hello world!"));
    ck_assert_int_eq(stat(target, &seen), 0);
    ck_assert_uint_eq(seen.st_mode & 0777, 0640);
    part_close(&part);
    digest_close(digest);
    close(pair[0]);
}
END_TEST

/* What was left is found again, with what it is of; the digest counts it. */
START_TEST(a_part_is_found)
{
    struct part part;
    struct net_error error;
    char ours[DIGEST_TEXT_MAX];
    ck_assert(part_open(&part, target, &error));
    ck_assert_uint_eq(part.len, 0);
    ck_assert(part_begin(&part, "\"e-1\"", 12, &error));
    ck_assert(part_write(&part, (const uint8_t *)"hello ", 6, &error));
    part_close(&part);
    ck_assert(part_open(&part, target, &error));
    ck_assert_uint_eq(part.len, 6);
    ck_assert_uint_eq(part.total, 12);
    ck_assert_str_eq(part.etag, "\"e-1\"");
    ck_assert(part_write(&part, (const uint8_t *)"world!", 6, &error));
    ck_assert_str_eq(digest_text(part.digest, ours), "9c2967b05aed0c7b12d76bf66896b24d");
    ck_assert(part_finish(&part, &error));
    ck_assert(has_text("file", "hello world!"));
    part_close(&part);
}
END_TEST

/* Megabytes that were left are digested slice by slice, and what comes behind them. */
START_TEST(much_is_found)
{
    enum {
        LEN = 3 * 1024 * 1024 + 5
    };
    struct part part;
    struct net_error error;
    char ours[DIGEST_TEXT_MAX], theirs[DIGEST_TEXT_MAX];
    uint8_t *octets = malloc(LEN);
    struct digest *digest = digest_open();
    ck_assert(octets && digest);
    for (size_t i = 0; i < LEN; i++)
        octets[i] = (uint8_t)(i * 7 + i / 1000);
    digest_add(digest, octets, LEN);
    ck_assert(part_open(&part, target, &error));
    ck_assert(part_begin(&part, "\"e\"", LEN, &error));
    part.digests = false;
    ck_assert(part_write(&part, octets, LEN - 5, &error));
    part_close(&part);
    ck_assert(part_open(&part, target, &error));
    ck_assert_uint_eq(part.len, LEN - 5);
    while (part.digested < part.len)
        ck_assert(part_digest(&part, &error));
    ck_assert(part_write(&part, octets + LEN - 5, 5, &error));
    ck_assert_str_eq(digest_text(part.digest, ours), digest_text(digest, theirs));
    part_close(&part);
    digest_close(digest);
    free(octets);
}
END_TEST

/* Mapped, a file has the digest that it has read: across windows, and where it does not begin. */
START_TEST(a_mapped_digest)
{
    enum {
        LEN = 65 * 1024 * 1024 + 3,
        FROM = 5000
    };
    char ours[DIGEST_TEXT_MAX], theirs[DIGEST_TEXT_MAX];
    struct digest *mapped = digest_open(), *read = digest_open();
    int fd = open(target, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ck_assert(mapped && read && fd >= 0);
    ck_assert_int_eq(ftruncate(fd, LEN), 0);
    ck_assert_int_eq(pwrite(fd, "window", 6, 64 * 1024 * 1024 - 3), 6);
    for (uint64_t at = FROM; at < LEN;) {
        int64_t got = digest_add_mapped(mapped, fd, at, LEN);
        ck_assert_int_gt(got, 0);
        at += (uint64_t)got;
    }
    for (uint64_t at = FROM; at < LEN;) {
        int64_t got = digest_add_file(read, fd, at, LEN);
        ck_assert_int_gt(got, 0);
        at += (uint64_t)got;
    }
    ck_assert_str_eq(digest_text(mapped, ours), digest_text(read, theirs));
    digest_close(mapped);
    digest_close(read);
    close(fd);
}
END_TEST

/* A file that somebody has cut is an error, and what SIGBUS does otherwise stays what it was. */
START_TEST(a_mapped_file_is_cut)
{
    struct sigaction before, after;
    struct digest *digest = digest_open();
    int fd = open(target, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ck_assert(digest && fd >= 0);
    ck_assert_int_eq(ftruncate(fd, 3 * 1024 * 1024), 0);
    ck_assert_int_eq(digest_add_mapped(digest, fd, 0, 1024 * 1024), 1024 * 1024);
    ck_assert_int_eq(ftruncate(fd, 5000), 0);
    sigaction(SIGBUS, NULL, &before);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(digest_add_mapped(digest, fd, 1024 * 1024, 2 * 1024 * 1024), -ESTALE);
    sigaction(SIGBUS, NULL, &after);
    ck_assert(before.sa_handler == after.sa_handler);
    ck_assert_int_eq(digest_add_mapped(digest, fd, 0, 4096), 4096);
    digest_close(digest);
    close(fd);
}
END_TEST

/* A part without a strong ETag, or longer than the whole, is begun anew. */
START_TEST(a_part_of_nothing)
{
    struct part part;
    struct net_error error;
    static const char *const from[] = { "tcpstep part\nnone\n12\n", "tcpstep part\nW/\"e\"\n12\n",
                                        "tcpstep part\n\"e\"\n3\n", "tcpstep part\n\"e\"\n12", "" };
    for (size_t i = 0; i < sizeof from / sizeof from[0]; i++) {
        write_text("file.part", "hello ");
        write_text("file.part.from", from[i]);
        ck_assert(part_open(&part, target, &error));
        ck_assert_msg(part.len == 0, "%s", from[i]);
        part_close(&part);
    }
}
END_TEST

/* What is in the way is left alone: another get, a file of that name that is not ours, a directory,
 * a device. */
START_TEST(what_is_in_the_way)
{
    struct part part, other;
    struct net_error error;
    ck_assert(part_open(&part, target, &error));
    ck_assert(!part_open(&other, target, &error));
    ck_assert_int_eq(error.err, EBUSY);
    part_close(&other);
    part_close(&part);
    write_text("file.part", "somebody's");
    ck_assert(!part_open(&part, target, &error));
    ck_assert_int_eq(error.err, EEXIST);
    part_close(&part);
    ck_assert(has_text("file.part", "somebody's"));
    ck_assert(!part_open(&part, folder, &error));
    ck_assert_int_eq(error.err, EISDIR);
    part_close(&part);
    ck_assert(!part_open(&part, "/dev/null", &error));
    ck_assert_int_eq(error.err, ENXIO);
    part_close(&part);
}
END_TEST

/* A fifo for what it is a part of is not waited for. */
START_TEST(a_fifo_in_the_way)
{
    struct part part;
    struct net_error error;
    char from[100];
    snprintf(from, sizeof from, "%s.part.from", target);
    ck_assert_int_eq(mkfifo(from, 0600), 0);
    ck_assert(!part_open(&part, target, &error));
    ck_assert_int_eq(error.err, ENXIO);
    part_close(&part);
    ck_assert_int_eq(unlink(from), 0);
    ck_assert(part_open(&part, target, &error));
    ck_assert_int_eq(mkfifo(from, 0600), 0);
    ck_assert(!part_begin(&part, "\"e\"", 12, &error));
    ck_assert_int_eq(error.err, ENXIO);
    part_close(&part);
}
END_TEST

enum {
    HALF = 8192
};

/* What somebody else does to FILE.part while it is written, of which one half is there. */
static void cut(const char *path)
{
    ck_assert_int_eq(truncate(path, 0), 0);
}

static void lengthen(const char *path)
{
    ck_assert_int_eq(truncate(path, HALF + 900), 0);
}

static void hollow(const char *path)
{
    ck_assert_int_eq(truncate(path, 0), 0);
    ck_assert_int_eq(truncate(path, HALF), 0);
}

static void overwrite(const char *path)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    ck_assert_int_eq(pwrite(fd, "J", 1, 5), 1);
    close(fd);
}

static void replace(const char *path)
{
    write_text("other", "hello ");
    char other[120];
    snprintf(other, sizeof other, "%s/other", folder);
    ck_assert_int_eq(rename(other, path), 0);
}

static void hide(const char *path)
{
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void look_at(const char *path)
{
    ck_assert_int_eq(close(open(path, O_RDONLY | O_CLOEXEC)), 0);
}

static const struct {
    void (*change)(const char *path);
    bool by_digest; /* it is found by that, and not otherwise */
    bool harmless, is_ours;
} changes[] = {
    { cut, .is_ours = true },
    { lengthen, .is_ours = true },
    { hollow, .by_digest = true, .is_ours = true },
    { overwrite, .is_ours = true },
    { replace, .is_ours = false },
    { hide, .is_ours = false },
    { look_at, .harmless = true, .is_ours = true },
};

/* What is not as it was written takes nothing's place, with a digest or without, changed in the
 * middle or at the end; and what somebody has put where the part was is not removed. */
static void change_while_written(size_t which, bool digests, bool early)
{
    struct part part;
    struct net_error error = { .err = 0 };
    static uint8_t half[HALF];
    memset(half, 'x', HALF);
    bool holds = changes[which].harmless || (changes[which].by_digest && !digests);
    write_text("file", "old");
    ck_assert(part_open(&part, target, &error));
    ck_assert(part_begin(&part, "\"e\"", 2 * HALF, &error));
    part.digests = digests;
    ck_assert(part_write(&part, half, HALF, &error));
    changes[which].change(part.path);
    bool good = !early || part_write(&part, half, HALF, &error);
    good = good && part_finish(&part, &error);
    ck_assert_msg(good == holds, "%zu %d %d: %s", which, digests, early, strerror(error.err));
    if (!good) {
        ck_assert_int_eq(error.err, ESTALE);
        ck_assert(has_text("file", "old"));
        part_drop(&part);
        ck_assert_int_eq(access(part.path, F_OK), changes[which].is_ours ? -1 : 0);
    }
    part_close(&part);
    remove(part.path);
}

START_TEST(somebody_changes_it)
{
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        for (int digests = 0; digests < 2; digests++) {
            change_while_written(i, digests, false);
            change_while_written(i, digests, true);
        }
    }
}
END_TEST

/* Another get that finds it taken has changed nothing. */
START_TEST(another_get_looks)
{
    struct part part, other;
    struct net_error error;
    ck_assert(part_open(&part, target, &error));
    ck_assert(part_begin(&part, "", 0, &error));
    part.digests = false;
    ck_assert(part_write(&part, (const uint8_t *)"hello", 5, &error));
    ck_assert(!part_open(&other, target, &error));
    ck_assert_int_eq(error.err, EBUSY);
    part_close(&other);
    ck_assert(part_finish(&part, &error));
    ck_assert(has_text("file", "hello"));
    part_close(&part);
}
END_TEST

START_TEST(progress_in_words)
{
    char text[160];
    ck_assert_str_eq(octets_text(999, text, sizeof text), "999 B");
    ck_assert_str_eq(octets_text(1000, text, sizeof text), "1.0 kB");
    ck_assert_str_eq(octets_text(999999, text, sizeof text), "999.9 kB");
    ck_assert_str_eq(octets_text(2600000000, text, sizeof text), "2.6 GB");
    ck_assert_str_eq(octets_text(UINT64_MAX, text, sizeof text), "18.4 EB");
    ck_assert_str_eq(progress_text(0, 45000000, 100000000, 1000000, text, sizeof text),
                     "45%  45.0 MB of 100.0 MB  45.0 MB/s  0:01 left");
    ck_assert_str_eq(progress_text(500, 500, 1000, 0, text, sizeof text),
                     "50%  500 B of 1.0 kB  0 B/s");
    ck_assert_str_eq(progress_text(0, 500, 0, 1000000, text, sizeof text), "500 B  500 B/s");
    ck_assert_str_eq(progress_text(0, 1000, 1000000, 1000000, text, sizeof text),
                     "0%  1.0 kB of 1.0 MB  1.0 kB/s  16:39 left");
}
END_TEST

Suite *part_suite(void)
{
    Suite *suite = suite_create("part");
    TCase *tcase = tcase_create("files");
    tcase_add_checked_fixture(tcase, make_folder, leave_folder);
    tcase_add_loop_test(tcase, octets_arrive, 0, 2);
    tcase_add_test(tcase, a_part_is_found);
    tcase_add_test(tcase, much_is_found);
    tcase_add_test(tcase, a_mapped_digest);
    tcase_add_test(tcase, a_mapped_file_is_cut);
    tcase_add_test(tcase, a_part_of_nothing);
    tcase_add_test(tcase, what_is_in_the_way);
    tcase_add_test(tcase, a_fifo_in_the_way);
    tcase_add_test(tcase, somebody_changes_it);
    tcase_add_test(tcase, another_get_looks);
    tcase_add_test(tcase, progress_in_words);
    suite_add_tcase(suite, tcase);
    return suite;
}
