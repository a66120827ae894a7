// bench/run.mjs: see bench/run. Prints {"measure", "value", "least", "most", "unit", ...} lines.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync,
  writeSync,
} from 'node:fs';
import { resolve as absolute } from 'node:path';
import { listed as listedNames } from './listed.mjs';

const ROUNDS = 5;
const QUIET = 20; // syncs with nothing to do, a round
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

// Rules over one declared item; beside the set the same number of rules one by one, which is what having no index costs.
function manyRules() {
  const r = pinned(`${dir}/rules`, []);
  for (const [n, m] of Object.entries(r)) {
    say(`rules.${n}`, 'us/item', m.mean, { p99: m.p99[1], one_by_one_us: m.one_by_one, times_faster: Math.round(m.one_by_one / median(m.mean)), looked_at: m.looked_at, asked: m.asked, fired: m.fired, made_ms: m.made_ms });
  }
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

// Two nodes and what goes between them; Fossil and PostgreSQL with the same records, in turn, so that a ratio is of rounds
// that follow on one another. RECORDS in the environment: how many, instead of 60,000.
async function exchange() {
  const { fossil, postgres } = await import('./peers/beside.mjs');
  const nodes = `${dir}/exchange-nodes`, n = Number(process.env.RECORDS ?? 60000), rows = absolute(`${dir}/rows.tsv`);
  const tool = (name, count) => json('timeout', ['300', `${dir}/exchange`, name, nodes, String(count)]);
  const gone = () => rmSync(nodes, { recursive: true, force: true });
  const percentile = (list, p) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor((list.length * p) / 100))];
  const p50p99 = (name, lists, more) => {
    say(`${name}.p50`, 'ms', lists.map((l) => percentile(l, 50)), more);
    say(`${name}.p99`, 'ms', lists.map((l) => percentile(l, 99)), more);
  };
  const ready = async (name, make) => {
    const peer = await make(rows, absolute(dir));
    if (!peer) console.log(JSON.stringify({ measure: `*.${name}-*`, skipped: `${name} is not installed: tools/setup bench` }));
    return peer;
  };

  writeFileSync(rows, execFileSync(`${dir}/exchange`, ['rows', nodes, String(n)], { maxBuffer: 1 << 30 }));
  gone();
  const f = await ready('fossil', fossil), p = await ready('postgres', postgres);
  const ours = [], fresh = [], clones = [], pulls = [], copies = [], streams = [];
  for (let i = 0; i < ROUNDS; i++) {
    const done = tool('https', n);
    ours.push(done.rounds[0]);
    fresh.push(await quiet(nodes, done.port));
    gone();
    if (f) {
      clones.push(f.clone());
      pulls.push(Array.from({ length: QUIET }, () => f.pull()));
    }
    if (p) {
      const { copy, stream } = p.round();
      copies.push(copy);
      streams.push(stream);
    }
  }
  await f?.end();
  p?.end();
  rmSync(rows);

  const rate = ours.map((r) => n / r.wall), work = ours.map((r) => n / r.cpu);
  const load = { load: Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]) };
  say('catch-up.https', 'records/s', rate, {
    records: n, ...spread('taker_a_cpu_second', work), ...spread('giver_a_cpu_second', ours.map((r) => n / r.their_cpu)),
    wire_bytes_a_record: Math.round(ours[0].wire_bytes / n), fsyncs_a_record: Number((median(ours.map((r) => r.fsyncs)) / n).toPrecision(3)),
    requests: ours[0].requests, taker_mib: Math.max(...ours.map((r) => r.peak_mib)), giver_mib: Math.max(...ours.map((r) => r.their_peak_mib)), ...load,
  });
  // How many times more we do than they: by the clock, and by the work of the side that takes; the median of pairs of rounds.
  const beside = (name, unit, count, rounds, more) => {
    if (rounds.length === 0) return;
    const ratio = (mine, key) => Number(median(rounds.map((r, i) => mine[i] / (count / r[key]))).toFixed(3));
    say(name, unit, rounds.map((r) => count / r.seconds), {
      ...spread('taker_a_cpu_second', rounds.map((r) => count / r.cpu)), ours_is_times: ratio(rate, 'seconds'),
      ours_is_times_a_cpu_second: ratio(work, 'cpu'), ...more,
    });
  };
  beside('catch-up.fossil-clone', 'artifacts/s', f?.artifacts, clones, { wire_bytes_an_artifact: Math.round(clones[0]?.bytes / f?.artifacts), version: f?.version });
  beside('catch-up.postgres-copy', 'rows/s', n, copies, { version: p?.version });
  beside('catch-up.postgres-stream', 'rows/s', n, streams, { version: p?.version });

  p50p99('nothing-to-do.kept-connection', ours.map((r) => r.quiet_ms), { requests: 1, wire_bytes: ours[0].quiet_wire_bytes, entries: n });
  p50p99('nothing-to-do.fresh-process', fresh, { requests: 1, what: 'the sync verb: node opened, TLS 1.3, one request' });
  if (pulls.length) {
    const ms = pulls.map((l) => l.map((r) => 1000 * r.seconds));
    p50p99('nothing-to-do.fossil-pull', ms, {
      bytes: pulls[0][0].bytes, ours_is_times_faster: Number(median(ms.map((l, i) => percentile(l, 50) / percentile(fresh[i], 50))).toFixed(2)),
    });
  }
  const pairs = [], alerts = [];
  for (let i = 0; i < 3; i++) {
    pairs.push(tool('pairs', 5000));
    alerts.push(tool('alerts', 100).ms);
  }
  gone();
  say('request-and-answer', 'pairs/s', pairs.map((r) => r.pairs / r.wall), { at_once: 1000, ...spread('both_sides_a_cpu_second', pairs.map((r) => r.pairs / (r.cpu + r.their_cpu))) });
  p50p99('request-and-answer.single', pairs.map((r) => r.single_ms));
  p50p99('alert-to-hit', alerts, { what: 'entered here, one sync, the hit seen there' });
}

