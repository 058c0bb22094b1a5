/*
 * net/live on a wire of ours: what the kernel's hosts do while their segments are held, lost,
 * copied and broken, one at a time, and what the lane tells of it. Where this machine allows no
 * namespaces there is nothing to test, and it is said why.
 */
#include "net/clock.h"
#include "tests/loopback_rig.h"
#include "tests/suites.h"

#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SILENCE_USEC = 60000, /* longer than Linux delays an ACK on an idle connection */
    DELAY_USEC = 50000,
    PATIENCE_MSEC = 2000
};

/* NULL where this machine does not allow it. */
static struct rig *begin(struct live_setup setup)
{
    struct net_error error = { .err = 0 };
    setup.kind = LIVE_WIRE;
    setup.hosts = 2;
    struct rig *rig = rig_begin_on(setup, &error);
    if (!rig)
        printf("live: not tested here, %s: %s\n", error.operation, strerror(error.err));
    return rig;
}

static uint32_t find(struct rig *rig, unsigned host, unsigned flags)
{
    rig->lane->ops->look(rig->lane);
    return rig->lane->ops->find(rig->lane, (int)host, flags);
}

/* Waits until the host has put such a segment on the wire. */
static uint32_t sent(struct rig *rig, unsigned host, unsigned flags)
{
    uint64_t deadline = clock_usec() + PATIENCE_USEC;
    uint32_t id;
    while ((id = find(rig, host, flags)) == 0) {
        ck_assert_msg(clock_usec() < deadline, "host %u sends no such segment", host);
        clock_pause(1000);
    }
    return id;
}

/* Fails where the host sends any such segment for a while. */
static void silent(struct rig *rig, unsigned host, unsigned flags)
{
    for (uint64_t end = clock_usec() + SILENCE_USEC; clock_usec() < end; clock_pause(5000))
        ck_assert_uint_eq(find(rig, host, flags), 0);
}

static bool act(struct rig *rig, enum wire_act what, uint32_t id)
{
    return rig->lane->ops->wire(rig->lane, what, id, DELAY_USEC);
}

static void pass(struct rig *rig, unsigned host, unsigned flags)
{
    ck_assert(act(rig, WIRE_DELIVER, sent(rig, host, flags)));
}

/* The last event of a kind about a segment. */
static const struct event *about(const struct rig *rig, enum event_kind kind, uint32_t id)
{
    for (unsigned i = rig->count; i > 0; i--) {
        const struct event *event = &rig->events[i - 1];
        if (event->kind == kind && event->u.wire.id == id)
            return event;
    }
    return NULL;
}

static enum tcp_state state_of(struct rig *rig, int32_t sock)
{
    rig->lane->ops->look(rig->lane);
    return (enum tcp_state)rig_last(rig, EV_STATE, sock)->u.state.to;
}

static bool timer_was(const struct rig *rig, int32_t sock, enum timer_id id,
                      enum timer_change change)
{
    for (unsigned i = 0; i < rig->count; i++) {
        const struct event *event = &rig->events[i];
        if (event->kind == EV_TIMER && event->sock == sock && event->u.timer.timer == id &&
            event->u.timer.change == change)
            return true;
    }
    return false;
}

/* What a segment brings is there once the kernel has come round to it: makes the call until then.
 */
static int32_t when_there(struct rig *rig, unsigned host, enum call_op op, int32_t fd,
                          int32_t value)
{
    uint64_t deadline = clock_usec() + PATIENCE_USEC;
    int32_t ret;
    while ((ret = rig_call(rig, host, op, fd, value)) == -EAGAIN && clock_usec() < deadline)
        clock_pause(1000);
    return ret;
}

static void reads(struct rig *rig, unsigned host, int32_t fd, const char *text)
{
    int32_t ret = when_there(rig, host, CALL_RECV, fd, 100);
    ck_assert_int_eq(ret, (int)strlen(text));
    for (unsigned i = rig->count; i > 0; i--) {
        if (rig->events[i - 1].kind == EV_RETURN) {
            ck_assert_mem_eq(rig->words[i - 1], text, strlen(text));
            return;
        }
    }
}

