/*
 * Keys and command lines, read into orders.
 */
#include "ui/tui/command.h"

#include "sim/sysctl.h"
#include "ui/complain.h"
#include "ui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NAMES_MAX = 128,
    SPEED_MOST = 7
};

static bool find_screen(const char *name, uint64_t *number)
{
    for (unsigned i = 0; i < SCREEN_COUNT; i++) {
        const struct screen_row *row = &screen_rows[i];
        if (row->name && row->draw && strcmp(row->name, name) == 0) {
            *number = i;
            return true;
        }
    }
    return false;
}

bool command_exists(const struct command_row *row)
{
    uint64_t ignored;
    if (!row->name)
        return false;
    return row->command != STAGE_VIEW || !row->with || find_screen(row->with, &ignored);
}

static bool has_key(const struct command_row *row, uint32_t key, enum stage_screen screen)
{
    if (row->screens && !(row->screens & 1u << screen))
        return false;
    return (row->key == key || row->also == key || row->too == key) && command_exists(row);
}

const struct command_row *command_of_key(uint32_t key, enum stage_screen screen)
{
    for (size_t i = 0; i < command_row_count && key != KEYS_NONE; i++) {
        if (has_key(&command_rows[i], key, screen))
            return &command_rows[i];
    }
    return NULL;
}

const struct command_row *command_of_name(const char *name, size_t len)
{
    for (size_t i = 0; i < command_row_count; i++) {
        const struct command_row *row = &command_rows[i];
        if (command_exists(row) && strlen(row->name) == len && memcmp(row->name, name, len) == 0)
            return row;
    }
    return NULL;
}

/* A number and nothing behind it but blanks. */
static bool read_number(const char *words, uint64_t *number)
{
    char *end;
    if (words[0] < '0' || words[0] > '9')
        return false;
    *number = strtoull(words, &end, 10);
    return end[strspn(end, " ")] == '\0' && *number <= INT64_MAX;
}

static bool need_number(struct order *order, uint64_t most, char *wrong, size_t len)
{
    if (read_number(order->words, &order->number) && order->number <= most)
        return true;
    snprintf(wrong, len, _("'%s' is no number that can stand here."), order->words);
    return false;
}

/* "12", or "m12", "k12" where more than one lane has such a segment. */
static bool read_segment(const char *words, struct order *order, char *wrong, size_t len)
{
    static const char letters[LANE_COUNT + 1] = "mkx";
    const char *letter = words[0] ? strchr(letters, words[0]) : NULL;
    order->lane = letter ? (int)(letter - letters) : -1;
    if (!words[0] || read_number(words + (letter ? 1 : 0), &order->number))
        return true;
    snprintf(wrong, len,
             _("'%s' is no segment: its id is a number, with m (model) or k (kernel) before it."),
             words);
    return false;
}

/* "300 ms 12" */
static bool read_delay(struct order *order, char *wrong, size_t len)
{
    static const struct {
        const char *name;
        uint64_t usec;
    } units[] = { { "us", 1 }, { "ms", 1000 }, { "s", 1000000 }, { "min", 60000000 } };
    char *at;
    uint64_t number = strtoull(order->words, &at, 10);
    if (at == order->words)
        return read_segment(order->words, order, wrong, len);
    at += strspn(at, " ");
    size_t unit_len = strcspn(at, " ");
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strlen(units[i].name) != unit_len || memcmp(units[i].name, at, unit_len) != 0)
            continue;
        order->usec = number <= 1000000 ? number * units[i].usec : 0;
        at += unit_len;
        return read_segment(at + strspn(at, " "), order, wrong, len);
    }
    snprintf(wrong, len, _("'%s' is no time: a whole number and us, ms, s or min."), order->words);
    return false;
}

static bool choose(struct order *order, const char *const *names, size_t count, char *wrong,
                   size_t len)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], order->words) == 0) {
            order->number = i;
            return true;
        }
    }
    const char *near = nearest_word(order->words, names, count);
    snprintf(wrong, len, near ? _("There is no '%s'; did you mean '%s'?") : _("There is no '%s'."),
             order->words, near);
    return false;
}

