/*
 * A struct call made on a real socket of this process.
 */
#ifndef NET_KERNEL_CALL_H
#define NET_KERNEL_CALL_H

#include "sim/call.h"

/*
 * Makes the call, any but socket(), and gives what the kernel answered: new sockets (accept) never
 * block and are closed on exec, none raises SIGPIPE. `sock` is -1: identities are the lane's
 * business. `into` has room for call->value octets (recv).
 *
 * getsockopt answers the option's value in `ret`: SO_ERROR an errno value or 0, SO_LINGER its
 * seconds or -1 where it is off (with err 0). setsockopt SO_LINGER takes -1 for off.
 */
struct call_result kernel_call(const struct call *call, uint8_t *into);

#endif
