/* The first page: fetches what this node says about itself and shows it as tables. No markup is ever made from text. */
"use strict";

const EVERY = 15000; // ms between looks
const LATEST = 10;   // rows of the latest hits and messages
const FIRST = 10;    // rows of a longer table, until the reader asks for all
const API = "/api/v1";

let texts = {};
let lang = document.documentElement.lang === "es" ? "es" : "en";
let answers = {};    // the last answer of each address
let fetched = null;  // when
let failed = null;
const unfolded = new Set(); // tables that are shown whole

const byId = (id) => document.getElementById(id);
const t = (key) => texts[key] ?? key;
const fill = (key, values) => t(key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const locale = () => (lang === "es" ? "es-MX" : "en-US");
const count = (n) => new Intl.NumberFormat(locale()).format(n);

/* An element with properties and children; texts go in as texts. */
function el(tag, properties, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(properties ?? {}))
    if (v !== null && v !== undefined && v !== false) e.setAttribute(k, v === true ? "" : v);
  e.append(...children.filter((c) => c !== null && c !== undefined));
  return e;
}

function age(when) {
  const s = Math.max(0, Math.round((Date.now() - when.getTime()) / 1000));
  const f = new Intl.RelativeTimeFormat(locale(), { numeric: "always" });
  if (s < 60) return f.format(-s, "second");
  if (s < 3600) return f.format(-Math.floor(s / 60), "minute");
  if (s < 86400) return f.format(-Math.floor(s / 3600), "hour");
  return f.format(-Math.floor(s / 86400), "day");
}

function time(iso) {
  const when = new Date(iso);
  if (!iso || Number.isNaN(when.getTime())) return el("span", null, "–");
  const day = iso.length === 10 ? { dateStyle: "short", timeZone: "UTC" } : { dateStyle: "short", timeStyle: "short" };
  const short = new Intl.DateTimeFormat(locale(), day).format(when);
  return el("time", { datetime: iso, title: `${iso} · ${age(when)}` }, short);
}

const code = (list, value) => (value ? texts[`code.${list}.${value}`] ?? value : "–");

const arrows = { north: "↑", south: "↓", east: "→", west: "←", in: "↘", out: "↗", transit: "⇄" };

function direction(value) {
  if (!value) return el("span", null, t("not-said"));
  return el("span", null, el("span", { "aria-hidden": "true" }, `${arrows[value] ?? ""} `), code("direction", value));
}

const verdict = (value) => el("span", { class: value === "taken" ? "word" : "word bad" }, code("verdict", value));

/* ---- tables ---- */

/* columns: {label, cell(row) -> node or text, number, head}. The first cell of a row is its header. */
function table(caption, columns, rows, wide) {
  const head = el("tr", { role: "row" }, ...columns.map((c) =>
    el("th", { scope: "col", role: "columnheader", class: c.number ? "number" : null }, c.label)));
  const body = rows.map((row) => el("tr", { role: "row" }, ...columns.map((c, i) =>
    el(i === 0 ? "th" : "td", {
      scope: i === 0 ? "row" : null,
      role: i === 0 ? "rowheader" : "cell",
      class: c.number ? "number" : c.class ?? null,
      "data-label": c.label,
    }, c.cell(row) ?? "–"))));
  return el("table", { class: wide ? "wide" : null, role: "table" }, el("caption", null, caption),
    el("thead", { role: "rowgroup" }, head), el("tbody", { role: "rowgroup" }, ...body));
}

/* What stands where a table would: no data, no right, or no answer; each in words. */
function empty(answer, nothing) {
  if (answer === undefined) return el("p", { class: "empty" }, t("loading"));
  if (answer.status === 403)
    return el("p", { class: "empty denied" }, `${t("denied")} ${answer.body?.detail ?? ""}`);
  if (answer.status === 404) return el("p", { class: "empty" }, t("not-offered"));
  if (answer.status !== 200)
    return el("p", { class: "empty denied" }, `${t("no-answer")} ${answer.body?.detail ?? ""}`);
  return el("p", { class: "empty" }, answer.body?.nothing ? `${t("no-data")} ${answer.body.nothing}.` : t(nothing));
}

function unfold(id, n) {
  const all = unfolded.has(id);
  const button = el("button", { type: "button", "aria-expanded": String(all) }, all ? fill("fewer", { n: count(FIRST) }) : fill("all", { n: count(n) }));
  button.addEventListener("click", () => {
    if (!unfolded.delete(id)) unfolded.add(id);
    showAll();
    byId(id).querySelector("button")?.focus();
  });
  return el("p", { class: "more" }, button);
}

