/*
 * The doctor: what it says of failures that are made up here, and what it finds on this machine.
 */
#include "tests/suites.h"

#include "tests/capture.h"
#include "ui/doctor.h"

#include <errno.h>
#include <jansson.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

static const struct doctor_settings quiet = {
    .userns_clone = NO_SETTING,
    .userns_max = 100,
    .userns_apparmor = NO_SETTING,
    .paranoid = 2,
    .has_tun_node = true,
    .has_tracefs = true,
    .self = "/usr/bin/tcpstep",
};

static struct doctor_finding explained(enum doctor_item item, int32_t err, const char *operation,
                                       const struct doctor_settings *settings)
{
    struct doctor_finding finding = { .here = false };
    struct net_error error = { .err = err, .operation = operation };
    doctor_explain(item, &error, settings, &finding);
    return finding;
}

static bool suggests(const struct doctor_finding *finding, const char *command)
{
    for (unsigned i = 0; i < DOCTOR_TRIES_MAX; i++) {
        if (strstr(finding->remedies[i], command))
            return true;
    }
    return false;
}

/* The setting that stands in the way is named, and no other one. */
START_TEST(namespaces)
{
    struct doctor_settings settings = quiet;
    settings.userns_clone = 0;
    struct doctor_finding f = explained(DOCTOR_NAMESPACES, EPERM, "unshare", &settings);
    ck_assert(suggests(&f, "sysctl kernel.unprivileged_userns_clone=1"));
    ck_assert(!suggests(&f, "apparmor"));
    settings = quiet;
    settings.userns_apparmor = 1;
    f = explained(DOCTOR_NAMESPACES, EACCES, "map of users", &settings);
    ck_assert(suggests(&f, "apparmor_restrict_unprivileged_userns=0"));
    ck_assert(suggests(&f, "profile tcpstep /usr/bin/tcpstep flags=(unconfined)"));
    settings = quiet;
    settings.userns_max = 0;
    settings.is_container = true; /* which has nothing to do with it */
    f = explained(DOCTOR_TUN, ENOSPC, "unshare", &settings);
    ck_assert(suggests(&f, "sysctl user.max_user_namespaces="));
    ck_assert(!suggests(&f, "seccomp"));
    settings = quiet;
    settings.is_container = true;
    f = explained(DOCTOR_VETH, EPERM, "unshare", &settings);
    ck_assert(suggests(&f, "--security-opt seccomp=unconfined"));
}
END_TEST

START_TEST(devices)
{
    struct doctor_settings settings = quiet;
    struct doctor_finding f = explained(DOCTOR_TUN, EACCES, "/dev/net/tun", &settings);
    ck_assert(suggests(&f, "chmod 0666 /dev/net/tun"));
    settings.has_tun_node = false;
    f = explained(DOCTOR_TUN, ENOENT, "/dev/net/tun", &settings);
    ck_assert(suggests(&f, "modprobe tun"));
    f = explained(DOCTOR_CAPTURE, EPERM, "packet socket", &settings);
    ck_assert(suggests(&f, "setcap cap_net_raw+ep /usr/bin/tcpstep"));
    f = explained(DOCTOR_TRACEPOINT, EACCES, "perf_event_open", &settings);
    ck_assert_ptr_nonnull(strstr(f.why, "kernel.perf_event_paranoid is 2"));
    ck_assert(suggests(&f, "cap_perfmon"));
    settings.has_tracefs = false;
    f = explained(DOCTOR_TRACEPOINT, ENOENT, "tracefs", &settings);
    ck_assert(suggests(&f, "mount -t tracefs"));
}
END_TEST

/* The device's file may be opened, and a container keeps the device: other rights do not help. */
START_TEST(device_kept_away)
{
    struct doctor_settings settings = quiet;
    settings.may_use_tun = settings.is_container = true;
    struct doctor_finding f = explained(DOCTOR_TUN, EPERM, "/dev/net/tun", &settings);
    ck_assert(!suggests(&f, "chmod"));
    ck_assert(suggests(&f, "--device /dev/net/tun"));
}
END_TEST

