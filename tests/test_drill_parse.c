/*
 * ui/drill/script: what a packetdrill script says is found in its values, and what is no script is
 * refused with the place and the words.
 */
#include "ui/drill/script.h"

#include "tests/suites.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* Reads a script that has to be one; give it back with script_free(). */
static struct script *parsed(const char *text)
{
    struct script_error error;
    struct script *script = script_parse(text, strlen(text), &error);
    ck_assert_msg(script != NULL, "%u:%u: %s in: %s", error.line, error.column, error.message,
                  text);
    return script;
}

static void text_is(struct script_text text, const char *expected)
{
    ck_assert_ptr_nonnull(text.at);
    ck_assert_msg(script_text_is(text, expected), "'%.*s' is not '%s'", (int)text.len, text.at,
                  expected);
}

/* Fails unless the script is refused there, with these words among those said. */
static void refused(const char *text, size_t len, uint32_t line, uint32_t column, const char *words)
{
    struct script_error error;
    struct script *script = script_parse(text, len, &error);
    ck_assert_msg(script == NULL, "no error: %s", text);
    ck_assert_msg(error.line == line && error.column == column, "%u:%u instead of %u:%u: %s: %s",
                  error.line, error.column, line, column, error.message, text);
    ck_assert_msg(strstr(error.message, words) != NULL, "'%s' not in '%s'", words, error.message);
}

/* A whole script: options, a command before the first event, each kind of event, and the places. */
START_TEST(a_whole_script)
{
    struct script *script = parsed("// what it shows\n"
                                   "--tolerance_usecs=75000\n"
                                   "--ip_version=ipv4-mapped-ipv6 --dry\n"
                                   "/* set\n up */ `first\nsecond`\n"
                                   "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3 // why\n"
                                   "+.5 > S 0:0(0)\n"
                                   "  * `inside`\n"
                                   "1.25\n%{ a\nb }% `last`");
    text_is(script_option(script, "tolerance_usecs"), "75000");
    text_is(script_option(script, "ip_version"), "ipv4-mapped-ipv6");
    ck_assert_ptr_null(script_option(script, "dry").at);
    ck_assert_ptr_null(script_option(script, "mss").at);
    text_is(script->options->next->next->name, "dry");
    ck_assert_uint_eq(script->options->next->next->line, 3);
    text_is(script->init, "first\nsecond");
    ck_assert_uint_eq(script->init_line, 5);
    text_is(script->cleanup, "last");
    ck_assert_uint_eq(script->event_count, 4);
    const struct script_event *events = script->events;
    ck_assert_int_eq(events[0].kind, SCRIPT_CALL);
    text_is(events[0].source, "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3");
    ck_assert_uint_eq(events[0].first_line, 7);
    ck_assert_int_eq(events[1].kind, SCRIPT_PACKET);
    text_is(events[1].source, "+.5 > S 0:0(0)");
    ck_assert_int_eq(events[2].kind, SCRIPT_COMMAND);
    text_is(events[2].text, "inside");
    ck_assert_int_eq(events[3].kind, SCRIPT_CODE);
    text_is(events[3].text, " a\nb ");
    ck_assert_uint_eq(events[3].first_line, 10);
    ck_assert_uint_eq(events[3].text_line, 11);
    ck_assert_uint_eq(events[3].last_line, 12);
    script_free(script);
}
END_TEST

/* The last option of a name counts, and quotes keep blanks. */
START_TEST(options_of_one_name)
{
    struct script *script = parsed("--a=1 --a=\"2 \\\" 3\"\n0 f() = 0");
    text_is(script_option(script, "a"), "2 \" 3");
    script_free(script);
}
END_TEST

struct time_row {
    const char *text;
    struct script_time time;
};

