# tcpstep. `make help` lists the targets.
#
# The public targets come first. Each sets up what it needs (.make/setup) and then calls make again
# for the files it wants, because what pkg-config says is not known before. The rules for those
# files come after them.

BUILD      ?= $(if $(SANITIZE),build-asan,build)
PREFIX     ?= /usr/local
CFLAGS     ?= -O2 -g
PKG_CONFIG ?= pkg-config
NM         ?= nm

PROGRAM = $(BUILD)/tcpstep
CHECKS  = $(BUILD)/tests/check-tcpstep
BENCH   = $(BUILD)/tests/speed/bench
LIVE    = $(BUILD)/tests/speed_live/bench-live
DIFFER  = $(BUILD)/tests/differential/differential

SETUP = CC='$(CC)' PKG_CONFIG='$(PKG_CONFIG)' sh .make/setup
AGAIN = $(MAKE) --no-print-directory $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))

FUZZ_SECONDS ?= 30
PKT          ?= ../shared/pkt
SEEDS        ?= 1000
FROM         ?= 1

.PHONY: all run check tests bench bench-stage bench-live differential fuzz fuzzers layers format format-check \
        requirements requirements-check texts texts-check install uninstall clean help FORCE
.DELETE_ON_ERROR:
.SUFFIXES:

all: ## build tcpstep
	@$(SETUP) run
	+@$(AGAIN) $(PROGRAM) $(TEXTS)

run: ## build tcpstep and start it: make run ARGS="run handshake"
	@$(SETUP) run
	+@$(AGAIN) $(PROGRAM) $(TEXTS)
	@exec $(PROGRAM) $(ARGS)

check: ## build and run every test
	@$(SETUP) check
	+@$(AGAIN) $(PROGRAM) $(CHECKS) $(TEXTS)
	@TCPSTEP='$(abspath $(PROGRAM))' $(CHECKS)

tests: ## build the tests and don't run them
	@$(SETUP) check
	+@$(AGAIN) $(PROGRAM) $(CHECKS) $(TEXTS)

bench: ## measure the model's speed and size (docs/bench.md); PKT: a folder of packetdrill scripts
	@$(SETUP) run
	+@$(AGAIN) $(BENCH)
	@PKT='$(PKT)' $(BENCH)

bench-stage: ## measure the stage alone, on a run of 100,000 steps
	@$(SETUP) run
	+@$(AGAIN) $(BENCH)
	@$(BENCH) stage

bench-live: ## measure serve and get beside nginx and iperf3, which are fetched (docs/bench.md)
	@$(SETUP) run
	+@$(AGAIN) $(PROGRAM) $(LIVE) $(TEXTS)
	@sh .make/rivals '$(abspath $(BUILD)/rivals)' nginx iperf3
	@TCPSTEP='$(abspath $(PROGRAM))' RIVALS='$(abspath $(BUILD)/rivals)' $(LIVE)

differential: ## run SEEDS (1000) random scenarios FROM (1) on both lanes and compare (WITH=model: no kernel; a setting=value: a fault; JOBS=16, plain)
	@$(SETUP) run
	+@$(AGAIN) $(DIFFER)
	@$(DIFFER) '$(FROM)' '$(SEEDS)' '$(BUILD)' $(WITH)

fuzz: ## build the fuzz targets with clang and run each for FUZZ_SECONDS (30)
	@CC=clang PKG_CONFIG='$(PKG_CONFIG)' sh .make/setup run
	+@$(AGAIN) CC=clang BUILD=build-fuzz SANITIZERS='$(FUZZ_SANITIZERS)' fuzzers
	@set -e; for name in $(notdir $(FUZZ:.c=)); do \
	    mkdir -p build-fuzz/corpus/$$name; \
	    build-fuzz/tests/fuzz/$$name -max_total_time=$(FUZZ_SECONDS) -timeout=5 \
	        -artifact_prefix=build-fuzz/ build-fuzz/corpus/$$name $(FUZZ_SEEDS); done

layers: ## check that sim, net and ui keep to their floors
	@$(SETUP) run
	+@$(AGAIN) $(BUILD)/libsim.a
	@NM='$(NM)' sh .make/layers '$(BUILD)'

format: ## lay out the sources with clang-format
	@$(SETUP) format
	@sh .make/format

format-check: ## name the sources that clang-format would change
	@$(SETUP) format
	@sh .make/format --check

