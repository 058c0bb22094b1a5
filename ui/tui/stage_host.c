/*
 * Calls and settings by hand: done, or refused with the reason.
 */
#include "ui/tui/stage_parts.h"

#include "sim/sysctl.h"
#include "ui/complain.h"
#include "ui/escape.h"
#include "ui/text.h"

#include <stdio.h>
#include <string.h>

enum {
    NAMES_MAX = 256
};

/* The setting, of either kind, that looks most like it. */
static const char *nearest_setting(const char *name)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < tcp_setting_count && count < NAMES_MAX; i++)
        names[count++] = tcp_settings[i].name;
    const char *near = nearest_word(name, names, count);
    return near ? near : sysctl_nearest(name, strlen(name));
}

static void refuse(struct stage *stage, enum user_outcome outcome, const char *words)
{
    switch (outcome) {
    case USER_DONE:
    case USER_NOT_READ: /* told where it is known why */
        break;
    case USER_STEP_UNDER_WAY:
        stage_tell(stage, "%s", _("A step is under way and waits for real time; a moment."));
        break;
    case USER_NO_SOCKET:
        stage_tell(stage, "%s",
                   _("No call has made that socket yet; a (act) lists those there are."));
        break;
    case USER_NO_SETTING:
        stage_tell(stage, _("There is no setting '%s'; did you mean %s?"), words,
                   nearest_setting(words));
        break;
    case USER_NOT_TAKEN:
        stage_tell(stage, _("No host takes that value for %s, or its settings are not touched."),
                   words);
        break;
    case USER_TOO_MANY:
        stage_tell(stage, "%s", _("Too many calls wait already; let some of them return."));
        break;
    }
}

void stage_call(struct stage *stage, const char *words)
{
    struct lab_error error;
    char shown[160];
    if (!stage_come_back(stage))
        return;
    stage->picture.running = stage->seek.on = false;
    enum user_outcome outcome = session_user_call(stage->session, words, &error);
    stage->at = session_last_step(stage->session);
    refuse(stage, outcome, words);
    if (outcome != USER_NOT_READ)
        return;
    escape_text((const uint8_t *)error.wrong, strlen(error.wrong), shown, sizeof shown);
    stage_tell(stage, _("Not called: %s; expected: %s"), shown,
               error.expected[0] ? error.expected : "A: close(c)");
}

void stage_set(struct stage *stage, const char *words)
{
    char host, name[80], value[LAB_VALUE_MAX];
    if (sscanf(words, "%c %79s %63[^\n]", &host, name, value) != 3 || host < 'A' ||
        host >= 'A' + LAB_HOSTS_MAX) {
        stage_tell(stage, "%s", _("set needs a host, a name and a value: set A nagle 0."));
        return;
    }
    if (!stage_come_back(stage))
        return;
    stage->picture.running = stage->seek.on = false;
    refuse(stage, session_user_set(stage->session, (unsigned)(host - 'A'), name, value), name);
    stage->at = session_last_step(stage->session);
}
