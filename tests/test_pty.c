/*
 * The program in a terminal of its own, with keys, clicks, pastes and sizes by chance, from a seed:
 * it ends as it should, and the terminal is as it was. TCPSTEP_KEYS says how many (10000, say).
 */
#include "tests/suites.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

enum {
    KEYS_USUAL = 1500,
    LAST_MAX = 1 << 16,
    PATIENCE_MS = 20000
};

struct pty {
    int fd;
    pid_t process;
    struct termios before;
    char folder[32];
    char last[LAST_MAX + 1]; /* of what was written, the end */
    size_t last_len;
    bool ended;
};

static uint64_t chance(uint64_t *seed, uint64_t most)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (*seed >> 33) % most;
}

static void run_program(const char *folder)
{
    const char *program = getenv("TCPSTEP");
    setenv("TERM", "xterm-256color", 1);
    setenv("ASAN_OPTIONS", "exitcode=99", 1);
    setenv("UBSAN_OPTIONS", "exitcode=99", 1);
    if (program && chdir(folder) == 0)
        execl(program, program, "run", "life", "--on", "model", (char *)NULL);
    _exit(127);
}

static void pty_open(struct pty *pty)
{
    struct winsize size = { .ws_row = 24, .ws_col = 80 };
    int slave;
    *pty = (struct pty){ .folder = "/tmp/tcpstep-pty-XXXXXX" };
    ck_assert_ptr_nonnull(getenv("TCPSTEP"));
    ck_assert_ptr_nonnull(mkdtemp(pty->folder));
    ck_assert_int_eq(openpty(&pty->fd, &slave, NULL, NULL, &size), 0);
    tcgetattr(slave, &pty->before);
    pty->process = fork();
    if (pty->process == 0) {
        close(pty->fd);
        login_tty(slave);
        run_program(pty->folder);
    }
    /* the slave stays open here, so that its settings can be looked at behind the end */
    fcntl(pty->fd, F_SETFL, O_NONBLOCK);
}

static void keep_last(struct pty *pty, const char *octets, size_t len)
{
    if (pty->last_len + len > LAST_MAX) {
        size_t kept = LAST_MAX / 2 < pty->last_len ? LAST_MAX / 2 : pty->last_len;
        memmove(pty->last, pty->last + pty->last_len - kept, kept);
        pty->last_len = kept;
    }
    memcpy(pty->last + pty->last_len, octets, len);
    pty->last_len += len;
    pty->last[pty->last_len] = '\0';
}

/* Reads what there is within so many ms. False: there was nothing. */
static bool drain(struct pty *pty, int ms)
{
    char octets[8192];
    struct pollfd ready = { .fd = pty->fd, .events = POLLIN };
    if (poll(&ready, 1, ms) <= 0)
        return false;
    ssize_t len = read(pty->fd, octets, sizeof octets);
    if (len > 0)
        keep_last(pty, octets, (size_t)len);
    return len > 0;
}

static void type(struct pty *pty, const char *keys)
{
    size_t len = strlen(keys), at = 0;
    while (at < len) {
        ssize_t put = write(pty->fd, keys + at, len - at);
        at += put > 0 ? (size_t)put : 0;
        if (put < 0)
            ck_assert_int_eq(errno, EAGAIN);
        while (drain(pty, put < 0 ? 20 : 0))
            continue;
    }
}

/* No q, no Ctrl-C: the end comes when we want it. */
static void any_key(struct pty *pty, uint64_t *seed)
{
    static const char letters[] = "       bbrdduuwwcoyzxaashmnktl12345678gGRe+-=/nNf:?j\t\r\r\x1b";
    static const char *const rows[] = { "\x1b[A",  "\x1b[B",       "\x1b[C",   "\x1b[D",  "\x1b[5~",
                                        "\x1b[6~", "\x1bOH",       "\x1bOF",   "\x1b[3~", "\x7f",
                                        "\x1b[Z",  "\xe4\xb8\x89", "\xff\xfe", "\x01",    "\x15" };
    char key[2] = { letters[chance(seed, sizeof letters - 1)], '\0' };
    type(pty, chance(seed, 6) ? key : rows[chance(seed, sizeof rows / sizeof rows[0])]);
}