requirements: ## write docs/REQUIREMENTS.md: which test shows which statement of RFC 9293
	@sh .make/requirements

requirements-check: ## fail where that file is not up to date
	@sh .make/requirements --check

texts: ## gather all texts anew, and bring ui/po/*.po up to date with them
	@$(SETUP) texts
	@sh .make/texts

texts-check: ## fail where a text has no translation
	@$(SETUP) texts
	@sh .make/texts --check

INSTALLED_DOCS = README.md README.zh-CN.md LICENSE $(wildcard docs/*.md docs/labs/*.lab docs/drill/*.pkt)
INSTALLED_BIN  = $(DESTDIR)$(PREFIX)/bin
INSTALLED_DOC  = $(DESTDIR)$(PREFIX)/share/doc/tcpstep
INSTALLED_TEXT = $(DESTDIR)$(PREFIX)/share/locale
INSTALLED_MAN  = $(DESTDIR)$(PREFIX)/share/man
INSTALLED_BASH = $(DESTDIR)$(PREFIX)/share/bash-completion/completions/tcpstep
INSTALLED_ZSH  = $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_tcpstep
INSTALLED_FISH = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/tcpstep.fish

install: ## install into PREFIX (/usr/local), below DESTDIR
	@$(SETUP) run
	+@$(AGAIN) $(PROGRAM) $(TEXTS)
	+@$(AGAIN) $(MANUALS)
	install -D -m 755 $(PROGRAM) '$(INSTALLED_BIN)/tcpstep'
	install -D -m 644 $(BUILD)/man/tcpstep.1 '$(INSTALLED_MAN)/man1/tcpstep.1'
	install -D -m 644 $(BUILD)/man/tcpstep-lab.5 '$(INSTALLED_MAN)/man5/tcpstep-lab.5'
	install -D -m 644 $(BUILD)/man/tcpstep.bash '$(INSTALLED_BASH)'
	install -D -m 644 $(BUILD)/man/tcpstep.zsh '$(INSTALLED_ZSH)'
	install -D -m 644 $(BUILD)/man/tcpstep.fish '$(INSTALLED_FISH)'
	@set -e; for lang in $(LANGUAGES); do \
	    file="$$lang/LC_MESSAGES/tcpstep.mo"; \
	    echo "install -D -m 644 $(BUILD)/locale/$$file '$(INSTALLED_TEXT)/$$file'"; \
	    install -D -m 644 "$(BUILD)/locale/$$file" '$(INSTALLED_TEXT)'/"$$file"; done
	@set -e; for file in $(INSTALLED_DOCS); do \
	    echo "install -D -m 644 $$file '$(INSTALLED_DOC)/$$file'"; \
	    install -D -m 644 $$file '$(INSTALLED_DOC)'/$$file; done

uninstall: ## remove what install put there
	rm -f '$(INSTALLED_BIN)/tcpstep' '$(INSTALLED_MAN)/man1/tcpstep.1' \
	    '$(INSTALLED_MAN)/man5/tcpstep-lab.5' '$(INSTALLED_BASH)' '$(INSTALLED_ZSH)' '$(INSTALLED_FISH)'
	rm -f $(patsubst %,'$(INSTALLED_TEXT)/%/LC_MESSAGES/tcpstep.mo',$(LANGUAGES))
	@set -e; for file in $(INSTALLED_DOCS); do \
	    echo "rm -f '$(INSTALLED_DOC)/$$file'"; \
	    rm -f '$(INSTALLED_DOC)'/$$file; done
	@rmdir '$(INSTALLED_DOC)/docs/labs' '$(INSTALLED_DOC)/docs/drill' '$(INSTALLED_DOC)/docs' \
	    '$(INSTALLED_DOC)' 2>/dev/null || true

clean: ## remove what was built
	rm -rf $(BUILD) build build-asan build-clang build-fuzz

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)/\1 \2/p' Makefile | \
	    while read -r target what; do printf 'make %-18s %s\n' "$$target" "$$what"; done
	@echo 'With any of them: CC=clang, SANITIZE=1 (ASan and UBSan), BUILD=folder, V=1 (show commands)'

# ---- the files

SIM   = $(sort $(wildcard sim/*.c))
NET   = $(sort $(wildcard net/*.c))
UI    = $(sort $(filter-out ui/main.c,$(wildcard ui/*.c ui/*/*.c)))
TESTS = $(sort $(wildcard tests/*.c))
SPEED = $(sort $(wildcard tests/speed/*.c)) tests/pty.c
FAST  = $(sort $(wildcard tests/speed_live/*.c))
DUELS = tests/differential/main.c tests/chance.c tests/duel.c tests/scenario.c
FUZZ  = $(sort $(wildcard tests/fuzz/fuzz_*.c))
LABS  = $(sort $(wildcard docs/labs/*.lab))

LANGUAGES = $(sort $(basename $(notdir $(wildcard ui/po/*.po))))
TEXTS     = $(patsubst %,$(BUILD)/locale/%/LC_MESSAGES/tcpstep.mo,$(LANGUAGES))
MANUALS   = $(addprefix $(BUILD)/man/,tcpstep.1 tcpstep-lab.5 tcpstep.bash tcpstep.zsh tcpstep.fish)

objects = $(patsubst %.c,$(BUILD)/%.o,$(1))
OBJECTS = $(call objects,$(SIM) $(NET) $(UI) ui/main.c $(sort $(TESTS) $(SPEED)) $(FAST) $(DUELS) $(FUZZ)) \
          $(BUILD)/labs.o $(BUILD)/page_parts.o

LANGUAGE   = -std=c11 -D_GNU_SOURCE -I. -MMD -MP
WARNINGS   = -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wswitch-enum -Wstrict-prototypes \
             -Wmissing-prototypes -Werror
ifdef SANITIZE
SANITIZERS = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -O1
endif

FUZZ_SANITIZERS = -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all \
                  -fno-omit-frame-pointer -O1

COMPILE = $(CC) $(LANGUAGE) $(WARNINGS) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) $(SANITIZERS)
LINK    = $(CC) $(CFLAGS) $(SANITIZERS) $(LDFLAGS)

# Which libraries a floor may see: sim none. (private: not for the objects a program is made of.)
LIBRARIES = ncursesw libmnl jansson libpcap libxxhash
$(BUILD)/net/%.o:   private PACKAGES = libmnl libpcap libxxhash
$(BUILD)/ui/%.o:    private PACKAGES = ncursesw jansson
$(BUILD)/tests/%.o: private PACKAGES = check $(LIBRARIES)
$(BUILD)/tests/speed/%.o: private PACKAGES =
$(BUILD)/tests/speed_live/%.o: private PACKAGES =
$(BUILD)/tests/differential/%.o: private PACKAGES =
$(DIFFER):          private PACKAGES = $(LIBRARIES)
$(PROGRAM):         private PACKAGES = $(LIBRARIES)
$(CHECKS):          private PACKAGES = check $(LIBRARIES)
$(CHECKS):          private LDLIBS += -lm
$(BENCH):           private PACKAGES = $(LIBRARIES)
$(BUILD)/tests/fuzz/fuzz_%: private PACKAGES = $(LIBRARIES)

PKG_CFLAGS = $(if $(PACKAGES),$(shell $(PKG_CONFIG) --cflags $(PACKAGES)))
PKG_LIBS   = $(shell $(PKG_CONFIG) --libs $(PACKAGES))

Q   = $(if $(V),,@)
SAY = @$(if $(findstring s,$(filter-out -%,$(firstword $(MAKEFLAGS)))),:,printf '  %-6s%s\n')

$(PROGRAM): $(call objects,ui/main.c) $(BUILD)/libui.a $(BUILD)/libnet.a $(BUILD)/libsim.a
	$(SAY) LINK $@
	$(Q)$(LINK) -o $@ $^ $(PKG_LIBS) $(LDLIBS)

$(CHECKS): $(call objects,$(TESTS)) $(BUILD)/libui.a $(BUILD)/libnet.a $(BUILD)/libsim.a
	$(SAY) LINK $@
	$(Q)$(LINK) -o $@ $(filter %.o %.a,$^) $(PKG_LIBS) $(LDLIBS)

$(BENCH): $(call objects,$(SPEED)) $(BUILD)/libui.a $(BUILD)/libnet.a $(BUILD)/libsim.a
	$(SAY) LINK $@
	$(Q)$(LINK) -o $@ $(filter %.o %.a,$^) $(PKG_LIBS) $(LDLIBS)

$(LIVE): $(call objects,$(FAST))
	$(SAY) LINK $@
	$(Q)$(LINK) -o $@ $^ $(LDLIBS)

$(DIFFER): $(call objects,$(DUELS)) $(BUILD)/libnet.a $(BUILD)/libsim.a
	$(SAY) LINK $@
	$(Q)$(LINK) -o $@ $^ $(PKG_LIBS) $(LDLIBS)

# A fuzz target has its main() from libFuzzer; FUZZ_SEEDS may name folders of inputs to begin with.
fuzzers: $(patsubst %.c,$(BUILD)/%,$(FUZZ))
$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/libui.a $(BUILD)/libnet.a \
                            $(BUILD)/libsim.a
	$(SAY) LINK $@
	$(Q)$(LINK) -fsanitize=fuzzer -o $@ $(filter %.o %.a,$^) $(PKG_LIBS) $(LDLIBS)

$(BUILD)/libsim.a: $(call objects,$(SIM))
$(BUILD)/libnet.a: $(call objects,$(NET))
$(BUILD)/libui.a:  $(call objects,$(UI)) $(BUILD)/labs.o $(BUILD)/page_parts.o
$(BUILD)/lib%.a: $(BUILD)/sources # (q, not r: two folders may have files of one name)
	$(SAY) AR $@
	$(Q)rm -f $@ && $(AR) qcs $@ $(filter %.o,$^)

$(BUILD)/%.o: %.c $(BUILD)/settings
	$(SAY) CC $<
	$(Q)mkdir -p $(@D) && $(COMPILE) -c -o $@ $<

# The labs are documents in docs/labs, and built in.
$(BUILD)/labs.o $(BUILD)/page_parts.o: $(BUILD)/%.o: $(BUILD)/%.c $(BUILD)/settings
	$(SAY) CC $<
	$(Q)$(COMPILE) -c -o $@ $<

$(BUILD)/labs.c: .make/embed $(LABS) $(BUILD)/sources
	$(SAY) EMBED docs/labs
	$(Q)sh .make/embed $(LABS) >$@

# So are the script and the style of a run as a page.
$(BUILD)/page_parts.c: .make/embed-files ui/export/page.js ui/export/page.css
	$(SAY) EMBED ui/export
	$(Q)mkdir -p $(@D) && sh .make/embed-files ui/export/page.h \
	    page_script=ui/export/page.js page_style=ui/export/page.css >$@

# Texts in other languages; the program finds them beside itself.
$(BUILD)/locale/%/LC_MESSAGES/tcpstep.mo: ui/po/%.po
	$(SAY) MSGFMT $<
	$(Q)mkdir -p $(@D) && msgfmt -c -o $@ $<

# Manual pages and completions, from the program's own tables.
$(BUILD)/man/tcpstep.1: ASKED = --man
$(BUILD)/man/tcpstep.bash: ASKED = --bash
$(BUILD)/man/tcpstep.zsh: ASKED = --zsh
$(BUILD)/man/tcpstep.fish: ASKED = --fish
$(filter-out %.5,$(MANUALS)): $(PROGRAM)
	$(SAY) MAN $@
	$(Q)mkdir -p $(@D) && LC_ALL=C $(PROGRAM) manual $(ASKED) --config /dev/null >$@
$(BUILD)/man/tcpstep-lab.5: docs/lab-format.md .make/man
	$(SAY) MAN $@
	$(Q)mkdir -p $(@D) && sh .make/man $< >$@

$(call objects,ui/text.c): private CPPFLAGS += -DLOCALE_DIR='"$(PREFIX)/share/locale"'

# Two stamps, rewritten only when what they hold changes: another compiler or flag compiles
# everything anew, and a source that came or went makes the libraries anew.
ANSWERS = $(shell $(PKG_CONFIG) --cflags --libs $(LIBRARIES); $(CC) --version)
$(BUILD)/settings: export HOLDS = $(COMPILE) $(LDFLAGS) $(ANSWERS)
$(BUILD)/sources:  export HOLDS = $(SIM) $(NET) $(UI) $(TESTS) $(SPEED) $(FAST) $(LABS)
$(BUILD)/settings $(BUILD)/sources: FORCE
	@mkdir -p $(@D)
	@[ "$$(cat $@ 2>/dev/null)" = "$$HOLDS" ] || printf '%s\n' "$$HOLDS" >$@

-include $(OBJECTS:.o=.d)
