/*
 * TCP_INFO and the numbers of Linux's states. What TCP_INFO does not tell: SYN-RECEIVED before
 * accept(), and TIME-WAIT, which it calls CLOSE since the socket itself has let go by then. For
 * both there is net/diag.h.
 */
#include "net/kernel_tcp.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* Fields that came after the headers of many systems were made; the kernel only ever appends. */
enum {
    SND_WND_AT = 228,
    RCV_WND_AT = 232,
    INFO_MAX = 512
};

/* A struct tcp_info, as much as this kernel has of it. */
struct info {
    const uint8_t *octets;
    size_t len;
};

/* include/net/tcp_states.h; no header for programs has them all. */
bool kernel_state(unsigned number, enum tcp_state *state)
{
    static const enum tcp_state states[] = {
        [1] = ESTABLISHED, [2] = SYN_SENT,   [3] = SYN_RECEIVED,
        [4] = FIN_WAIT_1,  [5] = FIN_WAIT_2, [6] = TIME_WAIT,
        [7] = CLOSED,      [8] = CLOSE_WAIT, [9] = LAST_ACK,
        [10] = LISTEN,     [11] = CLOSING,   [12] = SYN_RECEIVED, /* a request socket */
        [13] = CLOSED,                                            /* bound, and no more */
    };
    if (number == 0 || number >= sizeof states / sizeof states[0])
        return false;
    *state = states[number];
    return true;
}

static bool knows(const struct info *info, size_t at)
{
    return at + sizeof(uint32_t) <= info->len;
}

static uint32_t number_at(const struct info *info, size_t at)
{
    uint32_t number = 0;
    if (knows(info, at))
        memcpy(&number, info->octets + at, sizeof number);
    return number;
}

uint32_t kernel_unread(enum tcp_state state, uint32_t queue)
{
    bool fin_is_there = state == CLOSE_WAIT || state == CLOSING || state == LAST_ACK;
    return queue > 0 && fin_is_there ? queue - 1 : queue;
}

static void listen_vars(const struct info *info, struct tcp_vars *vars)
{
    vars->unsent = number_at(info, offsetof(struct tcp_info, tcpi_sacked));
    vars->unread = number_at(info, offsetof(struct tcp_info, tcpi_unacked));
    vars->known = KNOWS_QUEUES | KNOWS_LISTENS;
}

/* Linux counts segments; 2^31 - 1 is none. */
static uint32_t in_octets(uint32_t segments, uint32_t mss)
{
    return segments >= INT32_MAX ? UINT32_MAX : segments * mss;
}

static void connection_vars(const struct info *info, struct tcp_vars *vars)
{
    vars->rto_usec = number_at(info, offsetof(struct tcp_info, tcpi_rto));
    vars->unsent = number_at(info, offsetof(struct tcp_info, tcpi_notsent_bytes));
    vars->known = KNOWS_RTO | KNOWS_QUEUES | KNOWS_CONGESTION;
    vars->srtt_usec = number_at(info, offsetof(struct tcp_info, tcpi_rtt));
    vars->rttvar_usec = number_at(info, offsetof(struct tcp_info, tcpi_rttvar));
    vars->mss = number_at(info, offsetof(struct tcp_info, tcpi_snd_mss));
    vars->cwnd = number_at(info, offsetof(struct tcp_info, tcpi_snd_cwnd)) * vars->mss;
    vars->ssthresh =
        in_octets(number_at(info, offsetof(struct tcp_info, tcpi_snd_ssthresh)), vars->mss);
    vars->resent = info->octets[offsetof(struct tcp_info, tcpi_retransmits)];
    if (knows(info, SND_WND_AT) && knows(info, RCV_WND_AT)) {
        vars->snd_wnd = number_at(info, SND_WND_AT);
        vars->rcv_wnd = number_at(info, RCV_WND_AT);
        vars->known |= KNOWS_WINDOWS;
    }
}

void kernel_vars(const void *octets, size_t len, enum tcp_state state, struct tcp_vars *vars)
{
    struct info info = { .octets = octets, .len = len };
    memset(vars, 0, sizeof *vars);
    if (state == LISTEN)
        listen_vars(&info, vars);
    else if (state != CLOSED)
        connection_vars(&info, vars);
}

bool kernel_info(int fd, enum tcp_state *state, struct tcp_vars *vars)
{
    uint8_t octets[INFO_MAX] = { 0 };
    socklen_t len = sizeof octets;
    int unread = 0;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, octets, &len) < 0)
        return false;
    if (!kernel_state(octets[offsetof(struct tcp_info, tcpi_state)], state))
        return false;
    kernel_vars(octets, len, *state, vars);
    if (*state == LISTEN || ioctl(fd, FIONREAD, &unread) < 0)
        return true;
    vars->unread = (uint32_t)unread; /* FIONREAD leaves the FIN out by itself */
    if (unread > 0)
        vars->known |= KNOWS_QUEUES;
    return true;
}
