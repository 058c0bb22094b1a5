/*
 * Each lane has participants of its own. A segment stands where it was sent, with the times of its
 * way: Mermaid's arrows are level.
 */
#include "ui/export/mermaid.h"

#include "ui/escape.h"
#include "ui/export/markup.h"
#include "ui/text.h"
#include "ui/words.h"

#include <string.h>

/* Octets that mean nothing to Mermaid stand as they are, others as its #number; ("end" as a whole
 * word would close a block). */
static void put_text(const char *text, FILE *to)
{
    static const char safe[] = " ,.=()[]/_+-";
    while (*text) {
        uint32_t code;
        size_t len = utf8_decode((const uint8_t *)text, strlen(text), &code);
        bool letter = len == 1 && ((code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') ||
                                   (code >= 'a' && code <= 'z'));
        bool word_end = strncmp(text, "end", 3) == 0;
        if (len == 0)
            fputc('?', to);
        else if (!word_end && (letter || len > 1 || strchr(safe, (int)code)))
            fwrite(text, 1, len, to);
        else
            fprintf(to, "#%u;", code);
        text += len ? len : 1;
    }
}

static void put_id(unsigned lane, int host, FILE *to)
{
    fprintf(to, "%s_%c", lane_name((enum lane_id)lane), host_letter(host));
}

static void write_participants(const struct arrows *arrows, const struct arrows_about *about,
                               FILE *to)
{
    bool both = arrows->has_lane[LANE_MODEL] && arrows->has_lane[LANE_KERNEL];
    char words[320];
    for (unsigned i = 0; i < LANE_COUNT * 2; i++) {
        unsigned lane = i / 2;
        int host = (int)(i % 2);
        if (!arrows->has_lane[lane])
            continue;
        snprintf(words, sizeof words, "%c %.240s%s%s", host_letter(host), about->hosts[host],
                 both ? ", " : "", both ? _(lane_name((enum lane_id)lane)) : "");
        fputs("    participant ", to);
        put_id(lane, host, to);
        fputs(" as ", to);
        put_text(words, to);
        fputc('\n', to);
    }
}

static void write_arrow(const struct flight *arrow, FILE *to)
{
    static const char *const lines[] = {
        [ARROW_ON_WIRE] = "--)", [ARROW_HELD] = "--)", [ARROW_ARRIVED] = "->>", [ARROW_LOST] = "-x"
    };
    char marks[160], words[400], times[80];
    arrow_marks(arrow, marks, sizeof marks);
    snprintf(words, sizeof words, "%s  %s%s%s%s", arrow_times(arrow, times, sizeof times),
             arrow->label, marks[0] ? " [" : "", marks, marks[0] ? "]" : "");
    fputs("    ", to);
    put_id(arrow->lane, arrow->from, to);
    fputs(lines[arrow->fate], to);
    put_id(arrow->lane, 1 - arrow->from, to);
    fputs(": ", to);
    put_text(words, to);
    fputc('\n', to);
}

static void write_note(const struct moment *moment, FILE *to)
{
    fprintf(to, "    Note %s ", moment->host == 0 ? "left of" : "right of");
    put_id(moment->lane, moment->host, to);
    fputs(": ", to);
    put_text(moment->state, to);
    fputc('\n', to);
}

bool mermaid_write(const struct arrows *arrows, const struct arrows_about *about, FILE *to)
{
    char words[128];
    fputs("---\ntitle: ", to);
    markup_json(about->title, to); /* as YAML has it, too */
    fputs("\n---\nsequenceDiagram\n", to);
    write_participants(arrows, about, to);
    for (size_t i = 0; i < arrows->moment_count; i++) {
        const struct moment *moment = &arrows->moments[i];
        if (moment->kind == MOMENT_SENT)
            write_arrow(&arrows->list[moment->arrow], to);
        if (moment->kind == MOMENT_STATE)
            write_note(moment, to);
    }
    if (arrows->left_out > 0) {
        snprintf(words, sizeof words, _("%zu more segments are not drawn."), arrows->left_out);
        fputs("    Note over ", to);
        put_id(arrows->list[0].lane, 0, to);
        fputs(": ", to);
        put_text(words, to);
        fputc('\n', to);
    }
    return !ferror(to);
}
