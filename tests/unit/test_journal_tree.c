/* The tree and the notes by themselves: RFC 6962's vectors, every proof of small trees, and what is refused. */
#include "journal_help.h"

/* The eight leaves and the roots of Certificate Transparency's reference tests (merkletree/merkle_tree_test.cc). */
static const char *const leaf_hex[8] = {
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
static const char *const root_hex[9] = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

static void unhex(const char *z, uint8_t *out, size_t max, size_t *n)
{
    assert_true(hex_decode(str_z(z), out, max, n));
}

static void leaf(unsigned i, uint8_t out[HASH_SIZE])
{
    uint8_t data[16];
    size_t n;

    unhex(leaf_hex[i], data, sizeof data, &n);
    merkle_leaf(out, str_n(data, n));
}

/* A source over an array of leaf hashes, the slow and plain way. */
#define LEAVES 70
struct plain {
    uint8_t hash[LEAVES][HASH_SIZE];
};

static int plain_read(void *arg, unsigned height, uint64_t index, uint8_t out[HASH_SIZE], struct err *e)
{
    struct plain *p = arg;
    uint8_t left[HASH_SIZE], right[HASH_SIZE];

    if (height == 0) {
        assert_true(index < LEAVES);
        memcpy(out, p->hash[index], HASH_SIZE);
        return 0;
    }
    plain_read(arg, height - 1, 2 * index, left, e);
    plain_read(arg, height - 1, 2 * index + 1, right, e);
    merkle_node(out, left, right);
    return 0;
}

static void known_roots(void **state)
{
    struct merkle m = {0};
    struct plain p;
    const struct merkle_source from = {plain_read, &p};
    uint8_t want[HASH_SIZE], got[HASH_SIZE];
    struct err e = {0};
    size_t n;
    (void)state;

    for (unsigned i = 0; i < 8; i++)
        leaf(i, p.hash[i]);
    for (unsigned size = 0; size <= 8; size++) {
        unhex(root_hex[size], want, HASH_SIZE, &n);
        merkle_root(&m, got);
        assert_memory_equal(got, want, HASH_SIZE);
        assert_int_equal(merkle_root_at(&from, size, got, &e), 0);
        assert_memory_equal(got, want, HASH_SIZE);
        if (size < 8)
            merkle_push(&m, p.hash[size], NULL, NULL);
    }
}

static void known_paths(void **state)
{
    static const struct {
        unsigned index, size, n;
        const char *path[3];
    } paths[] = {
        {0, 1, 0, {0}},
        {0,
         8,
         3,
         {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
        {5,
         8,
         3,
         {"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
          "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
        {2, 3, 1, {"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
    };
    struct plain p;
    const struct merkle_source from = {plain_read, &p};
    struct merkle_proof proof;
    uint8_t want[HASH_SIZE];
    struct err e = {0};
    size_t n;
    (void)state;

    for (unsigned i = 0; i < 8; i++)
        leaf(i, p.hash[i]);
    for (size_t k = 0; k < COUNT(paths); k++) {
        assert_int_equal(merkle_inclusion(&from, paths[k].index, paths[k].size, &proof, &e), 0);
        assert_int_equal(proof.n, paths[k].n);
        for (unsigned i = 0; i < paths[k].n; i++) {
            unhex(paths[k].path[i], want, HASH_SIZE, &n);
            assert_memory_equal(proof.hash[i], want, HASH_SIZE);
        }
    }
    assert_int_equal(merkle_consistency(&from, 6, 8, &proof, &e), 0);
    assert_int_equal(proof.n, 3);
    unhex("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", want, HASH_SIZE, &n);
    assert_memory_equal(proof.hash[0], want, HASH_SIZE);
    unhex("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0", want, HASH_SIZE, &n);
    assert_memory_equal(proof.hash[1], want, HASH_SIZE);
    unhex("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7", want, HASH_SIZE, &n);
    assert_memory_equal(proof.hash[2], want, HASH_SIZE);
}

static void many(struct plain *p)
{
    for (size_t i = 0; i < LEAVES; i++)
        merkle_leaf(p->hash[i], str_n(&i, sizeof i));
}

static struct merkle_tree tree_of(const struct merkle_source *from, uint64_t size)
{
    struct merkle_tree t = {.size = size};
    struct err e = {0};

    assert_int_equal(merkle_root_at(from, size, t.root, &e), 0);
    return t;
}

/* A proof holds; shortened, lengthened, altered, or of another place it does not. */
static void every_inclusion(void **state)
{
    struct plain p;
    const struct merkle_source from = {plain_read, &p};
    struct merkle_proof proof;
    struct err e = {0};
    (void)state;

    many(&p);
    for (uint64_t size = 1; size <= LEAVES; size++) {
        struct merkle_tree t = tree_of(&from, size);
        for (uint64_t i = 0; i < size; i++) {
            assert_int_equal(merkle_inclusion(&from, i, size, &proof, &e), 0);
            assert_true(merkle_included(&t, i, p.hash[i], &proof));
            assert_false(merkle_included(&t, i, p.hash[(i + 1) % LEAVES], &proof));
            assert_false(merkle_included(&t, i ^ 1, p.hash[i], &proof) && size > 1);
            assert_false(merkle_included(&t, size, p.hash[i], &proof));
            for (size_t k = 0; k < proof.n; k++) {
                proof.hash[k][k] ^= 4;
                assert_false(merkle_included(&t, i, p.hash[i], &proof));
                proof.hash[k][k] ^= 4;
            }
            memset(proof.hash[proof.n], 0, HASH_SIZE);
            proof.n++;
            assert_false(merkle_included(&t, i, p.hash[i], &proof));
            proof.n -= 2;
            assert_false(proof.n < MERKLE_PROOF && merkle_included(&t, i, p.hash[i], &proof));
        }
    }
}

static void every_consistency(void **state)
{
    struct plain p;
    const struct merkle_source from = {plain_read, &p};
    struct merkle_proof proof;
    struct err e = {0};
    (void)state;

    many(&p);
    for (uint64_t size = 0; size <= LEAVES; size++) {
        struct merkle_tree t = tree_of(&from, size);
        for (uint64_t old = 0; old <= size; old++) {
            struct merkle_tree o = tree_of(&from, old);
            assert_int_equal(merkle_consistency(&from, old, size, &proof, &e), 0);
            assert_true(merkle_consistent(&o, &t, &proof));
            assert_false(old < size && merkle_consistent(&t, &o, &proof));
            for (size_t k = 0; k < proof.n; k++) {
                proof.hash[k][k] ^= 4;
                assert_false(merkle_consistent(&o, &t, &proof));
                proof.hash[k][k] ^= 4;
            }
            o.root[0] ^= 1;
            assert_false(merkle_consistent(&o, &t, &proof));
            o.root[0] ^= 1;
            if (proof.n) {
                proof.n--;
                assert_false(merkle_consistent(&o, &t, &proof));
            }
        }
    }
}

/* Sizes that nobody has are refused in bounded time. */
static void hostile_sizes(void **state)
{
    struct merkle_tree none = {0}, vast = {.size = UINT64_MAX}, less = {.size = UINT64_MAX - 1};
    struct merkle_proof proof = {.n = MERKLE_PROOF};
    uint8_t h[HASH_SIZE] = {0};
    (void)state;

    assert_false(merkle_included(&none, 0, h, &proof));
    assert_false(merkle_included(&vast, UINT64_MAX - 1, h, &proof));
    assert_false(merkle_included(&vast, UINT64_MAX, h, &proof));
    assert_false(merkle_consistent(&less, &vast, &proof));
    assert_false(merkle_consistent(&vast, &none, &proof));
    assert_false(merkle_consistent(&none, &vast, &proof));
    proof.n = MERKLE_PROOF + 1;
    assert_false(merkle_included(&vast, 0, h, &proof));
    assert_false(merkle_consistent(&less, &vast, &proof));
}

/* ---- notes ---- */

/* The example of c2sp.org/signed-note's reference code (golang.org/x/mod/sumdb/note). */
#define PETER_KEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define PETER_NOTE                                                                                         \
    "If you think cryptography is the answer to your problem,\n"                                           \
    "then you don't know what your problem is.\n\n"                                                        \
    "\xe2\x80\x94 PeterNeumann "                                                                           \
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

static void a_note_of_others_verifies(void **state)
{
    struct verifier v;
    struct note n;
    struct buf b;
    (void)state;

    assert_true(note_verifier_parse(S(PETER_KEY), &v));
    assert_string_equal(v.name, "PeterNeumann");
    assert_true(note_parse(S(PETER_NOTE), &n));
    assert_true(note_verify(&n, &v));
    buf_init(&b, NOTE_KEY_TEXT);
    note_verifier_text(&v, &b);
    assert_true(str_eq(buf_view(&b), S(PETER_KEY)));
    buf_free(&b);
    v.key[0] ^= 1;
    assert_false(note_verify(&n, &v));
}

static void signer_of(struct signer *s, const char *name, uint8_t seed)
{
    uint8_t k[32];

    memset(k, seed, sizeof k);
    note_signer_make(s, str_z(name), k);
}

static void several_sign_one_note(void **state)
{
    struct signer s[3], again;
    struct checkpoint c = {.origin = S("us.cbp"), .size = 1234, .root = {1, 2, 3}}, back;
    struct buf text, note;
    struct note n;
    uint8_t seed[32];
    (void)state;

    signer_of(&s[0], "us.cbp", 1);
    signer_of(&s[1], "mx.anam", 2);
    signer_of(&s[2], "us.cbp", 3); /* the same name, another key */
    buf_init(&text, NOTE_MAX);
    buf_init(&note, NOTE_MAX);
    checkpoint_text(&text, &c);
    note_sign(&note, buf_view(&text), s, 2);
    /* An algorithm not known here: skipped, as a witness's line is. */
    buf_z(&note, "\xe2\x80\x94 us.cbp AQIDBAUGBwg=\n");
    assert_true(note_parse(buf_view(&note), &n));
    assert_true(note_verify(&n, &s[0].public));
    assert_true(note_verify(&n, &s[1].public));
    assert_false(note_verify(&n, &s[2].public));
    assert_true(checkpoint_parse(n.text, &back));
    assert_true(back.size == 1234 && str_eq(back.origin, S("us.cbp")));
    assert_memory_equal(back.root, c.root, HASH_SIZE);

    buf_reset(&note);
    memset(seed, 1, sizeof seed);
    note_signer_text(&s[0], seed, &note);
    assert_true(note_signer_parse(buf_view(&note), &again));
    assert_memory_equal(&again, &s[0], sizeof again);
    buf_free(&note);
    buf_free(&text);
}

#define DASHED "\xe2\x80\x94 "
#define SIGNED DASHED "us.cbp AQIDBAUGBwg=\n"

static void malformed_notes(void **state)
{
    static const char *const bad[] = {
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        "text\n\nno dash\n",
        "text\n\n" DASHED "us.cbp AQIDBAUGBwg=",
        "text\n\n" DASHED "us.cbp AQIDBAUGBwg\n",
        "text\n\n" DASHED "us.cbp AQID\n",
        "text\n\n" DASHED "us+cbp AQIDBAUGBwg=\n",
        "text\n\n" DASHED " AQIDBAUGBwg=\n",
        "text\n\n" DASHED "us.cbp\n",
        "text\n\n- us.cbp AQIDBAUGBwg=\n",
        "te\rxt\n\n" SIGNED,
        "te\xffxt\n\n" SIGNED,
        "text\n" SIGNED,
        "text\n\n" SIGNED "\n",
    };
    static const char *const bad_heads[] = {
        "",
        "us.cbp\n",
        "us.cbp\n1\n",
        "\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "us.cbp\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "us.cbp\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "us.cbp\n+1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "us.cbp\n1\nAAAA\n",
        "us.cbp\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "us.cbp\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n",
        "us.cbp\n99999999999999999999\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
    };
    static const char *const bad_keys[] = {
        "",
        "a+b",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc",
        "PeterNeumann+c74f20a3+",
        "PeterNeumann+c74f20a3",
    };
    struct checkpoint c;
    struct verifier v;
    struct signer s;
    struct note n;
    (void)state;

    assert_true(note_parse(S("text\n\n" SIGNED), &n));
    assert_true(str_eq(n.text, S("text\n")));
    assert_true(note_parse(S("te\n\nxt\n\n" SIGNED SIGNED), &n)); /* the last empty line counts */
    assert_true(checkpoint_parse(S("us.cbp\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nmore\n"), &c));
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(note_parse(str_z(bad[i]), &n));
    for (size_t i = 0; i < COUNT(bad_heads); i++)
        assert_false(checkpoint_parse(str_z(bad_heads[i]), &c));
    for (size_t i = 0; i < COUNT(bad_keys); i++)
        assert_false(note_verifier_parse(str_z(bad_keys[i]), &v));
    assert_false(note_signer_parse(S(PETER_KEY), &s));
    assert_false(note_parse(str_n("text\0\n\n" SIGNED, sizeof "text\0\n\n" SIGNED - 1), &n));
    assert_false(note_name_ok(S("a b")) || note_name_ok(S("a+b")) || note_name_ok(S("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_roots),           cmocka_unit_test(known_paths),
        cmocka_unit_test(every_inclusion),       cmocka_unit_test(every_consistency),
        cmocka_unit_test(hostile_sizes),         cmocka_unit_test(a_note_of_others_verifies),
        cmocka_unit_test(several_sign_one_note), cmocka_unit_test(malformed_notes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
