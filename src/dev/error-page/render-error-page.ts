import { createHash } from 'node:crypto'
import type { ShownCall, ShownFault } from './describe-fault.ts'
import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'
import type { SourceFrame } from './read-source-frame.ts'

export interface ErrorPageFacts {
  readonly fault: ShownFault
  readonly statusCode: number
  readonly method: string
  /** As it came. */
  readonly url: string
  /** Which code the page is of: the page loads itself anew when that is another. */
  readonly version: string
}

/** Lets run what the page itself holds and nothing else, whatever slips into it. */
export const errorPagePolicy = [
  "default-src 'none'",
  `style-src '${toSource(pageStyle)}'`,
  `script-src '${toSource(pageScript)}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'"
].join('; ')

/** An HTML page that shows a fault, and loads itself anew when a file has changed. */
export function renderErrorPage({ fault, statusCode, method, url, version }: ErrorPageFacts): string {
  const isRepeatable = method === 'GET' || method === 'HEAD'
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(`${statusCode} ${fault.title}`)}</title>
<link rel="icon" href="data:,">
<style>${pageStyle}</style>
</head>
<body data-version="${escape(version)}" data-repeatable="${isRepeatable}">
<main>
<p class="request"><b>${statusCode}</b> ${escape(method)} ${escape(url)}</p>
${toFaultHtml(fault, 'h1')}
</main>
<footer><span id="state" role="status">Waiting for a change of the files ...</span> <span>treeway dev; only this machine sees this page</span></footer>
<script>${pageScript}</script>
</body>
</html>
`
}

function toFaultHtml(fault: ShownFault, heading: 'h1' | 'h2'): string {
  const { title, message, code, place, frame, words, fix, calls, causes } = fault
  const parts = [
    `<${heading}>${escape(title)}</${heading}>`,
    code === undefined ? '' : `<p class="code">${escape(code)}</p>`,
    `<pre class="message">${escape(message)}</pre>`,
    place === undefined ? '' : `<p class="place">${escape(place)}</p>`,
    frame ? toFrameHtml(frame) : '',
    words === undefined ? '' : `<pre class="words">${escape(words)}</pre>`,
    fix === undefined ? '' : `<p class="fix"><b>Try:</b> ${escape(fix)}</p>`,
    toCallsHtml(calls)
  ]
  const own = `<section>\n${parts.filter((part) => part !== '').join('\n')}\n</section>`
  return [
    own,
    ...causes.map((cause) => `<p class="because">because of</p>\n${toFaultHtml(cause, 'h2')}`)
  ].join('\n')
}

function toFrameHtml({ lines, line, column }: SourceFrame): string {
  const width = String(lines.at(-1)?.number ?? line).length
  const rows = lines.flatMap(({ number, text }) => {
    const row = `${String(number).padStart(width)} | ${text}`
    if (number !== line) return [`<span>${escape(row)}</span>`]
    const hit = `<mark>${escape(row)}</mark>`
    if (column === undefined) return [hit]
    // Tabs stay tabs, so that the caret stands under its character.
    const indent = text.slice(0, column - 1).replaceAll(/[^\t]/g, ' ')
    return [hit, `<i>${' '.repeat(width)} | ${indent.padEnd(column - 1)}^</i>`]
  })
  return `<pre class="frame">${rows.join('\n')}</pre>`
}

function toCallsHtml(calls: readonly ShownCall[]): string {
  if (calls.length === 0) return ''
  const own = calls.filter((call) => call.kind === 'project')
  const others = calls.length - own.length
  const foreign =
    others === 0
      ? ''
      : `<details><summary>the whole stack: ${calls.length} calls</summary><ol>${calls.map(toLineHtml).join('')}</ol></details>`
  return `<h3>Stack</h3>\n${own.map((call, i) => toCallHtml(call, i === 0)).join('\n')}\n${foreign}`
}

/** The innermost call is shown above already. */
function toCallHtml(call: ShownCall, isFirst: boolean): string {
  if (!call.frame || isFirst) return `<p class="call">${toCallText(call)}</p>`
  return `<details class="call"><summary>${toCallText(call)}</summary>${toFrameHtml(call.frame)}</details>`
}

function toLineHtml(call: ShownCall): string {
  return `<li class="${call.kind}">${toCallText(call)}</li>`
}

function toCallText({ functionName, name, line, column }: ShownCall): string {
  const place = `<code>${escape(`${name}:${line}:${column}`)}</code>`
  return functionName === undefined ? place : `${escape(functionName)} ${place}`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;'
}

/** For text and for attributes in quotes. Control characters have no business in a page. */
function escape(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
    .replaceAll(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g, '\ufffd')
}

function toSource(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
