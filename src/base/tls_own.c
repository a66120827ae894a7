/* tls_own.c: a node's own key, certificate and box key: read from its folder, made when they are missing. */
#include "base/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND   INT64_C(1000000)
#define DAY      (INT64_C(86400) * SECOND)
#define FILE_MAX 65536

struct work {
    struct arena *a;
    const struct tls_node *node;
    struct tls_own *out;
    struct err *e;
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t crt;
    const char *box_path;
};

static int failed(struct work *w, int rc)
{
    return err_set(w->e, ERR_IO, N_("the node's certificate cannot be made: %s"), gnutls_strerror(rc));
}

static int damaged(struct work *w, const char *path)
{
    return err_set(w->e, ERR_CORRUPT, N_("%s is damaged"), path);
}

/* ---- the key ---- */

/* Ed25519 of bytes that the world gave. */
static int draw_key(struct work *w)
{
    uint8_t seed[32], public_key[SIGN_PUBLIC], secret[SIGN_SECRET];
    gnutls_datum_t x = {public_key, sizeof public_key}, k = {seed, sizeof seed}, pem = {0};
    int rc;

    w->node->world->random(w->node->world->arg, seed, sizeof seed);
    sign_keypair(public_key, secret, seed);
    rc = gnutls_x509_privkey_import_ecc_raw(w->key, GNUTLS_ECC_CURVE_ED25519, &x, NULL, &k);
    if (rc == 0)
        rc = gnutls_x509_privkey_export2_pkcs8(w->key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem);
    wipe(seed, sizeof seed);
    wipe(secret, sizeof secret);
    if (rc < 0)
        return failed(w, rc);
    w->out->key = arena_copy(w->a, str_n(pem.data, pem.size));
    wipe(pem.data, pem.size);
    gnutls_free(pem.data);
    return file_write(w->out->key_path, w->out->key, 0600, w->e);
}

/* A secret that others can read is one no more. */
static int read_secret(struct work *w, const char *path, struct str *out)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return err_set(w->e, ERR_IO, N_("cannot read %s: %s"), path, strerror(errno));
    if (st.st_mode & 077)
        return err_set(
            w->e, ERR_IO,
            N_("%s can be read by others (mode %03o): the node does not start with it; chmod 600, "
               "and consider the key known"),
            path, (unsigned)st.st_mode & 0777);
    return file_read(w->a, path, FILE_MAX, out, w->e);
}

static int read_key(struct work *w)
{
    gnutls_datum_t pem;

    if (read_secret(w, w->out->key_path, &w->out->key) < 0)
        return -1;
    pem = (gnutls_datum_t){(unsigned char *)(uintptr_t)w->out->key.p, (unsigned)w->out->key.n};
    if (gnutls_x509_privkey_import(w->key, &pem, GNUTLS_X509_FMT_PEM) < 0)
        return damaged(w, w->out->key_path);
    return 0;
}

/* ---- the certificate ---- */

static int fill(struct work *w)
{
    int64_t now = w->node->world->now(w->node->world->arg);
    uint8_t serial[16];
    int rc;

    w->node->world->random(w->node->world->arg, serial, sizeof serial);
    serial[0] = (uint8_t)((serial[0] & 0x3f) | 0x40); /* positive, and 16 bytes long (RFC 5280 §4.1.2.2) */
    rc = gnutls_x509_crt_set_version(w->crt, 3);
    if (rc == 0)
        rc = gnutls_x509_crt_set_serial(w->crt, serial, sizeof serial);
    if (rc == 0)
        rc = gnutls_x509_crt_set_dn_by_oid(w->crt, GNUTLS_OID_X520_COMMON_NAME, 0, w->node->name,
                                           (unsigned)strlen(w->node->name));
    if (rc == 0)
        rc = gnutls_x509_crt_set_activation_time(w->crt, (time_t)((now - TLS_SKEW) / SECOND));
    if (rc == 0)
        rc = gnutls_x509_crt_set_expiration_time(w->crt, (time_t)((now + TLS_DAYS * DAY) / SECOND));
    if (rc == 0)
        rc = gnutls_x509_crt_set_basic_constraints(w->crt, 0, -1);
    if (rc == 0)
        rc = gnutls_x509_crt_set_key_usage(w->crt, GNUTLS_KEY_DIGITAL_SIGNATURE);
    if (rc == 0)
        rc = gnutls_x509_crt_set_key_purpose_oid(w->crt, GNUTLS_KP_TLS_WWW_SERVER, 0);
    if (rc == 0)
        rc = gnutls_x509_crt_set_key_purpose_oid(w->crt, GNUTLS_KP_TLS_WWW_CLIENT, 0);
    return rc;
}

