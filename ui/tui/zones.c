/*
 * A short list is enough.
 */
#include "ui/tui/zones.h"

#include <stdio.h>

void zones_clear(struct zones *zones)
{
    zones->count = 0;
    zones->lines = zones->shown = zones->rows = 0;
    zones->back = false;
}

void zones_add(struct zones *zones, struct rect at, const char *click, const char *twice)
{
    if (!zones || zones->count == ZONES_MAX)
        return;
    struct zone *zone = &zones->all[zones->count++];
    zone->at = at;
    snprintf(zone->click, sizeof zone->click, "%s", click);
    snprintf(zone->twice, sizeof zone->twice, "%s", twice);
}

void zones_extent(struct zones *zones, int lines, int shown, int rows)
{
    if (!zones)
        return;
    zones->lines = lines;
    zones->shown = shown;
    zones->rows = rows;
}

void zones_extent_back(struct zones *zones, int lines, int shown, int rows)
{
    zones_extent(zones, lines, shown, rows);
    if (zones)
        zones->back = true;
}

static bool is_in(const struct rect *at, int x, int y)
{
    return x >= at->x && x < at->x + at->width && y >= at->y && y < at->y + at->height;
}

const struct zone *zones_at(const struct zones *zones, int x, int y)
{
    for (unsigned i = zones->count; i-- > 0;) {
        if (is_in(&zones->all[i].at, x, y))
            return &zones->all[i];
    }
    return NULL;
}
