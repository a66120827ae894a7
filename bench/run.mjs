// bench/run.mjs: see bench/run. Prints {"measure", "value", "least", "most", "unit", ...} lines.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync,
  writeSync,
} from 'node:fs';
import { resolve as absolute } from 'node:path';

const ROUNDS = 5;
const dir = 'build/bench';
const puente = 'build/puente';
const wanted = process.argv.slice(2);
const want = (name) => wanted.length === 0 || wanted.includes(name);

const say = (measure, unit, runs, more = {}) => {
  const sorted = [...runs].sort((a, b) => a - b);
  const round = (x) => Number(x.toPrecision(4));
  console.log(JSON.stringify({
    measure, value: round(sorted[Math.floor(sorted.length / 2)]), least: round(sorted[0]),
    most: round(sorted[sorted.length - 1]), unit, runs: runs.length, ...more,
  }));
};
const median = (runs) => [...runs].sort((a, b) => a - b)[Math.floor(runs.length / 2)];
const json = (command, args, options = {}) =>
  JSON.parse(execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options }));
const pinned = (command, args, options) => json('taskset', ['-c', '0', command, ...args], options);
const seconds = (command, args, ok = [0]) => {
  const from = performance.now();
  const done = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', maxBuffer: 1 << 28 });
  if (!ok.includes(done.status)) throw new Error(`${command} ${args.join(' ')}: exit ${done.status}: ${done.stderr}`);
  return (performance.now() - from) / 1000;
};
const input = (format, megabytes, ...more) => {
  const file = `${dir}/${format}-${megabytes}${more.join('')}.edi`;
  if (!existsSync(file)) {
    spawnSync(`${dir}/gen`, [format, String(megabytes), ...more], { stdio: ['ignore', openSync(file, 'w'), 'inherit'] });
  }
  return file;
};

// What the parsing measures read: made messages, and real ones of the shared collection in turn, where it is there. A
// message that comes again is no defect: the parser remembers nothing between messages.
const shared = `${process.env.PUENTE_SHARED ?? '../shared'}/data/manifests`;
const real = existsSync(shared);
const listed = (folder, ...names) => names.map((n) => `${folder}/${n}`);
const inputs = [
  { format: '309', peers: ['x12-parser', 'node-x12'], files: listed(`${shared}/x12_transport`, 'x12_309_4010_ocean_a.edi') },
  { format: 'cuscar', peers: ['edifact'], files: listed(`${shared}/cuscar`, 'ace_truck_cuscar_d03b.edi', 'sea_cuscar_d95b_msc.edi') },
  { format: 'paxlst', peers: ['edifact'], files: listed(`${shared}/paxlst`, 'gtas_test3_d02b.edi', 'gtas_flight1_d02b.edi', 'gtas_flight2_d02b.edi') },
];
const documents = (real ? [`${shared}/cartaporte`] : ['tests/fixtures/feeds/cfdi'])
  .flatMap((d) => readdirSync(d).filter((f) => /^(cp|cce|[23]\d-|cce20-export).*\.xml$/.test(f) && !/broken/.test(f)).map((f) => `${d}/${f}`));

// Megabytes of whole messages, one after the other; one file a format and size, kept in build/bench.
const repeated = (format, files, megabytes) => {
  const file = `${dir}/${format}-real-${megabytes}.edi`;
  if (existsSync(file)) return file;
  const texts = files.map((f) => readFileSync(f)).map((b) => (b.at(-1) === 10 ? b : Buffer.concat([b, Buffer.from('\n')])));
  const round = Buffer.concat(Array(Math.ceil(2e6 / texts.reduce((n, b) => n + b.length, 0))).fill(texts).flat());
  const out = openSync(file, 'w');
  for (let n = 0; n < megabytes * 1e6; n += round.length) writeSync(out, round);
  closeSync(out);
  return file;
};

const spread = (name, runs) => Object.fromEntries(
  [['', median(runs)], ['_least', Math.min(...runs)], ['_most', Math.max(...runs)]].map(([k, v]) => [name + k, Number(v.toPrecision(4))]));
