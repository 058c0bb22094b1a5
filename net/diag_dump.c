/*
 * Dumps and exact look-ups. What is asked of the kernel for each socket of a dump is the least it
 * gives (no tcp_info, for which it would lock each one): a machine with many is looked at often.
 */
#include "net/diag_dump.h"

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

enum {
    BATCH_MAX = 32768, /* the most that the kernel puts into one answer */
    REQUEST_MAX = 512,
    PATIENCE_SEC = 2,
    STALE_ANSWERS_MAX = 8,
    NUMBER_REQUEST = 12, /* TCP_NEW_SYN_RECV; no header for programs has it */
    WORD_INTERFACE = 9,
    WORD_FAMILY = 10
};

struct diag_dump {
    struct mnl_socket *netlink;
    uint32_t seq;
    bool no_bytecode; /* this kernel refused ours */
    bool no_single;   /* it has no dump of both families at once */
    _Alignas(struct nlmsghdr) uint8_t batch[BATCH_MAX];
};

static bool failed(struct net_error *error, int32_t err, const char *operation)
{
    *error = (struct net_error){ .err = err, .operation = operation };
    return false;
}

/* ---- names */

struct dump_names dump_names_of(const struct endpoint *local, const struct endpoint *remote)
{
    struct dump_names names = { { 0 } };
    const uint16_t ports[2] = { htons(local->port), htons(remote->port) };
    size_t len = local->ip.family == 6 ? 16 : 4;
    memcpy(&names.word[0], ports, sizeof ports);
    memcpy(&names.word[1], local->ip.octet, len);
    if (remote->ip.family == local->ip.family)
        memcpy(&names.word[5], remote->ip.octet, len);
    names.word[WORD_FAMILY] = local->ip.family == 6 ? AF_INET6 : AF_INET;
    return names;
}

void dump_endpoints(const struct dump_names *names, struct endpoint *local, struct endpoint *remote)
{
    uint16_t ports[2];
    uint8_t family = names->word[WORD_FAMILY] == AF_INET6 ? 6 : 4;
    memcpy(ports, &names->word[0], sizeof ports);
    *local = (struct endpoint){ .ip.family = family, .port = ntohs(ports[0]) };
    *remote = (struct endpoint){ .ip.family = family, .port = ntohs(ports[1]) };
    memcpy(local->ip.octet, &names->word[1], family == 6 ? 16 : 4);
    memcpy(remote->ip.octet, &names->word[5], family == 6 ? 16 : 4);
}

uint32_t dump_interface(const struct dump_names *names)
{
    return names->word[WORD_INTERFACE];
}

