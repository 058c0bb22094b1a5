/*
 * The sandbox as this process sees it: a child to ask, and a descriptor for each host's wire.
 */
#include "net/sandbox_parts.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct sandbox {
    pid_t child;
    int to_child;
    unsigned hosts;
    enum sandbox_link link;
    int wire[SANDBOX_HOSTS_MAX];
    char operation[32]; /* of the error given to the caller */
};

bool message_send(int to, const void *message, size_t len, int fd)
{
    union {
        char octets[CMSG_SPACE(sizeof fd)];
        struct cmsghdr align;
    } control = { { 0 } };
    struct iovec part = { (void *)(uintptr_t)message, len };
    struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };
    if (fd >= 0) {
        header.msg_control = control.octets;
        header.msg_controllen = sizeof control.octets;
        struct cmsghdr *with = CMSG_FIRSTHDR(&header);
        *with = (struct cmsghdr){ CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS };
        memcpy(CMSG_DATA(with), &fd, sizeof fd);
    }
    ssize_t sent;
    do
        sent = sendmsg(to, &header, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)len;
}

bool message_receive(int from, void *message, size_t len, int *fd)
{
    union {
        char octets[CMSG_SPACE(sizeof *fd)];
        struct cmsghdr align;
    } control = { { 0 } };
    struct iovec part = { message, len };
    struct msghdr header = { .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.octets,
                             .msg_controllen = sizeof control.octets };
    ssize_t got;
    *fd = -1;
    do
        got = recvmsg(from, &header, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    struct cmsghdr *with = got > 0 ? CMSG_FIRSTHDR(&header) : NULL;
    if (with && with->cmsg_level == SOL_SOCKET && with->cmsg_type == SCM_RIGHTS)
        memcpy(fd, CMSG_DATA(with), sizeof *fd);
    errno = got == 0 ? 0 : errno;
    if (got == (ssize_t)len && header.msg_flags & MSG_CTRUNC)
        errno = EMFILE; /* one was sent, and there was no room for it here */
    return got == (ssize_t)len && !(header.msg_flags & MSG_CTRUNC);
}

static bool failed(struct net_error *error, int32_t err, const char *operation)
{
    *error = (struct net_error){ .err = err, .operation = operation };
    return false;
}

/* The operation's name has to outlive the sandbox that could not be made. */
static const char *lasting(const char *operation)
{
    static const char *const names[] = { "unshare",  "map of users", "setns",     "/dev/net/tun",
                                         "veth",     "address",      "interface", "packet socket",
                                         "loopback", "namespace" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], operation) == 0)
            return names[i];
    }
    return "sandbox";
}

static bool receive_wires(struct sandbox *sandbox, struct net_error *error)
{
    struct sandbox_answer answer;
    int fd;
    if (!message_receive(sandbox->to_child, &answer, sizeof answer, &fd))
        return failed(error, errno ? errno : ECHILD, "sandbox");
    if (answer.err)
        return failed(error, answer.err, lasting(answer.operation));
    sandbox->link = answer.link;
    for (unsigned i = 0; i < sandbox->hosts; i++) {
        if (!message_receive(sandbox->to_child, &answer, sizeof answer, &sandbox->wire[i]))
            return failed(error, errno ? errno : ECHILD, "sandbox");
    }
    return true;
}

static bool start_child(struct sandbox *sandbox, struct net_error *error)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return failed(error, errno, "socketpair");
    sandbox->child = fork();
    if (sandbox->child < 0) {
        int32_t err = errno;
        close(ends[0]);
        close(ends[1]);
        return failed(error, err, "fork");
    }
    if (sandbox->child == 0) {
        close(ends[0]);
        sandbox_serve(ends[1], sandbox->hosts, sandbox->link);
    }
    close(ends[1]);
    sandbox->to_child = ends[0];
    return true;
}

struct sandbox *sandbox_open(unsigned hosts, enum sandbox_link link, struct net_error *error)
{
    struct sandbox *sandbox = calloc(1, sizeof *sandbox);
    if (!sandbox || hosts < 1 || hosts > SANDBOX_HOSTS_MAX) {
        failed(error, sandbox ? EINVAL : ENOMEM, "sandbox");
        free(sandbox);
        return NULL;
    }
    sandbox->hosts = hosts;
    sandbox->link = link;
    sandbox->to_child = -1;
    for (unsigned i = 0; i < SANDBOX_HOSTS_MAX; i++)
        sandbox->wire[i] = -1;
    if (start_child(sandbox, error) && receive_wires(sandbox, error))
        return sandbox;
    sandbox_close(sandbox);
    return NULL;
}

