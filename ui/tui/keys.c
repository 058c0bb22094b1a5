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
    { 'c', KEYS_NONE, STAGE_CORRUPT, "c", "corrupt",
      "let the wire change an octet of the chosen segment" },
    { 'o', KEYS_NONE, STAGE_REORDER, "o", "reorder",
      "let the chosen segment go behind the next one of its sender" },
    { 'l', KEYS_NONE, STAGE_DELAY, "l", "later",
      "let the chosen segment arrive half a second later" },
    { KEYS_ENTER, '\n', STAGE_DELIVER, "enter", "deliver",
      "deliver the chosen segment now, before the others" },
    { 'R', KEYS_NONE, STAGE_RESTART, "R", "restart", "begin the lab anew" },
    { KEYS_UP, 'k', STAGE_UP, "up down", NULL, "choose another segment, or another lab" },
    { KEYS_DOWN, 'j', STAGE_DOWN, "down", NULL, NULL },
    { KEYS_TAB, KEYS_NONE, STAGE_TAB, "tab", NULL,
      "on a narrow screen: wire, calls, variables, sockets in turn" },
    { '+', '=', STAGE_FASTER, "+ -", NULL, "run faster, slower" },
    { '-', KEYS_NONE, STAGE_SLOWER, "-", NULL, NULL },
    { KEYS_HOME, 'g', STAGE_FIRST, "g G", NULL, "go to the beginning, to the last step done" },
    { KEYS_END, 'G', STAGE_LAST, "G", NULL, NULL },
    { 'L', KEYS_NONE, STAGE_LARGE, "L", NULL, "large letters, for a projector, or back" },
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
