/*
 * try.c: `puente screen`: is somebody of this name, or something with this number, in an alert that holds today? Somebody
 * is being looked up, so it needs a purpose and a case, whatever the answer, and is a record itself (law 9).
 */
#include "screening/internal.h"

struct trying {
    struct ctx *c;
    struct out *o;
    struct subject s;
    struct finding f;
};

/* Of two alerts on the same list and number only the stronger match is told: a name may be read two ways. */
static bool told_better(const struct finding *f, const struct found *x)
{
    for (const struct found *y = f->first; y; y = y->next)
        if (y != x && str_eq(y->alert->id, x->alert->id) &&
            (y->w.bits > x->w.bits || (y->w.bits == x->w.bits && y < x)))
            return true;
    return false;
}

static const struct found *strongest(const struct finding *f, const struct found *below)
{
    const struct found *best = NULL;

    for (const struct found *x = f->first; x; x = x->next) {
        if (below && (x->w.bits > below->w.bits || (x->w.bits == below->w.bits && x <= below)))
            continue;
        if (!best || x->w.bits > best->w.bits || (x->w.bits == best->w.bits && x < best))
            best = x;
    }
    return best;
}

static void say_alert(struct trying *t, const struct found *x)
{
    const struct alert *a = x->alert;

    out_open(t->o, NULL);
    out_str(t->o, "list", a->list);
    out_str(t->o, "number", a->number);
    out_str(t->o, "subject", a->subject);
    out_str(t->o, "name", a->name);
    out_str(t->o, "written", x->w.listed->written);
    say_bits(t->c->arena, t->o, "bits", x->w.bits);
    out_int(t->o, "score", names_score(x->w.bits));
    out_str(t->o, "authority", a->authority);
    out_str(t->o, "reason", a->reason);
    out_str(t->o, "action_requested", a->action);
    out_str(t->o, "contact", a->contact);
    parts_say(t->c->arena, t->o, x->w.parts, true);
    out_close(t->o);
}

/* A name may be a ship's or a party's; the date stands where a number's would. */
static int find_name(struct trying *t, const struct args *a)
{
    static const enum name_of of[] = {NAME_ANY, NAME_VESSEL};
    struct subject *s = &t->s;

    for (size_t i = 0; i < COUNT(of); i++) {
        s->key[i] = (struct key){.basis = BASIS_NAME,
                                 .of = of[i],
                                 .value = str_trim(arg(a, "name")),
                                 .original = arg(a, "name"),
                                 .country = arg(a, "country")};
    }
    s->n = COUNT(of);
    subject_read_names(t->c->arena, s);
    s->birth[0] = arg(a, "birth");
    return find_for_subject(&t->f, s);
}

/* Without a scheme the number may be any kind of number. */
static int find_number(struct trying *t, const struct args *a)
{
    struct str scheme = arg(a, "scheme"), written = arg(a, "identifier");
    const char *class, *only = scheme.n ? keys_class(scheme) : NULL;

    if (scheme.n && only == NULL)
        return err_set(t->c->err, ERR_USAGE, N_("alerts have no numbers of the scheme “%.*s”"),
                       STR_ARG(scheme));
    for (size_t i = 0; (class = keys_class_nth(i)) != NULL; i++) {
        struct key *k = &t->s.key[0];
        if (only && strcmp(class, only) != 0)
            continue;
        *k = (struct key){.basis = BASIS_IDENTIFIER, .class = class, .original = written};
        k->value = normal_identifier(t->c->arena, class, written);
        t->s.n = k->value.n > 0;
        if (t->s.n && find_for_subject(&t->f, &t->s) < 0)
            return -1;
    }
    return 0;
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct trying t = {.c = c, .o = o};
    struct look look = look_at(c, schema_kind(S("alert")));
    struct looked what = {.op = "screen"};
    struct str name = str_trim(arg(a, "name")), number = str_trim(arg(a, "identifier"));

    if ((name.n > 0) == (number.n > 0))
        return err_set(c->err, ERR_USAGE, N_("give either --name or --identifier"));
    if (!look.named)
        return err_set(c->err, ERR_DENIED, N_("looking somebody up needs a purpose and a case"));
    finding_init(&t.f, c);
    if ((name.n ? find_name(&t, a) : find_number(&t, a)) < 0)
        return -1;
    for (const struct found *x = t.f.first; x; x = x->next)
        what.count += !told_better(&t.f, x);
    what.query = name.n ? name : number;
    if (look_log(c, &look, &what) < 0)
        return -1;
    if (name.n)
        out_str(o, "read_as", name_folded(c->arena, t.s.read[0]));
    out_z(o, "engine", name.n ? NAMES_ENGINE : IDENTIFIER_RULES);
    out_list(o, "alerts");
    for (const struct found *x = strongest(&t.f, NULL); x; x = strongest(&t.f, x))
        if (!told_better(&t.f, x))
            say_alert(&t, x);
    out_end(o);
    if (what.count == 0)
        out_z(o, "nothing", tr(o->lang, N_("no alert that holds today is like this")));
    return 0;
}

static const struct param params[] = {
    {"name", P_TEXT, .help = N_("a name, in any order and spelling of accents and legal forms")},
    {"birth", P_TEXT, .help = N_("with --name: the birth date, as far as it is known")},
    {"country", P_TEXT, .help = N_("with --name: the country of the address or flag, two letters")},
    {"identifier", P_TEXT, .help = N_("a number: of a document, a vehicle, a container, a company")},
    {"scheme", P_TEXT, .help = N_("what kind of number it is: plate, imo, container, rfc, passport, ...")},
    {0},
};

const struct op screening_try = {
    .name = "screen",
    .summary = N_("look a name or a number up in the alerts"),
    .help = N_("Compares a name or a number with the alerts that hold today, by the same rules that make "
               "hits, and tells "
               "what speaks for and against. Needs a purpose and a case; the look is recorded, whatever "
               "the answer."),
    .params = params,
    .flags = OP_NODE,
    .method = "GET",
    .path = "/screen",
    .run = run,
    .example = "screen --name \"PEREZ LOPEZ, JUAN\" --purpose \"primary inspection\" --case 2026-0117",
};
