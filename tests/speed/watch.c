/*
 * What a look of `tcpstep watch` costs beside the kernel's own dump, with many sockets there.
 */
#include "tests/speed/speed.h"

#include "ui/watch_look.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PAIRS = 5000, /* 10,000 sockets */
    SPARE = 64,   /* descriptors for all else */
    LOOKS = 41,
    BATCH_MAX = 32768,
    STATES = 0x1ffe & ~(1 << 10) /* as a look asks for: all connections, but not LISTEN */
};

static bool allow_descriptors(void)
{
    struct rlimit limit;
    const rlim_t need = 2 * PAIRS + SPARE;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return false;
    limit.rlim_cur = need;
    if (limit.rlim_max < need)
        limit.rlim_max = need;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

/* Both ends of connections over the loopback. */
static void open_pairs(int *fds)
{
    struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f09fe01) };
    socklen_t len = sizeof name;
    int server = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(server, (struct sockaddr *)&name, len) < 0 || listen(server, SPARE) < 0 ||
        getsockname(server, (struct sockaddr *)&name, &len) < 0)
        speed_fail("no listening socket");
    for (int i = 0; i < PAIRS; i++) {
        fds[2 * i] = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(fds[2 * i], (struct sockaddr *)&name, sizeof name) < 0)
            speed_fail("connect");
        fds[2 * i + 1] = accept(server, NULL, NULL);
        if (fds[2 * i + 1] < 0)
            speed_fail("accept");
    }
    close(server);
}

/* The ends go without TIME-WAIT, which would be in the way of the next run. */
static void close_pairs(const int *fds)
{
    const struct linger at_once = { .l_onoff = 1 };
    for (int i = 0; i < 2 * PAIRS; i++) {
        setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(fds[i]);
    }
}

/* A dump of both families, received and thrown away. */
static void receive_dump(int netlink)
{
    static _Alignas(struct nlmsghdr) uint8_t batch[BATCH_MAX];
    struct {
        struct nlmsghdr header;
        struct inet_diag_req request;
    } ask = { .header = { .nlmsg_len = sizeof ask,
                          .nlmsg_type = TCPDIAG_GETSOCK,
                          .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
              .request = { .idiag_family = AF_UNSPEC, .idiag_states = STATES } };
    struct nlmsghdr first;
    if (send(netlink, &ask, sizeof ask, 0) < 0)
        speed_fail("sock_diag");
    do {
        if (recv(netlink, batch, sizeof batch, 0) < (ssize_t)sizeof first)
            speed_fail("sock_diag");
        memcpy(&first, batch, sizeof first);
    } while (first.nlmsg_type != NLMSG_DONE && first.nlmsg_type != NLMSG_ERROR);
}

static void compare(struct watcher *watcher, int netlink)
{
    double look[LOOKS], bare[LOOKS];
    for (unsigned i = 0; i < LOOKS; i++) {
        double begin = cpu_seconds();
        receive_dump(netlink);
        bare[i] = cpu_seconds() - begin;
        begin = cpu_seconds();
        if (!watcher_look(watcher))
            speed_fail("a look");
        look[i] = cpu_seconds() - begin;
        while (watcher_next_changed(watcher))
            continue;
    }
    if (watcher->table.live < 2 * PAIRS)
        speed_fail("sockets are missing in a look");
    double usual = median(look, LOOKS);
    figure("watch_look_us", usual * 1e6, "us");
    figure("watch_ratio", usual / median(bare, LOOKS), "times");
}

void measure_watch(void)
{
    const struct watch_wish wish = { .port = 0 };
    struct watcher watcher;
    int netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
    if (netlink < 0 || !allow_descriptors() || !watcher_open(&watcher, &wish)) {
        printf("watch_ratio not measured: %s\n", strerror(errno));
        return;
    }
    int *fds = calloc(2 * PAIRS, sizeof *fds);
    if (!fds)
        speed_fail("out of memory");
    open_pairs(fds);
    watcher.processes = UINT32_MAX;
    if (!watcher_look(&watcher)) /* the first one seeks the owners */
        speed_fail("a look");
    compare(&watcher, netlink);
    watcher_close(&watcher);
    close_pairs(fds);
    free(fds);
    close(netlink);
}