// Milliseconds of syncs with nothing to do, each a process of its own, against a node that serves.
async function quiet(nodes, port) {
  const server = spawn(puente, ['-C', `${nodes}/us`, 'serve', '--port', '0', '--peers-port', String(port), '--peers-bind', '127.0.0.1'],
    { stdio: ['ignore', 'ignore', 'pipe'] });
  const sync = () => {
    const from = performance.now(), said = json(puente, ['--json', '-C', `${nodes}/mx`, 'sync', 'us.cbp']).peers[0];
    return { ms: performance.now() - from, idle: said.requests === 1 && said.given + said.taken === 0 };
  };
  try {
    await new Promise((up, down) => {
      server.stderr.once('data', up); // it says where it serves
      server.once('exit', () => down(new Error('serve: it ended')));
    });
    sync(); // what both sides still had to say
    const runs = Array.from({ length: QUIET }, sync);
    if (!runs.every((r) => r.idle)) throw new Error('nothing to do: there was something');
    return runs.map((r) => r.ms);
  } finally {
    const over = new Promise((r) => server.once('exit', r));
    server.kill('SIGTERM');
    await over;
  }
}

// The index of names without a node around it; ten million only when asked for: minutes and 4 GB.
function names() {
  for (const of of wanted.includes('ten-million') ? ['ten-million'] : ['listed', 'million']) {
    const r = pinned(`${dir}/names`, [of]);
    const more = { names: r.names, name_read_us: r.name_read_us, put_a_second: r.put_a_second, save_ms: r.save_ms, open_ms: r.open_ms };
    if (r.alert_ms) {
      say(`names.${of}.new-alert`, 'ms', [r.alert_ms], { p50: r.alert_p50_ms, p99: r.alert_p99_ms, hits: r.hits_an_alert, ...more });
    } else {
      say(`names.${of}`, 'us', r.us, { ...spread('cpu', r.cpu_us), p50: median(r.p50_us), p99: median(r.p99_us), cold: r.cold_us, cold_p99: r.cold_p99_us, ...more });
    }
    say(`names.${of}.bytes`, 'bytes a name', [r.bytes_a_name_warm ?? r.bytes_a_name], { peak_mib: r.peak_mib });
    if (r.compared_with_all) say(`names.${of}.found-of-all`, 'share', [r.expected ? r.found / r.expected : 1], { expected: r.expected, comparing_all_us: r.comparing_all_us });
  }
}

mkdirSync(dir, { recursive: true });
if (want('names') || wanted.includes('ten-million')) names();
if (want('parse')) parse();
if (want('big')) big();
if (want('durable')) durable();
if (want('private')) privateQuestions();
if (want('rules')) manyRules();
if (want('exchange')) await exchange();
if (want('feed')) feed();
if (want('api')) await api();
if (want('names')) listedNames(dir, process.env.PUENTE_SHARED ?? '../shared');
