/*
 * What the commands that draw frames without a terminal share: how they are asked for, and the run
 * that is drawn.
 */
#ifndef UI_CMD_FILMING_H
#define UI_CMD_FILMING_H

#include "net/session.h"
#include "ui/export/film.h"
#include "ui/labs.h"

/* Of "--size WxH" and "--screen NAME". False: a complaint was printed. */
bool take_size(const char *value, uint64_t *width, uint64_t *height);
bool take_screen(const char *value, enum stage_screen *screen);

/* What --screen takes, for --help. */
#define SCREEN_HELP_WORDS                                                                          \
    N_("stage (default), states, segment, sequence, sockets, hosts, trace, lesson")

/* Steps up to `at`, or to the end where that is later than there is. False: that is not to be had,
 * and a complaint was printed. */
bool step_to(struct session *session, uint64_t at);

/* A film of the session as it stands; to be completed with size and form. */
struct film_setup film_of(const struct session *session, const struct loaded_lab *lab);

#endif
