/*
 * Pipes or a pseudo-terminal, fork, and poll.
 */
#include "tests/program.h"

#include "net/clock.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PATIENCE_USEC = 15000000
};

static void become(const char *arguments)
{
    char command[1024];
    ck_assert_msg(getenv("TCPSTEP") != NULL, "TCPSTEP has to be the program's path (make check)");
    snprintf(command, sizeof command, "exec \"$TCPSTEP\" %s", arguments);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

static void begin(struct ran_program *program, pid_t process, int in, int out)
{
    ck_assert_int_gt(process, 0);
    *program = (struct ran_program){ .process = process, .in = in, .out = out, .said = strdup("") };
    fcntl(out, F_SETFL, O_NONBLOCK);
}

void program_start(struct ran_program *program, const char *arguments)
{
    int in[2], out[2];
    ck_assert(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
    fflush(NULL);
    pid_t process = fork();
    if (process == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        dup2(out[1], STDERR_FILENO);
        become(arguments);
    }
    close(in[0]);
    close(out[1]);
    begin(program, process, in[1], out[0]);
}

void program_start_on_terminal(struct ran_program *program, const char *arguments)
{
    int terminal;
    fflush(NULL);
    pid_t process = forkpty(&terminal, NULL, NULL, NULL);
    if (process == 0)
        become(arguments);
    begin(program, process, terminal, terminal);
}

/* false: there is no more to come */
static bool read_more(struct ran_program *program, int wait_ms)
{
    char octets[65536];
    struct pollfd asked = { .fd = program->out, .events = POLLIN };
    if (program->out < 0)
        return false;
    poll(&asked, 1, wait_ms);
    ssize_t got = read(program->out, octets, sizeof octets);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (got <= 0) /* a terminal whose program has gone: EIO */
        return false;
    program->said = realloc(program->said, program->len + (size_t)got + 1);
    ck_assert_ptr_nonnull(program->said);
    memcpy(program->said + program->len, octets, (size_t)got);
    program->len += (size_t)got;
    program->said[program->len] = '\0';
    return true;
}

void program_await(struct ran_program *program, const char *text)
{
    uint64_t until = clock_usec() + PATIENCE_USEC;
    bool more = true;
    while (!strstr(program->said, text) && more && clock_usec() < until)
        more = read_more(program, 100);
    char *at = strstr(program->said, text);
    ck_assert_msg(at != NULL, "'%s' does not come, but\n%.2000s", text, program->said);
    at += strlen(text);
    program->len -= (size_t)(at - program->said);
    memmove(program->said, at, program->len + 1);
}

uint16_t program_port(struct ran_program *program)
{
    uint64_t until = clock_usec() + PATIENCE_USEC;
    program_await(program, "listening at 127.0.0.1:");
    while (!strchr(program->said, '\n') && clock_usec() < until)
        read_more(program, 100);
    return (uint16_t)strtoul(program->said, NULL, 10);
}

void program_type(struct ran_program *program, const char *text)
{
    for (size_t len = strlen(text); len > 0;) {
        ssize_t put = write(program->in, text, len);
        ck_assert_int_gt(put, 0);
        text += put;
        len -= (size_t)put;
    }
}

void program_close_input(struct ran_program *program)
{
    if (program->in != program->out)
        close(program->in);
    program->in = -1;
}

void program_signal(struct ran_program *program, int signal)
{
    ck_assert_int_eq(kill(program->process, signal), 0);
}

int program_end(struct ran_program *program)
{
    int status = 0;
    uint64_t until = clock_usec() + PATIENCE_USEC;
    while (waitpid(program->process, &status, WNOHANG) == 0) {
        read_more(program, 10);
        if (clock_usec() < until)
            continue;
        kill(program->process, SIGKILL);
        ck_abort_msg("it does not end, but said\n%.2000s", program->said);
    }
    program->process = -1;
    for (size_t had = 0; had != program->len || had == 0;) {
        had = program->len;
        if (!read_more(program, 0) || had == program->len)
            break;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void program_free(struct ran_program *program)
{
    if (program->process > 0) {
        kill(program->process, SIGKILL);
        waitpid(program->process, NULL, 0);
    }
    if (program->in >= 0 && program->in != program->out)
        close(program->in);
    close(program->out);
    free(program->said);
}