/* Puts a table of `rows` where `id` is, or says why there is none. Leaves the page alone when nothing changed, so that
 * a reader's place, focus and selection stay. */
function show(id, answer, rows, nothing, make) {
  const to = byId(id);
  const good = answer?.status === 200 && rows?.length > 0;
  const state = JSON.stringify([lang, Object.keys(texts).length, answer, unfolded.has(id)]);
  if (to.state === state) return;
  to.state = state;
  const parts = [good ? make(unfolded.has(id) ? rows : rows.slice(0, FIRST)) : empty(answer, nothing)];
  if (good && rows.length > FIRST) parts.push(unfold(id, rows.length));
  if (good && answer.body.withheld?.length)
    parts.push(el("p", { class: "note" }, fill("withheld", {
      fields: answer.body.withheld.map((f) => t(`field.${answer.body.kind ?? "hit"}.${f}`)).join(", "),
    })));
  to.replaceChildren(...parts);
}

/* ---- sections ---- */

function fact(term, value, more) {
  return el("div", null, el("dt", null, term), el("dd", null, value, more ? el("small", null, more) : null));
}

const total = (rows, key) => (rows ?? []).reduce((n, r) => n + (r[key] ?? 0), 0);

function showFacts() {
  const o = answers.overview;
  if (o?.status !== 200) {
    byId("facts").replaceChildren(el("div", null, empty(o, "nothing-yet")));
    return;
  }
  const b = o.body, head = b.head ?? {};
  const newest = answers.messages?.body?.records?.[0]?.recorded;
  const signed = Number((head.checkpoint ?? "").split("\n")[1] ?? 0);
  const hits = b.kinds?.find((k) => k.kind === "hit")?.count ?? 0;
  byId("office").textContent = [b.office, b.country ? code("iso3166", b.country) : null].filter(Boolean).join(" · ");
  byId("exercise").hidden = !b.exercise;
  byId("facts").replaceChildren(
    fact(t("fact-size"), count(head.size ?? 0), t("fact-size-more")),
    fact(t("fact-checkpoint"), fill("fact-checkpoint-of", { n: count(signed) }),
      fill("fact-checkpoint-more", { office: b.office, root: (head.root ?? "").slice(0, 16) })),
    fact(t("fact-epoch"), count(head.epoch ?? 1), t("fact-epoch-more")),
    fact(t("fact-messages"), count(total(b.verdicts, "messages")),
      newest ? fill("fact-messages-more", { age: age(new Date(newest)) }) : t("fact-messages-none")),
    fact(t("fact-hits"), count(hits), t("fact-hits-more")),
  );
}

/* The overview's tables: where it goes, what an empty one says, its columns. */
const place = (r) => {
  if (!r.place) return t("not-said");
  return r.place_name && r.place_name !== r.place ? el("span", null, r.place_name, " ", el("small", { class: "code" }, r.place)) : r.place;
};
const number = (label, key) => ({ label, number: true, cell: (r) => count(r[key] ?? 0) });