// One parsing figure; `cpu` is by the work done instead of the clock: on shared cores the steadier one.
const told = (measure, runs, more = {}) => {
  const rate = (key, of = 'bytes') => runs.map((r) => r[of] / (of === 'bytes' ? 1e6 : 1) / r[key]);
  const last = runs.at(-1);
  const segments = last.segments ? { segments_a_second: Math.round(median(rate('cpu_seconds', 'segments'))) } : {};
  say(measure, 'MB/s', rate('seconds'), {
    ...spread('cpu', rate('cpu_seconds')), ...segments, messages: last.messages, records: last.records,
    faults: last.faults, rss_mb: last.rss_mb, ...more,
  });
};

// Bytes to records and faults, one core, against npm parsers on the same file, and `wc -l` as the limit.
function parse() {
  for (const which of real ? inputs : []) parseFile(which.format, which.peers, repeated(which.format, which.files, 20));
  for (const { format, peers } of inputs) parseFile(`${format}.made`, peers, input(format, 20));
  const docs = [];
  for (let i = 0; i < ROUNDS; i++) docs.push(pinned(`${dir}/parse`, ['20', ...documents]));
  told('parse.cfdi', docs, { input: `${documents.length} documents in turn, each an input of its own` });
}

function parseFile(format, peers, file) {
  const size = statSync(file).size / 1e6;
  const us = [], alone = [], lines = [], cli = [], others = Object.fromEntries(peers.map((p) => [p, []]));
  for (let i = 0; i < ROUNDS; i++) {
    us.push(pinned(`${dir}/parse`, [file]));
    alone.push(size / us.at(-1).read_seconds);
    lines.push(size / seconds('taskset', ['-c', '0', 'wc', '-l', file]));
    cli.push(size / seconds('taskset', ['-c', '0', puente, 'parse', file], [0, 1]));
    for (const p of peers) others[p].push(pinned('node', ['peer.mjs', p, absolute(file)], { cwd: `${dir}/peers` }));
  }
  told(`parse.${format}`, us);
  say(`parse.${format}.with-json-lines`, 'MB/s', cli, { what: 'the parse command, output thrown away' });
  const ours = median(us.map((r) => size / r.seconds));
  for (const p of peers) {
    if (others[p].some((r) => r.error)) {
      console.log(JSON.stringify({ measure: `parse.${format}.${p}`, error: others[p][0].error }));
      continue;
    }
    const rates = others[p].map((r) => size / r.seconds);
    say(`parse.${format}.${p}`, 'MB/s', rates, {
      segments_a_second: Math.round(median(others[p].map((r) => r.segments / r.seconds))), rss_mb: others[p].at(-1).rss_mb,
      ours_is_times: Number((ours / median(rates)).toFixed(2)),
    });
  }
  say(`parse.${format}.wc-l`, 'MB/s', lines, { ours_is_share: Number((ours / median(lines)).toFixed(3)) });
  say(`parse.${format}.reading-alone`, 'MB/s', alone);
}

// The same with a gigabyte: what memory does. Skipped where the disk has no room for it.
function big() {
  const left = statfsSync(dir);
  if (left.bavail * left.bsize < 4e9) {
    console.log(JSON.stringify({ measure: 'big', skipped: 'less than 4 GB of disk left' }));
    return;
  }
  for (const which of inputs) {
    const file = real ? repeated(which.format, which.files, 1000) : input(which.format, 1000);
    told(`big.${which.format}`, [pinned(`${dir}/parse`, [file])]);
    say(`big.${which.format}.wc-l`, 'MB/s', [statSync(file).size / 1e6 / seconds('taskset', ['-c', '0', 'wc', '-l', file])]);
    rmSync(file);
    const one = input(which.format, 1000, 'one');
    told(`big.${which.format}.made.one-message`, [pinned(`${dir}/parse`, [one])]);
    rmSync(one);
  }
  told('big.cfdi', [pinned(`${dir}/parse`, ['1000', ...documents])]);
}

// Records durable in the journal against raw SQLite inserts of the same bytes with the same hashes.
function durable() {
  const node = `${dir}/durable-node`;
  rmSync(node, { recursive: true, force: true });
  const r = pinned(`${dir}/durable`, [node, '100000']);
  say('durable.journal', 'records/s', r.ours, { fsyncs_a_record: r.fsyncs_a_record });
  say('durable.raw-sqlite', 'records/s', r.raw, { ours_is_share: Number((median(r.ours) / median(r.raw)).toFixed(3)) });
  rmSync(node, { recursive: true, force: true });
}

