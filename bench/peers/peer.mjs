// peer.mjs PEER FILE: reads FILE with one npm parser and prints {"peer","seconds","segments","rss_mb"}.
import { createReadStream, readFileSync } from 'node:fs';

const [peer, file] = process.argv.slice(2);

async function edifact() {
  const { Parser } = (await import('edifact')).default;
  const text = readFileSync(file, 'latin1');
  const from = performance.now();
  const parser = new Parser();
  let segments = 0;
  parser.encoding('UNOC');
  // What its own Reader does: every segment becomes a name and its elements' components.
  let elements, components, kept;
  parser.onopensegment = (name) => { segments++; kept = { name, elements: (elements = []) }; };
  parser.onelement = () => { elements.push((components = [])); };
  parser.oncomponent = (data) => { components.push(data); };
  parser.write(text);
  parser.end();
  if (!kept) throw new Error('nothing read');
  return [from, segments];
}

function x12parser() {
  return new Promise((done, fail) => {
    import('x12-parser').then(({ X12parser }) => {
      const from = performance.now();
      let segments = 0;
      const parser = new X12parser();
      parser.on('error', fail);
      parser.on('data', () => { segments++; });
      parser.on('end', () => done([from, segments]));
      createReadStream(file).pipe(parser);
    });
  });
}

async function nodex12() {
  const x12 = await import('node-x12');
  const { X12Parser } = x12.default ?? x12;
  const text = readFileSync(file, 'latin1').replace(/~\n/g, '~');
  const one = text.slice(0, text.indexOf('~', text.indexOf('~IEA') + 1) + 1);
  const from = performance.now();
  let segments = 0;
  // It takes one interchange at a time.
  for (const part of text.split(/(?<=~IEA[^~]*~)/)) {
    const interchange = new X12Parser(true).parse(part || one);
    for (const group of interchange.functionalGroups) {
      segments += 2;
      for (const t of group.transactions) segments += 2 + t.segments.length;
    }
    segments += 2;
  }
  return [from, segments];
}

try {
  const [from, segments] = await { edifact, 'x12-parser': x12parser, 'node-x12': nodex12 }[peer]();
  const seconds = (performance.now() - from) / 1000;
  console.log(JSON.stringify({ peer, seconds, segments, rss_mb: Math.round(process.resourceUsage().maxRSS / 1024) }));
} catch (e) {
  console.log(JSON.stringify({ peer, error: `gives up: ${e.message}` })); // real messages are not to every parser's taste
}