/* A handshake by hand. */
static struct pair connected(struct rig *rig)
{
    struct pair pair = { .listening = rig_listen(rig, 5), .client = rig_socket(rig, A, "client") };
    ck_assert_int_eq(rig_set(rig, A, pair.client, OPTION_NODELAY, 1), 0);
    ck_assert_int_eq(rig_connect(rig, pair.client), -EINPROGRESS);
    pass(rig, A, SYN);
    pass(rig, B, SYN | ACK);
    pass(rig, A, ACK);
    pair.server = when_there(rig, B, CALL_ACCEPT, pair.listening, 0);
    ck_assert_int_ge(pair.server, 0);
    pair.client_sock = rig_sock_of(rig, pair.client);
    pair.server_sock = rig_sock_of(rig, pair.server);
    rig_await(rig, pair.client_sock, ESTABLISHED);
    rig_await(rig, pair.server_sock, ESTABLISHED);
    return pair;
}

/* Hosts of the kernel on TUN devices, connected; NULL likewise. */
static struct rig *begin_connected(uint8_t family, struct pair *pair)
{
    struct rig *rig = begin((struct live_setup){ .link = SANDBOX_TUN, .family = family });
    if (rig)
        *pair = connected(rig);
    return rig;
}

/* Sends it, and gives the segment that carries it. */
static uint32_t sends(struct rig *rig, const struct pair *pair, const char *text)
{
    uint32_t len = (uint32_t)strlen(text);
    ck_assert_int_eq(rig_send(rig, A, pair->client, text, len), (int)len);
    return sent(rig, A, ACK);
}

/* The states of both ends while each segment of the handshake is held: by TUN and by veth devices,
 * with both families of addresses. */
START_TEST(states_while_held)
{
    static const struct live_setup setups[] = { { .family = 4, .link = SANDBOX_TUN },
                                                { .family = 6, .link = SANDBOX_TUN },
                                                { .family = 4, .link = SANDBOX_VETH },
                                                { .family = 6, .link = SANDBOX_VETH } };
    struct rig *rig = begin(setups[_i]);
    if (!rig)
        return;
    ck_assert(rig_was_said(rig, "veth devices") || setups[_i].link == SANDBOX_TUN);
    ck_assert_uint_eq(rig_at(rig, B).ip.family, setups[_i].family);
    int32_t listening = rig_listen(rig, 5), client = rig_socket(rig, A, "client");
    int32_t parent = rig_sock_of(rig, listening), sock = rig_sock_of(rig, client);
    ck_assert_int_eq(rig_connect(rig, client), -EINPROGRESS);
    ck_assert_int_eq(rig_await(rig, sock, SYN_SENT)->u.state.source, BY_TCP_INFO);
    sent(rig, A, SYN);
    silent(rig, B, 0);
    ck_assert_int_eq(rig_child_of(rig, parent), -1);
    pass(rig, A, SYN);
    int32_t child = rig_child_of(rig, parent);
    ck_assert_int_eq(rig_await(rig, child, SYN_RECEIVED)->u.state.source, BY_SOCK_DIAG);
    ck_assert_int_eq(state_of(rig, sock), SYN_SENT);
    ck_assert_int_eq(rig_call(rig, B, CALL_ACCEPT, listening, 0), -EAGAIN);
    pass(rig, B, SYN | ACK);
    rig_await(rig, sock, ESTABLISHED);
    ck_assert_int_eq(state_of(rig, child), SYN_RECEIVED);
    pass(rig, A, ACK);
    rig_await(rig, child, ESTABLISHED);
    ck_assert_int_ge(when_there(rig, B, CALL_ACCEPT, listening, 0), 0);
    rig_end(rig);
}
END_TEST

/* What is dropped does not arrive; the kernel's timer is told as armed and as run out, and what it
 * sends again is known as that. */
START_TEST(dropped)
{
    struct pair pair;
    struct rig *rig = begin_connected(4, &pair);
    if (!rig)
        return;
    uint32_t lost = sends(rig, &pair, "text");
    ck_assert(!about(rig, EV_SENT, lost)->u.wire.again);
    ck_assert(timer_was(rig, pair.client_sock, TIMER_RETRANSMISSION, TIMER_ARMED));
    ck_assert(act(rig, WIRE_DROP, lost));
    ck_assert_ptr_nonnull(about(rig, EV_DROPPED, lost));
    ck_assert(!act(rig, WIRE_DROP, lost));
    ck_assert_int_eq(rig_call(rig, B, CALL_RECV, pair.server, 100), -EAGAIN);
    ck_assert(!timer_was(rig, pair.client_sock, TIMER_RETRANSMISSION, TIMER_RAN_OUT));
    uint32_t again = sent(rig, A, ACK);
    ck_assert(about(rig, EV_SENT, again)->u.wire.again);
    ck_assert(timer_was(rig, pair.client_sock, TIMER_RETRANSMISSION, TIMER_RAN_OUT));
    ck_assert(act(rig, WIRE_DELIVER, again));
    reads(rig, B, pair.server, "text");
    rig_end(rig);
}
END_TEST

