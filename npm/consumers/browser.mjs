// A server that renders pages, and imports for them what the browser imports.
import { readFile } from 'node:fs/promises';

const browser = await import('./node_modules/kvs-webrtc/index.js');
const { check, refusalOf } = await import('./check.js');
const early = refusalOf(() => new browser.KinesisVideoClient({}), browser.KvsError);

// What is exported is what the types declare, and the other way round.
const types = await readFile('./node_modules/kvs-webrtc/index.d.cts', 'utf8');
const declared = types.matchAll(/^export (?:abstract )?(?:class|const|enum|function) (\w+)/gm);
const values = [...new Set([...declared].map(([, name]) => name)), 'default'].sort();
const exported = Object.keys(browser).sort();

await browser.init();
const [endpoint, name] = process.argv.slice(2);
console.log(JSON.stringify({ early, values, exported, ...await check(browser, endpoint, name) }));