static const struct time_row time_rows[] = {
    { "0", { .kind = SCRIPT_AT } },
    { "0.1", { .kind = SCRIPT_AT, .usec = 100000 } },
    { ".000025", { .kind = SCRIPT_AT, .usec = 25 } },
    { ".0000014", { .kind = SCRIPT_AT, .usec = 1 } },
    { ".0000015", { .kind = SCRIPT_AT, .usec = 2 } },
    { "+0", { .kind = SCRIPT_AFTER } },
    { "+.1", { .kind = SCRIPT_AFTER, .usec = 100000 } },
    { "+ 12.5", { .kind = SCRIPT_AFTER, .usec = 12500000 } },
    { "100000000", { .kind = SCRIPT_AT, .usec = 100000000000000 } },
    { "*", { .kind = SCRIPT_ANY } },
    { "0.1~0.2", { .kind = SCRIPT_AT, .is_range = true, .usec = 100000, .until_usec = 200000 } },
    { "+.3~+.310",
      { .kind = SCRIPT_AFTER, .is_range = true, .usec = 300000, .until_usec = 310000 } },
    { "0...0.2", { .kind = SCRIPT_AT, .blocks = true, .end_usec = 200000 } },
    { "+.01...0.200", { .kind = SCRIPT_AFTER, .blocks = true, .usec = 10000, .end_usec = 200000 } },
};

START_TEST(times)
{
    const struct time_row *row = &time_rows[_i];
    char text[64];
    snprintf(text, sizeof text, "%s f() = 0", row->text);
    struct script *script = parsed(text);
    const struct script_time *time = &script->events[0].time;
    ck_assert_msg(time->kind == row->time.kind && time->is_range == row->time.is_range &&
                      time->blocks == row->time.blocks,
                  "%s", row->text);
    ck_assert_int_eq(time->usec, row->time.usec);
    ck_assert_int_eq(time->until_usec, row->time.until_usec);
    ck_assert_int_eq(time->end_usec, row->time.end_usec);
    script_free(script);
}
END_TEST

/* Every field of a packet, at the ends of its range. */
START_TEST(a_packet)
{
    struct script *script = parsed("0 < SF.RPUEW 4294967295:4(5) ack 4294967295 win 65535 urg 7\n"
                                   "0 > - 1:1001(1000)\n");
    const struct script_packet *packet = &script->events[0].packet;
    ck_assert(!packet->is_outbound);
    ck_assert_uint_eq(packet->flags, 0xff);
    ck_assert_uint_eq(packet->seq, UINT32_MAX);
    ck_assert_uint_eq(packet->end, 4);
    ck_assert_uint_eq(packet->len, 5);
    ck_assert(packet->has_ack && packet->has_win && packet->has_urg);
    ck_assert_uint_eq(packet->ack, UINT32_MAX);
    ck_assert_uint_eq(packet->win, 65535);
    ck_assert_uint_eq(packet->urg, 7);
    ck_assert_int_eq(packet->fd, -1);
    ck_assert_int_eq(packet->opts_kind, SCRIPT_OPTS_NONE);
    ck_assert_ptr_null(script->events[0].not_modelled);
    packet = &script->events[1].packet;
    ck_assert(packet->is_outbound);
    ck_assert_uint_eq(packet->flags, 0);
    ck_assert(!packet->has_ack && !packet->has_win && !packet->has_urg);
    script_free(script);
}
END_TEST

/* Each letter is its own bit of the header. */
START_TEST(flags)
{
    static const char letters[] = "FSRP.UEWA";
    char text[32];
    for (unsigned bit = 0; letters[bit]; bit++) {
        snprintf(text, sizeof text, "0 < %c 0:0(0)", letters[bit]);
        struct script *script = parsed(text);
        ck_assert_uint_eq(script->events[0].packet.flags, 1u << bit);
        ck_assert_msg((script->events[0].not_modelled != NULL) == (letters[bit] == 'A'), "%s",
                      text);
        script_free(script);
    }
}
END_TEST

