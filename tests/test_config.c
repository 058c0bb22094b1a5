/*
 * The configuration file, the options of every command, the manual page and completions.
 */
#include "tests/suites.h"

#include "tests/capture.h"
#include "ui/cmd/cmd.h"
#include "ui/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file with that text; its path is written to `path`. */
static void file_with(const char *text, char *path, size_t len)
{
    snprintf(path, len, "/tmp/tcpstep-config-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

/* Reads it; what it complains of, with the path as "FILE", is to be `complaint`, "" for none. */
static bool reads(struct config *config, const char *text, const char *complaint)
{
    char path[64], expected[256];
    struct capture capture;
    file_with(text, path, sizeof path);
    capture_begin(&capture, STDERR_FILENO);
    bool good = config_read(config, path);
    char *said = capture_end(&capture);
    snprintf(expected, sizeof expected, "tcpstep: %s:%s\n", path, complaint);
    ck_assert_str_eq(said, complaint[0] ? expected : "");
    ck_assert_int_eq(good, !complaint[0]);
    free(said);
    unlink(path);
    return good;
}

/* Lines become options; blanks, comments, CR and a missing newline at the end are no matter. */
START_TEST(lines)
{
    struct config config;
    reads(&config,
          "# mine\n\n  lang=zh_CN\r\nprofile = linux\nascii = yes\nipv6 = no\nkey x = view trace\n"
          "key = = run\nseed = 4",
          "");
    static const char *const expected[] = { "--lang=zh_CN",       "--profile=linux", "--ascii",
                                            "--key=x=view trace", "--key===run",     "--seed=4" };
    ck_assert_uint_eq(config.count, sizeof expected / sizeof expected[0]);
    for (unsigned i = 0; i < config.count; i++)
        ck_assert_str_eq(config.options[i], expected[i]);
    ck_assert_str_eq(config_value(&config, "lang"), "zh_CN");
    ck_assert_ptr_null(config_value(&config, "on"));
    config_free(&config);
}
END_TEST

/* What is wrong is said with file and line. */
START_TEST(wrong_lines)
{
    struct config config;
    reads(&config, "seed = 1\nprofil = linux\n",
          "2: there is no setting 'profil'; did you mean 'profile'?");
    reads(&config, "\n\nnonsense\n", "3: expected NAME = VALUE, found 'nonsense'");
    reads(&config, "ascii = perhaps\n", "1: 'ascii' is yes or no, not 'perhaps'");
    reads(&config, "key x\n", "1: expected key NAME = COMMAND");
    char many[CONFIG_MAX * 10 + 64] = "";
    for (int i = 0; i <= CONFIG_MAX; i++)
        strcat(many, "on=both\n");
    reads(&config, many, "65: more than there is room for");
}
END_TEST

/* No file is fine where none was asked for; else it is said. So are a folder and a binary. */
START_TEST(no_file)
{
    struct config config;
    struct capture capture;
    setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    ck_assert(config_read(&config, NULL));
    ck_assert_uint_eq(config.count, 0);
    capture_begin(&capture, STDERR_FILENO);
    ck_assert(!config_read(&config, "/nonexistent/file"));
    ck_assert(!config_read(&config, "/tmp"));
    ck_assert(!config_read(&config, "/proc/self/exe"));
    char *said = capture_end(&capture);
    ck_assert_str_eq(said, "tcpstep: /nonexistent/file: No such file or directory\n"
                           "tcpstep: /tmp: Is a directory\n"
                           "tcpstep: /proc/self/exe: is no configuration: too long, or no text\n");
    free(said);
}
END_TEST

/* A command gets the options that it has, and no others. */
START_TEST(options_of_a_command)
{
    struct config config;
    char *argv[CONFIG_MAX];
    reads(&config, "on = model\nascii = yes\nlang = en\nprofile = linux\n", "");
    ck_assert_uint_eq(config_for(&config, &command_drill, argv), 1);
    ck_assert_str_eq(argv[0], "--profile=linux");
    ck_assert_uint_eq(config_for(&config, &command_labs, argv), 0);
    ck_assert_uint_eq(config_for(&config, &command_frame, argv), 3);
    config_free(&config);
}
END_TEST

/* Every option that may stand in a configuration is one that some command, or every one, has. */
START_TEST(settings_are_options)
{
    for (const struct config_option *setting = config_options; setting->name; setting++) {
        const struct option *found = NULL;
        for (const struct option *option = common_options; option->name; option++)
            found = strcmp(option->name, setting->name) == 0 ? option : found;
        for (const struct option *option = command_stage.options; option->name; option++)
            found = strcmp(option->name, setting->name) == 0 ? option : found;
        ck_assert_msg(found != NULL, "no command has --%s", setting->name);
        ck_assert_int_eq(setting->flag, found->arg == NULL);
    }
}
END_TEST

/* The program heeds the file, and what is said on the command line counts. */
START_TEST(in_the_program)
{
    char path[64], command[256];
    file_with("on = nonsense\n", path, sizeof path);
    snprintf(command, sizeof command, "$TCPSTEP run handshake --headless --config %s", path);
    struct ran ran = run_expecting(2, command);
    ck_assert_ptr_nonnull(strstr(ran.err, "'nonsense' is no lane"));
    ck_assert_ptr_nonnull(strstr(ran.err, path));
    ran_free(&ran);
    snprintf(command, sizeof command,
             "echo on = model >%s; $TCPSTEP run handshake --headless --config=%s", path, path);
    ran = run_expecting(0, command);
    ck_assert_ptr_nonnull(strstr(ran.out, "model"));
    ck_assert_ptr_null(strstr(ran.out, "kernel"));
    ran_free(&ran);
    snprintf(command, sizeof command,
             "printf 'key x = states\\nspeed = fast\\nno-mouse = yes\\nkey = = stats\\n' >%s; "
             "$TCPSTEP run handshake --headless --config=%s",
             path, path);
    ran = run_expecting(2, command);
    ck_assert_ptr_nonnull(strstr(ran.err, "There is no command 'stats'; did you mean 'states'"));
    ck_assert_ptr_null(strstr(ran.err, "'states =")); /* the first key is right */
    ran_free(&ran);
    unlink(path);
    ran = run_expecting(2, "$TCPSTEP labs --lang xx");
    ck_assert_str_eq(ran.err, "tcpstep: there are no texts in 'xx'; --lang is en or zh_CN\n");
    ran_free(&ran);
    ran = run_expecting(2, "$TCPSTEP labs --lang");
    ck_assert_str_eq(ran.err, "tcpstep: --lang needs a value\n");
    ran_free(&ran);
}
END_TEST

static void names_all(const char *text, const struct option *list, const char *dashes)
{
    char word[64];
    for (const struct option *option = list; option->name; option++) {
        snprintf(word, sizeof word, "%s%s", dashes, option->name);
        ck_assert_msg(strstr(text, word) != NULL, "lacks %s", word);
    }
}

/* The manual page and each completion name every command and every option. */
START_TEST(manual_names_all)
{
    static const struct {
        const char *command, *dashes;
    } forms[] = { { "LC_ALL=C $TCPSTEP manual | sed 's/\\\\-/-/g'", "--" },
                  { "$TCPSTEP manual --bash", "--" },
                  { "$TCPSTEP manual --zsh", "--" },
                  { "$TCPSTEP manual --fish", "-l " } };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct ran ran = run_expecting(0, forms[i].command);
        names_all(ran.out, common_options, forms[i].dashes);
        names_all(ran.out, command_stage.options, forms[i].dashes);
        for (size_t j = 0; commands[j]; j++) {
            ck_assert_msg(strstr(ran.out, commands[j]->name) != NULL, "%s: no %s", forms[i].command,
                          commands[j]->name);
            names_all(ran.out, commands[j]->options, forms[i].dashes);
        }
        ran_free(&ran);
    }
}
END_TEST

/* bash completes commands, labs and values of options. */
START_TEST(bash_completes)
{
    struct ran ran = run_expecting(
        0, "command -v bash >/dev/null || exit 0; $TCPSTEP manual --bash >/tmp/tcpstep-bash-$$; "
           "bash -c 'source /tmp/tcpstep-bash-'$$'; try() { COMP_WORDS=(\"$@\"); "
           "COMP_CWORD=$(($# - 1)); _tcpstep; echo \"${COMPREPLY[@]}\"; }; "
           "try tcpstep do; try tcpstep run hands; try tcpstep run --on ker; "
           "try tcpstep rules --state SYN-S'; rm /tmp/tcpstep-bash-$$");
    if (ran.out_len > 0)
        ck_assert_str_eq(ran.out, "doctor\nhandshake\nkernel\nSYN-SENT\n");
    ran_free(&ran);
}
END_TEST

Suite *config_suite(void)
{
    Suite *suite = suite_create("config");
    TCase *tcase = tcase_create("file");
    tcase_add_test(tcase, lines);
    tcase_add_test(tcase, wrong_lines);
    tcase_add_test(tcase, no_file);
    tcase_add_test(tcase, options_of_a_command);
    tcase_add_test(tcase, settings_are_options);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("program");
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, in_the_program);
    tcase_add_test(tcase, manual_names_all);
    tcase_add_test(tcase, bash_completes);
    suite_add_tcase(suite, tcase);
    return suite;
}
