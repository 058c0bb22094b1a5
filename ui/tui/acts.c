/*
 * One table: a call, the states in which it is worth while, and what comes of it there (RFC 9293,
 * 3.10.1 to 3.10.5, and what Linux answers).
 */
#include "ui/tui/acts.h"

#include "ui/text.h"
#include "ui/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    IN_CLOSED = 1 << CLOSED,
    IN_LISTEN = 1 << LISTEN,
    IN_SYN_SENT = 1 << SYN_SENT,
    IN_SYN_RECEIVED = 1 << SYN_RECEIVED,
    IN_ESTABLISHED = 1 << ESTABLISHED,
    IN_FIN_WAIT = 1 << FIN_WAIT_1 | 1 << FIN_WAIT_2,
    IN_CLOSE_WAIT = 1 << CLOSE_WAIT,
    IN_THE_END = 1 << CLOSING | 1 << LAST_ACK | 1 << TIME_WAIT,
    USUAL_PORT = 7788 /* where nobody listens that could be connected to */
};

/* In `call` %s is the socket, %N a new name, %P the port of the host itself, %O host and port of
 * the other one. */
static const struct row {
    unsigned states;
    bool connected; /* of CLOSED: it has been a connection, rather than never */
    const char *call;
    const char *does;
} rows[] = {
    { IN_CLOSED, false, "bind(%s, %P)", N_("gives it that port; sends nothing") },
    { IN_CLOSED, false, "listen(%s, 8)", N_("passive OPEN: LISTEN; sends nothing (3.10.1)") },
    { IN_CLOSED, false, "connect(%s, %O)", N_("active OPEN: sends SYN; SYN-SENT (3.10.1)") },
    { IN_CLOSED, false, "close(%s)", N_("gives it back; sends nothing") },
    { IN_LISTEN, false, "%N = accept(%s)",
      N_("takes the first connection that is open, or waits for one") },
    { IN_LISTEN, false, "close(%s)",
      N_("CLOSED; those it has accepted go on, those waiting do not (3.10.4)") },
    { IN_SYN_SENT, false, "send(%s, \"hi\")",
      N_("waits: nothing goes before it is open (3.10.2)") },
    { IN_SYN_SENT, false, "close(%s)", N_("CLOSED at once; sends nothing (3.10.4)") },
    { IN_SYN_RECEIVED, false, "close(%s)", N_("sends FIN; FIN-WAIT-1 (3.10.4)") },
    { IN_ESTABLISHED | IN_CLOSE_WAIT, false, "send(%s, \"hi\")",
      N_("sends two octets, as far as the windows allow (3.10.2)") },
    { IN_ESTABLISHED | IN_FIN_WAIT, false, "recv(%s, 100)",
      N_("reads what has come, or waits for it (3.10.3)") },
    { IN_CLOSE_WAIT, false, "recv(%s, 100)",
      N_("reads what is left, then 0: the peer has closed (3.10.3)") },
    { IN_ESTABLISHED, false, "shutdown(%s, SHUT_WR)",
      N_("sends FIN; FIN-WAIT-1, and can still read (3.10.4)") },
    { IN_CLOSE_WAIT, false, "shutdown(%s, SHUT_WR)", N_("sends FIN; LAST-ACK (3.10.4)") },
    { IN_ESTABLISHED, false, "close(%s)",
      N_("sends FIN; FIN-WAIT-1. With text unread: RST; CLOSED (3.10.4)") },
    { IN_CLOSE_WAIT, false, "close(%s)",
      N_("sends FIN; LAST-ACK. With text unread: RST; CLOSED (3.10.4)") },
    { IN_FIN_WAIT, false, "send(%s, \"hi\")", N_("EPIPE: it has closed already (3.10.2)") },
    { IN_FIN_WAIT, false, "close(%s)", N_("no more to read; the state stays (3.10.4)") },
    { IN_ESTABLISHED | IN_CLOSE_WAIT | IN_SYN_RECEIVED | IN_FIN_WAIT, false,
      "setsockopt(%s, SO_LINGER, 0)", N_("its close() then is an ABORT: RST; CLOSED (3.10.5)") },
    { IN_THE_END, false, "recv(%s, 100)", N_("0: all has been read (3.10.3)") },
    { IN_THE_END, false, "close(%s)", N_("gives it back; the state goes on by itself (3.10.4)") },
    { IN_CLOSED, true, "recv(%s, 100)", N_("0, or the error that ended it (3.10.3)") },
    { IN_CLOSED, true, "close(%s)", N_("gives it back; sends nothing") },
};

