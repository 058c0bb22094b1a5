/*
 * fork and exec, with a pipe that tells whether exec came to pass.
 */
#include "ui/watch_child.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SIGNALLED = 128
};

static bool failed(struct net_error *error, int32_t err, const char *operation)
{
    *error = (struct net_error){ .err = err, .operation = operation };
    return false;
}

static _Noreturn void become(char **argv, const sigset_t *mask, int tell)
{
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvp(argv[0], argv);
    int32_t err = errno;
    ssize_t ignored = write(tell, &err, sizeof err);
    (void)ignored;
    _exit(127);
}

bool watch_child_start(struct watch_child *child, char **argv, const sigset_t *mask,
                       struct net_error *error)
{
    int ends[2];
    int32_t err = 0;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return failed(error, errno, "pipe");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    *child = (struct watch_child){ .pid = fork() };
    if (child->pid == 0)
        become(argv, mask, ends[1]);
    close(ends[1]);
    if (child->pid < 0) {
        err = errno;
        close(ends[0]);
        return failed(error, err, "fork");
    }
    ssize_t got;
    do
        got = read(ends[0], &err, sizeof err);
    while (got < 0 && errno == EINTR);
    close(ends[0]);
    if (got != (ssize_t)sizeof err)
        return true;
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    return failed(error, err, "exec");
}

void watch_child_reap(struct watch_child *child)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid != child->pid)
            continue;
        child->over = true;
        child->status = WIFEXITED(status) ? WEXITSTATUS(status) : SIGNALLED + WTERMSIG(status);
    }
}
