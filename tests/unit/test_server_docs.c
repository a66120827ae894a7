/* What the server says about itself: the OpenAPI document holds together, and the first page has all its texts. */
#include "server_fixture.h"

#include "admin/admin.h"
#include "cli/cli.h"
#include "exercise/exercise.h"
#include "intake/intake.h"
#include "records/records.h"
#include "screening/screening.h"

static const struct room *const real[] = {&admin_room,    &intake_room, &records_room, &screening_room,
                                          &exercise_room, &server_room, &cli_room,     NULL};

/* ---- OpenAPI ---- */

static json_t *document(const struct room *const *of, enum lang lang)
{
    struct buf b;
    json_error_t e;
    json_t *root;

    buf_init(&b, LIMIT_ANSWER);
    openapi_write(&b, of, lang);
    assert_false(b.over);
    root = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, &e);
    if (root == NULL)
        fail_msg("line %d, column %d: %s: %.80s", e.line, e.column, e.text,
                 b.p + (e.position > 40 ? e.position - 40 : 0));
    buf_free(&b);
    return root;
}

static const json_t *resolve(const json_t *root, const char *pointer)
{
    struct str rest = str_z(pointer), step;

    (void)str_split(&rest, '/', &step);
    assert_text(step, "#");
    while (root && str_split(&rest, '/', &step))
        root = json_object_getn(root, step.p, step.n);
    return root;
}

static size_t check_refs(const json_t *root, json_t *at)
{
    const char *key;
    json_t *v;
    size_t n = 0, i;

    json_object_foreach(at, key, v)
    {
        if (strcmp(key, "$ref") == 0 && json_is_string(v)) {
            if (resolve(root, json_string_value(v)) == NULL)
                fail_msg("%s leads nowhere", json_string_value(v));
            n++;
        }
        n += check_refs(root, v);
    }
    json_array_foreach(at, i, v) n += check_refs(root, v);
    return n;
}

static void every_reference_resolves(void **state)
{
    json_t *root = document(real, LANG_ES);

    (void)state;
    assert_string_equal(json_string_value(json_object_get(root, "openapi")), "3.1.0");
    assert_true(check_refs(root, root) > 20);
    for (const struct kind *const *k = schema_kinds; *k; k++)
        assert_non_null(
            json_object_get(json_object_get(json_object_get(root, "components"), "schemas"), (*k)->name));
    json_decref(root);
}

static void check_described(const struct room *const *of)
{
    json_t *root = document(of, LANG_EN), *paths = json_object_get(root, "paths"), *item,
           *seen = json_object(), *operation;
    const char *path, *method;

    json_object_foreach(paths, path, item) json_object_foreach(item, method, operation)
    {
        const char *id = json_string_value(json_object_get(operation, "operationId"));
        assert_non_null(id);
        assert_null(json_object_get(seen, id));
        json_object_set_new(seen, id, json_true());
    }
    for (const struct room *const *r = of; *r; r++)
        for (size_t i = 0; (*r)->ops && (*r)->ops[i]; i++) {
            const struct op *op = (*r)->ops[i];
            bool there = json_object_get(seen, op->name) != NULL;
            if (there != route_served(op))
                fail_msg("%s: %s", op->name,
                         there ? "described but not served" : "served but not described");
        }
    json_decref(seen);
    json_decref(root);
}

static void every_served_op_is_described_once(void **state)
{
    (void)state;
    check_described(rooms);
    check_described(real);
}

/* An op that has an address is served at it; a GET that writes, or a {name} that is no param, is a slip in a table. */
static void every_address_in_the_tables_is_sound(void **state)
{
    struct str name;

    (void)state;
    for (const struct room *const *r = real; *r; r++)
        for (size_t i = 0; (*r)->ops && (*r)->ops[i]; i++) {
            const struct op *op = (*r)->ops[i];
            if (op->path == NULL)
                continue;
            if (!route_served(op))
                fail_msg("%s has an address and is not served", op->name);
            for (size_t v = 0; route_var(op->path, v, &name); v++)
                if (route_param(op, name) == NULL || route_param(op, name)->type == P_FILE)
                    fail_msg("%s: {%.*s} is no param of it", op->name, STR_ARG(name));
        }
}

