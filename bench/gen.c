/*
 * gen FORMAT MEGABYTES [ONE]: writes realistic X12 309, EDIFACT CUSCAR or PAXLST messages with correct counts and
 * check digits to stdout: the input of the parsing measures where no real messages are at hand. Seeded: the same
 * arguments give the same bytes. With ONE everything is a single message.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 20261121;

static unsigned pick(unsigned n)
{
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)((state >> 33) % n);
}

/* ISO 6346: the owner code, six digits and the check digit. */
static const char *container(void)
{
    static const char *const owners[] = {"MSCU", "HASU", "TCLU", "SEGU", "BGBU", "MEDU", "HLXU", "CMAU"};
    static const int letters[] = {10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24,
                                  25, 26, 27, 28, 29, 30, 31, 32, 34, 35, 36, 37, 38};
    static char out[12];
    int sum = 0;

    snprintf(out, sizeof out, "%s%06u", owners[pick(8)], pick(1000000));
    for (int i = 0; i < 10; i++)
        sum += (i < 4 ? letters[out[i] - 'A'] : out[i] - '0') << i;
    out[10] = (char)('0' + sum % 11 % 10);
    out[11] = '\0';
    return out;
}

struct party {
    const char *name, *street, *city, *region, *post, *country;
};
static const struct party parties[] = {
    {"CITRICOS DEL GOLFO SA DE CV", "CARRETERA NACIONAL KM 12", "MONTEMORELOS", "NL", "67500", "MX"},
    {"NORTH AMERICAN TIRE LLC", "NEW WORLD AVE 4950", "JACKSONVILLE", "FL", "32221", "US"},
    {"ARNESES Y CABLES DE JUAREZ SA", "AV TECNOLOGICO 1880", "CIUDAD JUAREZ", "CH", "32500", "MX"},
    {"LAKELAND COMMERCE INC", "DRANE FIELD RD 4330", "LAKELAND", "FL", "33811", "US"},
    {"AJ LOGISTICS AND FORWARDING", "N FLORIDA AVE 5023", "TAMPA", "FL", "33603", "US"},
    {"MOLINOS DEL BRAVO S DE RL", "CALLE PRIMERA 220", "REYNOSA", "TM", "88500", "MX"},
};
static const struct {
    const char *text, *hs;
} goods[] = {
    {"TRUCK TIRES PNEUMATIC NEW RADIAL", "401120"},
    {"ORANGE ESSENTIAL OIL NOT DETERPENATED", "330112"},
    {"FRESH AVOCADOS IN CARTONS REFRIGERATED", "080440"},
    {"WIRING HARNESSES FOR MOTOR VEHICLES", "854430"},
    {"CENTRIFUGAL PUMPS FOR LIQUIDS", "841370"},
    {"POLYETHYLENE IN PRIMARY FORMS BAGS", "390120"},
};

static void x12_party(const char *role, unsigned *n)
{
    const struct party *p = &parties[pick(6)];
    printf("N1*%s*%s~N3*%s~N4*%s*%s*%s*%s~", role, p->name, p->street, p->city, p->region, p->post,
           p->country);
    *n += 3;
}

static void x12_bill(unsigned i, unsigned *n)
{
    unsigned pieces = 1 + pick(900), weight = 500 + pick(24000);

    printf("LX*%u~M11*BRPO%08u*35177*%u*PKG*%u*K*%u*X*00*SANTOS**BRPO~", i, pick(100000000), pieces, weight,
           1 + pick(70));
    *n += 2;
    x12_party("SH", n);
    x12_party("CN", n);
    x12_party("N1", n);
    for (unsigned k = 1 + pick(2); k > 0; k--) {
        const char *c = container();
        unsigned g = pick(6);
        printf("VID*4B*%.4s*%s*MLBR%07u*****45G1*L*PP~", c, c + 4, pick(10000000));
        printf("N10*%u*%.45s*NO MARKS*J*%s*%u*K*%u~", pieces, goods[g].text, goods[g].hs,
               1000 + pick(400000), weight);
        printf("N10**: . SEVERAL SIZES SERVICE CONTRACT %05u~", pick(100000));
        printf("N10**FREIGHT COLLECT WOODEN PACKAGE: NOT APPLICA~N10**BLE~");
        *n += 5;
    }
}

static void x12(uint64_t bytes, bool one)
{
    uint64_t per = one ? UINT64_MAX : 40;
    unsigned control = 0;

    for (uint64_t done = 0; done < bytes; control++) {
        unsigned n = 3;
        printf("ISA*00*          *00*          *02*BRPO           *ZZ*CBP-ACE        "
               "*261121*1015*U*00401*%09u*0*P*>~",
               control % 1000000000);
        printf("GS*SO*BRPO*CBP-ACE*20261121*1015*%u*X*004010~ST*309*%04u~", control, control % 10000);
        printf("M10*BRPO*O*LR*9283186*MONTE CERVANTES*%uN*%u**1*L~", 100 + pick(900), 100000 + control);
        printf("P4*1803*20261124**M029~");
        done += 300;
        for (uint64_t i = 1; i <= per && done < bytes; i++) {
            unsigned before = n;
            x12_bill((unsigned)i % 1000000, &n);
            done += 42 * (uint64_t)(n - before);
        }
        printf("SE*%u*%04u~GE*1*%u~IEA*1*%09u~\n", n + 1, control % 10000, control, control % 1000000000);
    }
}

