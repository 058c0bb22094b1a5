/*
 * `tcpstep udp`: what UDP does, to see what TCP does for you.
 */
#include "ui/cmd/cmd.h"

#include "net/udp.h"
#include "net/udp_compare.h"
#include "net/udp_piece.h"
#include "ui/complain.h"
#include "ui/text.h"
#include "ui/udp.h"

#include <stdio.h>
#include <string.h>

enum {
    OPTION_BIND = PROGRAM_OPTION_COUNT,
    OPTION_ROOM_LEN,
    OPTION_WAIT,
    OPTION_PIECE,
    OPTION_RATE,
    OPTION_LOSS,
    OPTION_REORDER,
    OPTION_DUPLICATE,
    OPTION_DELAY,
    OPTION_SEED,
    OPTION_MESSAGES,
    OPTION_SIZE,
    OPTION_MODEL,
    OPTION_QUIET,
    OPTIONS_HERE,
    WAIT_MSEC = 1000,
    RATE = 2000,
    MESSAGES = 20,
    SIZE = 65536,
    LOSS = UDP_CERTAIN / 20, /* of compare, if nothing is said */
    WORDS_MAX_HERE = 3
};

static const struct option options[] = {
    PROGRAM_OPTIONS,
    { "bind", "ADDRESS", N_("serve, get, relay: instead of loopback this address, * for all") },
    { "room", "OCTETS", N_("of a receive call; what is longer is cut (default: 65,536)") },
    { "wait", "MS", N_("without a datagram, until it is given up (default: 1000)") },
    { "piece", "OCTETS", N_("send, compare: of a file in one datagram (default: 1200)") },
    { "rate", "N", N_("send: datagrams a second (default: 2000); 0: as fast as they go") },
    { "loss", "PERCENT", N_("relay, compare: datagrams that are lost (compare: 5)") },
    { "reorder", "PERCENT", N_("likewise: that go behind the next one") },
    { "duplicate", "PERCENT", N_("likewise: that go twice") },
    { "delay", "MS", N_("likewise: how long each is under way") },
    { "seed", "N", N_("of the chances (default: 1)") },
    { "messages", "N", N_("compare: short ones, before the file (default: 20)") },
    { "size", "OCTETS", N_("compare: of the file (default: 65,536)") },
    { "model", NULL, N_("compare: TCP on the model, and not on the kernel's wire") },
    { "quiet", NULL, N_("print nothing of single datagrams") },
    { NULL, NULL, NULL },
};

_Static_assert(sizeof options / sizeof options[0] == OPTIONS_HERE + 1, "a name for each option");

/* What the command line says, before the words are understood. */
struct line {
    struct udp_request request;
    const char *words[WORDS_MAX_HERE + 1];
    unsigned count;
    const char *bind;
    bool has_loss;
};

/* "5", "0.5": parts of UDP_CERTAIN. */
static bool take_percent(const char *name, const char *value, uint32_t *chance)
{
    uint32_t parts = 0, weight = UDP_CERTAIN / 100;
    const char *at = value;
    for (; *at >= '0' && *at <= '9' && parts <= UDP_CERTAIN; at++)
        parts = parts * 10 + (uint32_t)(*at - '0') * weight;
    if (at > value && *at == '.') {
        for (at++; *at >= '0' && *at <= '9' && weight > 1; at++) {
            weight /= 10;
            parts += (uint32_t)(*at - '0') * weight;
        }
    }
    if (at > value && *at == '\0' && parts <= UDP_CERTAIN) {
        *chance = parts;
        return true;
    }
    complain(_("--%s: '%s' is no percentage, as 5 or 0.5"), name, value);
    return false;
}

