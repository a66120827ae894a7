// listed.mjs: names against a real watch list, us and others on the same names in the same run, each pinned to one core.
// Listed: the OFAC list, its 15 thousand primary names, or all 33 thousand with the aliases. Asked: aliases, each without itself,
// of entities with an odd number (whoever tunes may look at the even ones), and innocent names: made-up people and companies of a
// Mexican tax list. The right answer to an alias is its entity. Recall at 1 %: the share of aliases whose entity scores above
// what all but 1 % of the innocent names reach at best.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve as absolute } from 'node:path';
import { postgresHome, postgresThere, startPostgres } from './peers/cluster.mjs';

const ALIASES = 1000, INNOCENTS = 1000, MANY = 100000;

const csv = (text) => [...text.matchAll(/(?:^|\n)([^\n]+)/g)].map(([, line]) =>
  [...line.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|\r?$)/g)].map((m) => (m[1] ?? m[2] ?? '').replaceAll('""', '"').trim()));

// Seeded: the same names each time.
const chance = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
// One of the rows, as often as its column says.
const drawn = (rows, column, random) => {
  const sums = [];
  rows.reduce((n, r) => (sums.push(n + Number(r[column])), sums.at(-1)), 0);
  return () => {
    const at = random() * sums.at(-1);
    let low = 0, high = rows.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] > at) high = middle; else low = middle + 1;
    }
    return rows[low][0];
  };
};

// The statistics office's file has the surnames that fewer than a hundred people bear: every other one is of these instead.
const COMMON = `HERNANDEZ GARCIA MARTINEZ LOPEZ GONZALEZ PEREZ RODRIGUEZ SANCHEZ RAMIREZ CRUZ FLORES GOMEZ MORALES VAZQUEZ REYES
JIMENEZ TORRES DIAZ GUTIERREZ RUIZ MENDOZA AGUILAR ORTIZ MORENO CASTILLO ROMERO ALVAREZ MENDEZ CHAVEZ RIVERA JUAREZ RAMOS
DOMINGUEZ HERRERA MEDINA CASTRO VARGAS GUZMAN VELAZQUEZ MUÑOZ ROJAS CONTRERAS SALAZAR LUNA ORTEGA GUERRERO SANTIAGO ESTRADA
BAUTISTA CORTES SOTO ALVARADO ESPINOZA LARA RIOS AVILA VEGA DELGADO SILVA CARRILLO SOLIS LEON CERVANTES FUENTES`.split(/\s+/);

// As many people as companies: given names as often as Spain has them.
function innocents(folder, n) {
  const table = (file) => csv(readFileSync(`${folder}/lexicons/${file}`, 'utf8')).slice(1).filter((r) => Number(r[1]) > 0);
  const random = chance(20261122);
  const rare = drawn(table('ine_es_apellidos-20.csv'), 1, random);
  const common = drawn(COMMON.map((name, i) => [name, 1 / (i + 3)]), 1, random);
  const surname = () => (random() < 0.5 ? common() : rare());
  const given = ['ine_es_hombres.csv', 'ine_es_mujeres.csv'].map((f) => drawn(table(f), 1, random));
  const people = Array.from({ length: n / 2 }, (_, i) => `${given[i % 2]()} ${surname()} ${surname()}`);
  const companies = csv(readFileSync(`${folder}/mx_sat_69b_2023-07-25_legal_entities.csv`, 'utf8')).slice(1).map((r) => r[1]).filter(Boolean);
  return [...people, ...evenly(companies, n / 2)];
}

const evenly = (list, n) => (list.length <= n ? list : Array.from({ length: n }, (_, i) => list[Math.floor((i * list.length) / n)]));
const tsv = (file, rows) => writeFileSync(file, rows.map((r) => `${r.map((f) => String(f).replace(/[\t\n\r]/g, ' ')).join('\t')}\n`).join(''));

