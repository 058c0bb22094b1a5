/*
 * What a person does to the hosts in the middle of a lab: calls, settings. Each is a step of its
 * own, and is taken back as any other.
 */
#include "net/model_lane.h"
#include "net/session_parts.h"
#include "sim/sysctl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NAMES_MAX = LAB_NAMES_MAX + 1 /* one more is refused by the reader */
};

void user_lines_free(struct session *s)
{
    for (size_t i = 0; i < s->user_cap; i++)
        free(s->user[i]);
    free(s->user);
}

static void add_name(struct lab_name *names, size_t *count, unsigned host, const char *name)
{
    for (size_t i = 0; i < *count; i++) {
        if (names[i].host == host && strcmp(names[i].name, name) == 0)
            return;
    }
    if (!name[0] || *count == NAMES_MAX)
        return;
    names[*count].host = (uint8_t)host;
    memcpy(names[(*count)++].name, name, NAME_MAX_LEN);
}

/* Of all sockets there are or may come to be: there is room for so many. */
static size_t all_names(const struct session *s, struct lab_name *names)
{
    size_t count = 0;
    for (uint32_t i = 0; i < s->now.name_count; i++)
        add_name(names, &count, s->now.names[i].host, s->now.names[i].name);
    for (uint32_t i = 0; i < s->lab->line_count; i++) {
        const struct lab_line *line = &s->lab->lines[i];
        if (line->kind == LAB_CALL)
            add_name(names, &count, line->host, line->call.name);
    }
    for (uint32_t i = 0; i < s->now.user_count; i++)
        add_name(names, &count, s->user[i]->line.host, s->user[i]->line.call.name);
    return count;
}

/* A copy that stays: lanes and the journal point into it. */
static struct user_line *kept_line(const struct lab *one)
{
    const struct lab_line *line = &one->lines[0];
    struct user_line *kept =
        malloc(sizeof *kept + line->source.len + line->call.text_len + line->text.len + 1);
    if (!kept)
        return NULL;
    uint8_t *at = kept->octets;
    kept->line = *line;
    kept->line.number = 0;
    memcpy(at, line->source.octets, line->source.len);
    kept->line.source.octets = at;
    at += line->source.len;
    if (line->call.text)
        memcpy(at, line->call.text, line->call.text_len);
    kept->line.call.text = line->call.text ? at : NULL;
    at += line->call.text_len;
    if (line->text.octets)
        memcpy(at, line->text.octets, line->text.len);
    kept->line.text.octets = at;
    if (line->result_kind == RESULT_SUCCESS)
        kept->line.result_kind = RESULT_ANY;
    return kept;
}

/* Those behind the last one were taken back: nobody points at them any more. */
static bool keep(struct session *s, struct user_line *line)
{
    if (s->now.user_count == s->user_cap) {
        size_t cap = s->user_cap ? 2 * s->user_cap : 16;
        struct user_line **moved = realloc(s->user, cap * sizeof *moved);
        if (!moved)
            return false;
        memset(moved + s->user_cap, 0, (cap - s->user_cap) * sizeof *moved);
        s->user = moved;
        s->user_cap = cap;
    }
    free(s->user[s->now.user_count]);
    s->user[s->now.user_count++] = line;
    return true;
}

static enum user_outcome read_call(struct session *s, const char *words, struct user_line **kept,
                                   struct lab_error *error)
{
    struct lab_name names[NAMES_MAX];
    struct lab *one = malloc(sizeof *one);
    size_t count = all_names(s, names);
    enum user_outcome outcome = USER_NOT_READ;
    *kept = NULL;
    *error = (struct lab_error){ .line = 0 };
    if (one && lab_read_line(words, strlen(words), s->lab, names, count, one, error)) {
        if (one->lines[0].kind == LAB_CALL)
            *kept = kept_line(one);
        else
            snprintf(error->wrong, sizeof error->wrong, "%s", N_("that is no call"));
    }
    free(one);
    if (*kept)
        outcome = USER_DONE;
    if (!*kept && !error->wrong[0])
        outcome = USER_TOO_MANY;
    return outcome;
}

