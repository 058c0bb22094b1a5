/*
 * How the control bits of a segment are written.
 */
#include "sim/segment.h"

#include <stdio.h>

char *flags_text(unsigned flags, char *text, size_t len)
{
    static const struct {
        unsigned bit;
        const char *name;
    } bits[] = { { SYN, "SYN" }, { FIN, "FIN" }, { RST, "RST" },
                 { PSH, "PSH" }, { ACK, "ACK" }, { URG, "URG" } };
    size_t used = 0;
    snprintf(text, len, "none");
    for (size_t i = 0; i < sizeof bits / sizeof bits[0] && used < len; i++) {
        if (flags & bits[i].bit)
            used +=
                (size_t)snprintf(text + used, len - used, "%s%s", used ? "," : "", bits[i].name);
    }
    return text;
}