function showOverview() {
  const o = answers.overview, b = o?.body ?? {};
  showFacts();
  show("places", o, b.places, "nothing-places", (rows) => table(t("places"), [
    { label: t("col-place"), cell: place },
    { label: t("col-direction"), cell: (r) => direction(r.direction) },
    { label: t("col-mode"), cell: (r) => code("mode", r.mode) },
    number(t("col-trips"), "trips"),
    number(t("col-consignments"), "consignments"),
  ], rows, true));
  show("verdicts", o, b.verdicts, "nothing-messages", (rows) => table(t("verdicts"), [
    { label: t("col-format"), cell: (r) => r.format },
    { label: t("col-verdict"), cell: (r) => verdict(r.verdict) },
    number(t("col-messages"), "messages"),
    number(t("col-records"), "records"),
    number(t("col-faults"), "faults"),
  ], rows, false));
  show("faults", o, b.faults, "nothing-faults", (rows) => table(t("faults"), [
    { label: t("col-fault"), cell: (r) => el("span", null, texts[`fault.${r.code}`] ?? r.message ?? "",
      el("small", { class: "code" }, `${r.code} · ${code("severity", r.severity)}`)) },
    number(t("col-count"), "count"),
  ], rows, false));
  show("waits", o, b.waits, "nothing-waits", (rows) => table(t("waits"), [
    { label: t("col-place"), cell: place },
    { label: t("col-direction"), cell: (r) => direction(r.direction) },
    { label: t("col-lane"), cell: (r) => code("lane", r.lane) },
    number(t("col-median"), "median"),
    number(t("col-longest"), "longest"),
    number(t("col-measured"), "measured"),
  ], rows, true));
  show("seizures", o, b.seizures, "nothing-seizures", (rows) => table(t("seizures"), [
    { label: t("col-place"), cell: place },
    { label: t("col-direction"), cell: (r) => direction(r.direction) },
    { label: t("col-commodity"), cell: (r) => code("commodity", r.commodity) },
    number(t("col-count"), "seizures"),
  ], rows, true));
  show("kinds", o, b.kinds, "nothing-yet", (rows) => table(t("kinds"), [
    { label: t("col-kind"), cell: (r) => el("a", { href: `${API}/records/${encodeURIComponent(r.kind)}?limit=50&lang=${lang}` },
      t(`kind.${r.kind}`)) },
    number(t("col-records"), "count"),
  ], rows, false));
}

const record = (id, label) => el("a", { href: `${API}/record/${encodeURIComponent(id)}?lang=${lang}` }, label);

