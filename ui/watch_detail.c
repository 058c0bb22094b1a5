/*
 * A struct tcp_info in words, with the names that ss(8) has for its fields where it has any. What a
 * kernel does not know, or has nothing to say of, is left out.
 */
#include "ui/escape.h"
#include "ui/text.h"
#include "ui/watch_words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum unit {
    UNIT_NUMBER,
    UNIT_USEC, /* shown in milliseconds */
    UNIT_MSEC,
    UNIT_RATE,    /* octets a second, shown in bits */
    UNIT_SSTHRESH /* a number that has no meaning before the first loss */
};

/* Fields that the headers of many systems do not have yet; the kernel only ever appends. */
enum {
    SND_WND_AT = 228,
    RCV_WND_AT = 232,
    REHASH_AT = 236,
    NO_SSTHRESH = 0x7fffffff
};

struct info_field {
    const char *name; /* NULL: a new line */
    size_t at;
    uint8_t len;
    enum unit unit;
    bool always; /* even where it is 0 */
};

#define AT(member)                                                                                 \
    offsetof(struct tcp_info, member), sizeof(((const struct tcp_info *)NULL)->member)

static const struct info_field fields[] = {
    { "rto", AT(tcpi_rto), UNIT_USEC, true },
    { "rtt", AT(tcpi_rtt), UNIT_USEC, true },
    { "rttvar", AT(tcpi_rttvar), UNIT_USEC, true },
    { "minrtt", AT(tcpi_min_rtt), UNIT_USEC, false },
    { "rcv_rtt", AT(tcpi_rcv_rtt), UNIT_USEC, false },
    { "ato", AT(tcpi_ato), UNIT_USEC, false },
    { "lastsnd", AT(tcpi_last_data_sent), UNIT_MSEC, false },
    { "lastrcv", AT(tcpi_last_data_recv), UNIT_MSEC, false },
    { "lastack", AT(tcpi_last_ack_recv), UNIT_MSEC, false },
    { NULL, 0, 0, UNIT_NUMBER, false },
    { "mss", AT(tcpi_snd_mss), UNIT_NUMBER, true },
    { "rcvmss", AT(tcpi_rcv_mss), UNIT_NUMBER, true },
    { "advmss", AT(tcpi_advmss), UNIT_NUMBER, true },
    { "pmtu", AT(tcpi_pmtu), UNIT_NUMBER, true },
    { "cwnd", AT(tcpi_snd_cwnd), UNIT_NUMBER, true },
    { "ssthresh", AT(tcpi_snd_ssthresh), UNIT_SSTHRESH, false },
    { "snd_wnd", SND_WND_AT, 4, UNIT_NUMBER, true },
    { "rcv_wnd", RCV_WND_AT, 4, UNIT_NUMBER, true },
    { "rcv_space", AT(tcpi_rcv_space), UNIT_NUMBER, true },
    { "rcv_ssthresh", AT(tcpi_rcv_ssthresh), UNIT_NUMBER, true },
    { NULL, 0, 0, UNIT_NUMBER, false },
    { "bytes_sent", AT(tcpi_bytes_sent), UNIT_NUMBER, true },
    { "bytes_acked", AT(tcpi_bytes_acked), UNIT_NUMBER, true },
    { "bytes_received", AT(tcpi_bytes_received), UNIT_NUMBER, true },
    { "bytes_retrans", AT(tcpi_bytes_retrans), UNIT_NUMBER, false },
    { "notsent", AT(tcpi_notsent_bytes), UNIT_NUMBER, false },
    { "segs_out", AT(tcpi_segs_out), UNIT_NUMBER, true },
    { "segs_in", AT(tcpi_segs_in), UNIT_NUMBER, true },
    { "data_segs_out", AT(tcpi_data_segs_out), UNIT_NUMBER, false },
    { "data_segs_in", AT(tcpi_data_segs_in), UNIT_NUMBER, false },
    { NULL, 0, 0, UNIT_NUMBER, false },
    { "unacked", AT(tcpi_unacked), UNIT_NUMBER, false },
    { "sacked", AT(tcpi_sacked), UNIT_NUMBER, false },
    { "lost", AT(tcpi_lost), UNIT_NUMBER, false },
    { "retrans", AT(tcpi_retrans), UNIT_NUMBER, true },
    { "total_retrans", AT(tcpi_total_retrans), UNIT_NUMBER, true },
    { "retransmits", AT(tcpi_retransmits), UNIT_NUMBER, false },
    { "probes", AT(tcpi_probes), UNIT_NUMBER, false },
    { "backoff", AT(tcpi_backoff), UNIT_NUMBER, false },
    { "reordering", AT(tcpi_reordering), UNIT_NUMBER, true },
    { "reord_seen", AT(tcpi_reord_seen), UNIT_NUMBER, false },
    { "rcv_ooopack", AT(tcpi_rcv_ooopack), UNIT_NUMBER, false },
    { "dsack_dups", AT(tcpi_dsack_dups), UNIT_NUMBER, false },
    { "delivered", AT(tcpi_delivered), UNIT_NUMBER, false },
    { "delivered_ce", AT(tcpi_delivered_ce), UNIT_NUMBER, false },
    { "rehash", REHASH_AT, 4, UNIT_NUMBER, false },
    { NULL, 0, 0, UNIT_NUMBER, false },
    { "pacing_rate", AT(tcpi_pacing_rate), UNIT_RATE, false },
    { "delivery_rate", AT(tcpi_delivery_rate), UNIT_RATE, false },
    { "busy", AT(tcpi_busy_time), UNIT_USEC, false },
    { "rwnd_limited", AT(tcpi_rwnd_limited), UNIT_USEC, false },
    { "sndbuf_limited", AT(tcpi_sndbuf_limited), UNIT_USEC, false },
};

