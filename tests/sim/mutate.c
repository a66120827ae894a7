#include "tests/sim/sim.h"

unsigned mutation;