// What is listed and asked, as files: both for the whole list (`all`) and its primary names, `half` with all aliases of odd entities.
function prepare(folder, dir) {
  const kind = { individual: 'person', vessel: 'vessel' };
  const primary = csv(readFileSync(`${folder}/ofac_sdn_2024-05-03.csv`, 'utf8')).filter((r) => Number(r[0]) > 0);
  const kinds = new Map(primary.map((r) => [r[0], kind[r[2]] ?? 'company']));
  const aliases = csv(readFileSync(`${folder}/ofac_alt_2024-09-25.csv`, 'utf8')).filter((r) => kinds.has(r[0]));
  const listed = [...primary, ...aliases.map((r) => [r[0], r[3]])].map((r) => [r[0], kinds.get(r[0]), r[1]]);
  const odd = listed.map((r, line) => ({ line, entity: Number(r[0]), name: r[2] })).slice(primary.length).filter((r) => r.entity % 2);
  return Object.fromEntries([['all', ALIASES, listed], ['primary', ALIASES, listed.slice(0, primary.length)], ['half', MANY, listed.slice(0, primary.length)]]
    .map(([name, most, lines]) => {
      const queries = evenly(odd, most);
      const rows = [...queries.map((q) => [lines === listed ? q.line : -1, q.name]), ...innocents(folder, INNOCENTS).map((n) => [-1, n])];
      const files = { listed: absolute(`${dir}/listed-${name}.tsv`), asked: absolute(`${dir}/asked-${name}.tsv`) };
      tsv(files.listed, lines);
      tsv(files.asked, rows);
      return [name, { ...files, of: rows.map((_, i) => queries[i]?.entity ?? 0), aliases: queries.length, names: lines.length }];
    }));
}

// What an engine wrote: by pass the microseconds and what was found.
function passes(text) {
  const all = {};
  let pass;
  for (const line of text.split('\n').filter(Boolean)) {
    if (/^[a-z]/.test(line)) {
      all[line] = pass = [];
      continue;
    }
    const [us, found = ''] = line.split('\t');
    pass.push({ us: Number(us), best: found.split(',').filter(Boolean).map((f) => f.split(':').map(Number)) });
  }
  return all;
}

const share = (list, of) => list.filter(of).length / list.length;
// Of one pass: how good the answers are.
function worth(pass, of) {
  const right = (f, i) => f.best.find(([entity]) => entity === of[i])?.[1] ?? -Infinity;
  const aliases = pass.map((f, i) => ({ first: f.best[0]?.[0] === of[i], score: right(f, i) })).filter((_, i) => of[i]);
  const calm = pass.filter((_, i) => !of[i]).map((f) => f.best[0]?.[1] ?? -Infinity).sort((a, b) => b - a);
  const at = (rate) => ({ recall: share(aliases, (a) => a.score > calm[Math.floor(calm.length * rate)]), score: calm[Math.floor(calm.length * rate)] });
  return { top1: share(aliases, (a) => a.first), at1: at(0.01), at5: at(0.05) };
}

// pg_trgm in PL/pgSQL, so that no client's round trip is counted; the functions and the threshold (0.3) are the shipped ones.
// GIN admits what is alike enough and sorts it; GiST walks by distance: the same answers in another time, so fewer are asked.
const PASSES = `
CREATE EXTENSION pg_trgm;
CREATE TABLE listed(entity int, kind text, name text, line int GENERATED ALWAYS AS IDENTITY (START 0 MINVALUE 0));
CREATE TABLE asked(self int, name text, line int GENERATED ALWAYS AS IDENTITY (START 0 MINVALUE 0));
CREATE TABLE told(pass text, line int, us float8, found text);
CREATE FUNCTION gin(self int, asked text) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(entity || ':' || score, ',' ORDER BY score DESC) FROM (SELECT entity, similarity(name, asked) AS score FROM listed
    WHERE name % asked AND line <> self ORDER BY score DESC LIMIT 10) AS best $$;
CREATE FUNCTION gist(self int, asked text) RETURNS text LANGUAGE sql AS $$
  SELECT string_agg(entity || ':' || score, ',' ORDER BY score DESC) FROM (SELECT entity, 1 - (name <-> asked) AS score FROM listed
    WHERE line <> self ORDER BY name <-> asked LIMIT 10) AS best $$;
CREATE PROCEDURE pass(called text, most int) LANGUAGE plpgsql AS $$
DECLARE q record; since timestamptz; found text;
BEGIN
  FOR q IN SELECT * FROM asked WHERE line % greatest(1, (SELECT count(*) FROM asked) / most) = 0 ORDER BY line LOOP
    since := clock_timestamp();
    IF called = 'gist' THEN found := gist(q.self, q.name); ELSE found := gin(q.self, q.name); END IF;
    INSERT INTO told VALUES (called, q.line, extract(epoch FROM clock_timestamp() - since) * 1e6, found);
  END LOOP;
END $$`;