void sandbox_close(struct sandbox *sandbox)
{
    if (!sandbox)
        return;
    if (sandbox->to_child >= 0)
        close(sandbox->to_child);
    for (unsigned i = 0; i < SANDBOX_HOSTS_MAX; i++) {
        if (sandbox->wire[i] >= 0)
            close(sandbox->wire[i]);
    }
    if (sandbox->child > 0) {
        kill(sandbox->child, SIGKILL);
        while (waitpid(sandbox->child, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    free(sandbox);
}

enum sandbox_link sandbox_link(const struct sandbox *sandbox)
{
    return sandbox->link;
}

/* Two answers: what came of it, and that the child is done with it. */
static bool ask(struct sandbox *sandbox, const struct sandbox_request *request, int *fd)
{
    struct sandbox_answer answer, done;
    int none;
    if (request->host >= sandbox->hosts) {
        errno = EINVAL;
        return false;
    }
    errno = 0;
    bool heard = message_send(sandbox->to_child, request, sizeof *request, -1) &&
                 message_receive(sandbox->to_child, &answer, sizeof answer, fd);
    int32_t err = heard ? answer.err : errno ? errno : ECHILD;
    if (heard || err == EMFILE)
        message_receive(sandbox->to_child, &done, sizeof done, &none);
    errno = err;
    return err == 0;
}

int sandbox_socket(struct sandbox *sandbox, unsigned host, int domain, int type, int protocol)
{
    struct sandbox_request request = {
        .ask = ASK_SOCKET, .host = host, .domain = domain, .type = type, .protocol = protocol
    };
    int fd;
    return ask(sandbox, &request, &fd) ? fd : -1;
}

bool sandbox_set(struct sandbox *sandbox, unsigned host, const char *name, const char *value)
{
    struct sandbox_request request = { .ask = ASK_SET, .host = host };
    int fd;
    if (strlen(name) >= sizeof request.name || strlen(value) >= sizeof request.value) {
        errno = ENAMETOOLONG;
        return false;
    }
    strcpy(request.name, name);
    strcpy(request.value, value);
    return ask(sandbox, &request, &fd);
}

int sandbox_fd(const struct sandbox *sandbox, unsigned host)
{
    return sandbox->wire[host];
}

/* An Ethernet frame becomes the packet in it; 0: it has none. */
static size_t packet_of_frame(uint8_t *octets, size_t len)
{
    if (len <= ETHERNET_HEADER)
        return 0;
    unsigned type = (unsigned)octets[12] << 8 | octets[13];
    if (type != 0x0800 && type != 0x86dd)
        return 0;
    memmove(octets, octets + ETHERNET_HEADER, len - ETHERNET_HEADER);
    return len - ETHERNET_HEADER;
}

size_t sandbox_take(struct sandbox *sandbox, unsigned host, uint8_t *octets, size_t len)
{
    for (;;) {
        ssize_t got = read(sandbox->wire[host], octets, len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return 0;
        size_t packet_len = (size_t)got;
        if (sandbox->link == SANDBOX_VETH)
            packet_len = packet_of_frame(octets, packet_len);
        if (packet_len > 0)
            return packet_len;
    }
}

bool sandbox_give(struct sandbox *sandbox, unsigned host, const uint8_t *octets, size_t len)
{
    uint8_t version = len > 0 ? octets[0] >> 4 : 0;
    uint8_t header[ETHERNET_HEADER];
    struct iovec parts[] = { { header, sizeof header }, { (void *)(uintptr_t)octets, len } };
    if (version != 4 && version != 6)
        return false;
    link_header(host, version, header);
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
    ssize_t sent;
    do
        sent = sandbox->link == SANDBOX_TUN ? write(sandbox->wire[host], octets, len)
                                            : sendmsg(sandbox->wire[host], &message, 0);
    while (sent < 0 && errno == EINTR);
    return sent >= 0;
}