struct place {
    const struct view *view;
    const struct lab *lab;
    struct act *acts;
    size_t count, max;
};

/* Has the host a socket of that name, on any lane? */
static bool is_taken(const struct view *view, int host, const char *name)
{
    for (unsigned i = 0; i < view->socks.count; i++) {
        const struct sock_row *row = &view->socks.rows[i];
        if (row->host == host && strcmp(row->name, name) == 0)
            return true;
    }
    return false;
}

static char *new_name(const struct view *view, int host, char *name, size_t len)
{
    for (unsigned i = 1; i <= SOCKS_MAX + 1; i++) {
        snprintf(name, len, "x%u", i);
        if (!is_taken(view, host, name))
            break;
    }
    return name;
}

/* Where the other host listens: "B:7788". */
static void other_place(const struct view *view, int host, char *text, size_t len)
{
    int other = host == 0 ? 1 : 0;
    unsigned port = USUAL_PORT;
    for (unsigned i = 0; i < view->socks.count; i++) {
        const struct sock_row *row = &view->socks.rows[i];
        if (row->host == other && row->state == LISTEN && row->parent < 0 && row->local.port)
            port = row->local.port;
    }
    snprintf(text, len, "%c:%u", host_letter(other), port);
}

static void write_call(const struct place *place, const struct sock_row *row, const char *call,
                       char *text, size_t len)
{
    char part[24];
    size_t at = (size_t)snprintf(text, len, "%c: ", host_letter(row->host));
    for (; *call && at + sizeof part < len; call++) {
        if (*call != '%') {
            text[at++] = *call;
            text[at] = '\0';
            continue;
        }
        call++;
        if (*call == 's')
            snprintf(part, sizeof part, "%s", row->name);
        else if (*call == 'N')
            new_name(place->view, row->host, part, sizeof part);
        else if (*call == 'P')
            snprintf(part, sizeof part, ":%d", USUAL_PORT);
        else
            other_place(place->view, row->host, part, sizeof part);
        at += (size_t)snprintf(text + at, len - at, "%s", part);
    }
}

static void add(struct place *place, const struct sock_row *sock, const struct row *row)
{
    if (place->count == place->max)
        return;
    struct act *act = &place->acts[place->count++];
    write_call(place, sock, row->call, act->call, sizeof act->call);
    snprintf(act->does, sizeof act->does, "%s: %s", state_name((enum tcp_state)sock->state),
             _(row->does));
}

/* The same socket of another lane stands before this one already. */
static bool is_again(const struct view *view, unsigned at)
{
    const struct sock_row *row = &view->socks.rows[at];
    for (unsigned i = 0; i < at; i++) {
        const struct sock_row *other = &view->socks.rows[i];
        if (other->host == row->host && other->fd >= 0 && strcmp(other->name, row->name) == 0)
            return true;
    }
    return false;
}

static void acts_of(struct place *place, unsigned at)
{
    const struct sock_row *sock = &place->view->socks.rows[at];
    if (sock->fd < 0 || !sock->name[0] || is_again(place->view, at))
        return;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool fits = rows[i].states & 1u << sock->state &&
                    (sock->state != CLOSED || rows[i].connected == sock->connected);
        if (fits)
            add(place, sock, &rows[i]);
    }
}

static void add_socket(struct place *place, int host)
{
    char name[16];
    if (place->count == place->max)
        return;
    struct act *act = &place->acts[place->count++];
    snprintf(act->call, sizeof act->call, "%c: %s = socket()", host_letter(host),
             new_name(place->view, host, name, sizeof name));
    snprintf(act->does, sizeof act->does, "%s", _("a new one, CLOSED; sends nothing"));
}

size_t acts_possible(const struct view *view, const struct lab *lab, struct act *acts, size_t max)
{
    struct place place = { .view = view, .lab = lab, .acts = acts, .max = max };
    for (int host = 0; (unsigned)host < lab->host_count; host++) {
        for (unsigned i = 0; i < view->socks.count; i++) {
            if (view->socks.rows[i].host == host)
                acts_of(&place, i);
        }
        add_socket(&place, host);
    }
    return place.count;
}
