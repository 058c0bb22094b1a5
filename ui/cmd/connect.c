/*
 * `tcpstep connect`: a client that sends what is typed, or comes from a pipe, and shows what comes
 * back.
 */
#include "ui/cmd/cmd.h"

#include "ui/complain.h"
#include "ui/talk.h"
#include "ui/text.h"

#include <stdio.h>
#include <string.h>

enum {
    OPTION_SEND_ONLY = PROGRAM_OPTION_COUNT,
    OPTION_BIND,
    OPTION_TIMEOUT,
    OPTION_ENCODING,
    OPTION_ALL,
    ACK_LOOK_MS = 5 /* between two looks at what the peer has acknowledged */
};

static const struct option options[] = {
    PROGRAM_OPTIONS,
    { "send-only", NULL, N_("don't wait for answers: end when all has arrived") },
    { "bind", "PORT|HOST:PORT", N_("the end to connect from") },
    { "timeout", "SECONDS", N_("for each address of the name to answer") },
    { "encoding", "NAME", N_("the characters of the peer, as iconv -l lists them (UTF-8)") },
    { "all", NULL, N_("send a line 'exit' as well, like any other") },
    { NULL, NULL, NULL },
};

static const char exit_word[] = "exit";

struct connect {
    struct talk_setup setup;
    const char *to, *from;
    bool send_only;
    bool sends_all;   /* 'exit' is a line like others */
    bool inside_line; /* it is not the word `exit` that has begun */
    size_t matched;   /* octets of that word that have come, and are kept back */
    bool shows;       /* what comes is written as text, not as it is */
    bool line_open;   /* what was shown last is no end of a line */
};

static struct connect *of(struct talk *talk)
{
    return talk->of;
}

static void connected(struct talk *talk)
{
    struct call call = { .op = CALL_GETPEERNAME, .fd = talk->stream.source.fd };
    struct endpoint peer = told_call(NULL, &call, NULL).peer;
    char text[ENDPOINT_TEXT_MAX];
    of(talk)->shows = talk->on_terminal || of(talk)->setup.encoding;
    if (talk->interactive)
        fprintf(stderr, _("connected to %s; 'exit' or Ctrl-D ends\n"),
                endpoint_text(&peer, text, sizeof text));
}

static void put(void *to, const char *text, size_t len)
{
    struct talk *talk = to;
    of(talk)->line_open = text[len - 1] != '\n';
    talk_put(talk, text, len);
}

static void came(struct talk *talk, const uint8_t *octets, uint32_t len)
{
    struct charset_to to = { .put = put, .to = talk };
    if (of(talk)->send_only)
        return;
    if (of(talk)->shows)
        charset_show(&talk->charset, octets, len, &to);
    else
        outlet_write(&talk->outlet, octets, len);
}

/* A person has nobody to talk to any more. A pipe goes on: the peer may still read. */
static void peer_ended(struct talk *talk)
{
    struct charset_to to = { .put = put, .to = talk };
    charset_show_rest(&talk->charset, &to);
    if (of(talk)->line_open && talk->on_terminal)
        put(talk, "\n", 1);
    if (!talk->interactive || talk->stream.ending)
        return;
    fprintf(stderr, "%s\n", _("the peer has closed"));
    inlet_close(&talk->inlet);
    talk_end(talk);
}

static void exits(struct talk *talk, size_t left)
{
    if (left > 0)
        complain(_("what stands behind 'exit' was not sent (--all sends it)"));
    of(talk)->matched = 0;
    inlet_close(&talk->inlet);
    talk_end(talk);
}

/* Takes one octet; true: it ends a line `exit`. */
static bool ends_exit(struct connect *connect, uint8_t octet)
{
    bool may = !connect->inside_line && connect->matched < strlen(exit_word);
    if (octet == '\n') {
        bool whole = !connect->inside_line && connect->matched == strlen(exit_word);
        connect->inside_line = false;
        connect->matched = 0;
        return whole;
    }
    if (may && octet == (uint8_t)exit_word[connect->matched]) {
        connect->matched++;
        return false;
    }
    connect->inside_line = true;
    connect->matched = 0;
    return false;
}

