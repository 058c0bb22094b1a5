/*
 * Films of plays.
 */
#include "tests/film_rig.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOSTILE "</script><script>document.title='x'</script><!-- ]]> \"&amp;' </pre><b onclick=\"x"

const char hostile_title[] = HOSTILE;

const char hostile_lab[] =
    "title " HOSTILE " 三次握手\n"
    "host A </title><svg onload=x>\n"
    "host B 客户 & 'server'\n"
    "say </script> <!-- <script> \xf0\x9f\x98\x80 连接 \\ \" ' & \xef\xbf\xbe done\n"
    "B: s = socket()\n"
    "B: bind(s, :7788)\n"
    "B: listen(s, 8)\n"
    "A: c = socket()\n"
    "A: connect(c, B:7788)\n"
    "run\n"
    "B: d = accept(s)\n"
    "A: send(c, \"\\x1b]0;x\\x07</script>\\x00<b>'&\")\n"
    "run\n"
    "B: recv(d, 100)\n"
    "say over: \\u003c/script> ]]>\n";

void film_of_play(struct film *film, const struct play *play, int width, int height)
{
    struct film_setup setup = { .trace = session_trace(play->session),
                                .lab = &play->lab,
                                .profile = session_profile(play->session),
                                .name = "play",
                                .last_step = play_last(play),
                                .width = width,
                                .height = height };
    ck_assert(film_open(film, &setup));
}

char *whole_rows(const struct grid *grid, int rows)
{
    char *text = NULL, octets[5];
    size_t len;
    FILE *to = open_memstream(&text, &len);
    ck_assert_ptr_nonnull(to);
    for (int i = 0; i < rows * grid->width; i++) {
        uint32_t code = grid->cells[i].code;
        if (code)
            fwrite(octets, 1, utf8_encode(code, octets), to);
        if (i % grid->width == grid->width - 1)
            fputc('\n', to);
    }
    fclose(to);
    return text;
}

void same_lines(const char *seen, const char *wanted, const char *what)
{
    for (int line = 1; *seen || *wanted; line++) {
        size_t len = strcspn(wanted, "\n");
        ck_assert_msg(strncmp(seen, wanted, len) == 0 && seen[len] == wanted[len],
                      "%s, line %d:\n%.*s\nand not\n%.*s", what, line, (int)strcspn(seen, "\n"),
                      seen, (int)len, wanted);
        seen += len + (seen[len] == '\n');
        wanted += len + (wanted[len] == '\n');
    }
}
