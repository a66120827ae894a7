# make            build/puente
# make check      the whole gate (what ./test runs)
# make soak       the long loops: kill, power loss, fuzz
# make bench      the measures
# make expectations  what is read of each real message, and what is expected
# make bless      rewrites the expected results of the fixtures, for review
#
# Flavours go to folders of their own: make B=build/san SAN=1 is clang with the sanitizers and coverage for the
# fuzzers; make B=build/clang CC=clang is plain clang.
B   ?= build
SAN ?=
comma := ,
CC  := $(if $(filter default,$(origin CC)),$(if $(SAN),clang,gcc),$(CC))

PKGS   := sqlite3 libsodium libcrypto libmicrohttpd gnutls libcurl jansson libxml-2.0 zlib icu-uc icu-i18n libseccomp libhs
OPT    := $(if $(SAN),-O1 -fsanitize=address$(comma)undefined$(comma)fuzzer-no-link -fno-sanitize-recover=all \
          -fno-omit-frame-pointer,-O2)
CFLAGS := -std=c17 -D_GNU_SOURCE -g $(OPT) -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
          -Wmissing-prototypes -Wvla -Werror -fstack-protector-strong -fPIE -Isrc -I$(B) -pthread \
          $(shell pkg-config --cflags $(PKGS))
LDLIBS := $(shell pkg-config --libs $(PKGS)) -pthread -lm
LDFLAGS := -pie -Wl,-z,relro,-z,now $(if $(SAN),-fsanitize=address$(comma)undefined)

SRC  := $(sort $(wildcard src/*.c src/*/*.c))
OBJ  := $(SRC:%.c=$(B)/%.o)
LIB  := $(B)/libpuente.a
FUZZ := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
UNIT := $(patsubst tests/unit/%.c,$(B)/tests/%,$(sort $(wildcard tests/unit/test_*.c)))
DATA := $(wildcard src/*/data/*)

.PHONY: all unit fuzzers check soak bench bench-tools expectations bless unit-bless install clean
all: $(B)/puente $(B)/puente-judge

$(B)/puente: $(B)/src/main.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# The judge's verifier: one file and libsodium, nothing of ours.
$(B)/puente-judge: judge/verify.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(shell pkg-config --libs libsodium)

$(LIB): $(filter-out $(B)/src/main.o,$(OBJ))
	@rm -f $@
	ar rcs $@ $^

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/es.mo: po/es.po
	@mkdir -p $(@D)
	msgfmt -o $@ $<
$(B)/src/base/text.o: CFLAGS += -DPUENTE_ES_MO='"$(B)/es.mo"'
$(B)/src/base/text.o: $(B)/es.mo
$(filter $(B)/src/feeds/%,$(OBJ)): $(DATA)
$(B)/src/schema/lists.o $(B)/src/schema/tariff.o: $(wildcard src/schema/data/*)
$(B)/src/server/page.o: $(wildcard src/server/assets/*)

unit: $(UNIT) $(B)/puente-judge
	@printf '%s\n' $(UNIT) | xargs -P "$$(nproc)" -I {} sh -c 'said=$$({} 2>&1) || { echo "$$said"; exit 255; }; echo "$$said"'

$(B)/tests/%: tests/unit/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -MMD -MP -o $@ $< $(LIB) $(LDLIBS) -lcmocka

# The fuzzers: a recorded corpus is run in the gate, `make soak` lets them search.
fuzzers: $(FUZZ)
$(B)/fuzz/%: tests/fuzz/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -MMD -MP -o $@ $< $(LIB) $(LDLIBS)

check:
	@tests/gate
soak:
	@tests/gate soak
bench:
	@bench/run
# What is read of each message of the shared collection (PUENTE_SHARED), and what is expected.
expectations: export PUENTE_TABLE = 1
expectations: $(B)/tests/test_expectations
	@$< 2>/dev/null
bench-tools: $(foreach b,gen parse durable private rules exchange names listed,$(B)/bench/$(b))
$(B)/bench/gen: bench/gen.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $<
$(B)/bench/%: bench/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -rdynamic -o $@ $< $(LIB) $(LDLIBS)
bless: unit-bless
unit-bless: export PUENTE_BLESS = 1
unit-bless: $(UNIT)
	@printf '%s\n' $(UNIT) | xargs -P "$$(nproc)" -I {} sh -c 'said=$$({} 2>&1) || { echo "$$said"; exit 255; }; echo "$$said"'

install: $(B)/puente $(B)/puente-judge
	install -D -m 755 -t $(DESTDIR)/usr/local/bin $(B)/puente $(B)/puente-judge
	$(B)/puente man >$(B)/puente.1
	install -D -m 644 $(B)/puente.1 $(DESTDIR)/usr/local/share/man/man1/puente.1

clean:
	rm -rf build

-include tests/soak/soak.mk
-include tests/sim/sim.mk
-include $(OBJ:.o=.d) $(UNIT:%=%.d) $(FUZZ:%=%.d)
