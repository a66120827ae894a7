// beside.mjs: what others do with the same bytes on the same machine in the same run: a Fossil clone and pull, and
// PostgreSQL's logical replication. Neither releases single fields, signs what it sends or gives a receipt.
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, createReadStream, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const run = (command, args, options = {}) =>
  execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['pipe', 'pipe', 'pipe'], ...options });
const pause = (ms) => new Promise((r) => setTimeout(r, ms));
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
const free = () => 20000 + Math.floor(Math.random() * 20000);

// ---- Fossil ----

// One artifact a record, 2,000 a check-in, from number `from` on, as the stream that `fossil import --git` reads.
async function stream(rows, to, from, until) {
  const parts = [];
  let n = 0, mark = 0, files = [];
  const commit = () => {
    if (files.length === 0) return;
    parts.push(`commit refs/heads/trunk\nmark :${++mark}\ncommitter b <b@b> ${1790000000 + n} +0000\ndata 1\nb\n`,
      'deleteall\n', ...files.map((f, i) => `M 100644 :${f} r${i}\n`));
    files = [];
  };
  for await (const line of createInterface({ input: createReadStream(rows) })) {
    if (n++ < from || n > until) continue;
    const [, id, , header, values] = line.split('\t');
    const bytes = Buffer.from([id, header, values].map((h) => h.slice(3)).join(''), 'hex');
    parts.push(`blob\nmark :${++mark}\ndata ${bytes.length}\n`, bytes, '\n');
    files.push(mark);
    if (files.length === 2000) commit();
  }
  commit();
  writeFileSync(to, Buffer.concat(parts.map((p) => Buffer.from(p))));
}

