/*
 * `tcpstep chat`: two people, or one and a room, talk line by line: at the same time, or in turns.
 * docs/protocol.md says what goes over the wire.
 */
#include "ui/cmd/cmd.h"

#include "net/clock.h"
#include "ui/complain.h"
#include "ui/room.h"
#include "ui/talk.h"
#include "ui/text.h"

#include <stdio.h>
#include <string.h>

enum {
    OPTION_LISTEN = PROGRAM_OPTION_COUNT,
    OPTION_NICK,
    OPTION_TURNS,
    OPTION_BIND,
    OPTION_TIMEOUT,
    OPTION_ENCODING,
    QUIET_MS = 200, /* behind octets without an end of line: there is no more to come */
    TYPED_MAX = 65536,
    HELD_MAX = 128
};

static const struct option options[] = {
    PROGRAM_OPTIONS,
    { "listen", "PORT|HOST:PORT", N_("wait for one who calls here") },
    { "nick", "NAME", N_("what we are called") },
    { "turns", NULL, N_("one speaks, then the other one; who has called begins") },
    { "bind", "PORT|HOST:PORT", N_("the end to call from") },
    { "timeout", "SECONDS", N_("for each address of the name to answer") },
    { "encoding", "NAME", N_("the characters of the partner, as iconv -l lists them (UTF-8)") },
    { NULL, NULL, NULL },
};

static const char nick_word[] = "/nick ";

struct chat {
    struct talk_setup setup;
    const char *to, *at, *from, *nick;
    bool in_turns, our_turn, prompted;
    /* What the partner says. */
    char partner[HELD_MAX]; /* its name, "" as long as it has not said one */
    char held[HELD_MAX];    /* the front of a line, which may be "/nick NAME" */
    size_t held_len;
    bool inside_line;    /* what was shown last is no end of a line */
    uint64_t heard_usec; /* when it last said something; 0: its message has an end */
    /* What we say, as far as it is not sent: the front of a line, and in turns what is for later.
     */
    uint8_t typed[TYPED_MAX];
    size_t typed_len;
    bool line_begun; /* the front of this line is sent already */
    bool input_over;
};

static struct chat *of(struct talk *talk)
{
    return talk->of;
}

/* ---- what the partner says */

static void show_line_part(struct talk *talk, const char *text, size_t len)
{
    struct chat *chat = of(talk);
    if (len == 0)
        return;
    if (!chat->inside_line && chat->prompted)
        talk_put(talk, "\n", 1);
    chat->prompted = false;
    if (!chat->inside_line && chat->partner[0]) {
        talk_put(talk, chat->partner, strlen(chat->partner));
        talk_put(talk, ": ", 2);
    }
    talk_put(talk, text, len);
    chat->inside_line = text[len - 1] != '\n';
}

static void let_go(struct talk *talk)
{
    struct chat *chat = of(talk);
    size_t len = chat->held_len;
    chat->held_len = 0;
    show_line_part(talk, chat->held, len);
}

/* The line "/nick NAME" is whole. */
static void learn_name(struct talk *talk)
{
    struct chat *chat = of(talk);
    size_t word = strlen(nick_word), len = chat->held_len - word;
    const char *name = chat->held + word;
    if (!nick_is_good(name, len)) {
        chat->held[chat->held_len++] = '\n';
        let_go(talk);
        return;
    }
    snprintf(chat->partner, sizeof chat->partner, "%.*s", (int)len, name);
    chat->held_len = 0;
}

/* Holds the front of a line as long as it may be "/nick NAME"; returns how much it has taken. */
static size_t hold(struct talk *talk, const char *text, size_t len)
{
    struct chat *chat = of(talk);
    size_t taken = 0, word = strlen(nick_word);
    while (taken < len && chat->held_len + 1 < HELD_MAX) {
        bool in_word = chat->held_len < word;
        if (!in_word && text[taken] == '\n') {
            learn_name(talk);
            return taken + 1;
        }
        if (in_word && text[taken] != nick_word[chat->held_len])
            break;
        chat->held[chat->held_len++] = text[taken++];
    }
    if (taken < len)
        let_go(talk);
    return taken;
}

/* Text fit for the terminal, in pieces. */
static void show(void *to, const char *text, size_t len)
{
    struct talk *talk = to;
    while (len > 0) {
        size_t part = of(talk)->inside_line ? 0 : hold(talk, text, len);
        if (part == 0) {
            const char *end = memchr(text, '\n', len);
            part = end ? (size_t)(end - text) + 1 : len;
            show_line_part(talk, text, part);
        }
        text += part;
        len -= part;
    }
}

