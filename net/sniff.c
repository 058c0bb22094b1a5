/*
 * A packet socket on all interfaces; a filter in the kernel lets TCP alone through.
 */
#include "net/sniff.h"

#include "net/clock.h"
#include "sim/codec.h"
#include "sim/ip.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    PACKET_OCTETS_MAX = 65536 + 128,
    BUFFER_OCTETS = 4 << 20,
    USEC_PER_SEC = 1000000,
    NSEC_PER_USEC = 1000
};

struct sniff {
    int fd;
    uint8_t packet[PACKET_OCTETS_MAX];
};

/* IPv4 with protocol 6 at octet 9, or IPv6 with next header 6 at octet 6. */
static bool filter_tcp(int fd)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 2),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 3, 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IPV6, 0, 3),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 6),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    const struct sock_fprog program = { sizeof code / sizeof code[0], code };
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

struct sniff *sniff_open(struct net_error *error)
{
    const int buffer = BUFFER_OCTETS, yes = 1;
    struct sniff *sniff = calloc(1, sizeof *sniff);
    *error = (struct net_error){ .err = ENOMEM, .operation = "calloc" };
    if (!sniff)
        return NULL;
    sniff->fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ALL));
    if (sniff->fd >= 0 && filter_tcp(sniff->fd)) {
        setsockopt(sniff->fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
        setsockopt(sniff->fd, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes);
        setsockopt(sniff->fd, SOL_PACKET, PACKET_AUXDATA, &yes, sizeof yes);
        return sniff;
    }
    *error = (struct net_error){ .err = errno, .operation = "packet socket" };
    sniff_close(sniff);
    return NULL;
}

void sniff_close(struct sniff *sniff)
{
    if (!sniff)
        return;
    if (sniff->fd >= 0)
        close(sniff->fd);
    free(sniff);
}

static uint64_t usec_of(const struct timespec *time)
{
    return (uint64_t)time->tv_sec * USEC_PER_SEC + (uint64_t)time->tv_nsec / NSEC_PER_USEC;
}

/* What the kernel says of a packet beside its octets. */
struct beside {
    uint64_t usec;
    bool no_checksum; /* it is left to the card, and not there yet */
};

/* The kernel stamps packets by the clock on the wall. */
static uint64_t stamp_of(const struct cmsghdr *with)
{
    struct timespec stamp, wall;
    if (clock_gettime(CLOCK_REALTIME, &wall) < 0)
        return clock_usec();
    memcpy(&stamp, CMSG_DATA(with), sizeof stamp);
    uint64_t age = usec_of(&wall) > usec_of(&stamp) ? usec_of(&wall) - usec_of(&stamp) : 0;
    return clock_usec() - age;
}

static struct beside read_beside(struct msghdr *header)
{
    struct beside beside = { .usec = clock_usec() };
    struct tpacket_auxdata aux;
    for (struct cmsghdr *with = CMSG_FIRSTHDR(header); with; with = CMSG_NXTHDR(header, with)) {
        if (with->cmsg_level == SOL_SOCKET && with->cmsg_type == SCM_TIMESTAMPNS)
            beside.usec = stamp_of(with);
        if (with->cmsg_level == SOL_PACKET && with->cmsg_type == PACKET_AUXDATA) {
            memcpy(&aux, CMSG_DATA(with), sizeof aux);
            beside.no_checksum = aux.tp_status & TP_STATUS_CSUMNOTREADY;
        }
    }
    return beside;
}

static void find_header(const uint8_t *packet, size_t len, struct sniffed *seen)
{
    struct ip_packet ip;
    if (ip_decode(packet, len, &ip) != DECODE_OK || seen->text < ip.payload ||
        seen->text - ip.payload > UINT8_MAX)
        return;
    seen->header = ip.payload;
    seen->header_len = (uint8_t)(seen->text - ip.payload);
}

/* One packet: false where none waits. */
static bool take_one(struct sniff *sniff, sniff_take *take, void *to)
{
    union {
        char octets[CMSG_SPACE(sizeof(struct timespec)) +
                    CMSG_SPACE(sizeof(struct tpacket_auxdata))];
        struct cmsghdr align;
    } control = { { 0 } };
    struct sockaddr_ll from = { 0 };
    struct iovec part = { sniff->packet, sizeof sniff->packet };
    struct msghdr header = { .msg_name = &from,
                             .msg_namelen = sizeof from,
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.octets,
                             .msg_controllen = sizeof control.octets };
    struct sniffed seen = { .header = NULL };
    ssize_t len = recvmsg(sniff->fd, &header, 0);
    if (len < 0)
        return errno == EINTR;
    if (from.sll_hatype == ARPHRD_LOOPBACK && from.sll_pkttype == PACKET_OUTGOING)
        return true; /* it comes in again */
    struct beside beside = read_beside(&header);
    enum decode_outcome outcome = segment_decode(sniff->packet, (size_t)len, &seen.seg, &seen.text);
    if (outcome != DECODE_OK && outcome != DECODE_TCP_CHECKSUM)
        return true;
    if (beside.no_checksum)
        seen.seg.corrupted = false;
    seen.usec = beside.usec;
    seen.no_checksum = beside.no_checksum;
    find_header(sniff->packet, (size_t)len, &seen);
    take(to, &seen);
    return true;
}

uint64_t sniff_drain(struct sniff *sniff, sniff_take *take, void *to)
{
    struct tpacket_stats stats = { 0 };
    socklen_t len = sizeof stats;
    while (take_one(sniff, take, to))
        continue;
    if (getsockopt(sniff->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len) < 0)
        return 0;
    return stats.tp_drops;
}
