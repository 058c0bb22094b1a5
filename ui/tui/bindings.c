/*
 * A list that is looked through; the table of commands says what may stand in it.
 */
#include "ui/tui/bindings.h"

#include "ui/escape.h"
#include "ui/text.h"
#include "ui/tui/command.h"

#include <stdio.h>
#include <string.h>

uint32_t key_of_name(const char *name)
{
    static const struct {
        const char *name;
        uint32_t key;
    } names[] = { { "space", ' ' },
                  { "enter", KEYS_ENTER },
                  { "esc", KEYS_ESCAPE },
                  { "tab", KEYS_TAB },
                  { "up", KEYS_UP },
                  { "down", KEYS_DOWN },
                  { "left", KEYS_LEFT },
                  { "right", KEYS_RIGHT },
                  { "home", KEYS_HOME },
                  { "end", KEYS_END },
                  { "pgup", KEYS_PAGE_UP },
                  { "pgdn", KEYS_PAGE_DOWN },
                  { "delete", KEYS_DELETE },
                  { "backspace", KEYS_BACKSPACE },
                  { "F1", '?' } };
    uint32_t code;
    size_t len = strlen(name);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i].name, name) == 0)
            return names[i].key;
    }
    bool one = len > 0 && utf8_decode((const uint8_t *)name, len, &code) == len;
    return one && code > ' ' && is_printable(code) ? code : KEYS_NONE;
}

static bool is_command(const char *line, char *wrong, size_t len)
{
    struct order order;
    const struct command_row *row = command_of_name(line, strlen(line));
    if (row && row->key)
        return true; /* as its own key does it */
    if (!order_read(line, &order, wrong, len))
        return false;
    if (order.command != STAGE_NOTHING)
        return true;
    snprintf(wrong, len, "%s", _("A key needs a command: x=states."));
    return false;
}

static struct binding *find(struct bindings *bindings, uint32_t key)
{
    for (unsigned i = 0; i < bindings->count; i++) {
        if (bindings->all[i].key == key)
            return &bindings->all[i];
    }
    return bindings->count < BINDINGS_MAX ? &bindings->all[bindings->count] : NULL;
}

bool bindings_add(struct bindings *bindings, const char *words, char *wrong, size_t len)
{
    const char *equals = words[0] ? strchr(words + 1, '=') : NULL; /* the key may be '=' */
    struct binding binding;
    if (!equals) {
        snprintf(wrong, len, _("'%s' is no key and its command, as x=states."), words);
        return false;
    }
    snprintf(binding.name, sizeof binding.name, "%.*s", (int)(equals - words), words);
    binding.key = key_of_name(binding.name);
    if (binding.key == KEYS_NONE || strlen(binding.name) != (size_t)(equals - words)) {
        snprintf(wrong, len,
                 _("There is no key '%.*s': a character, space, enter, tab, esc, up, down, left, "
                   "right, home, end, pgup, pgdn, delete or backspace."),
                 (int)(equals - words), words);
        return false;
    }
    if (strlen(equals + 1) >= sizeof binding.line) {
        snprintf(wrong, len, _("'%s' is too long for a key."), equals + 1);
        return false;
    }
    snprintf(binding.line, sizeof binding.line, "%s", equals + 1);
    if (!is_command(binding.line, wrong, len))
        return false;
    struct binding *to = find(bindings, binding.key);
    if (!to) {
        snprintf(wrong, len, _("%d keys are the most."), BINDINGS_MAX);
        return false;
    }
    bindings->count += to == &bindings->all[bindings->count];
    *to = binding;
    return true;
}

const struct binding *binding_of(const struct bindings *bindings, uint32_t key,
                                 enum stage_screen screen)
{
    const struct command_row *row = command_of_key(key, screen);
    bool menu = screen == SCREEN_LABS || screen == SCREEN_ACTS;
    if (!bindings || key == KEYS_NONE || (menu && row && row->screens))
        return NULL;
    for (unsigned i = 0; i < bindings->count; i++) {
        if (bindings->all[i].key == key)
            return &bindings->all[i];
    }
    return NULL;
}
