/*
 * `tcpstep watch`: the connections of this machine, live.
 */
#include "ui/cmd/cmd.h"
#include "ui/complain.h"
#include "ui/text.h"
#include "ui/tui/watch_screen.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    OPTION_PID,
    OPTION_LISTEN,
    OPTION_INTERVAL,
    OPTION_FOR,
    OPTION_ONCE,
    OPTION_HEADLESS,
    OPTION_LADDER,
    OPTION_NO_TRACEPOINT,
    OPTION_ASCII,
    INTERVAL_MSEC = 100,
    INTERVAL_OF_COMMAND_MSEC = 5, /* what a command does is soon over */
    INTERVAL_MSEC_MAX = 3600000,
    SECONDS_MAX = 31536000,
    PORT_MAX = 65535
};

static const struct option options[] = {
    { "pid", "PID", N_("only the connections of that process") },
    { "listen", NULL, N_("listening sockets as well") },
    { "interval", "MS", N_("between two looks (default: 100; with a command: 5)") },
    { "for", "SECONDS", N_("end after that time") },
    { "once", NULL, N_("one look, printed as a table") },
    { "headless", NULL, N_("no screen: a line for each change") },
    { "ladder", NULL, N_("no screen: the segments as well, a line each (needs CAP_NET_RAW)") },
    { "no-tracepoint", NULL, N_("look only, even where the tracepoint may be used") },
    { "ascii", NULL, N_("draw with ASCII only") },
    { NULL, NULL, NULL },
};

struct request {
    const char *whom; /* NULL: all */
    struct watch_setup setup;
    bool headless;
    bool has_interval;
};

/* Words that are written instead of an option, as a rule. */
static bool refuse_word(const char *word)
{
    static const char *const known[] = { "listen", "once", "headless", "ascii",
                                         "pid",    "for",  "interval" };
    const char *near = nearest_word(word, known, sizeof known / sizeof known[0]);
    if (near)
        complain(_("watch: '%s' is neither a port nor an address; did you mean '--%s'?"), word,
                 near);
    else
        complain(_("watch: '%s' is neither a port nor an address. See --help."), word);
    return false;
}

static bool take_port(struct watch_setup *setup, const char *word, const char *digits)
{
    uint32_t port = 0;
    for (const char *at = digits; *at; at++) {
        if (!isdigit((unsigned char)*at))
            return refuse_word(word);
        port = port > PORT_MAX ? port : port * 10 + (uint32_t)(*at - '0');
    }
    if (port < 1 || port > PORT_MAX) {
        complain(_("watch: '%s' is no port: those are 1 to %d; a process is --pid %s"), word,
                 PORT_MAX, digits);
        return false;
    }
    setup->wish.port = (uint16_t)port;
    return true;
}

static bool take_ip(struct watch_setup *setup, const char *text)
{
    struct watch_wish *wish = &setup->wish;
    wish->ip.family = 4;
    wish->has_ip = inet_pton(AF_INET, text, wish->ip.octet) == 1;
    if (wish->has_ip)
        return true;
    wish->ip.family = 6;
    wish->has_ip = inet_pton(AF_INET6, text, wish->ip.octet) == 1;
    return wish->has_ip;
}

/* 80, :80, 10.0.0.1, 10.0.0.1:80, ::1, [::1]:80 */
static bool take_word(struct watch_setup *setup, const char *word)
{
    char ip[64];
    const char *port = strrchr(word, ':');
    if (isdigit((unsigned char)word[0]) && !strpbrk(word, ".:"))
        return take_port(setup, word, word);
    if (take_ip(setup, word))
        return true;
    if (!port || !port[1] || (size_t)(port - word) >= sizeof ip)
        return refuse_word(word);
    size_t len = (size_t)(port - word);
    bool bracketed = len > 2 && word[0] == '[' && word[len - 1] == ']';
    snprintf(ip, sizeof ip, "%.*s", (int)(bracketed ? len - 2 : len), word + bracketed);
    if (len > 0 && !take_ip(setup, ip))
        return refuse_word(word);
    return take_port(setup, word, port + 1);
}

static bool take_pid(struct watch_setup *setup, const char *value)
{
    uint64_t pid;
    if (!arg_number("pid", value, 1, INT32_MAX, &pid))
        return false;
    setup->wish.pid = (int32_t)pid;
    if (procs_is_there((int32_t)pid))
        return true;
    complain(_("--pid: there is no process %s"), value);
    return false;
}

static bool take_option(void *to, size_t option, const char *value)
{
    struct request *request = to;
    struct watch_setup *setup = &request->setup;
    if (option == OPTION_PID)
        return take_pid(setup, value);
    if (option == OPTION_INTERVAL) {
        request->has_interval = true;
        return arg_number("interval", value, 1, INTERVAL_MSEC_MAX, &setup->interval_msec);
    }
    if (option == OPTION_FOR)
        return arg_number("for", value, 1, SECONDS_MAX, &setup->seconds);
    setup->wish.listen = setup->wish.listen || option == OPTION_LISTEN;
    setup->wish.no_tracepoint = setup->wish.no_tracepoint || option == OPTION_NO_TRACEPOINT;
    setup->once = setup->once || option == OPTION_ONCE;
    setup->ladder = setup->ladder || option == OPTION_LADDER;
    setup->ascii = setup->ascii || option == OPTION_ASCII;
    request->headless = request->headless || option == OPTION_HEADLESS;
    return true;
}

/* What stands behind "--" is the command, and not for us to read. */
static int cut_command(int argc, char **argv, char ***command)
{
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            *command = argv + i + 1;
            return i;
        }
    }
    return argc;
}

static int watch(struct request *request)
{
    struct watch_setup *setup = &request->setup;
    if (setup->command && !setup->command[0]) {
        complain(_("watch: '--' needs a command behind it"));
        return STATUS_USAGE;
    }
    if (setup->command && (setup->wish.pid || setup->once)) {
        complain(_("watch: with a command there is neither --pid nor --once"));
        return STATUS_USAGE;
    }
    setup->wish.descendants = setup->command != NULL;
    if (setup->command && !request->has_interval)
        setup->interval_msec = INTERVAL_OF_COMMAND_MSEC;
    if (setup->once)
        return watch_once(setup);
    if (setup->command || setup->ladder || request->headless || !isatty(STDIN_FILENO) ||
        !isatty(STDOUT_FILENO))
        return watch_lines_run(setup);
    return watch_screen_run(setup);
}

static bool take_whom(void *to, const char *value)
{
    struct request *request = to;
    return args_one_word(&request->whom, value,
                         _("watch: one port or address at a time: '%s' is one too many")) &&
           take_word(&request->setup, value);
}

static int run(const struct command_spec *spec, int argc, char **argv)
{
    struct request request = { .setup.interval_msec = INTERVAL_MSEC };
    struct args_taker taker = { .option = take_option, .word = take_whom, .to = &request };
    int own = cut_command(argc, argv, &request.setup.command);
    int status = args_read(spec, own, argv, &taker);
    if (status != ARGS_WHOLE)
        return status;
    return watch(&request);
}

const struct command_spec command_watch = {
    .name = "watch",
    .arguments = "[PORT|ADDRESS] [-- CMD]",
    .summary =
        N_("Shows the TCP connections of this machine, live: their states, and the way each\n"
           "took there. With a command behind '--' it runs that, and shows its connections\n"
           "only, a line for each change. PORT: 80; ADDRESS: 10.0.0.1, ::1, 10.0.0.1:80."),
    .options = options,
    .run = run,
};
