/*
 * What `tcpstep serve` can do with what its clients say. Each is a table of functions for
 * net/server.h; server_setup.of is a struct services.
 */
#ifndef UI_SERVICES_H
#define UI_SERVICES_H

#include "net/files.h"
#include "net/server.h"
#include "ui/outlet.h"
#include "ui/room.h"

struct services {
    bool quiet;              /* no line for who comes and who goes */
    bool said_once;          /* service_once: the one message has come */
    const char *encoding;    /* of what is printed; NULL: UTF-8 */
    struct outlet *outlet;   /* where lines go */
    unsigned long not_shown; /* lines that nobody took in time */
    struct room room;
};

extern const struct service service_echo;    /* what comes goes back */
extern const struct service service_discard; /* what comes is thrown away */
extern const struct service service_once;    /* one message, which is printed; then the end */
extern const struct service service_print;   /* every message is printed */
extern const struct service service_room;    /* what one says, all others hear */

/* A line for whoever runs the server. Where nobody takes the lines they are counted instead, and
 * said so later: the clients wait for no terminal. */
void services_say(struct services *services, const char *line);
/* Says how many lines were not shown, once there is room again. */
void services_tick(struct services *services);
/* A line for each answer of service_files: files->tell; files->to is a struct services. */
void service_files_tell(void *services, const struct files_told *told);

#endif
