/*
 * `tcpstep udp compare`: what was counted, side by side.
 */
#include "net/udp_compare.h"

#include "ui/complain.h"
#include "ui/text.h"
#include "ui/tui/grid.h"
#include "ui/udp.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    WHAT_WIDTH = 44, /* columns */
    VALUE_WIDTH = 12
};

static bool wait_for_it(void *of, int msec)
{
    struct program *program = of;
    return program->asked_to_end == 0 && program_wait(program, msec);
}

static void row(const char *what, uint64_t tcp, uint64_t udp)
{
    printf("  %-*s %12" PRIu64 " %12" PRIu64 "\n", text_field(what, WHAT_WIDTH), what, tcp, udp);
}

static void print_programs(const struct udp_compare_side *tcp, const struct udp_compare_side *udp)
{
    printf("%s\n", _("the programs"));
    row(_("messages and pieces written"), tcp->written, udp->written);
    row(_("octets written"), tcp->written_octets, udp->written_octets);
    row(_("reads that returned something"), tcp->reads, udp->reads);
    row(_("  of these exactly what one write wrote"), tcp->whole_reads, udp->whole_reads);
    row(_("octets read"), tcp->read_octets, udp->read_octets);
    row(_("writes that never came"), tcp->missing, udp->missing);
    row(_("writes that came twice"), tcp->again, udp->again);
    row(_("writes that came behind later ones"), tcp->late, udp->late);
    row(_("socket calls of both programs"), tcp->calls, udp->calls);
    const char *what = _("what was read is what was written");
    const char *of_tcp = tcp->same ? _("yes") : _("no"), *of_udp = udp->same ? _("yes") : _("no");
    printf("  %-*s %*s %*s\n", text_field(what, WHAT_WIDTH), what, text_field(of_tcp, VALUE_WIDTH),
           of_tcp, text_field(of_udp, VALUE_WIDTH), of_udp);
}

static void print_wire(const struct udp_compare_side *tcp, const struct udp_compare_side *udp)
{
    printf("%s\n", _("the wire, both ways"));
    row(_("packets sent"), tcp->packets, udp->packets);
    row(_("  of these sent again"), tcp->resent, udp->resent);
    row(_("octets sent, headers included"), tcp->wire_octets, udp->wire_octets);
    row(_("packets that the wire lost"), tcp->lost, udp->lost);
    row(_("packets that were overtaken"), tcp->overtaken, udp->overtaken);
    row(_("packets that the wire copied"), tcp->copied, udp->copied);
    const char *what = _("ms until the last octet was read");
    printf("  %-*s %9" PRIu64 ".%02u %9" PRIu64 ".%02u\n", text_field(what, WHAT_WIDTH), what,
           tcp->usec / 1000, (unsigned)(tcp->usec % 1000 / 10), udp->usec / 1000,
           (unsigned)(udp->usec % 1000 / 10));
}

static void print_setup(const struct udp_compare_setup *setup)
{
    const struct udp_chances *chances = &setup->chances;
    printf(_("%u messages, then a file of %u octets by pieces of %u. Loss %u.%04u %%, reordering "
             "%u.%04u %%, copies %u.%04u %%, %llu ms under way, seed %llu\n"),
           setup->messages, setup->size, setup->piece_len, chances->loss / 10000,
           chances->loss % 10000, chances->reorder / 10000, chances->reorder % 10000,
           chances->duplicate / 10000, chances->duplicate % 10000,
           (unsigned long long)(chances->delay_usec / 1000), (unsigned long long)chances->seed);
    printf("%s\n", setup->model
                       ? _("TCP: of the model, whose clock is virtual. UDP: over loopback, through "
                           "a relay")
                       : _("TCP: the kernel's, between two network namespaces on a wire of ours. "
                           "UDP: over loopback, through a relay"));
}

/* On the wire of a sandbox; where that is not allowed, and so said, by the model. */
static bool over_tcp(struct udp_compare_setup *setup, struct udp_compare_side *side,
                     struct net_error *error)
{
    if (udp_compare_over_tcp(setup, side, error))
        return true;
    if (setup->model || error->err == ECANCELED || error->err == ETIMEDOUT)
        return false;
    complain(_("this machine allows no network namespaces of our own (%s: %s): TCP is the model's. "
               "'tcpstep doctor' says what would allow it"),
             error->operation, strerror(error->err));
    setup->model = true;
    return udp_compare_over_tcp(setup, side, error);
}

int udp_compare_run(const struct udp_request *request)
{
    struct program program;
    struct net_error error;
    struct udp_compare_side tcp, udp;
    int status = STATUS_NOT_ALLOWED;
    struct udp_compare_setup setup = { .messages = request->messages,
                                       .size = request->size,
                                       .piece_len = request->piece_len,
                                       .chances = request->chances,
                                       .model = request->model,
                                       .wait_msec = request->wait_msec,
                                       .loop = &program.loop,
                                       .wait = wait_for_it,
                                       .of = &program };
    if (!program_open(&program, &request->wishes))
        return program_close(&program, status);
    if (over_tcp(&setup, &tcp, &error) && udp_compare_over_udp(&setup, &udp, &error)) {
        print_setup(&setup);
        printf("  %-*s %12s %12s\n", WHAT_WIDTH, "", "TCP", "UDP");
        print_programs(&tcp, &udp);
        print_wire(&tcp, &udp);
        status = STATUS_DONE;
    } else {
        complain("%s: %s", error.operation, strerror(error.err));
    }
    return program_close(&program, status);
}