static bool has_socket(struct session *s, enum lane_id lane, const struct lab_line *line)
{
    return s->lanes[lane] && line->lanes & 1u << lane && line_has_socket(s, lane, line);
}

static bool any_has_socket(struct session *s, const struct lab_line *line)
{
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        if (has_socket(s, (enum lane_id)i, line))
            return true;
    }
    return false;
}

static void say_by_hand(struct session *s, const struct lab_line *line)
{
    int len = line->source.len < 180 ? (int)line->source.len : 180;
    trace_tell(&s->trace, LANE_ALL, time_for_all(s), N_("By hand: %.*s"), len,
               (const char *)line->source.octets);
}

enum user_outcome session_user_call(struct session *s, const char *words, struct lab_error *error)
{
    struct user_line *kept;
    if (s->now.in_step)
        return USER_STEP_UNDER_WAY;
    enum user_outcome outcome = read_call(s, words, &kept, error);
    if (outcome == USER_DONE && !any_has_socket(s, &kept->line))
        outcome = USER_NO_SOCKET;
    else if (outcome == USER_DONE && (s->now.user_count == USER_LINES_MAX ||
                                      s->now.pending_count + LANE_COUNT > PENDING_MAX))
        outcome = USER_TOO_MANY;
    if (outcome != USER_DONE || !keep(s, kept)) {
        free(kept);
        return outcome == USER_DONE ? USER_TOO_MANY : outcome;
    }
    uint32_t index = LAB_LINES_MAX + s->now.user_count - 1;
    begin_step(s);
    s->now.by_hand = true;
    say_by_hand(s, &kept->line);
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        if (!has_socket(s, (enum lane_id)i, &kept->line))
            continue;
        run_line(s, (enum lane_id)i, index);
        run_pending(s, (enum lane_id)i);
    }
    end_step(s);
    return USER_DONE;
}

/* What has changed on a host of the model, by the names of its settings. */
static void say_changes(struct session *s, unsigned host, const struct settings *before)
{
    const struct settings *now = world_settings(model_lane_world(s->lanes[LANE_MODEL]), host);
    for (size_t i = 0; i < tcp_setting_count; i++) {
        uint64_t was = setting_get(before, &tcp_settings[i]);
        uint64_t is = setting_get(now, &tcp_settings[i]);
        if (was == is)
            continue;
        trace_tell(&s->trace, LANE_MODEL, session_now(s, LANE_MODEL),
                   N_("%c of the model: %s was %llu, is %llu from here on."), (char)('A' + host),
                   tcp_settings[i].name, (unsigned long long)was, (unsigned long long)is);
    }
}

static bool set_on_lane(struct session *s, enum lane_id lane, unsigned host, const char *name,
                        const char *value)
{
    struct settings before = { .mss = 0 };
    if (lane == LANE_MODEL)
        before = *world_settings(model_lane_world(s->lanes[lane]), host);
    if (!s->lanes[lane]->ops->set || !session_set(s, lane, host, name, value))
        return false;
    trace_tell(&s->trace, lane, session_now(s, lane), N_("By hand: set %c %s %s"),
               (char)('A' + host), name, value);
    if (lane == LANE_MODEL)
        say_changes(s, host, &before);
    return true;
}

enum user_outcome session_user_set(struct session *s, unsigned host, const char *name,
                                   const char *value)
{
    bool done = false;
    if (s->now.in_step)
        return USER_STEP_UNDER_WAY;
    if (!sysctl_name(name, strlen(name)) && !setting_find(name))
        return USER_NO_SETTING;
    if (host >= s->lab->host_count)
        return USER_NOT_TAKEN;
    begin_step(s);
    for (unsigned i = 0; i < LANE_COUNT; i++) {
        if (s->lanes[i])
            done = set_on_lane(s, (enum lane_id)i, host, name, value) || done;
    }
    s->now.by_hand = s->now.by_hand || done;
    if (done) {
        end_step(s);
        return USER_DONE;
    }
    s->now.in_step = false;
    s->trace.step = session_last_step(s);
    return USER_NOT_TAKEN;
}