static void end_open_line(struct talk *talk)
{
    struct chat *chat = of(talk);
    let_go(talk);
    if (chat->inside_line)
        talk_put(talk, "\n", 1);
    chat->inside_line = false;
    chat->heard_usec = 0;
}

static void give_turn(struct chat *chat, bool ours)
{
    chat->our_turn = ours;
    chat->prompted = false;
}

static void came(struct talk *talk, const uint8_t *octets, uint32_t len)
{
    struct chat *chat = of(talk);
    struct charset_to to = { .put = show, .to = talk };
    charset_show(&talk->charset, octets, len, &to);
    bool ended = !chat->inside_line && chat->held_len == 0;
    bool only_name = ended && len > strlen(nick_word) &&
                     memcmp(octets, nick_word, strlen(nick_word)) == 0 &&
                     memchr(octets, '\n', len) == octets + len - 1;
    chat->heard_usec = ended ? 0 : clock_usec();
    if (ended && !only_name)
        give_turn(chat, true);
}

/* ---- what we say */

static void end_ours(struct talk *talk)
{
    inlet_close(&talk->inlet);
    of(talk)->typed_len = 0;
    talk_end(talk);
}

/* Says the first `len` octets of what is typed. */
static void say_front(struct talk *talk, size_t len)
{
    struct chat *chat = of(talk);
    talk_say(talk, chat->typed, len);
    chat->line_begun = len > 0 && chat->typed[len - 1] != '\n';
    chat->typed_len -= len;
    memmove(chat->typed, chat->typed + len, chat->typed_len);
}

static bool is_exit(const struct chat *chat, size_t len)
{
    while (len > 0 && (chat->typed[len - 1] == '\n' || chat->typed[len - 1] == '\r'))
        len--;
    return !chat->line_begun && len == 4 && memcmp(chat->typed, "exit", 4) == 0;
}

/* In turns: who has nobody to wait for any more says all the rest. */
static bool may_speak(const struct talk *talk)
{
    const struct chat *chat = talk->of;
    return !chat->in_turns || chat->our_turn || talk->stream.peer_ended;
}

/* Says the next line, or what there is of one too long to be kept. false: there is none, or it is
 * not our turn. */
static bool say_next(struct talk *talk)
{
    struct chat *chat = of(talk);
    if (chat->typed_len == 0 || talk->stream.ending || !may_speak(talk))
        return false;
    const uint8_t *end = memchr(chat->typed, '\n', chat->typed_len);
    size_t len = end ? (size_t)(end - chat->typed) + 1 : chat->typed_len;
    if (!end && !chat->input_over && chat->typed_len < TYPED_MAX / 2)
        return false; /* its end is still to come */
    if ((end || chat->input_over) && is_exit(chat, len)) {
        end_ours(talk);
        return false;
    }
    say_front(talk, len);
    if (!end && chat->input_over)
        talk_say(talk, "\n", 1);
    if (end || chat->input_over)
        give_turn(chat, false);
    return true;
}

static void say_what_is_typed(struct talk *talk)
{
    struct chat *chat = of(talk);
    while (say_next(talk))
        ;
    if (chat->input_over && chat->typed_len == 0 && !talk->stream.ending)
        end_ours(talk);
    talk->holds_input = chat->typed_len >= TYPED_MAX / 2;
}

static void typed(struct talk *talk, const uint8_t *octets, size_t len)
{
    struct chat *chat = of(talk);
    memcpy(chat->typed + chat->typed_len, octets, len); /* no more is read than there is room */
    chat->typed_len += len;
    say_what_is_typed(talk);
}

static void input_over(struct talk *talk)
{
    of(talk)->input_over = true;
    say_what_is_typed(talk);
}

/* ---- both */

static void connected(struct talk *talk)
{
    struct chat *chat = of(talk);
    struct call call = { .op = CALL_GETPEERNAME, .fd = talk->stream.source.fd };
    struct endpoint peer = told_call(NULL, &call, NULL).peer;
    char text[ENDPOINT_TEXT_MAX];
    fprintf(stderr, _("connected to %s; 'exit' or Ctrl-D ends\n"),
            endpoint_text(&peer, text, sizeof text));
    chat->our_turn = !chat->setup.listens;
    if (!chat->nick)
        return;
    talk_say(talk, nick_word, strlen(nick_word));
    talk_say(talk, chat->nick, strlen(chat->nick));
    talk_say(talk, "\n", 1);
}

