/*
 * What the names in packetdrill scripts stand for: Linux's headers, as on most machines (x86, ARM,
 * RISC-V). Literals, so that a script means the same wherever it is read.
 */
#include "ui/drill/script.h"

#include <errno.h>

struct constant {
    const char *name;
    int64_t number;
};

static const struct constant constants[] = {
    { "NULL", 0 },
    /* socket */
    { "AF_UNSPEC", 0 },
    { "AF_INET", 2 },
    { "AF_INET6", 10 },
    { "PF_INET", 2 },
    { "PF_INET6", 10 },
    { "SOCK_STREAM", 1 },
    { "SOCK_DGRAM", 2 },
    { "SOCK_RAW", 3 },
    { "SOCK_NONBLOCK", 0x800 },
    { "SOCK_CLOEXEC", 0x80000 },
    { "IPPROTO_IP", 0 },
    { "IPPROTO_ICMP", 1 },
    { "IPPROTO_TCP", 6 },
    { "IPPROTO_UDP", 17 },
    { "IPPROTO_IPV6", 41 },
    { "IPPROTO_ICMPV6", 58 },
    { "IPPROTO_SCTP", 132 },
    { "IPPROTO_UDPLITE", 136 },
    { "IPPROTO_RAW", 255 },
    { "IPPROTO_MPTCP", 262 },
    { "INADDR_ANY", 0 },
    { "INADDR_LOOPBACK", 0x7f000001 },
    { "SOMAXCONN", 4096 },
    /* shutdown */
    { "SHUT_RD", 0 },
    { "SHUT_WR", 1 },
    { "SHUT_RDWR", 2 },
    /* open, fcntl */
    { "O_RDONLY", 0 },
    { "O_WRONLY", 1 },
    { "O_RDWR", 2 },
    { "O_CREAT", 0x40 },
    { "O_EXCL", 0x80 },
    { "O_TRUNC", 0x200 },
    { "O_APPEND", 0x400 },
    { "O_NONBLOCK", 0x800 },
    { "O_CLOEXEC", 0x80000 },
    { "F_DUPFD", 0 },
    { "F_GETFD", 1 },
    { "F_SETFD", 2 },
    { "F_GETFL", 3 },
    { "F_SETFL", 4 },
    { "FD_CLOEXEC", 1 },
    /* ioctl */
    { "SIOCINQ", 0x541b },
    { "FIONREAD", 0x541b },
    { "SIOCOUTQ", 0x5411 },
    { "TIOCOUTQ", 0x5411 },
    { "SIOCOUTQNSD", 0x894b },
    { "SIOCATMARK", 0x8905 },
    { "FIONBIO", 0x5421 },
    /* send, recv */
    { "MSG_OOB", 0x1 },
    { "MSG_PEEK", 0x2 },
    { "MSG_DONTROUTE", 0x4 },
    { "MSG_CTRUNC", 0x8 },
    { "MSG_TRUNC", 0x20 },
    { "MSG_DONTWAIT", 0x40 },
    { "MSG_EOR", 0x80 },
    { "MSG_WAITALL", 0x100 },
    { "MSG_CONFIRM", 0x800 },
    { "MSG_ERRQUEUE", 0x2000 },
    { "MSG_NOSIGNAL", 0x4000 },
    { "MSG_MORE", 0x8000 },
    { "MSG_WAITFORONE", 0x10000 },
    { "MSG_ZEROCOPY", 0x4000000 },
    { "MSG_FASTOPEN", 0x20000000 },
    { "MSG_CMSG_CLOEXEC", 0x40000000 },
    /* levels of socket options */
    { "SOL_IP", 0 },
    { "SOL_SOCKET", 1 },
    { "SOL_TCP", 6 },
    { "SOL_UDP", 17 },
    { "SOL_IPV6", 41 },
    { "SOL_ICMPV6", 58 },
    { "SOL_SCTP", 132 },
    { "SOL_MPTCP", 284 },
    /* SOL_SOCKET */
    { "SO_DEBUG", 1 },
    { "SO_REUSEADDR", 2 },
    { "SO_TYPE", 3 },
    { "SO_ERROR", 4 },
    { "SO_DONTROUTE", 5 },
    { "SO_BROADCAST", 6 },
    { "SO_SNDBUF", 7 },
    { "SO_RCVBUF", 8 },
    { "SO_KEEPALIVE", 9 },
    { "SO_OOBINLINE", 10 },
    { "SO_PRIORITY", 12 },
    { "SO_LINGER", 13 },
    { "SO_REUSEPORT", 15 },
    { "SO_RCVLOWAT", 18 },
    { "SO_SNDLOWAT", 19 },
    { "SO_RCVTIMEO", 20 },
    { "SO_SNDTIMEO", 21 },
    { "SO_BINDTODEVICE", 25 },
    { "SO_TIMESTAMP", 29 },
    { "SO_ACCEPTCONN", 30 },
    { "SO_SNDBUFFORCE", 32 },
    { "SO_RCVBUFFORCE", 33 },
    { "SO_TIMESTAMPNS", 35 },
    { "SO_MARK", 36 },
    { "SO_TIMESTAMPING", 37 },
    { "SO_PROTOCOL", 38 },
    { "SO_DOMAIN", 39 },
    { "SO_BUSY_POLL", 46 },
    { "SO_MAX_PACING_RATE", 47 },
    { "SO_INCOMING_CPU", 49 },
    { "SO_MEMINFO", 55 },
    { "SO_INCOMING_NAPI_ID", 56 },
    { "SO_ZEROCOPY", 60 },
    { "SO_TXTIME", 61 },
    { "SCM_TIMESTAMPING", 37 },
    { "SOF_TIMESTAMPING_TX_HARDWARE", 1 << 0 },
    { "SOF_TIMESTAMPING_TX_SOFTWARE", 1 << 1 },
    { "SOF_TIMESTAMPING_RX_HARDWARE", 1 << 2 },
    { "SOF_TIMESTAMPING_RX_SOFTWARE", 1 << 3 },
    { "SOF_TIMESTAMPING_SOFTWARE", 1 << 4 },
    { "SOF_TIMESTAMPING_RAW_HARDWARE", 1 << 6 },
    { "SOF_TIMESTAMPING_OPT_ID", 1 << 7 },
    { "SOF_TIMESTAMPING_TX_SCHED", 1 << 8 },
    { "SOF_TIMESTAMPING_TX_ACK", 1 << 9 },
    { "SOF_TIMESTAMPING_OPT_CMSG", 1 << 10 },
    { "SOF_TIMESTAMPING_OPT_TSONLY", 1 << 11 },
    { "SOF_TIMESTAMPING_OPT_STATS", 1 << 12 },
    /* SOL_TCP */
    { "TCP_NODELAY", 1 },
    { "TCP_MAXSEG", 2 },
    { "TCP_CORK", 3 },
    { "TCP_KEEPIDLE", 4 },
    { "TCP_KEEPINTVL", 5 },
    { "TCP_KEEPCNT", 6 },
    { "TCP_SYNCNT", 7 },
    { "TCP_LINGER2", 8 },
    { "TCP_DEFER_ACCEPT", 9 },
    { "TCP_WINDOW_CLAMP", 10 },
    { "TCP_INFO", 11 },
    { "TCP_QUICKACK", 12 },
    { "TCP_CONGESTION", 13 },
    { "TCP_MD5SIG", 14 },
    { "TCP_THIN_LINEAR_TIMEOUTS", 16 },
    { "TCP_THIN_DUPACK", 17 },
    { "TCP_USER_TIMEOUT", 18 },
    { "TCP_REPAIR", 19 },
    { "TCP_FASTOPEN", 23 },
    { "TCP_TIMESTAMP", 24 },
    { "TCP_NOTSENT_LOWAT", 25 },
    { "TCP_CC_INFO", 26 },
    { "TCP_SAVE_SYN", 27 },
    { "TCP_SAVED_SYN", 28 },
    { "TCP_FASTOPEN_CONNECT", 30 },
    { "TCP_ULP", 31 },
    { "TCP_FASTOPEN_KEY", 33 },
    { "TCP_FASTOPEN_NO_COOKIE", 34 },
    { "TCP_ZEROCOPY_RECEIVE", 35 },
    { "TCP_INQ", 36 },
    { "TCP_CM_INQ", 36 },
    { "TCP_TX_DELAY", 37 },
    /* tcpi_options, tcpi_ca_state, tcpi_state */
    { "TCPI_OPT_TIMESTAMPS", 1 },
    { "TCPI_OPT_SACK", 2 },
    { "TCPI_OPT_WSCALE", 4 },
    { "TCPI_OPT_ECN", 8 },
    { "TCPI_OPT_ECN_SEEN", 16 },
    { "TCPI_OPT_SYN_DATA", 32 },
    { "TCP_CA_Open", 0 },
    { "TCP_CA_Disorder", 1 },
    { "TCP_CA_CWR", 2 },
    { "TCP_CA_Recovery", 3 },
    { "TCP_CA_Loss", 4 },
    { "TCP_ESTABLISHED", 1 },
    { "TCP_SYN_SENT", 2 },
    { "TCP_SYN_RECV", 3 },
    { "TCP_FIN_WAIT1", 4 },
    { "TCP_FIN_WAIT2", 5 },
    { "TCP_TIME_WAIT", 6 },
    { "TCP_CLOSE", 7 },
    { "TCP_CLOSE_WAIT", 8 },
    { "TCP_LAST_ACK", 9 },
    { "TCP_LISTEN", 10 },
    { "TCP_CLOSING", 11 },
    /* SOL_IP, SOL_IPV6 */
    { "IP_TOS", 1 },
    { "IP_TTL", 2 },
    { "IP_OPTIONS", 4 },
    { "IP_RECVOPTS", 6 },
    { "IP_PKTINFO", 8 },
    { "IP_MTU_DISCOVER", 10 },
    { "IP_RECVERR", 11 },
    { "IP_RECVTTL", 12 },
    { "IP_RECVTOS", 13 },
    { "IP_MTU", 14 },
    { "IP_FREEBIND", 15 },
    { "IP_TRANSPARENT", 19 },
    { "IP_MINTTL", 21 },
    { "IP_BIND_ADDRESS_NO_PORT", 24 },
    { "IP_PMTUDISC_DONT", 0 },
    { "IP_PMTUDISC_WANT", 1 },
    { "IP_PMTUDISC_DO", 2 },
    { "IP_PMTUDISC_PROBE", 3 },
    { "IP_PMTUDISC_INTERFACE", 4 },
    { "IP_PMTUDISC_OMIT", 5 },
    { "IPV6_UNICAST_HOPS", 16 },
    { "IPV6_MTU_DISCOVER", 23 },
    { "IPV6_MTU", 24 },
    { "IPV6_RECVERR", 25 },
    { "IPV6_V6ONLY", 26 },
    { "IPV6_RECVPKTINFO", 49 },
    { "IPV6_PKTINFO", 50 },
    { "IPV6_RECVHOPLIMIT", 51 },
    { "IPV6_HOPLIMIT", 52 },
    { "IPV6_RECVTCLASS", 66 },
    { "IPV6_TCLASS", 67 },
    { "IPV6_AUTOFLOWLABEL", 70 },
    { "IPV6_PMTUDISC_DONT", 0 },
    { "IPV6_PMTUDISC_WANT", 1 },
    { "IPV6_PMTUDISC_DO", 2 },
    { "IPV6_PMTUDISC_PROBE", 3 },
    /* poll, epoll */
    { "POLLIN", 0x1 },
    { "POLLPRI", 0x2 },
    { "POLLOUT", 0x4 },
    { "POLLERR", 0x8 },
    { "POLLHUP", 0x10 },
    { "POLLNVAL", 0x20 },
    { "POLLRDNORM", 0x40 },
    { "POLLRDBAND", 0x80 },
    { "POLLWRNORM", 0x100 },
    { "POLLWRBAND", 0x200 },
    { "POLLRDHUP", 0x2000 },
    { "EPOLLIN", 0x1 },
    { "EPOLLPRI", 0x2 },
    { "EPOLLOUT", 0x4 },
    { "EPOLLERR", 0x8 },
    { "EPOLLHUP", 0x10 },
    { "EPOLLRDNORM", 0x40 },
    { "EPOLLRDBAND", 0x80 },
    { "EPOLLWRNORM", 0x100 },
    { "EPOLLWRBAND", 0x200 },
    { "EPOLLMSG", 0x400 },
    { "EPOLLRDHUP", 0x2000 },
    { "EPOLLEXCLUSIVE", 0x10000000 },
    { "EPOLLWAKEUP", 0x20000000 },
    { "EPOLLONESHOT", 0x40000000 },
    { "EPOLLET", 0x80000000 },
    { "EPOLL_CLOEXEC", 0x80000 },
    { "EPOLL_CTL_ADD", 1 },
    { "EPOLL_CTL_DEL", 2 },
    { "EPOLL_CTL_MOD", 3 },
    /* errors: this system's, as the model's are */
    { "EPERM", EPERM },
    { "ENOENT", ENOENT },
    { "EINTR", EINTR },
    { "EIO", EIO },
    { "EBADF", EBADF },
    { "EAGAIN", EAGAIN },
    { "EWOULDBLOCK", EWOULDBLOCK },
    { "ENOMEM", ENOMEM },
    { "EACCES", EACCES },
    { "EFAULT", EFAULT },
    { "EBUSY", EBUSY },
    { "EEXIST", EEXIST },
    { "EINVAL", EINVAL },
    { "EMFILE", EMFILE },
    { "EPIPE", EPIPE },
    { "ENOSYS", ENOSYS },
    { "ENOTSOCK", ENOTSOCK },
    { "EDESTADDRREQ", EDESTADDRREQ },
    { "EMSGSIZE", EMSGSIZE },
    { "ENOPROTOOPT", ENOPROTOOPT },
    { "EPROTONOSUPPORT", EPROTONOSUPPORT },
    { "EOPNOTSUPP", EOPNOTSUPP },
    { "EAFNOSUPPORT", EAFNOSUPPORT },
    { "EADDRINUSE", EADDRINUSE },
    { "EADDRNOTAVAIL", EADDRNOTAVAIL },
    { "ENETDOWN", ENETDOWN },
    { "ENETUNREACH", ENETUNREACH },
    { "ECONNABORTED", ECONNABORTED },
    { "ECONNRESET", ECONNRESET },
    { "ENOBUFS", ENOBUFS },
    { "EISCONN", EISCONN },
    { "ENOTCONN", ENOTCONN },
    { "ETIMEDOUT", ETIMEDOUT },
    { "ECONNREFUSED", ECONNREFUSED },
    { "EHOSTDOWN", EHOSTDOWN },
    { "EHOSTUNREACH", EHOSTUNREACH },
    { "EALREADY", EALREADY },
    { "EINPROGRESS", EINPROGRESS },
    { "EPROTO", EPROTO },
};

bool script_constant(struct script_text name, int64_t *number)
{
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++) {
        if (script_text_is(name, constants[i].name)) {
            *number = constants[i].number;
            return true;
        }
    }
    return false;
}

/* A|B: the bits of all of them. */
static bool number_of_joined(const struct value *value, int64_t *number)
{
    int64_t bits;
    *number = 0;
    for (const struct value *item = value->items; item; item = item->next) {
        if (!script_number(item, &bits))
            return false;
        *number |= bits;
    }
    return true;
}

bool script_number(const struct value *value, int64_t *number)
{
    if (!value)
        return false;
    switch (value->kind) {
    case VALUE_NUMBER:
        *number = value->number;
        return true;
    case VALUE_NAME:
        return script_constant(value->text, number);
    case VALUE_OR:
        return number_of_joined(value, number);
    case VALUE_ELLIPSIS:
    case VALUE_STRING:
    case VALUE_ARRAY:
    case VALUE_STRUCT:
    case VALUE_CALL:
    case VALUE_FIELD:
        return false;
    }
    return false;
}
