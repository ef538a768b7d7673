import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { toPinned } from '../rig/machine.mjs'

/** nginx in one process, as far as it is installed: the mark that no program in JavaScript reaches. */
export class NginxProcess {
  #child

  static isInstalled() {
    return spawnSync('nginx', ['-v']).status === 0
  }

  async start(dir) {
    const folder = join(dir, '..')
    this.port = await findPort()
    const file = join(folder, 'nginx.conf')
    writeFileSync(file, toConfig(folder, dir, this.port))
    const [command, ...args] = toPinned(0, [
      'nginx',
      '-e',
      join(folder, 'error.log'),
      '-c',
      file,
      '-p',
      folder
    ])
    this.#child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
    await waitForPort(this.port)
    return this
  }

  pause() {
    this.#child.kill('SIGSTOP')
  }

  resume() {
    this.#child.kill('SIGCONT')
  }

  readCpuUs() {
    return Number(readFileSync(`/proc/${this.#child.pid}/schedstat`, 'utf8').split(' ')[0]) / 1000
  }

  async stop() {
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGCONT')
    this.#child.kill('SIGTERM')
    await exit
  }
}

function toConfig(folder, dir, port) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `daemon off; master_process off; pid ${join(folder, 'nginx.pid')};
events { worker_connections 1024; }
http {
  ${temporary.map((name) => `${name}_temp_path ${join(folder, name)};`).join(' ')}
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; keepalive_timeout 600s;
  open_file_cache max=1000;
  server { listen 127.0.0.1:${port}; root ${dir}; }
}
`
}

async function findPort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

async function waitForPort(port) {
  for (let i = 0; i < 200; i++) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20))
    } finally {
      socket.destroy()
    }
  }
  throw new Error('nginx does not listen')
}
