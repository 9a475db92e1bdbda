// Vite's development server, in this folder, with no configuration: says where it is.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const tools = createRequire(`${process.env.KVS_PACKAGE_TOOLS}/`);
const { createServer } = await import(pathToFileURL(tools.resolve('vite')));
const server = await createServer({
  configFile: false,
  logLevel: 'warn',
  server: { host: '127.0.0.1', port: 0 },
});
await server.listen();
console.log(`ready ${server.resolvedUrls.local[0]}`);
