/*
 * Runs packetdrill scripts against a host of the model, in virtual time: the script is the wire,
 * the peer and the program; the host is what is judged.
 */
#ifndef UI_DRILL_DRILL_H
#define UI_DRILL_DRILL_H

#include "sim/event.h"
#include "sim/profile.h"

enum drill_outcome {
    DRILL_PASSED,
    DRILL_FAILED,
    DRILL_SKIPPED /* it needs something that the model does not have */
};

enum {
    DRILL_WORDS = 400
};

struct drill_options {
    const struct profile *profile; /* NULL: as the settings that the script names have it */
    struct sink ladder;            /* hears of all that happens; emit may be NULL */
};

/* Why a script has not passed. All texts are printable. */
struct drill_report {
    uint32_t line; /* of the script; 0: the whole of it */
    char what[DRILL_WORDS];
    char expected[DRILL_WORDS], got[DRILL_WORDS]; /* "" where there is nothing to compare */
    char skipped[DRILL_WORDS]; /* commands and settings that have no meaning here, each once */
};

/* `path` is where the script was read from: commands in it name files beside it. */
enum drill_outcome drill_run(const char *path, const char *text, size_t len,
                             const struct drill_options *options, struct drill_report *report);

#endif
