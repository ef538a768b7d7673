import { describe, expect, it } from 'vitest'
import { parseFunctionConfig } from '../config/function-config.ts'
import type { FunctionConfig } from '../config/to-function-config.ts'
import type { TreeKind } from '../routes/route.ts'
import { toLanguage } from '../languages/read-declarations.ts'
import { toDisplayUrl } from '../routes/format-pattern.ts'
import { collectRoutes } from './collect-routes.ts'
import type { CollectedTree } from './collect-routes.ts'
import type { TreeFile } from './collector.ts'

interface Tree {
  readonly kind?: TreeKind
  readonly dir?: string
  /** What each file exports: names, `default`, `{}` for a default that is an object. */
  readonly files: Readonly<Record<string, string>>
  /** fn.config.json by folder. */
  readonly configs?: Readonly<Record<string, object>>
  readonly envs?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

function collect({ kind = 'functions', dir = '', files, configs = {}, envs = {} }: Tree): CollectedTree {
  return collectRoutes({
    kind,
    dir,
    prefix: [],
    files: Object.entries(files).map(toFile),
    configs: new Map(Object.entries(configs).map(([folder, config]) => [folder, toConfig(config)])),
    envs: new Map(Object.entries(envs))
  })
}

function toFile([path, exports]: [string, string]): TreeFile {
  const words = exports.split(' ').filter(Boolean)
  const names = words.filter((word) => word !== 'default' && word !== '{}')
  const kind = words.includes('default') ? 'function' : words.includes('{}') ? 'object' : 'none'
  return { path, language: toLanguage(path) ?? 'javascript', exports: { names, default: kind } }
}

function toConfig(config: object): FunctionConfig {
  return parseFunctionConfig(JSON.stringify(config), 'fn.config.json').value ?? {}
}

function toLines({ routes }: CollectedTree): string[] {
  return routes.map((route) => `${route.methods.join()} ${toDisplayUrl(route.pattern)} ${route.exportName}`)
}

describe('the URL that a FastFN name gives', () => {
  it.each([
    ['index.js', 'GET /'],
    ['handler.js', 'GET /'],
    ['users.js', 'GET /users'],
    ['users/index.js', 'GET /users'],
    ['users/list.js', 'GET /users/list'],
    ['users/handler.py', 'GET /users'],
    ['users/main.py', 'GET /users'],
    ['users/[id].js', 'GET /users/:id'],
    ['users/[id]/index.js', 'GET /users/:id'],
    ['users/[id]/put.js', 'PUT /users/:id'],
    ['users/delete.js', 'DELETE /users'],
    ['get.js', 'GET /'],
    ['get.health.js', 'GET /health'],
    ['post.users.[id].js', 'POST /users/:id'],
    ['PATCH.users.js', 'PATCH /users'],
    ['get.files.[...path].js', 'GET /files/*path'],
    ['files/[...path].js', 'GET /files/*path'],
    ['files/[...path]/get.js', 'GET /files/*path'],
    ['docs/[[...slug]].js', 'GET /docs/*slug?'],
    ['a.b.c.js', 'GET /a/b/c'],
    ['getting-started.js', 'GET /getting-started'],
    ['my_func.js', 'GET /my_func'],
    ['é.js', 'GET /é']
  ])('%s answers %s', (path, line) => {
    expect(toLines(collect({ files: { [path]: 'handler' } }))).toEqual([`${line} handler`])
  })

  it.each([
    ['get.post.items.js', 'two methods'],
    ['a..b.js', 'empty'],
    ['a:b.js', 'colon'],
    ['[a-b].js', '"a-b" is no name']
  ])('%s is a problem', (path, message) => {
    const { routes, problems } = collect({ files: { [path]: 'handler' } })
    expect(routes).toEqual([])
    expect(problems).toMatchObject([{ code: 'TREEWAY_NAME_INVALID', file: path }])
    expect(problems[0]?.message).toContain(message)
  })
})

describe('the URL that a Pages name gives', () => {
  it.each([
    ['index.js', '* /'],
    ['users/index.js', '* /users'],
    ['users/[user].js', '* /users/:user'],
    ['users/[[user]].js', '* /users/*user?'],
    ['user-[id].js', '* /user-:id'],
    ['file/[name].[ext].js', '* /file/:name.:ext'],
    ['a.b.js', '* /a.b'],
    ['get.js', '* /get'],
    ['main.js', '* /main'],
    ['handler/x.js', '* /handler/x']
  ])('%s answers %s', (path, line) => {
    expect(toLines(collect({ files: { [path]: 'onRequest' } }))).toEqual([`${line} onRequest`])
  })
})

describe('the URL that a Gadget name gives', () => {
  it.each([
    ['GET.js', 'GET /'],
    ['foo/bar/POST.js', 'POST /foo/bar'],
    ['GET-hello.js', 'GET /hello'],
    ['GET-hello-world.js', 'GET /hello-world'],
    ['blog/:id/GET-post-:postId.js', 'GET /blog/:id/post-:postId'],
    ['blog/[id]/GET-post-[postId].js', 'GET /blog/:id/post-:postId'],
    ['GET-blog::post.js', 'GET /blog:post'],
    ['GET-[...].js', 'GET /*'],
    ['ANY-x.js', '* /x'],
    ['ANY.js', '* /'],
    ['PROPFIND-dav.js', 'PROPFIND /dav'],
    ['GET-a.b.js', 'GET /a.b'],
    ['GET-index.js', 'GET /index']
  ])('%s answers %s', (path, line) => {
    expect(toLines(collect({ kind: 'routes', files: { [path]: 'default' } }))).toEqual([`${line} default`])
    expect(toLines(collect({ kind: 'functions', files: { [path]: 'default' } }))).toEqual([`${line} default`])
  })

  it.each(['helpers.js', 'FETCH-thing.js', 'get-hello.js', 'GETTING-started.js'])(
    '%s in routes/ is a problem',
    (path) => {
      const { problems } = collect({ kind: 'routes', dir: 'routes', files: { [path]: 'default' } })
      expect(problems).toMatchObject([{ code: 'TREEWAY_NAME_UNKNOWN', file: `routes/${path}` }])
    }
  )
})

describe('the convention of a file', () => {
  it('is written in its name, then in its exports; anything else is FastFN', () => {
    const { routes } = collect({
      files: {
        'GET-a.js': 'onRequest',
        'b.js': 'onRequestGet',
        'c.js': 'handler',
        'd.js': 'default',
        'e.js': 'GET'
      }
    })
    expect(routes.map(({ convention, style }) => `${convention} ${style}`)).toEqual([
      'gadget context',
      'pages context',
      'fastfn event',
      'fastfn reply',
      'fastfn web'
    ])
  })
})

describe('the methods of a route', () => {
  it('come from the name before the exports', () => {
    expect(toLines(collect({ files: { 'GET-a.js': 'onRequestPost onRequestGet onRequest' } }))).toEqual([
      'GET /a onRequestGet'
    ])
    expect(toLines(collect({ files: { 'PUT-a.js': 'onRequestPost onRequest' } }))).toEqual([
      'PUT /a onRequest'
    ])
    expect(toLines(collect({ files: { 'post.a.js': 'GET POST' } }))).toEqual(['POST /a POST'])
  })

  it('come from the exports before fn.config.json', () => {
    const configs = { '': { invoke: { methods: ['DELETE'] } } }
    expect(toLines(collect({ files: { 'a.js': 'GET POST' }, configs }))).toEqual([
      'GET /a GET',
      'POST /a POST'
    ])
    expect(toLines(collect({ files: { 'a.js': 'handler' }, configs }))).toEqual(['DELETE /a handler'])
  })

  it('are GET where nothing says otherwise', () => {
    expect(toLines(collect({ files: { 'a.js': 'default' } }))).toEqual(['GET /a default'])
  })

  it('are all that the exports of ANY name', () => {
    expect(toLines(collect({ files: { 'ANY-a.js': 'GET POST' } }))).toEqual(['GET /a GET', 'POST /a POST'])
  })

  it('must have an export: a name that says POST over a file with GET alone is a problem', () => {
    const { routes, problems } = collect({ files: { 'POST-a.js': 'GET' } })
    expect(routes).toEqual([])
    expect(problems).toMatchObject([{ code: 'TREEWAY_EXPORT_MISSING', file: 'POST-a.js' }])
  })
})

describe('a file that is no route', () => {
  it('is listed with its reason', () => {
    const { routes, privateFiles, problems } = collect({
      files: {
        '_a.js': 'handler',
        'a.test.js': 'handler',
        'a.spec.ts': 'handler',
        'types.d.ts': '',
        'helper.js': 'greet',
        'x/_b.py': 'handler'
      }
    })
    expect(routes).toEqual([])
    expect(problems).toEqual([])
    expect(Object.fromEntries(privateFiles.map(({ file, reason }) => [file, reason]))).toEqual({
      '_a.js': 'underscore',
      'a.test.js': 'test',
      'a.spec.ts': 'test',
      'types.d.ts': 'declaration',
      'helper.js': 'no-handler',
      'x/_b.py': 'underscore'
    })
  })

  it('is a problem in routes/ when it exports no handler', () => {
    const { problems } = collect({ kind: 'routes', files: { 'GET-a.js': 'greet' } })
    expect(problems).toMatchObject([{ code: 'TREEWAY_EXPORT_MISSING', file: 'GET-a.js' }])
  })

  it('is a problem when it has handlers of two styles', () => {
    const { routes, problems } = collect({ files: { 'a.js': 'handler onRequest', 'b.js': 'GET default' } })
    expect(routes).toEqual([])
    expect(problems.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'TREEWAY_STYLE_MIXED "a.js" exports handlers of 2 styles: context, event.',
      'TREEWAY_STYLE_MIXED "b.js" exports handlers of 2 styles: web, reply.'
    ])
  })
})

