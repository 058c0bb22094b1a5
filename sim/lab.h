/*
 * A lab: a scenario as a teacher writes it, line by line, for any lane. docs/lab-format.md.
 */
#ifndef SIM_LAB_H
#define SIM_LAB_H

#include "sim/call.h"
#include "sim/profile.h"
#include "sim/state.h"

enum {
    LAB_LINES_MAX = 512,
    LAB_HOSTS_MAX = 2,      /* the stage and the log draw two; the world itself takes more */
    LAB_NAMES_MAX = 32,     /* sockets with a name, of all hosts together */
    LAB_OCTETS_MAX = 16384, /* of all strings together */
    LAB_LESSON_MAX = 999,   /* the place of a lab among others, by which menus go */
    LAB_RECV_MAX = 16384,   /* octets one recv() can ask for */
    LAB_RULES_MAX = 32,     /* rule and chance lines together */
    LAB_CERTAIN = 1000000,  /* a chance of 100 % */
    LAB_TRANSFER_MAX = 1000000000,
    LAB_VALUE_MAX = 64 /* octets of a setting's value, with a final NUL */
};

enum lab_kind {
    LAB_SAY,
    LAB_CALL,
    LAB_DELIVER,   /* step on until such a segment has been delivered */
    LAB_DROP,      /* the first such segment on the wire */
    LAB_DUPLICATE, /* likewise */
    LAB_HOLD,
    LAB_RELEASE,
    LAB_CORRUPT,
    LAB_DELAY,
    LAB_REORDER,
    LAB_RULE,     /* what happens to a segment by the time it is sent */
    LAB_CHANCE,   /* likewise, to some of all */
    LAB_SET,      /* a setting of a host, as sysctl(8) has them */
    LAB_TRANSFER, /* octets from one program to another, however long it takes */
    LAB_RUN,      /* step on while a segment is due before any timer */
    LAB_WAIT,     /* let time pass */
    LAB_EXPECT
};

/* Whether segments wait on a lane's wire until they are told to go on. */
enum lab_wire {
    WIRE_OF_ANY_KIND,
    WIRE_IN_HAND,
    WIRE_OUT_OF_HAND
};

/* What a call has to return. */
enum lab_result_kind {
    RESULT_SUCCESS, /* nothing said: anything but an error */
    RESULT_NUMBER,
    RESULT_ERRNO,
    RESULT_TEXT, /* recv: exactly these octets */
    RESULT_ANY   /* whatever comes of it: no lab says this, but a person who tries something */
};

struct lab_text {
    const uint8_t *octets; /* within the source, or within the lab */
    uint32_t len;
};

struct lab_line {
    uint32_t number; /* in the file, from 1 */
    uint8_t kind;
    uint8_t lanes;  /* a bit (1 << lane_id) for each lane it is for */
    uint8_t wire;   /* lab_wire: the lanes whose wire it is for */
    uint8_t host;   /* call, expect */
    int8_t from;    /* wire: sender, -1: either */
    int8_t to_host; /* bind, connect: whose address; -1: the host's own; transfer: who reads */
    uint8_t flags;  /* wire: control bits, 0: any */
    uint8_t state;  /* expect */
    uint8_t act;    /* rule, chance: LAB_DROP and so on */
    uint8_t result_kind;
    int32_t result;             /* RESULT_NUMBER, RESULT_ERRNO */
    uint64_t usec;              /* wait; delay, also by a rule */
    uint32_t nth;               /* rule: which of the segments from now on, from 1 */
    uint32_t chance;            /* chance: of LAB_CERTAIN */
    uint64_t octets;            /* transfer */
    char sock[NAME_MAX_LEN];    /* the socket called on, or expected of; "" for any */
    char to_sock[NAME_MAX_LEN]; /* transfer: of to_host, which reads */
    struct call call;           /* fd not filled in */
    const char *setting;        /* set: its name, in the table of sim/sysctl.h */
    struct lab_text text;       /* say: the words; RESULT_TEXT: the octets; set: the value */
    struct lab_text source;     /* the line as written, without blanks around it */
};

struct lab {
    struct lab_text title;
    char profile[PROFILE_WORDS_MAX]; /* for profile_compose(); "" where it is not said */
    uint32_t lesson;                 /* LAB_LESSON_MAX where it is not said */
    uint64_t delay_usec;
    uint32_t host_count;
    struct lab_text host_names[LAB_HOSTS_MAX];
    uint32_t line_count;
    struct lab_line lines[LAB_LINES_MAX];
    uint32_t octet_count;
    uint8_t octets[LAB_OCTETS_MAX];
};

struct lab_error {
    uint32_t line;
    char wrong[96];     /* what is wrong, in words */
    char expected[192]; /* what would have been right, in words */
};

/* Does such a line say how it is to be, and do nothing else? It may stand among the headings. */
bool lab_sets_up(enum lab_kind kind);

/* Reads a lab from its source, which must outlive it. False: *error says why. */
bool lab_read(const char *source, size_t len, struct lab *lab, struct lab_error *error);

/* A socket's name, and whose. */
struct lab_name {
    uint8_t host;
    char name[NAME_MAX_LEN];
};

/* Reads one line as it might stand behind the lab's others, where sockets have these names: it
 * becomes the first of `one`. The source must outlive it. */
bool lab_read_line(const char *source, size_t len, const struct lab *lab,
                   const struct lab_name *names, size_t name_count, struct lab *one,
                   struct lab_error *error);

#endif
