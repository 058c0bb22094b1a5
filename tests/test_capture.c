/*
 * `tcpstep open` on whole files, good and bad, ours and those of others.
 */
#include "tests/capture.h"
#include "tests/captured.h"
#include "tests/suites.h"

#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    LINK_RAW = 12
};

/* A file by libpcap, in a new folder; its path is to be given to file_free(). */
static char *file_of(int link, const char *header, size_t header_len, const struct step *steps)
{
    char folder[] = "/tmp/tcpstep-capture-XXXXXX";
    char *path = malloc(64);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, 64, "%s/x.pcap", folder);
    pcap_t *pcap = pcap_open_dead(link, 65535);
    pcap_dumper_t *dumper = pcap_dump_open(pcap, path);
    ck_assert_ptr_nonnull(dumper);
    for (unsigned i = 0; steps[i].flags; i++) {
        uint8_t octets[PACKET_ROOM];
        memcpy(octets, header, header_len);
        size_t len = header_len + step_octets(&steps[i], octets + header_len);
        struct pcap_pkthdr head = { .caplen = (uint32_t)len, .len = (uint32_t)len };
        head.ts.tv_sec = 1700000000 + steps[i].msec / 1000;
        head.ts.tv_usec = (long)(steps[i].msec % 1000) * 1000;
        pcap_dump((u_char *)dumper, &head, octets);
    }
    pcap_dump_close(dumper);
    pcap_close(pcap);
    return path;
}

static void file_free(char *path)
{
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
    free(path);
}

static const struct step whole[] = { OPENS,
                                     { A, PSH | ACK, 1, 1, 5, 5, 0 },
                                     { B, ACK, 1, 6, 0, 6, 0 },
                                     { A, FIN | ACK, 6, 1, 0, 10, 0 },
                                     { B, FIN | ACK, 1, 7, 0, 11, 0 },
                                     { A, ACK, 7, 2, 0, 12, 0 },
                                     END };

static struct ran run_on(int status, const char *format, const char *path)
{
    char command[512];
    snprintf(command, sizeof command, format, path);
    return run_expecting(status, command);
}

/* The command on a file of each link: list, ladder, explanation. */
START_TEST(opens_each_link)
{
    char *path =
        file_of(link_headers[_i].link, link_headers[_i].octets, link_headers[_i].len, whole);
    struct ran ran = run_on(0, "$TCPSTEP open %s --explain", path);
    ck_assert_ptr_nonnull(strstr(ran.out, "8 packets, 1 TCP connection\n"));
    ck_assert_ptr_nonnull(strstr(ran.out, "closed, A first"));
    ck_assert_ptr_nonnull(strstr(ran.out, "A --> B  PSH,ACK seq=1 ack=1 len=5 win=8000\n"));
    ck_assert_ptr_nonnull(strstr(ran.out, "B in LISTEN got SYN: it keeps IRS, picks ISS"));
    ck_assert_ptr_nonnull(strstr(ran.out, "Closed in three segments and not in four"));
    ran_free(&ran);
    ran = run_on(0, "$TCPSTEP open - <%s", path);
    ck_assert_ptr_nonnull(strstr(ran.out, "A TIME-WAIT    B LAST-ACK\n"));
    ran_free(&ran);
    file_free(path);
}
END_TEST

/* NDJSON by --trace: what was inferred says so. */
START_TEST(trace_says_inferred)
{
    char *path = file_of(LINK_RAW, "", 0, whole);
    struct ran ran = run_on(0, "$TCPSTEP open %s --trace - --connection 1", path);
    ck_assert_ptr_eq(strstr(ran.out, "{\"kind\":\"run\""), ran.out);
    ck_assert_ptr_nonnull(strstr(ran.out, "\"kind\":\"state\",\"from\":\"LISTEN\",\"to\":"
                                          "\"SYN-RECEIVED\",\"by\":\"inferred\",\"rule\":"
                                          "\"LISTEN_GOT_SYN\""));
    ck_assert_ptr_nonnull(strstr(ran.out, "\"lane\":\"kernel\""));
    ran_free(&ran);
    ran = run_on(2, "$TCPSTEP open %s --connection 2", path);
    ck_assert_ptr_nonnull(strstr(ran.err, "there is no connection 2; there are 1"));
    ran_free(&ran);
    file_free(path);
}
END_TEST

/* Cut anywhere: what is whole is shown, the rest is a complaint, and nothing worse. */
START_TEST(cut_anywhere)
{
    char *path = file_of(LINK_RAW, "", 0, whole);
    char command[512];
    for (unsigned len = 0; len < 500; len += 13) {
        snprintf(command, sizeof command, "head -c %u %s | $TCPSTEP open - --explain", len, path);
        struct ran ran = run_shell(command);
        ck_assert_msg(ran.status == 0 || ran.status == 2, "%u octets: %d", len, ran.status);
        ck_assert((ran.status == 2) == (strstr(ran.err, "tcpstep: -: ") != NULL));
        ck_assert((len > 24 + 60) == (strstr(ran.out, "A --> B  SYN") != NULL));
        ran_free(&ran);
    }
    file_free(path);
}
END_TEST

/* What is no capture is said with its name. */
START_TEST(no_capture)
{
    static const struct {
        const char *command, *says;
    } bad[] = {
        { "$TCPSTEP open /dev/null", "/dev/null: truncated dump file" },
        { "echo 'no capture, by no means' | $TCPSTEP open -", "unknown file format" },
        { "$TCPSTEP open /no/such/file", "/no/such/file: No such file" },
        { "$TCPSTEP open /tmp", "directory" },
        { "$TCPSTEP open", "open needs a capture" },
        { "$TCPSTEP open a b", "one too many" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ran ran = run_expecting(2, bad[i].command);
        ck_assert_msg(strstr(ran.err, bad[i].says) != NULL, "%s: %s", bad[i].command, ran.err);
        ran_free(&ran);
    }
}
END_TEST

/* What we write ourselves, and what tcpdump and tshark make of it, reads the same. */
START_TEST(files_of_others)
{
    static const char *const makers[] = { "tcpdump -r $d/x -w $d/y", "tshark -r $d/x -w $d/y",
                                          "tshark -F pcap -r $d/x -w $d/y" };
    struct ran ran =
        run_expecting(0, "d=$(mktemp -d); $TCPSTEP run close --on model --headless --pcap $d/x "
                         ">/dev/null; $TCPSTEP open $d/x; rm -r $d");
    ck_assert_ptr_nonnull(strstr(ran.out, "A TIME-WAIT    B CLOSED"));
    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++) {
        char command[512];
        snprintf(command, sizeof command,
                 "d=$(mktemp -d); $TCPSTEP run close --on model --headless --pcap $d/x >/dev/null; "
                 "chmod 777 $d; %s 2>/dev/null && $TCPSTEP open $d/y; rm -r $d",
                 makers[i]);
        struct ran other = run_shell(command);
        if (other.out_len == 0)
            printf("capture: %.7s is not here, or cannot write: not tested\n", makers[i]);
        else
            ck_assert_str_eq(other.out, ran.out);
        ran_free(&other);
    }
    ran_free(&ran);
}
END_TEST

Suite *capture_suite(void)
{
    Suite *suite = suite_create("capture");
    TCase *tcase = tcase_create("files");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, opens_each_link, 0, LINK_COUNT);
    tcase_add_test(tcase, trace_says_inferred);
    tcase_add_test(tcase, cut_anywhere);
    tcase_add_test(tcase, no_capture);
    tcase_add_test(tcase, files_of_others);
    suite_add_tcase(suite, tcase);
    return suite;
}
