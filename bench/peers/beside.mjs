// beside.mjs: what others do with the same records on the same machine in the same run: a Fossil clone and pull, and
// PostgreSQL's logical replication. Neither releases single fields, signs what it sends or gives a receipt.
//
// Each peer is made ready once from the rows of `exchange rows` and then asked for one round at a time, so that a round of
// each can stand beside a round of ours. One that is not installed is null, and says why.
import { execFileSync, spawn } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { postgresHome, postgresThere, postgresVersion, startPostgres } from './cluster.mjs';

const run = (command, args, options = {}) =>
  execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['pipe', 'pipe', 'pipe'], ...options });
const pause = (ms) => new Promise((r) => setTimeout(r, ms));
const free = () => 20000 + Math.floor(Math.random() * 12000);
const installed = (command) => process.env.PATH.split(':').some((d) => existsSync(`${d}/${command}`));
const TICK = Number(run('getconf', ['CLK_TCK']));

// Seconds of processor of a process and all below it, those that ended included.
const cpu = (root) => {
  const stat = new Map();
  for (const pid of readdirSync('/proc').filter((d) => /^\d+$/.test(d))) {
    try {
      const f = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
      stat.set(Number(pid), { parent: Number(f[1]), ticks: f.slice(11, 15).reduce((n, t) => n + Number(t), 0) });
    } catch { /* it ended */ }
  }
  const below = (pid) => [...stat].filter(([, s]) => s.parent === pid).reduce((n, [p]) => n + below(p), stat.get(pid)?.ticks ?? 0);
  return below(root) / TICK;
};

// Of the children of this process that ended: Node tells nothing of them, the kernel does.
const ended = () => {
  const f = readFileSync('/proc/self/stat', 'utf8').replace(/^.*\) /s, '').split(' ');
  return (Number(f[13]) + Number(f[14])) / TICK;
};

// ---- Fossil ----

// One artifact a record, 2,000 a check-in, as the stream that `fossil import --git` reads.
async function stream(rows, to) {
  const parts = [];
  let mark = 0, files = [];
  const commit = () => {
    if (files.length === 0) return;
    parts.push(`commit refs/heads/trunk\nmark :${++mark}\ncommitter b <b@b> ${1790000000 + mark} +0000\ndata 1\nb\n`,
      'deleteall\n', ...files.map((f, i) => `M 100644 :${f} r${i}\n`));
    files = [];
  };
  for await (const line of createInterface({ input: createReadStream(rows) })) {
    const [, id, , header, values] = line.split('\t');
    const bytes = Buffer.from([id, header, values].map((h) => h.slice(3)).join(''), 'hex');
    parts.push(`blob\nmark :${++mark}\ndata ${bytes.length}\n`, bytes, '\n');
    files.push(mark);
    if (files.length === 2000) commit();
  }
  commit();
  writeFileSync(to, Buffer.concat(parts.map((p) => Buffer.from(p))));
}