const timed = (args, env) => {
  const from = performance.now();
  const out = run('/usr/bin/time', ['-f', 'took %U %S %M', 'fossil', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'], shell: false });
  return { seconds: (performance.now() - from) / 1000, out };
};

// `rounds` of: a clone of n artifacts, a pull with nothing to do.
export async function fossil(rows, dir, n, rounds) {
  const home = `${dir}/fossil`, env = { ...process.env, HOME: home, USER: 'b', FOSSIL_USER: 'b' }, port = free();
  const repo = `${home}/here.fossil`;
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  await stream(rows, `${home}/stream`, 0, n);
  run('fossil', ['import', '--git', repo, `${home}/stream`], { env });
  const count = (f) => Number(run('fossil', ['sql', '-R', f, 'SELECT count(*) FROM blob WHERE size >= 0'], { env }));
  const server = spawn('fossil', ['server', '--port', String(port), repo], { env, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}/`;
  const out = { clone: [], quiet: [], artifacts: count(repo), version: run('fossil', ['version']).trim() };
  try {
    await pause(1000);
    for (let i = 0; i < rounds; i++) {
      const copy = `${home}/copy${i}.fossil`, before = cpu(server.pid);
      children();
      const t = timed(['clone', '-A', 'b', url, copy], env);
      const said = t.out.match(/wire bytes sent: (\d+)\s+received: (\d+)/);
      out.clone.push({ seconds: t.seconds, cpu: children(), their_cpu: cpu(server.pid) - before,
        bytes: said ? Number(said[1]) + Number(said[2]) : 0 });
      if (count(copy) < out.artifacts) throw new Error('fossil: an artifact is missing');
      for (let q = 0; q < 5; q++) {
        const p = timed(['pull', url, '-R', copy], env), w = p.out.match(/wire bytes sent: (\d+)\s+received: (\d+)/);
        out.quiet.push({ ms: p.seconds * 1000, bytes: w ? Number(w[1]) + Number(w[2]) : 0 });
      }
      rmSync(copy);
    }
  } finally {
    server.kill('SIGTERM');
  }
  rmSync(home, { recursive: true, force: true });
  return out;
}

// Of the children that ended since: Node tells nothing of them, the kernel does.
function children() {
  const f = readFileSync('/proc/self/stat', 'utf8').replace(/^.*\) /s, '').split(' ');
  const now = (Number(f[13]) + Number(f[14])) / TICK, took = now - (children.last ?? 0);
  children.last = now;
  return took;
}

// ---- PostgreSQL ----

const TABLE = 'CREATE TABLE entry(seq bigint PRIMARY KEY, id bytea UNIQUE, kind int, header bytea, fields bytea, seed bytea, commitment bytea)';

// Two private clusters in dir, run by an unprivileged user: the rows wait at the one, then the other takes them,
// first by the initial copy, then by the stream. synchronous_commit is on; both until the subscriber has all.
export async function postgres(rows, dir, n, rounds) {
  const bin = '/usr/lib/postgresql/15/bin', home = `${dir}/postgres`, ports = [free(), free()];
  const as = process.getuid() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : ['env'];
  const pg = (command, args) => run(as[0], [...as.slice(1), `${bin}/${command}`, ...args], { cwd: home });
  const sql = (i, ...text) => run('psql', ['-h', home, '-p', String(ports[i]), '-U', 'bench', '-d', 'postgres', '-Atq',
    '-v', 'ON_ERROR_STOP=1', ...text.flatMap((t) => ['-c', t])]).trim();
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  if (process.getuid() === 0) chownSync(home, ...['-u', '-g'].map((o) => Number(run('id', [o, 'postgres']))));
  const out = { copy: [], stream: [], version: run(`${bin}/postgres`, ['--version']).trim() };
  const log = (i) => Number(sql(i, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')"));
  const pids = [];
  try {
    for (const i of [0, 1]) {
      pg('initdb', ['-D', `${home}/${i}`, '-U', 'bench', '-A', 'trust', '--no-sync']);
      pg('pg_ctl', ['-D', `${home}/${i}`, '-w', '-l', `${home}/log${i}`, '-o',
        `-p ${ports[i]} -k ${home} -c listen_addresses=127.0.0.1 -c wal_level=logical -c synchronous_commit=on -c max_wal_size=4GB -c wal_retrieve_retry_interval=100ms`, 'start']);
      pids.push(Number(readFileSync(`${home}/${i}/postmaster.pid`, 'utf8').split('\n')[0]));
    }
    for (let r = 0; r < rounds; r++) {
      for (const i of [0, 1]) sql(i, 'DROP TABLE IF EXISTS entry', TABLE);
      sql(0, 'CREATE PUBLICATION p FOR TABLE entry', `\\copy entry FROM '${rows}'`);
      const connect = `host=127.0.0.1 port=${ports[0]} user=bench dbname=postgres`;
      const until = async (start) => {
        const before = pids.map(cpu), from = performance.now(), wal = log(1);
        start();
        while (Number(sql(1, 'SELECT count(*) FROM entry')) < n) await pause(20);
        const after = pids.map(cpu);
        return { seconds: (performance.now() - from) / 1000, their_cpu: after[0] - before[0], cpu: after[1] - before[1], wal: log(1) - wal };
      };
      out.copy.push(await until(() => sql(1, `CREATE SUBSCRIPTION s CONNECTION '${connect}' PUBLICATION p`)));
      // The same rows by the stream: they enter while the subscriber is away, 2,000 a commit.
      sql(1, 'ALTER SUBSCRIPTION s DISABLE');
      sql(0, 'CREATE TABLE again AS TABLE entry', 'TRUNCATE entry');
      sql(1, 'TRUNCATE entry');
      sql(0, `DO $$ BEGIN FOR i IN 0..(SELECT max(seq) / 2000 FROM again) LOOP
        INSERT INTO entry SELECT * FROM again WHERE seq >= i * 2000 AND seq < (i + 1) * 2000; COMMIT; END LOOP; END $$`);
      out.stream.push(await until(() => sql(1, 'ALTER SUBSCRIPTION s ENABLE')));
      sql(1, 'DROP SUBSCRIPTION s');
      sql(0, 'DROP PUBLICATION p', 'DROP TABLE again');
    }
  } finally {
    for (const i of [0, 1].slice(0, pids.length)) pg('pg_ctl', ['-D', `${home}/${i}`, '-m', 'immediate', 'stop']);
  }
  rmSync(home, { recursive: true, force: true });
  return out;
}
