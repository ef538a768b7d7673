import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The commit to compare with: what is named, else where this branch left main, else the commit before. */
export function findCommit(named) {
  if (named !== undefined) return git(['rev-parse', '--verify', `${named}^{commit}`])
  const head = git(['rev-parse', 'HEAD'])
  const base = git(['merge-base', 'HEAD', 'main'])
  if (base !== head) return base
  const isChanged = git(['status', '--porcelain', '--', 'src', 'package.json', 'workers']) !== ''
  return isChanged ? head : git(['rev-parse', 'HEAD~1'])
}

export function describeCommit(commit) {
  return git(['log', '-1', '--format=%h %s', commit])
}

/**
 * The commit in a folder of its own, installed and built, with the servers and trees of this bench in place of its own, so
 * that both sides run the same programs.
 */
export function checkOut(commit) {
  const dir = mkdtempSync(join(tmpdir(), 'treeway-compare-'))
  git(['worktree', 'add', '--detach', '--force', dir, commit])
  // It builds, too: the script "prepare" does.
  run('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], dir)
  for (const folder of ['servers', 'trees'])
    cpSync(join(root, 'bench', folder), join(dir, 'bench', folder), { recursive: true, force: true })
  return {
    dir,
    remove() {
      git(['worktree', 'remove', '--force', dir])
      rmSync(dir, { recursive: true, force: true })
    }
  }
}

export function buildHere() {
  run('npm', ['run', 'build'], root)
}

function git(args) {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim()
}

function run(command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`)
}