/* Each setcap names all that the program is to have: the one does not undo the other. */
START_TEST(capabilities)
{
    struct doctor_settings settings = quiet;
    struct doctor_finding f = explained(DOCTOR_TRACEPOINT, EACCES, "perf_event_open", &settings);
    ck_assert(suggests(&f, "setcap cap_net_raw,cap_perfmon,cap_dac_read_search+ep /usr/bin"));
    settings.capabilities = UINT64_C(1) << CAP_PERFMON;
    f = explained(DOCTOR_CAPTURE, EPERM, "packet socket", &settings);
    ck_assert(suggests(&f, "setcap cap_net_raw,cap_perfmon+ep /usr/bin/tcpstep"));
}
END_TEST

START_TEST(terminals)
{
    struct doctor_finding findings[DOCTOR_COUNT] = { { .here = false } };
    struct screen_facts facts = { .term = "b\x1b[or", .library = "ncurses 6", .colours = 2 };
    doctor_terminal(&facts, findings);
    ck_assert(!findings[DOCTOR_TERMINAL].here && !findings[DOCTOR_UTF8].here);
    ck_assert(!findings[DOCTOR_SIZE].here && !findings[DOCTOR_COLOURS].here);
    ck_assert_ptr_nonnull(strstr(findings[DOCTOR_TERMINAL].why, "TERM is b\\x1b[or:"));
    ck_assert(suggests(&findings[DOCTOR_UTF8], "LC_ALL=C.UTF-8"));
    memset(findings, 0, sizeof findings);
    facts = (struct screen_facts){ .is_terminal = true,
                                   .is_utf8 = true,
                                   .term = "xterm",
                                   .is_known = true,
                                   .colours = 8,
                                   .width = 80,
                                   .height = 24,
                                   .library = "ncurses 6" };
    doctor_terminal(&facts, findings);
    ck_assert(findings[DOCTOR_TERMINAL].here && findings[DOCTOR_UTF8].here);
    ck_assert(findings[DOCTOR_SIZE].here && findings[DOCTOR_COLOURS].here);
}
END_TEST

/* Here: the model works, every item has a line, and JSON says the same. */
START_TEST(this_machine)
{
    struct ran text = run_expecting(0, "$TCPSTEP doctor");
    struct ran json = run_expecting(0, "$TCPSTEP doctor --json");
    json_t *all = json_loads(json.out, 0, NULL);
    ck_assert_ptr_nonnull(all);
    json_t *findings = json_object_get(all, "findings");
    ck_assert_uint_eq(json_array_size(findings), DOCTOR_COUNT);
    for (size_t i = 0; i < DOCTOR_COUNT; i++) {
        char line[64];
        json_t *one = json_array_get(findings, i);
        const char *name = json_string_value(json_object_get(one, "name"));
        bool here = json_is_true(json_object_get(one, "here"));
        snprintf(line, sizeof line, "%-18s  %-3s  ", name, here ? "yes" : "no");
        ck_assert_msg(strstr(text.out, line) != NULL, "no line '%s' in\n%s", line, text.out);
    }
    for (const char *at = text.out; *at; at += strcspn(at, "\n") + 1)
        ck_assert_msg(strcspn(at, "\n") <= 80 || strncmp(at, "      ", 6) == 0, /* a long path */
                      "wider than 80: %.100s", at);
    ck_assert_ptr_nonnull(strstr(text.out, "model               yes"));
    json_decref(all);
    ran_free(&text);
    ran_free(&json);
}
END_TEST

START_TEST(refusals)
{
    struct ran ran = run_expecting(2, "$TCPSTEP doctor --jason");
    ck_assert_ptr_nonnull(strstr(ran.err, "did you mean '--json'?"));
    ran_free(&ran);
    ran = run_expecting(2, "$TCPSTEP doctor all");
    ck_assert_ptr_nonnull(strstr(ran.err, "doctor takes no argument: 'all'"));
    ran_free(&ran);
}
END_TEST

Suite *doctor_suite(void)
{
    Suite *suite = suite_create("doctor");
    TCase *tcase = tcase_create("doctor");
    tcase_add_test(tcase, namespaces);
    tcase_add_test(tcase, devices);
    tcase_add_test(tcase, device_kept_away);
    tcase_add_test(tcase, capabilities);
    tcase_add_test(tcase, terminals);
    tcase_add_test(tcase, this_machine);
    tcase_add_test(tcase, refusals);
    suite_add_tcase(suite, tcase);
    return suite;
}