describe('a folder with a handler file', () => {
  const files = {
    'chat/handler.js': 'handler',
    'chat/inner.js': 'handler',
    'chat/[id].js': 'handler',
    'chat/post.js': 'handler',
    'chat/office/index.js': 'handler',
    'chat/office/get.pulse.js': 'handler',
    'chat/office/parts.js': 'handler'
  }

  it('publishes only what its name says is a route, below it too', () => {
    const tree = collect({ files })
    expect(toLines(tree).toSorted()).toEqual([
      'GET /chat handler',
      'GET /chat/:id handler',
      'GET /chat/office handler',
      'GET /chat/office/pulse handler',
      'POST /chat handler'
    ])
    expect(tree.privateFiles).toEqual([
      { file: 'chat/inner.js', reason: 'single-entry' },
      { file: 'chat/office/parts.js', reason: 'single-entry' }
    ])
  })

  it('is not made by index.*, nor by a handler.* that is Pages’', () => {
    expect(toLines(collect({ files: { 'a/index.js': 'handler', 'a/b.js': 'handler' } }))).toHaveLength(2)
    expect(toLines(collect({ files: { 'a/handler.js': 'onRequest', 'a/b.js': 'handler' } }))).toHaveLength(2)
  })
})

describe('a function that fn.config.json declares', () => {
  it('has its name as URL, and everything below, instead of its path', () => {
    const tree = collect({
      files: { 'x/handler.js': 'handler' },
      configs: { x: { name: 'named', entrypoint: 'handler.js' } }
    })
    expect(toLines(tree)).toEqual(['GET /named handler', 'GET /named/*wildcard handler'])
    expect(tree.routes[0]).toMatchObject({ declaredIn: 'x/fn.config.json', convention: 'fastfn' })
  })

  it('has the URLs and methods it lists', () => {
    const config = {
      runtime: 'node',
      name: 'n',
      entrypoint: './handler.js',
      invoke: { methods: ['get', 'POST'], routes: ['/v1/api', '/v1/api/*'] }
    }
    expect(toLines(collect({ files: { 'api/handler.js': 'handler' }, configs: { api: config } }))).toEqual([
      'GET,POST /v1/api handler',
      'GET,POST /v1/api/*wildcard handler'
    ])
  })

  it('takes the entry of its own folder, not one of the same name deeper in the tree', () => {
    const files = { 'a/api/handler.js': 'handler', 'api/handler.js': 'handler' }
    const tree = collect({
      dir: 'functions',
      files,
      configs: { api: { name: 'n', entrypoint: 'handler.js' } }
    })
    expect(tree.routes.filter((route) => route.declaredIn !== undefined).map((route) => route.file)).toEqual([
      'functions/api/handler.js',
      'functions/api/handler.js'
    ])
  })

  it('may be the root of the tree', () => {
    const tree = collect({ files: { 'handler.js': 'handler' }, configs: { '': { runtime: 'node' } } })
    expect(tree.problems).toEqual([])
    expect(toLines(tree)).toEqual(['GET / handler', 'GET /*wildcard handler'])
  })

  it('keeps its plain siblings private', () => {
    const tree = collect({
      files: { 'x/run.js': 'handler', 'x/other.js': 'handler' },
      configs: { x: { entrypoint: 'run.js' } }
    })
    expect(tree.privateFiles).toEqual([{ file: 'x/other.js', reason: 'single-entry' }])
  })

  it('without its entry file is a problem of fn.config.json', () => {
    const { problems } = collect({ files: {}, configs: { x: { entrypoint: 'gone.js' } } })
    expect(problems).toMatchObject([{ code: 'TREEWAY_CONFIG_INVALID', file: 'x/fn.config.json' }])
    expect(problems[0]?.message).toContain('gone.js')
  })

  it('with a URL that is no pattern is a problem with a caret', () => {
    const config = { invoke: { routes: ['/a/[b-c]'] } }
    const { problems } = collect({ files: { 'x/index.js': 'handler' }, configs: { x: config } })
    expect(problems).toMatchObject([{ code: 'TREEWAY_NAME_INVALID', frame: '/a/[b-c]\n   ^^^^^' }])
  })
})

