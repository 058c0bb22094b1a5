/*
 * Descriptors led into unnamed files and back.
 */
#include "tests/capture.h"

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

char *read_whole(FILE *file, size_t *len)
{
    size_t cap = 4096, used = 0, got;
    char *text = malloc(cap);
    rewind(file);
    while (text && (got = fread(text + used, 1, cap - used - 1, file)) > 0) {
        used += got;
        if (cap - used == 1)
            text = realloc(text, cap *= 2);
    }
    ck_assert_ptr_nonnull(text);
    text[used] = '\0';
    if (len)
        *len = used;
    return text;
}

void capture_begin(struct capture *capture, int fd)
{
    fflush(NULL);
    *capture = (struct capture){ .fd = fd, .kept = dup(fd), .file = tmpfile() };
    ck_assert_ptr_nonnull(capture->file);
    ck_assert_int_ge(dup2(fileno(capture->file), fd), 0);
}

char *capture_end(struct capture *capture)
{
    fflush(NULL);
    dup2(capture->kept, capture->fd);
    close(capture->kept);
    char *text = read_whole(capture->file, NULL);
    fclose(capture->file);
    return text;
}

/* In the child: becomes the program. */
static void become(const char *const *words, FILE *out, FILE *err)
{
    char *argv[32];
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    size_t count = 0;
    for (; words[count] && count < sizeof argv / sizeof argv[0] - 1; count++)
        argv[count] = strdup(words[count]);
    argv[count] = NULL;
    dup2(nothing, STDIN_FILENO);
    dup2(fileno(out), STDOUT_FILENO);
    dup2(fileno(err), STDERR_FILENO);
    execvp(argv[0], argv);
    _exit(127);
}

struct ran run_words(const char *const *words)
{
    struct ran ran = { .status = -1 };
    FILE *out = tmpfile(), *err = tmpfile();
    int status = 0;
    ck_assert(out && err);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        become(words, out, err);
    ck_assert_int_gt(pid, 0);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    ran.out = read_whole(out, &ran.out_len);
    ran.err = read_whole(err, NULL);
    fclose(out);
    fclose(err);
    return ran;
}

struct ran run_shell(const char *command)
{
    const char *const words[] = { "sh", "-c", command, NULL };
    ck_assert_msg(getenv("TCPSTEP") != NULL, "TCPSTEP has to be the program's path (make check)");
    return run_words(words);
}

void ran_free(struct ran *ran)
{
    free(ran->out);
    free(ran->err);
}

struct ran run_expecting(int status, const char *command)
{
    struct ran ran = run_shell(command);
    ck_assert_msg(ran.status == status, "%s\nended with status %d, not %d\n%.1500s%.1500s", command,
                  ran.status, status, ran.out, ran.err);
    return ran;
}
