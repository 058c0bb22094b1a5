/*
 * The command whose connections are watched.
 */
#ifndef UI_WATCH_CHILD_H
#define UI_WATCH_CHILD_H

#include "net/error.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct watch_child {
    pid_t pid;
    bool over;
    int status; /* as a shell has it: 128 + n after signal n */
};

/* Starts a command with this mask of signals. What its descendants leave behind becomes ours, so
 * that they stay known. False: `error`; errno of exec too. */
bool watch_child_start(struct watch_child *child, char **argv, const sigset_t *mask,
                       struct net_error *error);

/* Takes in who has ended. */
void watch_child_reap(struct watch_child *child);

#endif
