/*
 * Two passes: what happened to a segment is told after it was sent, and belongs to its packet.
 */
#include "ui/export/pcapng.h"

#include "sim/checksum.h"
#include "sim/codec.h"
#include "sim/octets.h"
#include "ui/escape.h"
#include "ui/export/pcapng_block.h"
#include "ui/retell.h"
#include "ui/text.h"
#include "ui/words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    BYTE_ORDER_MAGIC = 0x1a2b3c4d,
    LINKTYPE_RAW = 101,  /* a packet begins with its IP header, */
    LINKTYPE_IPV4 = 228, /* ... of this version */
    LINKTYPE_IPV6 = 229,
    MICROSECONDS = 6, /* 10^-6 */
    NAME_IPV4 = 1,
    NAME_IPV6 = 2,
    UDP_HEADER_LEN = 8,
    AT_UDP_CHECKSUM = 6,
    PACKET_LEN_MAX = IP6_HEADER_LEN + UINT16_MAX,
    COMMENT_MAX = 1200,
    LABEL_MAX = 96
};

#define NO_PACKET UINT32_MAX

/* A packet of the file. */
struct packet {
    const struct event *born;    /* it was sent, or copied by the wire */
    const struct event *sent;    /* the same, or the segment that was copied in the end */
    const struct event *altered; /* the wire has changed it into this; NULL: it has not */
    uint32_t first, last;        /* of its remarks, from 1; 0: none */
};

/* An event that is told as a comment. */
struct remark {
    const struct event *event;
    uint32_t next; /* of the same packet, from 1; 0: none */
};

struct fold {
    struct packet *packets;
    struct remark *remarks;
    uint32_t packet_count, remark_count;
    uint32_t *of_lane[LANE_COUNT]; /* the lane's packets: their ids ascend */
    uint32_t lane_count[LANE_COUNT];
    uint32_t got[LANE_COUNT]; /* the packet whose arrival is dealt with, or NO_PACKET */
    uint32_t touched;         /* the packet last spoken of, or NO_PACKET */
};

/* ---- what belongs to which packet */

static bool fold_begin(struct fold *fold, size_t events)
{
    *fold = (struct fold){ .touched = NO_PACKET };
    fold->packets = calloc(events + 1, sizeof fold->packets[0]);
    fold->remarks = calloc(events + 1, sizeof fold->remarks[0]);
    bool good = fold->packets && fold->remarks;
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        fold->got[lane] = NO_PACKET;
        fold->of_lane[lane] = calloc(events + 1, sizeof(uint32_t));
        good = good && fold->of_lane[lane];
    }
    return good;
}

static void fold_end(struct fold *fold)
{
    free(fold->packets);
    free(fold->remarks);
    for (unsigned lane = 0; lane < LANE_COUNT; lane++)
        free(fold->of_lane[lane]);
}

static uint32_t find(const struct fold *fold, unsigned lane, uint32_t id)
{
    uint32_t low = 0, high = fold->lane_count[lane];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2, at = fold->of_lane[lane][middle];
        uint32_t here = fold->packets[at].born->u.wire.id;
        if (here == id)
            return at;
        if (here < id)
            low = middle + 1;
        else
            high = middle;
    }
    return NO_PACKET;
}

static void add_remark(struct fold *fold, uint32_t at, const struct event *event)
{
    if (at == NO_PACKET)
        return;
    struct packet *packet = &fold->packets[at];
    fold->remarks[fold->remark_count++].event = event;
    if (packet->last)
        fold->remarks[packet->last - 1].next = fold->remark_count;
    else
        packet->first = fold->remark_count;
    packet->last = fold->remark_count;
}

static void add_packet(struct fold *fold, const struct event *event)
{
    uint32_t at = fold->packet_count++;
    struct packet *packet = &fold->packets[at];
    packet->born = event;
    packet->sent = event;
    fold->of_lane[event->lane][fold->lane_count[event->lane]++] = at;
    fold->touched = at;
    if (event->kind == EV_SENT)
        return;
    uint32_t original = find(fold, event->lane, event->u.wire.of);
    if (original != NO_PACKET)
        packet->sent = fold->packets[original].sent;
    if (event->u.wire.seg.corrupted)
        packet->altered = event;
}

static void take_wire(struct fold *fold, const struct event *event)
{
    uint32_t at = find(fold, event->lane, event->u.wire.id);
    if (event->kind == EV_DELIVERED)
        fold->got[event->lane] = at;
    if (at == NO_PACKET)
        return;
    if (event->kind == EV_CORRUPTED)
        fold->packets[at].altered = event;
    fold->touched = at;
    add_remark(fold, at, event);
}

