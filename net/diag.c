/*
 * One question, one answer. Linux's exact look-up goes through the table of connections, where
 * since 4.4 SYN-RECEIVED requests stand beside ESTABLISHED and TIME-WAIT, and then through the
 * listening sockets: an answer counts only if it has the names that were asked for.
 */
#include "net/diag.h"
#include "net/address.h"
#include "net/kernel_tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum {
    USEC_PER_MSEC = 1000,
    PATIENCE_SEC = 1,
    STALE_ANSWERS_MAX = 8, /* of questions that were given up */
    MESSAGE_MAX = 8192
};

struct diag {
    struct mnl_socket *netlink;
    uint32_t seq;
};

/* What one answer is read into. */
struct search {
    const struct inet_diag_sockid *id;
    struct diag_socket *out;
    bool found;
};

static enum diag_answer failed(struct net_error *error, int32_t err, const char *operation)
{
    *error = (struct net_error){ .err = err, .operation = operation };
    return DIAG_FAILED;
}

static struct inet_diag_sockid id_of(const struct endpoint *local, const struct endpoint *remote)
{
    struct inet_diag_sockid id = {
        .idiag_sport = htons(local->port),
        .idiag_dport = htons(remote->port),
        .idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE },
    };
    size_t len = local->ip.family == 6 ? 16 : 4;
    memcpy(id.idiag_src, local->ip.octet, len);
    if (remote->ip.family == local->ip.family)
        memcpy(id.idiag_dst, remote->ip.octet, len);
    return id;
}

static bool same_names(const struct inet_diag_sockid *a, const struct inet_diag_sockid *b)
{
    return a->idiag_sport == b->idiag_sport && a->idiag_dport == b->idiag_dport &&
           memcmp(a->idiag_src, b->idiag_src, sizeof a->idiag_src) == 0 &&
           memcmp(a->idiag_dst, b->idiag_dst, sizeof a->idiag_dst) == 0;
}

static void read_message(const struct inet_diag_msg *message, struct diag_socket *out)
{
    bool timer_known = message->idiag_timer < DIAG_TIMER_COUNT;
    out->timer = timer_known ? (enum diag_timer)message->idiag_timer : DIAG_TIMER_NONE;
    out->expires_usec = (uint64_t)message->idiag_expires * USEC_PER_MSEC;
    if (out->timer == DIAG_TIMER_NONE)
        out->expires_usec = 0;
    out->rqueue = message->idiag_rqueue;
    out->wqueue = message->idiag_wqueue;
    out->inode = message->idiag_inode;
    out->retransmits = message->idiag_retrans;
}

/* Only whole sockets come with a struct tcp_info: no request, and nothing in TIME-WAIT. */
static int on_attribute(const struct nlattr *attribute, void *data)
{
    struct diag_socket *out = data;
    if (mnl_attr_get_type(attribute) != INET_DIAG_INFO)
        return MNL_CB_OK;
    kernel_vars(mnl_attr_get_payload(attribute), mnl_attr_get_payload_len(attribute), out->state,
                &out->vars);
    if (out->state != LISTEN)
        out->vars.unread = kernel_unread(out->state, out->rqueue);
    return MNL_CB_STOP;
}

static int on_message(const struct nlmsghdr *header, void *data)
{
    struct search *search = data;
    const struct inet_diag_msg *message = mnl_nlmsg_get_payload(header);
    if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
        mnl_nlmsg_get_payload_len(header) < sizeof *message)
        return MNL_CB_STOP;
    memset(search->out, 0, sizeof *search->out);
    if (!same_names(&message->id, search->id) ||
        !kernel_state(message->idiag_state, &search->out->state))
        return MNL_CB_STOP;
    search->found = true;
    read_message(message, search->out);
    mnl_attr_parse(header, sizeof *message, on_attribute, search->out);
    return MNL_CB_STOP;
}

static bool ask(struct diag *diag, uint8_t family, const struct inet_diag_sockid *id)
{
    _Alignas(struct nlmsghdr) uint8_t message[256] = { 0 };
    struct nlmsghdr *header = mnl_nlmsg_put_header(message);
    header->nlmsg_type = SOCK_DIAG_BY_FAMILY;
    header->nlmsg_flags = NLM_F_REQUEST;
    header->nlmsg_seq = ++diag->seq;
    struct inet_diag_req_v2 *request = mnl_nlmsg_put_extra_header(header, sizeof *request);
    request->sdiag_family = family == 6 ? AF_INET6 : AF_INET;
    request->sdiag_protocol = IPPROTO_TCP;
    request->idiag_ext = 1 << (INET_DIAG_INFO - 1);
    request->idiag_states = UINT32_MAX;
    request->id = *id;
    return mnl_socket_sendto(diag->netlink, header, header->nlmsg_len) >= 0;
}

