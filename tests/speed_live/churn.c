/*
 * Connections accepted, echoed and closed a second by `serve --echo`, beside nginx's answers with
 * `Connection: close`, by the same load.
 */
#include "tests/speed_live/live.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CONNECTIONS = 20000, /* a round */
    SERVERS = 3,         /* serve, and nginx with one worker and with two */
    STARTS_MOST = 500,   /* looks, ten milliseconds apart */
    ROUNDS_OF_ADDRESSES = 250
};

#define AT_LEAST 1.2 /* of nginx's */

struct server {
    struct child child;
    unsigned port;
    const char *ending;
    double rates[ROUNDS], both[ROUNDS]; /* by a load of one process, and of two */
    double cpu_seconds;
};

static bool answers(unsigned port)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0;
    close(fd);
    return good;
}

static void write_settings(const char *folder, unsigned workers, unsigned port)
{
    char path[PATH_MOST];
    snprintf(path, sizeof path, "%s/nginx.conf", folder);
    FILE *to = fopen(path, "we");
    if (!to)
        bench_fail(path);
    fprintf(to,
            "daemon off;\nworker_processes %u;\npid %s/pid;\nerror_log stderr crit;\n"
            "events { worker_connections 4096; }\nhttp {\n    access_log off;\n",
            workers, folder);
    static const char *const kinds[] = { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        fprintf(to, "    %s_temp_path %s/%s;\n", kinds[i], folder, kinds[i]);
    fprintf(to,
            "    server {\n        listen 127.0.0.1:%u backlog=1024;\n"
            "        location / { return 200 \"tcpstep\\n\"; }\n    }\n}\n",
            port);
    if (fclose(to) != 0)
        bench_fail(path);
}

/* false: it does not start. */
static bool begin_nginx(const struct bench *bench, struct server *server, unsigned workers)
{
    char folder[PATH_MOST / 2], settings[PATH_MOST];
    snprintf(folder, sizeof folder, "%s/%u", bench->folder, workers);
    snprintf(settings, sizeof settings, "%s/nginx.conf", folder);
    if (mkdir(folder, 0700) < 0)
        bench_fail(folder);
    const char *const words[] = {
        bench->nginx, "-e", "stderr", "-p", folder, "-c", settings, NULL
    };
    *server = (struct server){ .port = port_free(), .ending = "\r\n\r\ntcpstep\n" };
    write_settings(folder, workers, server->port);
    server->child = child_begin(words, false);
    for (unsigned i = 0; i < STARTS_MOST; i++) {
        if (answers(server->port))
            return true;
        usleep(10000);
    }
    return false;
}

static void begin_serve(const struct bench *bench, struct server *server)
{
    static const char *const words[] = { "--echo", "--quiet", "--backlog", "1024", NULL };
    *server = (struct server){ .ending = "\r\n\r\n" };
    server->child = serve_begin(bench, words, &server->port);
}

static void run_rounds(struct server *servers, unsigned count)
{
    unsigned turn = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        for (unsigned n = 0; n < count; n++) {
            struct load load = { .port = servers[n].port,
                                 .connections = CONNECTIONS,
                                 .first = turn++ * 40 % ROUNDS_OF_ADDRESSES,
                                 .ending = servers[n].ending };
            servers[n].rates[i] = load_run(&load, 1);
            load.connections /= 2;
            servers[n].both[i] = load_run(&load, 2);
        }
    }
}

static void print_one(const char *name, struct server *server)
{
    char line[80];
    figure(name, median(server->rates, ROUNDS), "connections/s");
    snprintf(line, sizeof line, "%s_full", name);
    figure(line, median(server->both, ROUNDS), "connections/s");
    snprintf(line, sizeof line, "%s_cpu_us", name);
    figure(line, server->cpu_seconds / (2.0 * ROUNDS * CONNECTIONS) * 1e6, "us/connection");
}

static double better(double a, double b)
{
    return a > b ? a : b;
}

static void print_all(struct bench *bench, struct server *servers, unsigned count)
{
    static const char *const names[] = { "churn", "churn_nginx_1", "churn_nginx_2" };
    for (unsigned i = 0; i < count; i++)
        print_one(names[i], &servers[i]);
    if (count < SERVERS)
        return;
    double ours = median(servers[0].rates, ROUNDS), full = median(servers[0].both, ROUNDS);
    double theirs = better(median(servers[1].rates, ROUNDS), median(servers[2].rates, ROUNDS));
    double filled = better(median(servers[1].both, ROUNDS), median(servers[2].both, ROUNDS));
    figure("churn_ratio_full", full / filled, "times nginx's better one");
    figure_at_least(bench, "churn_ratio", ours / theirs, "times nginx's better one", AT_LEAST);
}

void measure_churn(struct bench *bench)
{
    struct server servers[SERVERS];
    unsigned count = 1;
    begin_serve(bench, &servers[0]);
    for (unsigned i = 0; i < 2; i++) {
        if (bench->nginx[0] && count == 1 + i && begin_nginx(bench, &servers[1 + i], 1 + i))
            count++;
    }
    if (count < SERVERS)
        not_measured("churn_ratio", bench->nginx[0] ? "nginx does not start" : "no nginx");
    run_rounds(servers, count);
    for (unsigned i = 0; i < count; i++)
        child_end(&servers[i].child, SIGTERM, &servers[i].cpu_seconds);
    print_all(bench, servers, count);
}
