/*
 * The devices of the sandbox: TUN, or veth with a packet socket at our end. No offloads: what is
 * seen on the wire is what a card would send, checksums and all.
 */
#include "net/clock.h"
#include "net/sandbox_parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    MTU = 1500,
    LINK_MESSAGE = 1024,
    ADDRESS_USEC = 1000000 /* patience */
};

static const char device[] = "wire0"; /* as a host sees it */

static bool failed(struct net_error *error, const char *operation)
{
    *error = (struct net_error){ .err = errno, .operation = operation };
    return false;
}

static struct ifreq request_for(const char *name)
{
    struct ifreq request;
    memset(&request, 0, sizeof request);
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    return request;
}

static bool flags_on(int fd, const char *name, short flags)
{
    struct ifreq request = request_for(name);
    if (ioctl(fd, SIOCGIFFLAGS, &request) < 0)
        return false;
    request.ifr_flags = (short)(request.ifr_flags | flags);
    return ioctl(fd, SIOCSIFFLAGS, &request) == 0;
}

static bool come_up(const char *name, short flags, const char *operation, struct net_error *error)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool done = fd >= 0 && flags_on(fd, name, (short)(flags | IFF_UP));
    if (!done)
        failed(error, operation);
    if (fd >= 0)
        close(fd);
    return done;
}

bool link_loopback(struct net_error *error)
{
    return come_up("lo", 0, "loopback", error);
}

static bool give_ip4(int fd, unsigned host)
{
    struct ifreq request = request_for(device);
    struct sockaddr_in *addr = (struct sockaddr_in *)(void *)&request.ifr_addr;
    *addr = (struct sockaddr_in){ .sin_family = AF_INET };
    addr->sin_addr.s_addr = htonl(0x0a090001u + host);
    if (ioctl(fd, SIOCSIFADDR, &request) < 0)
        return false;
    addr->sin_addr.s_addr = htonl(0xffffff00u);
    if (ioctl(fd, SIOCSIFNETMASK, &request) < 0)
        return false;
    request = request_for(device);
    request.ifr_mtu = MTU;
    return ioctl(fd, SIOCSIFMTU, &request) == 0;
}

/* Sends the request, and waits for what the kernel says of it. */
static bool ask_kernel(struct nlmsghdr *message)
{
    char answer[LINK_MESSAGE];
    struct mnl_socket *netlink = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
    bool done = false;
    if (netlink && mnl_socket_bind(netlink, 0, MNL_SOCKET_AUTOPID) == 0 &&
        mnl_socket_sendto(netlink, message, message->nlmsg_len) >= 0) {
        ssize_t len = mnl_socket_recvfrom(netlink, answer, sizeof answer);
        done = len > 0 && mnl_cb_run(answer, (size_t)len, message->nlmsg_seq,
                                     mnl_socket_get_portid(netlink), NULL, NULL) >= 0;
    }
    int err = errno;
    if (netlink)
        mnl_socket_close(netlink);
    errno = err;
    return done;
}

/* Does the host take packets to that address? /proc/net/ipv6_route has a row of it then. */
static bool takes_ip6(const uint8_t address[static 16])
{
    char row[256], wanted[36];
    for (unsigned i = 0; i < 16; i++)
        snprintf(wanted + 2 * i, 3, "%02x", address[i]);
    strcpy(wanted + 32, " 80");
    FILE *routes = fopen("/proc/thread-self/net/ipv6_route", "re");
    bool found = false;
    while (routes && !found && fgets(row, sizeof row, routes))
        found = strncmp(row, wanted, strlen(wanted)) == 0;
    if (routes)
        fclose(routes);
    return found;
}

/* A kernel without IPv6 is no reason to do without all. Without IFA_F_NODAD the address could not
 * be used until the kernel has got round to finding nobody else there. */
static void give_ip6(unsigned host)
{
    const uint8_t address[16] = { [0] = 0xfd, [1] = 0x09, [15] = (uint8_t)(host + 1) };
    char space[LINK_MESSAGE];
    struct nlmsghdr *message = mnl_nlmsg_put_header(space);
    message->nlmsg_type = RTM_NEWADDR;
    message->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK;
    message->nlmsg_seq = 1;
    struct ifaddrmsg *header = mnl_nlmsg_put_extra_header(message, sizeof *header);
    *header = (struct ifaddrmsg){ .ifa_family = AF_INET6,
                                  .ifa_prefixlen = 64,
                                  .ifa_flags = IFA_F_NODAD,
                                  .ifa_index = if_nametoindex(device) };
    mnl_attr_put(message, IFA_LOCAL, sizeof address, address);
    if (!ask_kernel(message))
        return;
    uint64_t deadline = clock_usec() + ADDRESS_USEC; /* it takes it up some time later */
    while (!takes_ip6(address) && clock_usec() < deadline)
        clock_pause(1000);
}

/* Addresses are not asked about first: nobody else is there. */
static void no_questions(void)
{
    static const char *const paths[] = { "/proc/sys/net/ipv6/conf/wire0/accept_dad",
                                         "/proc/sys/net/ipv6/conf/wire0/router_solicitations" };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        int fd = open(paths[i], O_WRONLY | O_CLOEXEC);
        if (fd < 0)
            continue;
        (void)!write(fd, "0", 1);
        close(fd);
    }
}