/* Options with a whole number: its range, and where it goes. */
static bool take_number(struct udp_request *request, size_t option, const char *value)
{
    const struct {
        size_t option;
        uint64_t min, max;
        uint32_t *into;
    } numbers[] = {
        { OPTION_ROOM_LEN, 1, UDP_ROOM, &request->room },
        { OPTION_WAIT, 1, 3600000, &request->wait_msec },
        { OPTION_PIECE, 1, UDP_PIECE_MOST, &request->piece_len },
        { OPTION_RATE, 0, 1000000, &request->rate },
        { OPTION_MESSAGES, 0, UDP_COMPARE_MESSAGES_MAX, &request->messages },
        { OPTION_SIZE, 1, UDP_COMPARE_SIZE_MAX, &request->size },
    };
    uint64_t number;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (numbers[i].option != option)
            continue;
        if (!arg_number(options[option].name, value, numbers[i].min, numbers[i].max, &number))
            return false;
        *numbers[i].into = (uint32_t)number;
    }
    return true;
}

static bool take_chance(struct line *line, size_t option, const char *value)
{
    struct udp_chances *chances = &line->request.chances;
    const char *name = options[option].name;
    uint64_t number;
    line->has_loss |=
        option == OPTION_LOSS || option == OPTION_REORDER || option == OPTION_DUPLICATE;
    if (option == OPTION_LOSS)
        return take_percent(name, value, &chances->loss);
    if (option == OPTION_REORDER)
        return take_percent(name, value, &chances->reorder);
    if (option == OPTION_DUPLICATE)
        return take_percent(name, value, &chances->duplicate);
    if (option == OPTION_SEED)
        return arg_number(name, value, 0, UINT64_MAX, &chances->seed);
    if (!arg_number(name, value, 0, 60000, &number))
        return false;
    chances->delay_usec = number * 1000;
    return true;
}

static bool take_option(void *to, size_t option, const char *value)
{
    struct line *line = to;
    if (option < PROGRAM_OPTION_COUNT)
        program_wish(&line->request.wishes, option, value);
    else if (option >= OPTION_LOSS && option <= OPTION_SEED)
        return take_chance(line, option, value);
    else if (option == OPTION_BIND)
        line->bind = value;
    line->request.model |= option == OPTION_MODEL;
    line->request.quiet |= option == OPTION_QUIET;
    return take_number(&line->request, option, value);
}

static bool find(const char *text, struct names *names)
{
    const char *why;
    if (names_find(text, true, names, &why))
        return true;
    complain("'%s': %s", text, _(why));
    return false;
}

/* Where to be: a port on loopback, unless told otherwise. */
static bool find_own(const struct line *line, const char *address, struct names *names)
{
    char text[320];
    address = address ? address : "7788";
    if (line->bind && strcmp(line->bind, "*") == 0)
        snprintf(text, sizeof text, "0.0.0.0:%s", address);
    else if (line->bind && strchr(line->bind, ':'))
        snprintf(text, sizeof text, "[%s]:%s", line->bind, address);
    else if (line->bind)
        snprintf(text, sizeof text, "%s:%s", line->bind, address);
    else
        snprintf(text, sizeof text, "%s", address);
    return find(text, names);
}

static bool understand_serve(struct line *line)
{
    return find_own(line, line->words[1], &line->request.at);
}

static bool understand_connect(struct line *line)
{
    return find(line->words[1], &line->request.at);
}

static bool understand_send(struct line *line)
{
    line->request.file = line->words[1];
    return program_spares(&line->request.wishes, line->request.file) &&
           find(line->words[2], &line->request.at);
}

static bool understand_get(struct line *line)
{
    line->request.file = line->words[1];
    return program_spares(&line->request.wishes, line->request.file) &&
           find_own(line, line->words[2], &line->request.at);
}

static bool understand_relay(struct line *line)
{
    return find_own(line, line->words[1], &line->request.at) &&
           find(line->words[2], &line->request.to);
}

static bool understand_compare(struct line *line)
{
    if (!line->has_loss)
        line->request.chances.loss = LOSS;
    if (line->request.piece_len <= UDP_MOST - UDP_LINE_MAX)
        return true;
    complain(_("--piece: compare takes no piece that does not fit into a datagram"));
    return false;
}

static bool understand_nothing(struct line *line)
{
    (void)line;
    return true;
}

