/* offices.c: what the name of an office on the network tells: country first, then the office, then its parts. */
#include "coordination/internal.h"

bool office_within(struct str office, struct str of)
{
    return str_starts(office, of) && of.n && (office.n == of.n || office.p[of.n] == '.');
}

bool office_ours(const struct ctx *c, struct str office)
{
    return office_within(office, node_office(c));
}

bool office_fits(struct str a, struct str b)
{
    return office_within(a, b) || office_within(b, a);
}

struct str office_country(struct arena *a, struct str office)
{
    const struct kind *k = schema_kind(S("office"));
    char *code = arena_alloc(a, 3);

    if (office.n < 4 || office.p[2] != '.')
        return S("");
    for (int i = 0; i < 2; i++) {
        if (office.p[i] < 'a' || office.p[i] > 'z')
            return S("");
        code[i] = (char)(office.p[i] - 'a' + 'A');
    }
    return schema_code(k->field[schema_field(k, S("country"))].codes, str_n(code, 2)) ? str_n(code, 2)
                                                                                      : S("");
}

bool office_foreign(const struct ctx *c, struct str office)
{
    struct str country = office_country(c->arena, office);

    return country.n && !str_eq(country, str_z(journal_who(c->journal)->country));
}