static bool read_speed(struct order *order, char *wrong, size_t len)
{
    static const char *const names[] = { "slow", "normal", "fast" };
    static const uint64_t speeds[] = { 1, 3, SPEED_MOST };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(order->words, names[i]) == 0) {
            order->number = speeds[i];
            return true;
        }
    }
    if (strcmp(order->words, "faster") == 0 || strcmp(order->words, "slower") == 0)
        return true;
    if (read_number(order->words, &order->number) && order->number >= 1 &&
        order->number <= SPEED_MOST)
        return true;
    snprintf(wrong, len, _("A speed is faster, slower, slow, normal, fast, or 1 to 7."));
    return false;
}

static bool read_screen(struct order *order, char *wrong, size_t len)
{
    const char *names[SCREEN_COUNT];
    size_t count = 0;
    if (find_screen(order->words, &order->number))
        return true;
    for (unsigned i = 0; i < SCREEN_COUNT; i++) {
        if (screen_rows[i].name && screen_rows[i].draw)
            names[count++] = screen_rows[i].name;
    }
    return choose(order, names, count, wrong, len);
}

static bool read_profile(const struct order *order, char *wrong, size_t len)
{
    struct profile ignored;
    const char *at = profile_compose(order->words, &ignored), *names[NAMES_MAX];
    size_t count = 0;
    if (!at && strlen(order->words) < PROFILE_WORDS_MAX)
        return true;
    for (size_t i = 0; i < tcp_profile_count; i++)
        names[count++] = tcp_profiles[i].name;
    for (size_t i = 0; i < tcp_variant_count; i++)
        names[count++] = tcp_variants[i].name;
    struct order unknown = *order;
    snprintf(unknown.words, sizeof unknown.words, "%.*s", at ? (int)strcspn(at, "+") : 20,
             at ? at : order->words);
    return choose(&unknown, names, count, wrong, len);
}

static bool read_tab(struct order *order, char *wrong, size_t len)
{
    static const char *const names[TAB_COUNT] = { "wire", "calls", "variables", "sockets" };
    return choose(order, names, TAB_COUNT, wrong, len);
}

static bool read_part(struct order *order, char *wrong, size_t len)
{
    static const char *const names[PART_COUNT] = { "step", "why", "wire", "say" };
    return choose(order, names, PART_COUNT, wrong, len);
}

static bool read_on_off(struct order *order, char *wrong, size_t len)
{
    static const char *const names[] = { "off", "on" };
    return choose(order, names, 2, wrong, len);
}

/* What is said behind the name; where it may be left out and is, nothing is read. */
static bool read_said(struct order *order, enum argument takes, char *wrong, size_t len)
{
    switch (takes) {
    case TAKES_COUNT:
        return need_number(order, 1000000, wrong, len);
    case TAKES_NUMBER:
        return need_number(order, INT64_MAX, wrong, len);
    case TAKES_SEGMENT:
        return read_segment(order->words, order, wrong, len);
    case TAKES_DELAY:
        return read_delay(order, wrong, len);
    case TAKES_SPEED:
        return read_speed(order, wrong, len);
    case TAKES_STOP:
    case MAY_TAKE_STOP:
        return stop_read(order->words, &order->stop, wrong, len);
    case TAKES_PROFILE:
        return read_profile(order, wrong, len);
    case TAKES_SCREEN:
        return read_screen(order, wrong, len);
    case TAKES_TAB:
        return read_tab(order, wrong, len);
    case TAKES_PART:
        return read_part(order, wrong, len);
    case TAKES_ON_OFF:
        return read_on_off(order, wrong, len);
    case TAKES_NOTHING:
        snprintf(wrong, len, _("'%s' is too much here."), order->words);
        return false;
    case TAKES_LAB: /* looked for where it is begun */
    case TAKES_LANES:
    case TAKES_CALL: /* read by whoever has the lab */
    case TAKES_SET:
    case TAKES_TEXT:
    case MAY_TAKE_TEXT:
        break;
    }
    return true;
}

