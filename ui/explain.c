/*
 * A line is printed when the next call is made, or when the loop waits: the state that a call led
 * to comes behind its return.
 */
#include "ui/explain.h"

#include "ui/text.h"

#include <inttypes.h>
#include <string.h>

void explain_begin(struct explain *explain, FILE *to)
{
    memset(explain, 0, sizeof *explain);
    explain->to = to;
    explain->sock = -1;
}

void explain_flush(struct explain *explain)
{
    char peer[ENDPOINT_TEXT_MAX] = "";
    const struct sock_row *row = socks_find(&explain->socks, LANE_KERNEL, 0, explain->sock);
    if (!explain->pending)
        return;
    explain->pending = false;
    if (row && row->remote.port)
        endpoint_text(&row->remote, peer, sizeof peer);
    else if (row && row->local.port)
        endpoint_text(&row->local, peer, sizeof peer);
    const char *state = row ? sock_state(row) : "";
    fprintf(explain->to, "%s%s%s%s%s\n", explain->line, row ? "  " : "", state, peer[0] ? "  " : "",
            peer);
    fflush(explain->to);
}

static void take_call(struct explain *explain, const struct event *event)
{
    uint32_t len =
        event->text_len < sizeof explain->text ? event->text_len : (uint32_t)sizeof explain->text;
    explain_flush(explain);
    explain->call = *event;
    if (len > 0)
        memcpy(explain->text, event->text, len);
    explain->call.text = explain->text;
    explain->call.text_len = len;
}

static void take_return(struct explain *explain, const struct event *event)
{
    char call[WORDS_MAX], result[WORDS_MAX];
    snprintf(explain->line, sizeof explain->line, "%s = %s",
             words_call(&explain->call, call, sizeof call),
             words_result(event, result, sizeof result));
    explain->pending = true;
    explain->sock = event->sock;
    explain->accepts = event->u.done.op == CALL_ACCEPT && event->u.done.result.ret >= 0;
}

/* One that no call has made. */
static void take_state(struct explain *explain, const struct event *event)
{
    char label[NAME_MAX_LEN + 8];
    if (explain->pending && event->sock == explain->sock)
        return; /* it stands in the call's line */
    explain_flush(explain);
    const struct sock_row *row = socks_find(&explain->socks, LANE_KERNEL, 0, event->sock);
    fprintf(explain->to, "    %s: %s -> %s  (%s)\n", sock_label(row, label, sizeof label),
            state_name((enum tcp_state)event->u.state.from),
            state_name((enum tcp_state)event->u.state.to),
            source_name((enum state_source)event->u.state.source));
}

void explain_event(struct explain *explain, const struct event *event)
{
    socks_take(&explain->socks, event);
    if (event->kind == EV_CALL)
        take_call(explain, event);
    else if (event->kind == EV_RETURN)
        take_return(explain, event);
    else if (event->kind == EV_SOCKET && explain->accepts && event->u.socket.parent >= 0)
        explain->sock = event->sock;
    else if (event->kind == EV_STATE)
        take_state(explain, event);
    if (event->kind == EV_SOCKET && explain->accepts && event->sock == explain->sock)
        explain->accepts = false;
}
