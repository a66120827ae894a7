/*
 * internal.h: what the server's files share. Only daemon.c, exchange.c and stream.c know libmicrohttpd
 * (http.h).
 */
#ifndef PUENTE_SERVER_INTERNAL_H
#define PUENTE_SERVER_INTERNAL_H

#include "server/limits.h"
#include "server/server.h"

#define API  "/api/v1"
#define PEER "/peer/v1" /* on the peers' listener */

/* What goes wrong with a request before or after its op has run: an HTTP status and the sentence in
 * struct err. STATUS_OK is 0 so that a zeroed struct is good. */
enum { STATUS_OK = 0 };

/* ---- url.c: targets, percent escapes (RFC 3986) ---- */

/* "%41" -> "A"; '+' -> ' ' in queries. False on a bad escape, NUL, or what is not UTF-8. */
bool url_decode(struct arena *a, struct str raw, bool plus, struct str *out);
void url_encode(struct buf *b, struct str s);
/* The value of `name` in a raw query, decoded; false when it is not there. */
bool url_query(struct arena *a, struct str query, const char *name, struct str *out);

/* ---- route.c: which op a path names ---- */

struct route {
    bool peers; /* set by the caller of route_find: look for OP_PEER ops, and only for those */
    const struct room *room;
    const struct op *op;
    size_t vars;
    struct str var[LIMIT_SEGMENTS]; /* decoded values, in the order of the template's {names} */
    char allow[64];                 /* methods that the path knows: "GET, HEAD, POST" */
};

/* True when the op is served: it has a method and a path, is not local, and writes only by unsafe methods. */
bool route_served(const struct op *op);
/* `path` is raw and without the API prefix. 0, 404 or 405 (then `allow` is filled). HEAD is GET. */
int route_find(struct arena *a, const struct room *const *rooms, struct str method, struct str path,
               struct route *out);
/* The i-th {name} of a template, or false. */
bool route_var(const char *tmpl, size_t i, struct str *name);
const struct param *route_param(const struct op *op, struct str name); /* NULL when there is none */
const struct param *route_rest(const struct op *op); /* the param that lets fields through */
const struct param *route_typed(const struct op *op, enum param_type t);
/* The param that takes an answer's `next`, or NULL. */
const struct param *route_cursor(const struct op *op);

/* ---- args.c: from path, query and body to arguments. Pure; fuzzed ---- */

/* What an op with a P_FILE param takes; the feeds find the format by its bytes. Ends with NULL. */
extern const char *const args_file_types[];

enum body_kind { BODY_NONE, BODY_JSON, BODY_FILE, BODY_MESSAGE };

struct ask {
    bool peers;                /* it came in by the peers' listener */
    struct str method, target; /* as received: "/api/v1/records/trip?limit=3" */
    struct str content_type;   /* empty when none */
    bool has_body;
};

struct plan {
    struct route route;
    struct str path, query; /* raw parts of the target */
    enum body_kind body;    /* where the body goes */
    struct args *args;
    struct str purpose, the_case, lang; /* from the query, when they are no params of the op */
};

/* Route, path variables, query, and what the body must be. 0 or a status, then err says why. */
int args_plan(struct arena *a, const struct room *const *rooms, const struct ask *ask, struct plan *p,
              struct err *e);
/* The body: the bytes of a JSON object or a peer's message, or the path of the file that holds it. */
int args_body(struct arena *a, struct plan *p, struct str body, struct err *e);

/* ---- policy.c: who may ask, and in which words we answer. Pure ---- */

struct client {
    struct str host, origin, fetch_site; /* empty when not sent */
    bool unsafe;                         /* the method may change something */
};
/* Rebinding (Host) and cross-site requests (Origin, Sec-Fetch-Site). 0, or 421 or 403. */
int policy_client(const struct client *c, uint16_t port, struct err *e);
bool policy_loopback(const char *bind);
enum lang policy_lang(struct str accept_language, enum lang otherwise);
bool policy_accepts(struct str accept, struct str type);        /* Accept, with q-values */
bool policy_matches(struct str if_none_match, struct str etag); /* weak comparison, "*" */
struct str policy_media(struct str content_type);               /* without parameters */

/* ---- answer.c: an op's answer as HTTP ---- */

struct answer {
    int status;
    const char *type; /* media type */
    struct buf body;
    struct str location, link, allow; /* headers; empty when none */
    char etag[72];
    bool private; /* may hold personal data: never stored on the way */
    bool foreign; /* OP_PEER: it was asked for what is between others */
};

const char *answer_phrase(int status); /* msgid */
int answer_status(enum err_code code);
/* RFC 9457. `extra` is more members of the object, without braces; may be empty. */
void answer_problem(struct answer *w, int status, const struct err *e, struct str extra);
/* The media type of the op's answer, from its flags and a param `format`. */
const char *answer_media(const struct op *op, const struct args *args);
/* Whether an Accept header takes it; where the op leaves the format open, the header chooses it. */
bool answer_accepted(const struct plan *p, struct str accept);
/* Runs the op and writes what it says. */
void answer_run(struct ctx *c, const struct plan *p, struct answer *w);
void answer_etag(struct answer *w);

/* ---- tap.c: what an op says on its way to JSON; remembers what headers need ---- */

struct tap {
    struct out out;
    struct out *inner;
    struct arena *arena;
    struct buf *to;
    int depth, faults_depth;
    bool object;                    /* an object was opened at the top */
    struct str id, next;            /* of the top object */
    size_t faults_from, faults_end; /* where its member `faults` stands in `to`; end 0 = it has none */
    void (*flush)(void *arg);       /* at the end of each top object or line; may be NULL */
    void *flush_arg;
    bool raw; /* something came by out_line */
};
void tap_init(struct tap *t, struct arena *a, struct buf *to, enum lang lang);

/* ---- openapi.c, page.c: the server's own addresses ---- */

void openapi_write(struct buf *b, const struct room *const *rooms, enum lang lang);
/* The first page, its assets and texts, and the API's description. `path` is one that page_is_own. */
bool page_is_own(struct str path);
void page_answer(const struct room *const *rooms, struct str path, enum lang lang, struct answer *w);
/* The i-th text of the page, or false; for tests. */
bool page_text(size_t i, const char **key, const char **msgid);

#endif
