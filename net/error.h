/*
 * What went wrong at the kernel's side: the errno, and the operation that failed.
 */
#ifndef NET_ERROR_H
#define NET_ERROR_H

#include <stdint.h>

struct net_error {
    int32_t err;           /* an errno value; 0: nothing went wrong */
    const char *operation; /* "bind", "netlink sock_diag"; static, never freed */
};

#endif
