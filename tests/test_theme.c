/*
 * Themes: what can be read on either background, and told apart by people who see fewer colours.
 *
 * How colours look to them is simulated as by Machado, Oliveira and Fernandes (2009), severity 1;
 * how far two of them are apart is measured in CIELAB; contrast is that of WCAG 2.
 */
#include "tests/suites.h"

#include "ui/tui/theme.h"

#include <math.h>
#include <stdlib.h>

enum {
    SEEN_IN_FULL,
    PROTANOPIA,
    DEUTERANOPIA,
    TRITANOPIA,
    KINDS
};

static const double seen[KINDS][3][3] = {
    [SEEN_IN_FULL] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
    [PROTANOPIA] = { { 0.152286, 1.052583, -0.204868 },
                     { 0.114503, 0.786281, 0.099216 },
                     { -0.003882, -0.048116, 1.051998 } },
    [DEUTERANOPIA] = { { 0.367322, 0.860646, -0.227968 },
                       { 0.280085, 0.672501, 0.047413 },
                       { -0.011820, 0.042940, 0.968881 } },
    [TRITANOPIA] = { { 1.255528, -0.076749, -0.178779 },
                     { -0.078411, 0.930809, 0.147602 },
                     { 0.004733, 0.691367, 0.303900 } },
};

static const enum theme coloured[] = { THEME_DARK, THEME_LIGHT };

static double linear(uint32_t level)
{
    double part = level / 255.0;
    return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4);
}

static void light_of(uint32_t rgb, double light[3])
{
    for (int i = 0; i < 3; i++)
        light[i] = linear(rgb >> (16 - 8 * i) & 0xff);
}

static double luminance(uint32_t rgb)
{
    double light[3];
    light_of(rgb, light);
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2];
}

static double contrast(uint32_t rgb, uint32_t other)
{
    double a = luminance(rgb) + 0.05, b = luminance(other) + 0.05;
    return a > b ? a / b : b / a;
}

static double root(double part)
{
    return part > 0.008856 ? cbrt(part) : 7.787 * part + 16.0 / 116;
}