static void path_parameters_are_required_and_match_the_template(void **state)
{
    json_t *root = document(real, LANG_EN), *item, *operation, *one;
    const char *path, *method;

    (void)state;
    json_object_foreach(json_object_get(root, "paths"), path, item)
        json_object_foreach(item, method, operation)
    {
        size_t names = 0, params = 0, i;
        struct str name;
        while (route_var(path, names, &name))
            names++;
        json_array_foreach(json_object_get(operation, "parameters"), i, one)
        {
            const char *in = json_string_value(json_object_get(one, "in"));
            if (in == NULL || strcmp(in, "path") != 0)
                continue;
            params++;
            assert_true(json_is_true(json_object_get(one, "required")));
        }
        assert_int_equal(names, params);
    }
    json_decref(root);
}

/* ---- the page ---- */

static struct str own(const char *path, enum lang lang)
{
    struct answer w = {0};
    struct str s;

    assert_true(page_is_own(str_z(path)));
    buf_init(&w.body, LIMIT_ANSWER);
    page_answer(rooms, str_z(path), lang, &w);
    s = arena_copy(arena, buf_view(&w.body));
    buf_free(&w.body);
    return s;
}

/* Calls back for what stands between `before` and `after`. */
static size_t each(struct str in, const char *before, char after, const json_t *texts)
{
    const char *p = in.p;
    size_t n = 0;

    while ((p = strstr(p, before)) != NULL) {
        size_t len = 0;
        p += strlen(before);
        while (p[len] && p[len] != after)
            len++;
        if (json_object_getn(texts, p, len) == NULL)
            fail_msg("no text for %.*s", (int)len, p);
        n++;
    }
    return n;
}

static void every_text_of_the_page_is_there(void **state)
{
    json_t *texts = json_loads(own("/assets/texts.json", LANG_EN).p, JSON_REJECT_DUPLICATES, NULL);

    (void)state;
    assert_non_null(texts);
    assert_true(each(own("/", LANG_EN), " data-t=\"", '"', texts) > 20);
    assert_true(each(own("/assets/page.js", LANG_EN), " t(\"", '"', texts) > 20);
    assert_non_null(json_object_get(texts, "code.verdict.taken"));
    assert_non_null(json_object_get(texts, "kind.trip"));
    json_decref(texts);
}

static void no_text_of_the_page_is_without_use(void **state)
{
    struct str page = own("/", LANG_EN), script = own("/assets/page.js", LANG_EN);
    const char *key, *msgid;

    (void)state;
    for (size_t i = 0; page_text(i, &key, &msgid); i++) {
        const char *quoted = arena_fmt(arena, "\"%s\"", key).p;
        if (strstr(page.p, quoted) == NULL && strstr(script.p, quoted) == NULL)
            fail_msg("%s is used nowhere", key);
    }
}

static void the_page_asks_nobody_else(void **state)
{
    static const char *const paths[] = {"/", "/assets/page.css", "/assets/page.js"};
    static const char *const bad[] = {
        "https://", "//cdn", "@import", " style=", "<style", " onclick", "innerHTML", "eval("};

    (void)state;
    for (size_t i = 0; i < COUNT(paths); i++)
        for (size_t k = 0; k < COUNT(bad); k++)
            if (strstr(own(paths[i], LANG_EN).p, bad[k]))
                fail_msg("%s has %s", paths[i], bad[k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reference_resolves),
        cmocka_unit_test(every_served_op_is_described_once),
        cmocka_unit_test(every_address_in_the_tables_is_sound),
        cmocka_unit_test(path_parameters_are_required_and_match_the_template),
        cmocka_unit_test(every_text_of_the_page_is_there),
        cmocka_unit_test(no_text_of_the_page_is_without_use),
        cmocka_unit_test(the_page_asks_nobody_else),
    };
    return cmocka_run_group_tests_name("server: docs", tests, setup, teardown);
}
