/*
 * Typing.
 */
#include "ui/tui/command_line.h"

#include "ui/escape.h"

#include <stdio.h>
#include <string.h>

void line_open(struct command_line *line, enum line_kind kind, const char *text)
{
    line->kind = kind;
    snprintf(line->text, sizeof line->text, "%s", text);
    line->cursor = strlen(line->text);
    line->nth = line->looked_at = 0;
}

/* Where the character before, or behind, the cursor begins or ends. */
static size_t before(const struct command_line *line)
{
    size_t at = line->cursor;
    while (at > 0 && ((unsigned char)line->text[--at] & 0xc0) == 0x80)
        continue;
    return at;
}

static size_t behind(const struct command_line *line)
{
    size_t at = line->cursor;
    if (line->text[at])
        at++;
    while (((unsigned char)line->text[at] & 0xc0) == 0x80)
        at++;
    return at;
}

static void cut(struct command_line *line, size_t from, size_t to)
{
    memmove(line->text + from, line->text + to, strlen(line->text + to) + 1);
    line->cursor = from;
}

static void put(struct command_line *line, uint32_t code)
{
    char octets[5];
    size_t len = utf8_encode(code, octets), all = strlen(line->text);
    if (all + len >= sizeof line->text)
        return;
    memmove(line->text + line->cursor + len, line->text + line->cursor, all - line->cursor + 1);
    memcpy(line->text + line->cursor, octets, len);
    line->cursor += len;
}

/* NULL: lines of this kind are not kept. */
static struct typed_before *before_of(struct command_line *line)
{
    if (line->kind == LINE_COMMAND)
        return &line->commands;
    return line->kind == LINE_SEND ? &line->sent : NULL;
}

static void keep(struct command_line *line)
{
    struct typed_before *all = before_of(line);
    if (!all || !line->text[0] || (all->kept > 0 && strcmp(all->lines[0], line->text) == 0))
        return;
    memmove(all->lines[1], all->lines[0], sizeof all->lines - sizeof all->lines[0]);
    memcpy(all->lines[0], line->text, sizeof line->text);
    all->kept += all->kept < LINES_KEPT;
}

static void show(struct command_line *line, const char *text)
{
    snprintf(line->text, sizeof line->text, "%s", text);
    line->cursor = strlen(line->text);
}

/* Up and down through those typed before. */
static void remember(struct command_line *line, bool older)
{
    const struct typed_before *all = before_of(line);
    if (!all || (older ? line->looked_at == all->kept : !line->looked_at))
        return;
    if (line->looked_at == 0)
        memcpy(line->put_by, line->text, sizeof line->put_by);
    line->looked_at += older ? 1 : -1u;
    show(line, line->looked_at ? all->lines[line->looked_at - 1] : line->put_by);
}

/* The next completion, from the first again behind the last; or the one before. A single one gets
 * a blank behind it. */
static void complete(struct command_line *line, const struct lab *lab, bool forward)
{
    char typed[ORDER_MAX], word[80], other[80];
    size_t kept, count = 0;
    if (line->kind != LINE_COMMAND)
        return;
    if (line->nth == 0)
        line->typed = strlen(line->text);
    snprintf(typed, sizeof typed, "%.*s", (int)line->typed, line->text);
    while (command_completion(typed, lab, count, &kept, other, sizeof other))
        count++;
    if (count == 0)
        return;
    line->nth = forward ? line->nth % count + 1 : (line->nth + count - 2) % count + 1;
    command_completion(typed, lab, line->nth - 1, &kept, word, sizeof word);
    bool ends = count == 1 && word[strlen(word) - 1] != '(';
    snprintf(line->text, sizeof line->text, "%.*s%s%s", (int)(line->typed - kept), typed, word,
             ends ? " " : "");
    line->cursor = strlen(line->text);
    if (ends)
        line->nth = 0;
}

static void cut_word(struct command_line *line)
{
    size_t from = line->cursor;
    while (from > 0 && line->text[from - 1] == ' ')
        from--;
    while (from > 0 && line->text[from - 1] != ' ')
        from--;
    cut(line, from, line->cursor);
}

static void move(struct command_line *line, uint32_t key)
{
    if (key == KEYS_LEFT)
        line->cursor = before(line);
    if (key == KEYS_RIGHT)
        line->cursor = behind(line);
    if (key == KEYS_HOME || key == KEYS_CTRL_A)
        line->cursor = 0;
    if (key == KEYS_END || key == KEYS_CTRL_E)
        line->cursor = strlen(line->text);
}

static void erase(struct command_line *line, uint32_t key)
{
    if (key == KEYS_BACKSPACE)
        cut(line, before(line), line->cursor);
    if (key == KEYS_DELETE)
        cut(line, line->cursor, behind(line));
    if (key == KEYS_CTRL_U)
        cut(line, 0, line->cursor);
    if (key == KEYS_CTRL_K)
        cut(line, line->cursor, strlen(line->text));
    if (key == KEYS_CTRL_W)
        cut_word(line);
}

static enum line_outcome_of_key leave(struct command_line *line)
{
    line->kind = LINE_SHUT;
    return LINE_LEFT;
}

enum line_outcome_of_key line_key(struct command_line *line, uint32_t key, bool pasted,
                                  const struct lab *lab)
{
    bool is_text = key < KEYS_UP && is_printable(key);
    bool is_enter = key == KEYS_ENTER || key == '\n';
    if (pasted) {
        if (is_text)
            put(line, key);
        return LINE_GOES_ON;
    }
    if (key == KEYS_ESCAPE || (key == KEYS_BACKSPACE && !line->text[0]))
        return leave(line);
    if (is_enter) {
        keep(line);
        line->kind = LINE_SHUT;
        return LINE_DONE_WITH;
    }
    if (key == KEYS_TAB || key == KEYS_BACK_TAB) {
        complete(line, lab, key == KEYS_TAB);
        return LINE_GOES_ON;
    }
    line->nth = 0;
    if (is_text)
        put(line, key);
    else if (key == KEYS_UP || key == KEYS_DOWN)
        remember(line, key == KEYS_UP);
    move(line, key);
    erase(line, key);
    return LINE_GOES_ON;
}