describe('options of fn.config.json', () => {
  const configs = {
    '': {
      timeout_ms: 1000,
      invoke: { allow_hosts: ['a.example'], summary: 'root' },
      options: { logLevel: 'warn', bodyLimit: 1 }
    },
    a: { max_concurrency: 2, invoke: { methods: ['PUT'] }, options: { bodyLimit: 2 } },
    'a/b': { timeout_ms: 20, invoke: { summary: 'inner' } }
  }

  it('hold for the folder and below, the nearest first, key by key', () => {
    const { routes } = collect({ files: { 'x.js': 'handler', 'a/b/x.js': 'handler' }, configs })
    expect(routes.map((route) => route.functionOptions)).toEqual([
      {
        timeoutMs: 1000,
        allowHosts: ['a.example'],
        summary: 'root',
        options: { logLevel: 'warn', bodyLimit: 1 }
      },
      {
        timeoutMs: 20,
        maxConcurrency: 2,
        allowHosts: ['a.example'],
        summary: 'inner',
        options: { logLevel: 'warn', bodyLimit: 2 }
      }
    ])
    expect(routes.map((route) => route.methods)).toEqual([['GET'], ['PUT']])
  })

  it('give the environment to the files of their own folder alone', () => {
    const { routes } = collect({
      files: { 'a/x.js': 'handler', 'a/b/x.js': 'handler' },
      envs: { a: { KEY: '1' } }
    })
    expect(routes.map((route) => route.env)).toEqual([{ KEY: '1' }, {}])
  })

  it('name the export that is the handler', () => {
    const tree = collect({ files: { 'a.js': 'run other' }, configs: { '': { invoke: { handler: 'run' } } } })
    expect(toLines(tree)).toEqual(['GET /a run'])
    expect(tree.routes[0]?.style).toBe('event')
  })
})

