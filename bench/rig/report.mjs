import { mkdir, writeFile } from 'node:fs/promises'
import { describeMachine } from './machine.mjs'

/** A Markdown table. The first row is its head. */
export function printTable(rows) {
  const [head, ...body] = rows
  return [head, head.map((_, column) => (column === 0 ? '---' : '--:')), ...body]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

export function printRatio({ median, min, max, best }) {
  return `**${median.toFixed(2)}** (${min.toFixed(2)}-${max.toFixed(2)}), ${best.toFixed(2)}`
}

/** Writes bench/results/NAME.md, with the date and the machine under its title. */
export async function writeResult(name, { title, paragraphs }) {
  const folder = new URL('../results/', import.meta.url)
  await mkdir(folder, { recursive: true })
  const date = new Date().toISOString().slice(0, 10)
  const text = [`# ${title}`, `${date}. ${describeMachine()}.`, ...paragraphs].join('\n\n')
  await writeFile(new URL(`${name}.md`, folder), `${text}\n`)
  console.log(text)
}
