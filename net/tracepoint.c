/*
 * A ring of memory for each processor, filled by the kernel; what is in them is put in order by
 * time.
 */
#include "net/tracepoint.h"

#include "net/kernel_tcp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    RING_PAGES = 64, /* of data, a power of 2: some 2500 records */
    RECORD_MAX = 512,
    CHANGES_LEAST = 256,
    FORMAT_MAX = 8192
};

/* What a record begins with, by our sample_type. */
struct sample {
    struct perf_event_header header;
    uint32_t pid, tid;
    uint64_t nsec;
    uint32_t raw_len; /* the record of the tracepoint comes next */
};

struct ring {
    int fd;
    struct perf_event_mmap_page *page; /* and the data behind it */
};

struct tracepoint {
    struct trace_format format;
    struct ring *rings;
    size_t ring_count, page_len;
    struct trace_change *changes;
    size_t count, max;
    uint64_t lost;
};

static void *failed(struct net_error *error, int32_t err, const char *operation)
{
    *error = (struct net_error){ .err = err, .operation = operation };
    return NULL;
}

static bool refused(struct net_error *error, int32_t err, const char *operation)
{
    failed(error, err, operation);
    return false;
}

/* ---- the format */

/* "field:const void * skaddr;  offset:8; size:8; signed:0;" */
static bool read_field(const char *text, const char *name, uint32_t *offset, uint32_t *size)
{
    size_t name_len = strlen(name);
    for (const char *at = text; (at = strstr(at, "field:"));) {
        size_t len = strcspn(at, ";\n");
        const char *end = at + len;
        const char *word = end;
        while (word > at && word[-1] != ' ')
            word--;
        size_t word_len = strcspn(word, "[;");
        at = end;
        if (word_len == name_len && memcmp(word, name, name_len) == 0)
            return sscanf(end, "; offset:%u; size:%u;", offset, size) == 2;
    }
    return false;
}

bool trace_format_read(const char *text, struct trace_format *format)
{
    static const struct {
        const char *name;
        uint32_t size;
    } fields[TRACE_FIELD_COUNT] = {
        [TRACE_SKADDR] = { "skaddr", sizeof(void *) },
        [TRACE_OLDSTATE] = { "oldstate", 4 },
        [TRACE_NEWSTATE] = { "newstate", 4 },
        [TRACE_SPORT] = { "sport", 2 },
        [TRACE_DPORT] = { "dport", 2 },
        [TRACE_FAMILY] = { "family", 2 },
        [TRACE_PROTOCOL] = { "protocol", 0 }, /* one octet before Linux 5.6 */
        [TRACE_SADDR] = { "saddr", 4 },
        [TRACE_DADDR] = { "daddr", 4 },
        [TRACE_SADDR_V6] = { "saddr_v6", 16 },
        [TRACE_DADDR_V6] = { "daddr_v6", 16 },
    };
    const char *id = strstr(text, "ID:");
    if (!id || sscanf(id, "ID: %u", &format->id) != 1)
        return false;
    for (unsigned i = 0; i < TRACE_FIELD_COUNT; i++) {
        uint32_t *size = &format->field[i].size;
        if (!read_field(text, fields[i].name, &format->field[i].offset, size))
            return false;
        bool fits = fields[i].size ? *size == fields[i].size : *size == 1 || *size == 2;
        if (!fits || format->field[i].offset > RECORD_MAX)
            return false;
    }
    return true;
}

/* A number of the record, in this machine's order. */
static uint64_t number(const struct trace_format *format, enum trace_field field,
                       const uint8_t *octets)
{
    const uint8_t *at = octets + format->field[field].offset;
    uint16_t two;
    uint32_t four;
    uint64_t eight;
    switch (format->field[field].size) {
    case 1:
        return *at;
    case sizeof two:
        memcpy(&two, at, sizeof two);
        return two;
    case sizeof four:
        memcpy(&four, at, sizeof four);
        return four;
    case sizeof eight:
        memcpy(&eight, at, sizeof eight);
        return eight;
    }
    return 0;
}

