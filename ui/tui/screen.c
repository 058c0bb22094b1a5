/*
 * ncurses, and the signals that a program which owns a terminal has to answer.
 *
 * SIGINT, SIGTERM, SIGHUP and SIGQUIT are blocked but while a key is waited for, so that none slips
 * through between a look and a wait; they end the wait with KEYS_HANGUP. A crash first gives the
 * terminal back, by plain writes, and what was caught meanwhile, and then takes its course.
 */
#include "ui/tui/screen.h"
#include "ui/text.h"

#include "net/clock.h"

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

enum {
    RESTORE_MAX = 256,
    ESCAPE_DELAY_MS = 25,
    TWICE_USEC = 400000, /* two clicks are one double click */
    CODE_PASTE = KEY_MAX + 100,
    CODE_PASTE_END
};

/* Terminals that have a mouse know these, or pass over them: paste in brackets, so that what is
 * pasted is not taken for keys; and mouse and brackets off. */
static const char paste_begin[] = "\033[200~", paste_end[] = "\033[201~";
static const char paste_on[] = "\033[?2004h", paste_off[] = "\033[?2004l";
static const char mouse_off[] = "\033[?1000l\033[?1006l";

/* What the handlers of signals need: they have no argument to get it by. */
static struct {
    FILE *out; /* the terminal */
    int in_fd, out_fd;
    volatile sig_atomic_t asked_to_end;
    volatile sig_atomic_t owned;
    bool resized; /* ncurses has given its windows another size since the last drawing */
    char restore[RESTORE_MAX];
    size_t restore_len;
    struct termios termios;
    sigset_t while_waiting;
    void (*at_crash)(void *of); /* NULL: nothing more is to be done then */
    void *of;
} terminal;

static void on_end(int number)
{
    terminal.asked_to_end = number;
}

static void on_crash(int number)
{
    if (terminal.owned) {
        terminal.owned = 0;
        ssize_t ignored = write(terminal.out_fd, terminal.restore, terminal.restore_len);
        (void)ignored;
        tcsetattr(terminal.in_fd, TCSANOW, &terminal.termios);
    }
    void (*then)(void *of) = terminal.at_crash;
    terminal.at_crash = NULL; /* it may crash as well */
    if (then)
        then(terminal.of);
    signal(number, SIG_DFL);
    raise(number); /* blocked until this returns */
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction action = { .sa_handler = handler };
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

static void handle_crashes(void)
{
    static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
    for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++)
        handle(crashes[i], on_crash);
}

static void handle_ends(void)
{
    static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
    sigset_t blocked;
    sigemptyset(&blocked);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        handle(ends[i], on_end);
        sigaddset(&blocked, ends[i]);
    }
    sigaddset(&blocked, SIGWINCH);
    sigprocmask(SIG_BLOCK, &blocked, &terminal.while_waiting);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        sigdelset(&terminal.while_waiting, ends[i]);
    sigdelset(&terminal.while_waiting, SIGWINCH);
}

/* After the stage a signal ends the program as any other. */
static void give_signals_back(void)
{
    static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        handle(ends[i], SIG_DFL);
    sigprocmask(SIG_SETMASK, &terminal.while_waiting, NULL);
}

static int keep_octet(int octet)
{
    if (terminal.restore_len < sizeof terminal.restore)
        terminal.restore[terminal.restore_len++] = (char)octet;
    return octet;
}

/* What undoes full-screen mode, kept for a crash. */
static void remember_restore(void)
{
    const char *strings[] = { exit_attribute_mode, keypad_local, cursor_normal, exit_ca_mode };
    terminal.restore_len = 0;
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        if (strings[i])
            tputs(strings[i], 1, keep_octet);
    }
}

/* Where there is a mouse: also that the terminal tells of it no more. */
static void remember_mouse(void)
{
    for (const char *at = mouse_off; *at; at++)
        keep_octet((unsigned char)*at);
    for (const char *at = paste_off; *at; at++)
        keep_octet((unsigned char)*at);
}

/* What terminfo has no name for. */
static void write_plain(const char *octets)
{
    fputs(octets, terminal.out);
    fflush(terminal.out);
}

