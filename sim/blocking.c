/*
 * Calls that wait, made of calls that don't.
 */
#include "sim/blocking.h"

void blocking_begin(struct blocking *it, const struct call *call)
{
    it->call = *call;
}

/* What was taken counts, whatever ended the send: its error comes with the next call. */
static bool sending_again(struct call *call, struct call_result *result)
{
    uint32_t taken = result->ret > 0 ? (uint32_t)result->ret : 0;
    call->taken_before += taken;
    call->text = call->text ? call->text + taken : NULL;
    call->text_len -= taken;
    if (result->blocks)
        return true;
    if (call->taken_before > 0) {
        result->ret = (int32_t)call->taken_before;
        result->err = 0;
    }
    return false;
}

bool blocking_again(struct blocking *it, struct call_result *result)
{
    bool sends = it->call.op == CALL_SEND || it->call.op == CALL_SENDTO;
    return sends ? sending_again(&it->call, result) : result->blocks;
}