export async function fossil(rows, dir) {
  if (!installed('fossil')) return null;
  const home = `${dir}/fossil`, env = { ...process.env, HOME: home, USER: 'b', FOSSIL_USER: 'b' }, port = free();
  const repo = `${home}/here.fossil`, copy = `${home}/copy.fossil`, url = `http://127.0.0.1:${port}/`;
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  await stream(rows, `${home}/stream`);
  run('fossil', ['import', '--git', repo, `${home}/stream`], { env });
  const count = (f) => Number(run('fossil', ['sql', '-R', f, 'SELECT count(*) FROM blob WHERE size >= 0;'], { env }));
  const timed = (args) => {
    const before = ended(), from = performance.now(), out = run('fossil', args, { env });
    const wire = out.match(/wire bytes sent: (\d+)\s+received: (\d+)/);
    return {
      seconds: (performance.now() - from) / 1000, cpu: ended() - before, bytes: wire ? Number(wire[1]) + Number(wire[2]) : 0,
    };
  };
  const artifacts = count(repo);
  const server = spawn('fossil', ['server', '--nojail', '--localhost', '--port', String(port), repo], { env, stdio: 'ignore' });
  for (let i = 0; i < 100; i++) {
    try { await fetch(url); break; } catch { await pause(100); }
  }
  return {
    artifacts, version: run('fossil', ['version']).match(/[\d.]+/)[0],
    clone() {
      rmSync(copy, { force: true });
      const before = cpu(server.pid), took = timed(['clone', '-A', 'b', '--nested', '--no-open', url, copy]);
      took.their_cpu = cpu(server.pid) - before;
      if (count(copy) < artifacts) throw new Error('fossil: an artifact is missing');
      return took;
    },
    pull: () => timed(['pull', url, '-R', copy]),
    async end() {
      const over = new Promise((r) => server.once('exit', r));
      server.kill('SIGTERM');
      await over;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

// ---- PostgreSQL ----

const TABLE = 'CREATE TABLE entry(seq bigint PRIMARY KEY, id bytea UNIQUE, kind int, header bytea, fields bytea, seed bytea, commitment bytea)';

// Two private clusters in dir, run by an unprivileged user: the rows wait at the one, then the other takes them, by
// the initial copy or by the stream, 2,000 a commit. Both commit durably; both until the subscriber has all.
export function postgres(rows, dir) {
  const home = `${dir}/postgres`, ports = [free(), free()];
  if (!postgresThere()) return null;
  postgresHome(home);
  const nodes = ports.map((port, i) => startPostgres(home, i, port, ['wal_level=logical', 'max_wal_size=4GB', 'wal_retrieve_retry_interval=100ms']));
  const sql = (i, ...text) => nodes[i].sql(...text), pids = nodes.map((node) => node.pid);
  const connect = `host=127.0.0.1 port=${ports[0]} user=bench dbname=postgres`;
  const last = () => sql(0, 'SELECT max(seq) FROM entry');
  // Until the subscriber has the last row: it waits at the server, with a new look each 5 ms.
  const until = (seq, start) => {
    const before = pids.map(cpu), from = performance.now();
    sql(1, start);
    sql(1, `DO $$ BEGIN WHILE (SELECT max(seq) FROM entry) IS DISTINCT FROM ${seq} LOOP PERFORM pg_sleep(0.005); END LOOP; END $$`);
    const seconds = (performance.now() - from) / 1000, after = pids.map(cpu);
    return { seconds, their_cpu: after[0] - before[0], cpu: after[1] - before[1] };
  };
  for (const i of [0, 1]) sql(i, TABLE);
  sql(0, 'CREATE TABLE waiting AS TABLE entry', `\\copy waiting FROM '${rows}'`);
  return {
    version: postgresVersion(),
    round() {
      for (const i of [0, 1]) sql(i, 'TRUNCATE entry');
      sql(0, 'INSERT INTO entry SELECT * FROM waiting', 'CREATE PUBLICATION p FOR TABLE entry');
      const seq = last();
      const copy = until(seq, `CREATE SUBSCRIPTION s CONNECTION '${connect}' PUBLICATION p WITH (synchronous_commit = on)`);
      // The same rows by the stream: they enter while the subscriber is away.
      sql(1, 'ALTER SUBSCRIPTION s DISABLE', 'TRUNCATE entry');
      sql(0, 'ALTER PUBLICATION p SET (publish = \'insert\')', 'TRUNCATE entry');
      sql(0, `DO $$ BEGIN FOR i IN 0..(SELECT max(seq) / 2000 FROM waiting) LOOP
        INSERT INTO entry SELECT * FROM waiting WHERE seq >= i * 2000 AND seq < (i + 1) * 2000; COMMIT; END LOOP; END $$`);
      const stream = until(seq, 'ALTER SUBSCRIPTION s ENABLE');
      if (sql(1, 'SELECT count(*) FROM entry') !== sql(0, 'SELECT count(*) FROM waiting')) throw new Error('postgres: a row is missing');
      sql(1, 'DROP SUBSCRIPTION s');
      sql(0, 'DROP PUBLICATION p');
      return { copy, stream };
    },
    end() {
      for (const node of nodes) node.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
