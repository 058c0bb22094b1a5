/*
 * socket, setsockopt, bind, listen; and the filter that ends it.
 */
#include "net/listen.h"

#include "net/names.h"

#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

/* BBR sends no faster than it has measured, by a timer for each burst. Where nothing can be
 * congested that is all cost. What the listener has, its connections have. */
static void without_pacing(int fd)
{
    char name[16] = ""; /* TCP_CA_NAME_MAX */
    socklen_t len = sizeof name;
    if (getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &len) == 0 &&
        strncmp(name, "bbr", 3) == 0)
        setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", strlen("reno"));
}

static bool prepare(const struct listen_setup *setup, int fd, const struct endpoint *at,
                    struct net_error *error)
{
    struct call bind = { .op = CALL_BIND, .fd = fd, .addr = *at };
    struct call listen = { .op = CALL_LISTEN, .fd = fd, .value = setup->backlog };
    struct call_result result = { .ret = 0 };
    if (ip_is_loopback(&at->ip))
        without_pacing(fd);
    error->operation = "setsockopt";
    if (!setup->no_reuseaddr)
        result = told_option(setup->told, fd, OPTION_REUSEADDR, 1);
    if (result.ret >= 0)
        result = told_option(setup->told, fd, OPTION_KEEPALIVE, 1);
    if (result.ret >= 0) {
        error->operation = "bind";
        result = told_call(setup->told, &bind, NULL);
    }
    if (result.ret >= 0) {
        error->operation = "listen";
        result = told_call(setup->told, &listen, NULL);
    }
    error->err = result.err;
    return result.ret >= 0;
}

int listen_at(const struct listen_setup *setup, const struct endpoint *at, struct net_error *error)
{
    struct call_result made = told_socket(setup->told, at->ip.family, TYPE_STREAM, false);
    *error = (struct net_error){ .operation = "socket", .err = made.err };
    if (made.ret < 0 || prepare(setup, made.ret, at, error))
        return made.ret;
    told_end(setup->told, made.ret);
    return -1;
}

void listen_deaf(int fd)
{
    struct sock_filter drop = { .code = BPF_RET | BPF_K, .k = 0 };
    struct sock_fprog program = { .len = 1, .filter = &drop };
    /* Where it is not to be had, a handshake that ends just now is reset, as ever. */
    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}