/* A rule is about the segment that came, until something else happens on its lane. */
static void take_rule(struct fold *fold, const struct event *event)
{
    if (event->u.state.source == BY_RULE)
        add_remark(fold, fold->got[event->lane], event);
}

static void take(struct fold *fold, const struct event *event)
{
    switch ((enum event_kind)event->kind) {
    case EV_SENT:
    case EV_DUPLICATED:
        add_packet(fold, event);
        break;
    case EV_DELIVERED:
    case EV_DROPPED:
    case EV_HELD:
    case EV_RELEASED:
    case EV_CORRUPTED:
        take_wire(fold, event);
        break;
    case EV_STATE:
    case EV_RULE:
        take_rule(fold, event);
        break;
    case EV_SAY: /* a lab speaks behind what it speaks of; before the first segment, of that one */
        add_remark(fold, fold->touched == NO_PACKET ? 0 : fold->touched, event);
        break;
    case EV_CALL:
        fold->got[event->lane] = NO_PACKET;
        break;
    case EV_TIMER:
        if (event->u.timer.change == TIMER_RAN_OUT)
            fold->got[event->lane] = NO_PACKET;
        break;
    case EV_RETURN:
    case EV_SOCKET:
    case EV_SIGNAL:
    case EV_VARS:
    case EV_EXPECT:
    case EV_DIFFERS:
    case EV_NEXT:
    case EVENT_KIND_COUNT:
        break;
    }
}

/* ---- in words */

/* Of a segment that is on its way. */
static const char *fate_words(const struct event *event)
{
    static const char *const words[EVENT_KIND_COUNT] = {
        [EV_DELIVERED] = N_("delivered to %c at %s"),
        [EV_DROPPED] = N_("dropped on its way to %c at %s"),
        [EV_HELD] = N_("held back by the wire, sent by %c at %s"),
        [EV_RELEASED] = N_("released by the wire, sent by %c at %s"),
        [EV_CORRUPTED] =
            N_("an octet was changed by the wire, so its checksum is wrong; sent by %c at %s")
    };
    return _(words[event->kind]);
}

static char *remark_words(const struct event *event, char *text, size_t len)
{
    char inner[WORDS_MAX], where[48];
    if (event->kind == EV_SAY)
        return retell_event(event, text, len);
    if (event->kind == EV_STATE || event->kind == EV_RULE)
        snprintf(text, len, "%s (%s)", words_why(event, inner, sizeof inner),
                 words_where(event->u.state.rule, where, sizeof where));
    else
        snprintf(text, len, fate_words(event), host_letter(event->host),
                 words_time(event->usec, inner, sizeof inner));
    return text;
}

static void put_birth(const struct packet *packet, struct block *block)
{
    char text[LABEL_MAX];
    if (packet->born->kind == EV_DUPLICATED)
        block_option_text(block, OPT_COMMENT, _("a copy made by the wire"));
    else if (packet->born->u.wire.again) {
        snprintf(text, sizeof text, _("sent again by %c"), host_letter(packet->born->host));
        block_option_text(block, OPT_COMMENT, text);
    }
}

/* ---- octets */

static size_t encode_datagram(const struct segment *seg, const uint8_t *text, uint8_t *octets)
{
    struct ip_packet packet = { .src = seg->src.ip,
                                .dst = seg->dst.ip,
                                .protocol = PROTOCOL_UDP,
                                .payload_len = UDP_HEADER_LEN + seg->text_len };
    size_t ip_len = ip_encode_header(&packet, octets, PACKET_LEN_MAX);
    if (ip_len == 0)
        return 0;
    uint8_t *udp = octets + ip_len;
    put16(udp, seg->src.port);
    put16(udp + 2, seg->dst.port);
    put16(udp + 4, (uint16_t)packet.payload_len);
    put16(udp + AT_UDP_CHECKSUM, 0);
    if (text)
        memcpy(udp + UDP_HEADER_LEN, text, seg->text_len);
    else
        memset(udp + UDP_HEADER_LEN, 0, seg->text_len);
    uint16_t sum =
        transport_checksum(&packet.src, &packet.dst, PROTOCOL_UDP, udp, packet.payload_len);
    put16(udp + AT_UDP_CHECKSUM, sum ? sum : UINT16_MAX);
    return ip_len + packet.payload_len;
}

