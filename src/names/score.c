/* score.c: bits as a figure for people. */
#include "names/names.h"

/* The chance that goes with so many half bits above the threshold: 1000 / (1 + 2^-x), rounded. */
static const int16_t above[] = {500, 586, 667, 739, 800, 850, 889, 919, 941, 958, 970,
                                978, 985, 989, 992, 994, 996, 997, 998, 999, 999};
#define HALF (NAMES_BIT / 2)
#define STEP                                                                                               \
    (2 * HALF) /* two half bits to a step: the evidence is not as independent as a sum takes it to be */

static int table(int distance)
{
    int at = distance / STEP, rest = distance % STEP;

    if (at + 1 >= (int)COUNT(above))
        return above[COUNT(above) - 1];
    return above[at] + (above[at + 1] - above[at]) * rest / STEP;
}

int names_score(int bits)
{
    return bits >= NAMES_MATCH ? table(bits - NAMES_MATCH) : 1000 - table(NAMES_MATCH - bits);
}
