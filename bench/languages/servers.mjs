import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { built, findProgram, here, peers } from './install-peers.mjs'
import { ProcessTree } from './process-tree.mjs'

/** The row whose cost is the yard-stick of compiled and embedded languages. */
export const REFERENCE = 'JavaScript event'

/** `bar`: a peer's row and how much of its cost, at most, per endpoint. */
export const SERVERS = [
  toTreeway('js', REFERENCE),
  toTreeway('py', 'Python', { peer: 'FastAPI', hello: 1, echo: 0.5 }),
  toPython('FastAPI', 'fastapi_app:app'),
  toPython('Starlette', 'starlette_app:app'),
  toTreeway('php', 'PHP', { peer: 'nginx + php-fpm', hello: 1, echo: 1 }),
  toNginx('nginx + php-fpm', true),
  toTreeway('lua', 'Lua', { peer: REFERENCE, hello: 1.6, echo: 1.6 }),
  toNginx("nginx's Lua", false),
  toTreeway('go', 'Go', { peer: REFERENCE, hello: 1.6, echo: 1.6 }),
  toProgram('Go net/http', join(built, 'go-net-http')),
  toTreeway('rs', 'Rust', { peer: REFERENCE, hello: 1.6, echo: 1.6 }),
  toProgram('Rust std', join(built, 'rust-target/release/rust-std'))
]

function toTreeway(extension, language, bar) {
  return {
    name: language,
    isTreeway: true,
    bar,
    start: (tree) =>
      tree.startListening({
        command: [process.execPath, join(here, 'treeway-server.mjs'), writeTree(extension)],
        cwd: here
      })
  }
}

/** hello.py and echo/post.py with its schema. */
function writeTree(extension) {
  const dir = join(built, 'trees', extension)
  const echo = join(dir, 'functions/echo')
  rmSync(join(dir, 'functions'), { recursive: true, force: true })
  mkdirSync(echo, { recursive: true })
  cpSync(join(here, `functions/hello.${extension}`), join(dir, `functions/hello.${extension}`))
  cpSync(join(here, `functions/echo.${extension}`), join(echo, `post.${extension}`))
  const body = JSON.parse(readFileSync(join(here, '../servers/echo-schema.json'), 'utf8'))
  writeFileSync(join(echo, 'fn.config.json'), JSON.stringify({ options: { schema: { body } } }))
  return dir
}

function toPython(name, app) {
  const command = [join(built, 'python/bin/uvicorn'), app, '--port', '0', '--no-access-log']
  return {
    name,
    start: (tree) =>
      tree.startListening({ command: [...command, '--loop', 'uvloop', '--http', 'httptools'], cwd: peers })
  }
}

function toProgram(name, file) {
  return { name, start: (tree) => tree.startListening({ command: [file] }) }
}

function toNginx(name, isPhp) {
  return {
    name,
    async start(tree) {
      const dir = join(built, isPhp ? 'nginx-php' : 'nginx-lua')
      const port = await findPort()
      const socket = join(dir, 'php.sock')
      rmSync(dir, { recursive: true, force: true })
      mkdirSync(dir, { recursive: true })
      const locations = isPhp ? toPhpLocations(socket) : toLuaLocations()
      writeConfig('nginx.conf', dir, { PORT: port, LOCATIONS: locations })
      if (isPhp) {
        writeConfig('php-fpm.conf', dir, { SOCKET: socket })
        tree.start({ command: [findProgram('php-fpm'), '-F', '-R', '-y', join(dir, 'php-fpm.conf')] })
      }
      tree.start({ command: [findProgram('nginx'), '-p', dir, '-c', join(dir, 'nginx.conf')] })
      await isAnswering(`http://127.0.0.1:${port}/hello`)
      return port
    }
  }
}

function toPhpLocations(socket) {
  return `location / { include /etc/nginx/fastcgi_params; fastcgi_param SCRIPT_FILENAME ${peers}/index.php; fastcgi_pass unix:${socket}; }`
}

function toLuaLocations() {
  return ['hello', 'echo']
    .map((name) => `location = /${name} { content_by_lua_file ${peers}/${name}.lua; }`)
    .join('\n    ')
}

function writeConfig(name, dir, values) {
  const text = readFileSync(join(peers, name), 'utf8')
  writeFileSync(
    join(dir, name),
    text.replace(/@([A-Z]+)@/g, (_whole, key) => values[key])
  )
}

/** nginx must be told a port. */
async function findPort() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function isAnswering(url) {
  const until = performance.now() + 10_000
  while (performance.now() < until) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${url} does not answer`)
}

/** Starts a server; answers its tree and its port. */
export async function startServer(server) {
  const tree = new ProcessTree(server.name)
  try {
    return { tree, port: await server.start(tree) }
  } catch (error) {
    await tree.stop()
    throw new Error(`${error.message} ${tree.words}`)
  }
}