/* The octets as they were sent, and then what the wire has made of them. */
static size_t encode(const struct packet *packet, enum option_order order, uint8_t *octets)
{
    struct segment seg = packet->sent->u.wire.seg;
    const uint8_t *text = packet->sent->text_len == seg.text_len ? packet->sent->text : NULL;
    size_t len = seg.protocol == SEGMENT_OF_UDP
                     ? encode_datagram(&seg, text, octets)
                     : segment_encode(&seg, order, text, octets, PACKET_LEN_MAX);
    if (len == 0 || !packet->altered)
        return len;
    size_t text_at = len - seg.text_len;
    size_t checksum_at = seg.protocol == SEGMENT_OF_UDP ? AT_UDP_CHECKSUM : 16;
    if (seg.text_len > 0 && packet->altered->text_len == seg.text_len)
        memcpy(octets + text_at, packet->altered->text, seg.text_len);
    else
        octets[ip_header_len(seg.src.ip.family) + checksum_at] ^= UINT8_MAX;
    return len;
}

/* ---- blocks */

static const char *lane_label(unsigned lane)
{
    static const char *const labels[LANE_COUNT] = { "model", "kernel", "mixed" };
    return labels[lane];
}

static char *host_name(const struct lab *lab, unsigned host, char *name, size_t len)
{
    const struct lab_text *text = &lab->host_names[host];
    if (host < lab->host_count && text->len > 0)
        return escape_text(text->octets, text->len, name, len);
    snprintf(name, len, "%c", host_letter((int)host));
    return name;
}

static bool put_section(const struct pcapng_about *about, struct block *block, FILE *to)
{
    char name[LABEL_MAX], title[LABEL_MAX + PROFILE_WORDS_MAX + 32], not_tcp[LABEL_MAX];
    block_begin(block, BLOCK_SECTION);
    block_put32(block, BYTE_ORDER_MAGIC);
    block_put16(block, 1); /* version 1.0 */
    block_put16(block, 0);
    block_put32(block, UINT32_MAX); /* the section's length is not said */
    block_put32(block, UINT32_MAX);
    escape_text((const uint8_t *)about->title, strlen(about->title), name, sizeof name);
    snprintf(title, sizeof title, "tcpstep run %s, profile %.119s", name, about->profile->name);
    block_option_text(block, OPT_COMMENT, title);
    if (about->profile->variants)
        block_option_text(block, OPT_COMMENT,
                          profile_not_tcp(about->profile, not_tcp, sizeof not_tcp));
    block_option_text(block, OPT_SHB_USERAPPL, "tcpstep");
    return block_end(block, true, to);
}

/* LINKTYPE_RAW would do for all, but readers that use libpcap (1.10 at least) refuse a file with
 * two such interfaces: they take the number 101 of one for another link than DLT_RAW of the other.
 */
static uint16_t link_of(const struct fold *fold)
{
    uint8_t family = fold->packet_count ? fold->packets[0].born->u.wire.seg.src.ip.family : 4;
    for (uint32_t i = 0; i < fold->packet_count; i++) {
        if (fold->packets[i].born->u.wire.seg.src.ip.family != family)
            return LINKTYPE_RAW;
    }
    return family == 6 ? LINKTYPE_IPV6 : LINKTYPE_IPV4;
}

static bool put_interface(const struct pcapng_about *about, const struct trace *trace,
                          unsigned lane, unsigned host, const struct fold *fold,
                          struct block *block, FILE *to)
{
    static const uint8_t resolution = MICROSECONDS;
    char name[LABEL_MAX], label[LABEL_MAX + 16];
    block_begin(block, BLOCK_INTERFACE);
    block_put16(block, link_of(fold));
    block_put16(block, 0);
    block_put32(block, 0); /* packets are whole */
    snprintf(label, sizeof label, "%s %c %s%s%s", lane_label(lane), host_letter((int)host),
             host_name(about->lab, host, name, sizeof name), lane == LANE_MIXED ? ", " : "",
             lane == LANE_MIXED ? trace_kind(trace, LANE_MIXED, host) : "");
    block_option_text(block, OPT_IF_NAME, label);
    if (fold->lane_count[lane] == 0)
        block_option_text(block, OPT_IF_DESCRIPTION, _("no segment of this lane was seen"));
    block_option(block, OPT_IF_TSRESOL, &resolution, sizeof resolution);
    return block_end(block, true, to);
}

/* Which interface is whose: those of a lane's hosts follow each other. */
static bool put_interfaces(const struct fold *fold, const struct trace *trace,
                           const struct pcapng_about *about, uint32_t first[LANE_COUNT],
                           struct block *block, FILE *to)
{
    uint32_t count = 0;
    for (unsigned lane = 0; lane < LANE_COUNT; lane++) {
        first[lane] = count;
        if (!trace->on[lane] && fold->lane_count[lane] == 0)
            continue;
        for (unsigned host = 0; host < LAB_HOSTS_MAX; host++, count++) {
            if (!put_interface(about, trace, lane, host, fold, block, to))
                return false;
        }
    }
    return true;
}

