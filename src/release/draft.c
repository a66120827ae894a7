/*
 * draft.c: `agreement draft PEER`: a text to begin with. It is filled with both offices and their keys, has the
 * clauses that two neighbours are likely to want, in both languages, and examples of what goes and what does not.
 * People take out what they do not mean; a clause that is not there gives nothing.
 */
#include "release/internal.h"

/* One clause each way. `towards`: only what moves to the taker's side of the border. */
struct proposal {
    const char *kind, *fields, *purpose, *handling, *onward;
    int keep;
    bool towards;
    const char *en, *es;
};

/* The words are the agreement's own, in both languages whatever the reader's. */
static const struct proposal proposals[] = {
    {"trip",
     "mode direction carrier carrier_name trip_number conveyance conveyance_scheme conveyance_country port "
     "port_scheme departure arrival bills equipment_count",
     "customs-control", "H1", "consent", 365, true,
     "Journeys announced towards the taker's border: when, where, with what; without remarks.",
     "Viajes anunciados hacia la frontera de quien recibe: cuándo, dónde y en qué; sin observaciones."},
    {"consignment",
     "trip bill issuer bill_type master_bill lading lading_scheme discharge discharge_scheme quantity "
     "package "
     "gross_weight direction goods pedimento entry_number",
     "customs-control", "H1", "consent", 365, true,
     "Goods on those journeys, by bill of lading; without values.",
     "Mercancía de esos viajes, por conocimiento de embarque; sin valores."},
    {"wait", "port port_scheme direction mode lane minutes method observed source", "border-management",
     "H0", "consent", 730, false, "Waiting times at ports of entry.",
     "Tiempos de espera en los puertos de entrada."},
    {"alert",
     "list number authority subject country programme issued expires status action_requested contact",
     "customs-control", "H2", "no", 90, false, "What the giver looks out for; never the name of a person.",
     "Lo que busca quien entrega; nunca el nombre de una persona."},
    {"alert_identifier", "list number scheme value country", "customs-control", "H2", "no", 90, false,
     "Numbers of those alerts: containers, vehicles, vessels, companies.",
     "Números de esas alertas: contenedores, vehículos, buques, empresas."},
    {"request", "number office peer form subject text purpose urgency due life_at_risk about contact",
     "mutual-assistance", "H2", "no", 1095, false, "Requests, to the office that is asked.",
     "Solicitudes, a la oficina a la que se pide."},
    {"answer", "request outcome refusal text records conditions reliability answered", "mutual-assistance",
     "H2", "no", 1095, false, "Answers, to the office that asked.",
     "Respuestas, a la oficina que preguntó."},
    {"awareness",
     "title form text place place_scheme environment direction threat life_at_risk need estimate unit "
     "grounds "
     "reliability observed expires",
     "safety", "H1", "consent", 365, false,
     "What the other side should know now: a surge, a closure, a danger.",
     "Lo que la otra parte debe saber ya: un aumento, un cierre, un peligro."},
    {"consent", "about giver office decision passed_to purpose conditions until", "mutual-assistance", "H2",
     "no", 1095, false, "Leave to pass something on, to the office that asked for it.",
     "Permiso de transmitir algo a un tercero, a la oficina que lo pidió."},
    {"commitment", "office peer text area due measure public", "joint-work", "H1", "no", 1825, false,
     "What was promised at joint meetings, and by when.",
     "Lo prometido en reuniones conjuntas, y para cuándo."},
};

static bool of_country(struct str office, const char *country)
{
    return office.n > 3 && office.p[2] == '.' && memcmp(office.p, country, 2) == 0;
}

/* North is into the United States from Mexico (kinds.md). */
static const char *towards(struct str taker)
{
    return of_country(taker, "us") ? "north" : of_country(taker, "mx") ? "south" : NULL;
}

/* Fields that the kind has not (any more) are left out, so that a draft is always one that can be proposed. */
static void put_fields(struct buf *b, const struct kind *k, const char *fields)
{
    struct str rest = str_z(fields), name;
    char names[2 * HASH_SIZE + 1];
    uint64_t set = 0;

    buf_z(b, "  fields");
    while (str_split(&rest, ' ', &name)) {
        int i = schema_field(k, name);
        if (i < 0)
            continue;
        buf_fmt(b, " %.*s", STR_ARG(name));
        set |= UINT64_C(1) << i;
    }
    program_names(k, set, names);
    buf_fmt(b, "\n  schema %s\n", names);
}

static void put_clause(struct buf *b, unsigned number, const struct proposal *p, const struct sides *s)
{
    buf_fmt(b, "\nclause %u\n  giver %.*s\n  taker %.*s\n  kind %s\n", number, STR_ARG(s->giver),
            STR_ARG(s->taker), p->kind);
    put_fields(b, schema_kind(str_z(p->kind)), p->fields);
    if (p->towards && towards(s->taker))
        buf_fmt(b, "  when direction = %s\n", towards(s->taker));
    buf_fmt(b, "  purpose %s\n  handling %s\n  keep %d\n  onward %s\n  en %s\n  es %s\n", p->purpose,
            p->handling, p->keep, p->onward, p->en, p->es);
}

