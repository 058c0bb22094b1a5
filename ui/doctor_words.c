/*
 * What stands behind a failure, and what to type.
 */
#include "ui/doctor.h"

#include "ui/escape.h"
#include "ui/text.h"
#include "ui/tui/panels.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *use;
} items[DOCTOR_COUNT] = {
    [DOCTOR_MODEL] = { N_("model"), N_("labs, drill, frame and rules: all that needs no kernel") },
    [DOCTOR_LOOPBACK] = { N_("loopback sockets"), N_("the kernel's lane of the labs") },
    [DOCTOR_SOCK_DIAG] = { N_("sock_diag"), N_("states without a descriptor; watch") },
    [DOCTOR_NAMESPACES] = { N_("user namespaces"), N_("Linux stacks of our own, without root") },
    [DOCTOR_TUN] = { N_("/dev/net/tun"), N_("their segments in hand, one at a time") },
    [DOCTOR_VETH] = { N_("veth"), N_("the same, where TUN is not to be had") },
    [DOCTOR_CAPTURE] = { N_("packet sockets"), N_("segments of other programs' connections") },
    [DOCTOR_TRACEPOINT] = { N_("tracepoint"), N_("watch misses no state between two looks") },
    [DOCTOR_UTF8] = { N_("UTF-8"), N_("lines and arrows; ASCII does as well") },
    [DOCTOR_TERMINAL] = { N_("terminal"), N_("the stage, and the screen of watch") },
    [DOCTOR_COLOURS] = { N_("colours"), N_("lanes told apart at a glance; not needed") },
    [DOCTOR_SIZE] = { N_("80 x 24"), N_("the least that the stage needs") },
    [DOCTOR_NCURSES] = { N_("wide ncurses"), N_("characters beyond ASCII on the stage") },
};

const char *doctor_name(enum doctor_item item)
{
    return items[item].name;
}

const char *doctor_use(enum doctor_item item)
{
    return items[item].use;
}

static void suggest(struct doctor_finding *finding, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void suggest(struct doctor_finding *finding, const char *format, ...)
{
    va_list args;
    unsigned at = 0;
    while (at < DOCTOR_TRIES_MAX && finding->remedies[at][0])
        at++;
    if (at == DOCTOR_TRIES_MAX)
        return;
    va_start(args, format);
    vsnprintf(finding->remedies[at], sizeof finding->remedies[at], format, args);
    va_end(args);
}

static void say(struct doctor_finding *finding, const char *words)
{
    size_t used = strlen(finding->why);
    snprintf(finding->why + used, sizeof finding->why - used, _("; %s"), words);
}

static void explain_seccomp(const struct doctor_settings *settings, struct doctor_finding *finding)
{
    if (!settings->has_seccomp && !settings->is_container)
        return;
    say(finding,
        settings->is_container ? _("this is a container") : _("system calls are filtered"));
    suggest(finding, "docker run --security-opt seccomp=unconfined ...");
}

/* No seccomp filter says ENOSPC: that is a limit. */
static void explain_namespaces(const struct net_error *error,
                               const struct doctor_settings *settings,
                               struct doctor_finding *finding)
{
    if (settings->userns_clone == 0) {
        say(finding, _("kernel.unprivileged_userns_clone is 0"));
        suggest(finding, "sudo sysctl kernel.unprivileged_userns_clone=1");
    }
    if (settings->userns_max == 0) {
        say(finding, _("user.max_user_namespaces is 0"));
        suggest(finding, "sudo sysctl user.max_user_namespaces=10000");
    }
    if (settings->userns_apparmor == 1) {
        say(finding, _("AppArmor restricts user namespaces"));
        suggest(finding, "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0");
        suggest(finding,
                "echo 'abi <abi/4.0>, profile tcpstep %s flags=(unconfined) { userns, }' | "
                "sudo apparmor_parser -r",
                settings->self);
    }
    if (error->err != ENOSPC)
        explain_seccomp(settings, finding);
}

static bool is_of_namespaces(const struct net_error *error)
{
    return strcmp(error->operation, "unshare") == 0 ||
           strcmp(error->operation, "map of users") == 0;
}

static void explain_tun(const struct net_error *error, const struct doctor_settings *settings,
                        struct doctor_finding *finding)
{
    if (is_of_namespaces(error)) {
        explain_namespaces(error, settings, finding);
    } else if (!settings->has_tun_node) {
        say(finding, _("there is no such file"));
        suggest(finding, "sudo modprobe tun");
        if (settings->is_container)
            suggest(finding, "docker run --device /dev/net/tun ...");
    } else if (error->err == ENODEV || error->err == ENXIO) {
        say(finding, _("the module is not there"));
        suggest(finding, "sudo modprobe tun");
    } else if (settings->may_use_tun) {
        say(finding, _("its file may be opened, but it gives no device"));
        if (settings->is_container)
            suggest(finding, "docker run --device /dev/net/tun ...");
    } else {
        say(finding, _("this user may not open it"));
        suggest(finding, "sudo chmod 0666 /dev/net/tun");
    }
}

static void explain_veth(const struct net_error *error, const struct doctor_settings *settings,
                         struct doctor_finding *finding)
{
    if (is_of_namespaces(error))
        explain_namespaces(error, settings, finding);
    else
        suggest(finding, "sudo modprobe veth");
}

/* setcap takes away what is not named: those that the program has already are named as well. */
static void suggest_setcap(const struct doctor_settings *settings, uint64_t wanted,
                           struct doctor_finding *finding)
{
    static const struct {
        unsigned bit;
        const char *name;
    } known[] = { { CAP_NET_RAW, "cap_net_raw" },
                  { CAP_PERFMON, "cap_perfmon" },
                  { CAP_DAC_READ_SEARCH, "cap_dac_read_search" } };
    char names[64] = "";
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        size_t used = strlen(names);
        if ((wanted | settings->capabilities) >> known[i].bit & 1)
            snprintf(names + used, sizeof names - used, "%s%s", used ? "," : "", known[i].name);
    }
    suggest(finding, "sudo setcap %s+ep %s", names, settings->self);
}

