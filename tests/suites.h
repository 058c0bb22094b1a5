/*
 * Every suite of the tests: one a module. tests/main.c runs them.
 */
#ifndef TESTS_SUITES_H
#define TESTS_SUITES_H

#include <check.h>

Suite *args_suite(void);
Suite *capture_suite(void);
Suite *cli_suite(void);
Suite *codec_suite(void);
Suite *compare_suite(void);
Suite *diag_suite(void);
Suite *doctor_suite(void);
Suite *drill_altered_suite(void);
Suite *drill_expr_suite(void);
Suite *drill_parse_suite(void);
Suite *drill_suite(void);
Suite *e2e_suite(void);
Suite *escape_suite(void);
Suite *export_suite(void);
Suite *figures_suite(void);
Suite *grid_suite(void);
Suite *ip_suite(void);
Suite *isn_suite(void);
Suite *journal_suite(void);
Suite *lab_errors_suite(void);
Suite *lab_suite(void);
Suite *labs_suite(void);
Suite *loopback_suite(void);
Suite *lossy_suite(void);
Suite *options_suite(void);
Suite *outside_suite(void);
Suite *panels_suite(void);
Suite *pcapng_suite(void);
Suite *profile_suite(void);
Suite *ranges_suite(void);
Suite *recovery_suite(void);
Suite *requirements_host_suite(void);
Suite *requirements_suite(void);
Suite *ring_suite(void);
Suite *rules_suite(void);
Suite *sandbox_suite(void);
Suite *scale_suite(void);
Suite *scenario_suite(void);
Suite *segment_suite(void);
Suite *seq_suite(void);
Suite *session_suite(void);
Suite *socket_api_suite(void);
Suite *socket_end_suite(void);
Suite *socket_suite(void);
Suite *syn_queue_suite(void);
Suite *tcp_ack_suite(void);
Suite *tcp_alive_suite(void);
Suite *tcp_arrives_suite(void);
Suite *tcp_close_suite(void);
Suite *tcp_nagle_suite(void);
Suite *tcp_open_suite(void);
Suite *tcp_options_suite(void);
Suite *tcp_text_suite(void);
Suite *tcp_timer_suite(void);
Suite *tcp_urgent_suite(void);
Suite *tcp_window_suite(void);
Suite *udp_suite(void);
Suite *traps_suite(void);
Suite *traps_suite(void);
Suite *udp_suite(void);
Suite *variants_suite(void);
Suite *view_suite(void);
Suite *wire_rules_suite(void);
Suite *watch_real_suite(void);
Suite *watch_suite(void);
Suite *wire_suite(void);
Suite *words_suite(void);
Suite *world_suite(void);

#endif