static struct endpoint end_of(const struct trace_format *format, const uint8_t *octets,
                              enum trace_field port, enum trace_field four, enum trace_field six)
{
    bool is_six = number(format, TRACE_FAMILY, octets) == AF_INET6;
    struct endpoint end = { .ip.family = is_six ? 6 : 4,
                            .port = (uint16_t)number(format, port, octets) };
    memcpy(end.ip.octet, octets + format->field[is_six ? six : four].offset, is_six ? 16 : 4);
    return end;
}

bool trace_record_read(const struct trace_format *format, const uint8_t *octets, size_t len,
                       struct trace_change *change)
{
    for (unsigned i = 0; i < TRACE_FIELD_COUNT; i++) {
        if (format->field[i].offset + format->field[i].size > len)
            return false;
    }
    uint64_t family = number(format, TRACE_FAMILY, octets);
    if (number(format, TRACE_PROTOCOL, octets) != IPPROTO_TCP ||
        (family != AF_INET && family != AF_INET6))
        return false;
    change->sock = number(format, TRACE_SKADDR, octets);
    change->local = end_of(format, octets, TRACE_SPORT, TRACE_SADDR, TRACE_SADDR_V6);
    change->remote = end_of(format, octets, TRACE_DPORT, TRACE_DADDR, TRACE_DADDR_V6);
    return kernel_state((unsigned)number(format, TRACE_OLDSTATE, octets), &change->from) &&
           kernel_state((unsigned)number(format, TRACE_NEWSTATE, octets), &change->to);
}

/* Where tracefs is as a rule, of itself or below debugfs. */
static bool load_format(struct trace_format *format, struct net_error *error)
{
    static const char *const paths[] = {
        "/sys/kernel/tracing/events/sock/inet_sock_set_state/format",
        "/sys/kernel/debug/tracing/events/sock/inet_sock_set_state/format",
    };
    char text[FORMAT_MAX];
    int32_t err = ENOENT;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        int fd = open(paths[i], O_RDONLY | O_CLOEXEC);
        if (fd < 0) {
            err = errno == EACCES ? EACCES : err;
            continue;
        }
        ssize_t len = read(fd, text, sizeof text - 1);
        close(fd);
        text[len > 0 ? len : 0] = '\0';
        if (trace_format_read(text, format))
            return true;
        err = EPROTO;
    }
    return refused(error, err, "tracefs");
}

/* ---- rings */

