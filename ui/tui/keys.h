/*
 * Keys, as the screen reads them; what they do says ui/tui/command.h.
 */
#ifndef UI_TUI_KEYS_H
#define UI_TUI_KEYS_H

#include <stdbool.h>
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
    KEYS_PAGE_UP,
    KEYS_PAGE_DOWN,
    KEYS_TAB,
    KEYS_BACK_TAB,
    KEYS_BACKSPACE,
    KEYS_DELETE,
    KEYS_MOUSE, /* where and what: struct mouse */
    KEYS_PASTE, /* from here on to KEYS_PASTE_END characters are pasted, not pressed */
    KEYS_PASTE_END,
    KEYS_RESIZE, /* the terminal has another size */
    KEYS_HANGUP  /* the terminal is gone, or a signal asks to end */
};

/* Ctrl and a letter, as terminals send it. */
enum {
    KEYS_CTRL_A = 1,
    KEYS_CTRL_D = 4,
    KEYS_CTRL_E = 5,
    KEYS_CTRL_K = 11,
    KEYS_CTRL_U = 21,
    KEYS_CTRL_W = 23
};

enum mouse_act {
    MOUSE_CLICK,
    MOUSE_TWICE, /* a second click at the same place, at once */
    MOUSE_WHEEL_UP,
    MOUSE_WHEEL_DOWN
};

struct mouse {
    int x, y;
    enum mouse_act act;
};

#endif