/* A copy is a segment of its own: the kernel takes its text once, and acknowledges twice. */
START_TEST(duplicated)
{
    struct pair pair;
    struct rig *rig = begin_connected(4, &pair);
    if (!rig)
        return;
    uint32_t first = sends(rig, &pair, "once");
    ck_assert(act(rig, WIRE_DUPLICATE, first));
    ck_assert(act(rig, WIRE_DELIVER, first));
    uint32_t copy = sent(rig, A, ACK);
    ck_assert_uint_ne(copy, first);
    ck_assert_uint_eq(about(rig, EV_DUPLICATED, copy)->u.wire.of, first);
    ck_assert(act(rig, WIRE_DROP, sent(rig, B, ACK)));
    ck_assert(act(rig, WIRE_DELIVER, copy));
    sent(rig, B, ACK);
    reads(rig, B, pair.server, "once");
    ck_assert_int_eq(rig_call(rig, B, CALL_RECV, pair.server, 100), -EAGAIN);
    rig_end(rig);
}
END_TEST

/* What is held does not go on by itself; released, it does. */
START_TEST(held)
{
    struct pair pair;
    struct rig *rig = begin_connected(4, &pair);
    if (!rig)
        return;
    struct lane *lane = rig->lane;
    uint32_t id = sends(rig, &pair, "text");
    ck_assert(act(rig, WIRE_HOLD, id));
    ck_assert(!act(rig, WIRE_HOLD, id));
    ck_assert_int_ne(lane->ops->step(lane, lane->ops->now(lane)), LANE_DID);
    ck_assert_ptr_null(about(rig, EV_DELIVERED, id));
    ck_assert(act(rig, WIRE_RELEASE, id));
    ck_assert_int_eq(lane->ops->step(lane, UINT64_MAX), LANE_DID);
    ck_assert_ptr_nonnull(about(rig, EV_DELIVERED, id));
    reads(rig, B, pair.server, "text");
    rig_end(rig);
}
END_TEST

/* What is delayed comes later by so much real time, and not before. */
START_TEST(delayed)
{
    struct pair pair;
    struct rig *rig = begin_connected(4, &pair);
    if (!rig)
        return;
    struct lane *lane = rig->lane;
    uint32_t id = sends(rig, &pair, "text");
    uint64_t before = lane->ops->now(lane);
    ck_assert(act(rig, WIRE_DELAY, id));
    ck_assert_int_eq(lane->ops->step(lane, UINT64_MAX), LANE_NOT_YET);
    while (lane->ops->step(lane, UINT64_MAX) == LANE_NOT_YET)
        clock_pause(1000);
    const struct event *event = about(rig, EV_DELIVERED, id);
    ck_assert_ptr_nonnull(event);
    uint64_t due = about(rig, EV_SENT, id)->u.wire.due_usec + DELAY_USEC;
    ck_assert_uint_ge(event->usec, due);
    ck_assert_uint_lt(event->usec, before + PATIENCE_USEC);
    reads(rig, B, pair.server, "text");
    rig_end(rig);
}
END_TEST

/* What is reordered goes behind the next of its sender; the kernel puts the text in order. */
START_TEST(reordered)
{
    struct pair pair;
    struct rig *rig = begin_connected(4, &pair);
    if (!rig)
        return;
    struct lane *lane = rig->lane;
    uint32_t first = sends(rig, &pair, "one, ");
    ck_assert(act(rig, WIRE_REORDER, first));
    sends(rig, &pair, "two");
    ck_assert_int_eq(lane->ops->step(lane, UINT64_MAX), LANE_DID);
    ck_assert_ptr_null(about(rig, EV_DELIVERED, first));
    ck_assert_int_eq(rig_call(rig, B, CALL_RECV, pair.server, 100), -EAGAIN);
    while (!about(rig, EV_DELIVERED, first))
        lane->ops->step(lane, UINT64_MAX);
    reads(rig, B, pair.server, "one, two");
    rig_end(rig);
}
END_TEST

/* The kernel drops a corrupted segment without an answer, and gets it whole when it is sent again.
 */