#undef AT

/* Words are added to a text while there is room. */
struct words {
    char *text;
    size_t len, used;
};

static void add(struct words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct words *words, const char *format, ...)
{
    va_list args;
    if (words->used + 1 >= words->len)
        return;
    va_start(args, format);
    int added = vsnprintf(words->text + words->used, words->len - words->used, format, args);
    va_end(args);
    words->used += added > 0 ? (size_t)added : 0;
}

static uint64_t value_of(const struct info_field *field, const struct dump_detail *detail)
{
    uint8_t one;
    uint32_t four;
    uint64_t eight;
    const uint8_t *at = detail->info.octets + field->at;
    if (field->len == sizeof one)
        return *at;
    if (field->len == sizeof four) {
        memcpy(&four, at, sizeof four);
        return four;
    }
    memcpy(&eight, at, sizeof eight);
    return eight;
}

static void add_rate(struct words *words, const char *name, uint64_t octets)
{
    static const char *const units[] = { "bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s" };
    double rate = (double)octets * 8;
    unsigned unit = 0;
    while (rate >= 1000 && unit < 4) {
        rate /= 1000;
        unit++;
    }
    if (octets != UINT64_MAX) /* not paced */
        add(words, "%s %.3g%s ", name, rate, units[unit]);
}

static void add_field(struct words *words, const struct info_field *field, uint64_t value)
{
    switch (field->unit) {
    case UNIT_NUMBER:
        add(words, "%s %" PRIu64 " ", field->name, value);
        return;
    case UNIT_USEC:
        if (value < UINT32_MAX) /* minrtt: none measured */
            add(words, "%s %" PRIu64 ".%03" PRIu64 "ms ", field->name, value / 1000, value % 1000);
        return;
    case UNIT_MSEC:
        add(words, "%s %" PRIu64 "ms ", field->name, value);
        return;
    case UNIT_RATE:
        add_rate(words, field->name, value);
        return;
    case UNIT_SSTHRESH:
        if (value < NO_SSTHRESH)
            add(words, "%s %" PRIu64 " ", field->name, value);
        return;
    }
}