static void use_paste(void)
{
    define_key(paste_begin, CODE_PASTE);
    define_key(paste_end, CODE_PASTE_END);
    write_plain(paste_on);
}

static bool wants_colours(void)
{
    const char *no_color = getenv("NO_COLOR"); /* https://no-color.org */
    return has_colors() && (!no_color || !no_color[0]);
}

/* The theme that is meant where none is said, and none for a terminal of less than 8 colours. */
static enum theme real_theme(const struct screen *screen)
{
    if (screen->colours == 0)
        return THEME_MONO;
    return screen->theme == THEME_AUTO ? theme_by_colorfgbg(getenv("COLORFGBG")) : screen->theme;
}

/* A pair for each ink that has a colour; its number is the ink's and one more. */
static void set_paints(struct screen *screen)
{
    enum theme theme = real_theme(screen);
    for (short ink = 0; ink < INK_COUNT; ink++) {
        struct paint *paint = &screen->paints[ink];
        *paint = theme_paint(theme, screen->colours, (enum ink)ink);
        if (paint->colour >= 0)
            init_pair((short)(ink + 1), paint->colour, -1);
    }
}

void screen_set_theme(struct screen *screen, enum theme theme)
{
    screen->theme = theme;
    set_paints(screen);
    grid_free(&screen->drawn);
}

static void take_terminal(const struct screen *screen)
{
    terminal.out = screen->out ? screen->out : stdout;
    terminal.out_fd = fileno(terminal.out);
    terminal.in_fd = fileno(screen->in ? screen->in : stdin);
}

bool screen_open(struct screen *screen, bool ascii, const char **why)
{
    take_terminal(screen);
    if (!isatty(terminal.in_fd) || !isatty(terminal.out_fd)) {
        *why = N_("standard input and output have to be a terminal");
        return false;
    }
    if (!getenv("TERM") || !getenv("TERM")[0]) {
        *why = N_("TERM is not set, so the kind of terminal is not known");
        return false;
    }
    if (tcgetattr(terminal.in_fd, &terminal.termios) != 0) {
        *why = N_("the terminal does not tell its settings");
        return false;
    }
    handle_crashes();
    if (!screen->is_guest)
        handle_ends();
    screen->term = newterm(NULL, terminal.out, screen->in ? screen->in : stdin);
    if (!screen->term) {
        *why = N_("TERM names no terminal that this machine knows");
        return false;
    }
    if (!cursor_address || !clear_screen) {
        *why = N_("TERM names a terminal whose cursor cannot be placed");
        endwin();
        delscreen(screen->term);
        screen->term = NULL;
        return false;
    }
    remember_restore();
    terminal.owned = 1;
    screen->ascii = ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    if (screen->ascii)
        text_for_ascii();
    if (wants_colours() && start_color() == OK && use_default_colors() == OK)
        screen->colours = COLORS;
    set_paints(screen);
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    curs_set(0);
    set_escdelay(ESCAPE_DELAY_MS);
    typeahead(-1); /* or a drawing is written in pieces, with a look for keys between them */
    mouseinterval(0);
    if (key_mouse) {
        remember_mouse();
        use_paste();
    }
    return true;
}

void screen_facts(struct screen_facts *facts)
{
    struct winsize size = { 0 };
    int problem = 0;
    *facts = (struct screen_facts){ .term = getenv("TERM"), .library = curses_version() };
    facts->is_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    facts->is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
        facts->width = size.ws_col;
        facts->height = size.ws_row;
    }
    if (!facts->term || !facts->term[0] || setupterm(NULL, STDOUT_FILENO, &problem) != OK)
        return;
    facts->is_known = cursor_address && clear_screen;
    facts->colours = max_colors > 0 ? max_colors : 0;
    del_curterm(cur_term);
}

void screen_close(struct screen *screen)
{
    if (!screen->term)
        return;
    screen_wants_mouse(screen, false);
    if (key_mouse)
        write_plain(paste_off);
    endwin();
    terminal.owned = 0;
    delscreen(screen->term);
    screen->term = NULL;
    grid_free(&screen->drawn);
    if (!screen->is_guest)
        give_signals_back();
}

