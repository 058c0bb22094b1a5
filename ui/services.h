/*
 * What `tcpstep serve` can do with what its clients say. Each is a table of functions for
 * net/server.h; server_setup.of is a struct services.
 */
#ifndef UI_SERVICES_H
#define UI_SERVICES_H

#include "net/server.h"

struct services {
    bool quiet;     /* no line for who comes, what is said, who goes */
    bool said_once; /* service_once: the one message has come */
};

extern const struct service service_echo;    /* what comes goes back */
extern const struct service service_discard; /* what comes is thrown away */
extern const struct service service_once;    /* one message, which is printed; then the end */
extern const struct service service_print;   /* every message is printed */
extern const struct service service_room;    /* what one says, all others hear */

#endif
