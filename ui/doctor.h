/*
 * What this machine allows of what tcpstep can do. Each thing is tried; settings are read only to
 * explain what failed, and to name the command that would allow it.
 */
#ifndef UI_DOCTOR_H
#define UI_DOCTOR_H

#include "net/error.h"
#include "ui/tui/screen.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum doctor_item {
    DOCTOR_MODEL,
    DOCTOR_LOOPBACK,
    DOCTOR_SOCK_DIAG,
    DOCTOR_NAMESPACES,
    DOCTOR_TUN,
    DOCTOR_VETH,
    DOCTOR_CAPTURE,
    DOCTOR_TRACEPOINT,
    DOCTOR_UTF8,
    DOCTOR_TERMINAL,
    DOCTOR_COLOURS,
    DOCTOR_SIZE,
    DOCTOR_NCURSES,
    DOCTOR_COUNT
};

enum {
    DOCTOR_TRIES_MAX = 4,
    DOCTOR_TEXT_MAX = 192,
    NO_SETTING = -1000 /* this kernel does not have it */
};

struct doctor_finding {
    bool here;
    char why[DOCTOR_TEXT_MAX];                        /* "" where there is nothing to say */
    char remedies[DOCTOR_TRIES_MAX][DOCTOR_TEXT_MAX]; /* commands, as typed; "" ends them */
};

/* What explains a failure. */
struct doctor_settings {
    int userns_clone;    /* kernel.unprivileged_userns_clone */
    int userns_max;      /* user.max_user_namespaces */
    int userns_apparmor; /* kernel.apparmor_restrict_unprivileged_userns */
    int paranoid;        /* kernel.perf_event_paranoid */
    bool has_tun_node;   /* /dev/net/tun */
    bool may_use_tun;    /* by the rights of its file */
    bool has_tracefs;    /* mounted where it is looked for */
    bool has_seccomp;    /* calls of this process are filtered */
    bool is_container;
    bool is_root;
    uint64_t capabilities;          /* that this process may use, a bit each */
    char self[DOCTOR_TEXT_MAX / 2]; /* this program's file */
};

/* The name of a thing, and what it is for: static. */
const char *doctor_name(enum doctor_item item);
const char *doctor_use(enum doctor_item item);

void doctor_settings_read(struct doctor_settings *settings);

/* Tries everything. */
void doctor_examine(struct doctor_finding findings[DOCTOR_COUNT]);

/* Says why an item of the machine failed and what would help: pure. */
void doctor_explain(enum doctor_item item, const struct net_error *error,
                    const struct doctor_settings *settings, struct doctor_finding *finding);

/* The items of the terminal: pure. */
void doctor_terminal(const struct screen_facts *facts,
                     struct doctor_finding findings[DOCTOR_COUNT]);

#endif