/* Options of TCP, in the order they are written in, with their values. */
START_TEST(packet_options)
{
    struct script *script =
        parsed("0 < S 0:0(0) <mss 1460,sackOK,TS val 4294967295 ecr 7,nop,wscale 8,eol,"
               "sack 1:2 3:4>\n"
               "0 > S 0:0(0) <...>\n"
               "0 > S 0:0(0) <>\n");
    static const struct script_opt expected[] = {
        { .kind = SCRIPT_OPT_MSS, .value_count = 1, .values = { 1460 } },
        { .kind = SCRIPT_OPT_SACK_OK },
        { .kind = SCRIPT_OPT_TS, .value_count = 2, .values = { UINT32_MAX, 7 } },
        { .kind = SCRIPT_OPT_NOP },
        { .kind = SCRIPT_OPT_WSCALE, .value_count = 1, .values = { 8 } },
        { .kind = SCRIPT_OPT_EOL },
        { .kind = SCRIPT_OPT_SACK, .value_count = 4, .values = { 1, 2, 3, 4 } },
    };
    const struct script_packet *packet = &script->events[0].packet;
    const struct script_opt *opt = packet->opts;
    ck_assert_int_eq(packet->opts_kind, SCRIPT_OPTS_LISTED);
    ck_assert_uint_eq(packet->opt_count, 7);
    for (size_t i = 0; i < 7; i++, opt = opt->next) {
        ck_assert_int_eq(opt->kind, expected[i].kind);
        ck_assert_uint_eq(opt->value_count, expected[i].value_count);
        ck_assert_mem_eq(opt->values, expected[i].values, sizeof opt->values);
    }
    ck_assert_ptr_null(opt);
    text_is(packet->opts->next->next->source, "TS val 4294967295 ecr 7");
    ck_assert_int_eq(script->events[1].packet.opts_kind, SCRIPT_OPTS_ANY);
    ck_assert_int_eq(script->events[2].packet.opts_kind, SCRIPT_OPTS_NONE);
    script_free(script);
}
END_TEST