static void cuscar_party(const char *role, unsigned *n)
{
    const struct party *p = &parties[pick(6)];
    printf("NAD+%s++%s:%s:%s'\n", role, p->name, p->street, p->city);
    *n += 1;
}

static void cuscar_bill(unsigned i, unsigned *n)
{
    unsigned bill = pick(1000000);

    printf("CNI+%u+MSCUXP%06u'\nRFF+BM:MSCUDB%06u'\nLOC+9+MXVER:139'\nLOC+11+USHOU:139'\n", i, bill, bill);
    *n += 4;
    cuscar_party("CZ", n);
    cuscar_party("CN", n);
    cuscar_party("N1", n);
    for (unsigned k = 1 + pick(2); k > 0; k--) {
        unsigned g = pick(6);
        printf("GID+%u+%u:BG'\nFTX+AAA+++%s:FREIGHT COLLECT 28 DAYS FREE DEMURRAGE NO OF BAGS?: %u'\n", k,
               1 + pick(900), goods[g].text, pick(1500));
        printf("MEA+AAE+AAW+MTQ:%u.000'\nMEA+AAE+G+KGM:%u.000'\nSGP+%s'\n", 1 + pick(60), 500 + pick(24000),
               container());
        *n += 5;
    }
}

static void cuscar(uint64_t bytes, bool one)
{
    uint64_t per = one ? UINT64_MAX : 40;
    unsigned control = 1000;

    for (uint64_t done = 0; done < bytes; control++) {
        unsigned n = 8;
        printf("UNB+UNOA:1+MSC+ECA+261121:1010+%u'\nUNH+%u+CUSCAR:D:95B:UN'\nBGM+85+%uAB+9'\n", control,
               control, control);
        printf("DTM+137:20261121:102'\nNAD+MS+MSCU:172:166+MSC'\n");
        printf("TDT+20+AB652A+1++MSCU:172:166:MSC SENA+++D5LQ7:103:ZZZ:MSC SENA:PA'\n");
        printf("LOC+60+USHOU:139::HOUSTON'\nDTM+132:2611290000:201'\nDTM+133:20261110:102'\n");
        done += 300;
        for (uint64_t i = 1; i <= per && done < bytes; i++) {
            unsigned before = n;
            cuscar_bill((unsigned)i % 100000, &n);
            done += 43 * (uint64_t)(n - before);
        }
        printf("UNT+%u+%u'\nUNZ+1+%u'\n", n + 1, control, control);
    }
}

/* A flight of 10 to 200 persons. */
static void paxlst(uint64_t bytes, bool one)
{
    static const char *const family[] = {"GARCIA", "HERNANDEZ", "SMITH", "NGUYEN", "OKAFOR", "LOPEZ"};
    static const char *const given[] = {"ANA", "LUIS:JORGE", "MARY", "VAN", "CHIDI", "ROSA"};
    static const char *const from[] = {"MEX", "GDL", "MTY", "CUN"};
    unsigned control = 1000;

    for (uint64_t done = 0; done < bytes; control++) {
        unsigned n = 9, persons = 10 + pick(191), airport = pick(4);
        printf(
            "UNB+UNOA:4+AEROLINEA:ZZ+USCSAPIS:ZZ+261121:1010+%u++PAXLST'\nUNH+%u+PAXLST:D:02B:UN:IATA'\n",
            control, control);
        printf("BGM+745'\nNAD+MS+++CENTRO DE OPERACIONES'\nCOM+5255512345:TE'\nTDT+20+AM%03u'\n",
               pick(1000));
        printf("LOC+125+%s'\nDTM+189:2611210800:201'\nLOC+87+IAH'\nDTM+232:2611211040:201'\n",
               from[airport]);
        done += 250;
        for (unsigned i = 0; (i < persons || one) && done < bytes; i++, n += 15, done += 235) {
            printf("NAD+FL+++%s:%s'\nATT+2++%c'\nDTM+329:%02u%02u%02u'\n", family[pick(6)], given[pick(6)],
                   "FM"[pick(2)], 20 + pick(80), 1 + pick(12), 1 + pick(28));
            printf("MEA+CT++1'\nMEA+WT++KGM:%u'\nFTX+BAG+++266%04u'\nLOC+178+%s'\nLOC+179+IAH'\n",
                   5 + pick(30), pick(10000), from[airport]);
            printf("LOC+174+MEX'\nNAT+2+MEX'\nRFF+AVF:%06X'\nRFF+SEA:%03u%c'\n", pick(1 << 24),
                   1 + pick(60), (char)('A' + pick(6)));
            printf("DOC+P+G%08u'\nDTM+36:31%02u%02u'\nLOC+91+MEX'\n", pick(100000000), 1 + pick(12),
                   1 + pick(28));
        }
        printf("CNT+42:%u'\nUNT+%u+%u'\nUNZ+1+%u'\n", (n - 9) / 15, n + 2, control, control);
    }
}

int main(int argc, char **argv)
{
    uint64_t bytes = argc > 2 ? strtoull(argv[2], NULL, 10) * 1000000 : 0;
    bool one = argc > 3 && strcmp(argv[3], "one") == 0;

    if (bytes && strcmp(argv[1], "309") == 0)
        x12(bytes, one);
    else if (bytes && strcmp(argv[1], "cuscar") == 0)
        cuscar(bytes, one);
    else if (bytes && strcmp(argv[1], "paxlst") == 0)
        paxlst(bytes, one);
    else
        return fputs("usage: gen 309|cuscar|paxlst MEGABYTES [one]\n", stderr), 2;
    return fflush(stdout) == 0 ? 0 : 2;
}
