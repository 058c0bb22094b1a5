/*
 * The keys of the watch.
 */
#include "ui/tui/watch_keys.h"
#include "ui/text.h"

const struct watch_key_row watch_key_rows[] = {
    { KEYS_UP, 'k', WATCH_UP, N_("up"), NULL, N_("choose the connection above") },
    { KEYS_DOWN, 'j', WATCH_DOWN, N_("down"), NULL, N_("choose the connection below") },
    { KEYS_ENTER, '\n', WATCH_DETAIL, N_("enter"), N_("details"),
      N_("all that the kernel tells of the chosen connection, or no more") },
    { '/', KEYS_NONE, WATCH_FILTER, "/", N_("filter"),
      N_("only connections whose line has these letters; enter ends it, esc clears it") },
    { 's', KEYS_NONE, WATCH_SORT, "s", N_("sort"),
      N_("by the last change, state, local address, remote address or process") },
    { 'p', ' ', WATCH_PAUSE, "p", N_("pause"), N_("look no more, or again") },
    { '?', 'h', WATCH_HELP, "?", N_("help"), N_("this list") },
    { 'q', KEYS_NONE, WATCH_QUIT, "q", N_("quit"), N_("leave") },
    { KEYS_HOME, 'g', WATCH_FIRST, "g", NULL, N_("choose the first connection") },
    { KEYS_END, 'G', WATCH_LAST, "G", NULL, N_("choose the last connection") },
    { KEYS_ESCAPE, KEYS_NONE, WATCH_CLOSE, "esc", NULL,
      N_("close help and details, clear the filter") },
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
