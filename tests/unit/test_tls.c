/* A node's own key and certificate, and what is made of a peer's. */
#include "node.h"

#include "base/tls.h"

#include <fcntl.h>

#define NOW  INT64_C(1795000000000000)
#define DAY  (INT64_C(86400) * 1000000)
#define DIFF (INT64_C(2) * 1000000) /* a certificate counts whole seconds; the fake clock walks */

struct here {
    char dir[64];
    struct world_fake fake;
    struct tls_node node;
    struct arena *arena;
    struct err err;
};

static int setup(void **state)
{
    struct here *p = calloc(1, sizeof *p);
    const char *tmp = getenv("TMPDIR");

    snprintf(p->dir, sizeof p->dir, "%s/puente-tls-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(p->dir));
    p->arena = arena_new();
    assert_int_equal(mkdir(path_join(p->arena, p->dir, "keys").p, 0700), 0);
    world_fake(&p->fake, NOW, 1000, 7);
    p->node = (struct tls_node){p->dir, "us.cbp", &p->fake.world};
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    struct here *p = *state;
    char command[128];

    snprintf(command, sizeof command, "rm -rf '%s'", p->dir);
    assert_int_equal(system(command), 0);
    arena_free(p->arena);
    free(p);
    return 0;
}

static struct tls_own own(struct here *p, enum tls_renew renew)
{
    struct tls_own o;

    if (tls_own(p->arena, &p->node, renew, &o, &p->err) < 0)
        fail_msg("%s", p->err.text);
    return o;
}

static const char *in(struct here *p, const char *name)
{
    return path_join(p->arena, p->dir, name).p;
}

static void a_node_has_one_key_and_it_stays(void **state)
{
    struct here *p = *state;
    struct tls_own first = own(p, TLS_KEEP), again = own(p, TLS_KEEP);
    struct stat st;

    assert_true(str_eq(first.key, again.key) && str_eq(first.der, again.der));
    assert_memory_equal(first.box_public, again.box_public, 32);
    assert_string_equal(first.about.name, "us.cbp");
    assert_true(first.about.from <= NOW - TLS_SKEW + DIFF && first.about.from > NOW - TLS_SKEW - DIFF);
    assert_true(first.about.until > NOW + TLS_DAYS * DAY - DIFF);
    for (const char *const *n = (const char *const[]){"keys/tls.key", "keys/box.key", NULL}; *n; n++) {
        assert_int_equal(stat(in(p, *n), &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
    assert_null(memmem(first.certificate.p, first.certificate.n, "PRIVATE", 7));
}

static void new_dates_keep_the_pin_and_a_new_key_does_not(void **state)
{
    struct here *p = *state;
    struct tls_own first = own(p, TLS_KEEP), dated, keyed;

    p->fake.time += 700 * DAY;
    dated = own(p, TLS_NEW_DATES);
    assert_memory_equal(first.about.pin, dated.about.pin, HASH_SIZE);
    assert_true(dated.about.until > first.about.until + 600 * DAY);
    keyed = own(p, TLS_NEW_KEY);
    assert_memory_not_equal(first.about.pin, keyed.about.pin, HASH_SIZE);
    assert_true(str_eq(own(p, TLS_KEEP).key, keyed.key));
    assert_memory_equal(keyed.box_public, first.box_public,
                        32); /* bundles on their way can still be opened */
}

/* A crash between the key and its certificate. */
static void a_lost_certificate_is_made_again_for_the_same_key(void **state)
{
    struct here *p = *state;
    struct tls_own first = own(p, TLS_KEEP);

    assert_int_equal(unlink(in(p, "keys/tls.crt")), 0);
    assert_memory_equal(own(p, TLS_KEEP).about.pin, first.about.pin, HASH_SIZE);
}

static void refused(struct here *p, enum err_code code)
{
    struct tls_own o;

    assert_int_equal(tls_own(p->arena, &p->node, TLS_KEEP, &o, &p->err), -1);
    assert_int_equal(p->err.code, code);
}

static void a_key_that_others_can_read_is_refused(void **state)
{
    struct here *p = *state;

    own(p, TLS_KEEP);
    assert_int_equal(chmod(in(p, "keys/tls.key"), 0640), 0);
    refused(p, ERR_IO);
    assert_int_equal(chmod(in(p, "keys/tls.key"), 0600), 0);
    assert_int_equal(chmod(in(p, "keys/box.key"), 0604), 0);
    refused(p, ERR_IO);
}

static void what_does_not_belong_together_is_damaged(void **state)
{
    struct here *p = *state;
    struct tls_own first = own(p, TLS_KEEP);

    p->node.name = "us.ice"; /* the folder of another office */
    refused(p, ERR_CORRUPT);
    p->node.name = "us.cbp";
    own(p, TLS_NEW_KEY);
    assert_int_equal(file_write(in(p, "keys/tls.crt"), first.certificate, 0644, &p->err), 0);
    refused(p, ERR_CORRUPT);
    assert_int_equal(file_write(in(p, "keys/tls.key"), S("no key\n"), 0600, &p->err), 0);
    refused(p, ERR_CORRUPT);
}

static void a_certificate_counts_between_its_dates(void **state)
{
    struct here *p = *state;
    struct tls_own o = own(p, TLS_KEEP);
    struct tls_certificate c;

    assert_int_equal(tls_check(o.der, NOW, &c), TLS_GOOD);
    assert_memory_equal(c.pin, o.about.pin, HASH_SIZE);
    assert_int_equal(tls_check(o.der, o.about.from, &c), TLS_GOOD);
    assert_int_equal(tls_check(o.der, o.about.from - 1, &c), TLS_EARLY);
    assert_int_equal(tls_check(o.der, o.about.until - 1, &c), TLS_GOOD);
    assert_int_equal(tls_check(o.der, o.about.until, &c), TLS_EXPIRED);
    assert_int_equal(tls_check(S(""), NOW, &c), TLS_ABSENT);
    assert_int_equal(tls_check(S("no certificate"), NOW, &c), TLS_MALFORMED);
}

/* Every byte of it counts: changed anywhere, or cut, it is no certificate, or none that signs itself. */
static void no_byte_of_a_certificate_can_be_changed(void **state)
{
    struct here *p = *state;
    struct tls_own o = own(p, TLS_KEEP);
    struct str copy = arena_copy(p->arena, o.der);
    uint8_t *bytes = (uint8_t *)(uintptr_t)copy.p;
    struct tls_certificate c;

    for (size_t i = 0; i < copy.n; i++) {
        bytes[i] ^= 0x01;
        assert_int_not_equal(tls_check(copy, NOW, &c), TLS_GOOD);
        bytes[i] ^= 0x01;
        assert_int_not_equal(tls_check(str_n(copy.p, i), NOW, &c), TLS_GOOD);
    }
    assert_int_equal(tls_check(copy, NOW, &c), TLS_GOOD);
}

static void verdicts_have_codes_and_both_languages(void **state)
{
    (void)state;
    for (enum tls_verdict v = TLS_GOOD; v <= TLS_FAILED; v++) {
        assert_int_equal(tls_verdict_parse(str_z(tls_verdict_code(v))), v);
        assert_true(strlen(tls_verdict_text(v)) > 0);
    }
    assert_int_equal(tls_verdict_parse(S("never heard of")), TLS_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_node_has_one_key_and_it_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(new_dates_keep_the_pin_and_a_new_key_does_not, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lost_certificate_is_made_again_for_the_same_key, setup, teardown),
        cmocka_unit_test_setup_teardown(a_key_that_others_can_read_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(what_does_not_belong_together_is_damaged, setup, teardown),
        cmocka_unit_test_setup_teardown(a_certificate_counts_between_its_dates, setup, teardown),
        cmocka_unit_test_setup_teardown(no_byte_of_a_certificate_can_be_changed, setup, teardown),
        cmocka_unit_test(verdicts_have_codes_and_both_languages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
