/*
 * What the programs of `tcpstep udp` share.
 */
#include "ui/udp.h"

#include "net/address.h"
#include "net/udp.h"
#include "ui/complain.h"
#include "ui/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void udp_say_where(const struct endpoint *at)
{
    char text[ENDPOINT_TEXT_MAX];
    printf(_("listening at %s\n"), endpoint_text(at, text, sizeof text));
    fflush(stdout);
    if (!ip_is_loopback(&at->ip))
        complain(_("whoever reaches this machine at %s reaches this server"), text);
}

static bool fail(struct program *program, int fd, const struct net_error *error)
{
    complain("%s: %s", error->operation, strerror(error->err));
    if (fd >= 0)
        told_end(program->told, fd);
    return false;
}

static bool add(struct program *program, const struct endpoint *name, struct udp_end *end)
{
    struct net_error error;
    end->source.fd = udp_bound(program->told, name, &error);
    if (end->source.fd >= 0 && loop_add(&program->loop, &end->source, LOOP_READ)) {
        struct endpoint where = address_local(end->source.fd);
        udp_say_where(&where);
        return true;
    }
    if (end->source.fd >= 0)
        error = (struct net_error){ .operation = "epoll", .err = errno };
    return fail(program, end->source.fd, &error);
}

/* A machine without IPv6 has no ::1. */
static bool is_there(const struct endpoint *name)
{
    struct net_error error;
    struct endpoint any_port = { .ip = name->ip };
    int fd = udp_bound(NULL, &any_port, &error);
    if (fd >= 0)
        told_end(NULL, fd);
    return fd >= 0 || (error.err != EAFNOSUPPORT && error.err != EADDRNOTAVAIL);
}

unsigned udp_listen(struct program *program, const struct names *at, struct udp_end *ends,
                    void (*ready)(struct source *source, uint32_t events), void *of)
{
    unsigned count = 0;
    for (unsigned i = 0; i < at->count; i++) {
        struct endpoint name = at->at[i];
        if (count > 0 && !is_there(&name))
            continue;
        if (name.port == 0 && count > 0) /* the port that the kernel chose counts for all */
            name.port = address_local(ends[0].source.fd).port;
        ends[count] = (struct udp_end){ .source = { .ready = ready }, .of = of };
        if (!add(program, &name, &ends[count])) {
            udp_unlisten(program, ends, count);
            return 0;
        }
        count++;
    }
    return count;
}

void udp_unlisten(struct program *program, struct udp_end *ends, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        loop_remove(&program->loop, &ends[i].source);
        told_end(program->told, ends[i].source.fd);
    }
}

char *udp_count_text(uint64_t count, char *text, size_t len)
{
    snprintf(text, len, tr_n("%llu datagram", "%llu datagrams", (unsigned long)count),
             (unsigned long long)count);
    return text;
}

void udp_complain(const char *operation, int32_t err, uint32_t len)
{
    if (err == EMSGSIZE)
        complain(_("%s: EMSGSIZE (%s): a datagram of %u octets; 65,507 are the most that UDP over "
                   "IPv4 can carry. TCP would have cut it to fit. Nothing was sent"),
                 operation, strerror(err), len);
    else if (err == ECONNREFUSED)
        complain(_("%s: ECONNREFUSED (%s): an ICMP message says that nobody is at that port. TCP "
                   "would have said so at connect(), by a RST; here only a connected socket hears "
                   "of it, after the datagram is lost"),
                 operation, strerror(err));
    else if (err == EACCES)
        complain(_("%s: EACCES (%s): that address is everybody's. 'tcpstep udp broadcast' shows a "
                   "broadcast on a network of our own; elsewhere none is sent"),
                 operation, strerror(err));
    else
        complain("%s: %s", operation, strerror(err));
}
