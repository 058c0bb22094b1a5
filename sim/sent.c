/*
 * The marks are few, so a row of them is walked.
 */
#include "sim/sent.h"

static bool ends_small(const struct sent *sent, unsigned mark)
{
    return (sent->small >> mark & 1) != 0;
}

void sent_note(struct sent *sent, struct seq end, bool small, uint64_t now_usec)
{
    unsigned last = sent->count - 1u;
    bool same =
        sent->count > 0 && !ends_small(sent, last) && sent->at[last].usec == (uint32_t)now_usec;
    if (!same && sent->count < SENT_MARKS)
        last = sent->count++;
    sent->at[last].end = end;
    sent->at[last].usec = (uint32_t)now_usec;
    sent->small = (uint8_t)((sent->small & ~(1u << last)) | (unsigned)small << last);
}

void sent_forget(struct sent *sent, struct seq una)
{
    unsigned gone = 0;
    while (gone < sent->count && seq_le(sent->at[gone].end, una))
        gone++;
    if (gone == 0)
        return;
    sent->count = (uint8_t)(sent->count - gone);
    sent->small = (uint8_t)(sent->small >> gone);
    for (unsigned i = 0; i < sent->count; i++)
        sent->at[i] = sent->at[i + gone];
}

static uint32_t age_of(const struct sent *sent, unsigned mark, uint64_t now_usec)
{
    return (uint32_t)now_usec - sent->at[mark].usec;
}

bool sent_age(const struct sent *sent, struct seq seq, uint64_t now_usec, uint64_t *age_usec)
{
    for (unsigned i = 0; i < sent->count; i++) {
        if (seq_gt(sent->at[i].end, seq)) {
            *age_usec = age_of(sent, i, now_usec);
            return true;
        }
    }
    return false;
}

struct seq sent_before(const struct sent *sent, struct seq from, uint64_t now_usec,
                       uint64_t age_usec)
{
    struct seq end = from;
    for (unsigned i = 0; i < sent->count && age_of(sent, i, now_usec) >= age_usec; i++) {
        if (seq_gt(sent->at[i].end, end))
            end = sent->at[i].end;
    }
    return end;
}

uint32_t sent_together(const struct sent *sent, struct seq from, uint32_t len, uint32_t mss)
{
    uint32_t most = len < mss ? len : mss;
    uint32_t whole = 0;
    for (unsigned i = 0; i < sent->count; i++) {
        if (!ends_small(sent, i) || seq_le(sent->at[i].end, from))
            continue;
        uint32_t octets = seq_from(from, sent->at[i].end);
        if (octets > most)
            return whole > 0 ? whole : most;
        whole = octets;
    }
    return whole > 0 ? whole : most;
}
