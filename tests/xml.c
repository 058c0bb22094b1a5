/*
 * Reading XML, octet by octet.
 */
#include "tests/xml.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_";

static void wrong(const struct xml *xml, const char *what)
{
    ck_abort_msg("%s at octet %zu: %.60s", what, (size_t)(xml->at - xml->begin), xml->at);
}

void xml_begin(struct xml *xml, const char *text, bool html)
{
    *xml = (struct xml){ .at = text, .begin = text, .html = html };
    const char *head = html ? "<!DOCTYPE html>\n" : "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    ck_assert_msg(strncmp(text, head, strlen(head)) == 0, "begins with %.60s", text);
    xml->at += strlen(head);
}

void xml_end(struct xml *xml)
{
    free(xml->text);
    xml->text = NULL;
}

static void take_name(struct xml *xml, char name[XML_NAME_MAX])
{
    size_t len = strspn(xml->at, letters);
    if (len == 0 || len >= XML_NAME_MAX)
        wrong(xml, "no name");
    memcpy(name, xml->at, len);
    name[len] = '\0';
    xml->at += len;
}

static void skip_blanks(struct xml *xml)
{
    xml->at += strspn(xml->at, " \n\t");
}

/* One character of text, escaped or not; returns its octets. */
static size_t take_character(struct xml *xml, char *to)
{
    static const struct {
        const char *entity;
        char octet;
    } known[] = { { "&amp;", '&' },  { "&lt;", '<' },   { "&gt;", '>' },
                  { "&quot;", '"' }, { "&#39;", '\'' }, { "&nbsp;", ' ' } };
    for (size_t i = 0; *xml->at == '&' && i < sizeof known / sizeof known[0]; i++) {
        size_t len = strlen(known[i].entity);
        if (strncmp(xml->at, known[i].entity, len) == 0) {
            xml->at += len;
            *to = known[i].octet;
            return 1;
        }
    }
    unsigned char octet = (unsigned char)*xml->at;
    if (octet == '&' || octet == '<' || (octet < 0x20 && octet != '\n' && octet != '\t'))
        wrong(xml, "this character");
    *to = *xml->at++;
    return 1;
}

static void take_value(struct xml *xml, char *value)
{
    size_t used = 0;
    if (*xml->at++ != '"')
        wrong(xml, "a value without quotes");
    while (*xml->at != '"') {
        if (!*xml->at || used + 2 > XML_VALUE_MAX)
            wrong(xml, "a value without end");
        used += take_character(xml, value + used);
    }
    value[used] = '\0';
    xml->at++;
}

static void take_attributes(struct xml *xml)
{
    xml->attr_count = 0;
    for (skip_blanks(xml); *xml->at != '>' && *xml->at != '/'; skip_blanks(xml)) {
        char name[XML_NAME_MAX];
        take_name(xml, name);
        if (xml->attr_count == XML_ATTRS_MAX || xml_attr(xml, name))
            wrong(xml, "an attribute too many");
        strcpy(xml->attrs[xml->attr_count], name);
        if (*xml->at++ != '=')
            wrong(xml, "an attribute without value");
        take_value(xml, xml->values[xml->attr_count++]);
    }
}

static bool is_empty_in_html(const char *name)
{
    return strcmp(name, "meta") == 0 || strcmp(name, "input") == 0;
}

static void take_open(struct xml *xml)
{
    take_name(xml, xml->name);
    take_attributes(xml);
    xml->empty = *xml->at == '/' || (xml->html && is_empty_in_html(xml->name));
    xml->at += *xml->at == '/';
    if (*xml->at++ != '>' || xml->depth == XML_DEPTH_MAX)
        wrong(xml, "a tag without end");
    strcpy(xml->open[xml->depth++], xml->name);
    xml->kind = XML_OPEN;
}

static void take_close(struct xml *xml)
{
    take_name(xml, xml->name);
    if (*xml->at++ != '>' || xml->depth == 0 || strcmp(xml->open[--xml->depth], xml->name) != 0)
        wrong(xml, "the end of what was not begun");
    xml->kind = XML_CLOSE;
}

/* Script and style of HTML: up to their end, nothing escaped. */
static void take_raw(struct xml *xml)
{
    const char *end = strstr(xml->at, "</");
    if (!end)
        wrong(xml, "a script without end");
    xml->text = strndup(xml->at, (size_t)(end - xml->at));
    xml->at = end;
}

static void take_text(struct xml *xml)
{
    const char *last = xml->depth ? xml->open[xml->depth - 1] : "";
    size_t used = 0;
    free(xml->text);
    xml->kind = XML_TEXT;
    if (xml->html && (strcmp(last, "script") == 0 || strcmp(last, "style") == 0)) {
        take_raw(xml);
        return;
    }
    xml->text = malloc(strcspn(xml->at, "<") + 1);
    ck_assert_ptr_nonnull(xml->text);
    while (*xml->at && *xml->at != '<')
        used += take_character(xml, xml->text + used);
    xml->text[used] = '\0';
}

bool xml_next(struct xml *xml)
{
    if (xml->kind == XML_OPEN && xml->empty && xml->depth > 0) {
        xml->empty = false;
        xml->depth--;
        xml->kind = XML_CLOSE;
        return true;
    }
    if (xml->depth == 0)
        skip_blanks(xml);
    if (!*xml->at) {
        if (xml->depth > 0)
            wrong(xml, "something is not closed");
        xml->kind = XML_END;
        return false;
    }
    if (*xml->at != '<') {
        take_text(xml);
        return true;
    }
    xml->at++;
    xml->at += *xml->at == '/';
    if (xml->at[-1] == '/')
        take_close(xml);
    else
        take_open(xml);
    return true;
}

const char *xml_attr(const struct xml *xml, const char *name)
{
    for (unsigned i = 0; i < xml->attr_count; i++) {
        if (strcmp(xml->attrs[i], name) == 0)
            return xml->values[i];
    }
    return NULL;
}