/* A person has nobody to talk to any more, nor has who waits for his turn. */
static void peer_ended(struct talk *talk)
{
    struct charset_to to = { .put = show, .to = talk };
    charset_show_rest(&talk->charset, &to);
    end_open_line(talk);
    fprintf(stderr, "%s\n", _("the partner has ended"));
    if (talk->interactive && !talk->stream.ending)
        end_ours(talk);
    else
        give_turn(of(talk), true);
}

static void prompt(struct talk *talk)
{
    struct chat *chat = of(talk);
    if (!chat->in_turns || !chat->our_turn || chat->prompted || talk->stream.ending ||
        !talk->interactive || !talk->on_terminal)
        return;
    talk_put(talk, "> ", 2);
    chat->prompted = true;
}

static int tick(struct talk *talk)
{
    struct chat *chat = of(talk);
    int wait = -1;
    if (chat->heard_usec > 0) {
        uint64_t quiet_ms = (clock_usec() - chat->heard_usec) / 1000;
        wait = quiet_ms < QUIET_MS ? (int)(QUIET_MS - quiet_ms) : 0;
    }
    if (wait == 0) {
        end_open_line(talk);
        give_turn(chat, true);
        wait = -1;
    }
    say_what_is_typed(talk);
    prompt(talk);
    return wait;
}

static const struct talk_user user = { .connected = connected,
                                       .came = came,
                                       .peer_ended = peer_ended,
                                       .typed = typed,
                                       .input_over = input_over,
                                       .tick = tick };

static bool take_option(void *to, size_t option, const char *value)
{
    struct chat *chat = to;
    uint64_t seconds;
    if (option < PROGRAM_OPTION_COUNT)
        program_wish(&chat->setup.wishes, option, value);
    if (option == OPTION_LISTEN)
        chat->at = value;
    if (option == OPTION_NICK)
        chat->nick = value;
    if (option == OPTION_BIND)
        chat->from = value;
    if (option == OPTION_ENCODING)
        chat->setup.encoding = value;
    chat->in_turns |= option == OPTION_TURNS;
    if (option != OPTION_TIMEOUT)
        return true;
    if (!arg_number("timeout", value, 1, 100000, &seconds))
        return false;
    chat->setup.dial.timeout_ms = (uint32_t)seconds * 1000;
    return true;
}

static bool find_names(struct chat *chat)
{
    const char *why, *text = chat->at ? chat->at : chat->to ? chat->to : "7788";
    chat->setup.listens = chat->at;
    if (chat->at && (chat->to || chat->from)) {
        complain(_("chat waits (--listen) or calls, not both"));
        return false;
    }
    if (chat->nick && !nick_is_good(chat->nick, strlen(chat->nick))) {
        complain(_("--nick: a name is 1 to 32 octets without blanks and ':'"));
        return false;
    }
    struct names *names = chat->at ? &chat->setup.at : &chat->setup.dial.to;
    if (!names_find(text, false, names, &why)) {
        complain("'%s': %s", text, _(why));
        return false;
    }
    return !chat->from || talk_find_own(chat->from, &chat->setup.dial.from);
}

static int run(const struct command_spec *spec, int argc, char **argv)
{
    struct chat chat = { .setup = { .wishes.name = "chat", .user = &user, .of = &chat } };
    struct talk talk;
    const struct args_taker taker = { .option = take_option,
                                      .to = &chat,
                                      .one = &chat.to,
                                      .too_many =
                                          N_("one address at a time: '%s' is one too many") };
    int read = args_read(spec, argc, argv, &taker);
    if (read != ARGS_WHOLE)
        return read;
    if (!find_names(&chat))
        return STATUS_USAGE;
    return talk_run(&talk, &chat.setup);
}

const struct command_spec command_chat = {
    .name = "chat",
    .arguments = "[PORT|HOST:PORT]",
    .summary =
        N_("Talks with one partner, or in a room (`tcpstep serve --room`), line by line: calls\n"
           "him, or waits for his call (--listen), until `exit` or the end of input, and then\n"
           "until the partner has ended, too. Port 7788 of loopback if not said."),
    .options = options,
    .run = run,
};
