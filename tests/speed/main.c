/*
 * Prints each figure as `name value unit`, one a line.
 */
#include "tests/speed/speed.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double cpu_seconds(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) != 0)
        speed_fail("no clock of CPU time");
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

double median(double *values, unsigned count)
{
    qsort(values, count, sizeof values[0], by_value);
    return values[count / 2];
}

void figure(const char *name, double value, const char *unit)
{
    printf("%s %.*f %s\n", name, value < 100 ? 2 : 0, value, unit);
    fflush(stdout);
}

_Noreturn void speed_fail(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

static const struct {
    const char *name;
    void (*measure)(void);
} groups[] = {
    { "bulk", measure_bulk },   { "lifecycle", measure_lifecycle }, { "many", measure_many },
    { "small", measure_small }, { "drill", measure_drill },         { "watch", measure_watch },
    { "stage", measure_stage },
};

/* Without an argument all groups, else the one that it names. */
int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (argc < 2 || strcmp(argv[1], groups[i].name) == 0)
            groups[i].measure();
    }
    return 0;
}
