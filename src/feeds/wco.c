/*
 * wco.c: customs declarations and the authority's responses as WCO Data Model 3.6 XML, in the form that the
 * United Kingdom's Customs Declaration Service speaks:
 *
 *   MetaData > WCODataModelVersionCode, WCOTypeName (DEC, RES), ResponsibleAgencyName, ...
 *            > Declaration (what is declared) | Response (acceptance, control, duties, rejection, exit)
 *
 * It comes with the WCO's namespaces, with none, and within a service's envelope: names decide, not namespaces,
 * and an envelope is tolerated ("wrapped"). One file is one document; it is kept as a tree until its end, because
 * what a value means is told by its path. What becomes of it: wco_records.c and docs/decisions/0105.
 */
#include "feeds/wco.h"

static void on_start(void *arg, struct str ns, struct str name, const struct xml_attribute *a, size_t n)
{
    struct wco *w = arg;

    (void)ns;
    w->tree.xml = w->xml;
    tree_start(&w->tree, name, a, n);
}

static void on_text(void *arg, struct str piece)
{
    tree_text(&((struct wco *)arg)->tree, piece);
}

static void on_end(void *arg)
{
    struct wco *w = arg;

    tree_end(&w->tree);
    w->complete = !w->tree.top && !w->tree.skipping;
}

/* The first Declaration or Response from the root down is the document; what it stands in, its MetaData. */
static void find_document(struct wco *w)
{
    for (struct tree_node *n = w->tree.root; n; n = tree_next(n, w->tree.root)) {
        w->response = str_eq(n->name, S("Response"));
        if (!w->response && !str_eq(n->name, S("Declaration")))
            continue;
        w->doc = n;
        w->meta = n->parent;
        return;
    }
}

static struct str text_at(const struct tree_node *n, const char *path)
{
    const struct tree_node *found = tree_find(n, path);

    return found ? found->text : (struct str){NULL, 0};
}

static void describe(struct wco *w)
{
    struct feeds_message *m = &w->d.m;
    struct str agency = text_at(w->meta, "ResponsibleAgencyName");
    struct str local =
        text_at(w->doc, w->response ? "Declaration/FunctionalReferenceID" : "FunctionalReferenceID");

    m->format = w->response ? S("wco-response") : S("wco-declaration");
    m->version = text_at(w->meta, "WCODataModelVersionCode");
    m->control = text_at(w->doc, "FunctionalReferenceID");
    m->reference = w->response ? text_at(w->doc, "Declaration/ID") : text_at(w->doc, "ID");
    m->sender = w->response ? agency : text_at(w->doc, "Submitter/ID");
    if (!w->response && !m->sender.n)
        m->sender = text_at(w->doc, "Declarant/ID");
    m->receiver = w->response ? text_at(w->doc, "Declaration/Declarant/ID") : agency;
    m->exercise = str_starts(local, S(FEEDS_WATERMARK)) || str_starts(agency, S(FEEDS_WATERMARK));
    m->tolerated = str_starts(w->d.run->head, S("\xef\xbb\xbf")) ? S("bom") : (struct str){NULL, 0};
    if (w->meta && w->meta->parent)
        m->tolerated = m->tolerated.n ? S("bom\nwrapped") : S("wrapped");
}

static void finish(struct wco *w)
{
    if (w->complete)
        find_document(w);
    if (w->doc)
        describe(w);
    w->d.ungrasped = w->complete && !w->doc;
    if (w->doc)
        wco_check(w);
    else if (w->complete)
        fault_at(&w->d.faults, "wco.root", w->tree.root->place, w->tree.root->name, S("MetaData"));
    deliver_begin(&w->d);
    if (w->doc)
        wco_records(w);
}

static int parse(struct feeds_run *run)
{
    struct wco w = {.scratch = arena_new()};
    struct xml_handler h = {on_start, on_end, &w, on_text};
    uint8_t digest[HASH_SIZE];
    uint64_t bytes;
    int ret;

    deliver_init(&w.d, run, "wco");
    deliver_open(&w.d, run->offset);
    tree_init(&w.tree, w.d.arena, &w.d.faults, NULL);
    ret = xml_read(&w.d, &h, &w.xml, &bytes, digest);
    if (ret == 0) {
        finish(&w);
        deliver_end_digest(&w.d, bytes, digest);
    } else {
        err_set(run->err, ERR_IO, N_("the input cannot be read"));
    }
    tree_free(&w.tree);
    arena_free(w.scratch);
    deliver_free(&w.d);
    return ret;
}

static int sniff(struct str head, const char *name)
{
    (void)name;
    if (memmem(head.p, head.n, "urn:wco:datamodel:WCO:", 22))
        return 95;
    return memmem(head.p, head.n, "WCODataModelVersionCode>", 24) ? 95 : 0;
}

const struct feeds_reader reader_wco = {"wco", sniff, parse};
