/*
 * Texts that are compared with what was found good before: tests/golden/NAME.txt.
 *
 * TCPSTEP_GOLDEN=write writes them anew instead; look at what git shows of it then.
 */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

/* Fails, with the rows that differ, unless the text is what the golden file has. The tests have
 * to run in the repository's top folder, as make check has them. */
void golden(const char *name, const char *text);

#endif
