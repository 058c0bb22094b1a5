/*
 * The keys of the watch.
 */
#include "ui/tui/watch_keys.h"

const struct watch_key_row watch_key_rows[] = {
    { KEYS_UP, 'k', WATCH_UP, "up", NULL, "choose the connection above" },
    { KEYS_DOWN, 'j', WATCH_DOWN, "down", NULL, "choose the connection below" },
    { KEYS_ENTER, '\n', WATCH_DETAIL, "enter", "details",
      "all that the kernel tells of the chosen connection, or no more" },
    { '/', KEYS_NONE, WATCH_FILTER, "/", "filter",
      "only connections whose line has these letters; enter ends it, esc clears it" },
    { 's', KEYS_NONE, WATCH_SORT, "s", "sort",
      "by the last change, state, local address, remote address or process" },
    { 'p', ' ', WATCH_PAUSE, "p", "pause", "look no more, or again" },
    { '?', 'h', WATCH_HELP, "?", "help", "this list" },
    { 'q', KEYS_NONE, WATCH_QUIT, "q", "quit", "leave" },
    { KEYS_HOME, 'g', WATCH_FIRST, "g", NULL, "choose the first connection" },
    { KEYS_END, 'G', WATCH_LAST, "G", NULL, "choose the last connection" },
    { KEYS_ESCAPE, KEYS_NONE, WATCH_CLOSE, "esc", NULL,
      "close help and details, clear the filter" },
};

const size_t watch_key_row_count = sizeof watch_key_rows / sizeof watch_key_rows[0];

enum watch_command watch_command_of_key(uint32_t key)
{
    for (size_t i = 0; i < watch_key_row_count && key != KEYS_NONE; i++) {
        if (watch_key_rows[i].key == key || watch_key_rows[i].also == key)
            return watch_key_rows[i].command;
    }
    return WATCH_NOTHING;
}
