/*
 * Keys with another meaning than the table of commands has for them: "x = states".
 */
#ifndef UI_TUI_BINDINGS_H
#define UI_TUI_BINDINGS_H

#include "ui/tui/panels.h"

enum {
    BINDINGS_MAX = 32,
    BINDING_NAME_MAX = 12 /* octets of a key's name, with the final NUL */
};

struct binding {
    uint32_t key;
    char name[BINDING_NAME_MAX];
    char line[ZONE_WORDS_MAX]; /* the command */
};

struct bindings {
    struct binding all[BINDINGS_MAX];
    unsigned count;
};

/* A character, or a word as the help has it: space, enter, pgup; KEYS_NONE: there is no such key.
 */
uint32_t key_of_name(const char *name);

/* Takes "KEY=COMMAND"; the last one of a key counts. False: `wrong` says why. */
bool bindings_add(struct bindings *bindings, const char *words, char *wrong, size_t len);

/* What the key does on a screen; NULL: what it does by the table. What a menu needs of keys is the
 * menu's. */
const struct binding *binding_of(const struct bindings *bindings, uint32_t key,
                                 enum stage_screen screen);

#endif
