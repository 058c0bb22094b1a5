/*
 * The keys of the stage, the most important ones first: a narrow footer shows as many as fit.
 */
#include "ui/tui/keys.h"

const struct key_row key_rows[] = {
    { ' ', KEYS_RIGHT, STAGE_STEP, "space", "step",
      "do the next step: a call, a segment delivered, a timer" },
    { 'b', KEYS_LEFT, STAGE_BACK, "b", "back", "take the last step back" },
    { 'r', KEYS_NONE, STAGE_RUN, "r", "run", "run step after step, or pause" },
    { 'd', KEYS_NONE, STAGE_DROP, "d", "drop", "let the wire lose the chosen segment" },
    { 's', KEYS_NONE, STAGE_STATES, "s", "states", "the state diagram, or back to the stage" },
    { 'm', KEYS_NONE, STAGE_LABS, "m", "labs", "the menu of labs" },
    { '?', 'h', STAGE_HELP, "?", "help", "this list" },
    { 'q', KEYS_NONE, STAGE_QUIT, "q", "quit", "leave" },
    { 'u', KEYS_NONE, STAGE_DUPLICATE, "u", "duplicate",
      "let the wire make a copy of the chosen segment" },
    { 'w', KEYS_NONE, STAGE_HOLD, "w", "hold",
      "let the wire hold the chosen segment back, or release it" },
    { KEYS_ENTER, '\n', STAGE_DELIVER, "enter", "deliver",
      "deliver the chosen segment now, before the others" },
    { 'R', KEYS_NONE, STAGE_RESTART, "R", "restart", "begin the lab anew, on both lanes" },
    { KEYS_UP, 'k', STAGE_UP, "up", NULL, "choose the segment above, or the lab above" },
    { KEYS_DOWN, 'j', STAGE_DOWN, "down", NULL, "choose the segment below, or the lab below" },
    { KEYS_TAB, KEYS_NONE, STAGE_TAB, "tab", NULL,
      "on a narrow screen: wire, calls, variables, sockets in turn" },
    { '+', '=', STAGE_FASTER, "+", NULL, "run faster" },
    { '-', KEYS_NONE, STAGE_SLOWER, "-", NULL, "run slower" },
    { KEYS_HOME, 'g', STAGE_FIRST, "g", NULL, "go to the beginning" },
    { KEYS_END, 'G', STAGE_LAST, "G", NULL, "go to the last step done" },
    { KEYS_ESCAPE, KEYS_NONE, STAGE_CLOSE, "esc", NULL, "close help, menu or diagram" },
};

const size_t key_row_count = sizeof key_rows / sizeof key_rows[0];

enum stage_command command_of_key(uint32_t key)
{
    for (size_t i = 0; i < key_row_count && key != KEYS_NONE; i++) {
        if (key_rows[i].key == key || key_rows[i].also == key)
            return key_rows[i].command;
    }
    return STAGE_NOTHING;
}
