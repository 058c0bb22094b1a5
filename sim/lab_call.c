/*
 * Hosts, the names of their sockets, and calls as a lab writes them.
 */
#include "sim/lab_parts.h"

#include <string.h>

int host_of_letter(const struct lab *lab, struct word word)
{
    if (word.len != 1 || word.at[0] < 'A')
        return -1;
    unsigned host = (unsigned)(word.at[0] - 'A');
    return host < lab->host_count ? (int)host : -1;
}

bool need_host(struct reader *r, uint8_t *host)
{
    struct word word = next_word(r);
    int found = host_of_letter(r->lab, word);
    if (found < 0)
        return wrong(r, "no such host", word.len ? word : here(r), "the letter of a host, as A");
    *host = (uint8_t)found;
    return true;
}

static bool named(char *full, uint8_t host, struct word word)
{
    if (word.len == 0 || word.len > NAME_MAX_LEN - 2)
        return false;
    full[0] = (char)('A' + host);
    memcpy(full + 1, word.at, word.len);
    full[1 + word.len] = '\0';
    return true;
}

static bool knows_name(const struct reader *r, const char *full)
{
    for (uint32_t i = 0; i < r->name_count; i++) {
        if (strcmp(r->names[i], full) == 0)
            return true;
    }
    return false;
}

/* A name that a line before this one has given to a socket of the host. */
bool need_known_sock(struct reader *r, uint8_t host, char *sock)
{
    char full[NAME_MAX_LEN];
    struct word word = next_word(r);
    if (!named(full, host, word) || !knows_name(r, full))
        return wrong(r, "no such socket here", word.len ? word : here(r),
                     "the name of a socket of this host");
    memcpy(sock, full + 1, strlen(full));
    return true;
}

static bool need_new_sock(struct reader *r, uint8_t host, struct word word, char *name)
{
    char full[NAME_MAX_LEN];
    if (!named(full, host, word) || is_digit(word.at[0]))
        return wrong(r, "not a name", word, "letters and digits, 14 at most");
    if (!knows_name(r, full)) {
        if (r->name_count == LAB_NAMES_MAX)
            return wrong(r, "too many sockets", word, "32 names at most");
        memcpy(r->names[r->name_count++], full, sizeof full);
    }
    memcpy(name, full + 1, strlen(full));
    return true;
}

/* ":7788" at the host itself, or "B:7788" at another one. */
static bool need_address(struct reader *r, struct lab_line *line)
{
    uint32_t port;
    line->to_host = -1;
    skip_blanks(r);
    if (r->at < r->end && *r->at != ':') {
        int found = host_of_letter(r->lab, next_word(r));
        if (found < 0)
            return wrong(r, "no address", here(r), "':7788' for the host's own, or 'B:7788'");
        line->to_host = (int8_t)found;
    }
    if (!need_char(r, ':') || !need_number(r, UINT16_MAX, &port))
        return false;
    line->call.addr.port = (uint16_t)port;
    return true;
}

static bool need_how(struct reader *r, int32_t *how)
{
    struct word word = next_word(r);
    if (word_is(word, "SHUT_RD"))
        *how = HOW_RD;
    else if (word_is(word, "SHUT_WR"))
        *how = HOW_WR;
    else if (word_is(word, "SHUT_RDWR"))
        *how = HOW_RDWR;
    else
        return wrong(r, "no way to shut down", word, "SHUT_RD, SHUT_WR or SHUT_RDWR");
    return true;
}

static bool need_value(struct reader *r, uint32_t max, int32_t *value)
{
    uint32_t number;
    if (!need_char(r, ',') || !need_number(r, max, &number))
        return false;
    *value = (int32_t)number;
    return true;
}

static bool only_tells(enum sock_option option)
{
    return option == OPTION_ERROR || option == OPTION_TYPE || option == OPTION_ACCEPTCONN;
}

static bool need_option(struct reader *r, bool to_set, enum sock_option *option)
{
    if (!need_char(r, ','))
        return false;
    struct word word = next_word(r);
    if (option_of_name(word.at, word.len, option) && !(to_set && only_tells(*option)))
        return true;
    return wrong(r, "no such option", word,
                 to_set ? "SO_REUSEADDR, SO_LINGER, SO_RCVBUF, TCP_NODELAY ..."
                        : "SO_ERROR, SO_REUSEADDR, SO_LINGER, SO_RCVBUF, TCP_NODELAY ...");
}

/* ", MSG_PEEK|MSG_DONTWAIT", or nothing. */
static bool may_have_flags(struct reader *r, uint32_t *flags)
{
    uint32_t flag;
    if (!try_char(r, ','))
        return true;
    do {
        struct word word = next_word(r);
        if (!message_flag_of_name(word.at, word.len, &flag))
            return wrong(r, "no such flag", word.len ? word : here(r),
                         "MSG_PEEK, MSG_TRUNC, MSG_DONTWAIT, MSG_MORE, MSG_OOB or MSG_NOSIGNAL");
        *flags |= flag;
    } while (try_char(r, '|'));
    return true;
}

static bool need_request(struct reader *r, struct call *call)
{
    if (!need_char(r, ','))
        return false;
    struct word word = next_word(r);
    bool known = request_of_name(word.at, word.len, &call->flags);
    bool of_file = call->flags == REQUEST_GETFL || call->flags == REQUEST_SETFL;
    if (!known || of_file != (call->op == CALL_FCNTL))
        return wrong(r, "no such request", word.len ? word : here(r),
                     call->op == CALL_FCNTL ? "F_GETFL or F_SETFL" : "SIOCINQ or SIOCOUTQ");
    if (call->flags != REQUEST_SETFL)
        return true;
    if (!need_char(r, ','))
        return false;
    word = next_word(r);
    call->value = word_is(word, "O_NONBLOCK") ? FILE_NONBLOCK : 0;
    return call->value || word_is(word, "0") ||
           wrong(r, "no such flag", word.len ? word : here(r), "O_NONBLOCK or 0");
}