bool dump_names_eq(const struct dump_names *a, const struct dump_names *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* ---- answers */

/* struct inet_diag_sockid begins with ports, addresses and interface, in that order. */
static void read_names(const struct inet_diag_msg *message, struct dump_names *names)
{
    _Static_assert(offsetof(struct inet_diag_sockid, idiag_cookie) == WORD_FAMILY * 4, "names");
    memcpy(names->word, &message->id, WORD_FAMILY * sizeof names->word[0]);
    names->word[WORD_FAMILY] = message->idiag_family;
}

static bool read_row(const struct nlmsghdr *header, struct dump_row *row)
{
    const struct inet_diag_msg *message = mnl_nlmsg_get_payload(header);
    if ((header->nlmsg_type != SOCK_DIAG_BY_FAMILY && header->nlmsg_type != TCPDIAG_GETSOCK) ||
        mnl_nlmsg_get_payload_len(header) < sizeof *message ||
        !kernel_state(message->idiag_state, &row->state))
        return false;
    read_names(message, &row->names);
    row->cookie = (uint64_t)message->id.idiag_cookie[1] << 32 | message->id.idiag_cookie[0];
    row->is_request = message->idiag_state == NUMBER_REQUEST;
    row->timer = message->idiag_timer < DIAG_TIMER_COUNT ? (enum diag_timer)message->idiag_timer
                                                         : DIAG_TIMER_NONE;
    row->expires_msec = row->timer == DIAG_TIMER_NONE ? 0 : message->idiag_expires;
    row->retransmits = message->idiag_retrans;
    row->rqueue = message->idiag_rqueue;
    row->wqueue = message->idiag_wqueue;
    row->inode = message->idiag_inode;
    row->uid = message->idiag_uid;
    return true;
}

/* ---- questions */

static uint32_t kernel_states(uint32_t states)
{
    uint32_t numbers = 0;
    enum tcp_state state;
    for (unsigned number = 1; number <= NUMBER_REQUEST; number++) {
        if (kernel_state(number, &state) && states & 1u << state)
            numbers |= 1u << number;
    }
    return numbers;
}

/* "local port == port or remote port == port". An operation says how far to go on where it holds
 * and where not; beyond the end is no. A port stands in the operation after the one that needs it.
 */
static void put_port(struct nlmsghdr *header, uint16_t port)
{
    const struct inet_diag_bc_op program[] = {
        { INET_DIAG_BC_S_EQ, 8, 12 }, { INET_DIAG_BC_NOP, 0, port },
        { INET_DIAG_BC_JMP, 4, 12 }, /* to the end: yes */
        { INET_DIAG_BC_D_EQ, 8, 12 }, { INET_DIAG_BC_NOP, 0, port },
    };
    mnl_attr_put(header, INET_DIAG_REQ_BYTECODE, sizeof program, program);
}

static struct inet_diag_req_v2 *begin_request(struct diag_dump *dump, void *buffer, uint8_t family,
                                              unsigned flags)
{
    struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
    header->nlmsg_type = SOCK_DIAG_BY_FAMILY;
    header->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
    header->nlmsg_seq = ++dump->seq;
    struct inet_diag_req_v2 *request = mnl_nlmsg_put_extra_header(header, sizeof *request);
    request->sdiag_family = family;
    request->sdiag_protocol = IPPROTO_TCP;
    return request;
}

/* The request of old, which alone takes both families: the kernel's table is walked once then, not
 * twice. ss(8) asks so, too. */
static void put_single(struct diag_dump *dump, void *buffer, uint32_t states)
{
    struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
    header->nlmsg_type = TCPDIAG_GETSOCK;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    header->nlmsg_seq = ++dump->seq;
    struct inet_diag_req *request = mnl_nlmsg_put_extra_header(header, sizeof *request);
    request->idiag_family = AF_UNSPEC;
    request->idiag_states = states;
}

static bool ask_all(struct diag_dump *dump, uint8_t family, const struct dump_filter *filter)
{
    _Alignas(struct nlmsghdr) uint8_t buffer[REQUEST_MAX] = { 0 };
    struct nlmsghdr *header = (struct nlmsghdr *)(void *)buffer;
    uint32_t states = kernel_states(filter->states);
    if (family == AF_UNSPEC)
        put_single(dump, buffer, states);
    else
        begin_request(dump, buffer, family, NLM_F_DUMP)->idiag_states = states;
    if (filter->port && !dump->no_bytecode)
        put_port(header, filter->port);
    return mnl_socket_sendto(dump->netlink, header, header->nlmsg_len) >= 0;
}

/* ---- a dump */

struct dumping {
    const struct dump_filter *filter;
    dump_take *take;
    void *to;
};

/* The kernel has filtered by port, unless it could not. */
static bool has_port(const struct dump_names *names, uint16_t port)
{
    uint16_t ports[2];
    memcpy(ports, &names->word[0], sizeof ports);
    return ports[0] == htons(port) || ports[1] == htons(port);
}

static int on_row(const struct nlmsghdr *header, void *data)
{
    const struct dumping *dumping = data;
    struct dump_row row;
    if (read_row(header, &row) &&
        (!dumping->filter->port || has_port(&row.names, dumping->filter->port)))
        dumping->take(dumping->to, &row);
    return MNL_CB_OK;
}

/* 0 or an errno value. */
static int32_t receive_all(struct diag_dump *dump, struct dumping *dumping)
{
    unsigned port = mnl_socket_get_portid(dump->netlink), stale = 0;
    for (;;) {
        ssize_t len = mnl_socket_recvfrom(dump->netlink, dump->batch, sizeof dump->batch);
        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0)
            return errno;
        int go_on = mnl_cb_run(dump->batch, (size_t)len, dump->seq, port, on_row, dumping);
        if (go_on == MNL_CB_STOP)
            return 0;
        if (go_on < 0 && (errno != EPROTO || ++stale > STALE_ANSWERS_MAX))
            return errno;
    }
}

/* One family, or all (AF_UNSPEC). A kernel without IPv6 has nothing to tell of it. */
static int32_t dump_family(struct diag_dump *dump, uint8_t family, struct dumping *dumping)
{
    if (!ask_all(dump, family, dumping->filter))
        return errno;
    int32_t err = receive_all(dump, dumping);
    if (err == EINVAL && dumping->filter->port && !dump->no_bytecode) {
        dump->no_bytecode = true;
        return dump_family(dump, family, dumping);
    }
    return err == ENOENT && family == AF_INET6 ? 0 : err;
}

/* The kernel refuses a request that it does not know before it answers any of it. */
static int32_t dump_all(struct diag_dump *dump, struct dumping *dumping)
{
    if (!dump->no_single) {
        int32_t err = dump_family(dump, AF_UNSPEC, dumping);
        if (err != EINVAL && err != ENOENT && err != EOPNOTSUPP)
            return err;
        dump->no_single = true;
        dump->no_bytecode = false;
    }
    int32_t err = dump_family(dump, AF_INET, dumping);
    return err ? err : dump_family(dump, AF_INET6, dumping);
}

bool diag_dump_run(struct diag_dump *dump, const struct dump_filter *filter, dump_take *take,
                   void *to, struct net_error *error)
{
    struct dumping dumping = { .filter = filter, .take = take, .to = to };
    int32_t err = dump_all(dump, &dumping);
    return err ? failed(error, err, "netlink sock_diag") : true;
}

