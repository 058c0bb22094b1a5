/*
 * The inside of the reader of labs: lab_words.c (words), lab_call.c (calls), lab_wire.c
 * (the wire, and rules for it), lab.c (lines).
 *
 * A function that needs something returns false where it is not there, and *error says so.
 */
#ifndef SIM_LAB_PARTS_H
#define SIM_LAB_PARTS_H

#include "sim/lab.h"
#include "sim/text.h"

struct word {
    const char *at;
    size_t len;
};

struct reader {
    struct lab *lab;
    struct lab_error *error;
    const char *at, *end; /* what is left of the line */
    uint32_t number;
    char names[LAB_NAMES_MAX][NAME_MAX_LEN]; /* "A.c" is kept as "Ac" */
    uint32_t name_count;
    uint32_t rule_count;
    bool has_begun; /* a step has been read, behind which no heading may stand */
};

/* lab_words.c */
/* Makes the error: what is wrong (with the word it is about), what was expected. False. */
bool wrong(struct reader *r, const char *what, struct word word, const char *expected);
bool is_blank(char c);
bool is_digit(char c);
void skip_blanks(struct reader *r);
/* Letters, digits, '_' and '-'; may be empty. */
struct word next_word(struct reader *r);
/* What stands here, for an error: a word, or a single character. */
struct word here(const struct reader *r);
bool word_is(struct word word, const char *text);
bool try_char(struct reader *r, char c);
bool need_char(struct reader *r, char c);
bool need_end(struct reader *r);
bool need_number(struct reader *r, uint32_t max, uint32_t *number);
/* "100 ms", "2 s", "4 min" */
bool need_duration(struct reader *r, uint64_t *usec);
/* A string in quotes, its escapes undone into lab->octets. */
bool need_string(struct reader *r, struct lab_text *text);
/* The rest without blanks around it. */
struct lab_text rest_of_line(struct reader *r);

/* lab_call.c */
/* The host a letter stands for, or -1. */
int host_of_letter(const struct lab *lab, struct word word);
bool need_host(struct reader *r, uint8_t *host);
/* A name that a line before this one has given to a socket of the host. */
bool need_known_sock(struct reader *r, uint8_t host, char *sock);
/* "A:" has been read: [name =] call(socket, ...) [= result] */
bool read_call(struct reader *r, struct lab_line *line);

/* lab_wire.c */
/* What is done to a segment by that word: "drop" and so on, "deliver" among them. */
bool wire_act_of(struct word word, enum lab_kind *kind);
/* Behind that word: [SYN,ACK] [from A], and of delay how long. */
bool read_wire(struct reader *r, struct lab_line *line, enum lab_kind kind);
bool read_rule(struct reader *r, struct lab_line *line);
bool read_chance(struct reader *r, struct lab_line *line);

#endif
