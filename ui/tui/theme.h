/*
 * How the inks look: on terminals of no, 8, 16 and 256 colours, dark and light. Pure tables, apart
 * from any terminal; docs/looks.md says why these colours.
 */
#ifndef UI_TUI_THEME_H
#define UI_TUI_THEME_H

#include "sim/state.h"
#include "ui/tui/grid.h"

enum theme {
    THEME_AUTO, /* by COLORFGBG; dark where that is not set */
    THEME_DARK, /* for a dark background */
    THEME_LIGHT,
    THEME_MONO, /* no colours, whatever the terminal can do */
    THEME_COUNT
};

enum paint_attribute {
    PAINT_BOLD = 1,
    PAINT_DIM = 2,
    PAINT_REVERSE = 4,
    PAINT_UNDERLINE = 8
};

struct paint {
    int16_t colour; /* of the letters: its number among the terminal's; -1: the terminal's own */
    uint8_t attributes; /* of paint_attribute */
};

/* How an ink looks on a terminal of so many colours. `theme` is not THEME_AUTO. */
struct paint theme_paint(enum theme theme, int colours, enum ink ink);

/* THEME_DARK or THEME_LIGHT by the value of COLORFGBG, as "15;0" or "0;default;15"; NULL: not
 * set. */
enum theme theme_by_colorfgbg(const char *value);

/* Names "auto", "dark", "light", "mono"; false: there is no such theme. */
bool theme_of_name(const char *name, enum theme *theme);
extern const char *const theme_names[THEME_COUNT];

/* Red, green and blue of a colour among the 256 of xterm, 16 =< colour =< 255: 0xrrggbb. */
uint32_t theme_rgb(int colour);

/* The group a state is of: INK_OPENING ... INK_CLOSED. */
enum ink ink_of_state(enum tcp_state state);

/* What a bar of such an ink is filled with, so that groups differ without colours: a character, of
 * which ascii_of() knows another one for each. */
uint32_t fill_of_ink(enum ink ink);

#endif
