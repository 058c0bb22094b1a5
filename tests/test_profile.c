/*
 * sim/profile: what differs between stacks is data, and each practice that is not the RFC's letter
 * can be switched off.
 */
#include "tests/bench.h"
#include "tests/suites.h"
#include "ui/profile.h"

#include <string.h>

/* A profile is found by its name; there is no other. */
START_TEST(found_by_name)
{
    for (size_t i = 0; i < tcp_profile_count; i++)
        ck_assert_ptr_eq(profile_find(tcp_profiles[i].name), &tcp_profiles[i]);
    ck_assert_ptr_null(profile_find("RFC"));
    ck_assert_ptr_null(profile_find(""));
}
END_TEST

/* The figures of each make sense together. */
START_TEST(figures_fit)
{
    for (size_t i = 0; i < tcp_profile_count; i++) {
        const struct profile *p = &tcp_profiles[i];
        ck_assert_uint_gt(strlen(p->says), 0);
        ck_assert_uint_le(p->set.rto_min_usec, p->set.rto_initial_usec);
        ck_assert_uint_le(p->set.rto_initial_usec, p->set.rto_max_usec);
        ck_assert_uint_gt(p->set.user_timeout_usec, p->set.rto_max_usec);
        ck_assert_uint_gt(p->set.two_msl_usec, 0);
        ck_assert_uint_ge(p->set.mss, 536);
    }
    ck_assert_uint_eq(profile_find("rfc")->set.two_msl_usec, 240000000);
    ck_assert_uint_ge(profile_find("rfc")->set.user_timeout_syn_usec, 180000000); /* MUST-23 */
}
END_TEST

/* "linux+two-way" is linux with what two-way changes, and says what it is. */
START_TEST(composed)
{
    struct profile p;
    char text[PROFILE_WORDS_MAX];
    ck_assert_ptr_null(profile_compose("linux", &p));
    ck_assert_mem_eq(&p.set, &profile_find("linux")->set, sizeof p.set);
    ck_assert_str_eq(profile_not_tcp(&p, text, sizeof text), "");
    ck_assert_ptr_null(profile_compose("linux+two-way+isn-zero", &p));
    ck_assert(p.set.two_way && p.set.isn_zero && !p.set.four_way && p.set.sack);
    ck_assert_str_eq(p.name, "linux+two-way+isn-zero");
    ck_assert_str_eq(profile_not_tcp(&p, text, sizeof text), "not TCP: two-way, isn-zero");
    ck_assert_ptr_null(profile_compose("stop-and-wait", &p));
    ck_assert(p.set.stop_and_wait && !p.set.sack);
    ck_assert_uint_eq(p.set.two_msl_usec, profile_find("rfc")->set.two_msl_usec);
}
END_TEST

/* What is no name is pointed at. */
START_TEST(not_composed)
{
    static const struct {
        const char *words;
        size_t at;
    } wrong[] = { { "", 0 },          { "beos", 0 },        { "rfc+", 4 },           { "+rfc", 0 },
                  { "rfc+linux", 4 }, { "rfc two-way", 0 }, { "two-way+isn-one", 8 } };
    char longest[2 * PROFILE_WORDS_MAX];
    struct profile p;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_ptr_eq(profile_compose(wrong[i].words, &p), wrong[i].words + wrong[i].at);
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    ck_assert_ptr_eq(profile_compose(longest, &p), longest);
}
END_TEST

/* Each variant changes settings that there are, and says that it is not TCP; all of them together
 * can be said in one line. */
START_TEST(variants_say_so)
{
    struct profile p;
    char all[PROFILE_WORDS_MAX] = "rfc";
    for (size_t i = 0; i < tcp_variant_count; i++) {
        const struct variant *v = &tcp_variants[i];
        ck_assert_ptr_eq(variant_find(v->name), v);
        ck_assert_ptr_nonnull(strstr(v->says, "is not TCP"));
        ck_assert_ptr_nonnull(setting_find(v->changes[0].setting));
        ck_assert_ptr_null(profile_compose(v->name, &p));
        ck_assert_mem_ne(&p.set, &tcp_profiles[0].set, sizeof p.set);
        ck_assert_ptr_nonnull(strstr(PROFILE_HELP, v->name));
        ck_assert_uint_lt(strlen(all) + 1 + strlen(v->name), sizeof all);
        strcat(strcat(all, "+"), v->name);
    }
    for (size_t i = 0; i < tcp_profile_count; i++)
        ck_assert_ptr_nonnull(strstr(PROFILE_HELP, tcp_profiles[i].name));
    ck_assert_ptr_null(profile_compose(all, &p));
    ck_assert_uint_eq(p.variants, (1u << tcp_variant_count) - 1);
}
END_TEST

