import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createProject, startTreeway } from '../cli/run-treeway.ts'
import type { Project, Running } from '../cli/run-treeway.ts'

const CHROMIUM = '/usr/bin/chromium'

const files = {
  'functions/js/[name].js':
    '/** Greets from JavaScript. */\nexport const handler = (event, { name }) => `js ${name}`',
  'functions/py/[name].py':
    'def handler(event, name):\n    """Greets from Python."""\n    return "python " + name\n',
  'functions/ph/[name].php':
    '<?php\n/** Greets from PHP. */\nfunction handler($event, $params) { return "php " . $params["name"]; }\n'
}

describe.skipIf(!existsSync(CHROMIUM))('the page of the API, in dev', () => {
  let project: Project
  let cli: Running
  let browser: Browser
  let page: Page
  let url: string
  const faults: string[] = []
  const foreign: string[] = []

  beforeAll(async () => {
    project = createProject(files)
    cli = startTreeway(['dev', project.dir, '--port', '0'])
    url = (await cli.waitFor(/Local +(http:\S+)/))[1] ?? ''
    // A container has no user namespaces for the sandbox, and the page is our own.
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
    page = await browser.newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (line) => void (line.type() === 'error' && faults.push(line.text())))
    page.on(
      'request',
      (request) =>
        void (
          /^(?:data|blob):/.test(request.url()) ||
          request.url().startsWith(url) ||
          foreign.push(request.url())
        )
    )
    await page.goto(`${url}/_treeway/docs`)
    await page.getByText('Greets from PHP').waitFor()
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await cli.stop()
    project.remove()
  })

  test.each([
    ['js', 'Greets from JavaScript', 'js Ada'],
    ['py', 'Greets from Python', 'python Ada'],
    ['ph', 'Greets from PHP', 'php Ada']
  ])('calls a route: /%s', async (folder, summary, answer) => {
    const block = page.locator('.opblock', { hasText: summary })
    await block.locator('.opblock-summary-control').click()
    await block.getByRole('button', { name: 'Try it out' }).click()
    await block.getByPlaceholder('name').fill('Ada')
    await block.getByRole('button', { name: 'Execute' }).click()
    const live = block.locator('.live-responses-table')
    await live.getByText(answer).first().waitFor()
    expect(await live.locator('.response-col_status').last().textContent()).toContain('200')
    expect(await block.locator('.request-url').textContent()).toContain(`${url}/${folder}/Ada`)
  })

  test('loads nothing from elsewhere, and says nothing in the console', () => {
    expect(foreign).toEqual([])
    expect(faults).toEqual([])
  })
})
