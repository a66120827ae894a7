// bench/run.mjs: see bench/run. Prints {"measure", "value", "least", "most", "unit", ...} lines.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';

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

// Bytes to records and faults, one core, against npm parsers on the same file and against reading the file alone.
function parse() {
  for (const [format, peers] of [['309', ['x12-parser', 'node-x12']], ['cuscar', ['edifact']]]) {
    const file = input(format, 24);
    const size = statSync(file).size / 1e6;
    const us = [], alone = [], cli = [], others = Object.fromEntries(peers.map((p) => [p, []]));
    let last;
    for (let i = 0; i < ROUNDS; i++) {
      last = pinned(`${dir}/parse`, [file]);
      us.push(size / last.seconds);
      alone.push(size / last.read_seconds);
      cli.push(size / seconds('taskset', ['-c', '0', puente, 'parse', file], [0, 1]));
      for (const p of peers) {
        const r = pinned('node', ['peer.mjs', p, `../../../${file}`], { cwd: `${dir}/peers` });
        others[p].push(size / r.seconds);
        others[`${p}_rss_mb`] = r.rss_mb;
      }
    }
    say(`parse.${format}`, 'MB/s', us, { records: last.records, faults: last.faults, rss_mb: last.rss_mb });
    say(`parse.${format}.with-json-lines`, 'MB/s', cli, { what: 'the parse command, output thrown away' });
    for (const p of peers) {
      say(`parse.${format}.${p}`, 'MB/s', others[p], { rss_mb: others[`${p}_rss_mb`], ours_is_times: Number((median(us) / median(others[p])).toFixed(2)) });
    }
    say(`parse.${format}.reading-alone`, 'MB/s', alone);
  }
  const big = input('309', 1000, 'one');
  const r = pinned(`${dir}/parse`, [big]);
  say('parse.309.one-message-of-1-GB', 'MB/s', [statSync(big).size / 1e6 / r.seconds], { rss_mb: r.rss_mb });
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

mkdirSync(dir, { recursive: true });
if (want('parse')) parse();
if (want('durable')) durable();
if (want('feed')) feed();
if (want('api')) await api();
