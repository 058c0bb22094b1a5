/*
 * Sizes, screens, steps.
 */
#include "ui/cmd/filming.h"

#include "net/clock.h"
#include "ui/args.h"
#include "ui/complain.h"
#include "ui/text.h"

#include <string.h>

enum {
    SIZE_MAX_CELLS = 1000,
    BUSY_PAUSE_USEC = 2000,
    STEPS_MAX = 1000000
};

bool take_size(const char *value, uint64_t *width, uint64_t *height)
{
    char columns[16] = "";
    const char *x = strchr(value, 'x');
    if (!x || (size_t)(x - value) >= sizeof columns) {
        complain(_("--size: '%s' is not WIDTHxHEIGHT, as 120x40"), value);
        return false;
    }
    memcpy(columns, value, (size_t)(x - value));
    return arg_number("size", columns, LEAST_WIDTH, SIZE_MAX_CELLS, width) &&
           arg_number("size", x + 1, LEAST_HEIGHT, SIZE_MAX_CELLS, height);
}

bool take_screen(const char *value, enum stage_screen *screen)
{
    for (unsigned i = 0; i < SCREEN_COUNT; i++) {
        if (screen_rows[i].name && strcmp(screen_rows[i].name, value) == 0) {
            *screen = (enum stage_screen)i;
            return true;
        }
    }
    complain(_("--screen: there is no '%s'"), value);
    return false;
}

bool step_to(struct session *session, uint64_t at)
{
    while (session_last_step(session) < at) {
        enum session_progress progress = session_step(session);
        if (progress == SESSION_OVER)
            return true;
        if (progress == SESSION_BUSY)
            clock_pause(BUSY_PAUSE_USEC);
        if (session_last_step(session) >= STEPS_MAX || session_trace(session)->full) {
            complain(_("stopped after %u steps: the lab has not come to its end"),
                     session_last_step(session));
            return false;
        }
    }
    return true;
}

struct film_setup film_of(const struct session *session, const struct loaded_lab *lab)
{
    return (struct film_setup){ .trace = session_trace(session),
                                .lab = &lab->lab,
                                .profile = session_profile(session),
                                .name = lab->name,
                                .last_step = session_last_step(session) };
}
