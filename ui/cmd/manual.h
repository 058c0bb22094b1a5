/*
 * What `tcpstep manual` prints beside the manual page: completions of shells.
 */
#ifndef UI_CMD_MANUAL_H
#define UI_CMD_MANUAL_H

void complete_bash(void);
void complete_zsh(void);
void complete_fish(void);

#endif
