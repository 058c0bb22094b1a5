/*
 * Every suite of the tests: one a module. tests/main.c runs them.
 */
#ifndef TESTS_SUITES_H
#define TESTS_SUITES_H

#include <check.h>

Suite *diag_suite(void);
Suite *loopback_suite(void);

#endif