START_TEST(corrupted)
{
    struct pair pair;
    struct rig *rig = begin_connected(_i ? 6 : 4, &pair);
    if (!rig)
        return;
    uint32_t id = sends(rig, &pair, "5 crowns");
    ck_assert(act(rig, WIRE_CORRUPT, id));
    ck_assert(!act(rig, WIRE_CORRUPT, id));
    ck_assert(act(rig, WIRE_DELIVER, id));
    silent(rig, B, 0);
    ck_assert_int_eq(rig_call(rig, B, CALL_RECV, pair.server, 100), -EAGAIN);
    pass(rig, A, ACK);
    reads(rig, B, pair.server, "5 crowns");
    rig_end(rig);
}
END_TEST

/* A setting is one host's: its SYN comes without timestamps. What is no setting is refused. */
START_TEST(settings)
{
    struct rig *rig = begin((struct live_setup){ .link = SANDBOX_TUN });
    if (!rig)
        return;
    struct lane *lane = rig->lane;
    ck_assert(lane->ops->set(lane, B, "net.ipv4.tcp_timestamps", "1"));
    int32_t with = rig_socket(rig, A, "with"), without = rig_socket(rig, A, "without");
    rig_listen(rig, 5);
    rig_connect(rig, with);
    uint32_t id = sent(rig, A, SYN);
    ck_assert_uint_eq(about(rig, EV_SENT, id)->u.wire.seg.has & HAS_TIMESTAMPS, HAS_TIMESTAMPS);
    ck_assert(act(rig, WIRE_DROP, id));
    ck_assert(lane->ops->set(lane, A, "net.ipv4.tcp_timestamps", "0"));
    rig_connect(rig, without);
    id = sent(rig, A, SYN);
    ck_assert_uint_eq(about(rig, EV_SENT, id)->u.wire.seg.has & HAS_TIMESTAMPS, 0);
    ck_assert(!lane->ops->set(lane, A, "net.ipv4.no_such_setting", "0"));
    ck_assert_int_eq(errno, ENOENT);
    ck_assert(!lane->ops->set(lane, A, "kernel.hostname", "x"));
    rig_end(rig);
}
END_TEST

/* One host is the model's and one the kernel's, either way round: a connection, text both ways, and
 * its end. The model's states have rules, the kernel's were read. */
START_TEST(mixed)
{
    unsigned model = (unsigned)_i;
    struct live_setup setup = { .link = SANDBOX_TUN, .seed = 7, .profile = profile_find("linux") };
    setup.model[model] = true;
    struct rig *rig = begin(setup);
    if (!rig)
        return;
    ck_assert_int_eq(rig->lane->id, LANE_MIXED);
    struct pair pair = connected(rig);
    int32_t socks[] = { pair.client_sock, pair.server_sock };
    ck_assert_int_ne(rig_last(rig, EV_STATE, socks[model])->u.state.rule, RULE_NONE);
    ck_assert_int_eq(rig_last(rig, EV_STATE, socks[1 - model])->u.state.rule, RULE_NONE);
    ck_assert(act(rig, WIRE_DELIVER, sends(rig, &pair, "hello")));
    reads(rig, B, pair.server, "hello");
    pass(rig, B, ACK);
    ck_assert_int_eq(rig_send(rig, B, pair.server, "hi", 2), 2);
    pass(rig, B, ACK);
    reads(rig, A, pair.client, "hi");
    ck_assert_int_eq(rig_call(rig, A, CALL_CLOSE, pair.client, 0), 0);
    pass(rig, A, FIN | ACK);
    rig_await(rig, pair.server_sock, CLOSE_WAIT);
    ck_assert_int_eq(rig_call(rig, B, CALL_CLOSE, pair.server, 0), 0);
    pass(rig, B, FIN | ACK);
    rig_await(rig, pair.client_sock, TIME_WAIT);
    rig_end(rig);
}
END_TEST

/* The next thing on a mixed lane may be a timer of its model. */
START_TEST(next_is_a_timer)
{
    struct live_setup setup = { .link = SANDBOX_TUN, .seed = 7, .profile = profile_find("linux") };
    setup.model[_i] = true;
    struct rig *rig = begin(setup);
    struct event next;
    if (!rig)
        return;
    struct pair pair = connected(rig);
    ck_assert(act(rig, WIRE_DROP, sends(rig, &pair, "text")));
    rig->lane->ops->look(rig->lane);
    rig->lane->ops->next(rig->lane, &next);
    ck_assert_int_eq(next.u.next.what, NEXT_TIMER);
    ck_assert_int_eq(next.u.next.timer, TIMER_RETRANSMISSION);
    ck_assert_int_eq(next.host, A);
    ck_assert_int_eq(next.sock, pair.client_sock);
    rig_end(rig);
}
END_TEST

