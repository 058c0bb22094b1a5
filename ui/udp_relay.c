/*
 * `tcpstep udp relay`: stands between two programs and loses, reorders and copies what passes.
 */
#include "net/udp_relay.h"

#include "ui/complain.h"
#include "ui/text.h"
#include "ui/udp.h"

#include <stdio.h>
#include <string.h>

static const char *way_name(unsigned way)
{
    return way == UDP_THERE ? _("there") : _("back");
}

/* What happened to one, where anything did. */
static void met(void *of, unsigned way, uint64_t number, uint32_t len, unsigned fate)
{
    const struct udp_request *request = of;
    if (request->quiet || fate == 0)
        return;
    printf(_("%s %llu, %u octets:%s%s%s\n"), way_name(way), (unsigned long long)number, len,
           fate & UDP_LOST ? _(" lost") : "",
           fate & UDP_OVERTAKEN ? _(" goes behind the next one") : "",
           fate & UDP_TWICE ? _(" goes twice") : "");
    fflush(stdout);
}

static void report(const struct udp_relay *relay)
{
    const struct udp_relay_count *passed = udp_relay_count(relay);
    for (unsigned way = 0; way < UDP_WAYS; way++) {
        const struct udp_wire_count *count = &udp_relay_wire(relay)->count[way];
        printf(_("%s: %llu came, %llu were lost, %llu were overtaken, %llu went twice, %llu had no "
                 "room, %llu went on\n"),
               way_name(way), (unsigned long long)count->came, (unsigned long long)count->lost,
               (unsigned long long)count->overtaken, (unsigned long long)count->copied,
               (unsigned long long)count->no_room, (unsigned long long)passed->out[way]);
    }
    if (passed->refused)
        printf(_("%llu times ICMP said that nobody was there\n"),
               (unsigned long long)passed->refused);
    if (passed->failed)
        printf(_("%llu could not be passed on, and are lost\n"),
               (unsigned long long)passed->failed);
    if (passed->forgotten)
        printf(_("%llu clients were forgotten for others\n"),
               (unsigned long long)passed->forgotten);
}

/* Only the first address: a relay has one front. */
int udp_relay_run(const struct udp_request *request)
{
    struct program program;
    struct net_error error;
    int status = STATUS_NOT_ALLOWED;
    if (!program_open(&program, &request->wishes))
        return program_close(&program, status);
    struct udp_relay_setup setup = { .at = request->at.at[0],
                                     .to = request->to.at[0],
                                     .chances = request->chances,
                                     .told = program.told,
                                     .met = met,
                                     .of = (void *)(uintptr_t)request };
    struct udp_relay *relay = udp_relay_open(&setup, &program.loop, &error);
    if (relay) {
        struct endpoint at = udp_relay_end(relay);
        udp_say_where(&at);
        while (program.asked_to_end == 0 && program_wait(&program, udp_relay_tick(relay)))
            ;
        report(relay);
        udp_relay_close(relay);
        status = STATUS_DONE;
    } else {
        complain("%s: %s", error.operation, strerror(error.err));
    }
    return program_close(&program, status);
}
