/*
 * A packetdrill script, read into values: options, commands and timed events in the order they are
 * written in. Nothing is run here, and no setting is understood.
 *
 *     --tolerance_usecs=10000
 *     `sysctl -q net.ipv4.tcp_sack=1`
 *      0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
 *     +.1  < S 0:0(0) win 32792 <mss 1460,nop,wscale 7>
 *     +0   > S. 0:0(0) ack 1 <...>
 *     +0   %{ assert tcpi_snd_cwnd == 10 }%
 *
 * All pointers lead into the script itself, which keeps a copy of its source, with every CR LF of
 * it made LF. Times are in microseconds.
 */
#ifndef UI_DRILL_SCRIPT_H
#define UI_DRILL_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SCRIPT_LEN_MAX = 16 << 20,
    SCRIPT_DEPTH_MAX = 32,          /* arrays and structures within each other */
    SCRIPT_SECONDS_MAX = 100000000, /* of one time: thousands of them can be added */
    SCRIPT_SACK_MAX = 4             /* blocks of a sack option */
};

/* Octets of the script; NUL stands behind those of a value, but not behind others. */
struct script_text {
    const char *at; /* NULL: there is none */
    size_t len;
};

/* An option of the script: --name=value, or --name. */
struct script_option {
    struct script_text name;  /* without the dashes */
    struct script_text value; /* without its quotes; at NULL: --name alone */
    uint32_t line;
    struct script_option *next;
};

/* ---- values: arguments and results of calls */

enum value_kind {
    VALUE_NUMBER,   /* 3, -1, 0x2: number */
    VALUE_ELLIPSIS, /* ... */
    VALUE_STRING,   /* "text", its escapes undone; with goes_on: "text"... */
    VALUE_NAME,     /* SOL_TCP, NULL, &addr: text */
    VALUE_OR,       /* A|B|C: the items */
    VALUE_ARRAY,    /* [1, 2]: the items */
    VALUE_STRUCT,   /* {a=1, b(2)=3, 4}: the items, fields and plain values */
    VALUE_CALL,     /* htons(8080): text(items) */
    VALUE_FIELD     /* within a structure: text=is, or text(items)=is */
};

struct value {
    enum value_kind kind;
    bool goes_on;
    int64_t number; /* a hexadecimal number above INT64_MAX has its 64 bits here */
    struct script_text text;
    struct value *items; /* the first; the others are its next */
    size_t item_count;
    struct value *is;
    struct value *next;
    uint32_t line;
    struct script_text source; /* as written */
};

/* The item of that index, NULL beyond the last. */
const struct value *value_item(const struct value *of, size_t index);

/* What a structure's field of that name is, else the plain value at that place among the items;
 * NULL: neither is there. */
const struct value *value_field(const struct value *of, const char *name, size_t place);

bool script_text_is(struct script_text text, const char *word);

/* The value as a number: a number, a constant that Linux's headers know (SOL_TCP, O_RDWR,
 * ECONNRESET, NULL ...), or such values joined by |. False: it is none. */
bool script_number(const struct value *value, int64_t *number);

/* The constant of that name. */
bool script_constant(struct script_text name, int64_t *number);

/* ---- times */

enum script_time_kind {
    SCRIPT_AT,    /* 0.1: since the script began */
    SCRIPT_AFTER, /* +0.1: since the event before */
    SCRIPT_ANY    /* *: whenever */
};

struct script_time {
    enum script_time_kind kind;
    bool is_range;      /* 0.1~0.2, +.1~+.2: from usec to until_usec */
    bool blocks;        /* 0...0.2, +0...0.2: a call that begins at usec and returns at end_usec */
    int64_t usec;       /* not negative */
    int64_t until_usec; /* not before usec; counted from where usec is counted from */
    int64_t end_usec;   /* likewise */
};

/* ---- packets */