/* Values with which time would stand still, or nothing be sent, are refused. */
START_TEST(least_and_most)
{
    static const char *const names[] = {
        "rto_initial_usec", "rto_max_usec", "keep_interval_usec", "ts_tick_usec", "initial_window",
        "dup_acks",         "mss"
    };
    struct settings set = profile_find("rfc")->set, before = set;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct setting *it = setting_find(names[i]);
        ck_assert(!setting_put(&set, it, 0));
        ck_assert_uint_eq(setting_get(&set, it), setting_get(&before, it));
    }
    for (size_t i = 0; i < tcp_setting_count; i++) {
        const struct setting *it = &tcp_settings[i];
        ck_assert(setting_put(&set, it, it->least));
        ck_assert_uint_eq(setting_get(&set, it), it->least);
        ck_assert(setting_put(&set, it, it->most));
        ck_assert(!setting_put(&set, it, it->most + 1));
        ck_assert_uint_eq(setting_get(&set, it), it->most);
    }
}
END_TEST

static void check_letter(const struct settings *letter, bool pair, const char *trace)
{
    struct bench bench;
    bench_init(&bench, pair);
    bench.set = *letter;
    bench_run(&bench, trace);
}

/* By the letter a simultaneous open does not come to its end: each side finds the other's SYN,ACK
 * outside its window, and answers with an ACK; it is those that open the connection. */
START_TEST(letter_of_figure_7)
{
    struct settings letter = profile_find("rfc")->set;
    letter.ack_delay_usec = 0;
    letter.early_syn_ack = false;
    check_letter(&letter, true,
                 "hide states\n"
                 "A open\n"
                 "B open\n"
                 "A > B\n"
                 "B > A\n"
                 "show rules\n"
                 "A > B <SEQ=100><ACK=301><CTL=SYN,ACK>\n"
                 "    B SYN-RECEIVED  OUTSIDE_WINDOW\n"
                 "B > A <SEQ=300><ACK=101><CTL=SYN,ACK>\n"
                 "    A SYN-RECEIVED  OUTSIDE_WINDOW\n"
                 "A > B <SEQ=101><ACK=301><CTL=ACK>\n"
                 "B is ESTABLISHED\n");
}
END_TEST

/* By the letter a FIN that comes again into TIME-WAIT is acknowledged and restarts nothing. */
START_TEST(letter_of_time_wait)
{
    struct settings letter = profile_find("rfc")->set;
    letter.ack_delay_usec = 0;
    letter.time_wait_restarts = false;
    check_letter(&letter, false,
                 "given A in TIME-WAIT\n"
                 "wait 200 s\n"
                 "B > A <SEQ=301><ACK=102><CTL=FIN,ACK>\n"
                 "    A TIME-WAIT  OUTSIDE_WINDOW\n"
                 "    A > B <SEQ=102><ACK=302><CTL=ACK>\n"
                 "wait 40 s\n"
                 "    A TIME-WAIT -> CLOSED  TIME_WAIT_TIMEOUT\n");
}
END_TEST

/* By the letter of Table 6 an ACK at the right edge of the window is thrown away, and text that
 * covers the window too. */
START_TEST(letter_of_table_6)
{
    struct settings letter = profile_find("rfc")->set;
    letter.ack_delay_usec = 0;
    letter.window_edges = false;
    check_letter(&letter, false,
                 "given A in ESTABLISHED\n"
                 "A send x\n"
                 "    A > B <SEQ=101><ACK=301><CTL=ACK><DATA=x>\n"
                 "B > A <SEQ=RCV.NXT+RCV.WND><ACK=102><CTL=ACK>\n"
                 "    A ESTABLISHED  OUTSIDE_WINDOW\n"
                 "    A > B <SEQ=102><ACK=301><CTL=ACK>\n"
                 "B > A <SEQ=RCV.NXT-1><ACK=102><CTL=ACK><DATA=1002*x>\n"
                 "    A ESTABLISHED  OUTSIDE_WINDOW\n"
                 "    A > B <SEQ=102><ACK=301><CTL=ACK>\n");
}
END_TEST

/* Without RFC 5961 an ACK that is older than any window is a duplicate like others. */
START_TEST(letter_without_5961)
{
    struct settings letter = profile_find("rfc")->set;
    letter.ack_delay_usec = 0;
    letter.ack_is_bounded = false;
    check_letter(&letter, false,
                 "given A in ESTABLISHED\n"
                 "B > A <SEQ=301><ACK=SND.UNA-5000><CTL=ACK><DATA=hi>\n"
                 "    A ESTABLISHED  TEXT_IN_ORDER\n"
                 "    A > B <SEQ=101><ACK=303><CTL=ACK>\n");
}
END_TEST

/* FreeBSD does not answer a SYN,ACK in LISTEN; the letter has RST for any ACK there. */
START_TEST(syn_ack_in_listen)
{
    check_trace("profile freebsd\n"
                "given A in LISTEN\n"
                "B > A <SEQ=17><ACK=34><CTL=SYN,ACK>\n"
                "    A LISTEN  LISTEN_GOT_SYN_ACK\n"
                "B > A <SEQ=17><ACK=34><CTL=ACK>\n"
                "    A LISTEN  LISTEN_GOT_ACK\n"
                "    A > B <SEQ=34><CTL=RST>\n");
}
END_TEST