static bool give_addresses(unsigned host, short flags, struct net_error *error)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool done = fd >= 0 && give_ip4(fd, host);
    if (!done)
        failed(error, "address");
    if (fd >= 0)
        close(fd);
    if (!done)
        return false;
    no_questions();
    if (!come_up(device, flags, "interface", error))
        return false;
    give_ip6(host);
    return true;
}

int link_tun(unsigned host, struct net_error *error)
{
    struct ifreq request = request_for(device);
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0) {
        failed(error, "/dev/net/tun");
        if (fd >= 0)
            close(fd);
        return -1;
    }
    if (give_addresses(host, 0, error))
        return fd;
    close(fd);
    return -1;
}

/* ---- veth */

static void our_name(unsigned host, char name[IFNAMSIZ])
{
    snprintf(name, IFNAMSIZ, "host%u", host);
}

/* Locally administered: 02:00:00:00:00:01 is host 0's, ...:ff ours. */
static void hardware_address(unsigned host, uint8_t address[6])
{
    memset(address, 0, 6);
    address[0] = 2;
    address[5] = (uint8_t)(host + 1);
}

void link_header(unsigned host, uint8_t version, uint8_t header[ETHERNET_HEADER])
{
    unsigned type = version == 4 ? ETH_P_IP : ETH_P_IPV6;
    hardware_address(host, header);
    hardware_address(254, header + 6);
    header[12] = (uint8_t)(type >> 8);
    header[13] = (uint8_t)type;
}

static void put_pair(struct nlmsghdr *message, unsigned host, int ns_host)
{
    struct ifinfomsg any = { .ifi_family = AF_UNSPEC };
    uint8_t address[6];
    char ours[IFNAMSIZ];
    our_name(host, ours);
    hardware_address(host, address);
    mnl_attr_put_strz(message, IFLA_IFNAME, ours);
    struct nlattr *info = mnl_attr_nest_start(message, IFLA_LINKINFO);
    mnl_attr_put_strz(message, IFLA_INFO_KIND, "veth");
    struct nlattr *data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
    struct nlattr *peer = mnl_attr_nest_start(message, VETH_INFO_PEER);
    struct ifinfomsg *header = mnl_nlmsg_put_extra_header(message, sizeof any);
    *header = any;
    mnl_attr_put_strz(message, IFLA_IFNAME, device);
    mnl_attr_put(message, IFLA_ADDRESS, sizeof address, address);
    mnl_attr_put_u32(message, IFLA_NET_NS_FD, (uint32_t)ns_host);
    mnl_attr_nest_end(message, peer);
    mnl_attr_nest_end(message, data);
    mnl_attr_nest_end(message, info);
}

static bool make_pair(unsigned host, int ns_host)
{
    char space[LINK_MESSAGE];
    struct nlmsghdr *message = mnl_nlmsg_put_header(space);
    message->nlmsg_type = RTM_NEWLINK;
    message->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK;
    message->nlmsg_seq = 1;
    struct ifinfomsg *header = mnl_nlmsg_put_extra_header(message, sizeof *header);
    header->ifi_family = AF_UNSPEC;
    put_pair(message, host, ns_host);
    return ask_kernel(message);
}

/* A device may lack one of them: then there is nothing to switch off. */
static void no_offloads(const char *name)
{
    static const uint32_t offloads[] = { ETHTOOL_SRXCSUM, ETHTOOL_STXCSUM, ETHTOOL_SSG,
                                         ETHTOOL_STSO,    ETHTOOL_SGSO,    ETHTOOL_SGRO };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    for (size_t i = 0; fd >= 0 && i < sizeof offloads / sizeof offloads[0]; i++) {
        struct ethtool_value off = { .cmd = offloads[i], .data = 0 };
        struct ifreq request = request_for(name);
        request.ifr_data = (void *)&off;
        (void)ioctl(fd, SIOCETHTOOL, &request);
    }
    if (fd >= 0)
        close(fd);
}

/* Sees what the host sends, and not what we send to it. */
static int packet_socket(unsigned host)
{
    char ours[IFNAMSIZ];
    int on = 1;
    our_name(host, ours);
    struct sockaddr_ll at = { .sll_family = AF_PACKET,
                              .sll_protocol = htons(ETH_P_ALL),
                              .sll_ifindex = (int)if_nametoindex(ours) };
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) == 0 &&
        bind(fd, (const struct sockaddr *)(const void *)&at, sizeof at) == 0)
        return fd;
    int err = errno;
    close(fd);
    errno = err;
    return -1;
}

int link_veth(unsigned host, int ns_host, int ns_wire, struct net_error *error)
{
    char ours[IFNAMSIZ];
    our_name(host, ours);
    if (setns(ns_wire, CLONE_NEWNET) < 0)
        return failed(error, "setns") - 1;
    if (!make_pair(host, ns_host))
        return failed(error, "veth") - 1;
    no_offloads(ours);
    if (!come_up(ours, IFF_NOARP, "interface", error))
        return -1;
    int fd = packet_socket(host);
    if (fd < 0)
        return failed(error, "packet socket") - 1;
    if (setns(ns_host, CLONE_NEWNET) < 0)
        failed(error, "setns");
    else
        no_offloads(device);
    if (give_addresses(host, IFF_NOARP, error))
        return fd;
    close(fd);
    return -1;
}