static void add_options(struct words *words, const struct tcp_info *info)
{
    static const char *const names[] = { "timestamps", "sack",     "wscale",
                                         "ecn",        "ecn_seen", "fastopen" };
    static const char *const recovery[] = { "Open", "Disorder", "CWR", "Recovery", "Loss" };
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!(info->tcpi_options & 1u << i))
            continue;
        if (1u << i == TCPI_OPT_WSCALE)
            add(words, "wscale:%u,%u ", info->tcpi_snd_wscale, info->tcpi_rcv_wscale);
        else
            add(words, "%s ", names[i]);
    }
    if (info->tcpi_ca_state < sizeof recovery / sizeof recovery[0])
        add(words, "ca_state %s ", recovery[info->tcpi_ca_state]);
    if (info->tcpi_delivery_rate_app_limited)
        add(words, "app_limited ");
}

static void add_socket(struct words *words, const struct watch_row *row,
                       const struct dump_detail *detail)
{
    char name[4 * sizeof detail->congestion + 1], timer[32];
    const char *raw = detail->congestion;
    add(words, "uid %" PRIu32 " ino %" PRIu32 " sk %" PRIx64 " timer %s ", row->now.uid,
        row->now.inode, row->now.cookie, watch_timer(&row->now, timer, sizeof timer));
    if (row->now.retransmits)
        add(words, "retransmitted %u ", row->now.retransmits);
    if (dump_interface(&row->now.names))
        add(words, "interface %" PRIu32 " ", dump_interface(&row->now.names));
    if (detail->tos)
        add(words, "tos 0x%x ", detail->tos);
    if (detail->shutdown)
        add(words, "shutdown %s%s ", detail->shutdown & 1 ? "<" : "-",
            detail->shutdown & 2 ? ">" : "-");
    if (raw[0])
        add(words, "%s ", escape_text((const uint8_t *)raw, strlen(raw), name, sizeof name));
}

/* In the order of SK_MEMINFO_*, with the letters of ss. */
static void add_memory(struct words *words, const struct dump_detail *detail)
{
    static const char *const names[DUMP_SKMEM_COUNT] = { "r", "rb", "t",  "tb", "f",
                                                         "w", "o",  "bl", "d" };
    add(words, "\nskmem:(");
    for (unsigned i = 0; i < DUMP_SKMEM_COUNT; i++)
        add(words, "%s%s%" PRIu32, i ? "," : "", names[i], detail->skmem[i]);
    add(words, ")");
}

/* In LISTEN two fields of a tcp_info have another meaning, and the rest has none. */
static void add_listen(struct words *words, const struct tcp_info *info)
{
    add(words, _("\naccept queue %" PRIu32 " of %" PRIu32), info->tcpi_unacked, info->tcpi_sacked);
}

static void add_info(struct words *words, const struct dump_detail *detail)
{
    add_options(words, &detail->info.tcp);
    add(words, "\n");
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const struct info_field *field = &fields[i];
        if (!field->name) {
            add(words, "\n");
        } else if (field->at + field->len <= detail->info_len) {
            uint64_t value = value_of(field, detail);
            if (value || field->always)
                add_field(words, field, value);
        }
    }
}

char *watch_detail(const struct watch_row *row, const struct dump_detail *detail, char *text,
                   size_t len)
{
    struct words words = { .text = text, .len = len };
    text[0] = '\0';
    if (!detail) {
        add(&words, "%s", _("The kernel tells nothing of it any more."));
        return text;
    }
    add_socket(&words, row, detail);
    if (row->now.state == LISTEN)
        add_listen(&words, &detail->info.tcp);
    else if (detail->info_len > 0)
        add_info(&words, detail);
    else
        add(&words, "\n%s", _("No more is kept of a connection in this state."));
    if (detail->has_skmem)
        add_memory(&words, detail);
    return text;
}