static void any_event(struct pty *pty, uint64_t *seed)
{
    char words[64];
    struct winsize size;
    switch (chance(seed, 25)) {
    case 0:
        snprintf(words, sizeof words, "\x1b[<%d;%d;%dM", (int)chance(seed, 2) * 64,
                 (int)chance(seed, 130) + 1, (int)chance(seed, 45) + 1);
        type(pty, words);
        break;
    case 1:
        type(pty, "\x1b[200~rm -rf quit\rq\x1b[201~");
        break;
    case 2:
        size.ws_col = (unsigned short)(chance(seed, 200) + 1);
        size.ws_row = (unsigned short)(chance(seed, 60) + 1);
        ioctl(pty->fd, TIOCSWINSZ, &size);
        break;
    case 3:
        type(pty, ":unt\tEST\t\r");
        break;
    default:
        any_key(pty, seed);
    }
}

static int wait_for_end(struct pty *pty)
{
    int status = 0;
    for (int ms = 0; ms < PATIENCE_MS; ms += 10) {
        while (drain(pty, 0))
            continue;
        if (waitpid(pty->process, &status, WNOHANG) == pty->process) {
            pty->ended = true;
            return status;
        }
        poll(NULL, 0, 10);
    }
    kill(pty->process, SIGKILL);
    waitpid(pty->process, &status, 0);
    return status;
}

/* Where `text` stands last in what was written; NULL: nowhere. */
static const char *last_of(const struct pty *pty, const char *text)
{
    const char *found = NULL;
    for (const char *at = pty->last; (at = strstr(at, text)); at++)
        found = at;
    return found;
}

static void is_restored(struct pty *pty)
{
    struct termios now;
    const char *on = last_of(pty, "\x1b[?1049h"), *off = last_of(pty, "\x1b[?1049l");
    ck_assert_msg(off && off > on, "the screen before is not back");
    on = last_of(pty, "1000h");
    off = last_of(pty, "1000l");
    ck_assert_msg(off && off > on, "the mouse is still told of");
    off = last_of(pty, "\x1b[?2004l");
    ck_assert_msg(off && off > last_of(pty, "\x1b[?2004h"), "pastes are still in brackets");
    ck_assert_int_eq(tcgetattr(pty->fd, &now), 0);
    ck_assert_uint_eq(now.c_lflag, pty->before.c_lflag);
    ck_assert_uint_eq(now.c_iflag, pty->before.c_iflag);
    ck_assert_uint_eq(now.c_oflag, pty->before.c_oflag);
}

/* The terminal can be left from wherever chance has led, by esc and q. */
START_TEST(anything_goes)
{
    static struct pty pty;
    const char *said = getenv("TCPSTEP_KEYS");
    int keys = said ? atoi(said) : KEYS_USUAL;
    struct winsize size = { .ws_row = 24, .ws_col = 80 };
    uint64_t seed = 11 + (uint64_t)_i;
    pty_open(&pty);
    while (!strstr(pty.last, "quit") && drain(&pty, PATIENCE_MS))
        continue;
    for (int i = 0; i < keys; i++)
        any_event(&pty, &seed);
    ioctl(pty.fd, TIOCSWINSZ, &size);
    type(&pty, "\x1b[201~");
    for (int i = 0; i < 3; i++) {
        type(&pty, "\x1b");
        while (drain(&pty, 100))
            continue;
    }
    type(&pty, "q");
    int status = wait_for_end(&pty);
    ck_assert_msg(pty.ended && WIFEXITED(status), "seed %d: status %x", 11 + _i, (unsigned)status);
    ck_assert_msg(WEXITSTATUS(status) <= 1, "seed %d: status %d:\n%.2000s", 11 + _i,
                  WEXITSTATUS(status), pty.last + (pty.last_len > 2000 ? pty.last_len - 2000 : 0));
    is_restored(&pty);
    rmdir(pty.folder);
}
END_TEST

Suite *pty_suite(void)
{
    Suite *suite = suite_create("pty");
    TCase *tcase = tcase_create("chance");
    tcase_set_timeout(tcase, 600);
    tcase_add_loop_test(tcase, anything_goes, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}