/* ---- what is left when its process is killed */

/* A namespace as the file that stands for it; 0 where it may not be looked at. */
static ino_t namespace_of(pid_t pid)
{
    char path[64];
    struct stat info;
    snprintf(path, sizeof path, "/proc/%d/ns/net", (int)pid);
    return stat(path, &info) == 0 ? info.st_ino : 0;
}

static pid_t parent_of(pid_t pid)
{
    char path[64], state;
    int parent = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    if (fscanf(file, "%*d (%*[^)]) %c %d", &state, &parent) != 2)
        parent = 0;
    fclose(file);
    return parent;
}

/* The first process that is a child of `parent` (0: of any) and in that namespace (0: in any), or
 * 0. */
static pid_t process(pid_t parent, ino_t in)
{
    DIR *proc = opendir("/proc");
    pid_t found = 0;
    ck_assert_ptr_nonnull(proc);
    for (struct dirent *entry; !found && (entry = readdir(proc));) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid > 0 && (!parent || parent_of(pid) == parent) && (!in || namespace_of(pid) == in))
            found = pid;
    }
    closedir(proc);
    return found;
}

static unsigned interfaces(void)
{
    unsigned count = 0;
    struct if_nameindex *names = if_nameindex();
    ck_assert_ptr_nonnull(names);
    while (names[count].if_index != 0)
        count++;
    if_freenameindex(names);
    return count;
}

/* With a connection open, a segment on the wire and a socket in its hands, until it is killed. */
static void live_until_killed(int made)
{
    struct rig *rig = begin((struct live_setup){ .link = SANDBOX_TUN });
    if (rig) {
        struct pair pair = connected(rig);
        sends(rig, &pair, "text");
        (void)!write(made, "", 1);
    }
    pause();
    _exit(0);
}

/* Whoever has a live lane open may be killed: no process, no namespace and no interface is left. */
START_TEST(nothing_is_left)
{
    int ends[2]; /* all that the process starts has the writing end, too */
    char nothing;
    unsigned before = interfaces();
    ck_assert_int_eq(pipe(ends), 0);
    pid_t owner = fork();
    if (owner == 0) {
        close(ends[0]);
        live_until_killed(ends[1]);
    }
    close(ends[1]);
    struct pollfd wait = { .fd = ends[0], .events = POLLIN };
    bool made = poll(&wait, 1, PATIENCE_MSEC) == 1 && read(ends[0], &nothing, 1) == 1;
    pid_t holder = process(owner, 0);
    ino_t namespace = holder ? namespace_of(holder) : 0;
    kill(owner, SIGKILL);
    waitpid(owner, NULL, 0);
    ck_assert_int_eq(poll(&wait, 1, PATIENCE_MSEC), 1);
    ck_assert_msg(read(ends[0], &nothing, 1) == 0, "somebody still has the pipe");
    close(ends[0]);
    ck_assert_uint_eq(interfaces(), before);
    if (!made)
        return;
    ck_assert_msg(holder != 0, "no process held the namespaces");
    for (int i = 0; i < PATIENCE_MSEC && namespace_of(holder) != 0; i++)
        clock_pause(1000); /* who reaps it may take a moment */
    if (namespace != 0 && namespace != namespace_of(getpid()))
        ck_assert_int_eq(process(0, namespace), 0);
}
END_TEST

Suite *live_suite(void)
{
    Suite *suite = suite_create("live");
    TCase *wire = tcase_create("wire");
    tcase_add_loop_test(wire, states_while_held, 0, 4);
    tcase_add_test(wire, dropped);
    tcase_add_test(wire, duplicated);
    tcase_add_test(wire, held);
    tcase_add_test(wire, delayed);
    tcase_add_test(wire, reordered);
    tcase_add_loop_test(wire, corrupted, 0, 2);
    tcase_add_test(wire, settings);
    suite_add_tcase(suite, wire);
    TCase *hosts = tcase_create("hosts");
    tcase_add_loop_test(hosts, mixed, 0, 2);
    tcase_add_loop_test(hosts, next_is_a_timer, 0, 2);
    tcase_add_test(hosts, nothing_is_left);
    suite_add_tcase(suite, hosts);
    return suite;
}
