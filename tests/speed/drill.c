/*
 * All packetdrill scripts below a folder, read and run one after another. What they come to is
 * `tcpstep drill`'s to say.
 */
#include "tests/speed/speed.h"

#include "ui/drill/drill.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    SCRIPT_MAX = 1 << 20,
    DEPTH_MOST = 8 /* of folders in folders */
};

struct scripts {
    char (*paths)[PATH_MAX];
    size_t count;
};

static void add_script(struct scripts *scripts, const char *path)
{
    char(*more)[PATH_MAX] = realloc(scripts->paths, (scripts->count + 1) * sizeof *more);
    if (!more)
        speed_fail("no memory");
    scripts->paths = more;
    snprintf(more[scripts->count++], sizeof *more, "%s", path);
}

static bool is_script(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && strcmp(dot, ".pkt") == 0;
}

static void look_in(struct scripts *scripts, const char *folder, unsigned depth)
{
    DIR *dir = depth < DEPTH_MOST ? opendir(folder) : NULL;
    const struct dirent *entry;
    char path[PATH_MAX];
    struct stat what;
    while (dir && (entry = readdir(dir))) {
        int len = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.' || len >= (int)sizeof path || stat(path, &what) != 0)
            continue;
        if (S_ISDIR(what.st_mode))
            look_in(scripts, path, depth + 1);
        else if (is_script(entry->d_name))
            add_script(scripts, path);
    }
    if (dir)
        closedir(dir);
}

static void run_script(const char *path, char *text)
{
    struct drill_options options = { .profile = NULL };
    struct drill_report report;
    FILE *file = fopen(path, "r");
    size_t len = file ? fread(text, 1, SCRIPT_MAX, file) : 0;
    if (!file || ferror(file))
        speed_fail(path);
    fclose(file);
    drill_run(path, text, len, &options, &report);
}

void measure_drill(void)
{
    const char *folder = getenv("PKT");
    struct scripts scripts = { .count = 0 };
    char *text = malloc(SCRIPT_MAX);
    double times[RUNS];
    if (!text)
        speed_fail("no memory");
    look_in(&scripts, folder ? folder : "", 0);
    for (unsigned i = 0; scripts.count > 0 && i < RUNS; i++) {
        double before = cpu_seconds();
        for (size_t n = 0; n < scripts.count; n++)
            run_script(scripts.paths[n], text);
        times[i] = (cpu_seconds() - before) * 1e3;
    }
    if (scripts.count > 0)
        figure("drill_ms", median(times, RUNS), "ms");
    else
        puts("drill_ms - not measured: no scripts");
    free(scripts.paths);
    free(text);
}