describe('the home of a folder', () => {
  it('runs another route of the tree', () => {
    const tree = collect({ files: { 'shop/list.js': 'handler' }, configs: { shop: { home: 'list' } } })
    expect(toLines(tree)).toEqual(['GET /shop/list handler', 'GET /shop handler'])
    expect(tree.routes[1]).toMatchObject({ file: 'shop/list.js', declaredIn: 'shop/fn.config.json' })
  })

  it('redirects', () => {
    const tree = collect({ files: {}, configs: { '': { home: { redirect: '/welcome' } } } })
    expect(tree.routes).toMatchObject([{ methods: ['GET'], pattern: [], redirect: '/welcome' }])
  })

  it('is a problem when no route has that URL', () => {
    const { problems } = collect({ files: {}, configs: { shop: { home: '/nowhere' } } })
    expect(problems).toMatchObject([{ code: 'TREEWAY_CONFIG_INVALID', file: 'shop/fn.config.json' }])
  })
})

describe('plugins and middleware', () => {
  it('belong to their folder', () => {
    const tree = collect({
      dir: 'functions',
      files: {
        'a/+guard.js': 'default',
        'a/+b.js': 'default',
        'a/[id]/_middleware.js': 'onRequest onRequestPost',
        '_middleware_.js': 'onRequest'
      }
    })
    expect(tree.scopes).toMatchObject([
      { folder: 'functions/a', plugins: ['functions/a/+guard.js', 'functions/a/+b.js'] }
    ])
    expect(
      tree.middlewares.map(({ file, pattern, exportNames }) => [file, toDisplayUrl(pattern), ...exportNames])
    ).toEqual([
      ['functions/a/[id]/_middleware.js', '/a/:id', 'onRequest', 'onRequestPost'],
      ['functions/_middleware_.js', '/', 'onRequest']
    ])
  })

  it('that can guard nothing are problems, and the folder stays guarded', () => {
    const tree = collect({ files: { 'a/_middleware.js': 'greet', '+x.py': 'handler' } })
    expect(tree.problems.map(({ code, file }) => `${code} ${file}`)).toEqual([
      'TREEWAY_EXPORT_MISSING a/_middleware.js',
      'TREEWAY_NAME_INVALID +x.py'
    ])
    expect(tree.middlewares).toHaveLength(1)
  })
})

describe('a bad name', () => {
  it.each([
    ['[a-b]/x/[a-b].js', '^^^^^'],
    ['x/[a.b]/y.js', '  ^^^^^'],
    ['[...rest]/x.js', '^^^^^^^^^'],
    ['[s]/b/[s].js', '       ^'],
    ['[js]/[...js].js', '         ^^'],
    ['a:b/a:b.js', ' ^']
  ])('%s has its caret under %s', (path, carets) => {
    const { problems } = collect({ files: { [path]: 'handler' } })
    expect(problems[0]?.frame).toBe(`${path}\n${carets}`)
  })

  it('has its caret right with the folder of the tree in front', () => {
    const { problems } = collect({ dir: 'functions', files: { 'n/x:y.js': 'handler' } })
    expect(problems[0]?.frame).toBe('functions/n/x:y.js\n             ^')
  })
})
