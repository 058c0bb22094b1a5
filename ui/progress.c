/*
 * Rates are those since the beginning: they don't jump.
 */
#include "ui/progress.h"

#include "ui/text.h"

enum {
    SHOW_USEC = 200000
};

char *octets_text(uint64_t octets, char *text, size_t len)
{
    static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
    unsigned unit = 0;
    if (octets < 1000) {
        snprintf(text, len, "%llu B", (unsigned long long)octets);
        return text;
    }
    for (unit = 1; octets >= 1000000; unit++)
        octets /= 1000;
    snprintf(text, len, "%llu.%llu %s", (unsigned long long)(octets / 1000),
             (unsigned long long)(octets % 1000 / 100), units[unit]);
    return text;
}

char *progress_text(uint64_t from, uint64_t done, uint64_t total, uint64_t usec, char *text,
                    size_t len)
{
    char have[32], all[32] = "?", rate[32];
    uint64_t per_second =
        usec > 0 ? (uint64_t)((double)(done - from) * 1000000.0 / (double)usec) : 0;
    octets_text(done, have, sizeof have);
    octets_text(per_second, rate, sizeof rate);
    if (total == 0) {
        snprintf(text, len, _("%s  %s/s"), have, rate);
        return text;
    }
    unsigned percent = (unsigned)((double)done * 100.0 / (double)total);
    octets_text(total, all, sizeof all);
    int used = snprintf(text, len, _("%u%%  %s of %s  %s/s"), percent, have, all, rate);
    if (per_second > 0 && done <= total && used > 0 && (size_t)used < len) {
        unsigned long long left = (total - done) / per_second;
        snprintf(text + used, len - (size_t)used, _("  %llu:%02llu left"), left / 60, left % 60);
    }
    return text;
}

void progress_show(struct progress *progress, uint64_t now_usec, uint64_t done, uint64_t total)
{
    char text[160];
    if (!progress->to)
        return;
    if (!progress->begun) {
        progress->begun = true;
        progress->began_at = done;
        progress->began_usec = progress->shown_usec = now_usec;
    }
    if (now_usec - progress->shown_usec < SHOW_USEC)
        return;
    progress->shown_usec = now_usec;
    progress->shown = true;
    progress_text(progress->began_at, done, total, now_usec - progress->began_usec, text,
                  sizeof text);
    fprintf(progress->to, "\r%s\033[K", text);
    fflush(progress->to);
}

void progress_end(struct progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", progress->to);
    progress->shown = false;
}
