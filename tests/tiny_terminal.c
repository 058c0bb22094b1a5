/*
 * Octets to cells.
 */
#include "tests/tiny_terminal.h"

#include "ui/escape.h"
#include "ui/tui/grid.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tiny_begin(struct tiny_terminal *terminal, int width, int height)
{
    *terminal = (struct tiny_terminal){ .width = width, .height = height, .cursor = true };
    terminal->cells = calloc((size_t)width * (size_t)height, sizeof *terminal->cells);
    ck_assert_ptr_nonnull(terminal->cells);
}

void tiny_end(struct tiny_terminal *terminal)
{
    free(terminal->cells);
}

static void erase(struct tiny_terminal *terminal)
{
    for (int i = 0; i < terminal->width * terminal->height; i++)
        terminal->cells[i] = (struct tiny_cell){ .code = ' ' };
}

static void take_sgr(struct tiny_terminal *terminal, const char *parameters)
{
    ck_assert_msg(parameters[0] == '0' && (parameters[1] == ';' || parameters[1] == '\0'),
                  "SGR %s begins with no reset", parameters);
    snprintf(terminal->sgr, sizeof terminal->sgr, "%.20s",
             parameters[1] ? parameters + 2 : parameters + 1);
}

/* Returns the octets that it takes. */
static size_t take_control(struct tiny_terminal *terminal, const char *octets)
{
    char parameters[24];
    ck_assert_msg(octets[0] == '\x1b' && octets[1] == '[', "octet %#x", (unsigned)octets[0]);
    size_t len = strspn(octets + 2, "0123456789;?");
    ck_assert_uint_lt(len, sizeof parameters);
    memcpy(parameters, octets + 2, len);
    parameters[len] = '\0';
    char final = octets[2 + len];
    if (final == 'H')
        ck_assert_int_eq(sscanf(parameters, "%d;%d", &terminal->y, &terminal->x), 2);
    else if (final == 'J' && strcmp(parameters, "2") == 0)
        erase(terminal);
    else if (final == 'm')
        take_sgr(terminal, parameters);
    else if ((final == 'l' || final == 'h') && strcmp(parameters, "?25") == 0)
        terminal->cursor = final == 'h';
    else
        ck_abort_msg("CSI %s%c is not known", parameters, final);
    if (final == 'H') {
        terminal->x--;
        terminal->y--;
    }
    return 3 + len;
}

/* Half of a wide character that is written over leaves a blank. */
static void set_cell(struct tiny_terminal *terminal, uint32_t code)
{
    ck_assert(terminal->x >= 0 && terminal->x < terminal->width);
    ck_assert(terminal->y >= 0 && terminal->y < terminal->height);
    struct tiny_cell *cell = &terminal->cells[terminal->y * terminal->width + terminal->x];
    if (cell->code == 0 && code != 0 && terminal->x > 0)
        cell[-1].code = ' ';
    if (terminal->x + 1 < terminal->width && cell[1].code == 0)
        cell[1].code = ' ';
    cell->code = code;
    memcpy(cell->sgr, terminal->sgr, sizeof cell->sgr);
    terminal->x++;
}

void tiny_write(struct tiny_terminal *terminal, const char *octets)
{
    while (*octets) {
        uint32_t code;
        if ((unsigned char)*octets < 0x20) {
            octets += take_control(terminal, octets);
            continue;
        }
        size_t len = utf8_decode((const uint8_t *)octets, strlen(octets), &code);
        ck_assert_uint_gt(len, 0);
        char character[5];
        utf8_encode(code, character);
        set_cell(terminal, code);
        if (text_width(character) == 2)
            set_cell(terminal, 0);
        octets += len;
    }
}
