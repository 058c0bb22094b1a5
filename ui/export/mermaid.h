/*
 * The ladder as a sequence diagram in the language of Mermaid (https://mermaid.js.org), which many
 * wikis and forges draw.
 */
#ifndef UI_EXPORT_MERMAID_H
#define UI_EXPORT_MERMAID_H

#include "ui/export/arrows.h"

#include <stdio.h>

enum {
    MERMAID_ARROWS_MAX = 400 /* what Mermaid takes as it comes: 50,000 characters */
};

bool mermaid_write(const struct arrows *arrows, const struct arrows_about *about, FILE *to);

#endif