/* socket() is a stream. */
static bool may_be_datagram(struct reader *r, struct call *call)
{
    struct word word = next_word(r);
    if (word_is(word, "SOCK_DGRAM"))
        call->value = TYPE_DATAGRAM;
    else if (word.len > 0 && !word_is(word, "SOCK_STREAM"))
        return wrong(r, "no such type", word, "SOCK_STREAM, SOCK_DGRAM or nothing");
    return true;
}

/* What stands behind the socket between the brackets. */
static bool call_arguments(struct reader *r, struct lab_line *line)
{
    struct call *call = &line->call;
    struct lab_text text;
    switch (call->op) {
    case CALL_BIND:
    case CALL_CONNECT:
        return need_char(r, ',') && need_address(r, line);
    case CALL_LISTEN:
        return need_value(r, 65535, &call->value);
    case CALL_SENDTO:
        if (!need_char(r, ',') || !need_string(r, &text))
            return false;
        call->text = text.octets;
        call->text_len = text.len;
        return need_char(r, ',') && need_address(r, line);
    case CALL_RECV:
    case CALL_RECVFROM:
        return need_value(r, LAB_RECV_MAX, &call->value) && may_have_flags(r, &call->flags);
    case CALL_SHUTDOWN:
        return need_char(r, ',') && need_how(r, &call->value);
    case CALL_SETSOCKOPT:
        return need_option(r, true, &call->option) && need_value(r, INT32_MAX, &call->value);
    case CALL_GETSOCKOPT:
        return need_option(r, false, &call->option);
    case CALL_SEND:
        if (!need_char(r, ',') || !need_string(r, &text))
            return false;
        call->text = text.octets;
        call->text_len = text.len;
        return may_have_flags(r, &call->flags);
    case CALL_FCNTL:
    case CALL_IOCTL:
        return need_request(r, call);
    case CALL_SOCKET:
        return may_be_datagram(r, call);
    case CALL_ACCEPT:
    case CALL_CLOSE:
    case CALL_GETSOCKNAME:
    case CALL_GETPEERNAME:
    case CALL_POLL:
    case CALL_SENDFILE:
    case CALL_SPLICE:
    case CALL_OP_COUNT:
        break;
    }
    return true;
}

/* What poll says, "POLLIN|POLLOUT", as a number. */
static bool poll_result(struct reader *r, struct lab_line *line)
{
    uint32_t bit, bits = 0;
    do {
        struct word word = next_word(r);
        if (!poll_bit_of_name(word.at, word.len, &bit))
            return wrong(r, "poll says no such thing", word.len ? word : here(r),
                         "POLLIN, POLLOUT, POLLERR, POLLHUP, POLLRDHUP or POLLPRI");
        bits |= bit;
    } while (try_char(r, '|'));
    line->result_kind = RESULT_NUMBER;
    line->result = (int32_t)bits;
    return true;
}

/* "= 0", "= EADDRINUSE", "= \"hello\"" */
static bool call_result(struct reader *r, struct lab_line *line)
{
    uint32_t number;
    line->result_kind = RESULT_SUCCESS;
    if (!try_char(r, '='))
        return true;
    skip_blanks(r);
    if (r->at < r->end && *r->at == '"') {
        if (line->call.op != CALL_RECV && line->call.op != CALL_RECVFROM)
            return wrong(r, "only recv gives text", here(r), "a number or the name of an error");
        line->result_kind = RESULT_TEXT;
        return need_string(r, &line->text);
    }
    struct reader ahead = *r;
    struct word word = next_word(&ahead);
    if (word.len > 0 && errno_of_name(word.at, word.len, &line->result)) {
        line->result_kind = RESULT_ERRNO;
        r->at = ahead.at;
        return true;
    }
    if (line->call.op == CALL_POLL && !word_is(word, "0"))
        return poll_result(r, line);
    if (word.len == 0 || !is_digit(word.at[0]))
        return wrong(r, "no such result", word, "a number, a string, or an error as EADDRINUSE");
    line->result_kind = RESULT_NUMBER;
    if (!need_number(r, INT32_MAX, &number))
        return false;
    line->result = (int32_t)number;
    return true;
}

/* "A:" has been read: [name =] call(socket, ...) [= result] */
bool read_call(struct reader *r, struct lab_line *line)
{
    struct word name = { .at = r->at }, word = next_word(r);
    struct call *call = &line->call;
    line->kind = LAB_CALL;
    if (try_char(r, '=')) {
        name = word;
        word = next_word(r);
    }
    if (!call_of_name(word.at, word.len, &call->op))
        return wrong(r, "no such call", word.len ? word : here(r),
                     "socket bind listen accept connect send recv shutdown close ...");
    bool makes_socket = call->op == CALL_SOCKET || call->op == CALL_ACCEPT;
    if (makes_socket != (name.len > 0))
        return wrong(r, makes_socket ? "the new socket has no name" : N_("no socket comes of this"),
                     word, "NAME = socket() or NAME = accept(SOCKET), others without");
    if (!need_char(r, '('))
        return false;
    if (call->op != CALL_SOCKET && !need_known_sock(r, line->host, line->sock))
        return false;
    if (!call_arguments(r, line) || !need_char(r, ')') || !call_result(r, line))
        return false;
    return !makes_socket || need_new_sock(r, line->host, name, call->name);
}
