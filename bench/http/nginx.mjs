import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The command for nginx in one process: the mark that no program in JavaScript reaches. */
export function toNginxCommand(dir, port) {
  const folder = mkdtempSync(join(tmpdir(), 'treeway-bench-nginx-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, toConfig(folder, dir, port))
  return ['nginx', '-e', join(folder, 'error.log'), '-c', file, '-p', folder]
}

function toConfig(folder, dir, port) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `daemon off; master_process off; pid ${join(folder, 'nginx.pid')};
events { worker_connections 1024; }
http {
  ${temporary.map((name) => `${name}_temp_path ${join(folder, name)};`).join(' ')}
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; keepalive_timeout 600s;
  types { text/plain txt; }
  open_file_cache max=1000;
  server { listen 127.0.0.1:${port}; root ${dir}; }
}
`
}
