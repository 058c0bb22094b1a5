/*
 * The live lane's namespaces, and what the kernels in them go by. Nothing of it is left when the
 * lane is closed, or the program ends.
 */
#include "net/live_parts.h"

#include <errno.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* What the model has not, and the kernel can do without: then both recover from loss alike. */
static const char *const as_the_model[][2] = {
    { "ipv4/tcp_congestion_control", "reno" },
    { "ipv4/tcp_early_retrans", "0" },          /* no tail-loss probe */
    { "ipv4/tcp_rmem", "4096 131072 6291456" }, /* Linux's own, whatever this machine has: they */
    { "ipv4/tcp_wmem", "4096 16384 4194304" },  /* decide about window and scale */
    { "ipv4/tcp_dsack", "0" },
    { "ipv4/tcp_comp_sack_nr", "0" }, /* what comes beyond a gap is told of at once */
    { "ipv4/tcp_pingpong_thresh",
      "255" }, /* nor waits an ACK for a reply, because one came before */
    { "ipv4/tcp_ecn", "0" },
    { "ipv4/tcp_fastopen", "0" },
    { "ipv4/tcp_syn_linear_timeouts", "0" }, /* a SYN's wait doubles from the first one on */
};

int live_socket(struct live *live, unsigned host)
{
    int family = live->family == 6 ? AF_INET6 : AF_INET;
    int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    return live->sandbox ? sandbox_socket(live->sandbox, host, family, type, IPPROTO_TCP)
                         : socket(family, type, IPPROTO_TCP);
}

/* "net.ipv4.tcp_sack" stands below /proc/sys/net. */
bool live_set(struct lane *lane, unsigned host, const char *name, const char *value)
{
    static const char prefix[] = "net.";
    char path[96];
    size_t skip = sizeof prefix - 1;
    if (live_of(lane)->is_model[host])
        return live_model_set(live_of(lane), host, name, value);
    if (strncmp(name, prefix, skip) != 0 || strlen(name) - skip >= sizeof path) {
        errno = ENOENT;
        return false;
    }
    strcpy(path, name + skip);
    for (char *dot = path; (dot = strchr(dot, '.'));)
        *dot = '/';
    return sandbox_set(live_of(lane)->sandbox, host, path, value);
}

/* Linux's settings of what the profile switches on and off. */
static void go_by_profile(struct live *live, unsigned host, const struct settings *set)
{
    const struct {
        const char *name;
        bool on;
    } switches[] = {
        { "ipv4/tcp_timestamps", set->timestamps },
        { "ipv4/tcp_sack", set->sack },
        { "ipv4/tcp_window_scaling", set->window_scaling },
        { "ipv4/tcp_syncookies", set->syn_cookies },
    };
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++)
        sandbox_set(live->sandbox, host, switches[i].name, switches[i].on ? "1" : "0");
}

static void prepare(struct live *live, unsigned host, const struct profile *profile)
{
    for (size_t i = 0; i < sizeof as_the_model / sizeof as_the_model[0]; i++)
        sandbox_set(live->sandbox, host, as_the_model[i][0], as_the_model[i][1]);
    if (profile)
        go_by_profile(live, host, &profile->set);
}

static bool open_diag(struct live *live, unsigned host, struct net_error *error)
{
    int netlink = sandbox_socket(live->sandbox, host, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
    int tcp = sandbox_socket(live->sandbox, host, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (netlink >= 0 && tcp >= 0)
        live->diags[host] = diag_open_on(netlink, tcp, error);
    else
        *error = (struct net_error){ .err = errno, .operation = "netlink socket" };
    return live->diags[host] != NULL;
}

static void say_what_it_is(struct live *live)
{
    live_tell(
        live, -1,
        N_("The kernel's hosts are Linux stacks in network namespaces of their own, joined to "
           "the wire by %s; their congestion control is reno, without tail-loss probe."),
        sandbox_link(live->sandbox) == SANDBOX_TUN ? N_("TUN devices")
                                                   : N_("veth devices and packet sockets"));
}

void live_give_hosts(struct live *live, const struct live_setup *setup)
{
    for (unsigned h = 0; h < setup->hosts; h++) {
        live->ip[h] = live->family == 6 ? world_address6(h) : world_address(h);
        live->is_model[h] = setup->model[h];
    }
}

bool live_open_sandbox(struct live *live, const struct live_setup *setup, struct net_error *error)
{
    live->sandbox = sandbox_open(setup->hosts, setup->link, error);
    if (!live->sandbox)
        return false;
    for (unsigned h = 0; h < setup->hosts; h++) {
        if (live->is_model[h])
            continue;
        prepare(live, h, setup->profile);
        if (!open_diag(live, h, error))
            return false;
    }
    say_what_it_is(live);
    return true;
}
