/*
 * tmux, driven by its client commands.
 */
#include "tests/terminal.h"

#include "net/clock.h"
#include "tests/capture.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PATIENCE_USEC = 8000000,
    LOOK_USEC = 4000,
    SETTLE_USEC = 25000,
    WORDS = 24
};

/* Check's fixtures take no argument: what they make has to stand here. */
static struct {
    char folder[32]; /* with the server's socket, and a folder for each terminal */
    char socket[48];
    int lifeline; /* closed when this process ends, however it ends */
    pid_t keeper; /* ends the server when the lifeline is closed */
    int count;
} server;

static const char script[] =
    "ulimit -c 0; trap : INT QUIT; cd \"$1\"; shift; echo 'this was here before'; stty -a >before;"
    "sh -c 'echo $$ >pid; exec '\"$1\"; echo \"status $?\"; stty -a >after;"
    "cmp before after && echo 'stty is as before'; exec cat";

static const char clean_up[] = "tmux -S \"$1/tmux\" kill-server 2>/dev/null; rm -rf \"$1\"";

/* Runs tmux with these words behind its own options. */
static struct ran tmux(const char *const *words)
{
    const char *all[WORDS] = { "tmux", "-S", server.socket, "-f", "/dev/null", "-u" };
    size_t count = 6;
    for (size_t i = 0; words[i] && count < WORDS - 1; i++)
        all[count++] = words[i];
    all[count] = NULL;
    return run_words(all);
}

static void tmux_done(const char *const *words)
{
    struct ran ran = tmux(words);
    ck_assert_msg(ran.status == 0, "tmux %s: status %d: %s%s", words[0], ran.status, ran.err,
                  ran.status == 127 ? "tmux is missing; 'make check' installs it" : "");
    ran_free(&ran);
}

/* Sees to it that nothing is left over, not even where the tests are killed. */
static void keep(void)
{
    int ends[2];
    char nothing;
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    server.keeper = fork();
    if (server.keeper == 0) {
        signal(SIGINT, SIG_IGN);
        signal(SIGTERM, SIG_IGN);
        signal(SIGHUP, SIG_IGN);
        close(ends[1]);
        while (read(ends[0], &nothing, 1) > 0)
            ;
        execlp("sh", "sh", "-c", clean_up, "sh", server.folder, (char *)NULL);
        _exit(127);
    }
    close(ends[0]);
    server.lifeline = ends[1];
}

