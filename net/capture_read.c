/*
 * The one place that knows libpcap's readers.
 */
#include "net/capture_read.h"

#include "sim/octets.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ETHER_TYPE_IP4 = 0x0800,
    ETHER_TYPE_IP6 = 0x86dd,
    ETHER_TYPE_VLAN = 0x8100,
    ETHER_TYPE_VLAN_OUTER = 0x88a8,
    VLAN_TAG_LEN = 4,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_SLL2 = 276,
    USEC_PER_SEC = 1000000
};

struct capture_file {
    pcap_t *pcap;
    int link;
    uint64_t number;
    int64_t first_usec;
    uint64_t last_usec;
    char words[CAPTURE_WORDS_MAX];
};

/* ---- links */

/* Where the type of what follows stands, and where that begins; those without one have -1. */
struct link_layout {
    int link, type_at, header_len;
};

static const struct link_layout layouts[] = {
    { DLT_RAW, -1, 0 },  { LINK_IPV4, -1, 0 },   { LINK_IPV6, -1, 0 },      { DLT_NULL, -1, 4 },
    { DLT_LOOP, -1, 4 }, { DLT_EN10MB, 12, 14 }, { DLT_LINUX_SLL, 14, 16 }, { LINK_SLL2, 0, 20 },
};

static const struct link_layout *layout_of(int link)
{
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        if (layouts[i].link == link)
            return &layouts[i];
    }
    return NULL;
}

bool link_is_known(int link)
{
    return layout_of(link) != NULL;
}

static bool is_vlan(uint16_t type)
{
    return type == ETHER_TYPE_VLAN || type == ETHER_TYPE_VLAN_OUTER;
}

long link_header_len(int link, const uint8_t *octets, size_t len)
{
    const struct link_layout *layout = layout_of(link);
    if (!layout || len <= (size_t)layout->header_len)
        return -1;
    size_t at = (size_t)layout->header_len;
    if (layout->type_at >= 0) {
        uint16_t type = get16(octets + layout->type_at);
        for (; is_vlan(type) && len >= at + VLAN_TAG_LEN; at += VLAN_TAG_LEN)
            type = get16(octets + at + 2);
        if (type != ETHER_TYPE_IP4 && type != ETHER_TYPE_IP6)
            return -1;
    }
    if (at >= len || (octets[at] >> 4 != 4 && octets[at] >> 4 != 6))
        return -1;
    return (long)at;
}

/* ---- files */

struct capture_file *capture_open(const char *path, char *words)
{
    char error[PCAP_ERRBUF_SIZE] = "";
    struct capture_file *file = calloc(1, sizeof *file);
    if (!file) {
        snprintf(words, CAPTURE_WORDS_MAX, "out of memory");
        return NULL;
    }
    file->pcap = pcap_open_offline(path, error);
    if (!file->pcap) {
        snprintf(words, CAPTURE_WORDS_MAX, "%s", error);
        free(file);
        return NULL;
    }
    file->link = pcap_datalink(file->pcap);
    if (!link_is_known(file->link)) {
        const char *name = pcap_datalink_val_to_name(file->link);
        snprintf(words, CAPTURE_WORDS_MAX, "link type %d%s%s%s is not one that is read here",
                 file->link, name ? " (" : "", name ? name : "", name ? ")" : "");
        capture_close(file);
        return NULL;
    }
    return file;
}

void capture_close(struct capture_file *file)
{
    if (!file)
        return;
    pcap_close(file->pcap);
    free(file);
}

/* Counted from the first packet, and never back. */
static uint64_t clock_of(struct capture_file *file, const struct pcap_pkthdr *header)
{
    int64_t sec = (int64_t)header->ts.tv_sec & UINT32_MAX; /* whatever the file says */
    int64_t usec = sec * USEC_PER_SEC + (int64_t)header->ts.tv_usec % USEC_PER_SEC;
    if (file->number == 1)
        file->first_usec = usec;
    if (usec - file->first_usec > (int64_t)file->last_usec)
        file->last_usec = (uint64_t)(usec - file->first_usec);
    return file->last_usec;
}

enum capture_progress capture_next(struct capture_file *file, struct capture_packet *packet)
{
    struct pcap_pkthdr *header;
    const uint8_t *octets;
    int got = pcap_next_ex(file->pcap, &header, &octets);
    if (got == PCAP_ERROR_BREAK)
        return CAPTURE_END;
    if (got != 1) {
        snprintf(file->words, sizeof file->words, "%s", pcap_geterr(file->pcap));
        return CAPTURE_BROKEN;
    }
    file->number++;
    *packet = (struct capture_packet){ .number = file->number, .usec = clock_of(file, header) };
    long at = link_header_len(file->link, octets, header->caplen);
    if (at < 0)
        return CAPTURE_OTHER;
    packet->octets = octets + at;
    packet->len = header->caplen - (size_t)at;
    packet->wire_len = header->len > header->caplen ? header->len - (size_t)at : packet->len;
    return CAPTURE_IP;
}

const char *capture_words(const struct capture_file *file)
{
    return file->words;
}
