/* tls.c: GnuTLS's certificates and sessions. */
#include "base/tls.h"

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#define SECOND INT64_C(1000000)

/* ---- verdicts ---- */

static const struct {
    const char *code, *text;
} verdict[] = {
    [TLS_GOOD] = {"good", N_("good")},
    [TLS_NO_HANDSHAKE] =
        {"handshake",
         N_("no TLS 1.3 handshake came about: an older protocol, plain HTTP, or it broke off")},
    [TLS_ABSENT] = {"absent", N_("no certificate was shown")},
    [TLS_MALFORMED] = {"malformed", N_("the certificate cannot be read")},
    [TLS_SELF] = {"signature", N_("the certificate is not signed by its own key")},
    [TLS_EARLY] = {"early", N_("the certificate is not valid yet")},
    [TLS_EXPIRED] = {"expired", N_("the certificate has expired")},
    [TLS_UNKNOWN] = {"unknown", N_("the certificate is of no peer of this node")},
    [TLS_OTHER] = {"other", N_("the certificate is not the one that was expected")},
    [TLS_STALE] = {"stale", N_("the certificate on the peer's card has expired: its new card must be met")},
    [TLS_FAILED] = {"failed", N_("the peers could not be looked up")},
    [TLS_FOREIGN] = {"foreign", N_("it asked under an agreement that is between others")},
};

const char *tls_verdict_code(enum tls_verdict v)
{
    return verdict[v].code;
}

const char *tls_verdict_text(enum tls_verdict v)
{
    return verdict[v].text;
}

enum tls_verdict tls_verdict_parse(struct str code)
{
    for (size_t i = 0; i < COUNT(verdict); i++)
        if (str_eq(code, str_z(verdict[i].code)))
            return (enum tls_verdict)i;
    return TLS_FAILED;
}

/* ---- what a certificate says ---- */

static gnutls_datum_t datum(struct str s)
{
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)s.p, (unsigned)s.n};
}

static bool read_pin(gnutls_x509_crt_t crt, uint8_t pin[HASH_SIZE])
{
    gnutls_datum_t spki = {0};
    gnutls_pubkey_t key;
    bool good;

    if (gnutls_pubkey_init(&key) < 0)
        return false;
    good = gnutls_pubkey_import_x509(key, crt, 0) == 0 &&
           gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &spki) == 0;
    if (good)
        sha256_one(pin, str_n(spki.data, spki.size));
    gnutls_free(spki.data);
    gnutls_pubkey_deinit(key);
    return good;
}

/* Whether its signature is by its own key. DO_NOT_ALLOW_SAME: to be in the list of the trusted is not enough. */
static bool signs_itself(gnutls_x509_crt_t crt)
{
    unsigned flags = GNUTLS_VERIFY_DO_NOT_ALLOW_SAME | GNUTLS_VERIFY_DISABLE_CA_SIGN |
                     GNUTLS_VERIFY_DISABLE_TIME_CHECKS | GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS;
    unsigned status = 1;

    return gnutls_x509_crt_verify(crt, &crt, 1, flags, &status) == 0 && status == 0;
}

static bool read_certificate(gnutls_x509_crt_t crt, struct tls_certificate *out)
{
    size_t n = sizeof out->name;
    time_t from = gnutls_x509_crt_get_activation_time(crt),
           until = gnutls_x509_crt_get_expiration_time(crt);

    if (gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, out->name, &n) < 0 ||
        from == (time_t)-1 || until == (time_t)-1 || !read_pin(crt, out->pin))
        return false;
    out->from = (int64_t)from * SECOND;
    out->until = (int64_t)until * SECOND;
    return strlen(out->name) == n;
}

enum tls_verdict tls_check(struct str der, int64_t now, struct tls_certificate *out)
{
    gnutls_datum_t d = datum(der);
    enum tls_verdict v = TLS_MALFORMED;
    gnutls_x509_crt_t crt;

    *out = (struct tls_certificate){0};
    if (der.n == 0)
        return TLS_ABSENT;
    if (der.n > TLS_CERTIFICATE_MAX || gnutls_x509_crt_init(&crt) < 0)
        return TLS_MALFORMED;
    if (gnutls_x509_crt_import(crt, &d, GNUTLS_X509_FMT_DER) == 0 && read_certificate(crt, out))
        v = !signs_itself(crt)  ? TLS_SELF
            : now < out->from   ? TLS_EARLY
            : now >= out->until ? TLS_EXPIRED
                                : TLS_GOOD;
    gnutls_x509_crt_deinit(crt);
    return v;
}

int tls_read(struct arena *a, const char *path, struct str *der, struct err *e)
{
    gnutls_datum_t d, out = {0};
    gnutls_x509_crt_t crt;
    struct str pem;
    bool good;

    if (file_read(a, path, TLS_CERTIFICATE_MAX * 2, &pem, e) < 0)
        return -1;
    d = datum(pem);
    if (gnutls_x509_crt_init(&crt) < 0)
        return err_set(e, ERR_IO, N_("no memory for a certificate"));
    good = gnutls_x509_crt_import(crt, &d, GNUTLS_X509_FMT_PEM) == 0 &&
           gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &out) == 0;
    if (good)
        *der = arena_copy(a, str_n(out.data, out.size));
    gnutls_free(out.data);
    gnutls_x509_crt_deinit(crt);
    return good ? 0 : err_set(e, ERR_CORRUPT, N_("%s is damaged"), path);
}

/* ---- on a line ---- */

struct str tls_shown(void *session)
{
    unsigned n = 0;
    const gnutls_datum_t *list = session ? gnutls_certificate_get_peers(session, &n) : NULL;

    return list && n ? str_n(list[0].data, list[0].size) : S("");
}

static int ask_gate(gnutls_session_t session)
{
    const struct tls_gate *g = gnutls_session_get_ptr(session);

    return g->ask(g->arg, tls_shown(session)) == TLS_GOOD ? 0 : GNUTLS_E_CERTIFICATE_ERROR;
}

/* REQUEST, not REQUIRE: who shows nothing comes to the gate too, and is counted as that. */
void tls_gate_set(void *session, const struct tls_gate *g)
{
    gnutls_session_set_ptr(session, (void *)(uintptr_t)g);
    gnutls_session_set_verify_function(session, ask_gate);
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
}

const char *tls_library(void)
{
    return gnutls_check_version(NULL);
}

int tls_fuzz(const uint8_t *p, size_t n)
{
    struct tls_certificate c;

    (void)tls_check(str_n(p, n), 0, &c);
    return 0;
}
