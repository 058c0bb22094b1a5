/*
 * Scripts of drill_scripts.h. Lines that end with "// base" set what numbers are relative to, and
 * "// fd" a name for a descriptor: another number there means the same.
 */
#include "tests/drill_scripts.h"

const struct drill_script drill_scripts[] = {
    { "a stream in, acknowledged, read and ended",
      DRILL_SERVER "+0 < P. 1:1001(1000) ack 1 win 257\n"
                   "+0 > . 1:1(0) ack 1001 win 1016\n"
                   "+0 read(4, ..., 4096) = 1000\n"
                   "+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0\n"
                   "+0 fcntl(4, F_GETFL) = 0x802 (flags O_RDWR|O_NONBLOCK)\n"
                   "+0 read(4, ..., 4096) = -1 EAGAIN (Resource temporarily unavailable)\n"
                   "+.1 < F. 1001:1001(0) ack 1 win 257\n"
                   "+.04 > . 1:1(0) ack 1002\n"
                   "+0 read(4, ..., 4096) = 0\n"
                   "+0 close(4) = 0\n"
                   "+0 > F. 1:1(0) ack 1002\n"
                   "+.01 < . 1002:1002(0) ack 2 win 257\n"
                   "+0 write(4, ..., 1) = -1 EBADF (Bad file descriptor)\n" },
    { "options in the order of the wire, and timestamps relative to the first",
      "--tcp_ts_tick_usecs=1000\n0 `sysctl -q net.ipv4.tcp_timestamps=1`\n"
      "+0 socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK, 0) = 3\n"
      "+0 fcntl(3, F_GETFL) = 0x802\n"
      "+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)\n"
      "+0 > S 0:0(0) win 65535 <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7> // base\n"
      "+0 connect(3, ..., ...) = -1 EALREADY\n"
      "+.2 < S. 0:0(0) ack 1 win 5792 <mss 1460,sackOK,TS val 700 ecr 100,nop,wscale 7>\n"
      "+0 > . 1:1(0) ack 1 <nop,nop,TS val 300 ecr 700>\n"
      "+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0\n"
      "+.3 < P. 1001:2001(1000) ack 1 win 257 <nop,nop,TS val 900 ecr 300>\n"
      "+0 > . 1:1(0) ack 1 <nop,nop,TS val 600 ecr 700,nop,nop,sack 1001:2001>\n" },
    { "several full segments as one, and one that is lost",
      DRILL_SERVER "+0 write(4, ..., 4000) = 4000\n"
                   "+0 > P. 1:4001(4000) ack 1\n"
                   "+.1 < . 1:1(0) ack 3001 win 257\n"
                   "+.15~+.5 > P. 3001:4001(1000) ack 1\n"
                   "* > P. 3001:4001(1000) ack 1\n"
                   "+.1 < . 1:1(0) ack 4001 win 257\n" },
    { "calls that wait return when the script says so",
      DRILL_SERVER "+0...0.2 read(4, ..., 100) = 10\n"
                   "+.2 < P. 1:11(10) ack 1 win 257\n"
                   "+0~+.05 > . 1:1(0) ack 11\n"
                   "+.2...0.7 poll([{fd=4, events=POLLIN, revents=0}], 1, 500) = 0\n"
                   "+.6 < P. 11:21(10) ack 1 win 257\n"
                   "+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLIN|POLLOUT},\n"
                   "         {fd=3, events=POLLIN, revents=0}], 2, 0) = 1\n" },
    { "epoll, by level and by edge",
      DRILL_SERVER "+0 epoll_create(1) = 5 // fd\n"
                   "+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLIN|EPOLLET, fd=4}) = 0\n"
                   "+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLIN, fd=4}) = -1 EEXIST\n"
                   "+0 epoll_ctl(5, EPOLL_CTL_DEL, 3, {events=0, fd=0}) = -1 ENOENT\n"
                   "+0...0.1 epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 1000) = 1\n"
                   "+.1 < P. 1:11(10) ack 1 win 257\n"
                   "+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0\n"
                   "+0 epoll_ctl(5, EPOLL_CTL_MOD, 4, {events=EPOLLIN, u32=7}) = 0\n"
                   "+0 epoll_wait(5, {events=EPOLLIN, u32=7}, 1, 0) = 1\n"
                   "+0 epoll_wait(5, [{events=EPOLLIN, u32=7}], 8, 0) = 1\n"
                   "+0 close(5) = 0\n"
                   "+0 epoll_wait(5, ..., 1, 0) = -1 EBADF\n" },
    { "options of sockets and what is asked with ioctl()",
      DRILL_SERVER "+0 setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=7}, 8) = 0\n"
                   "+0 getsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=7}, [8]) = 0\n"
                   "+0 getsockopt(4, SOL_TCP, TCP_MAXSEG, [1000], [4]) = 0\n"
                   "+0 setsockopt(4, SOL_TCP, TCP_NODELAY, [1], 4) = 0\n"
                   "+0 getsockopt(4, SOL_TCP, TCP_NODELAY, [1], [4]) = 0\n"
                   "+0 setsockopt(4, SOL_TCP, TCP_INQ, [1], 4) = 0\n"
                   "+0 < P. 1:31(30) ack 1 win 257\n"
                   "+0 > . 1:1(0) ack 31\n"
                   "+0 ioctl(4, SIOCINQ, [30]) = 0\n"
                   "+0 recvmsg(4, {msg_name(...)=..., msg_iov(2)=[{..., 10}, {..., 5}],\n"
                   "               msg_flags=0, msg_control=[{cmsg_level=SOL_TCP,\n"
                   "               cmsg_type=TCP_CM_INQ, cmsg_data=15}]}, 0) = 15\n"
                   "+0 write(4, ..., 9) = 9\n"
                   "+0 > P. 1:10(9) ack 31\n"
                   "+0 ioctl(4, SIOCOUTQ, [9]) = 0\n" },
    { "addresses and ports as they are written",
      "--local_ip=10.1.1.1\n--remote_ip=10.2.2.2\n"
      "0 `sysctl -q net.ipv4.tcp_timestamps=0`\n"
      "+0 socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3 // fd\n"
      "+0 bind(3, {sa_family=AF_INET, sin_port=htons(81), sin_addr=inet_addr(\"10.1.1.1\")}, 16)"
      " = 0\n"
      "+0 getsockname(3, {sa_family=AF_INET, sin_port=htons(81),"
      " sin_addr=inet_addr(\"10.1.1.1\")}, [16]) = 0\n"
      "+0 getpeername(3, ..., ...) = -1 ENOTCONN\n"
      "+0 listen(3, 1) = 0\n" DRILL_HANDSHAKE
      "+0 accept4(3, {sa_family=AF_INET, sin_port=htons(40001),"
      " sin_addr=inet_addr(\"10.2.2.2\")}, [16], SOCK_NONBLOCK) = 4 // fd\n"
      "+0 fcntl(4, F_GETFL) = 0x802\n"
      "+0 getpeername(4, {sa_family=AF_INET, sin_port=htons(40001),"
      " sin_addr=inet_addr(\"10.2.2.2\")}, [16]) = 0\n" },
    { "IPv6 has 20 octets less for each segment",
      "--ip_version=ipv6\n"
      "0 `sysctl -q net.ipv4.tcp_timestamps=0`\n"
      "+0 socket(AF_INET6, SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3 // fd\n"
      "+0 connect(3, ..., ...) = -1 EINPROGRESS\n"
      "+0 getsockname(3, ..., [28]) = 0\n"
      "+0 > S 0:0(0) <mss 1440,nop,nop,sackOK,nop,wscale 7> // base\n" },
    { "IPv4 on the wire for a socket of IPv6",
      "--ip_version=ipv4-mapped-ipv6 --mtu=1400\n"
      "0 `sysctl -q net.ipv4.tcp_timestamps=0`\n"
      "+0 socket(AF_INET6, SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3 // fd\n"
      "+0 connect(3, ..., ...) = -1 EINPROGRESS\n"
      "+0 > S 0:0(0) <mss 1360,nop,nop,sackOK,nop,wscale 7> // base\n" },
    { "code is told the figures of TCP_INFO, and keeps its own",
      DRILL_SERVER "+0 %{ assert tcpi_snd_cwnd == 10; kept = tcpi_unacked + 5 }%\n"
                   "+0 write(4, ..., 2000) = 2000\n"
                   "+0 > P. 1:2001(2000) ack 1\n"
                   "+0 %{\n"
                   "assert tcpi_unacked == 2, 'unacked %d' % tcpi_unacked\n"
                   "assert kept == 5 and tcpi_state == TCP_ESTABLISHED\n"
                   "}%\n" },
    { "states of sockets as FreeBSD's sockstat shows them",
      "0 `sysctl -w net.inet.tcp.sack.enable=1`\n"
      "+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3 // fd\n"
      "+0 bind(3, ..., ...) = 0\n"
      "+0 listen(3, 1) = 0\n"
      "+0 < S 0:0(0) win 32792 <mss 1000,sackOK>\n"
      "+0 > S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,eol,eol> // base\n"
      "+0 `sockstat -4 -P tcp -s -p 8080 | grep -c SYN_RCVD | grep 1`\n"
      "+0 < R 1:1(0) win 0\n"
      "+0 `sockstat -4 -P tcp -s | grep -c SYN_RCVD | grep 0`\n" },
    { "what is not there, and what is over",
      DRILL_SERVER "+0 shutdown(4, SHUT_WR) = 0\n"
                   "+0 > F. 1:1(0) ack 1\n"
                   "+0 write(4, ..., 10) = -1 EPIPE (Broken pipe)\n"
                   "+0 shutdown(7, SHUT_WR) = -1 EBADF\n"
                   "+0 send(4, NULL, 3, 0) = -1 EFAULT (Bad address)\n"
                   "+0 < R. 1:1(0) ack 2 win 0\n"
                   "+0 read(4, ..., 10) = -1 ECONNRESET (Connection reset by peer)\n" },
    { "a segment for nobody is answered with RST", "0 < S 100:100(0) win 1000 <mss 1000>\n"
                                                   "+0 > R. 0:0(0) ack 101 win 0\n"
                                                   "+.1 < . 5:5(0) ack 77 win 1000\n"
                                                   "+0 > R 77:77(0) win 0\n" },
    { "an octet that is urgent, and messages that are put together",
      DRILL_SERVER "+0 send(4, ..., 3, MSG_OOB) = 3\n"
                   "+0 > P.U 1:4(3) ack 1 urg 3\n"
                   "+.01 < . 1:1(0) ack 4 win 257\n"
                   "+0 sendmsg(4, {msg_name(...)=..., msg_iov(2)=[{..., 600}, {..., 300}],\n"
                   "               msg_flags=0}, 0) = 900\n"
                   "+0 > P. 4:904(900) ack 1\n"
                   "+.01 < P. 1:51(50) ack 904 win 257\n"
                   "+0 readv(4, [{..., 20}, {..., 20}], 2) = 40\n"
                   "+0 recv(4, ..., 100, MSG_PEEK) = 10\n"
                   "+0 recv(4, ..., 100, MSG_DONTWAIT) = 10\n" },
    { "settings that are made while it runs",
      "`sysctl -q net.ipv4.tcp_sack=0`\n" DRILL_LISTEN
      "+0 `echo 0 > /proc/sys/net/ipv4/tcp_window_scaling`\n"
      "+0 < S 0:0(0) win 32792 <mss 1000,sackOK,nop,nop,nop,wscale 7>\n"
      "+0 > S. 0:0(0) ack 1 win 65535 <mss 1460> // base\n"
      "`sysctl -q net.ipv4.tcp_sack=1`\n" },
};

const size_t drill_script_count = sizeof drill_scripts / sizeof drill_scripts[0];
