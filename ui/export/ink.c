/*
 * Blue and orange, which most colour-blind people tell apart; each at least 4.5 : 1 on its paper.
 */
#include "ui/export/ink.h"

#include <string.h>

const char *const ink_paper[2] = { "#ffffff", "#14181d" };

const struct ink_look ink_looks[INK_COUNT] = {
    [INK_PLAIN] = { "plain", "#1f2328", "#dce3ea", false, false, "" },
    [INK_FAINT] = { "faint", "#5f6771", "#8b96a3", false, false, "2" },
    [INK_STRONG] = { "strong", "#000000", "#ffffff", true, false, "1" },
    [INK_TITLE] = { "title", "#1f2328", "#dce3ea", false, true, "7" },
    [INK_MODEL] = { "model", "#0059b3", "#4db2ff", false, false, "38;5;39" },
    [INK_KERNEL] = { "kernel", "#a34700", "#ff9440", false, false, "38;5;208" },
    [INK_WIRE] = { "wire", "#7a5b00", "#ffd633", false, false, "38;5;220" },
    [INK_CHOSEN] = { "chosen", "#1f2328", "#dce3ea", false, true, "7" },
    [INK_GOOD] = { "good", "#0059b3", "#4db2ff", false, false, "38;5;39" },
    [INK_BAD] = { "bad", "#c4002b", "#ff6680", true, false, "1;38;5;197" },
    [INK_KEY] = { "key", "#000000", "#ffffff", true, false, "1" },
    [INK_OPENING] = { "opening", "#7a5b00", "#ffd633", false, false, "38;5;227" },
    [INK_OPEN] = { "open", "#0059b3", "#4db2ff", false, false, "38;5;33" },
    [INK_CLOSING] = { "closing", "#a34700", "#ff9440", false, false, "38;5;208" },
    [INK_WAITING] = { "waiting", "#7d2aa8", "#d28cff", false, false, "38;5;176" },
    [INK_CLOSED] = { "closed", "#5f6771", "#8b96a3", false, false, "38;5;245" },
};

static void write_rules(const char *selector, const char *property, unsigned dark, FILE *to)
{
    bool fill = strcmp(property, "fill") == 0;
    for (unsigned i = 0; i < INK_COUNT; i++) {
        const struct ink_look *look = &ink_looks[i];
        const char *own = dark ? look->dark : look->light;
        const char *colour = look->reverse ? ink_paper[dark] : own;
        fprintf(to, "%s .%s{%s:%s%s}\n", selector, look->name, property, colour,
                look->bold && !dark ? ";font-weight:bold" : "");
        if (look->reverse)
            fprintf(to, "%s .%s%s{%s:%s}\n", selector, fill ? "on-" : "", look->name,
                    fill ? "fill" : "background", own);
    }
}

void ink_css(const char *selector, const char *property, FILE *to)
{
    write_rules(selector, property, 0, to);
    fprintf(to, "@media (prefers-color-scheme:dark){\n");
    write_rules(selector, property, 1, to);
    fprintf(to, "}\n");
}
