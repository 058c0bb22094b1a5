/*
 * Rows written out, and found by their hash (FNV-1a, open addressing).
 */
#include "ui/export/row_table.h"

#include "ui/export/runs.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    REPEAT_LEAST = 4,
    SLOTS_LEAST = 1024
};

/* How many characters from i on are the same. */
static int repeats(const struct run *run, int i)
{
    int count = 1;
    while (i + count < run->count && run_code(run, i + count) == run_code(run, i))
        count++;
    return count;
}

static void write_piece(const struct run *run, int from, int count, bool repeated, FILE *runs,
                        FILE *text)
{
    static const char *const kinds[] = { [RUN_LETTERS] = "", [RUN_SIGNS] = ".", [RUN_WIDE] = "+" };
    char octets[5];
    if (count == 0)
        return;
    if (count > 1)
        fprintf(runs, "%d", count);
    fprintf(runs, "%c%s%s", 'a' + (int)run->ink, kinds[run->kind], repeated ? "*" : "");
    for (int i = from; i < from + (repeated ? 1 : count); i++)
        fwrite(octets, 1, utf8_encode(run_code(run, i), octets), text);
}

static void write_run(const struct run *run, FILE *runs, FILE *text)
{
    int from = 0, i = 0;
    while (i < run->count) {
        int same = repeats(run, i);
        if (same >= REPEAT_LEAST) {
            write_piece(run, from, i - from, false, runs, text);
            write_piece(run, i, same, true, runs, text);
            from = i + same;
        }
        i += same;
    }
    write_piece(run, from, i - from, false, runs, text);
}

/* NULL: out of memory. */
static char *write_row(const struct grid *grid, int y)
{
    struct run run;
    char *runs = NULL, *text = NULL, *row = NULL;
    size_t runs_len, text_len;
    FILE *to_runs = open_memstream(&runs, &runs_len), *to_text = open_memstream(&text, &text_len);
    for (int x = 0; to_runs && to_text && next_run(grid, y, &x, &run);)
        write_run(&run, to_runs, to_text);
    bool good = to_runs && fclose(to_runs) == 0;
    good = to_text && fclose(to_text) == 0 && good;
    if (good)
        row = malloc(runs_len + text_len + 2);
    if (row)
        snprintf(row, runs_len + text_len + 2, "%s %s", runs, text);
    free(runs);
    free(text);
    return row;
}

/* The slot that has the row, or the free one where it belongs. */
static size_t slot_of(const struct row_table *table, const char *row)
{
    uint64_t hash = 14695981039346656037u;
    for (const char *at = row; *at; at++)
        hash = (hash ^ (uint8_t)*at) * 1099511628211u;
    size_t slot = (size_t)hash & (table->slot_count - 1);
    while (table->slots[slot] && strcmp(table->rows[table->slots[slot] - 1], row) != 0)
        slot = (slot + 1) & (table->slot_count - 1);
    return slot;
}

/* Room for one more, with half of the slots free. */
static bool make_room(struct row_table *table)
{
    if (table->count + 1 <= table->slot_count / 2)
        return true;
    size_t wanted = table->slot_count ? table->slot_count * 2 : SLOTS_LEAST;
    size_t *slots = calloc(wanted, sizeof *slots);
    char **rows = realloc(table->rows, wanted / 2 * sizeof *rows);
    if (rows)
        table->rows = rows;
    if (!slots || !rows) {
        free(slots);
        return false;
    }
    free(table->slots);
    table->slots = slots;
    table->slot_count = wanted;
    for (size_t i = 0; i < table->count; i++)
        slots[slot_of(table, rows[i])] = i + 1;
    return true;
}

bool row_table_take(struct row_table *table, const struct grid *grid, int y, size_t *place)
{
    char *row = make_room(table) ? write_row(grid, y) : NULL;
    if (!row)
        return false;
    size_t slot = slot_of(table, row);
    if (table->slots[slot]) {
        free(row);
    } else {
        table->rows[table->count++] = row;
        table->slots[slot] = table->count;
    }
    *place = table->slots[slot] - 1;
    return true;
}

void row_table_free(struct row_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->rows[i]);
    free(table->rows);
    free(table->slots);
    *table = (struct row_table){ .count = 0 };
}