/* The time in a UUIDv7 (RFC 9562 §5.7): its first 48 bits, in milliseconds. */
const born = (id) => new Date(parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toISOString();

function showHits() {
  const a = answers.hits;
  show("hits", a, a?.body?.hits, "nothing-hits", (rows) => table(t("hits"), [
    { label: t("col-when"), class: "when", cell: (r) => record(r.id, time(born(r.id))) },
    { label: t("col-alert"), cell: (r) => el("span", null, r.number ?? "–",
      el("small", null, [r.list, r.authority].filter(Boolean).join(" · "))) },
    { label: t("col-why"), class: "long", cell: (r) => el("span", null, r.because ?? "–",
      r.action_requested ? el("small", null, `${t("col-asked")}: ${r.action_requested}`) : null) },
    { label: t("col-record"), cell: (r) => (r.subject ? record(r.subject, t(`kind.${r.kind}`)) : "–") },
    { label: t("col-status"), cell: (r) => el("span", { class: "word" }, code("hit_status", r.status ?? "open")) },
  ], rows, true));
}

function showMessages() {
  const a = answers.messages;
  show("messages", a, a?.body?.records, "nothing-messages", (rows) => table(t("messages"), [
    { label: t("col-when"), class: "when", cell: (r) => record(r.id, time(r.recorded)) },
    { label: t("col-format"), cell: (r) => el("span", null, r.fields.format ?? "–", el("small", null, r.fields.file ?? "")) },
    { label: t("col-sender"), cell: (r) => r.fields.sender ?? "–" },
    { label: t("col-reference"), class: "long", cell: (r) => r.fields.reference ?? r.fields.control ?? "–" },
    { label: t("col-verdict"), cell: (r) => verdict(r.fields.verdict) },
    { label: t("col-records"), number: true, cell: (r) => count(r.fields.records ?? 0) },
    { label: t("col-faults"), number: true, cell: (r) => count(r.fields.faults ?? 0) },
  ], rows, true));
}

/* What goes to and comes from each office that was met; one without a channel has a row too. */
function showChannels() {
  const a = answers.channels, met = answers.peers?.body?.peers ?? [], me = answers.overview?.body?.office;
  const rows = [...a?.body?.channels ?? []];
  for (const p of met)
    if (!rows.some((r) => r.giver === p.office || r.taker === p.office)) rows.push({ giver: me, taker: p.office, idle: true });
  const other = (r) => (r.giver === me ? r.taker : r.giver);
  show("channels", a, rows, "nothing-channels", (some) => table(t("channels"), [
    { label: t("col-office"), cell: (r) => el("a", { href: `${API}/shares/${encodeURIComponent(other(r))}?lang=${lang}` }, other(r)) },
    { label: t("col-way"), cell: (r) => t(r.idle ? "way-none" : r.giver === me ? "way-given" : "way-taken") },
    { label: t("col-records"), number: true, cell: (r) => count(r.entries ?? 0) },
    { label: t("col-acknowledged"), number: true, cell: (r) => count(r.acknowledged ?? 0) },
    { label: t("col-status"), cell: (r) => el("span", { class: r.stands_still ? "word bad" : "word" },
      r.stands_still ? `${t("channel-still")}: ${r.because ?? ""}` : t(r.idle ? "way-none" : r.entries === r.acknowledged ? "channel-even" : "channel-owed")) },
  ], some, true));
}

const duties = {
  answer: "duty-answer", commitment: "duty-commitment", confirmation: "duty-confirmation", consent: "duty-consent",
  "contact-report": "duty-contact-report", disclosure: "duty-disclosure", incident: "duty-incident", rights: "duty-rights",
};

function showDue() {
  const a = answers.due;
  show("due", a, a?.body?.clocks, "nothing-due", (rows) => table(t("due"), [
    { label: t("col-due"), class: "when", cell: (r) => record(r.id, time(r.due)) },
    { label: t("col-duty"), cell: (r) => el("span", null, t(duties[r.duty] ?? r.duty), r.late ? el("small", { class: "word bad" }, fill("late-by", { span: r.late_by })) : null) },
    { label: t("col-side"), cell: (r) => t(r.side === "ours" ? "side-ours" : "side-theirs") },
    { label: t("col-office"), cell: (r) => r.counterpart || "–" },
    { label: t("col-matter"), class: "long", cell: (r) => el("span", null, r.matter ?? "–",
      r.life_at_risk ? el("small", { class: "word bad" }, t("life-at-risk")) : null) },
  ], rows, true));
}

function showState() {
  byId("asof").textContent = fetched ? fill("asof", { age: age(fetched) }) : t("loading");
  const alarm = byId("alarm");
  const words = failed ? fill("unreachable", { age: fetched ? age(fetched) : t("never") }) : "";
  if (alarm.textContent !== words) alarm.textContent = words;
  alarm.hidden = !failed;
}

function showAll() {
  showOverview();
  showHits();
  showChannels();
  showDue();
  showMessages();
  showState();
}

/* ---- fetching ---- */

async function get(path) {
  const answer = await fetch(path, { headers: { "Accept-Language": lang }, credentials: "same-origin" });
  let body = null;
  try { body = await answer.json(); } catch { /* an answer without JSON is told by its status */ }
  return { status: answer.status, body };
}

async function look() {
  try {
    const [overview, hits, messages, channels, peers, due] = await Promise.all([
      get(`${API}/overview?lang=${lang}`),
      get(`${API}/hits?limit=${LATEST}&lang=${lang}`),
      get(`${API}/records/message?order=-seq&limit=${LATEST}&lang=${lang}`),
      get(`${API}/channels?lang=${lang}`),
      get(`${API}/peers?lang=${lang}`),
      get(`${API}/due?lang=${lang}`),
    ]);
    answers = { overview, hits, messages, channels, peers, due };
    fetched = new Date();
    failed = null;
  } catch (e) {
    failed = e;
  }
  showAll();
}

/* ---- language ---- */

async function speak(to) {
  lang = to;
  try {
    texts = (await get(`/assets/texts.json?lang=${to}`)).body ?? texts;
  } catch (e) {
    failed = e;
  }
  document.documentElement.lang = to;
  for (const e of document.querySelectorAll("[data-t]")) e.textContent = t(e.dataset.t);
  for (const b of document.querySelectorAll("[data-lang]")) b.setAttribute("aria-pressed", String(b.dataset.lang === to));
  showAll();
}

function choose(to) {
  try { localStorage.setItem("lang", to); } catch { /* a browser that keeps nothing: the address does */ }
  const here = new URL(location.href);
  here.searchParams.set("lang", to);
  history.replaceState(null, "", here);
  return speak(to).then(look);
}

function start() {
  const asked = new URL(location.href).searchParams.get("lang");
  let kept = null;
  try { kept = localStorage.getItem("lang"); } catch { /* as above */ }
  const to = ["en", "es"].find((l) => l === asked) ?? ["en", "es"].find((l) => l === kept) ?? lang;
  for (const b of document.querySelectorAll("[data-lang]")) b.addEventListener("click", () => choose(b.dataset.lang));
  byId("again").addEventListener("click", look);
  for (const h of document.querySelectorAll(".host")) h.textContent = location.host;
  speak(to).then(look);
  setInterval(() => { if (!document.hidden) look(); }, EVERY);
  setInterval(showState, 1000);
}

start();