static void lab_of(uint32_t rgb, int kind, double lab[3])
{
    double light[3], as_seen[3];
    light_of(rgb, light);
    for (int i = 0; i < 3; i++) {
        const double *row = seen[kind][i];
        double sum = row[0] * light[0] + row[1] * light[1] + row[2] * light[2];
        as_seen[i] = fmin(1, fmax(0, sum));
    }
    double r = as_seen[0], g = as_seen[1], b = as_seen[2];
    double x = root((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
    double y = root(0.2126 * r + 0.7152 * g + 0.0722 * b);
    double z = root((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
    lab[0] = 116 * y - 16;
    lab[1] = 500 * (x - y);
    lab[2] = 200 * (y - z);
}

static double distance(uint32_t a, uint32_t b, int kind)
{
    double one[3], other[3];
    lab_of(a, kind, one);
    lab_of(b, kind, other);
    return sqrt(pow(one[0] - other[0], 2) + pow(one[1] - other[1], 2) + pow(one[2] - other[2], 2));
}

static uint32_t rgb_of(enum theme theme, enum ink ink)
{
    return theme_rgb(theme_paint(theme, 256, ink).colour);
}

/* Each colour of 256 has a contrast of 4.5 on the darkest and on a usual dark background, or on
 * white. */
START_TEST(can_be_read)
{
    static const uint32_t dark[] = { 0x000000, 0x1c1c1c };
    for (int ink = 0; ink < INK_COUNT; ink++) {
        if (theme_paint(THEME_DARK, 256, (enum ink)ink).colour < 0)
            continue;
        for (size_t i = 0; i < 2; i++)
            ck_assert_double_ge(contrast(rgb_of(THEME_DARK, (enum ink)ink), dark[i]), 4.5);
        ck_assert_double_ge(contrast(rgb_of(THEME_LIGHT, (enum ink)ink), 0xffffff), 4.5);
    }
}
END_TEST

/* Two inks of one set are 25 apart at least, however one sees. */
static void are_apart(const enum ink *inks, size_t count)
{
    for (size_t t = 0; t < 2; t++) {
        for (size_t i = 0; i < count * count; i++) {
            enum ink a = inks[i / count], b = inks[i % count];
            for (int kind = 0; kind < KINDS && a < b; kind++) {
                double far = distance(rgb_of(coloured[t], a), rgb_of(coloured[t], b), kind);
                ck_assert_msg(far >= 25, "%s: inks %d and %d are %.1f apart to kind %d",
                              theme_names[coloured[t]], (int)a, (int)b, far, kind);
            }
        }
    }
}

START_TEST(told_apart)
{
    static const enum ink groups[] = { INK_OPENING, INK_OPEN, INK_CLOSING, INK_WAITING,
                                       INK_CLOSED };
    static const enum ink stage[] = { INK_MODEL, INK_KERNEL, INK_WIRE, INK_BAD };
    static const enum ink verdicts[] = { INK_GOOD, INK_BAD };
    are_apart(groups, sizeof groups / sizeof groups[0]);
    are_apart(stage, sizeof stage / sizeof stage[0]);
    are_apart(verdicts, 2);
}
END_TEST

/* Of 8 and of 16 colours none is black on dark or white on light, and model, kernel and what is bad
 * are three. */
START_TEST(few_colours)
{
    static const int counts[] = { 8, 16 };
    for (size_t i = 0; i < 4; i++) {
        enum theme theme = coloured[i / 2];
        int count = counts[i % 2];
        for (int ink = 0; ink < INK_COUNT; ink++) {
            struct paint paint = theme_paint(theme, count, (enum ink)ink);
            ck_assert_int_lt(paint.colour, count);
            ck_assert_int_ne(paint.colour, theme == THEME_DARK ? 0 : 7);
            ck_assert_int_ne(paint.colour, theme == THEME_DARK ? 8 : 15);
        }
        int16_t model = theme_paint(theme, count, INK_MODEL).colour;
        int16_t kernel = theme_paint(theme, count, INK_KERNEL).colour;
        int16_t bad = theme_paint(theme, count, INK_BAD).colour;
        ck_assert(model != kernel && model != bad && kernel != bad);
    }
}
END_TEST

/* Without colours none is asked for, and what is bad, chosen or strong is still marked. */
START_TEST(no_colours)
{
    for (int ink = 0; ink < INK_COUNT; ink++) {
        ck_assert_int_eq(theme_paint(THEME_MONO, 256, (enum ink)ink).colour, -1);
        ck_assert_int_eq(theme_paint(THEME_DARK, 2, (enum ink)ink).colour, -1);
    }
    ck_assert_uint_eq(theme_paint(THEME_MONO, 256, INK_PLAIN).attributes, 0);
    ck_assert_uint_ne(theme_paint(THEME_MONO, 256, INK_BAD).attributes,
                      theme_paint(THEME_MONO, 256, INK_STRONG).attributes);
    ck_assert_uint_ne(theme_paint(THEME_MONO, 256, INK_CHOSEN).attributes, 0);
}
END_TEST

START_TEST(background_by_environment)
{
    enum theme theme;
    ck_assert_int_eq(theme_by_colorfgbg(NULL), THEME_DARK);
    ck_assert_int_eq(theme_by_colorfgbg("15;0"), THEME_DARK);
    ck_assert_int_eq(theme_by_colorfgbg("0;15"), THEME_LIGHT);
    ck_assert_int_eq(theme_by_colorfgbg("0;default;7"), THEME_LIGHT);
    ck_assert_int_eq(theme_by_colorfgbg("7;8"), THEME_DARK);
    ck_assert_int_eq(theme_by_colorfgbg("0;default"), THEME_DARK);
    ck_assert_int_eq(theme_by_colorfgbg("15"), THEME_DARK);
    ck_assert(theme_of_name("light", &theme) && theme == THEME_LIGHT);
    ck_assert(!theme_of_name("pink", &theme));
}
END_TEST

/* Without any colour, and in ASCII, a bar of one group of states is not that of another. */
START_TEST(fills)
{
    static const enum tcp_state one_of_each[] = { SYN_SENT, ESTABLISHED, FIN_WAIT_1, TIME_WAIT,
                                                  CLOSED };
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < i; j++) {
            uint32_t a = fill_of_ink(ink_of_state(one_of_each[i]));
            uint32_t b = fill_of_ink(ink_of_state(one_of_each[j]));
            ck_assert_uint_ne(a, b);
            ck_assert_int_ne(ascii_of(a), ascii_of(b));
        }
    }
}
END_TEST

Suite *theme_suite(void)
{
    Suite *suite = suite_create("theme");
    TCase *tcase = tcase_create("theme");
    tcase_add_test(tcase, can_be_read);
    tcase_add_test(tcase, told_apart);
    tcase_add_test(tcase, few_colours);
    tcase_add_test(tcase, no_colours);
    tcase_add_test(tcase, background_by_environment);
    tcase_add_test(tcase, fills);
    suite_add_tcase(suite, tcase);
    return suite;
}