static void put_name(const struct ip *ip, const char *name, struct block *block)
{
    uint8_t record[16 + LABEL_MAX + 16];
    size_t len = ip->family == 4 ? 4 : 16, name_len = strlen(name) + 1;
    memcpy(record, ip->octet, len);
    memcpy(record + len, name, name_len);
    block_put16(block, ip->family == 4 ? NAME_IPV4 : NAME_IPV6);
    block_put16(block, (uint16_t)(len + name_len));
    block_put(block, record, len + name_len);
}

/* Have hosts of more than one lane sent anything? They have the same addresses there. */
static bool has_two_lanes(const struct fold *fold)
{
    unsigned lanes = 0;
    for (unsigned lane = 0; lane < LANE_COUNT; lane++)
        lanes += fold->lane_count[lane] > 0;
    return lanes > 1;
}

/* Hosts by the addresses that they first send from; and what they are, where an address is that of
 * one host only. */
static bool put_names(const struct fold *fold, const struct trace *trace,
                      const struct pcapng_about *about, struct block *block, FILE *to)
{
    bool named[LAB_HOSTS_MAX] = { false }, shared = has_two_lanes(fold);
    char name[LABEL_MAX], label[LABEL_MAX + 16];
    block_begin(block, BLOCK_NAMES);
    for (uint32_t i = 0; i < fold->packet_count; i++) {
        const struct event *event = fold->packets[i].born;
        unsigned host = (unsigned)event->host;
        if (event->kind != EV_SENT || host >= LAB_HOSTS_MAX || named[host])
            continue;
        named[host] = true;
        snprintf(label, sizeof label, "%s%s%s", host_name(about->lab, host, name, sizeof name),
                 shared ? "" : ".",
                 shared ? "" : trace_kind(trace, (enum lane_id)event->lane, host));
        put_name(&event->u.wire.seg.src.ip, label, block);
    }
    block_put32(block, 0); /* the end of records */
    return block_end(block, false, to);
}

static bool put_packet(const struct fold *fold, const struct packet *packet,
                       const struct profile *profile, bool of_kernel, uint32_t interface,
                       struct block *block, FILE *to)
{
    uint8_t octets[PACKET_LEN_MAX];
    char words[COMMENT_MAX];
    enum option_order order =
        of_kernel ? ORDER_LINUX : (enum option_order)profile->set.option_order;
    size_t len = encode(packet, order, octets);
    if (len == 0) /* no packet can carry it: so none went */
        return true;
    block_begin(block, BLOCK_PACKET);
    block_put32(block, interface);
    block_put32(block, (uint32_t)(packet->born->usec >> 32));
    block_put32(block, (uint32_t)packet->born->usec);
    block_put32(block, (uint32_t)len);
    block_put32(block, (uint32_t)len);
    block_put(block, octets, len);
    put_birth(packet, block);
    for (uint32_t at = packet->first; at; at = fold->remarks[at - 1].next)
        block_option_text(block, OPT_COMMENT,
                          remark_words(fold->remarks[at - 1].event, words, sizeof words));
    return block_end(block, true, to);
}

static bool put_all(const struct fold *fold, const struct trace *trace,
                    const struct pcapng_about *about, struct block *block, FILE *to)
{
    uint32_t first[LANE_COUNT];
    if (!put_section(about, block, to) || !put_interfaces(fold, trace, about, first, block, to) ||
        !put_names(fold, trace, about, block, to))
        return false;
    for (uint32_t i = 0; i < fold->packet_count; i++) {
        const struct event *born = fold->packets[i].born;
        uint32_t host = born->host > 0 && born->host < LAB_HOSTS_MAX ? (uint32_t)born->host : 0;
        bool of_kernel = !trace->model[born->lane][host];
        if (!put_packet(fold, &fold->packets[i], about->profile, of_kernel,
                        first[born->lane] + host, block, to))
            return false;
    }
    return true;
}

bool pcapng_write(const struct trace *trace, const struct pcapng_about *about, FILE *to)
{
    struct fold fold;
    struct block block = { .len = 0 };
    bool good = fold_begin(&fold, trace->count);
    for (size_t i = 0; good && i < trace->count; i++)
        take(&fold, &trace->events[i]);
    good = good && put_all(&fold, trace, about, &block, to);
    block_free(&block);
    fold_end(&fold);
    return good;
}