/* What the model has not is told from a mistake, and what follows it is read on. */
START_TEST(not_modelled)
{
    static const char *const rows[][2] = {
        { "> icmp unreachable frag_needed mtu 1400 [1:1461(1460)]", "icmp" },
        { "< udp (1000)", "udp" },
        { "< ipv4 192.0.2.1 > 192.0.2.2: . 1:1(0) ack 1", "ipv4" },
        { "> gre: ipv6 2001:db8::1 > 2001:db8::2: . 1:1(0)", "gre" },
        { "> mpls (label 1,\n tc 0): S 0:0(0)", "mpls" },
        { "> 192.0.2.1:80 > 192.0.2.2:81 . 1:1(0)", "addresses" },
        { "< [ect0] . 1:1(0) ack 1", "ecn" },
        { "< (flowlabel 0x1) . 1:1(0) ack 1", "ip flowlabel" },
        { "< S 0:0(0) <mss 9,FO a1b2,nop>", "option FO" },
        { "< S 0:0(0) <md5 valid>", "option md5" },
        { "< S 0:0(0) <mp_capable v1 sender_key=2>", "option mp_capable" },
        { "< S 0:0(0) <mss 9>/udp(1 > 2)", "within udp" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[128];
        snprintf(text, sizeof text, "0 %s // x\n+1 > F 1:1(0)\n", rows[i][0]);
        struct script *script = parsed(text);
        ck_assert_uint_eq(script->event_count, 2);
        ck_assert_ptr_nonnull(script->events[0].not_modelled);
        ck_assert_str_eq(script->events[0].not_modelled, rows[i][1]);
        ck_assert_int_eq(script->events[0].source.at[script->events[0].source.len - 1],
                         rows[i][0][strlen(rows[i][0]) - 1]);
        ck_assert_ptr_null(script->events[1].not_modelled);
        script_free(script);
    }
}
END_TEST

/* A packet that is said to have no ECN marks is an ordinary one; sock() names its connection. */
START_TEST(packet_extras)
{
    struct script *script = parsed("0 > [noecn] . 1:1(0) ack 1 <nop,nop> sock(5)\n"
                                   "0 > sock(6) . 1:1(0) ack 1\n");
    ck_assert_ptr_null(script->events[0].not_modelled);
    ck_assert_int_eq(script->events[0].packet.fd, 5);
    ck_assert_int_eq(script->events[1].packet.fd, 6);
    script_free(script);
}
END_TEST

/* Arguments and results of every kind of value. */
START_TEST(a_call)
{
    struct script *script = parsed(
        "0 bind(3, {sa_family = AF_INET, sin_port = htons(8080),\n"
        "   sin_addr = inet_addr(\"192.0.2.1\")}, ..., -5, 0x1F, \"a\\\"\\x42\\n\"...,\n"
        "   [1, [2]], O_RDWR | O_NONBLOCK, NULL, &addr, (A), {}) = -1 EINVAL (not (so) good)");
    const struct script_call *call = &script->events[0].call;
    ck_assert_uint_eq(script->events[0].last_line, 3);
    text_is(call->name, "bind");
    ck_assert_uint_eq(call->arg_count, 12);
    const struct value *addr = script_arg(call, 1);
    ck_assert_int_eq(addr->kind, VALUE_STRUCT);
    ck_assert_uint_eq(addr->item_count, 3);
    ck_assert_int_eq(addr->items->kind, VALUE_FIELD);
    const struct value *port = value_field(addr, "sin_port", 1);
    ck_assert_int_eq(port->kind, VALUE_CALL);
    text_is(port->text, "htons");
    ck_assert_int_eq(value_item(port, 0)->number, 8080);
    text_is(value_item(value_field(addr, "sin_addr", 2), 0)->text, "192.0.2.1");
    ck_assert_int_eq(script_arg(call, 2)->kind, VALUE_ELLIPSIS);
    ck_assert_int_eq(script_arg(call, 3)->number, -5);
    ck_assert_int_eq(script_arg(call, 4)->number, 31);
    text_is(script_arg(call, 5)->text, "a\"B\n");
    ck_assert(script_arg(call, 5)->goes_on);
    const struct value *array = script_arg(call, 6);
    ck_assert_int_eq(array->kind, VALUE_ARRAY);
    ck_assert_int_eq(value_item(value_item(array, 1), 0)->number, 2);
    text_is(array->source, "[1, [2]]");
    ck_assert_int_eq(script_arg(call, 7)->kind, VALUE_OR);
    ck_assert_int_eq(script_arg(call, 8)->kind, VALUE_NAME);
    text_is(script_arg(call, 9)->text, "&addr");
    text_is(script_arg(call, 10)->text, "A");
    ck_assert_uint_eq(script_arg(call, 11)->item_count, 0);
    ck_assert_ptr_null(script_arg(call, 12));
    ck_assert_int_eq(call->result->number, -1);
    text_is(call->error, "EINVAL");
    text_is(call->note, "not (so) good");
    script_free(script);
}
END_TEST

/* Structures whose fields have arguments, or no names. */
START_TEST(structures)
{
    struct script *script =
        parsed("0 recvmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 2000}], msg_flags=MSG_PEEK,\n"
               "              msg_control=[{cmsg_level=SOL_TCP, cmsg_data=8}]}, 0) = 2000\n"
               "0 fcntl(3, F_GETFL) = 0x2 (flags O_RDWR)\n"
               "0 f({onoff=1, 7}) = ...");
    const struct value *message = script_arg(&script->events[0].call, 1);
    const struct value *iov = message->items->next;
    text_is(iov->text, "msg_iov");
    ck_assert_int_eq(value_item(iov, 0)->number, 1);
    const struct value *vector = value_item(iov->is, 0);
    ck_assert_int_eq(value_field(vector, "iov_len", 1)->number, 2000);
    const struct value *control = value_item(value_field(message, "msg_control", 3), 0);
    ck_assert_int_eq(value_field(control, "cmsg_data", 9)->number, 8);
    ck_assert_ptr_null(value_field(control, "cmsg_type", 1));
    text_is(script->events[1].call.note, "flags O_RDWR");
    ck_assert_ptr_null(script->events[1].call.error.at);
    const struct value *linger = script_arg(&script->events[2].call, 0);
    ck_assert_int_eq(value_field(linger, "onoff", 0)->number, 1);
    ck_assert_int_eq(value_field(linger, "linger", 1)->number, 7);
    ck_assert_ptr_null(value_field(linger, "linger", 0));
    ck_assert_int_eq(script->events[2].call.result->kind, VALUE_ELLIPSIS);
    script_free(script);
}
END_TEST

/* The numbers of names are those of this system's headers, and bits are joined. */
START_TEST(numbers)
{
    static const struct {
        const char *text;
        int64_t number;
    } rows[] = {
        { "7", 7 },
        { "NULL", 0 },
        { "SOL_SOCKET", SOL_SOCKET },
        { "SO_REUSEADDR", SO_REUSEADDR },
        { "SO_LINGER", SO_LINGER },
        { "SO_RCVTIMEO", SO_RCVTIMEO },
        { "SO_ERROR", SO_ERROR },
        { "SOL_TCP", SOL_TCP },
        { "TCP_NODELAY", TCP_NODELAY },
        { "TCP_MAXSEG", TCP_MAXSEG },
        { "TCP_CORK", TCP_CORK },
        { "TCP_INFO", TCP_INFO },
        { "TCP_USER_TIMEOUT", TCP_USER_TIMEOUT },
        { "TCP_CA_Recovery", TCP_CA_Recovery },
        { "TCPI_OPT_SACK|TCPI_OPT_WSCALE", TCPI_OPT_SACK | TCPI_OPT_WSCALE },
        { "TCP_CLOSE_WAIT", TCP_CLOSE_WAIT },
        { "IP_TOS", IP_TOS },
        { "IP_MTU_DISCOVER", IP_MTU_DISCOVER },
        { "IPV6_TCLASS", IPV6_TCLASS },
        { "SIOCINQ", SIOCINQ },
        { "SIOCOUTQ", SIOCOUTQ },
        { "SHUT_RDWR", SHUT_RDWR },
        { "ECONNRESET", ECONNRESET },
        { "SOCK_STREAM|SOCK_NONBLOCK", SOCK_STREAM | SOCK_NONBLOCK },
        { "O_RDWR | O_NONBLOCK", O_RDWR | O_NONBLOCK },
        { "(MSG_MORE|MSG_DONTWAIT)|MSG_PEEK", MSG_MORE | MSG_DONTWAIT | MSG_PEEK },
        { "MSG_ZEROCOPY|MSG_FASTOPEN", MSG_ZEROCOPY | MSG_FASTOPEN },
        { "EPOLLIN|EPOLLET", (int64_t)EPOLLIN | (int64_t)(uint32_t)EPOLLET },
        { "POLLIN|POLLRDHUP", POLLIN | POLLRDHUP },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[64];
        int64_t number = -99;
        snprintf(text, sizeof text, "0 f(%s) = 0", rows[i].text);
        struct script *script = parsed(text);
        bool good = script_number(script_arg(&script->events[0].call, 0), &number);
        ck_assert_msg(good && number == rows[i].number, "%s: %jd", text, (intmax_t)number);
        script_free(script);
    }
}
END_TEST

/* What is no number is not taken for one. */
START_TEST(no_numbers)
{
    static const char *const rows[] = { "NO_SUCH", "SO_LINGER|NO_SUCH", "...", "\"7\"", "[7]",
                                        "{7}",     "htons(7)" };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[64];
        int64_t number;
        snprintf(text, sizeof text, "0 f(%s) = 0", rows[i]);
        struct script *script = parsed(text);
        ck_assert_msg(!script_number(script_arg(&script->events[0].call, 0), &number), "%s", text);
        script_free(script);
    }
    int64_t number;
    ck_assert(!script_number(NULL, &number));
}
END_TEST

