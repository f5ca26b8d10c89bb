import { createHash } from 'node:crypto'

/** The page's style, in the page: nothing is loaded from anywhere. Contrast is 4.5:1 or more in both schemes. */
export const style = `
:root { color-scheme: light dark; --back: #eef1f6; --paper: #fff; --ink: #16202e; --soft: #4d5a6b; --line: #d5dce6; --brand: #12305c; --yes: #12694a; --no: #b3261e; --on: #fff; --focus: #0b57d0 }
@media (prefers-color-scheme: dark) {
  :root { --back: #0e141d; --paper: #18212e; --ink: #eef2f7; --soft: #b3bfcd; --line: #334256; --brand: #a9c7ff; --yes: #7fd8b1; --no: #ffb4ab; --on: #10151c; --focus: #a9c7ff }
}
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; background: var(--back); color: var(--ink); font: 1.0625rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
header, main, footer { width: 100%; max-width: 37rem; margin: 0 auto; padding: 0 1rem }
header { padding-top: 1.25rem; padding-bottom: 1rem; color: var(--brand); font-weight: 700; letter-spacing: .01em }
.paper { background: var(--paper); border: 1px solid var(--line); border-radius: 1rem; padding: 1.5rem 1.25rem }
h1 { margin: 0 0 .75rem; font-size: 1.625rem; line-height: 1.2; overflow-wrap: anywhere }
p { margin: 0 0 1rem }
.paper > p:last-child { margin-bottom: 0 }
.amount { margin: 1.25rem 0 .875rem; font-size: clamp(1.5rem, 8vw, 2rem); font-weight: 700; line-height: 1.15; overflow-wrap: anywhere; font-variant-numeric: tabular-nums }
dl { margin: 0 0 1.25rem; border-top: 1px solid var(--line) }
dl div { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .5625rem 0; border-bottom: 1px solid var(--line) }
dt { flex: 0 0 7.25rem; color: var(--soft) }
dd { flex: 1 1 8rem; margin: 0; overflow-wrap: anywhere }
form { display: grid; gap: .75rem }
button { min-height: 3.5rem; width: 100%; padding: .75rem 1rem; border: 2px solid transparent; border-radius: .75rem; font: inherit; font-size: 1.125rem; font-weight: 600; text-wrap: balance; cursor: pointer }
.yes { background: var(--yes); color: var(--on) }
.no { background: var(--no); color: var(--on) }
button:hover { filter: brightness(1.08) }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 3px }
ul { margin: 0 0 1.25rem; padding: 0; list-style: none; color: var(--soft) }
.wrong { border-left: 4px solid var(--no); padding: .25rem 0 .25rem .75rem; font-weight: 600 }
footer { padding-top: 1rem; padding-bottom: 2rem; color: var(--soft); font-size: .9375rem }
@media (min-width: 40rem) {
  header { padding-top: 3rem }
  .paper { padding: 2.25rem 2.5rem }
  form { grid-template-columns: 1fr 1fr }
}
@media (prefers-reduced-motion: no-preference) { button { transition: filter .15s } }
`

/** What Content-Security-Policy names it by. */
export const styleHash = `sha256-${createHash('sha256').update(style).digest('base64')}`
