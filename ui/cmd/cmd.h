/*
 * The commands of the program, a file each.
 */
#ifndef UI_CMD_CMD_H
#define UI_CMD_CMD_H

#include "ui/args.h"

extern const struct command_spec command_run;
extern const struct command_spec command_frame;
extern const struct command_spec command_export;
extern const struct command_spec command_rules;
extern const struct command_spec command_diagram;
extern const struct command_spec command_labs;
extern const struct command_spec command_drill;
extern const struct command_spec command_watch;
extern const struct command_spec command_doctor;
extern const struct command_spec command_open;
extern const struct command_spec command_serve;
extern const struct command_spec command_udp;
extern const struct command_spec command_connect;
extern const struct command_spec command_chat;
extern const struct command_spec command_manual;

/* All of them, ended by NULL. */
extern const struct command_spec *const commands[];

/* `tcpstep` with no command: the stage. argv holds options only. */
extern const struct command_spec command_stage;

#endif
