/* card.c: cards as text, and the digits that are read over the phone. peer.h has the format. */
#include "exchange/peer.h"

#include <stdio.h>

static void line(struct buf *out, const char *name, struct str value)
{
    buf_fmt(out, "%s %.*s\n", name, STR_ARG(value));
}

void card_write(struct buf *out, const struct peer *p)
{
    struct arena *a = arena_new();
    char made[TIME_SIZE];
    struct str urls = p->urls, url;

    time_format(p->made, made);
    buf_z(out, "puente card v1\n");
    line(out, "office", p->office);
    line(out, "country", p->country);
    line(out, "exercise", p->exercise ? S("yes") : S("no"));
    line(out, "key", p->key);
    line(out, "certificate", base64_encode(a, p->certificate));
    line(out, "box", hex_encode(a, str_n(p->box_key, sizeof p->box_key)));
    while (str_split(&urls, '\n', &url))
        if (url.n)
            line(out, "url", url);
    line(out, "made", str_z(made));
    arena_free(a);
}

/* ---- reading ---- */

/* Takes the next line when it is of this name. */
static bool take(struct str *text, const char *name, struct str *value)
{
    struct str rest = *text, l, word;

    if (!str_split(&rest, '\n', &l) || !str_split(&l, ' ', &word) || !str_eq(word, str_z(name)) ||
        l.p == NULL || l.n == 0)
        return false;
    *value = l;
    *text = rest;
    return true;
}

bool card_url_ok(struct str url)
{
    if (url.n <= 8 || url.n > CARD_URL_MAX || !str_starts(url, S("https://")) || url.p[8] == '/')
        return false;
    for (size_t i = 0; i < url.n; i++)
        if (url.p[i] <= ' ' || url.p[i] > '~' || strchr("@?#\"<>\\^`{|}", url.p[i]))
            return false;
    return true;
}

static bool take_urls(struct arena *a, struct str *text, struct str *urls)
{
    struct str url;
    size_t n = 0;

    *urls = S("");
    while (take(text, "url", &url)) {
        if (++n > CARD_URLS || !card_url_ok(url))
            return false;
        *urls = urls->n ? arena_fmt(a, "%.*s\n%.*s", STR_ARG(*urls), STR_ARG(url)) : url;
    }
    return true;
}

static bool take_keys(struct arena *a, struct str *text, struct peer *out)
{
    struct str certificate, box;
    uint8_t *der = arena_alloc(a, TLS_CERTIFICATE_MAX);
    size_t n, boxed;

    if (!take(text, "key", &out->key) || !note_verifier_parse(out->key, &out->verifier) ||
        !take(text, "certificate", &certificate) ||
        !base64_decode(certificate, der, TLS_CERTIFICATE_MAX, &n) || n == 0 || !take(text, "box", &box) ||
        !hex_decode(box, out->box_key, sizeof out->box_key, &boxed) || boxed != sizeof out->box_key)
        return false;
    out->certificate = str_n(der, n);
    return true;
}

/* The lines in their order, and nothing else. */
static bool take_all(struct arena *a, struct str text, struct peer *out)
{
    struct str heading, exercise, made;
    bool zoned;

    if (!str_split(&text, '\n', &heading) || !str_eq(heading, S("puente card v1")) ||
        !take(&text, "office", &out->office) || !journal_office_ok(out->office) ||
        !take(&text, "country", &out->country) || out->country.n != 2 ||
        !take(&text, "exercise", &exercise) || !take_keys(a, &text, out) ||
        !take_urls(a, &text, &out->urls) || !take(&text, "made", &made) ||
        !time_parse(made, &out->made, &zoned) || !zoned || text.n != 0)
        return false;
    out->exercise = str_eq(exercise, S("yes"));
    return out->exercise || str_eq(exercise, S("no"));
}

int card_read(struct arena *a, struct str bytes, int64_t now, struct peer *out, struct err *e)
{
    enum tls_verdict v;
    struct note note;

    *out = (struct peer){.card = bytes};
    if (bytes.n > CARD_MAX || !note_parse(bytes, &note) || !take_all(a, note.text, out))
        return err_set(e, ERR_DATA, N_("this is no card of a node, or it was changed on its way"));
    if (!str_eq(str_z(out->verifier.name), out->office) || !note_verify(&note, &out->verifier))
        return err_set(e, ERR_DATA, N_("the card of %.*s is not signed with the key it names"),
                       STR_ARG(out->office));
    v = tls_check(out->certificate, now, &out->about);
    if (v == TLS_GOOD && !str_eq(str_z(out->about.name), out->office))
        v = TLS_OTHER;
    if (v != TLS_GOOD)
        return err_set(e, ERR_DATA, N_("the card of %.*s: %s"), STR_ARG(out->office),
                       tr(e->lang, tls_verdict_text(v)));
    memcpy(out->pin, out->about.pin, HASH_SIZE);
    return 0;
}

int exchange_fuzz_card(const uint8_t *p, size_t n)
{
    struct arena *a = arena_new();
    struct err e = {0};
    struct peer peer;

    (void)card_read(a, str_n(p, n), 0, &peer, &e);
    arena_free(a);
    return 0;
}

/* ---- the safety number ---- */

/* 32 bits for five digits: some digits are likelier than others by less than 1 in 40,000. */
void card_safety(char out[SAFETY_SIZE], struct str key)
{
    const struct str parts[] = {S("puente/safety/v1\n"), key};
    uint8_t hash[HASH_SIZE];
    size_t n = 0;

    sha256(hash, parts, COUNT(parts));
    for (int i = 0; i < SAFETY_GROUPS; i++) {
        const uint8_t *p = hash + 4 * i;
        uint32_t u = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
        n += (size_t)snprintf(out + n, SAFETY_SIZE - n, "%s%05u", i ? " " : "", (unsigned)(u % 100000));
    }
}

bool card_safety_same(struct str typed, const char *number)
{
    for (size_t i = 0; i < typed.n; i++) {
        if (typed.p[i] == ' ' || typed.p[i] == '-')
            continue;
        while (*number == ' ')
            number++;
        if (typed.p[i] != *number || *number == '\0')
            return false;
        number++;
    }
    return *number == '\0';
}
