/*
 * Sockets in the hosts' namespaces, and a wire that hands each packet to everybody else, as a
 * network does that all are on.
 */
#include "net/udp_broadcast.h"

#include "net/address.h"
#include "net/clock.h"
#include "net/sandbox.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PORT = 7788,
    LINKS_USEC = 5000000, /* for all links to come up */
    WAIT_USEC = 1000000   /* for the slowest of the hosts */
};

/* All hosts of 10.9.0.0/24. */
static const struct endpoint everybody = { .ip = { .family = 4, .octet = { 10, 9, 0, 255 } },
                                           .port = PORT };

struct hosts {
    struct sandbox *sandbox;
    int sockets[UDP_BROADCAST_HOSTS];
    uint8_t packet[SANDBOX_PACKET_MAX];
};

static bool fail(struct net_error *error, const char *operation)
{
    *error = (struct net_error){ .err = errno, .operation = operation };
    return false;
}

static bool open_hosts(struct hosts *hosts, struct net_error *error)
{
    struct endpoint any = { .ip = { .family = 4 }, .port = PORT };
    struct sockaddr_storage name;
    socklen_t len = address_of(&any, &name);
    hosts->sandbox = sandbox_open(UDP_BROADCAST_HOSTS, SANDBOX_VETH, error);
    if (!hosts->sandbox)
        return false;
    for (unsigned h = 0; h < UDP_BROADCAST_HOSTS; h++) {
        hosts->sockets[h] =
            sandbox_socket(hosts->sandbox, h, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        if (hosts->sockets[h] < 0)
            return fail(error, "socket");
        if (bind(hosts->sockets[h], (struct sockaddr *)&name, len) < 0)
            return fail(error, "bind");
    }
    return true;
}

static void close_hosts(struct hosts *hosts)
{
    for (unsigned h = 0; h < UDP_BROADCAST_HOSTS; h++) {
        if (hosts->sockets[h] >= 0)
            close(hosts->sockets[h]);
    }
    sandbox_close(hosts->sandbox);
}

static int32_t say(const struct hosts *hosts, const struct endpoint *to, const void *octets,
                   uint32_t len)
{
    struct sockaddr_storage name;
    socklen_t name_len = address_of(to, &name);
    ssize_t sent =
        sendto(hosts->sockets[0], octets, len, MSG_NOSIGNAL, (struct sockaddr *)&name, name_len);
    return sent < 0 ? -errno : (int32_t)sent;
}

/* TCP has no broadcast: a connection has two ends. */
static int32_t try_tcp(const struct hosts *hosts)
{
    struct sockaddr_storage name;
    socklen_t len = address_of(&everybody, &name);
    int fd = sandbox_socket(hosts->sandbox, 0, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int32_t err = 0;
    if (fd < 0 || connect(fd, (struct sockaddr *)&name, len) < 0)
        err = errno;
    if (fd >= 0)
        close(fd);
    return err;
}

/* Is it of UDP and IPv4? Hosts also say other things, of IPv6. */
static bool is_datagram(const uint8_t *packet, size_t len)
{
    return len >= 28 && packet[0] >> 4 == 4 && packet[9] == IPPROTO_UDP;
}

/* Hands what the hosts have sent to whom it is for. How many of these were for everybody. */
static unsigned carry(struct hosts *hosts)
{
    unsigned count = 0;
    for (unsigned from = 0; from < UDP_BROADCAST_HOSTS; from++) {
        size_t len = sandbox_take(hosts->sandbox, from, hosts->packet, sizeof hosts->packet);
        if (len == 0 || !is_datagram(hosts->packet, len))
            continue;
        unsigned last = hosts->packet[19]; /* octet of the address */
        count += last == 255;
        for (unsigned to = 0; to < UDP_BROADCAST_HOSTS; to++) {
            if (to != from && (last == 255 || last == to + 1))
                sandbox_give(hosts->sandbox, to, hosts->packet, len);
        }
    }
    return count;
}

/* A link that has just come up takes nothing for a moment, and says nothing about it: an empty
 * datagram has to get through to each host first. */
static void wait_for_links(struct hosts *hosts)
{
    uint64_t until = clock_usec() + LINKS_USEC;
    for (unsigned h = 1; h < UDP_BROADCAST_HOSTS; h++) {
        struct endpoint to = everybody;
        to.ip.octet[3] = (uint8_t)(h + 1);
        while (clock_usec() < until && recv(hosts->sockets[h], NULL, 0, 0) < 0) {
            say(hosts, &to, NULL, 0);
            carry(hosts);
            clock_pause(5000);
        }
    }
}

/* How many have heard it; empty datagrams are late ones of wait_for_links(). */
static unsigned hear(struct hosts *hosts, struct udp_broadcast *seen)
{
    unsigned count = 0;
    for (unsigned h = 0; h < UDP_BROADCAST_HOSTS; h++) {
        uint8_t octets[sizeof seen->octets];
        ssize_t got = 0;
        while (seen->got[h] < 0 && got == 0)
            got = recv(hosts->sockets[h], octets, sizeof octets, 0);
        if (got > 0) {
            memcpy(seen->octets, octets, (size_t)got);
            seen->got[h] = (int32_t)got;
        }
        count += h > 0 && seen->got[h] >= 0;
    }
    return count;
}

bool udp_broadcast(const void *octets, uint32_t len, struct udp_broadcast *seen,
                   struct net_error *error)
{
    struct hosts hosts = { .sandbox = NULL };
    int on = 1;
    for (unsigned h = 0; h < UDP_BROADCAST_HOSTS; h++)
        hosts.sockets[h] = seen->got[h] = -1;
    bool good = open_hosts(&hosts, error);
    if (good) {
        wait_for_links(&hosts);
        int32_t before = say(&hosts, &everybody, octets, len);
        seen->before = before < 0 ? -before : 0;
        seen->tcp = try_tcp(&hosts);
        setsockopt(hosts.sockets[0], SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
        seen->packets = 0;
        seen->sent = say(&hosts, &everybody, octets, len);
        uint64_t until = clock_usec() + WAIT_USEC;
        while (hear(&hosts, seen) < UDP_BROADCAST_HOSTS - 1 && clock_usec() < until) {
            seen->packets += carry(&hosts);
            clock_pause(1000);
        }
    }
    close_hosts(&hosts);
    return good;
}
