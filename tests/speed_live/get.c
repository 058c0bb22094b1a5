/*
 * `get` of a file of 1 GiB from `serve --files` into storage in memory, beside iperf3 with zero
 * copy, which sends as many octets and throws them away.
 */
#include "tests/speed_live/live.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SETTLE_SECONDS = 3, /* a file that was just written has no digest that lasts */
    NEEDS_KIB = 6 * 1024 * 1024
};

#define LEN      (UINT64_C(1) << 30)
#define AT_LEAST 1.5 /* of iperf3's rate */

struct rates {
    double get[ROUNDS], iperf3[ROUNDS], reno[ROUNDS], bare[ROUNDS], store[ROUNDS];
    double get_cpu[ROUNDS];
};

static bool has_memory(void)
{
    char line[128];
    unsigned long kib = 0;
    FILE *from = fopen("/proc/meminfo", "re");
    while (from && fgets(line, sizeof line, from)) {
        if (sscanf(line, "MemAvailable: %lu", &kib) == 1)
            break;
    }
    if (from)
        fclose(from);
    return kib >= NEEDS_KIB;
}

/* Octets a second of one run of `get`, from its start to its end. */
static double get_once(const struct bench *bench, const struct store *store, unsigned port,
                       double *cpu_seconds)
{
    char source[64], target[PATH_MOST];
    store_path(store, "target", target);
    snprintf(source, sizeof source, "127.0.0.1:%u/source", port);
    const char *const words[] = { bench->tcpstep, "get", source, "-o", target, NULL };
    store_warm(store, LEN);
    double begun = now_seconds();
    struct child child = child_begin(words, false);
    int status = child_end(&child, 0, cpu_seconds);
    double took = now_seconds() - begun;
    if (status != 0)
        bench_fail("get has failed");
    return (double)LEN / took;
}

static void compare_files(const struct store *store)
{
    char a[PATH_MOST], b[PATH_MOST];
    store_path(store, "source", a);
    store_path(store, "target", b);
    const char *const words[] = { "/usr/bin/cmp", a, b, NULL };
    struct child child = child_begin(words, false);
    int status = child_end(&child, 0, NULL);
    if (status != 0 && status != 127)
        bench_fail("what get has written is not what was served");
}

/* Octets a second, as the receiver counted them; with the system's congestion control, or that
 * one. */
static double iperf3_once(const struct bench *bench, const char *control)
{
    char port[16], said[32768];
    snprintf(port, sizeof port, "%u", port_free());
    const char *const serves[] = { bench->iperf3, "-s", "-1",           "-B", "127.0.0.1",
                                   "-p",          port, "--forceflush", NULL };
    const char *const sends[] = { bench->iperf3, "-c", "127.0.0.1", "-p", port,
                                  "-Z",          "-n", "1G",        "-J", control ? "-C" : NULL,
                                  control,       NULL };
    struct child server = child_begin(serves, true);
    if (!child_says(&server, "Server listening", said, sizeof said))
        bench_fail("iperf3 does not listen");
    struct child client = child_begin(sends, true);
    child_says(&client, "\n}\n", said, sizeof said);
    int status = child_end(&client, 0, NULL);
    child_end(&server, status == 0 ? 0 : SIGTERM, NULL);
    const char *received = strstr(said, "\"sum_received\"");
    const char *bits = received ? strstr(received, "\"bits_per_second\":") : NULL;
    if (status != 0 || !bits)
        bench_fail("iperf3 has failed");
    return strtod(bits + strlen("\"bits_per_second\":"), NULL) / 8;
}

static double bare_once(const struct store *store)
{
    char from[PATH_MOST], to[PATH_MOST];
    store_path(store, "source", from);
    store_path(store, "target", to);
    store_warm(store, LEN);
    double rate = bare_run(from, to, LEN);
    store_remove(store, "target");
    return rate;
}

static void run_rounds(const struct bench *bench, const struct store *store, unsigned port,
                       struct rates *rates)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        rates->get[i] = get_once(bench, store, port, &rates->get_cpu[i]);
        if (i == 0)
            compare_files(store);
        store_remove(store, "target");
        rates->iperf3[i] = bench->iperf3[0] ? iperf3_once(bench, NULL) : 0;
        rates->reno[i] = bench->iperf3[0] ? iperf3_once(bench, "reno") : 0;
        rates->bare[i] = bare_once(store);
        store_warm(store, LEN);
        rates->store[i] = store_write(store, "target", LEN);
        store_remove(store, "target");
    }
}

static void print_rates(struct bench *bench, struct rates *rates, double first, double serve_cpu)
{
    double ours = median(rates->get, ROUNDS), theirs = median(rates->iperf3, ROUNDS);
    figure("get_store_rate", median(rates->store, ROUNDS) / 1e6, "MB/s");
    figure("get_bare_rate", median(rates->bare, ROUNDS) / 1e6, "MB/s");
    figure("get_first_rate", first / 1e6, "MB/s");
    figure("get_rate", ours / 1e6, "MB/s");
    figure("get_cpu_ms", median(rates->get_cpu, ROUNDS) * 1e3, "ms");
    figure("get_serve_cpu_ms", serve_cpu / (ROUNDS + 1) * 1e3, "ms");
    if (!bench->iperf3[0]) {
        not_measured("get_ratio", "no iperf3");
        return;
    }
    figure("get_iperf3_rate", theirs / 1e6, "MB/s");
    figure("get_iperf3_reno_rate", median(rates->reno, ROUNDS) / 1e6, "MB/s");
    figure_at_least(bench, "get_ratio", ours / theirs, "times iperf3 -Z", AT_LEAST);
}

void measure_get(struct bench *bench)
{
    const char *const words[] = { "--files", bench->folder, "--quiet", NULL };
    struct store store;
    struct rates rates;
    double ignored, serve_cpu;
    unsigned port;
    if (!has_memory()) {
        not_measured("get_ratio", "less than 6 GiB of memory are to be had");
        return;
    }
    store_open(&store, bench->folder);
    printf("get_store %s\n", store.kind);
    store_write(&store, "source", LEN);
    sleep(SETTLE_SECONDS);
    struct child server = serve_begin(bench, words, &port);
    double first = get_once(bench, &store, port, &ignored);
    store_remove(&store, "target");
    run_rounds(bench, &store, port, &rates);
    if (child_end(&server, SIGTERM, &serve_cpu) != 0)
        bench_fail("serve did not end well");
    print_rates(bench, &rates, first, serve_cpu);
}