/* FreeBSD's ACKs carry its FIN once more, until that is acknowledged. */
START_TEST(ack_repeats_fin)
{
    check_trace("setting ack_repeats_fin 1\n"
                "given A in FIN-WAIT-1\n"
                "B > A <SEQ=301><ACK=101><CTL=FIN,ACK>\n"
                "    A told \"connection closing\"\n"
                "    A FIN-WAIT-1 -> CLOSING  FIN_SIMULTANEOUS\n"
                "    A > B again <SEQ=101><ACK=302><CTL=FIN,ACK>\n"
                "B > A <SEQ=302><ACK=102><CTL=ACK>\n"
                "    A CLOSING -> TIME-WAIT  CLOSING_FIN_ACKED\n");
}
END_TEST

/* FreeBSD and Linux tell their user of a reset in LAST-ACK as well; the RFC only deletes the TCB
 * there. */
START_TEST(reset_always_told)
{
    check_trace("given A in LAST-ACK\n"
                "B > A <SEQ=RCV.NXT><CTL=RST>\n"
                "    A LAST-ACK -> CLOSED  RST_ENDS_CLOSING\n");
    check_trace("setting reset_always_told 1\n"
                "given A in LAST-ACK\n"
                "B > A <SEQ=RCV.NXT><CTL=RST>\n"
                "    A told \"connection reset\"\n"
                "    A LAST-ACK -> CLOSED  RST_ENDS_CLOSING\n");
    check_trace("setting last_reset_told 1\n"
                "given A in CLOSING\n"
                "B > A <SEQ=RCV.NXT><CTL=RST>\n"
                "    A told \"connection reset\"\n"
                "    A CLOSING -> CLOSED  RST_ENDS_CLOSING\n");
}
END_TEST

/* A FIN without ACK into TIME-WAIT, outside the window: the RFC has an ACK for it, FreeBSD none. */
START_TEST(no_ack_in_time_wait)
{
    check_trace("given A in TIME-WAIT\n"
                "B > A <SEQ=RCV.NXT+5000><CTL=FIN>\n"
                "    A TIME-WAIT  OUTSIDE_WINDOW\n"
                "    A > B <SEQ=102><ACK=302><CTL=ACK>\n");
    check_trace("setting time_wait_asks_ack 1\n"
                "given A in TIME-WAIT\n"
                "B > A <SEQ=RCV.NXT+5000><CTL=FIN>\n"
                "    A TIME-WAIT  NO_ACK\n");
}
END_TEST

/* 3.10.7.3, fourth: the text of a SYN that opens at once with ours waits until the connection is
 * open; the SYN,ACK does not acknowledge it yet. */
START_TEST(text_of_a_syn)
{
    check_trace("A open\n"
                "    A CLOSED -> SYN-SENT  OPEN_ACTIVE\n"
                "    A > B <SEQ=100><CTL=SYN>\n"
                "B > A <SEQ=300><CTL=SYN><DATA=abc>\n"
                "    A SYN-SENT -> SYN-RECEIVED  SYN_SENT_GOT_SYN\n"
                "    A > B <SEQ=100><ACK=301><CTL=SYN,ACK>\n"
                "A receive 10\n"
                "    A answers queued\n"
                "B > A <SEQ=304><ACK=101><CTL=ACK>\n"
                "    A SYN-RECEIVED -> ESTABLISHED  SYN_ACKED\n"
                "A receive 10\n"
                "    A receives abc\n"
                "A has RCV.NXT=304\n");
}
END_TEST

Suite *profile_suite(void)
{
    Suite *suite = suite_create("profile");
    TCase *table = tcase_create("table");
    tcase_add_test(table, found_by_name);
    tcase_add_test(table, figures_fit);
    tcase_add_test(table, composed);
    tcase_add_test(table, not_composed);
    tcase_add_test(table, variants_say_so);
    tcase_add_test(table, least_and_most);
    suite_add_tcase(suite, table);
    TCase *letter = tcase_create("letter");
    tcase_add_test(letter, letter_of_figure_7);
    tcase_add_test(letter, letter_of_time_wait);
    tcase_add_test(letter, letter_of_table_6);
    tcase_add_test(letter, letter_without_5961);
    suite_add_tcase(suite, letter);
    TCase *practice = tcase_create("practice");
    tcase_add_test(practice, syn_ack_in_listen);
    tcase_add_test(practice, ack_repeats_fin);
    tcase_add_test(practice, reset_always_told);
    tcase_add_test(practice, no_ack_in_time_wait);
    tcase_add_test(practice, text_of_a_syn);
    suite_add_tcase(suite, practice);
    return suite;
}
