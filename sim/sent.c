/*
 * The marks are few, so a row of them is walked.
 */
#include "sim/sent.h"

static bool ends_small(const struct sent *sent, unsigned mark)
{
    return (sent->small >> mark & 1) != 0;
}

static uint16_t tick_of(uint64_t usec)
{
    return (uint16_t)(usec / SENT_TICK_USEC);
}

/* What does not fit is left out: so a boundary may be missing behind 64 KB, never be wrong. */
void sent_note(struct sent *sent, uint32_t len, bool small, uint64_t now_usec)
{
    unsigned last = sent->count - 1u;
    uint16_t tick = tick_of(now_usec);
    bool same = sent->count > 0 && !ends_small(sent, last) && sent->tick[last] == tick;
    if (!same && sent->count < SENT_MARKS) {
        last = sent->count++;
        sent->len[last] = 0;
    }
    uint32_t octets = sent->len[last] + len;
    bool fits = octets < UINT16_MAX;
    sent->len[last] = fits ? (uint16_t)octets : UINT16_MAX;
    sent->tick[last] = tick;
    sent->small = (uint8_t)((sent->small & ~(1u << last)) | (unsigned)(small && fits) << last);
}

void sent_forget(struct sent *sent, uint32_t len)
{
    unsigned gone = 0;
    for (; gone < sent->count && sent->len[gone] <= len; gone++)
        len -= sent->len[gone];
    if (gone < sent->count)
        sent->len[gone] = (uint16_t)(sent->len[gone] - len);
    if (gone == 0)
        return;
    sent->count = (uint8_t)(sent->count - gone);
    sent->small = (uint8_t)(sent->small >> gone);
    for (unsigned i = 0; i < sent->count; i++) {
        sent->len[i] = sent->len[i + gone];
        sent->tick[i] = sent->tick[i + gone];
    }
}

static uint32_t age_of(const struct sent *sent, unsigned mark, uint64_t now_usec)
{
    return (uint32_t)(uint16_t)(tick_of(now_usec) - sent->tick[mark]) * SENT_TICK_USEC;
}

bool sent_age(const struct sent *sent, uint32_t at, uint64_t now_usec, uint32_t *age_usec)
{
    uint32_t end = 0;
    for (unsigned i = 0; i < sent->count; i++) {
        end += sent->len[i];
        if (end > at) {
            *age_usec = age_of(sent, i, now_usec);
            return true;
        }
    }
    return false;
}

uint32_t sent_before(const struct sent *sent, uint64_t now_usec, uint32_t age_usec)
{
    uint32_t end = 0;
    for (unsigned i = 0; i < sent->count && age_of(sent, i, now_usec) >= age_usec; i++)
        end += sent->len[i];
    return end;
}

uint32_t sent_together(const struct sent *sent, uint32_t at, uint32_t len, uint32_t mss)
{
    uint32_t most = len < mss ? len : mss;
    uint32_t whole = 0, end = 0;
    for (unsigned i = 0; i < sent->count; i++) {
        end += sent->len[i];
        if (!ends_small(sent, i) || end <= at)
            continue;
        if (end - at > most)
            break;
        whole = end - at;
    }
    return whole > 0 ? whole : most;
}
