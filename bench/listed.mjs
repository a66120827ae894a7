// listed.mjs: names against a real watch list, us and others on the same names in the same run, each pinned to one core.
// Listed: the OFAC list's names and aliases. Asked: aliases, each without itself, and innocent names: made-up people from how often
// the Spanish statistics office counts each name, and companies of a Mexican tax list. The right answer to an alias is its entity.
// Recall at 1 %: the share of aliases whose entity scores above what all but 1 % of the innocent names reach at best.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve as absolute } from 'node:path';
import { postgresHome, postgresThere, postgresVersion, startPostgres } from './peers/cluster.mjs';

const ASKED = 3000, PEOPLE = 1500, COMPANIES = 1500;

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

function innocents(folder) {
  const table = (file) => csv(readFileSync(`${folder}/lexicons/${file}`, 'utf8')).slice(1).filter((r) => Number(r[1]) > 0);
  const random = chance(20261122);
  const surnames = table('ine_es_apellidos-20.csv');
  const first = drawn(surnames, 1, random), second = drawn(surnames.filter((r) => Number(r[2]) > 0), 2, random);
  const given = ['ine_es_hombres.csv', 'ine_es_mujeres.csv'].map((f) => drawn(table(f), 1, random));
  const people = Array.from({ length: PEOPLE }, (_, i) => `${given[i % 2]()} ${first()} ${second()}`);
  const companies = csv(readFileSync(`${folder}/mx_sat_69b_2023-07-25_legal_entities.csv`, 'utf8')).slice(1).map((r) => r[1]).filter(Boolean);
  return [...people, ...evenly(companies, COMPANIES)];
}

const evenly = (list, n) => (list.length <= n ? list : Array.from({ length: n }, (_, i) => list[Math.floor((i * list.length) / n)]));
const tsv = (file, rows) => writeFileSync(file, rows.map((r) => `${r.map((f) => String(f).replace(/[\t\n\r]/g, ' ')).join('\t')}\n`).join(''));

// Writes LISTED.tsv and ASKED.tsv; tells which entity each asked name is of (0: of none).
function prepare(folder, dir) {
  const kind = { individual: 'person', vessel: 'vessel' };
  const primary = csv(readFileSync(`${folder}/ofac_sdn_2024-05-03.csv`, 'utf8')).filter((r) => Number(r[0]) > 0);
  const kinds = new Map(primary.map((r) => [r[0], kind[r[2]] ?? 'company']));
  const aliases = csv(readFileSync(`${folder}/ofac_alt_2024-09-25.csv`, 'utf8')).filter((r) => kinds.has(r[0]));
  const listed = [...primary, ...aliases.map((r) => [r[0], r[3]])].map((r) => [r[0], kinds.get(r[0]), r[1]]);
  const odd = listed.map((r, row) => [row, ...r]).slice(primary.length).filter((r) => Number(r[1]) % 2 === 1);
  const queries = evenly(odd, ASKED);
  const asked = [...queries.map(([row, , , name]) => [row, name]), ...innocents(folder).map((name) => [-1, name])];
  const files = { listed: absolute(`${dir}/listed.tsv`), asked: absolute(`${dir}/asked.tsv`) };
  tsv(files.listed, listed);
  tsv(files.asked, asked);
  return { ...files, of: [...queries.map((q) => Number(q[1])), ...asked.slice(queries.length).map(() => 0)], aliases: queries.length, names: listed.length };
}

// What an engine wrote: by pass the microseconds and what was found.
function passes(text) {
  const all = {};
  let pass;
  for (const line of text.split('\n')) {
    const [us, found] = line.split('\t');
    if (found === undefined) {
      if (line) all[line] = pass = [];
      continue;
    }
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
    ['listen_addresses=', 'shared_buffers=256MB', 'jit=off', 'max_parallel_workers_per_gather=0'], ['taskset', '-c', '0']);
  try {
    node.sql(PASSES);
    node.sql(`\\copy listed(entity, kind, name) FROM '${files.listed}'`);
    node.sql(`\\copy asked(self, name) FROM '${files.asked}'`);
    node.sql('CREATE INDEX by_gin ON listed USING gin (name gin_trgm_ops)', 'ANALYZE');
    for (const pass of ['cold', 'warm']) node.sql(`CALL pass('${pass}', 1000000)`);
    node.sql('DROP INDEX by_gin', 'CREATE INDEX by_gist ON listed USING gist (name gist_trgm_ops)', "CALL pass('gist', 300)");
    return ['cold', 'warm', 'gist'].map((pass) => `${pass}\n${
      node.sql(`SELECT us || E'\\t' || coalesce(found, '') FROM told WHERE pass = '${pass}' ORDER BY line`)}\n`).join('');
  } finally {
    node.stop();
  }
}

const round = (x) => Number(x.toPrecision(4));
const mean = (list) => list.reduce((n, x) => n + x, 0) / list.length;
const told = (measure, value, unit, more = {}) => console.log(JSON.stringify({ measure: `names.listed.${measure}`, value: round(value), unit, ...more }));

export function listed(dir, shared) {
  const folder = `${shared}/data/watchlists`;
  if (!existsSync(`${folder}/ofac_alt_2024-09-25.csv`)) {
    console.log(JSON.stringify({ measure: 'names.listed', skipped: 'the shared lists are not here (PUENTE_SHARED)' }));
    return;
  }
  const files = prepare(folder, dir);
  const run = (...args) => execFileSync('taskset', ['-c', '0', ...args, files.listed, files.asked], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const engines = [
    ['puente', true, () => run(`${dir}/listed`, 'puente')],
    ['pg_trgm', postgresThere() && postgresVersion(), () => pgTrgm(files, dir)],
    ['minisearch', existsSync(`${dir}/peers/node_modules/minisearch`), () => run('node', `${dir}/peers/mini.mjs`)],
    ['fts5-trigram', true, () => run(`${dir}/listed`, 'fts5')],
  ];
  let ours;
  for (const [name, there, ask] of engines) {
    if (!there) {
      console.log(JSON.stringify({ measure: `names.listed.${name}`, skipped: 'it is not installed' }));
      continue;
    }
    const got = passes(ask()), w = worth(got.wide ?? got.warm, files.of), time = {};
    for (const [pass, list] of Object.entries(got)) {
      const us = list.map((f) => f.us).sort((a, b) => a - b);
      time[pass] = mean(us);
      told(`${name}.${pass}`, mean(us), 'us', { p99: round(us[Math.floor(us.length * 0.99)]), names: files.names, asked: us.length,
        ...(ours && { ours_is_times: round(mean(us) / (ours.time[pass] ?? ours.time.warm)) }) });
    }
    for (const [what, of] of Object.entries({ 'alias-top1': (x) => x.top1, 'recall-at-1-percent': (x) => x.at1.recall, 'recall-at-5-percent': (x) => x.at5.recall })) {
      told(`${name}.${what}`, of(w), 'share', { aliases: files.aliases, innocents: files.of.length - files.aliases,
        ...(what === 'recall-at-1-percent' && { score: w.at1.score }), ...(ours && { ours_more: round(of(ours.w) - of(w)) }) });
    }
    ours ??= { time, w };
  }
}