static int make_certificate(struct work *w)
{
    gnutls_datum_t pem = {0};
    int rc = fill(w);

    if (rc == 0)
        rc = gnutls_x509_crt_set_key(w->crt, w->key);
    if (rc == 0) /* SHA-512 is Ed25519's own; nothing is hashed beforehand */
        rc = gnutls_x509_crt_sign2(w->crt, w->crt, w->key, GNUTLS_DIG_SHA512, 0);
    if (rc == 0)
        rc = gnutls_x509_crt_export2(w->crt, GNUTLS_X509_FMT_PEM, &pem);
    if (rc < 0)
        return failed(w, rc);
    rc = file_write(w->out->certificate_path, str_n(pem.data, pem.size), 0644, w->e);
    gnutls_free(pem.data);
    return rc;
}

/* As the file says, also when it was written just now. */
static int read_certificate(struct work *w)
{
    int64_t now = w->node->world->now(w->node->world->arg);
    uint8_t of_key[HASH_SIZE];
    size_t n = sizeof of_key;
    enum tls_verdict v;
    bool good;

    if (tls_read(w->a, w->out->certificate_path, &w->out->der, w->e) < 0 ||
        file_read(w->a, w->out->certificate_path, FILE_MAX, &w->out->certificate, w->e) < 0)
        return -1;
    v = tls_check(w->out->der, now, &w->out->about);
    good = (v == TLS_GOOD || v == TLS_EARLY || v == TLS_EXPIRED) &&
           strcmp(w->out->about.name, w->node->name) == 0 &&
           gnutls_x509_privkey_get_key_id(w->key, GNUTLS_KEYID_USE_SHA256, of_key, &n) == 0 &&
           n == HASH_SIZE && memcmp(of_key, w->out->about.pin, HASH_SIZE) == 0;
    return good ? 0 : damaged(w, w->out->certificate_path);
}

/* ---- the box key ---- */

static int box_key(struct work *w)
{
    uint8_t *secret = w->out->box_secret;
    struct str hex;
    size_t n;

    if (access(w->box_path, F_OK) < 0) {
        w->node->world->random(w->node->world->arg, secret, 32);
        hex = arena_fmt(w->a, "%.*s\n", STR_ARG(hex_encode(w->a, str_n(secret, 32))));
        if (file_write(w->box_path, hex, 0600, w->e) < 0)
            return -1;
    } else if (read_secret(w, w->box_path, &hex) < 0) {
        return -1;
    } else if (!hex_decode(str_trim(hex), secret, 32, &n) || n != 32) {
        return damaged(w, w->box_path);
    }
    return box_public(w->out->box_public, secret) ? 0 : damaged(w, w->box_path);
}

/* ---- all of it ---- */

static int load(struct work *w, enum tls_renew renew)
{
    bool made = renew == TLS_NEW_KEY || access(w->out->key_path, F_OK) < 0;

    if (made) /* a crash must not leave a certificate beside the key of another */
        (void)unlink(w->out->certificate_path);
    if ((made ? draw_key(w) : read_key(w)) < 0)
        return -1;
    if ((made || renew != TLS_KEEP || access(w->out->certificate_path, F_OK) < 0) &&
        make_certificate(w) < 0)
        return -1;
    return read_certificate(w) < 0 ? -1 : box_key(w);
}

int tls_own(struct arena *a, const struct tls_node *n, enum tls_renew renew, struct tls_own *out,
            struct err *e)
{
    struct work w = {.a = a, .node = n, .out = out, .e = e};
    const char *dir = path_join(a, n->dir, "keys").p;
    int rc = -1, lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    *out = (struct tls_own){0};
    out->key_path = path_join(a, dir, "tls.key").p;
    out->certificate_path = path_join(a, dir, "tls.crt").p;
    w.box_path = path_join(a, dir, "box.key").p;
    if (lock < 0 || flock(lock, LOCK_EX) < 0)
        err_set(e, ERR_IO, N_("cannot read %s: %s"), dir, strerror(errno));
    else if (gnutls_x509_privkey_init(&w.key) < 0 || gnutls_x509_crt_init(&w.crt) < 0)
        err_set(e, ERR_IO, N_("no memory for a certificate"));
    else
        rc = load(&w, renew);
    if (rc < 0)
        tls_own_wipe(out);
    if (w.crt)
        gnutls_x509_crt_deinit(w.crt);
    if (w.key)
        gnutls_x509_privkey_deinit(w.key);
    if (lock >= 0)
        close(lock);
    return rc;
}

void tls_own_wipe(struct tls_own *o)
{
    wipe((void *)(uintptr_t)o->key.p, o->key.n);
    wipe(o->box_secret, sizeof o->box_secret);
}