/* Sends all but the last `back` octets of what was kept back and what has come since. */
static void say_but(struct talk *talk, size_t kept, const uint8_t *octets, size_t len, size_t back)
{
    if (back > len)
        return; /* then all that was kept is still a part of the word */
    talk_say(talk, exit_word, kept);
    talk_say(talk, octets, len - back);
}

static void typed(struct talk *talk, const uint8_t *octets, size_t len)
{
    struct connect *connect = of(talk);
    size_t kept = connect->matched;
    if (connect->sends_all) {
        talk_say(talk, octets, len);
        return;
    }
    for (size_t i = 0; i < len; i++) {
        if (!ends_exit(connect, octets[i]))
            continue;
        say_but(talk, kept, octets, i, strlen(exit_word));
        exits(talk, len - i - 1);
        return;
    }
    say_but(talk, kept, octets, len, connect->matched);
}

static void input_over(struct talk *talk)
{
    if (of(talk)->matched < strlen(exit_word))
        talk_say(talk, exit_word, of(talk)->matched);
    talk_end(talk);
}

/* Without waiting for answers it is over when the peer's TCP has all of it. A close() now and a
 * RST later would be no loss. */
static int tick(struct talk *talk)
{
    if (!of(talk)->send_only || !talk->stream.fin_sent)
        return -1;
    if (stream_unacknowledged(&talk->stream) <= 0)
        talk->finished = true;
    return ACK_LOOK_MS;
}

static const struct talk_user user = { .connected = connected,
                                       .came = came,
                                       .peer_ended = peer_ended,
                                       .typed = typed,
                                       .input_over = input_over,
                                       .tick = tick };

static bool take_option(void *to, size_t option, const char *value)
{
    struct connect *connect = to;
    uint64_t seconds;
    if (option < PROGRAM_OPTION_COUNT)
        program_wish(&connect->setup.wishes, option, value);
    if (option == OPTION_BIND)
        connect->from = value;
    if (option == OPTION_ENCODING)
        connect->setup.encoding = value;
    connect->send_only |= option == OPTION_SEND_ONLY;
    connect->sends_all |= option == OPTION_ALL;
    if (option != OPTION_TIMEOUT)
        return true;
    if (!arg_number("timeout", value, 1, 100000, &seconds))
        return false;
    connect->setup.dial.timeout_ms = (uint32_t)seconds * 1000;
    return true;
}

static bool find_names(struct connect *connect)
{
    const char *why, *to = connect->to ? connect->to : "7788";
    if (!names_find(to, false, &connect->setup.dial.to, &why)) {
        complain("'%s': %s", to, _(why));
        return false;
    }
    return !connect->from || talk_find_own(connect->from, &connect->setup.dial.from);
}

static int run(const struct command_spec *spec, int argc, char **argv)
{
    struct connect connect = { .setup = {
                                   .wishes.name = "connect", .user = &user, .of = &connect } };
    struct talk talk;
    const struct args_taker taker = { .option = take_option,
                                      .to = &connect,
                                      .one = &connect.to,
                                      .too_many =
                                          N_("one address at a time: '%s' is one too many") };
    int read = args_read(spec, argc, argv, &taker);
    if (read != ARGS_WHOLE)
        return read;
    if (!find_names(&connect))
        return STATUS_USAGE;
    return talk_run(&talk, &connect.setup);
}

const struct command_spec command_connect = {
    .name = "connect",
    .arguments = "[PORT|HOST:PORT]",
    .summary =
        N_("Connects by TCP, sends what is typed or comes from a pipe, and shows what comes\n"
           "back, until `exit` or the end of input, and then until the peer has ended, too.\n"
           "Port 7788 of loopback if not said."),
    .options = options,
    .run = run,
};