/* Lines may end in CR LF, the last in nothing; commands and code have LF then. */
START_TEST(line_ends)
{
    struct script *script = parsed("`a\r\nb`\r\n// x\r\n0 f() = 1\r\n+0 %{\r\nc\r\n}%");
    text_is(script->init, "a\nb");
    text_is(script->events[1].text, "\nc\n");
    ck_assert_uint_eq(script->events[1].first_line, 5);
    text_is(script->events[0].source, "0 f() = 1");
    script_free(script);
}
END_TEST

/* Other characters than ASCII stand in comments, strings, commands and code. */
START_TEST(other_characters)
{
    struct script *script = parsed("// 三次握手\n`echo é`\n0 f(\"ü\") = 0 /* ß */\n0 %{ # ö\n}%");
    text_is(script_arg(&script->events[0].call, 0)->text, "ü");
    script_free(script);
}
END_TEST

static const struct {
    const char *text;
    uint32_t line, column;
    const char *words;
} bad_rows[] = {
    { "", 1, 1, "expected an event with its time, not the end" },
    { "// only this\n", 2, 1, "an event with its time" },
    { "0 < SX 0:0(0)", 1, 6, "expected a flag of . S F R P U E W -, not 'X'" },
    { "0 < S- 0:0(0)", 1, 6, "not '-'" },
    { "0 <", 1, 4, "expected a flag" },
    { "0 < S 0:0(1)", 1, 7, "1 octets from 0 on end with 1, not with 0" },
    { "0 < S 0:4294967296(0)", 1, 9, "4294967295 at most" },
    { "0 < S 0:0", 1, 10, "expected '('" },
    { "0 < S 0:0(0) ack", 1, 17, "an acknowledgment number" },
    { "0 < S 0:0(0) win 65536", 1, 18, "65535 at most" },
    { "0 < S 0:0(0) wim 5", 1, 14, "expected a time such as 0.1, +.1 or *, not 'wim'" },
    { "0 < S 0:0(0) <mms 5>", 1, 15, "expected an option of mss" },
    { "0 < S 0:0(0) <mss 65536>", 1, 19, "65535 at most" },
    { "0 < S 0:0(0) <wscale 256>", 1, 22, "255 at most" },
    { "0 < S 0:0(0) <TS val 5>", 1, 23, "expected ecr, not '>'" },
    { "0 < S 0:0(0) <sack>", 1, 19, "a block such as" },
    { "0 < S 0:0(0) <sack 1:2 3:4 5:6 7:8 9:10>", 1, 36, "4 blocks at most" },
    { "0 < S 0:0(0) <nop nop>", 1, 19, "expected ',' or '>'" },
    { "0 < S 0:0(0) <...,nop>", 1, 18, "expected '>'" },
    { "0 > [ect0 . 1:1(0)", 1, 5, "'[' is not closed" },
    { "0 > icmp [\n0 f() = 0", 1, 10, "'[' is not closed" },
    { "0 > icmp (]\n0 f() = 0", 1, 11, "']' does not fit" },
    { "0 f(1, 2", 1, 9, "expected ',' or ')'" },
    { "0 f(1 2) = 3", 1, 7, "expected ',' or ')', not '2'" },
    { "0 f(1,) = 3", 1, 7, "expected a value, not ')'" },
    { "0 f([1) = 3", 1, 7, "expected ',' or ']'" },
    { "0 f({a=}) = 3", 1, 8, "expected a value" },
    { "0 f(a=1) = 3", 1, 6, "expected ',' or ')', not '='" },
    { "0 f(A|) = 3", 1, 7, "expected a value" },
    { "0 f() 3", 1, 7, "expected '='" },
    { "0 f() = 1.5", 1, 9, "a whole number, not '1.5'" },
    { "0 f() = 12ab", 1, 9, "a whole number, not '12ab'" },
    { "0 f(0x) = 1", 1, 5, "a hexadecimal number" },
    { "0 f(9223372036854775808) = 1", 1, 5, "too large" },
    { "0 f(0x10000000000000000) = 1", 1, 5, "too large" },
    { "0 f(\"abc) = 1\n0 g(\"x\") = 2", 1, 5, "not closed on its line" },
    { "0 f(\"abc) = 1", 1, 5, "not closed by \"" },
    { "0 f() = 1 (note", 1, 11, "'(' is not closed" },
    { "\n0 f() = 0 /* x\n\n", 2, 11, "not closed by */" },
    { "\n0 %{ x\n\n", 2, 3, "%{ is not closed by }%" },
    { "`abc\n\n", 1, 1, "not closed by `" },
    { "0", 1, 2, "expected a packet (< or >), a call" },
    { "0 )", 1, 3, "expected a packet (< or >), a call" },
    { "f() = 0", 1, 1, "a time such as" },
    { "+x f() = 0", 1, 2, "seconds" },
    { "1e3 f() = 0", 1, 2, "a blank behind the seconds" },
    { "100000001 f() = 0", 1, 1, "too far away" },
    { "99999999999999999999999 f() = 0", 1, 1, "too far away" },
    { "1...0.5 f() = 0", 1, 1, "ends before it begins" },
    { "1~0.5 f() = 0", 1, 1, "ends before it begins" },
    { "+.3~.4 f() = 0", 1, 5, "expected '+'" },
    { "0...1 > . 1:1(0)", 1, 1, "only a call can take time" },
    { "`a` `b` 0 f() = 0", 1, 5, "a time such as" },
    { "0 f() = 0\n`x`\n0 f() = 0", 3, 1, "only come first or last" },
    { "0 f() = 0\n--mss=5", 2, 1, "a time such as" },
    { "--\n0 f() = 0", 1, 3, "an option has a name" },
    { "--a=\n0 f() = 0", 1, 5, "no value behind" },
    { "0 f() = \xc3\xa9", 1, 9, "the octet 0xc3" },
    { "0 f() = 0 \x1b", 1, 11, "the octet 0x1b" },
};

