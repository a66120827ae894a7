# soak.mk: the journal's long loops (tests/soak). The gate runs a few rounds of them, `make soak` many.
KILLS  ?= 200
POWERS ?= 3

.PHONY: soak-kill soak-power
soak-kill: $(B)/soak/journal
	@$< kill $(KILLS)
# 77 is a skip: its reason has been printed.
soak-power: $(B)/soak/journal $(B)/soak/godown
	@sh tests/soak/power.sh $(B)/soak $(POWERS) || [ $$? = 77 ]

$(B)/soak/%: tests/soak/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIB) $(LDLIBS)
