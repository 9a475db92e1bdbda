// serve.mjs FOLDER: a folder as any server of files has it, without a policy of its own.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const types = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };
const [folder] = process.argv.slice(2);

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const file = join(folder, normalize(pathname));
  const type = types[extname(file)];
  const found = type && statSync(file, { throwIfNoEntry: false })?.isFile();
  response.writeHead(found ? 200 : 404, { 'Content-Type': found ? type : 'text/plain' });
  if (found) createReadStream(file).pipe(response);
  else response.end('There is no such file.\n');
});
server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}/`));