START_TEST(errors)
{
    const char *text = bad_rows[_i].text;
    refused(text, strlen(text), bad_rows[_i].line, bad_rows[_i].column, bad_rows[_i].words);
}
END_TEST

/* A NUL is none of a script's octets, wherever it stands. */
START_TEST(nul_is_refused)
{
    static const char text[] = "0 f() = 0\n// \0 x";
    refused(text, sizeof text - 1, 2, 4, "NUL");
}
END_TEST

/* However deep brackets go, the reader says so instead of falling. */
START_TEST(depth_is_bounded)
{
    char text[SCRIPT_DEPTH_MAX + 32];
    size_t len = (size_t)snprintf(text, sizeof text, "0 f(");
    memset(text + len, '[', SCRIPT_DEPTH_MAX + 1);
    refused(text, len + SCRIPT_DEPTH_MAX + 1, 1, (uint32_t)len + SCRIPT_DEPTH_MAX + 1,
            "more than 32 deep");
    len = (size_t)snprintf(text, sizeof text, "0 > icmp ");
    memset(text + len, '(', SCRIPT_DEPTH_MAX + 1);
    refused(text, len + SCRIPT_DEPTH_MAX + 1, 1, (uint32_t)len + SCRIPT_DEPTH_MAX + 1,
            "does not fit");
}
END_TEST

