import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { shopStarts } from '../examples/start-shop.ts'
import type { Shop } from '../examples/start-shop.ts'

const CHROMIUM = '/usr/bin/chromium'

describe.skipIf(!existsSync(CHROMIUM))('the page of the shop', () => {
  let shop: Shop | undefined
  let browser: Browser
  let page: Page
  const faults: string[] = []

  beforeAll(async () => {
    // A container has no user namespaces for the sandbox, and the page is our own.
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
    shop = await shopStarts['createApp']?.()
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    await shop?.stop()
  })

  beforeEach(async () => {
    page = await browser.newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (line) => void (line.type() === 'error' && faults.push(line.text())))
    await page.goto(`${shop?.url}/`)
    await page.getByRole('heading', { name: 'Assam' }).waitFor()
  })

  afterEach(async () => {
    await page.close()
    expect(faults.splice(0)).toEqual([])
  })

  test('finds products while one types', async () => {
    await page.getByRole('searchbox', { name: 'Search tea and teaware' }).fill('whi')
    await page.getByText('1 found for “whi”').waitFor()
    expect(await page.getByRole('heading', { level: 3 }).allTextContents()).toEqual(['Bamboo whisk'])
  })

  test('takes an order with the keyboard alone, and shows it', async () => {
    const add = page.getByRole('button', { name: 'Add to basket Sencha' })
    await add.focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await page.getByText('2 × Sencha in the basket.').waitFor()
    await page.getByRole('button', { name: 'One Sencha less' }).focus()
    await page.keyboard.press('Enter')
    expect(await page.locator('#total').textContent()).toBe('Total €8.90')
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('One Sencha less')
    await page.getByLabel('Your name').fill('Katherine')
    await page.keyboard.press('Enter')
    await page.getByText('Thank you, Katherine.').waitFor()
    await page.getByRole('listitem').filter({ hasText: 'Katherine, €8.90' }).waitFor()
    await page.getByRole('listitem').filter({ hasText: '24 in stock' }).waitFor()
  })

  test("says why an order is refused, in the server's words", async () => {
    const add = page.getByRole('button', { name: 'Add to basket Cast-iron teapot' })
    for (let i = 0; i < 7; i++) await add.click()
    await page.getByLabel('Your name').fill('Edsger')
    await page.getByRole('button', { name: 'Place the order' }).click()
    await page.getByText('Only 6 of "Cast-iron teapot" are left.').waitFor()
    // The browser itself logs the 409.
    expect(faults.splice(0)).toHaveLength(1)
  })

  test('needs no sideways scrolling on a phone, and shows what is typed as text', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    await page.getByRole('searchbox').fill('<img src=x onerror=alert(1)>')
    await page.getByText('0 found for “<img src=x onerror=alert(1)>”').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
  })

  test('names each of its controls and has one main landmark', async () => {
    const snapshot = await page.locator('body').ariaSnapshot()
    expect(snapshot).not.toMatch(/- (button|textbox|searchbox|link)(:|\n)/)
    expect(await page.getByRole('main').count()).toBe(1)
  })
})
