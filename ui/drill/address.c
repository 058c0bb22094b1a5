/*
 * Socket addresses of a script: {sa_family=AF_INET, sin_port=htons(8080),
 * sin_addr=inet_addr("192.168.0.1")}. The script's local address is the host's own.
 */
#include "ui/drill/calls.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    IP_TEXT_MAX = 64,
    LEN_OF_4 = 16, /* struct sockaddr_in */
    LEN_OF_6 = 28
};

bool ip_of_text(struct script_text text, struct ip *ip)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    char copy[IP_TEXT_MAX];
    *ip = (struct ip){ .family = 0 };
    if (text.len >= sizeof copy || memchr(text.at, '\0', text.len))
        return false;
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    ip->family = strchr(copy, ':') ? 6 : 4;
    if (inet_pton(ip->family == 4 ? AF_INET : AF_INET6, copy, ip->octet) != 1)
        return false;
    if (ip->family == 6 && memcmp(ip->octet, mapped, sizeof mapped) == 0)
        *ip = ip4(ip->octet[12], ip->octet[13], ip->octet[14], ip->octet[15]);
    return true;
}

static bool is_any(const struct ip *ip)
{
    static const uint8_t zeros[16];
    return memcmp(ip->octet, zeros, sizeof zeros) == 0;
}

static bool is_host_own(const struct runner *run, const struct ip *ip)
{
    return ip_eq(ip, &run->local);
}

/* The text of inet_addr("..."), inet_pton(AF_INET6, "...", &sin6_addr) or htonl(INADDR_ANY). */
static bool read_ip(const struct value *value, struct ip *ip)
{
    int64_t number;
    for (size_t i = 0; value && i < value->item_count; i++) {
        const struct value *item = value_item(value, i);
        if (item->kind == VALUE_STRING)
            return ip_of_text(item->text, ip);
        if (script_text_is(value->text, "htonl") && script_number(item, &number)) {
            *ip = ip4((uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8),
                      (uint8_t)number);
            return number >= 0 && number <= UINT32_MAX;
        }
    }
    return false;
}

static bool read_port(const struct value *value, uint16_t *port)
{
    int64_t number;
    if (!value || value->kind != VALUE_CALL || !script_text_is(value->text, "htons") ||
        value->item_count != 1 || !script_number(value_item(value, 0), &number))
        return false;
    *port = (uint16_t)number;
    return number >= 0 && number <= UINT16_MAX;
}

static bool read_address(const struct value *value, struct endpoint *to)
{
    bool has_ip = false, has_port = false;
    for (size_t i = 0; i < value->item_count; i++) {
        const struct value *item = value_item(value, i);
        const struct value *is = item->kind == VALUE_FIELD ? item->is : item;
        if (script_text_is(item->text, "sin_port") || script_text_is(item->text, "sin6_port"))
            has_port = read_port(is, &to->port);
        else if (script_text_is(item->text, "sin_addr") ||
                 script_text_is(item->text, "sin6_addr") || script_text_is(item->text, "inet_pton"))
            has_ip = read_ip(is, &to->ip);
    }
    return has_ip && has_port;
}

bool address_arg_of(struct runner *run, const struct script_event *event, const struct value *value,
                    struct endpoint *to, bool *is_given)
{
    *is_given = value && value->kind != VALUE_ELLIPSIS;
    if (!*is_given)
        return true;
    *to = (struct endpoint){ .port = 0 };
    if (value->kind != VALUE_STRUCT || !read_address(value, to))
        return call_refuse(run, event, "an address of that kind");
    if (is_any(&to->ip))
        to->ip = (struct ip){ .family = 0 };
    else if (is_host_own(run, &to->ip))
        to->ip = world_ip(run->world, 0);
    if (to->ip.family != 0 && to->ip.family != run->family)
        return call_refuse(run, event, "an address of the other family");
    return true;
}

static bool length_holds(struct runner *run, const struct script_event *event,
                         const struct value *value)
{
    int64_t want, got = run->family == 6 || run->is_mapped ? LEN_OF_6 : LEN_OF_4;
    if (value && value->kind == VALUE_ARRAY)
        value = value_item(value, 0);
    if (!value || value->kind == VALUE_ELLIPSIS)
        return true;
    if (!script_number(value, &want))
        return call_refuse(run, event, "a length of that kind");
    return want == got || wrong_number(run, event, "the address has another length", want, got);
}

bool address_holds(struct runner *run, const struct script_event *event, size_t index,
                   const struct endpoint *got)
{
    char expected_text[ENDPOINT_TEXT_MAX], got_text[ENDPOINT_TEXT_MAX];
    struct endpoint want;
    bool is_given;
    if (!address_arg_of(run, event, script_arg(&event->call, index), &want, &is_given))
        return false;
    if (is_given && want.ip.family == 0)
        return call_refuse(run, event, "the address of a socket that has none yet");
    if (is_given && !endpoint_eq(&want, got))
        return differs(run, event, "the address is not as expected",
                       endpoint_text(&want, expected_text, sizeof expected_text),
                       endpoint_text(got, got_text, sizeof got_text));
    return length_holds(run, event, script_arg(&event->call, index + 1));
}
