// cluster.mjs: a private PostgreSQL 15, run by an unprivileged user, reached on loopback, gone when it is stopped.
import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';

const BIN = '/usr/lib/postgresql/15/bin';
const run = (command, args, options = {}) => execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 30, ...options });

export const postgresThere = () => existsSync(`${BIN}/postgres`) && existsSync('/usr/bin/psql');
export const postgresVersion = () => run(`${BIN}/postgres`, ['--version']).match(/[\d.]+/)[0];

// The empty folder `home`, for the user that the clusters in it run as.
export function postgresHome(home) {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  if (process.getuid() === 0) chownSync(home, ...['-u', '-g'].map((o) => Number(run('id', [o, 'postgres']))));
}

// Cluster `name` in `home`, with its settings; `before` stands before each of its commands, such as taskset.
export function startPostgres(home, name, port, settings, before = []) {
  const as = process.getuid() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : ['env'];
  const pg = (command, args) => run(as[0], [...as.slice(1), ...before, `${BIN}/${command}`, ...args], { cwd: home, stdio: 'ignore' });
  pg('initdb', ['-D', `${home}/${name}`, '-U', 'bench', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale', 'C.UTF-8']);
  pg('pg_ctl', ['-D', `${home}/${name}`, '-w', '-l', `${home}/log${name}`, '-o',
    [`-p ${port}`, ...['unix_socket_directories=', 'listen_addresses=127.0.0.1', ...settings].map((s) => `-c ${s}`)].join(' '), 'start']);
  return {
    pid: Number(readFileSync(`${home}/${name}/postmaster.pid`, 'utf8').split('\n')[0]),
    sql: (...text) => run('psql', ['-h', '127.0.0.1', '-p', String(port), '-U', 'bench', '-d', 'postgres', '-XAtq',
      '-v', 'ON_ERROR_STOP=1', ...text.flatMap((t) => ['-c', t])]).trim(),
    stop: () => pg('pg_ctl', ['-D', `${home}/${name}`, '-m', 'immediate', 'stop']),
  };
}