/* A script cut anywhere is read or refused, never misread into more events; nothing beyond the
 * octets given is looked at (a read beyond them is the sanitizer's). */
START_TEST(cut_anywhere)
{
    static const char text[] = "--a=b `c`\n0.5...0.6 f({a(1)=[\"x\"], 2}, A|B) = -1 EAGAIN (no)\n"
                               "+1~+2 < [ect0] S 1:2(1) ack 1 win 2 <mss 3,sack 1:2>\n* %{ x }%";
    for (size_t len = 0; len < sizeof text; len++) {
        struct script_error error;
        char *copy = malloc(len + 1);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, text, len);
        struct script *script = script_parse(copy, len, &error);
        free(copy);
        if (script ? script->event_count > 3 : error.line == 0 || !error.message[0])
            ck_abort_msg("cut at %zu", len);
        script_free(script);
    }
}
END_TEST

/* Many events, and each at its line. */
START_TEST(many_events)
{
    enum {
        COUNT = 5000
    };
    char *text = malloc(COUNT * 16 + 1);
    size_t len = 0;
    ck_assert_ptr_nonnull(text);
    for (int i = 0; i < COUNT; i++)
        len += (size_t)sprintf(text + len, "+0 f(%d) = 0\n", i);
    struct script *script = parsed(text);
    free(text);
    ck_assert_uint_eq(script->event_count, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        if (script->events[i].first_line != i + 1 ||
            script_arg(&script->events[i].call, 0)->number != (int64_t)i)
            ck_abort_msg("event %zu", i);
    }
    script_free(script);
}
END_TEST

Suite *drill_parse_suite(void)
{
    Suite *suite = suite_create("drill_parse");
    TCase *tcase = tcase_create("drill_parse");
    tcase_add_test(tcase, a_whole_script);
    tcase_add_test(tcase, options_of_one_name);
    tcase_add_loop_test(tcase, times, 0, sizeof time_rows / sizeof time_rows[0]);
    tcase_add_test(tcase, a_packet);
    tcase_add_test(tcase, flags);
    tcase_add_test(tcase, packet_options);
    tcase_add_test(tcase, not_modelled);
    tcase_add_test(tcase, packet_extras);
    tcase_add_test(tcase, a_call);
    tcase_add_test(tcase, structures);
    tcase_add_test(tcase, numbers);
    tcase_add_test(tcase, no_numbers);
    tcase_add_test(tcase, line_ends);
    tcase_add_test(tcase, other_characters);
    tcase_add_loop_test(tcase, errors, 0, sizeof bad_rows / sizeof bad_rows[0]);
    tcase_add_test(tcase, nul_is_refused);
    tcase_add_test(tcase, depth_is_bounded);
    tcase_add_test(tcase, cut_anywhere);
    tcase_add_test(tcase, many_events);
    suite_add_tcase(suite, tcase);
    return suite;
}
