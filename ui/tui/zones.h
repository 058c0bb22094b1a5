/*
 * What is where on the screen, for the mouse; and how far a screen goes, for scrolling. Panels tell
 * it while they draw.
 */
#ifndef UI_TUI_ZONES_H
#define UI_TUI_ZONES_H

#include "ui/tui/grid.h"

enum {
    ZONES_MAX = 640, /* a time line has one for each column */
    ZONE_WORDS_MAX = 64
};

/* A place, and the command lines that a click and a second click there stand for. */
struct zone {
    struct rect at;
    char click[ZONE_WORDS_MAX], twice[ZONE_WORDS_MAX]; /* "": nothing */
};

struct zones {
    unsigned count;
    struct zone all[ZONES_MAX];
    /* Of the screen shown; all 0: it does not tell. */
    int lines; /* whether there is room for them or not */
    int shown; /* of them at a time */
    int rows;  /* that can be chosen, of which up and down choose one; 0: none, they scroll */
    bool back; /* rows, or lines where there are no rows, count back from the last one */
};

void zones_clear(struct zones *zones);

/* Nothing happens where zones is NULL, or full. */
void zones_add(struct zones *zones, struct rect at, const char *click, const char *twice);
void zones_extent(struct zones *zones, int lines, int shown, int rows);
void zones_extent_back(struct zones *zones, int lines, int shown, int rows);

/* The last one added that is there; NULL: none. */
const struct zone *zones_at(const struct zones *zones, int x, int y);

#endif
