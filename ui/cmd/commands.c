/*
 * The list of commands.
 */
#include "ui/cmd/cmd.h"

#include <stddef.h>

const struct command_spec *const commands[] = {
    &command_run,    &command_frame,  &command_labs,  &command_rules, &command_drill,
    &command_watch,  &command_open,   &command_serve, &command_get,   &command_send,
    &command_doctor, &command_manual, NULL,
};