/* 0 with search->found set or not, or an errno value. */
static int32_t answer(struct diag *diag, struct search *search)
{
    _Alignas(struct nlmsghdr) uint8_t message[MESSAGE_MAX];
    unsigned port = mnl_socket_get_portid(diag->netlink);
    for (int tries = 0; tries < STALE_ANSWERS_MAX; tries++) {
        ssize_t len = mnl_socket_recvfrom(diag->netlink, message, sizeof message);
        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0)
            return errno;
        if (mnl_cb_run(message, (size_t)len, diag->seq, port, on_message, search) >= 0)
            return 0;
        if (errno != EPROTO) /* EPROTO: the answer to another question */
            return errno == ENOENT ? 0 : errno;
    }
    return EPROTO;
}

enum diag_answer diag_find(struct diag *diag, const struct endpoint *local,
                           const struct endpoint *remote, struct diag_socket *out,
                           struct net_error *error)
{
    struct inet_diag_sockid id = id_of(local, remote);
    struct search search = { .id = &id, .out = out };
    if (!ask(diag, local->ip.family, &id))
        return failed(error, errno, "netlink send");
    int32_t err = answer(diag, &search);
    if (err)
        return failed(error, err, "netlink sock_diag");
    return search.found ? DIAG_FOUND : DIAG_NOT_THERE;
}

/* Is a socket that surely listens found to do so? */
static enum diag_answer find_listening(struct diag *diag, int fd, struct net_error *error)
{
    const struct endpoint nobody = { .port = 0 };
    struct endpoint local = { .ip = ip4(127, 0, 0, 1) };
    struct sockaddr_storage name;
    struct diag_socket seen;
    socklen_t len = address_of(&local, &name);
    if (bind(fd, (struct sockaddr *)&name, len) < 0 || listen(fd, 1) < 0)
        return failed(error, errno, "listen");
    local = address_local(fd);
    return diag_find(diag, &local, &nobody, &seen, error);
}

/* Takes the socket. */
static bool answers_for_tcp(struct diag *diag, int tcp_fd, struct net_error *error)
{
    enum diag_answer found = find_listening(diag, tcp_fd, error);
    close(tcp_fd);
    if (found == DIAG_NOT_THERE)
        failed(error, EOPNOTSUPP, "netlink sock_diag");
    return found == DIAG_FOUND;
}

/* Takes the socket. */
static bool use_netlink(struct diag *diag, int netlink_fd, struct net_error *error)
{
    const struct timeval patience = { .tv_sec = PATIENCE_SEC };
    diag->netlink = mnl_socket_fdopen(netlink_fd);
    if (!diag->netlink)
        close(netlink_fd);
    if (!diag->netlink || mnl_socket_bind(diag->netlink, 0, MNL_SOCKET_AUTOPID) < 0) {
        failed(error, errno, "netlink socket");
        return false;
    }
    setsockopt(mnl_socket_get_fd(diag->netlink), SOL_SOCKET, SO_RCVTIMEO, &patience,
               sizeof patience);
    return true;
}

struct diag *diag_open_on(int netlink_fd, int tcp_fd, struct net_error *error)
{
    struct diag *diag = calloc(1, sizeof *diag);
    if (!diag) {
        failed(error, ENOMEM, "calloc");
        close(netlink_fd);
        close(tcp_fd);
        return NULL;
    }
    if (!use_netlink(diag, netlink_fd, error))
        close(tcp_fd);
    else if (answers_for_tcp(diag, tcp_fd, error))
        return diag;
    diag_close(diag);
    return NULL;
}

struct diag *diag_open(struct net_error *error)
{
    int netlink_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (netlink_fd < 0) {
        failed(error, errno, "netlink socket");
        return NULL;
    }
    int tcp_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (tcp_fd < 0) {
        failed(error, errno, "socket");
        close(netlink_fd);
        return NULL;
    }
    return diag_open_on(netlink_fd, tcp_fd, error);
}

void diag_close(struct diag *diag)
{
    if (!diag)
        return;
    if (diag->netlink)
        mnl_socket_close(diag->netlink);
    free(diag);
}
