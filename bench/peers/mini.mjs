// mini.mjs LISTED.tsv ASKED.tsv: minisearch as its documentation puts it for names: fuzzy 0.2, prefix. In and out as bench/listed.c.
import { readFileSync } from 'node:fs';
import MiniSearch from 'minisearch';

const lines = (file) => readFileSync(file, 'utf8').split('\n').filter(Boolean).map((l) => l.split('\t'));
const listed = lines(process.argv[2]), asked = lines(process.argv[3]);
const index = new MiniSearch({ fields: ['name'], storeFields: [], searchOptions: { fuzzy: 0.2, prefix: true } });
index.addAll(listed.map(([, , name], id) => ({ id, name })));
for (const [pass, each] of [['cold', Math.max(1, Math.floor(asked.length / 200))], ['warm', 1]]) {
  const out = [pass];
  for (const [self, name] of asked.filter((_, i) => i % each === 0)) {
    const from = performance.now();
    const best = index.search(name).slice(0, 11);
    const us = (performance.now() - from) * 1000;
    out.push(`${us.toFixed(2)}\t${best.filter((r) => r.id !== Number(self)).slice(0, 10).map((r) => `${listed[r.id][0]}:${r.score}`).join()}`);
  }
  process.stdout.write(`${out.join('\n')}\n`);
}
