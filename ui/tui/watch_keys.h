/*
 * The keys of the watch: one table that dispatches, draws the footer and writes the help.
 */
#ifndef UI_TUI_WATCH_KEYS_H
#define UI_TUI_WATCH_KEYS_H

#include "ui/tui/keys.h"

enum watch_command {
    WATCH_NOTHING,
    WATCH_UP,
    WATCH_DOWN,
    WATCH_FIRST,
    WATCH_LAST,
    WATCH_DETAIL,
    WATCH_FILTER,
    WATCH_SORT,
    WATCH_PAUSE,
    WATCH_HELP,
    WATCH_CLOSE,
    WATCH_QUIT
};

struct watch_key_row {
    uint32_t key, also;
    enum watch_command command;
    const char *label, *footer, *help; /* as in struct key_row */
};

extern const struct watch_key_row watch_key_rows[];
extern const size_t watch_key_row_count;

enum watch_command watch_command_of_key(uint32_t key);

#endif
