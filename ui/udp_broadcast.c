/*
 * `tcpstep udp broadcast`: one datagram for everybody, on a network of our own.
 */
#include "net/udp_broadcast.h"

#include "sim/call.h"
#include "ui/complain.h"
#include "ui/escape.h"
#include "ui/text.h"
#include "ui/udp.h"

#include <stdio.h>
#include <string.h>

static const char *outcome(int32_t err, char *name, size_t len)
{
    return err ? errno_name(err, name, len) : "0";
}

static unsigned print_seen(const struct udp_broadcast *seen)
{
    char name[24], shown[64 * 4];
    unsigned heard = 0;
    printf(_("A: connect(10.9.0.255:7788) of TCP: %s. A connection has two ends, not many\n"),
           outcome(seen->tcp, name, sizeof name));
    printf(_("A: sendto(10.9.0.255:7788) of UDP, without SO_BROADCAST: %s. A program has to say "
             "that it means everybody\n"),
           outcome(seen->before, name, sizeof name));
    if (seen->sent < 0)
        printf(_("A: sendto(10.9.0.255:7788) with SO_BROADCAST: %s\n"),
               outcome(-seen->sent, name, sizeof name));
    else
        printf(_("A: sendto(10.9.0.255:7788) with SO_BROADCAST: %d\n"), seen->sent);
    printf(_("the wire: %u of such packets, given to all the others\n"), seen->packets);
    for (unsigned h = 1; h < UDP_BROADCAST_HOSTS; h++) {
        if (seen->got[h] >= 0)
            printf(_("%c: recvfrom() = %d, \"%s\" from A\n"), 'A' + (int)h, seen->got[h],
                   escape_text(seen->octets, (size_t)seen->got[h], shown, sizeof shown));
        else
            printf(_("%c: has heard nothing\n"), 'A' + (int)h);
        heard += seen->got[h] >= 0;
    }
    return heard;
}

int udp_broadcast_run(const struct udp_request *request)
{
    static const char words[] = "is anybody there?";
    struct udp_broadcast seen = { .sent = 0 };
    struct net_error error;
    (void)request;
    if (!udp_broadcast(words, sizeof words - 1, &seen, &error)) {
        complain(_("a broadcast is sent on a network of our own only, and this machine allows no "
                   "network namespaces (%s: %s). 'tcpstep doctor' says what would allow it"),
                 error.operation, strerror(error.err));
        return STATUS_NOT_ALLOWED;
    }
    bool all = print_seen(&seen) == UDP_BROADCAST_HOSTS - 1;
    return all ? STATUS_DONE : STATUS_DOES_NOT_HOLD;
}
