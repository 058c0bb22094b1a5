/*
 * Which lab is on the stage, on which lanes, by which profile and seed; and its files.
 */
#include "ui/tui/stage_end.h"
#include "ui/tui/stage_parts.h"

#include "ui/complain.h"
#include "ui/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_SPEED = 2
};

/* The run's options with words of our own. */
static void take_options(struct stage *stage, const struct run_options *run)
{
    stage->run = *run;
    snprintf(stage->lanes, sizeof stage->lanes, "%s", run->lanes);
    stage->run.lanes = stage->lanes;
    if (!run->profile)
        return;
    snprintf(stage->profile, sizeof stage->profile, "%s", run->profile);
    stage->run.profile = stage->profile;
}

struct stage *stage_new(const struct stage_setup *setup, int *status)
{
    struct net_error error;
    struct stage *stage = calloc(1, sizeof *stage);
    *status = STATUS_NOT_ALLOWED;
    if (!stage || !catalogue_make(&stage->catalogue)) {
        complain(_("out of memory"));
        lab_unload(setup->lab);
        free(stage);
        return NULL;
    }
    stage->setup = setup;
    stage->lab = setup->lab;
    stage->speed = setup->speed > 0 ? setup->speed - 1 : FIRST_SPEED;
    stage->wants_mouse = !setup->no_mouse;
    stage->picture.running = setup->run_at_once;
    stage->picture.screen = setup->screen;
    stage->picture.view = &stage->view;
    take_options(stage, setup->run);
    stage->session =
        setup->session ? setup->session : run_options_open(&stage->run, &stage->lab->lab, &error);
    if (stage->session)
        return stage;
    *status = run_options_complain(&error);
    stage_free(stage);
    return NULL;
}

void stage_forget_trace(struct stage *stage)
{
    view_cache_clear(&stage->views);
    history_reset(&stage->history);
    event_list_reset(&stage->list);
    stage->behind = false;
}

void stage_free(struct stage *stage)
{
    stage_forget_trace(stage);
    if (stage->session)
        session_close(stage->session);
    lab_unload(stage->lab);
    free(stage);
}

/* Another lab or the same again, with these options; the one before goes on if that fails. */
static bool begin(struct stage *stage, struct loaded_lab *lab, const struct run_options *run)
{
    struct net_error error = { .err = ENOMEM, .operation = "a lab" };
    struct session *session = run_options_open(run, &lab->lab, &error);
    if (!session) {
        stage_tell(stage, _("Not begun: %s: %s."), error.operation, strerror(error.err));
        if (lab != stage->lab)
            lab_unload(lab);
        return false;
    }
    stage_forget_trace(stage);
    session_close(stage->session);
    if (stage->lab != lab)
        lab_unload(stage->lab);
    stage->lab = lab;
    stage->session = session;
    stage->at = 0;
    stage->busy = false;
    stage->seek.on = false;
    stage->picture.chosen = 0;
    memset(stage->picture.looks, 0, sizeof stage->picture.looks);
    return true;
}

void stage_begin_lab(struct stage *stage, const char *name)
{
    char why[MESSAGE_MAX];
    int status;
    struct loaded_lab *lab = lab_try(name, &status, why, sizeof why);
    if (!lab)
        stage_tell(stage, "%s", why);
    else if (begin(stage, lab, &stage->run))
        stage->picture.screen = SCREEN_STAGE;
}

void stage_begin_anew(struct stage *stage)
{
    begin(stage, stage->lab, &stage->run);
}

void stage_set_lanes(struct stage *stage, const char *words)
{
    static const char *const names[] = { "model", "kernel", "both", "loopback" };
    struct run_options run = stage->run;
    char copy[LANES_WORDS_MAX];
    snprintf(copy, sizeof copy, "%s", words);
    if (!run_options_lanes(&run, copy)) {
        const char *near = nearest_word(words, names, sizeof names / sizeof names[0]);
        stage_tell(stage,
                   near ? _("'%s' is no lane; did you mean '%s'?")
                        : _("'%s' is no lane: model, kernel, both, loopback, A=model,B=kernel."),
                   words, near);
        return;
    }
    if (!begin(stage, stage->lab, &run))
        return;
    memcpy(stage->lanes, copy, sizeof stage->lanes);
    run.lanes = stage->lanes;
    stage->run = run;
    stage_report(stage, _("%s begins anew, on %s."), stage->lab->name, stage->lanes);
}

void stage_set_profile(struct stage *stage, const char *words)
{
    char before[PROFILE_WORDS_MAX];
    struct run_options run = stage->run;
    memcpy(before, stage->profile, sizeof before);
    snprintf(stage->profile, sizeof stage->profile, "%s", words); /* the session points there */
    run.profile = stage->profile;
    if (!begin(stage, stage->lab, &run)) {
        memcpy(stage->profile, before, sizeof before);
        return;
    }
    stage->run = run;
    stage_report(stage, _("%s begins anew, the model by '%s'."), stage->lab->name, stage->profile);
}

void stage_set_seed(struct stage *stage, uint64_t seed)
{
    struct run_options run = stage->run;
    run.seed = seed;
    if (!begin(stage, stage->lab, &run))
        return;
    stage->run = run;
    stage_report(stage, _("%s begins anew, with the seed %llu."), stage->lab->name,
                 (unsigned long long)seed);
}

void stage_write_file(struct stage *stage, const char *path)
{
    if (stage_write(path, &stage->run, stage->lab, stage->session))
        stage_report(stage, _("Written: %s."), path);
    else
        stage_tell(stage, _("Not written: %s: %s."), path,
                   errno ? strerror(errno) : _("it is not whole"));
}
