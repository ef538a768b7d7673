import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const here = fileURLToPath(new URL('.', import.meta.url))
/** Ignored by git. */
export const built = join(here, '.built')
export const peers = join(here, 'peers')

const PROGRAMS = {
  'php-fpm': ['/usr/sbin/php-fpm8.2', '/usr/sbin/php-fpm8.4', '/usr/sbin/php-fpm'],
  nginx: ['/usr/sbin/nginx']
}

/** Where a program of Debian's packages is. */
export function findProgram(name) {
  const found = PROGRAMS[name].find((file) => existsSync(file))
  if (found === undefined)
    throw new Error(`${name} is missing: apt-get install php-fpm nginx libnginx-mod-http-lua lua-cjson`)
  return found
}

/** Installs and compiles what Treeway is measured against, once, into a folder of its own. */
export function installPeers() {
  mkdirSync(built, { recursive: true })
  const python = join(built, 'python')
  if (!existsSync(join(python, 'bin/uvicorn'))) {
    run('python3', ['-m', 'venv', python])
    run(join(python, 'bin/pip'), ['install', '-q', '-r', join(peers, 'requirements.txt')])
  }
  run('go', ['build', '-o', join(built, 'go-net-http'), '.'], join(peers, 'go-net-http'))
  const target = join(built, 'rust-target')
  run('cargo', ['build', '-q', '--release', '--target-dir', target], join(peers, 'rust-std'))
}

function run(command, args, cwd = here) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`)
}