static bool may_be_silent(enum argument takes)
{
    return takes == TAKES_NOTHING || takes == TAKES_COUNT || takes == TAKES_SEGMENT ||
           takes == TAKES_DELAY || takes == MAY_TAKE_STOP || takes == TAKES_TAB ||
           takes == TAKES_ON_OFF || takes == MAY_TAKE_TEXT;
}

static bool read_row(const struct command_row *row, const char *words, struct order *order,
                     char *wrong, size_t len)
{
    *order = (struct order){ .command = row->command, .lane = -1, .stop = { .host = -1 } };
    if (!words[0] && row->with)
        words = row->with;
    snprintf(order->words, sizeof order->words, "%s", words);
    order->said = words[0] != '\0';
    if (order->said)
        return read_said(order, row->takes, wrong, len);
    if (may_be_silent(row->takes))
        return true;
    snprintf(wrong, len, _("%s needs %s: %s."), row->name, row->usage, _(row->help));
    return false;
}

void order_of_row(const struct command_row *row, struct order *order)
{
    char wrong[ORDER_MAX];
    if (!read_row(row, "", order, wrong, sizeof wrong))
        order->said = false; /* it asks for what it lacks */
}

static bool unknown(const char *name, char *wrong, size_t len)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < command_row_count && count < NAMES_MAX; i++) {
        if (command_exists(&command_rows[i]))
            names[count++] = command_rows[i].name;
    }
    const char *near = nearest_word(name, names, count);
    snprintf(wrong, len,
             near ? _("There is no command '%s'; did you mean '%s'?")
                  : _("There is no command '%s'; help lists them."),
             name, near);
    return false;
}

bool order_is_for(const struct order *order, bool program)
{
    static const bool of_labs[] = {
        [STAGE_UNDO] = true,      [STAGE_DELIVER] = true, [STAGE_DROP] = true,
        [STAGE_DUPLICATE] = true, [STAGE_HOLD] = true,    [STAGE_RELEASE] = true,
        [STAGE_CORRUPT] = true,   [STAGE_REORDER] = true, [STAGE_DELAY] = true,
        [STAGE_CHOOSE] = true,    [STAGE_ACTS] = true,    [STAGE_CALL] = true,
        [STAGE_SET] = true,       [STAGE_LABS] = true,    [STAGE_LAB] = true,
        [STAGE_RESTART] = true,   [STAGE_ON] = true,      [STAGE_PROFILE] = true,
        [STAGE_SEED] = true,      [STAGE_TAKE] = true,    [STAGE_EDIT] = true,
        [STAGE_TELL] = true,      [STAGE_QUIT] = false,
    };
    enum stage_command command = order->command;
    bool shows_lab =
        command == STAGE_VIEW && (order->number == SCREEN_LESSON || order->number == SCREEN_LABS ||
                                  order->number == SCREEN_ACTS);
    if (program)
        return !of_labs[command] && !shows_lab;
    return command != STAGE_SEND && command != STAGE_FINISH;
}

bool order_read(const char *line, struct order *order, char *wrong, size_t len)
{
    char words[ORDER_MAX], name[32];
    line += strspn(line, " :");
    size_t name_len = strcspn(line, " ");
    snprintf(words, sizeof words, "%s", line + name_len + strspn(line + name_len, " "));
    for (size_t end = strlen(words); end > 0 && words[end - 1] == ' '; end--)
        words[end - 1] = '\0';
    *order = (struct order){ .command = STAGE_NOTHING };
    if (name_len == 0)
        return true;
    const struct command_row *row = command_of_name(line, name_len);
    if (row)
        return read_row(row, words, order, wrong, len);
    snprintf(name, sizeof name, "%.*s", (int)(name_len < 31 ? name_len : 31), line);
    return unknown(name, wrong, len);
}
