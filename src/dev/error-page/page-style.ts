/** No font, no image, nothing from elsewhere; light and dark as the system has it. */
export const pageStyle = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --bad: #c22; --dim: #777 }
@media (prefers-color-scheme: dark) { :root { --bad: #f77; --dim: #999 } }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1.5rem 4rem }
h1, h2 { margin: 0; font-size: 1.4rem; color: var(--bad) }
h2 { font-size: 1.1rem }
h3 { margin: 1rem 0 .25rem; font-size: .85rem; color: var(--dim) }
pre, code, .place, .request { font: 13px/1.55 ui-monospace, Menlo, Consolas, monospace }
pre { margin: .75rem 0; padding: .75rem 1rem; overflow-x: auto; background: var(--soft); border-radius: 6px; tab-size: 4 }
pre.message { padding: 0; background: none; font-size: 15px; white-space: pre-wrap; overflow-wrap: anywhere }
pre.frame span { color: var(--dim) }
pre.frame mark { color: inherit; background: none; font-weight: 700 }
pre.frame i { color: var(--bad); font-style: normal; font-weight: 700 }
p { margin: .25rem 0 }
section { margin: 1rem 0; padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: 8px }
.request { overflow-wrap: anywhere }
.code, .because { color: var(--dim); font-size: .85rem }
.place { font-weight: 700 }
summary { cursor: pointer }
ol { padding-left: 1.5rem }
li.package, li.runtime { color: var(--dim) }
footer { position: fixed; inset: auto 0 0 0; display: flex; justify-content: space-between; gap: 1rem; padding: .5rem 1.5rem; font-size: .85rem; background: Canvas; border-top: 1px solid var(--line) }
footer span + span { color: var(--dim) }
`