static const struct program_here {
    const char *name;
    unsigned min, max; /* words behind the name */
    bool (*understand)(struct line *line);
    int (*run)(const struct udp_request *request);
    const char *usage;
    bool no_stage; /* it is a run of its own, not a program with sockets that are told */
} programs[] = {
    { "serve", 0, 1, understand_serve, udp_serve, "serve [PORT]", false },
    { "connect", 1, 1, understand_connect, udp_connect, "connect HOST:PORT", false },
    { "send", 2, 2, understand_send, udp_send_file, "send FILE HOST:PORT", false },
    { "get", 1, 2, understand_get, udp_get_file, "get FILE [PORT]", false },
    { "relay", 2, 2, understand_relay, udp_relay_run, "relay PORT HOST:PORT", false },
    { "compare", 0, 0, understand_compare, udp_compare_run, "compare", true },
    { "broadcast", 0, 0, understand_nothing, udp_broadcast_run, "broadcast", true },
};

static const struct program_here *program_of(const struct line *line)
{
    const size_t count = sizeof programs / sizeof programs[0];
    const char *names[sizeof programs / sizeof programs[0]];
    for (size_t i = 0; i < count; i++) {
        names[i] = programs[i].name;
        if (line->count > 0 && strcmp(line->words[0], names[i]) == 0)
            return &programs[i];
    }
    const char *near = line->count > 0 ? nearest_word(line->words[0], names, count) : NULL;
    if (near)
        complain(_("udp: no '%s'; did you mean '%s'?"), line->words[0], near);
    else
        complain(_("udp: serve, connect, send, get, relay, compare or broadcast. See --help."));
    return NULL;
}

static int run_line(struct line *line)
{
    const struct program_here *program = program_of(line);
    if (!program)
        return STATUS_USAGE;
    unsigned words = line->count - 1;
    if (words < program->min || words > program->max) {
        complain(_("it is: tcpstep udp %s"), program->usage);
        return STATUS_USAGE;
    }
    if (program->no_stage && line->request.wishes.stage) {
        complain(_("udp %s prints what came of it; there is no --stage"), program->name);
        return STATUS_USAGE;
    }
    return program->understand(line) ? program->run(&line->request) : STATUS_USAGE;
}

static bool take_word(void *to, const char *value)
{
    struct line *line = to;
    if (line->count == WORDS_MAX_HERE) {
        complain(_("'%s' is one word too many"), value);
        return false;
    }
    line->words[line->count++] = value;
    return true;
}

static int run(const struct command_spec *spec, int argc, char **argv)
{
    struct line line = { .request = { .wishes = { .name = "udp", .datagrams = true },
                                      .room = UDP_ROOM,
                                      .wait_msec = WAIT_MSEC,
                                      .piece_len = UDP_PIECE_LEN,
                                      .rate = RATE,
                                      .messages = MESSAGES,
                                      .size = SIZE,
                                      .chances = { .seed = 1, .delay_usec = 0 } } };
    struct args_taker taker = { .option = take_option, .word = take_word, .to = &line };
    int status = args_read(spec, argc, argv, &taker);
    return status == ARGS_WHOLE ? run_line(&line) : status;
}

const struct command_spec command_udp = {
    .name = "udp",
    .arguments = "PROGRAM [ARGUMENT ...]",
    .summary = N_("The same exchanges by UDP, to see what TCP does for you.\n"
                  "  serve [PORT]          sends each datagram back to where it came from\n"
                  "  connect HOST:PORT     sends each line of standard input as a datagram\n"
                  "  send FILE HOST:PORT   a file by numbered datagrams\n"
                  "  get FILE [PORT]       waits for one, and names what is missing of it\n"
                  "  relay PORT HOST:PORT  stands between two, and loses, reorders and copies\n"
                  "  compare               one exchange over TCP and UDP, side by side\n"
                  "  broadcast             one datagram for everybody, on a network of our own"),
    .options = options,
    .run = run,
};