/* The control bits as they stand in the header; AE is RFC 9768's. */
enum {
    SCRIPT_FIN = 0x01,
    SCRIPT_SYN = 0x02,
    SCRIPT_RST = 0x04,
    SCRIPT_PSH = 0x08,
    SCRIPT_ACK = 0x10,
    SCRIPT_URG = 0x20,
    SCRIPT_ECE = 0x40,
    SCRIPT_CWR = 0x80,
    SCRIPT_AE = 0x100
};

enum script_opt_kind {
    SCRIPT_OPT_EOL,
    SCRIPT_OPT_NOP,
    SCRIPT_OPT_MSS,     /* mss 1460: values[0], to 65535 */
    SCRIPT_OPT_WSCALE,  /* wscale 7: values[0], to 255 */
    SCRIPT_OPT_SACK_OK, /* sackOK */
    SCRIPT_OPT_SACK,    /* sack 1:2 3:4: values[0]:values[1] is the first block */
    SCRIPT_OPT_TS,      /* TS val 100 ecr 0: values[0], values[1] */
    SCRIPT_OPT_OTHER    /* FO ..., md5 ...: only its text, and the event is not modelled */
};

struct script_opt {
    enum script_opt_kind kind;
    uint8_t value_count;
    uint32_t values[2 * SCRIPT_SACK_MAX];
    struct script_text source;
    struct script_opt *next;
};

enum script_opts {
    SCRIPT_OPTS_NONE,  /* nothing written, or <>: the packet has no options */
    SCRIPT_OPTS_ANY,   /* <...> */
    SCRIPT_OPTS_LISTED /* these, in this order */
};

/* A TCP packet. Of an event that is not modelled the rest may be zeros. */
struct script_packet {
    bool is_outbound; /* >, else < */
    bool has_ack, has_win, has_urg;
    uint16_t flags;    /* SCRIPT_SYN ... */
    uint32_t seq, end; /* end is seq + len, modulo 2^32 */
    uint32_t len;
    uint32_t ack;
    uint16_t win; /* as in the header */
    uint16_t urg;
    int32_t fd; /* sock(3): of which descriptor's connection; -1 where it is not said */
    enum script_opts opts_kind;
    struct script_opt *opts;
    size_t opt_count;
};

/* ---- events */

struct script_call {
    struct script_text name;
    struct value *args; /* the first; the others are its next */
    size_t arg_count;
    struct value *result;
    struct script_text error; /* "EAGAIN" of "= -1 EAGAIN (...)" */
    struct script_text note;  /* what stands in the parentheses, without them */
};

/* The argument of that index, NULL beyond the last. */
const struct value *script_arg(const struct script_call *call, size_t index);

enum script_event_kind {
    SCRIPT_PACKET,
    SCRIPT_CALL,
    SCRIPT_COMMAND, /* `...`: text */
    SCRIPT_CODE     /* %{ ... }%: text */
};

struct script_event {
    enum script_event_kind kind;
    struct script_time time;
    uint32_t first_line, last_line;
    struct script_text source; /* the whole event as written, without blanks around it */
    const char *not_modelled;  /* "icmp", "ecn" ...: no TCP packet as the model has it; else NULL */
    struct script_packet packet;
    struct script_call call;
    struct script_text text; /* without its quotes or braces */
    uint32_t text_line;      /* where the text begins */
};

struct script {
    struct script_text source;
    struct script_option *options; /* the first; the others are its next */
    struct script_text init;       /* the command before the first event; at NULL: none */
    struct script_text cleanup;    /* the one without a time behind the last */
    uint32_t init_line, cleanup_line;
    struct script_event *events;
    size_t event_count;
};

struct script_error {
    uint32_t line, column; /* from 1; columns count octets */
    char message[160];     /* printable ASCII: "expected a flag of . S F R P U E W -, not 'X'" */
};

/* The whole script, or NULL and *error. Give it back with script_free(). */
struct script *script_parse(const char *text, size_t len, struct script_error *error);

void script_free(struct script *script); /* may be NULL */

/* The value of the last option of that name; at NULL: it is not there or has none. */
struct script_text script_option(const struct script *script, const char *name);

#endif
