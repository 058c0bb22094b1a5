/*
 * Tries: each does what the program would do, and undoes it.
 */
#include "ui/doctor.h"

#include "net/diag.h"
#include "net/sandbox.h"
#include "net/session.h"
#include "net/tracepoint.h"
#include "ui/labs.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    STEPS_MAX = 1000,
    HOSTS = 2
};

/* ---- settings */

static int setting(const char *path)
{
    int value = NO_SETTING;
    FILE *file = fopen(path, "re");
    if (!file)
        return NO_SETTING;
    if (fscanf(file, "%d", &value) != 1)
        value = NO_SETTING;
    fclose(file);
    return value;
}

/* A number of /proc/self/status by what stands before it; 0 where there is none. */
static uint64_t status_of(const char *name, int base)
{
    char line[128];
    uint64_t value = 0;
    size_t len = strlen(name);
    FILE *file = fopen("/proc/self/status", "re");
    while (file && fgets(line, sizeof line, file)) {
        if (strncmp(line, name, len) == 0)
            value = strtoull(line + len, NULL, base);
    }
    if (file)
        fclose(file);
    return value;
}

void doctor_settings_read(struct doctor_settings *settings)
{
    *settings = (struct doctor_settings){
        .userns_clone = setting("/proc/sys/kernel/unprivileged_userns_clone"),
        .userns_max = setting("/proc/sys/user/max_user_namespaces"),
        .userns_apparmor = setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
        .paranoid = setting("/proc/sys/kernel/perf_event_paranoid"),
        .has_tun_node = access("/dev/net/tun", F_OK) == 0,
        .may_use_tun = access("/dev/net/tun", R_OK | W_OK) == 0,
        .has_tracefs = access("/sys/kernel/tracing/events", F_OK) == 0 || errno == EACCES,
        .has_seccomp = status_of("Seccomp:", 10) == 2,
        .is_container = access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0,
        .is_root = geteuid() == 0,
        .capabilities = status_of("CapPrm:", 16),
    };
    ssize_t len = readlink("/proc/self/exe", settings->self, sizeof settings->self - 1);
    if (len <= 0)
        snprintf(settings->self, sizeof settings->self, "/usr/local/bin/tcpstep");
}

/* ---- tries; each false with `error` */

static bool failed(struct net_error *error, int32_t err, const char *operation)
{
    *error = (struct net_error){ .err = err, .operation = operation };
    return false;
}

/* A lab, run to its end on the model. */
static bool try_model(struct net_error *error)
{
    int status;
    struct loaded_lab *lab = lab_load("handshake", &status);
    if (!lab)
        return failed(error, ENOMEM, "lab");
    struct session_setup setup = { .lab = &lab->lab, .on = { [LANE_MODEL] = true }, .seed = 1 };
    struct session *session = session_open(&setup, error);
    bool good = session != NULL;
    for (unsigned step = 0; good && step < STEPS_MAX; step++) {
        if (session_step(session) == SESSION_OVER)
            break;
    }
    if (good && session_failures(session))
        good = failed(error, EPROTO, "lab");
    if (session)
        session_close(session);
    lab_unload(lab);
    return good;
}

/* A connection over the loopback. */
static bool try_loopback(struct net_error *error)
{
    struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof name;
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = server >= 0 && client >= 0;
    if (!good)
        failed(error, errno, "socket");
    else if (bind(server, (struct sockaddr *)&name, len) < 0 || listen(server, 1) < 0 ||
             getsockname(server, (struct sockaddr *)&name, &len) < 0)
        good = failed(error, errno, "listen");
    else if (connect(client, (struct sockaddr *)&name, len) < 0)
        good = failed(error, errno, "connect");
    if (client >= 0)
        close(client);
    if (server >= 0)
        close(server);
    return good;
}

static bool try_sock_diag(struct net_error *error)
{
    struct diag *diag = diag_open(error);
    diag_close(diag);
    return diag != NULL;
}

static bool try_namespaces(struct net_error *error)
{
    struct sandbox *sandbox = sandbox_open(HOSTS, SANDBOX_TUN, error);
    sandbox_close(sandbox);
    bool made = error->operation && strcmp(error->operation, "unshare") != 0 &&
                strcmp(error->operation, "map of users") != 0;
    return sandbox != NULL || made;
}

/* It falls back to veth where the device may not be opened: that is seen by the link. */
static bool try_tun(struct net_error *error)
{
    struct sandbox *sandbox = sandbox_open(HOSTS, SANDBOX_TUN, error);
    bool good = sandbox && sandbox_link(sandbox) == SANDBOX_TUN;
    if (sandbox && !good)
        failed(error, access("/dev/net/tun", R_OK | W_OK) < 0 ? errno : EPERM, "/dev/net/tun");
    sandbox_close(sandbox);
    return good;
}

static bool try_veth(struct net_error *error)
{
    struct sandbox *sandbox = sandbox_open(HOSTS, SANDBOX_VETH, error);
    sandbox_close(sandbox);
    return sandbox != NULL;
}

static bool try_capture(struct net_error *error)
{
    int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(ETH_P_ALL));
    if (fd < 0)
        return failed(error, errno, "packet socket");
    close(fd);
    return true;
}

static bool try_tracepoint(struct net_error *error)
{
    struct tracepoint *tracepoint = tracepoint_open(error);
    tracepoint_close(tracepoint);
    return tracepoint != NULL;
}

void doctor_examine(struct doctor_finding findings[DOCTOR_COUNT])
{
    static const struct {
        enum doctor_item item;
        bool (*succeeds)(struct net_error *error);
    } tries[] = {
        { DOCTOR_MODEL, try_model },
        { DOCTOR_LOOPBACK, try_loopback },
        { DOCTOR_SOCK_DIAG, try_sock_diag },
        { DOCTOR_NAMESPACES, try_namespaces },
        { DOCTOR_TUN, try_tun },
        { DOCTOR_VETH, try_veth },
        { DOCTOR_CAPTURE, try_capture },
        { DOCTOR_TRACEPOINT, try_tracepoint },
    };
    struct doctor_settings settings;
    struct screen_facts facts;
    memset(findings, 0, DOCTOR_COUNT * sizeof *findings);
    doctor_settings_read(&settings);
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        struct doctor_finding *finding = &findings[tries[i].item];
        struct net_error error = { .err = 0 };
        finding->here = tries[i].succeeds(&error);
        if (!finding->here)
            doctor_explain(tries[i].item, &error, &settings, finding);
    }
    screen_facts(&facts);
    doctor_terminal(&facts, findings);
}
