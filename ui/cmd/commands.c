/*
 * The list of commands.
 */
#include "ui/cmd/cmd.h"

#include <stddef.h>

const struct command_spec *const commands[] = {
    &command_run,   &command_frame,   &command_export,  &command_labs,
    &command_rules, &command_diagram, &command_drill,   &command_watch,
    &command_open,  &command_serve,   &command_connect, &command_chat,
    &command_udp,   &command_doctor,  &command_manual,  NULL,
};