/* SIGWINCH does not reach a program in another session than its terminal's, as under su -c. */
static void follow_window(void)
{
    struct winsize size = { 0 };
    bool known = ioctl(terminal.out_fd, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col;
    if (known && is_term_resized(size.ws_row, size.ws_col)) {
        resizeterm(size.ws_row, size.ws_col);
        terminal.resized = true;
    }
}

void screen_size(int *width, int *height)
{
    follow_window();
    getmaxyx(stdscr, *height, *width);
}

static attr_t attributes(struct paint paint)
{
    return (paint.attributes & PAINT_BOLD ? A_BOLD : A_NORMAL) |
           (paint.attributes & PAINT_DIM ? A_DIM : A_NORMAL) |
           (paint.attributes & PAINT_REVERSE ? A_REVERSE : A_NORMAL) |
           (paint.attributes & PAINT_UNDERLINE ? A_UNDERLINE : A_NORMAL);
}

static void draw_cell(const struct screen *screen, int x, int y, const struct cell *cell)
{
    wchar_t text[2] = { (wchar_t)cell->code, L'\0' };
    struct paint paint = screen->paints[cell->ink];
    short pair = paint.colour >= 0 ? (short)(cell->ink + 1) : 0;
    cchar_t out;
    if (cell->code == 0)
        return; /* the right half of the character before */
    if (screen->ascii)
        text[0] = (wchar_t)ascii_of(cell->code);
    setcchar(&out, text, attributes(paint), pair, NULL);
    mvadd_wch(y, x, &out);
}

static bool is_same_row(const struct cell *row, const struct cell *there, int width)
{
    for (int x = 0; x < width; x++) {
        if (row[x].code != there[x].code || row[x].ink != there[x].ink)
            return false;
    }
    return true;
}

/* The rows of a grid that differ from what is there go to ncurses. The right half of a wide
 * character is no cell of its own there, so rows are drawn whole. */
static void draw_rows(struct screen *screen, const struct grid *grid)
{
    size_t width = (size_t)grid->width;
    for (int y = 0; y < grid->height; y++) {
        const struct cell *row = &grid->cells[(size_t)y * width];
        struct cell *there = &screen->drawn.cells[(size_t)y * width];
        if (is_same_row(row, there, grid->width))
            continue;
        memcpy(there, row, width * sizeof *row);
        for (int x = 0; x < grid->width; x++)
            draw_cell(screen, x, y, &row[x]);
    }
}

/* Where the size is another one, nothing is known of what is there. */
static void draw_whole(struct screen *screen, const struct grid *grid, int width, int height)
{
    erase();
    for (int y = 0; y < grid->height && y < height; y++) {
        for (int x = 0; x < grid->width && x < width; x++)
            draw_cell(screen, x, y, &grid->cells[y * grid->width + x]);
    }
    grid_free(&screen->drawn);
    if (width == grid->width && height == grid->height && grid_make(&screen->drawn, width, height))
        memcpy(screen->drawn.cells, grid->cells,
               (size_t)width * (size_t)height * sizeof grid->cells[0]);
}

void screen_draw(struct screen *screen, const struct grid *grid)
{
    int width, height;
    screen_size(&width, &height);
    bool known = !terminal.resized && screen->drawn.cells && grid->width == screen->drawn.width &&
                 grid->height == screen->drawn.height && width == grid->width &&
                 height == grid->height;
    if (known)
        draw_rows(screen, grid);
    else
        draw_whole(screen, grid, width, height);
    terminal.resized = false;
    refresh();
}

static uint32_t key_of(int status, wint_t code)
{
    static const struct {
        wint_t code;
        enum key key;
    } keys[] = { { KEY_UP, KEYS_UP },
                 { KEY_DOWN, KEYS_DOWN },
                 { KEY_LEFT, KEYS_LEFT },
                 { KEY_RIGHT, KEYS_RIGHT },
                 { KEY_HOME, KEYS_HOME },
                 { KEY_END, KEYS_END },
                 { KEY_ENTER, KEYS_ENTER },
                 { KEY_RESIZE, KEYS_RESIZE },
                 { KEY_BACKSPACE, KEYS_BACKSPACE },
                 { KEY_PPAGE, KEYS_PAGE_UP },
                 { KEY_NPAGE, KEYS_PAGE_DOWN },
                 { KEY_BTAB, KEYS_BACK_TAB },
                 { KEY_DC, KEYS_DELETE },
                 { KEY_MOUSE, KEYS_MOUSE },
                 { CODE_PASTE, KEYS_PASTE },
                 { CODE_PASTE_END, KEYS_PASTE_END },
                 { KEY_F(1), (enum key)'?' } };
    if (status == OK)
        return code == '\t'                   ? KEYS_TAB
               : code == 0x7f || code == 0x08 ? KEYS_BACKSPACE
                                              : (uint32_t)code;
    for (size_t i = 0; status == KEY_CODE_YES && i < sizeof keys / sizeof keys[0]; i++) {
        if (keys[i].code == code)
            return keys[i].key;
    }
    return KEYS_NONE;
}

uint32_t screen_take_key(void)
{
    wint_t code = 0;
    timeout(0);
    int status = get_wch(&code);
    if (status == KEY_CODE_YES && code == KEY_RESIZE)
        terminal.resized = true;
    return status == ERR ? KEYS_NONE : key_of(status, code);
}

uint32_t screen_key(int timeout_ms)
{
    struct pollfd input = { .fd = terminal.in_fd, .events = POLLIN };
    struct timespec limit = { .tv_sec = timeout_ms / 1000,
                              .tv_nsec = timeout_ms % 1000 * 1000000L };
    const struct timespec at_once = { 0 };
    ppoll(NULL, 0, &at_once, &terminal.while_waiting); /* a signal comes before any key */
    if (terminal.asked_to_end)
        return KEYS_HANGUP;
    uint32_t key = screen_take_key(); /* what ncurses has read already */
    if (key != KEYS_NONE)
        return key;
    ppoll(&input, 1, timeout_ms < 0 ? NULL : &limit, &terminal.while_waiting);
    if (terminal.asked_to_end || (input.revents & (POLLHUP | POLLERR)))
        return KEYS_HANGUP;
    return screen_take_key();
}

bool screen_has_room(void)
{
    struct pollfd output = { .fd = terminal.out_fd, .events = POLLOUT };
    return poll(&output, 1, 0) > 0;
}

void screen_wants_mouse(struct screen *screen, bool wanted)
{
    if (wanted == screen->has_mouse)
        return;
    mousemask(wanted ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
    screen->has_mouse = wanted;
}

/* Is this click the second one at its place? A third one is a first one again. */
static bool is_twice(struct screen *screen, int x, int y)
{
    uint64_t now = clock_usec();
    bool twice = screen->clicked_usec && now - screen->clicked_usec < TWICE_USEC &&
                 screen->clicked.x == x && screen->clicked.y == y;
    screen->clicked_usec = twice ? 0 : now;
    screen->clicked = (struct mouse){ .x = x, .y = y };
    return twice;
}

bool screen_mouse(struct screen *screen, struct mouse *mouse)
{
    MEVENT event;
    if (getmouse(&event) != OK)
        return false;
    *mouse = (struct mouse){ .x = event.x, .y = event.y };
    if (event.bstate & BUTTON4_PRESSED)
        mouse->act = MOUSE_WHEEL_UP;
    else if (event.bstate & BUTTON5_PRESSED)
        mouse->act = MOUSE_WHEEL_DOWN;
    else if (event.bstate & BUTTON1_PRESSED)
        mouse->act = is_twice(screen, event.x, event.y) ? MOUSE_TWICE : MOUSE_CLICK;
    else
        return false;
    return true;
}

void screen_at_crash(void (*then)(void *of), void *of)
{
    terminal.at_crash = NULL;
    terminal.of = of;
    terminal.at_crash = then;
}

int screen_signal(void)
{
    return (int)terminal.asked_to_end;
}
