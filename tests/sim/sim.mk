# sim.mk: the simulator (tests/sim/main.c). The gate plays 500 seeds, `make soak` 10,000.
SIM_SEEDS ?= 500
SIM_SRC   := $(sort $(wildcard tests/sim/*.c))
SIM_OBJ   := $(SIM_SRC:%.c=$(B)/%.o)

.PHONY: sim sim-mutations
all: $(B)/sim
sim: $(B)/sim
	@$< --count $(SIM_SEEDS)
# Faults put in on purpose: each must be seen.
sim-mutations: $(B)/sim
	@$< --mutations --count 300

# mutate.c stands between these functions and whoever calls them.
SIM_WRAP := release_decide condition_holds state_load schema_disclose paper_owed node_append channel_text paper_digest \
            release_given journal_erase note_verify box_seal box_open clock_put \
            node_append_once

$(SIM_OBJ): CFLAGS += -I.
$(B)/sim: $(SIM_OBJ) $(LIB)
	$(CC) $(CFLAGS) $(LDFLAGS) $(SIM_WRAP:%=-Wl,--wrap=%) -o $@ $(SIM_OBJ) $(LIB) $(LDLIBS)

-include $(SIM_OBJ:.o=.d)
