/*
 * The inside of the reader of packetdrill scripts: lex.c (octets), parse.c (options, times,
 * events), parse_packet.c, parse_value.c (calls).
 *
 * A function that needs something returns false where it is not there, and *error says so. The
 * first error stays: behind it nothing is left to read.
 */
#ifndef UI_DRILL_PARTS_H
#define UI_DRILL_PARTS_H

#include "ui/drill/arena.h"
#include "ui/drill/script.h"

struct drill_reader {
    struct arena *arena;
    struct script_error *error;
    const char *begin, *at, *end;
    const char *token_end; /* of the last token read: where an event ends */
    const char *counted;   /* the line here is known: */
    uint32_t counted_line;
    unsigned depth;
    bool failed;
};

/* lex.c: errors */
bool drill_fail(struct drill_reader *r, const char *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* "expected WHAT, not 'X'" */
bool drill_expected(struct drill_reader *r, const char *what);
bool drill_no_memory(struct drill_reader *r);
uint32_t drill_line(struct drill_reader *r, const char *at);

/* lex.c: tokens. Blanks, line ends and comments before a token are skipped. */
void drill_skip(struct drill_reader *r);
bool drill_is_word_char(char c);
bool drill_is_digit(char c);
bool drill_looks_at(struct drill_reader *r, const char *token);
bool drill_try(struct drill_reader *r, const char *token);
bool drill_need(struct drill_reader *r, const char *token);
/* The word that stands here, not yet taken; may be empty. */
struct script_text drill_peek_word(struct drill_reader *r);
/* Takes exactly this word. */
bool drill_try_word(struct drill_reader *r, const char *word);
void drill_take(struct drill_reader *r, size_t len);
/* A decimal number up to max. */
bool drill_number(struct drill_reader *r, const char *what, uint32_t max, uint32_t *number);
/* 3, -1 or 0x2 */
bool drill_integer(struct drill_reader *r, int64_t *number);
/* "1", ".1" or "1.5", in seconds */
bool drill_seconds(struct drill_reader *r, int64_t *usec);
/* "..." with its escapes undone */
bool drill_string(struct drill_reader *r, struct script_text *text);
/* What stands between open (looked at already) and close. Behind a backslash close does not count,
 * if escapes is set. */
bool drill_enclosed(struct drill_reader *r, const char *open, const char *close, bool escapes,
                    struct script_text *text);
/* (...), [...] or {...} with all that is within, brackets included. */
bool drill_bracketed(struct drill_reader *r, struct script_text *text);
/* Everything to the end of the line, and on where a bracket is open there. */
bool drill_rest_of_line(struct drill_reader *r);

/* parse_packet.c: the direction is next. */
bool drill_packet(struct drill_reader *r, struct script_event *event);

/* parse_value.c: the name of the call is next. */
bool drill_call(struct drill_reader *r, struct script_event *event);

#endif