static void explain_capture(const struct doctor_settings *settings, struct doctor_finding *finding)
{
    if (settings->is_root) {
        say(finding, _("root here lacks CAP_NET_RAW"));
        suggest(finding, "docker run --cap-add NET_RAW ...");
        return;
    }
    suggest_setcap(settings, UINT64_C(1) << CAP_NET_RAW, finding);
}

static void explain_tracepoint(const struct net_error *error,
                               const struct doctor_settings *settings,
                               struct doctor_finding *finding)
{
    bool is_tracefs = strcmp(error->operation, "tracefs") == 0;
    char words[96];
    if (is_tracefs && !settings->has_tracefs) {
        say(finding, _("it is not mounted, or this kernel has none"));
        suggest(finding, "sudo mount -t tracefs nodev /sys/kernel/tracing");
        return;
    }
    if (is_tracefs)
        suggest(finding, "sudo mount -o remount,mode=755 /sys/kernel/tracing");
    if (settings->paranoid != NO_SETTING) {
        snprintf(words, sizeof words, _("kernel.perf_event_paranoid is %d"), settings->paranoid);
        say(finding, words);
    }
    suggest_setcap(settings,
                   UINT64_C(1) << CAP_NET_RAW | UINT64_C(1) << CAP_PERFMON |
                       UINT64_C(1) << CAP_DAC_READ_SEARCH,
                   finding);
    suggest(finding, "sudo %s watch", settings->self);
    if (!is_tracefs && error->err == EPERM)
        explain_seccomp(settings, finding);
}

void doctor_explain(enum doctor_item item, const struct net_error *error,
                    const struct doctor_settings *settings, struct doctor_finding *finding)
{
    snprintf(finding->why, sizeof finding->why, "%s: %s", error->operation, strerror(error->err));
    switch (item) {
    case DOCTOR_LOOPBACK:
        suggest(finding, "sudo ip link set lo up");
        explain_seccomp(settings, finding);
        break;
    case DOCTOR_SOCK_DIAG:
        suggest(finding, "sudo modprobe -a inet_diag tcp_diag");
        explain_seccomp(settings, finding);
        break;
    case DOCTOR_NAMESPACES:
        explain_namespaces(error, settings, finding);
        break;
    case DOCTOR_TUN:
        explain_tun(error, settings, finding);
        break;
    case DOCTOR_VETH:
        explain_veth(error, settings, finding);
        break;
    case DOCTOR_CAPTURE:
        explain_capture(settings, finding);
        break;
    case DOCTOR_TRACEPOINT:
        explain_tracepoint(error, settings, finding);
        break;
    case DOCTOR_MODEL:
    case DOCTOR_UTF8:
    case DOCTOR_TERMINAL:
    case DOCTOR_COLOURS:
    case DOCTOR_SIZE:
    case DOCTOR_NCURSES:
    case DOCTOR_COUNT:
        break;
    }
}

/* ---- the terminal */

static void explain_term(const struct screen_facts *facts, struct doctor_finding *finding)
{
    char term[64];
    if (!facts->term || !facts->term[0]) {
        snprintf(finding->why, sizeof finding->why, "%s", _("TERM is not set"));
    } else {
        snprintf(finding->why, sizeof finding->why,
                 _("TERM is %s: terminfo does not know it, or its cursor cannot be placed"),
                 escape_text((const uint8_t *)facts->term, strlen(facts->term), term, sizeof term));
        suggest(finding, "sudo apt install ncurses-term");
    }
    suggest(finding, "export TERM=xterm-256color");
}

void doctor_terminal(const struct screen_facts *facts, struct doctor_finding findings[DOCTOR_COUNT])
{
    struct doctor_finding *utf8 = &findings[DOCTOR_UTF8], *size = &findings[DOCTOR_SIZE];
    struct doctor_finding *terminal = &findings[DOCTOR_TERMINAL];
    struct doctor_finding *colours = &findings[DOCTOR_COLOURS];
    struct doctor_finding *library = &findings[DOCTOR_NCURSES];
    utf8->here = facts->is_utf8;
    if (!utf8->here) {
        snprintf(utf8->why, sizeof utf8->why, "%s", _("the locale is not UTF-8: ASCII is drawn"));
        suggest(utf8, "export LC_ALL=C.UTF-8");
    }
    terminal->here = facts->is_known && facts->is_terminal;
    if (!facts->is_known)
        explain_term(facts, terminal);
    else if (!facts->is_terminal)
        snprintf(terminal->why, sizeof terminal->why, "%s",
                 _("standard input and output are not a terminal"));
    colours->here = facts->colours >= 8;
    if (!colours->here) {
        snprintf(colours->why, sizeof colours->why, _("the terminal's description has %d"),
                 facts->colours);
        suggest(colours, "export TERM=xterm-256color");
    }
    size->here = facts->width >= LEAST_WIDTH && facts->height >= LEAST_HEIGHT;
    if (!size->here)
        snprintf(size->why, sizeof size->why, _("it is %d x %d"), facts->width, facts->height);
    library->here = true; /* it would not have been built with another one */
    snprintf(library->why, sizeof library->why, "%s", facts->library);
}