static void put_asks(struct buf *b, unsigned number, const struct sides *s)
{
    buf_fmt(b,
            "\nclause %u\n  giver %.*s\n  taker %.*s\n  asks container imo plate vin quota 10000\n"
            "  purpose customs-control\n"
            "  en The taker may ask whether the giver looks out for a number, without telling which.\n"
            "  es Quien recibe puede preguntar si quien entrega busca un número, sin decir cuál.\n",
            number, STR_ARG(s->giver), STR_ARG(s->taker));
}

static void put_examples(struct buf *b, unsigned *number, const struct sides *s)
{
    const char *way = towards(s->taker), *other = way && *way == 'n' ? "south" : "north";

    buf_fmt(b,
            "\nexample %u\n  giver %.*s\n  taker %.*s\n  record "
            "{\"kind\":\"trip\",\"fields\":{\"mode\":\"road\","
            "\"direction\":\"%s\",\"carrier\":\"ABCD\",\"notes\":\"said by the driver\"}}\n"
            "  gives mode direction carrier\n",
            ++*number, STR_ARG(s->giver), STR_ARG(s->taker), way ? way : "south");
    if (way)
        buf_fmt(
            b,
            "\nexample %u\n  giver %.*s\n  taker %.*s\n  record {\"kind\":\"trip\",\"fields\":{\"mode\":"
            "\"road\",\"direction\":\"%s\",\"carrier\":\"ABCD\"}}\n  gives nothing\n",
            ++*number, STR_ARG(s->giver), STR_ARG(s->taker), other);
    buf_fmt(b,
            "\nexample %u\n  giver %.*s\n  taker %.*s\n  record {\"kind\":\"party\",\"fields\":{\"role\":"
            "\"driver\",\"parent\":\"0193b5c0-8f3e-7cc1-9d52-3a4b5c6d7e8f\",\"name\":\"A N Other\"}}\n  "
            "gives nothing\n",
            ++*number, STR_ARG(s->giver), STR_ARG(s->taker));
}

struct heading {
    struct str key, basis; /* the peer's; what the text rests on, empty when people are to say */
};

static void put_head(struct ctx *c, const struct sides *s, struct heading h, struct buf *b)
{
    char id[UUID_SIZE], from[TIME_SIZE], until[TIME_SIZE];
    int64_t now = c->world->now(c->world->arg);
    int year, month, day;
    uint8_t raw[16];

    uuid_v7(c->world, raw);
    uuid_format(raw, id);
    time_format(now, from);
    date_of(now / INT64_C(86400000000), &year, &month, &day);
    time_format((date_days(year + 2, month, day < 29 ? day : 28) - 1) * INT64_C(86400000000), until);
    if (h.basis.n == 0)
        h.basis =
            S("State here the treaty, law and article; indique aquí el tratado, la ley y el artículo");
    buf_fmt(b,
            "puente agreement v1\nid %s\nversion 1\n"
            "title en Working arrangement between %.*s and %.*s on sharing information\n"
            "title es Acuerdo de trabajo entre %.*s y %.*s sobre intercambio de información\n"
            "party %.*s %s\nparty %.*s %.*s\nscope full\n"
            "basis %.*s\n"
            "from %.10s\nuntil %.10s\nduty retraction\n",
            id, STR_ARG(s->giver), STR_ARG(s->taker), STR_ARG(s->giver), STR_ARG(s->taker),
            STR_ARG(s->giver), journal_key(c->journal), STR_ARG(s->taker), STR_ARG(h.key), STR_ARG(h.basis),
            from, until);
    buf_z(b, "\nobjective 1 security\n"
             "  en Find what is dangerous or forbidden before it crosses, in both directions.\n"
             "  es Encontrar lo peligroso o prohibido antes de que cruce, en ambos sentidos.\n"
             "\nobjective 2 trade\n"
             "  en Keep lawful trade and travel moving.\n"
             "  es Mantener en movimiento el comercio y los viajes lícitos.\n");
}

int draft_text(struct ctx *c, struct str peer, struct str basis, struct buf *b)
{
    struct str me = arena_copy(c->arena, node_office(c)), key;
    struct sides ways[2] = {{.giver = me, .taker = peer}, {.giver = peer, .taker = me}};
    unsigned number = 0, example = 0;

    if (paper_key(c, peer, &key) < 0)
        return -1;
    if (key.n == 0)
        return err_set(c->err, ERR_NOT_FOUND, N_("this node has not met %.*s: see `puente help meet`"),
                       STR_ARG(peer));
    put_head(c, &ways[0], (struct heading){key, basis}, b);
    for (int w = 0; w < 2; w++) {
        for (size_t i = 0; i < COUNT(proposals); i++)
            put_clause(b, ++number, &proposals[i], &ways[w]);
        put_asks(b, ++number, &ways[w]);
    }
    for (int w = 0; w < 2; w++)
        put_examples(b, &example, &ways[w]);
    return 0;
}
