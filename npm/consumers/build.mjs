// build.mjs BUNDLER ENTRY OUT: builds a page's script with no more configuration than is shown here.
// The bundlers are those of npm/tools.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const tools = createRequire(`${process.env.KVS_PACKAGE_TOOLS}/`);
const load = (name) => import(pathToFileURL(tools.resolve(name)));
const [bundler, entry, out] = process.argv.slice(2);

const bundlers = {
  async vite() {
    const { build } = await load('vite');
    await build({
      configFile: false,
      logLevel: 'warn',
      base: './',
      build: {
        outDir: out,
        // It recommends smaller files than a wasm is as text.
        chunkSizeWarningLimit: 1000,
        emptyOutDir: true,
        rollupOptions: { input: entry, output: { entryFileNames: 'main.js' } },
      },
    });
  },

  async webpack() {
    const { default: webpack } = await load('webpack');
    const output = { path: out, filename: 'main.js' };
    // It recommends smaller files than a wasm is.
    const config = { mode: 'production', entry, output, performance: false };
    const stats = await new Promise((resolve, reject) => {
      webpack(config, (error, result) => (error ? reject(error) : resolve(result)));
    });
    const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
    const said = [...errors, ...warnings].map(({ message }) => message);
    if (said.length) throw new Error(said.join('\n'));
  },

  async esbuild() {
    const { build } = await load('esbuild');
    const { warnings } = await build({
      bundle: true,
      entryPoints: { main: entry },
      format: 'esm',
      loader: { '.wasm': 'file' },
      logLevel: 'silent',
      minify: true,
      outdir: out,
      splitting: true,
    });
    if (warnings.length) throw new Error(JSON.stringify(warnings));
  },
};

await bundlers[bundler]();
