import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createProject, startTreeway } from '../cli/run-treeway.ts'
import type { Project, Running } from '../cli/run-treeway.ts'

const CHROMIUM = '/usr/bin/chromium'
const good = (text: string): string => `export default async () => ${JSON.stringify(text)}\n`

describe.skipIf(!existsSync(CHROMIUM))('the error page of dev, in a browser', () => {
  let browser: Browser
  let project: Project
  let cli: Running
  let page: Page
  let url: string
  const faults: string[] = []

  beforeAll(async () => {
    // A container has no user namespaces for the sandbox, and the page is our own.
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
  })

  beforeEach(async () => {
    page = await browser.newPage()
    faults.length = 0
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('dialog', (dialog) => {
      faults.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
  })

  afterEach(async () => {
    await page.close()
    await cli.stop()
    project.remove()
    expect(faults).toEqual([])
  })

  async function serve(files: Record<string, string>): Promise<void> {
    project = createProject(files)
    cli = startTreeway(['dev', '--port', '0'], { cwd: project.dir })
    url = (await cli.waitFor(/Local +(http:\S+)/))[1] ?? ''
  }

  test('a broken save shows its line, and the page is well again when the file is', async () => {
    await serve({ 'functions/a.ts': good('first') })
    await page.goto(`${url}/a`)
    expect(await page.locator('body').textContent()).toBe('first')
    project.write({ 'functions/a.ts': 'const one = 1\nexport default async () => (\n' })
    await cli.waitFor(/functions\/a\.ts:3/)
    await page.goto(`${url}/a`)
    await page.getByText('functions/a.ts:3:1', { exact: true }).waitFor()
    expect(await page.locator('pre.frame').first().textContent()).toContain(
      '2 | export default async () => ('
    )
    project.write({ 'functions/a.ts': good('second') })
    await page.getByText('second').waitFor()
  })

  test('another broken save shows the other fault', async () => {
    await serve({ 'functions/a.ts': 'export default async () => { throw new RangeError("one") }\n' })
    await page.goto(`${url}/a`)
    await page.getByRole('heading', { name: 'RangeError' }).waitFor()
    project.write({ 'functions/a.ts': '\nexport default async () => { throw new EvalError("two") }\n' })
    await page.getByRole('heading', { name: 'EvalError' }).waitFor()
    expect(await page.locator('.place').first().textContent()).toBe('functions/a.ts:2:36')
  })

  test('a fault in an import shows the source of each call, and whatever it says runs nothing', async () => {
    const hostile = '</pre><script>window.hit = 1</script><img src=x onerror="window.hit = 2">'
    await serve({
      'functions/a.js': "import { fail } from '../lib/fail.js'\nexport default async () => fail()\n",
      'lib/fail.js': `// ${hostile}\nexport const fail = () => {\n  throw Object.assign(new Error(${JSON.stringify(hostile)}), { name: '<b>x</b>' })\n}\n`
    })
    await page.goto(`${url}/a?q=${encodeURIComponent('"><script>window.hit = 3</script>')}`)
    await page.getByText(hostile, { exact: true }).waitFor()
    await page.getByText('functions/a.js:2:').first().click()
    expect(await page.locator('details.call pre.frame').textContent()).toContain(
      'export default async () => fail()'
    )
    expect(await page.locator('script').count()).toBe(1)
    expect(await page.locator('img, b:not(.request b)').count()).toBe(0)
    expect(await page.evaluate('window.hit')).toBeUndefined()
  })

  test('it works below the content security policy of a tree', async () => {
    await serve({
      'functions/+policy.js':
        'export default async (app) => app.addHook("onRequest", async (request, reply) => void reply.header("content-security-policy", "default-src \'none\'"))\n',
      'functions/a.js': 'export default async () => { throw new Error("guarded") }\n'
    })
    await page.goto(`${url}/a`)
    await page.getByText('guarded', { exact: true }).waitFor()
    project.write({ 'functions/a.js': good('open') })
    await page.getByText('open').waitFor()
  })

  test('a form is not sent again by itself', async () => {
    await serve({
      'functions/form.js':
        'export const handler = () => ({ status: 200, headers: { "content-type": "text/html" }, body: \'<form method="post" action="/save"><button>Save</button></form>\' })\n',
      'functions/post.save.js': 'export const handler = () => { throw new Error("not saved") }\n'
    })
    await page.goto(`${url}/form`)
    await page.getByRole('button').click()
    await page.getByText('not saved', { exact: true }).waitFor()
    project.write({ 'functions/post.save.js': 'export const handler = () => "saved"\n' })
    await page.getByText('Send the form again').waitFor()
  })

  test('a broken configuration is shown to people, while programs have the last good app', async () => {
    await serve({
      'treeway.config.ts': 'export default { trees: [{ dir: "pages", prefix: "/p" }] }\n',
      'pages/a.js': good('kept')
    })
    project.write({ 'treeway.config.ts': 'export default { trees: [\n' })
    await cli.waitFor(/treeway\.config\.ts:\d/)
    expect(await (await fetch(`${url}/p/a`)).text()).toBe('kept')
    await page.goto(`${url}/p/a`)
    await page
      .getByText(/^treeway\.config\.ts:\d+/)
      .first()
      .waitFor()
    project.write({ 'treeway.config.ts': 'export default { trees: [{ dir: "pages", prefix: "/p" }] }\n' })
    await page.getByText('kept').waitFor()
  })

  test('a page outlives the server that sent it', async () => {
    await serve({ 'functions/a.js': 'export default async () => { throw new Error("old") }\n' })
    await page.goto(`${url}/a`)
    await page.getByText('old', { exact: true }).waitFor()
    await cli.stop()
    project.write({ 'functions/a.js': good('new') })
    cli = startTreeway(['dev', '--port', new URL(url).port], { cwd: project.dir })
    await page.getByText('new').waitFor()
  })
})
