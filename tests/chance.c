/*
 * The model, with and without Linux's timer wheel, at some moments of its clock, and with what a
 * kernel needs to hand a segment on.
 */
#include "tests/chance.h"

#include "tests/duel.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TICK_USEC = 4000, /* of a kernel with 250 a second, as distributions have it */
    HOP_MSEC = 2,     /* by which a kernel's segment is later than the model's, at most */
    SLOWER_MSEC = 3,
    SLOWER_TIMES = 6 /* after which it would be as slow as a delayed ACK */
};

/* When a scenario begins, in ms: a tick may be over soon, or not, and so may coarser ones. */
static const unsigned begins[] = { 0, 3, 21, 117, 250 };

/* The same, begun so much later. */
static bool begun_later(const char *text, unsigned msec, char later[static SCENARIO_LEN_MAX])
{
    const char *heading = strstr(text, "\n\n");
    if (!heading)
        return false;
    int len = snprintf(later, SCENARIO_LEN_MAX, "%.*s\n\nwait %u ms\n%s", (int)(heading - text),
                       text, msec, heading + 2);
    return len > 0 && len < SCENARIO_LEN_MAX;
}

static bool goes_otherwise(const char *text, const char *other, const struct settings *late,
                           const char *profile)
{
    struct duel duel;
    struct duel_setup setup = { .source = { text, other },
                                .settings = { [LANE_KERNEL] = late },
                                .profile = profile,
                                .seed = { 1, 1 },
                                .ends = true };
    bool ran = duel_run(&duel, &setup, NULL);
    assert(ran && "a scenario is a lab");
    bool differs = duel.found->difference_count > 0;
    duel_end(&duel);
    return differs;
}

bool chance_decides(const char *text, const char *profile)
{
    struct settings late = profile_find(profile)->set;
    char *one = malloc(SCENARIO_LEN_MAX), *other = malloc(SCENARIO_LEN_MAX);
    bool decides = false;
    late.tick_usec = TICK_USEC;
    assert(one && other);
    for (size_t i = 0; !decides && i < sizeof begins / sizeof begins[0]; i++) {
        bool fits = begun_later(text, begins[i], one);
        assert(fits && "there is room for a line more");
        strcpy(other, one);
        decides = goes_otherwise(one, one, &late, profile);
        scenario_slow_down(other, HOP_MSEC);
        decides = decides || goes_otherwise(one, other, &late, profile);
    }
    free(one);
    free(other);
    return decides;
}

unsigned chance_avoid(char text[static SCENARIO_LEN_MAX], const char *profile)
{
    char *slower = malloc(SCENARIO_LEN_MAX);
    unsigned times = 0;
    if (!slower)
        return 0;
    strcpy(slower, text);
    while (times < SLOWER_TIMES && chance_decides(slower, profile)) {
        scenario_slow_down(slower, SLOWER_MSEC);
        times++;
    }
    if (times < SLOWER_TIMES)
        strcpy(text, slower);
    free(slower);
    return times < SLOWER_TIMES ? times : 0;
}