// Asking without telling, before the network: both sides and both journals in one process, the holder with 33,000 plates.
function privateQuestions() {
  const nodes = `${dir}/private-nodes`;
  rmSync(nodes, { recursive: true, force: true });
  mkdirSync(nodes, { recursive: true });
  const r = json(`${dir}/private`, [nodes]);
  say('private.question', 'ms', r.single, { what: 'both sides with both commits', values_at_holder: r.values });
  say('private.question.asker', 'ms', r.asker);
  say('private.question.holder', 'ms', r.holder);
  say('private.batch', 'ms', r.batch, { questions: r.batch_of, hits: r.batch_hits });
  say('private.set.update', 'ms', r.update, { new_alerts: r.changed });
  say('private.set.whole', 'ms', [r.whole], { values_at_holder: r.values });
  rmSync(nodes, { recursive: true, force: true });
}

const head = (node) => json(puente, ['--json', '-C', node, 'head']);
const bytesOf = (node) => readdirSync(node).filter((f) => f.includes('.db')).reduce((n, f) => n + statSync(`${node}/${f}`).size, 0);

// Bytes to committed records with views and screening, through the sandboxed parser, everything on one core; then
// verify and rebuild of the same node.
function feed() {
  const node = `${dir}/feed-node`;
  const file = input('309', 24);
  const rates = [], verify = [], rebuild = [];
  let size;
  for (let i = 0; i < ROUNDS; i++) {
    rmSync(node, { recursive: true, force: true });
    execFileSync(puente, ['init', node, '--office', 'us.cbp', '--country', 'US']);
    const took = seconds('taskset', ['-c', '0', puente, '-C', node, 'feed', file], [0, 1]);
    size = head(node).size;
    rates.push(size / took);
    verify.push(size / seconds('taskset', ['-c', '0', puente, '-C', node, 'verify']));
    rebuild.push(size / seconds('taskset', ['-c', '0', puente, '-C', node, 'rebuild']));
  }
  say('feed.309', 'records/s', rates, { records: size, journal_and_views_bytes_a_record: Math.round(bytesOf(node) / size) });
  say('verify', 'records/s', verify);
  say('rebuild', 'records/s', rebuild);
  // A million records: the most memory that feeding, verifying and making the views again take, and what stays on disk.
  const million = `${dir}/million-node`;
  rmSync(million, { recursive: true, force: true });
  execFileSync(puente, ['init', million, '--office', 'us.cbp', '--country', 'US']);
  for (const args of [['feed', input('309', 100)], ['verify'], ['rebuild']]) {
    const run = spawnSync('/usr/bin/time', ['-f', '%M', puente, '-C', million, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (run.status > 1) throw new Error(run.stderr);
    const kib = Number(run.stderr.trim().split('\n').pop());
    const entries = head(million).size;
    say(`memory.${args[0]}`, 'MiB', [kib / 1024], { entries, mib_a_million_records: Number((kib / 1024 / (entries / 1e6)).toFixed(1)) });
  }
  say('disk.a-million-records', 'MB', [bytesOf(million) / head(million).size]);
  rmSync(million, { recursive: true, force: true });
}

// Latency and throughput of the API under wrk on loopback: wrk on one core, the node on the other.
async function api() {
  const node = `${dir}/feed-node`;
  if (!existsSync(node)) feed();
  const server = spawn('taskset', ['-c', '0', puente, '-C', node, 'serve', '--port', '8899'], { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    const url = 'http://127.0.0.1:8899/api/v1';
    for (let i = 0; i < 100; i++) {
      try { await fetch(`${url}/kinds`); break; } catch { await new Promise((r) => setTimeout(r, 100)); }
    }
    const cases = [
      ['list', [`${url}/records/consignment?limit=20`]],
      ['overview', [`${url}/overview`]],
      ['add', ['-s', 'bench/add.lua', `${url}/records/wait`]],
    ];
    for (const [name, args] of cases) {
      const rate = [], p50 = [], p99 = [];
      for (let i = 0; i < ROUNDS; i++) {
        const out = execFileSync('taskset', ['-c', '1', 'wrk', '-t1', '-c16', '-d3s', '--latency', ...args], { encoding: 'utf8' });
        const ms = (re) => { const m = out.match(re); return Number(m[1]) * { us: 1e-3, ms: 1, s: 1e3 }[m[2]]; };
        if (/Non-2xx/.test(out)) throw new Error(out);
        rate.push(Number(out.match(/Requests\/sec:\s+([\d.]+)/)[1]));
        p50.push(ms(/50%\s+([\d.]+)(us|ms|s)/));
        p99.push(ms(/99%\s+([\d.]+)(us|ms|s)/));
      }
      say(`api.${name}`, 'requests/s', rate, { connections: 16 });
      say(`api.${name}.p50`, 'ms', p50);
      say(`api.${name}.p99`, 'ms', p99);
    }
  } finally {
    server.kill('SIGTERM');
    await new Promise((r) => server.once('exit', r));
  }
}

// Two nodes and what goes between them; Fossil and PostgreSQL with the same bytes in the same run.
async function exchange() {
  const { fossil, postgres } = await import('./peers/beside.mjs');
  const nodes = `${dir}/exchange-nodes`, n = 200000;
  const measure = (name, count, rounds = 1) => {
    const r = json('timeout', ['900', `${dir}/exchange`, name, nodes, String(count), String(rounds)]);
    rmSync(nodes, { recursive: true, force: true });
    return r;
  };
  const percentile = (list, p) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor((list.length * p) / 100))];
  const p50p99 = (name, list, more) => {
    say(`${name}.p50`, 'ms', list.map((l) => percentile(l, 50)), more);
    say(`${name}.p99`, 'ms', list.map((l) => percentile(l, 99)), more);
  };
  const times = (f) => Array.from({ length: ROUNDS }, f);

  const here = measure('local', n, ROUNDS).rounds;
  say('catch-up.one-process', 'records/s', here.map((r) => n / r.wall), { ...spread('both_sides_a_cpu_second', here.map((r) => n / r.cpu)) });
  const line = measure('https', n, ROUNDS).rounds;
  say('catch-up.https', 'records/s', line.map((r) => n / r.wall), {
    ...spread('taker_a_cpu_second', line.map((r) => n / r.cpu)), ...spread('giver_a_cpu_second', line.map((r) => n / r.their_cpu)),
    wire_bytes_a_record: Math.round(line[0].wire_bytes / n), fsyncs_a_record: Number((median(line.map((r) => r.fsyncs)) / n).toPrecision(3)),
    requests: line[0].requests, taker_mib: Math.max(...line.map((r) => r.peak_mib)), giver_mib: Math.max(...line.map((r) => r.their_peak_mib)),
  });
  p50p99('nothing-to-do.kept-connection', line.map((r) => r.quiet_ms), { requests: 1, wire_bytes: line[0].quiet_wire_bytes, entries: n });
  const pairs = times(() => measure('pairs', 10000));
  say('request-and-answer', 'pairs/s', pairs.map((r) => r.pairs / r.wall), { at_once: 1000, ...spread('both_sides_a_cpu_second', pairs.map((r) => r.pairs / (r.cpu + r.their_cpu))) });
  p50p99('request-and-answer.single', pairs.map((r) => r.single_ms));
  p50p99('alert-to-hit', times(() => measure('alerts', 200).ms), { what: 'entered here, one sync, the hit seen there' });

  const rows = absolute(`${dir}/rows.tsv`);
  writeFileSync(rows, execFileSync(`${dir}/exchange`, ['rows', nodes, String(n)], { maxBuffer: 1 << 30 }));
  rmSync(nodes, { recursive: true, force: true });
  const f = await fossil(rows, absolute(dir), n, ROUNDS);
  say('catch-up.fossil-clone', 'artifacts/s', f.clone.map((r) => f.artifacts / r.seconds), { wire_bytes_an_artifact: Math.round(f.clone[0].bytes / f.artifacts), version: f.version });
  say('nothing-to-do.fossil-pull', 'ms', f.quiet.map((q) => q.ms), { bytes: f.quiet[0].bytes });
  const p = await postgres(rows, absolute(dir), n, ROUNDS);
  for (const way of ['copy', 'stream']) {
    say(`catch-up.postgres-${way}`, 'rows/s', p[way].map((r) => n / r.seconds), { ...spread('subscriber_a_cpu_second', p[way].map((r) => n / r.cpu)), version: p.version });
  }
  rmSync(rows);
}

mkdirSync(dir, { recursive: true });
if (want('parse')) parse();
if (want('big')) big();
if (want('durable')) durable();
if (want('private')) privateQuestions();
if (want('exchange')) await exchange();
if (want('feed')) feed();
if (want('api')) await api();