/* ---- one socket */

struct finding {
    const struct dump_names *names;
    struct dump_row *row;
    struct dump_detail *detail;
    bool found;
};

static size_t copy_payload(void *to, size_t len, const struct nlattr *attribute)
{
    size_t has = mnl_attr_get_payload_len(attribute);
    size_t copied = has < len ? has : len;
    memcpy(to, mnl_attr_get_payload(attribute), copied);
    return copied;
}

static int on_attribute(const struct nlattr *attribute, void *data)
{
    struct dump_detail *detail = data;
    unsigned type = mnl_attr_get_type(attribute);
    if (type == INET_DIAG_INFO)
        detail->info_len = copy_payload(&detail->info, sizeof detail->info, attribute);
    if (type == INET_DIAG_CONG)
        copy_payload(detail->congestion, sizeof detail->congestion - 1, attribute);
    if (type == INET_DIAG_SKMEMINFO)
        detail->has_skmem =
            copy_payload(detail->skmem, sizeof detail->skmem, attribute) == sizeof detail->skmem;
    if (type == INET_DIAG_TOS)
        copy_payload(&detail->tos, sizeof detail->tos, attribute);
    if (type == INET_DIAG_SHUTDOWN)
        copy_payload(&detail->shutdown, sizeof detail->shutdown, attribute);
    return MNL_CB_OK;
}

static int on_found(const struct nlmsghdr *header, void *data)
{
    struct finding *finding = data;
    if (!read_row(header, finding->row) || !dump_names_eq(&finding->row->names, finding->names))
        return MNL_CB_STOP;
    finding->found = true;
    if (finding->detail)
        mnl_attr_parse(header, sizeof(struct inet_diag_msg), on_attribute, finding->detail);
    return MNL_CB_STOP;
}

static bool ask_one(struct diag_dump *dump, const struct dump_names *names, bool with_detail)
{
    _Alignas(struct nlmsghdr) uint8_t buffer[REQUEST_MAX] = { 0 };
    struct nlmsghdr *header = (struct nlmsghdr *)(void *)buffer;
    struct inet_diag_req_v2 *request =
        begin_request(dump, buffer, (uint8_t)names->word[WORD_FAMILY], 0);
    request->idiag_states = UINT32_MAX;
    memcpy(&request->id, names->word, WORD_FAMILY * sizeof names->word[0]);
    request->id.idiag_cookie[0] = request->id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    if (with_detail)
        request->idiag_ext = 1 << (INET_DIAG_INFO - 1) | 1 << (INET_DIAG_CONG - 1) |
                             1 << (INET_DIAG_SKMEMINFO - 1) | 1 << (INET_DIAG_TOS - 1);
    return mnl_socket_sendto(dump->netlink, header, header->nlmsg_len) >= 0;
}

/* 0 with finding->found set or not, or an errno value. */
static int32_t receive_one(struct diag_dump *dump, struct finding *finding)
{
    unsigned port = mnl_socket_get_portid(dump->netlink);
    for (int tries = 0; tries < STALE_ANSWERS_MAX; tries++) {
        ssize_t len = mnl_socket_recvfrom(dump->netlink, dump->batch, sizeof dump->batch);
        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0)
            return errno;
        if (mnl_cb_run(dump->batch, (size_t)len, dump->seq, port, on_found, finding) >= 0)
            return 0;
        if (errno != EPROTO)
            return errno == ENOENT ? 0 : errno;
    }
    return EPROTO;
}

enum diag_answer diag_dump_find(struct diag_dump *dump, const struct dump_names *names,
                                struct dump_row *row, struct dump_detail *detail,
                                struct net_error *error)
{
    struct finding finding = { .names = names, .row = row, .detail = detail };
    if (detail)
        memset(detail, 0, sizeof *detail);
    int32_t err = ask_one(dump, names, detail != NULL) ? receive_one(dump, &finding) : errno;
    if (err) {
        failed(error, err, "netlink sock_diag");
        return DIAG_FAILED;
    }
    return finding.found ? DIAG_FOUND : DIAG_NOT_THERE;
}

struct diag_dump *diag_dump_open(struct net_error *error)
{
    const struct timeval patience = { .tv_sec = PATIENCE_SEC };
    struct diag_dump *dump = calloc(1, sizeof *dump);
    if (!dump) {
        failed(error, ENOMEM, "calloc");
        return NULL;
    }
    dump->netlink = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
    if (!dump->netlink || mnl_socket_bind(dump->netlink, 0, MNL_SOCKET_AUTOPID) < 0) {
        failed(error, errno, "netlink socket");
        diag_dump_close(dump);
        return NULL;
    }
    setsockopt(mnl_socket_get_fd(dump->netlink), SOL_SOCKET, SO_RCVTIMEO, &patience,
               sizeof patience);
    return dump;
}

void diag_dump_close(struct diag_dump *dump)
{
    if (!dump)
        return;
    if (dump->netlink)
        mnl_socket_close(dump->netlink);
    free(dump);
}
