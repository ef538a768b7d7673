/**
 * `npm run build`, second half: puts the 230 modules that `tsc` wrote into the few that a start reads. Loading each of them
 * costs about half a millisecond, which made a cold start a third longer than that of Fastify alone. What is imported
 * when it is needed stays in files of its own; packages are left to Node.
 */
import { readFile, readdir, rm, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const DIST = fileURLToPath(new URL('../dist', import.meta.url))
const { exports } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
const ENTRIES = [
  'cli/run-cli.js',
  ...Object.values(exports).flatMap((entry) => /^\.\/dist\/(.*\.js)$/.exec(entry.default)?.[1] ?? [])
]
/** A server of the build before may still want to import one of its own. */
const KEPT_MS = 3_600_000

const { metafile } = await build({
  entryPoints: ENTRIES.map((name) => join(DIST, name)),
  outdir: DIST,
  outbase: DIST,
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  chunkNames: 'chunks/[name]-[hash]',
  metafile: true,
  logLevel: 'warning',
  plugins: [{ name: 'own-place', setup: keepOwnPlaces }]
})
await removeOldChunks(new Set(Object.keys(metafile.outputs).map((name) => name.split('/').at(-1))))

/** A module that asks where it is, to find package.json or a worker's program, gets the place it had before. */
function keepOwnPlaces({ onLoad }) {
  onLoad({ filter: /\.js$/ }, async ({ path }) => {
    const text = await readFile(path, 'utf8')
    const place = JSON.stringify(`/dist/${relative(DIST, path)}`)
    const own = `import.meta.url.replace(/\\/dist\\/(?!.*\\/dist\\/).*$/, ${place})`
    return { loader: 'js', contents: text.replaceAll('import.meta.url', own) }
  })
}

async function removeOldChunks(current) {
  const folder = join(DIST, 'chunks')
  for (const name of await readdir(folder)) {
    const file = join(folder, name)
    const isOld = async () => Date.now() - (await stat(file)).mtimeMs > KEPT_MS
    if (!current.has(name) && (await isOld())) await rm(file, { force: true })
  }
}