static int open_event(uint32_t id, int cpu)
{
    struct perf_event_attr attr = {
        .type = PERF_TYPE_TRACEPOINT,
        .size = sizeof attr,
        .config = id,
        .sample_period = 1,
        .sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_RAW,
        .use_clockid = 1,
        .clockid = CLOCK_MONOTONIC,
        .watermark = 1,
    };
    return (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

static bool open_rings(struct tracepoint *tracepoint, struct net_error *error)
{
    long cpus = sysconf(_SC_NPROCESSORS_CONF);
    tracepoint->page_len = (size_t)sysconf(_SC_PAGESIZE);
    tracepoint->rings = calloc((size_t)cpus, sizeof *tracepoint->rings);
    if (!tracepoint->rings)
        return refused(error, ENOMEM, "calloc");
    for (int cpu = 0; cpu < cpus; cpu++) {
        int fd = open_event(tracepoint->format.id, cpu);
        if (fd < 0 && errno == ENODEV)
            continue; /* it is switched off */
        if (fd < 0)
            return refused(error, errno, "perf_event_open");
        void *page = mmap(NULL, (1 + RING_PAGES) * tracepoint->page_len, PROT_READ | PROT_WRITE,
                          MAP_SHARED, fd, 0);
        if (page == MAP_FAILED) {
            int32_t err = errno;
            close(fd);
            return refused(error, err, "perf mmap");
        }
        tracepoint->rings[tracepoint->ring_count++] = (struct ring){ fd, page };
    }
    return true;
}

struct tracepoint *tracepoint_open(struct net_error *error)
{
    struct tracepoint *tracepoint = calloc(1, sizeof *tracepoint);
    if (!tracepoint)
        return failed(error, ENOMEM, "calloc");
    if (load_format(&tracepoint->format, error) && open_rings(tracepoint, error))
        return tracepoint;
    tracepoint_close(tracepoint);
    return NULL;
}

void tracepoint_close(struct tracepoint *tracepoint)
{
    if (!tracepoint)
        return;
    for (size_t i = 0; i < tracepoint->ring_count; i++) {
        munmap(tracepoint->rings[i].page, (1 + RING_PAGES) * tracepoint->page_len);
        close(tracepoint->rings[i].fd);
    }
    free(tracepoint->rings);
    free(tracepoint->changes);
    free(tracepoint);
}

/* ---- reading */

static void keep(struct tracepoint *tracepoint, const uint8_t *record, size_t len)
{
    struct sample sample;
    struct trace_change change;
    const size_t raw_at = offsetof(struct sample, raw_len) + sizeof sample.raw_len;
    if (len < raw_at)
        return;
    memcpy(&sample, record, raw_at);
    if (sample.raw_len > len - raw_at ||
        !trace_record_read(&tracepoint->format, record + raw_at, sample.raw_len, &change))
        return;
    change.pid = (int32_t)sample.pid;
    change.nsec = sample.nsec;
    if (tracepoint->count == tracepoint->max) {
        size_t max = tracepoint->max ? tracepoint->max * 2 : CHANGES_LEAST;
        struct trace_change *changes =
            realloc(tracepoint->changes, max * sizeof *tracepoint->changes);
        if (!changes) {
            tracepoint->lost++;
            return;
        }
        tracepoint->changes = changes;
        tracepoint->max = max;
    }
    tracepoint->changes[tracepoint->count++] = change;
}

/* Octets of a ring, over its end. */
static void copy_out(const struct ring *ring, size_t page_len, uint64_t at, void *out, size_t len)
{
    const uint8_t *data = (const uint8_t *)ring->page + page_len;
    size_t size = RING_PAGES * page_len, from = (size_t)(at & (size - 1));
    size_t first = len < size - from ? len : size - from;
    memcpy(out, data + from, first);
    memcpy((uint8_t *)out + first, data, len - first);
}

static void read_ring(struct tracepoint *tracepoint, const struct ring *ring)
{
    _Alignas(8) uint8_t record[RECORD_MAX];
    uint64_t head = __atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE);
    uint64_t at = ring->page->data_tail;
    struct perf_event_header header;
    while (at < head) {
        copy_out(ring, tracepoint->page_len, at, &header, sizeof header);
        size_t len = header.size < sizeof record ? header.size : sizeof record;
        copy_out(ring, tracepoint->page_len, at, record, len);
        if (header.type == PERF_RECORD_SAMPLE) {
            keep(tracepoint, record, len);
        } else if (header.type == PERF_RECORD_LOST) {
            uint64_t lost; /* behind the header and an id */
            memcpy(&lost, record + sizeof header + sizeof lost, sizeof lost);
            tracepoint->lost += lost;
        }
        at += header.size;
    }
    __atomic_store_n(&ring->page->data_tail, head, __ATOMIC_RELEASE);
}

static int by_time(const void *a, const void *b)
{
    const struct trace_change *x = a, *y = b;
    return (x->nsec > y->nsec) - (x->nsec < y->nsec);
}

uint64_t tracepoint_drain(struct tracepoint *tracepoint, trace_take *take, void *to)
{
    tracepoint->count = 0;
    tracepoint->lost = 0;
    for (size_t i = 0; i < tracepoint->ring_count; i++)
        read_ring(tracepoint, &tracepoint->rings[i]);
    if (tracepoint->count > 1)
        qsort(tracepoint->changes, tracepoint->count, sizeof *tracepoint->changes, by_time);
    for (size_t i = 0; i < tracepoint->count; i++)
        take(to, &tracepoint->changes[i]);
    return tracepoint->lost;
}
