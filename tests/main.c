/*
 * Runs every suite, and closes with Check's line.
 */
#include "tests/suites.h"

#include <locale.h>
#include <stdlib.h>

typedef Suite *make_suite(void);

static make_suite *const suites[] = {
    diag_suite,
    loopback_suite,
};

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    SRunner *runner = srunner_create(NULL);
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        srunner_add_suite(runner, suites[i]());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
