/*
 * Each call of the lab as the system call it stands for. It does not know whose descriptor it is
 * given: who calls has made sure that it is the lab's.
 */
#include "net/kernel_call.h"
#include "net/address.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

static struct call_result answered(ssize_t ret)
{
    return (struct call_result){ .ret = (int32_t)ret, .err = ret < 0 ? errno : 0, .sock = -1 };
}

static struct call_result refused(int32_t err)
{
    return (struct call_result){ .ret = -1, .err = err, .sock = -1 };
}

static struct call_result call_accept(const struct call *call)
{
    struct sockaddr_storage from = { .ss_family = AF_UNSPEC };
    socklen_t len = sizeof from;
    int fd = accept4(call->fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct call_result result = answered(fd);
    if (fd >= 0)
        result.peer = address_endpoint(&from);
    return result;
}

static struct call_result call_with_address(const struct call *call)
{
    struct sockaddr_storage address;
    socklen_t len = address_of(&call->addr, &address);
    if (call->op == CALL_BIND)
        return answered(bind(call->fd, (struct sockaddr *)&address, len));
    return answered(connect(call->fd, (struct sockaddr *)&address, len));
}

static struct call_result call_recv(const struct call *call, uint8_t *into)
{
    if (call->value < 0)
        return refused(EINVAL);
    return answered(recv(call->fd, into, (size_t)call->value, (int)call->flags));
}

static struct call_result call_sendto(const struct call *call)
{
    struct sockaddr_storage address;
    socklen_t len = address_of(&call->addr, &address);
    return answered(sendto(call->fd, call->text, call->text_len, MSG_NOSIGNAL | (int)call->flags,
                           (struct sockaddr *)&address, len));
}

static struct call_result call_recvfrom(const struct call *call, uint8_t *into)
{
    struct sockaddr_storage from = { .ss_family = AF_UNSPEC };
    socklen_t len = sizeof from;
    if (call->value < 0)
        return refused(EINVAL);
    struct call_result result = answered(recvfrom(
        call->fd, into, (size_t)call->value, (int)call->flags, (struct sockaddr *)&from, &len));
    if (result.ret >= 0)
        result.peer = address_endpoint(&from);
    return result;
}

static struct call_result call_sendfile(const struct call *call)
{
    off_t offset = (off_t)call->offset;
    return answered(sendfile(call->fd, call->file, &offset, (size_t)call->value));
}

/* false: the kernel has no such option */
static bool option_number(enum sock_option option, int *level, int *number)
{
    static const struct {
        int level, number;
    } options[OPTION_COUNT] = {
        [OPTION_REUSEADDR] = { SOL_SOCKET, SO_REUSEADDR },
        [OPTION_LINGER] = { SOL_SOCKET, SO_LINGER },
        [OPTION_ERROR] = { SOL_SOCKET, SO_ERROR },
        [OPTION_DEFER_ACCEPT] = { IPPROTO_TCP, TCP_DEFER_ACCEPT },
        [OPTION_RCVBUF] = { SOL_SOCKET, SO_RCVBUF },
        [OPTION_SNDBUF] = { SOL_SOCKET, SO_SNDBUF },
        [OPTION_KEEPALIVE] = { SOL_SOCKET, SO_KEEPALIVE },
        [OPTION_TYPE] = { SOL_SOCKET, SO_TYPE },
        [OPTION_ACCEPTCONN] = { SOL_SOCKET, SO_ACCEPTCONN },
        [OPTION_NODELAY] = { IPPROTO_TCP, TCP_NODELAY },
        [OPTION_CORK] = { IPPROTO_TCP, TCP_CORK },
        [OPTION_MAXSEG] = { IPPROTO_TCP, TCP_MAXSEG },
        [OPTION_USER_TIMEOUT] = { IPPROTO_TCP, TCP_USER_TIMEOUT },
        [OPTION_BROADCAST] = { SOL_SOCKET, SO_BROADCAST },
        [OPTION_QUICKACK] = { IPPROTO_TCP, TCP_QUICKACK },
    };
    if (option == OPTION_NONE || option >= OPTION_COUNT)
        return false;
    *level = options[option].level;
    *number = options[option].number;
    return true;
}

static struct call_result call_setsockopt(const struct call *call)
{
    int level, number;
    if (!option_number(call->option, &level, &number))
        return refused(ENOPROTOOPT);
    if (call->option == OPTION_LINGER && call->value > 0)
        return refused(ENOPROTOOPT); /* close() would block, on a non-blocking socket too */
    if (call->option == OPTION_LINGER) {
        struct linger linger = { .l_onoff = call->value >= 0, .l_linger = call->value };
        return answered(setsockopt(call->fd, level, number, &linger, sizeof linger));
    }
    int value = call->value;
    return answered(setsockopt(call->fd, level, number, &value, sizeof value));
}

static struct call_result call_getsockopt(const struct call *call)
{
    struct linger linger = { .l_onoff = 0 };
    int level, number, value = 0;
    if (!option_number(call->option, &level, &number))
        return refused(ENOPROTOOPT);
    bool lingers = call->option == OPTION_LINGER;
    socklen_t len = lingers ? sizeof linger : sizeof value;
    if (getsockopt(call->fd, level, number, lingers ? (void *)&linger : &value, &len) < 0)
        return answered(-1);
    if (lingers)
        value = linger.l_onoff ? linger.l_linger : -1;
    return (struct call_result){ .ret = value, .sock = -1 };
}

static struct call_result call_name_of(const struct call *call)
{
    struct sockaddr_storage name = { .ss_family = AF_UNSPEC };
    socklen_t len = sizeof name;
    bool own = call->op == CALL_GETSOCKNAME;
    int ret = own ? getsockname(call->fd, (struct sockaddr *)&name, &len)
                  : getpeername(call->fd, (struct sockaddr *)&name, &len);
    struct call_result result = answered(ret);
    if (ret == 0)
        result.peer = address_endpoint(&name);
    return result;
}

/* The sockets of this lane keep O_NONBLOCK: a call that waited would stop the stage. */
static struct call_result call_fcntl(const struct call *call)
{
    if (call->flags == REQUEST_GETFL)
        return answered(fcntl(call->fd, F_GETFL));
    return answered(fcntl(call->fd, F_SETFL, O_NONBLOCK));
}

static struct call_result call_ioctl(const struct call *call)
{
    int octets = 0;
    if (ioctl(call->fd, call->flags == REQUEST_INQ ? SIOCINQ : SIOCOUTQ, &octets) < 0)
        return answered(-1);
    return (struct call_result){ .ret = octets, .sock = -1 };
}

static struct call_result call_poll(const struct call *call)
{
    struct pollfd asked = { .fd = call->fd, .events = POLLIN | POLLPRI | POLLOUT | POLLRDHUP };
    if (poll(&asked, 1, 0) < 0)
        return answered(-1);
    return (struct call_result){ .ret = asked.revents, .sock = -1 };
}

struct call_result kernel_call(const struct call *call, uint8_t *into)
{
    switch (call->op) {
    case CALL_SOCKET:
        break; /* in which namespace is for the lane to say */
    case CALL_BIND:
    case CALL_CONNECT:
        return call_with_address(call);
    case CALL_LISTEN:
        return answered(listen(call->fd, call->value));
    case CALL_ACCEPT:
        return call_accept(call);
    case CALL_SEND:
        return answered(
            send(call->fd, call->text, call->text_len, MSG_NOSIGNAL | (int)call->flags));
    case CALL_SENDTO:
        return call_sendto(call);
    case CALL_RECV:
        return call_recv(call, into);
    case CALL_RECVFROM:
        return call_recvfrom(call, into);
    case CALL_SHUTDOWN: /* shutdown_how has the kernel's numbers */
        return answered(shutdown(call->fd, call->value));
    case CALL_CLOSE:
        return answered(close(call->fd));
    case CALL_SETSOCKOPT:
        return call_setsockopt(call);
    case CALL_GETSOCKOPT:
        return call_getsockopt(call);
    case CALL_GETSOCKNAME:
    case CALL_GETPEERNAME:
        return call_name_of(call);
    case CALL_FCNTL:
        return call_fcntl(call);
    case CALL_IOCTL:
        return call_ioctl(call);
    case CALL_POLL:
        return call_poll(call);
    case CALL_SENDFILE:
        return call_sendfile(call);
    case CALL_SPLICE:
        return answered(splice(call->fd, NULL, call->file, NULL, (size_t)call->value,
                               SPLICE_F_MOVE | SPLICE_F_NONBLOCK));
    case CALL_OP_COUNT:
        break;
    }
    return refused(ENOSYS);
}