void terminals_begin(void)
{
    static const char *const start[] = { "start-server", ";",      "set-option", "-g",
                                         "exit-empty",   "off",    ";",          "set-option",
                                         "-g",           "status", "off",        NULL };
    snprintf(server.folder, sizeof server.folder, "/tmp/tcpstep-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(server.folder));
    snprintf(server.socket, sizeof server.socket, "%s/tmux", server.folder);
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("NO_COLOR");
    unsetenv("TMUX");
    keep();
    tmux_done(start);
}

void terminals_end(void)
{
    close(server.lifeline);
    waitpid(server.keeper, NULL, 0);
}

void terminal_open(struct terminal *terminal, int width, int height, const char *command)
{
    char columns[16], rows[16];
    *terminal = (struct terminal){ .name = "" };
    snprintf(terminal->name, sizeof terminal->name, "t%d-%d", (int)getpid(), server.count++);
    snprintf(terminal->folder, sizeof terminal->folder, "%s/%s", server.folder, terminal->name);
    ck_assert_int_eq(mkdir(terminal->folder, 0700), 0);
    snprintf(columns, sizeof columns, "%d", width);
    snprintf(rows, sizeof rows, "%d", height);
    const char *const words[] = {
        "new-session", "-d",   "-s", terminal->name,   "-x",    columns, "-y", rows, "sh",
        "-c",          script, "sh", terminal->folder, command, NULL
    };
    tmux_done(words);
}

void terminal_close(struct terminal *terminal)
{
    const char *const words[] = { "kill-session", "-t", terminal->name, NULL };
    tmux_done(words);
}

void terminal_resize(struct terminal *terminal, int width, int height)
{
    char columns[16], rows[16];
    snprintf(columns, sizeof columns, "%d", width);
    snprintf(rows, sizeof rows, "%d", height);
    const char *const words[] = { "resize-window", "-t", terminal->name, "-x",
                                  columns,         "-y", rows,           NULL };
    tmux_done(words);
}

void terminal_keys(struct terminal *terminal, const char *keys)
{
    char copy[128];
    const char *words[WORDS] = { "send-keys", "-t", terminal->name };
    size_t count = 3;
    snprintf(copy, sizeof copy, "%s", keys);
    for (char *key = strtok(copy, " "); key && count < WORDS - 1; key = strtok(NULL, " "))
        words[count++] = key;
    tmux_done(words);
}

void terminal_signal(struct terminal *terminal, const char *name)
{
    char command[128];
    snprintf(command, sizeof command, "kill -%s \"$(cat %s/pid)\"", name, terminal->folder);
    struct ran ran = run_expecting(0, command);
    ran_free(&ran);
}

/* Takes the screen as tmux shows it, and leaves out the blank rows below. */
static void look(struct terminal *terminal, const char *how)
{
    const char *const words[] = { "capture-pane", how, "-t", terminal->name, NULL };
    struct ran ran = tmux(words);
    ck_assert_msg(ran.status == 0, "tmux: %s", ran.err);
    ck_assert_uint_lt(ran.out_len, sizeof terminal->screen);
    memcpy(terminal->screen, ran.out, ran.out_len + 1);
    ran_free(&ran);
}

static const char *below(const char *screen)
{
    return screen + strcspn(screen, "\n");
}

/* Is it the same below the first row, but for the time line, which has the steps behind as well? */
static bool same_below(const char *a, const char *b)
{
    a = below(a);
    b = below(b);
    const char *a_line = strstr(a, "\n steps "), *b_line = strstr(b, "\n steps ");
    if (!a_line || !b_line)
        return strcmp(a, b) == 0;
    const char *a_next = strstr(a_line, "\n next "), *b_next = strstr(b_line, "\n next ");
    bool above = a_line - a == b_line - b && memcmp(a, b, (size_t)(a_line - a)) == 0;
    return above && a_next && b_next && strcmp(a_next, b_next) == 0;
}

enum wish {
    HAS,
    HAS_NOT,
    IS,
    IS_BELOW
};

static bool comes_true(const struct terminal *terminal, enum wish wish, const char *text)
{
    switch (wish) {
    case HAS:
        return strstr(terminal->screen, text) != NULL;
    case HAS_NOT:
        return strstr(terminal->screen, text) == NULL;
    case IS:
        return strcmp(terminal->screen, text) == 0;
    case IS_BELOW:
        return same_below(terminal->screen, text);
    }
    return false;
}

static void await(struct terminal *terminal, enum wish wish, const char *text)
{
    static const char *const words[] = { [HAS] = "does not show",
                                         [HAS_NOT] = "goes on to show",
                                         [IS] = "is not",
                                         [IS_BELOW] =
                                             "is not, but for its first row and the time line," };
    uint64_t deadline = clock_usec() + PATIENCE_USEC;
    for (;;) {
        look(terminal, "-p");
        if (comes_true(terminal, wish, text))
            return;
        if (clock_usec() > deadline)
            break;
        clock_pause(LOOK_USEC);
    }
    fprintf(stderr, "\nthe screen %s:\n%s\nit is:\n%s\n", words[wish], text, terminal->screen);
    ck_abort_msg("the screen %s '%.200s' (the screen is above)", words[wish], text);
}

void terminal_await(struct terminal *terminal, const char *text)
{
    await(terminal, HAS, text);
}

void terminal_await_gone(struct terminal *terminal, const char *text)
{
    await(terminal, HAS_NOT, text);
}

void terminal_await_screen(struct terminal *terminal, const char *screen)
{
    await(terminal, IS, screen);
}

void terminal_await_below(struct terminal *terminal, const char *screen)
{
    await(terminal, IS_BELOW, screen);
}

const char *terminal_settled(struct terminal *terminal)
{
    uint64_t deadline = clock_usec() + PATIENCE_USEC;
    static char before[sizeof terminal->screen];
    do {
        ck_assert_msg(clock_usec() < deadline, "the screen never settles");
        look(terminal, "-p");
        memcpy(before, terminal->screen, sizeof before);
        clock_pause(SETTLE_USEC);
        look(terminal, "-p");
    } while (strcmp(before, terminal->screen) != 0);
    return terminal->screen;
}

const char *terminal_colours(struct terminal *terminal)
{
    look(terminal, "-ep");
    return terminal->screen;
}

const char *terminal_fact(struct terminal *terminal, const char *format)
{
    const char *const words[] = { "display-message", "-p", "-t", terminal->name, format, NULL };
    struct ran ran = tmux(words);
    ck_assert_msg(ran.status == 0, "tmux: %s", ran.err);
    snprintf(terminal->screen, sizeof terminal->screen, "%.*s", (int)strcspn(ran.out, "\n"),
             ran.out);
    ran_free(&ran);
    return terminal->screen;
}
