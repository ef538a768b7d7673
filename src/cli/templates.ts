/** A small tree to start from: its files are in `templates/<folder>`, over those of `templates/base`. */
export interface Template {
  readonly folder: string
  /** As a question offers it. */
  readonly title: string
  /** One sentence of the README: what must be installed. */
  readonly needs: string
  /** URL and file, for the README. */
  readonly rows: readonly (readonly [url: string, file: string])[]
  /** Debian packages that the Dockerfile installs: to serve, and to build. */
  readonly packages: string
  readonly buildPackages: string
}

const NODE = 'It needs Node 20.19 or later.'

/** By the name that `--template` takes. */
export const templates: Readonly<Record<string, Template>> = {
  js: {
    ...toSimple('javascript', 'JavaScript', 'js'),
    rows: [
      ...toRows('js'),
      ['GET /notes', 'functions/notes/get.js'],
      ['POST /notes', 'functions/notes/post.js']
    ]
  },
  ts: {
    ...toSimple('typescript', 'TypeScript', 'ts'),
    rows: [...toRows('ts'), ['GET and POST /notes', 'functions/notes.ts']]
  },
  python: toTemplate('python', 'Python', {
    extension: 'py',
    needs: 'Python 3.9 or later',
    packages: 'python3',
    buildPackages: 'python3 python3-venv python3-pip'
  }),
  php: toTemplate('php', 'PHP', {
    extension: 'php',
    needs: 'PHP 8.1 or later',
    packages: 'php-cli',
    buildPackages: 'php-cli composer'
  }),
  lua: toTemplate('lua', 'Lua', {
    extension: 'lua',
    needs: 'Lua 5.4 or LuaJIT',
    packages: 'lua5.4',
    buildPackages: 'lua5.4'
  }),
  go: toTemplate('go', 'Go', {
    extension: 'go',
    needs: 'Go 1.19 or later to build',
    packages: '',
    buildPackages: 'golang-go ca-certificates'
  }),
  rust: toTemplate('rust', 'Rust', {
    extension: 'rs',
    needs: 'Rust with cargo to build',
    packages: '',
    // Debian 12's own cargo is of 2022
    buildPackages: 'cargo-web rustc-web ca-certificates'
  }),
  mixed: {
    ...toSimple('mixed', 'TypeScript, Python and Go together', 'ts'),
    needs: 'It needs Node 20.19 or later, Python 3.9 or later, and Go 1.19 or later to build.',
    rows: [
      ['GET /', 'functions/index.ts'],
      ['GET /hello/you', 'functions/hello/[name].py'],
      ['POST /shout', 'functions/post.shout.go']
    ],
    packages: 'python3',
    buildPackages: 'python3 python3-venv python3-pip golang-go ca-certificates'
  }
}

function toSimple(folder: string, title: string, extension: string): Template {
  return { folder, title, needs: NODE, rows: toRows(extension), packages: '', buildPackages: '' }
}

interface LanguageTexts extends Pick<Template, 'needs' | 'packages' | 'buildPackages'> {
  readonly extension: string
}

function toTemplate(folder: string, title: string, texts: LanguageTexts): Template {
  const { extension, needs, packages, buildPackages } = texts
  const sentence = `It needs Node 20.19 or later, and ${needs}.`
  return { ...toSimple(folder, title, extension), needs: sentence, packages, buildPackages }
}

function toRows(extension: string): (readonly [string, string])[] {
  return [
    ['GET /', `functions/index.${extension}`],
    ['GET /hello/you', `functions/hello/[name].${extension}`]
  ]
}
