/*
 * A small reader of XML (1.0, without DTDs), and of HTML as strict as that: it fails the test at
 * the first thing that is not well-formed.
 */
#ifndef TESTS_XML_H
#define TESTS_XML_H

#include <stdbool.h>
#include <stddef.h>

enum {
    XML_NAME_MAX = 32,
    XML_ATTRS_MAX = 16,
    XML_VALUE_MAX = 4096,
    XML_DEPTH_MAX = 32
};

enum xml_kind {
    XML_OPEN,
    XML_CLOSE, /* also behind an element that is empty */
    XML_TEXT,
    XML_END
};

struct xml {
    const char *at, *begin;
    bool html; /* meta and input have no end; script and style are raw */
    enum xml_kind kind;
    char name[XML_NAME_MAX]; /* XML_OPEN, XML_CLOSE */
    unsigned attr_count;
    char attrs[XML_ATTRS_MAX][XML_NAME_MAX];
    char values[XML_ATTRS_MAX][XML_VALUE_MAX]; /* unescaped */
    char *text;                                /* XML_TEXT, unescaped; the reader's */
    unsigned depth;
    char open[XML_DEPTH_MAX][XML_NAME_MAX];
    bool empty; /* the element just opened ends at once */
};

void xml_begin(struct xml *xml, const char *text, bool html);
void xml_end(struct xml *xml);

/* The next thing. False: the document is over, and all that was opened is closed. */
bool xml_next(struct xml *xml);

/* An attribute of what was just opened, NULL where it has none of that name. */
const char *xml_attr(const struct xml *xml, const char *name);

#endif
