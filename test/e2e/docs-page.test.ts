import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLanguageCheck } from '../conformance/missing-language.ts'
import { createProject, startTreeway } from '../cli/run-treeway.ts'
import type { Project, Running } from '../cli/run-treeway.ts'

const CHROMIUM = '/usr/bin/chromium'

const files = {
  'functions/js/[name].js':
    '/** Greets from JavaScript. */\nexport const handler = (event, { name }) => `js ${name}`',
  'functions/py/[name].py':
    'def handler(event, name):\n    """Greets from Python."""\n    return "python " + name\n',
  'functions/ph/[name].php':
    '<?php\n/** Greets from PHP. */\nfunction handler($event, $params) { return "php " . $params["name"]; }\n',
  'functions/lu/[name].lua':
    '--- Greets from Lua.\nreturn function(event, params) return "lua " .. params.name end\n',
  'functions/go/[name].go':
    'package main\n\n// Greets from Go.\nfunc handler(event map[string]interface{}) interface{} { return "go " + event["name"].(string) }\n',
  'functions/rs/[name].rs':
    'use serde_json::{json, Value};\n\n/// Greets from Rust.\npub fn handler(event: Value) -> Value { json!(format!("rust {}", event["name"].as_str().unwrap_or(""))) }\n',
  'functions/notes/post.js': `
    export const options = { schema: { body: { type: 'object', required: ['text'], properties: { text: { type: 'string' } } } } }
    /** Takes a note. */
    export const handler = ({ body }) => ({ status: 201, body: { noted: JSON.parse(body).text } })`
}

const calls = [
  ['js', 'Greets from JavaScript', 'js Ada'],
  ['py', 'Greets from Python', 'python Ada'],
  ['ph', 'Greets from PHP', 'php Ada'],
  ['lu', 'Greets from Lua', 'lua Ada'],
  ['go', 'Greets from Go', 'go Ada'],
  ['rs', 'Greets from Rust', 'rust Ada']
] as const

const findMissing = createLanguageCheck()

/** On a bare machine of CI all of them are installed. */
function isMissing(folder: string): boolean {
  const [path = ''] = Object.keys(files).filter((file) => file.startsWith(`functions/${folder}/`))
  return (
    process.env['CI'] !== 'true' && findMissing({ name: '', files: { [path]: '' }, expect: [] }) !== undefined
  )
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

  describe.each(calls)('tries a route out: /%s', (folder, summary, answer) => {
    // The first call of a compiled language waits for its compiler.
    test.skipIf(isMissing(folder))(
      'and shows its answer',
      async () => {
        const block = page.locator('.opblock', { hasText: summary })
        await block.locator('.opblock-summary-control').click()
        await block.getByRole('button', { name: 'Try it out' }).click()
        await block.getByPlaceholder('name').fill('Ada')
        await block.getByRole('button', { name: 'Execute' }).click()
        const live = block.locator('.live-responses-table')
        await live.getByText(answer).first().waitFor({ timeout: 170_000 })
        expect(await live.locator('.response-col_status').last().textContent()).toContain('200')
        expect(await block.locator('.request-url').textContent()).toContain(`${url}/${folder}/Ada`)
      },
      180_000
    )
  })

  test('sends a body, and shows what the schema says of a wrong one', async () => {
    const block = page.locator('.opblock', { hasText: 'Takes a note' })
    await block.locator('.opblock-summary-control').click()
    await block.getByRole('button', { name: 'Try it out' }).click()
    const live = block.locator('.live-responses-table')
    for (const [body, status, answer] of [
      ['{"text":"tea"}', '201', '"noted": "tea"'],
      ['{}', '400', "must have required property 'text'"]
    ] as const) {
      await block.locator('textarea').fill(body)
      await block.getByRole('button', { name: 'Execute' }).click()
      await live.getByText(answer).first().waitFor()
      expect(await live.locator('.response-col_status').last().textContent()).toContain(status)
    }
    // The browser tells of every answer that is an error.
    expect(faults.splice(0)).toEqual([expect.stringContaining('400')])
  }, 60_000)

  test('loads nothing from elsewhere, and says nothing in the console', () => {
    expect(foreign).toEqual([])
    expect(faults).toEqual([])
  })
})
