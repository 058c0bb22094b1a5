/*
 * One table of keys: it turns keys into commands, draws the footer and writes the help.
 */
#ifndef UI_TUI_KEYS_H
#define UI_TUI_KEYS_H

#include <stddef.h>
#include <stdint.h>

/* Keys: a character, or one of these. */
enum key {
    KEYS_NONE = 0, /* nothing was pressed in time */
    KEYS_ENTER = '\r',
    KEYS_ESCAPE = 0x1b,
    KEYS_UP = 0x110000,
    KEYS_DOWN,
    KEYS_LEFT,
    KEYS_RIGHT,
    KEYS_HOME,
    KEYS_END,
    KEYS_TAB,
    KEYS_BACKSPACE,
    KEYS_RESIZE, /* the terminal has another size */
    KEYS_HANGUP  /* the terminal is gone, or a signal asks to end */
};

enum stage_command {
    STAGE_NOTHING,
    STAGE_STEP,
    STAGE_BACK,
    STAGE_RUN,
    STAGE_FASTER,
    STAGE_SLOWER,
    STAGE_DROP,
    STAGE_DUPLICATE,
    STAGE_HOLD,
    STAGE_CORRUPT,
    STAGE_REORDER,
    STAGE_DELAY,
    STAGE_DELIVER,
    STAGE_UP,
    STAGE_DOWN,
    STAGE_FIRST,
    STAGE_LAST,
    STAGE_STATES,
    STAGE_LARGE,
    STAGE_TAB,
    STAGE_LABS,
    STAGE_RESTART,
    STAGE_HELP,
    STAGE_CLOSE,
    STAGE_QUIT
};

struct key_row {
    uint32_t key, also; /* also: another key for the same, or KEYS_NONE */
    enum stage_command command;
    const char *label;  /* how the keys are called */
    const char *footer; /* a word or two; NULL: in the help only */
    const char *help;   /* NULL: it stands with the row before it */
};

extern const struct key_row key_rows[];
extern const size_t key_row_count;

enum stage_command command_of_key(uint32_t key);

#endif
