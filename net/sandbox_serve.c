/*
 * The sandbox's child: makes the namespaces, and serves who is outside of them.
 */
#include "net/sandbox_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct child {
    int to_parent;
    unsigned hosts;
    int ns_wire;
    int ns_host[SANDBOX_HOSTS_MAX];
    int wire[SANDBOX_HOSTS_MAX];
    enum sandbox_link link;
};

static bool failed(struct net_error *error, const char *operation)
{
    *error = (struct net_error){ .err = errno, .operation = operation };
    return false;
}

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    size_t len = strlen(text);
    if (fd < 0)
        return false;
    bool done = write(fd, text, len) == (ssize_t)len;
    int err = errno;
    close(fd);
    errno = err;
    return done;
}

/* Inside we are root, of nothing but what we make. */
static bool map_users(unsigned uid, unsigned gid, struct net_error *error)
{
    char map[48];
    write_file("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "0 %u 1", uid);
    if (!write_file("/proc/self/uid_map", map))
        return failed(error, "map of users");
    snprintf(map, sizeof map, "0 %u 1", gid);
    return write_file("/proc/self/gid_map", map) || failed(error, "map of users");
}

/* Root may do without a user namespace, where those are not allowed. */
static bool leave(struct net_error *error)
{
    unsigned uid = geteuid(), gid = getegid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0) {
        prctl(PR_SET_DUMPABLE, 1); /* of a program with capabilities /proc/self is root's */
        return map_users(uid, gid, error);
    }
    if (uid == 0 && unshare(CLONE_NEWNET) == 0)
        return true;
    return failed(error, "unshare");
}

static int this_namespace(void)
{
    return open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

static bool go_to(int ns, struct net_error *error)
{
    return setns(ns, CLONE_NEWNET) == 0 || failed(error, "setns");
}

static bool make_host(struct child *child, unsigned host, struct net_error *error)
{
    if (unshare(CLONE_NEWNET) < 0)
        return failed(error, "unshare");
    child->ns_host[host] = this_namespace();
    if (child->ns_host[host] < 0)
        return failed(error, "namespace");
    if (!link_loopback(error))
        return false;
    if (child->link == SANDBOX_TUN) {
        child->wire[host] = link_tun(host, error);
        if (child->wire[host] >= 0 || host > 0)
            return child->wire[host] >= 0;
        child->link = SANDBOX_VETH; /* the device may not be opened, or is not there */
    }
    child->wire[host] = link_veth(host, child->ns_host[host], child->ns_wire, error);
    return child->wire[host] >= 0;
}

static bool make_all(struct child *child, struct net_error *error)
{
    if (!leave(error))
        return false;
    child->ns_wire = this_namespace();
    if (child->ns_wire < 0)
        return failed(error, "namespace");
    for (unsigned i = 0; i < child->hosts; i++) {
        if (!make_host(child, i, error))
            return false;
    }
    return true;
}

static void answer(const struct child *child, int32_t err, const char *operation, int fd)
{
    struct sandbox_answer answer = { .err = err, .link = child->link };
    snprintf(answer.operation, sizeof answer.operation, "%s", operation);
    if (!message_send(child->to_parent, &answer, sizeof answer, fd))
        _exit(1);
}

static void open_socket(const struct child *child, const struct sandbox_request *request)
{
    int fd = socket(request->domain, request->type | SOCK_CLOEXEC, request->protocol);
    answer(child, fd < 0 ? errno : 0, "socket", fd);
    if (fd >= 0)
        close(fd);
}

/* Names are below /proc/sys/net, and stay there. */
static void change_setting(const struct child *child, const struct sandbox_request *request)
{
    char path[128];
    if (strstr(request->name, "..")) {
        answer(child, EINVAL, "setting", -1);
        return;
    }
    snprintf(path, sizeof path, "/proc/sys/net/%s", request->name);
    answer(child, write_file(path, request->value) ? 0 : errno, "setting", -1);
}

static void serve(const struct child *child, const struct sandbox_request *request)
{
    struct net_error error;
    if (!go_to(child->ns_host[request->host], &error)) {
        answer(child, error.err, error.operation, -1);
        return;
    }
    switch (request->ask) {
    case ASK_SOCKET:
        open_socket(child, request);
        break;
    case ASK_SET:
        change_setting(child, request);
        break;
    }
}

/* A second answer says that a descriptor is the parent's alone: until then its close() would close
 * nothing. */
static void serve_wholly(const struct child *child, const struct sandbox_request *request)
{
    serve(child, request);
    answer(child, 0, "", -1);
}

/* Ends with the parent: by signal, and by the end of the socket between us. */
static void stay_with_parent(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_IGN);
    signal(SIGTSTP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

_Noreturn void sandbox_serve(int to_parent, unsigned hosts, enum sandbox_link link)
{
    struct child child = { .to_parent = to_parent, .hosts = hosts, .ns_wire = -1, .link = link };
    struct net_error error;
    struct sandbox_request request;
    int fd;
    stay_with_parent();
    if (!make_all(&child, &error)) {
        answer(&child, error.err, error.operation, -1);
        _exit(1);
    }
    answer(&child, 0, "", -1);
    for (unsigned i = 0; i < hosts; i++) {
        answer(&child, 0, "", child.wire[i]);
        close(child.wire[i]);
    }
    while (message_receive(to_parent, &request, sizeof request, &fd) && request.host < hosts)
        serve_wholly(&child, &request);
    _exit(0);
}
