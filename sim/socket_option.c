/*
 * The options of a socket of a model host.
 */
#include "sim/socket_parts.h"

#include <errno.h>

struct call_result do_setsockopt(struct calling *c)
{
    switch (c->call->option) {
    case OPTION_REUSEADDR:
        c->sock->reuse = c->call->value != 0;
        sock_is_listed(c->act->world, c->sock);
        return returned(c, 0);
    case OPTION_LINGER:
        if (c->call->value != 0) /* a close() that blocks has no place here */
            return failed(c, ENOPROTOOPT);
        c->sock->linger_0 = true;
        return returned(c, 0);
    case OPTION_NONE:
    case OPTION_ERROR:
    case OPTION_DEFER_ACCEPT:
    case OPTION_RCVBUF:
    case OPTION_COUNT:
        break;
    }
    return failed(c, ENOPROTOOPT);
}

struct call_result do_getsockopt(struct calling *c)
{
    if (c->call->option == OPTION_REUSEADDR)
        return returned(c, c->sock->reuse);
    if (c->call->option == OPTION_LINGER)
        return returned(c, c->sock->linger_0 ? 0 : -1);
    if (c->call->option != OPTION_ERROR)
        return failed(c, ENOPROTOOPT);
    return returned(c, take_error(c->sock));
}