function pgTrgm(files, dir) {
  const home = absolute(`${dir}/postgres`);
  postgresHome(home);
  const node = startPostgres(home, 'names', 20000 + Math.floor(Math.random() * 20000),
    ['shared_buffers=256MB', 'jit=off', 'max_parallel_workers_per_gather=0'], ['taskset', '-c', '0']);
  try {
    node.sql(PASSES);
    node.sql(`\\copy listed(entity, kind, name) FROM '${files.listed}'`);
    node.sql(`\\copy asked(self, name) FROM '${files.asked}'`);
    node.sql('CREATE INDEX by_gin ON listed USING gin (name gin_trgm_ops)', 'ANALYZE');
    node.sql("CALL pass('cold', 200)");
    node.sql("CALL pass('warm', 1000000)");
    node.sql('DROP INDEX by_gin', 'CREATE INDEX by_gist ON listed USING gist (name gist_trgm_ops)', "CALL pass('gist', 100)");
    return ['cold', 'warm', 'gist'].map((pass) => `${pass}\n${
      node.sql(`SELECT us || E'\\t' || coalesce(found, '') FROM told WHERE pass = '${pass}' ORDER BY line`)}\n`).join('');
  } finally {
    node.stop();
  }
}

const round = (x) => Number(x.toPrecision(4));
const mean = (list) => list.reduce((n, x) => n + x, 0) / list.length;
const told = (measure, value, unit, more = {}) => console.log(JSON.stringify({ measure: `names.${measure}`, value: round(value), unit, ...more }));
const percent = { 'alias-top1': (w) => w.top1, 'recall-at-1-percent': (w) => w.at1.recall, 'recall-at-5-percent': (w) => w.at5.recall };

// Says what an engine took and found, beside `ours` where that is known; returns it.
function compared(name, text, files, ours) {
  const got = passes(text), w = worth(got.wide ?? got.warm, files.of), time = {};
  for (const [pass, list] of Object.entries(got)) {
    const us = list.map((f) => f.us).sort((a, b) => a - b);
    time[pass] = mean(us);
    told(`${name}.${pass}`, time[pass], 'us', { p50: round(us[us.length >> 1]), p99: round(us[Math.floor(us.length * 0.99)]), names: files.names, asked: us.length,
      ...(ours && { times_ours: round(time[pass] / (ours.time[pass] ?? ours.time.warm)) }) });
  }
  for (const [what, of] of Object.entries(percent)) {
    told(`${name}.${what}`, of(w), 'share', { names: files.names, aliases: files.aliases, innocents: files.of.length - files.aliases,
      ...(what === 'recall-at-1-percent' && { score: round(w.at1.score) }), ...(ours && { ours: round(of(ours.w)) }) });
  }
  return { time, w };
}

export function listed(dir, shared) {
  const folder = `${shared}/data/watchlists`;
  if (!existsSync(`${folder}/ofac_alt_2024-09-25.csv`)) {
    console.log(JSON.stringify({ measure: 'names.listed', skipped: 'the shared lists are not here (PUENTE_SHARED)' }));
    return;
  }
  const lists = prepare(folder, dir);
  const run = (files, ...args) => execFileSync('taskset', ['-c', '0', ...args, files.listed, files.asked], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const peers = [
    ['pg_trgm', postgresThere(), (files) => pgTrgm(files, dir)],
    ['minisearch', existsSync(`${dir}/peers/node_modules/minisearch`), (files) => run(files, 'node', `${dir}/peers/mini.mjs`)],
    ['fts5-trigram', true, (files) => run(files, `${dir}/listed`, 'fts5')],
  ];
  compared('primary.whole-odd-half', run(lists.half, `${dir}/listed`, 'puente'), lists.half);
  for (const what of ['primary', 'all']) {
    const ours = compared(`${what}.puente`, run(lists[what], `${dir}/listed`, 'puente'), lists[what]);
    for (const [name, there, ask] of peers) {
      if (there) compared(`${what}.${name}`, ask(lists[what]), lists[what], ours);
      else console.log(JSON.stringify({ measure: `names.${what}.${name}`, skipped: 'it is not installed' }));
    }
  }
}
