/*
 * Colours, told apart by people with each of the three kinds of colour blindness.
 */
#include "ui/tui/theme.h"

#include <stdlib.h>
#include <string.h>

enum {
    FEW = 8,
    SOME = 16,
    MANY = 256,
    OWN = -1 /* the terminal's own colour */
};

/* The eight colours as ECMA-48 counts them; those from 8 on are the bright ones. */
enum {
    RED = 1,
    YELLOW = 3,
    BLUE,
    MAGENTA,
    CYAN,
    BRIGHT = 8
};

/* A row has the colours of 8, 16 and 256, dark and light. */
struct look_row {
    struct {
        int16_t few, some, many;
    } dark, light;
    uint8_t attributes; /* always */
    uint8_t mono;       /* and these where there are no colours */
};

static const struct look_row rows[INK_COUNT] = {
    [INK_PLAIN] = { { OWN, OWN, OWN }, { OWN, OWN, OWN }, 0, 0 },
    [INK_FAINT] = { { OWN, OWN, 246 }, { OWN, OWN, 241 }, 0, PAINT_DIM },
    [INK_STRONG] = { { OWN, OWN, OWN }, { OWN, OWN, OWN }, PAINT_BOLD, 0 },
    [INK_TITLE] = { { OWN, OWN, OWN }, { OWN, OWN, OWN }, PAINT_REVERSE, 0 },
    [INK_MODEL] = { { CYAN, BRIGHT + CYAN, 39 }, { BLUE, BLUE, 25 }, 0, 0 },
    [INK_KERNEL] = { { YELLOW, YELLOW, 214 }, { MAGENTA, YELLOW, 130 }, 0, 0 },
    [INK_WIRE] = { { OWN, BRIGHT + YELLOW, 230 }, { OWN, MAGENTA, 93 }, 0, 0 },
    [INK_CHOSEN] = { { OWN, OWN, OWN }, { OWN, OWN, OWN }, PAINT_REVERSE, PAINT_BOLD },
    [INK_GOOD] = { { CYAN, BRIGHT + CYAN, 39 }, { BLUE, BLUE, 25 }, 0, 0 },
    [INK_BAD] = { { RED, BRIGHT + RED, 203 }, { RED, RED, 161 }, PAINT_BOLD, PAINT_UNDERLINE },
    [INK_KEY] = { { OWN, OWN, OWN }, { OWN, OWN, OWN }, PAINT_BOLD, 0 },
    [INK_OPENING] = { { YELLOW, BRIGHT + YELLOW, 227 }, { YELLOW, YELLOW, 94 }, 0, 0 },
    [INK_OPEN] = { { CYAN, BRIGHT + BLUE, 33 }, { BLUE, BLUE, 25 }, 0, PAINT_BOLD },
    [INK_CLOSING] = { { RED, BRIGHT + RED, 208 }, { RED, RED, 52 }, 0, PAINT_UNDERLINE },
    [INK_WAITING] = { { MAGENTA, BRIGHT + MAGENTA, 176 }, { MAGENTA, MAGENTA, 129 }, 0, 0 },
    [INK_CLOSED] = { { OWN, OWN, 245 }, { OWN, OWN, 240 }, 0, PAINT_DIM },
};

const char *const theme_names[THEME_COUNT] = {
    [THEME_AUTO] = "auto", [THEME_DARK] = "dark", [THEME_LIGHT] = "light", [THEME_MONO] = "mono"
};

struct paint theme_paint(enum theme theme, int colours, enum ink ink)
{
    const struct look_row *row = &rows[ink];
    struct paint paint = { .colour = OWN, .attributes = row->attributes };
    bool light = theme == THEME_LIGHT;
    if (theme == THEME_MONO || colours < FEW) {
        paint.attributes |= row->mono;
        return paint;
    }
    if (colours >= MANY)
        paint.colour = light ? row->light.many : row->dark.many;
    else if (colours >= SOME)
        paint.colour = light ? row->light.some : row->dark.some;
    else
        paint.colour = light ? row->light.few : row->dark.few;
    if (paint.colour == OWN)
        paint.attributes |= row->mono;
    return paint;
}

enum theme theme_by_colorfgbg(const char *value)
{
    const char *behind = value ? strrchr(value, ';') : NULL;
    char *end;
    if (!behind || !behind[1])
        return THEME_DARK;
    long background = strtol(behind + 1, &end, 10);
    bool light = *end == '\0' && (background == 7 || (background > 8 && background < SOME));
    return light ? THEME_LIGHT : THEME_DARK;
}

bool theme_of_name(const char *name, enum theme *theme)
{
    for (unsigned i = 0; i < THEME_COUNT; i++) {
        if (strcmp(theme_names[i], name) == 0) {
            *theme = (enum theme)i;
            return true;
        }
    }
    return false;
}

uint32_t theme_rgb(int colour)
{
    static const uint8_t levels[] = { 0, 95, 135, 175, 215, 255 };
    uint32_t index = (uint32_t)colour - 16;
    if (colour >= 232)
        return (8 + 10 * ((uint32_t)colour - 232)) * 0x010101u;
    return (uint32_t)levels[index / 36 % 6] << 16 | (uint32_t)levels[index / 6 % 6] << 8 |
           levels[index % 6];
}

enum ink ink_of_state(enum tcp_state state)
{
    switch (state) {
    case SYN_SENT:
    case SYN_RECEIVED:
        return INK_OPENING;
    case ESTABLISHED:
        return INK_OPEN;
    case FIN_WAIT_1:
    case FIN_WAIT_2:
    case CLOSE_WAIT:
    case CLOSING:
    case LAST_ACK:
        return INK_CLOSING;
    case TIME_WAIT:
        return INK_WAITING;
    case CLOSED:
    case LISTEN:
    case TCP_STATE_COUNT:
        break;
    }
    return INK_CLOSED;
}

uint32_t fill_of_ink(enum ink ink)
{
    switch (ink) {
    case INK_OPENING:
        return 0x2591; /* light shade */
    case INK_OPEN:
        return 0x2588; /* full block */
    case INK_CLOSING:
        return 0x2593; /* dark shade */
    case INK_WAITING:
        return 0x2592; /* medium shade */
    case INK_PLAIN:
    case INK_FAINT:
    case INK_STRONG:
    case INK_TITLE:
    case INK_MODEL:
    case INK_KERNEL:
    case INK_WIRE:
    case INK_CHOSEN:
    case INK_GOOD:
    case INK_BAD:
    case INK_KEY:
    case INK_CLOSED:
    case INK_COUNT:
        break;
    }
    return 0x00b7;
}
