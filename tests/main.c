/*
 * Runs every suite, and closes with Check's line.
 */
#include "tests/suites.h"

#include <locale.h>
#include <stdlib.h>

typedef Suite *make_suite(void);

static make_suite *const suites[] = {
    args_suite,          cli_suite,          diag_suite,        e2e_suite,
    escape_suite,        export_suite,       figures_suite,     grid_suite,
    isn_suite,           journal_suite,      lab_errors_suite,  lab_suite,
    labs_suite,          loopback_suite,     lossy_suite,       outside_suite,
    panels_suite,        profile_suite,      ring_suite,        rules_suite,
    sandbox_suite,       scale_suite,        segment_suite,     seq_suite,
    session_suite,       socket_end_suite,   socket_suite,      tcp_arrives_suite,
    tcp_close_suite,     tcp_open_suite,     tcp_text_suite,    tcp_timer_suite,
    tcp_window_suite,    view_suite,         wire_suite,        words_suite,
    world_suite,         codec_suite,        ip_suite,          options_suite,
    drill_expr_suite,    drill_parse_suite,  socket_api_suite,  udp_suite,
    ranges_suite,        recovery_suite,     tcp_options_suite, tcp_ack_suite,
    tcp_alive_suite,     tcp_nagle_suite,    tcp_urgent_suite,  variants_suite,
    syn_queue_suite,     requirements_suite, traps_suite,       requirements_host_suite,
    drill_altered_suite, drill_suite,        compare_suite,     scenario_suite,
    wire_rules_suite,    watch_suite,        watch_real_suite,  doctor_suite,
    pcapng_suite,        capture_suite,      live_suite,
};

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    setenv("CK_DEFAULT_TIMEOUT", "60", 0); /* seconds: sanitizers and busy machines are slow */
    SRunner *runner = srunner_create(NULL);
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        srunner_add_suite(runner, suites[i]());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
