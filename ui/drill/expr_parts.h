/*
 * The inside of the code of packetdrill scripts: expr.c (statements), expr_read.c (expressions),
 * expr_value.c (what operators and functions do), expr_lex.c (octets).
 *
 * Expressions are evaluated while they are read. Where code is dead (read for its syntax only, or
 * behind an 'or' that is decided) nothing is evaluated: every value is None.
 */
#ifndef UI_DRILL_EXPR_PARTS_H
#define UI_DRILL_EXPR_PARTS_H

#include "ui/drill/arena.h"
#include "ui/drill/expr.h"

enum {
    EXPR_NAME_MAX = 64
};

struct expr_variable {
    char name[EXPR_NAME_MAX];
    struct expr_value value;
};

struct expr_reader {
    struct arena *arena;
    const struct expr_names *names;
    struct expr_report *report;
    const char *begin, *at, *end;
    const char *token_end; /* of the last token read */
    unsigned depth;
    unsigned brackets; /* open: within them a line end is a blank */
    bool is_dead;
    bool failed;
    bool compared; /* the last comparison that did not hold was of these */
    struct expr_value left, right;
    struct expr_variable variables[EXPR_VARIABLES_MAX];
    size_t variable_count;
};

struct expr_word {
    const char *at;
    size_t len;
};

/* expr_lex.c. The first error stays, and nothing is left to read behind it. */
bool expr_fail(struct expr_reader *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool expr_expected(struct expr_reader *r, const char *what);
void expr_skip(struct expr_reader *r);
bool expr_looks_at(struct expr_reader *r, const char *token);
bool expr_try(struct expr_reader *r, const char *token);
struct expr_word expr_peek_word(struct expr_reader *r);
bool expr_word_is(struct expr_word word, const char *text);
bool expr_try_word(struct expr_reader *r, const char *word);
void expr_take(struct expr_reader *r, size_t len);
bool expr_read_number(struct expr_reader *r, struct expr_value *value);
bool expr_looks_at_string(struct expr_reader *r);
bool expr_read_string(struct expr_reader *r, struct expr_value *value);

/* expr_read.c */
bool expr_read(struct expr_reader *r, struct expr_value *value);
/* The same, or a tuple without parentheses. */
bool expr_read_tuple(struct expr_reader *r, struct expr_value *value);

/* expr_value.c: false: *r says why. */
enum expr_operator {
    EXPR_OR_BITS,
    EXPR_XOR,
    EXPR_AND_BITS,
    EXPR_LEFT,
    EXPR_RIGHT,
    EXPR_ADD,
    EXPR_SUBTRACT,
    EXPR_MULTIPLY,
    EXPR_DIVIDE,
    EXPR_FLOOR,
    EXPR_MODULO,
    EXPR_POWER
};

enum expr_comparison {
    EXPR_EQUAL,
    EXPR_UNEQUAL,
    EXPR_AT_MOST,
    EXPR_AT_LEAST,
    EXPR_LESS,
    EXPR_MORE,
    EXPR_IN,
    EXPR_NOT_IN
};

bool expr_is_true(const struct expr_value *value);
bool expr_is_integer(const struct expr_value *value); /* a bool is one */
bool expr_is_number(const struct expr_value *value);
double expr_real(const struct expr_value *value);
struct expr_value expr_of_int(int64_t number);
struct expr_value expr_of_bool(bool is_true);
const char *expr_type_name(const struct expr_value *value);
bool expr_new_string(struct expr_reader *r, const char *text, size_t len, struct expr_value *value);
bool expr_negate(struct expr_reader *r, struct expr_value *value);
bool expr_invert(struct expr_reader *r, struct expr_value *value);
bool expr_operate(struct expr_reader *r, enum expr_operator op, const struct expr_value *right,
                  struct expr_value *left);
bool expr_compare(struct expr_reader *r, enum expr_comparison how, const struct expr_value *left,
                  const struct expr_value *right, bool *holds);

/* expr_call.c */
bool expr_is_function(struct expr_word name);
bool expr_call(struct expr_reader *r, struct expr_word name, const struct expr_value *args,
               size_t count, struct expr_value *value);

/* expr_format.c */
bool expr_format(struct expr_reader *r, const struct expr_value *format,
                 const struct expr_value *args, struct expr_value *value);
/* As Python's repr() has it: strings in quotes. */
char *expr_repr(const struct expr_value *value, char *text, size_t len);

#endif
