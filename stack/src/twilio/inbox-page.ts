import type { Message } from './message.js'

/** The messages as a page for people, newest first; it reloads itself. */
export function inboxPage(messages: readonly Message[], accepted: number): string {
  const items = messages.map(
    ({ date_created, from, to, body, status }) => `<li>
<p class="about"><strong>${escaped(to)}</strong> from ${escaped(from ?? '')} · ${escaped(date_created)} · ${status}</p>
<p class="body">${escaped(body)}</p>
</li>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="2">
<title>${accepted} SMS</title>
<style>
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 40rem; padding: 0 1rem }
ol { list-style: none; padding: 0 }
li { border-top: 1px solid #8886; padding: .8rem 0 }
p { margin: .2rem 0 }
.about { font-size: .875rem; opacity: .8 }
.body { overflow-wrap: anywhere; white-space: pre-wrap }
</style>
</head>
<body>
<h1>${accepted} SMS</h1>
<p>Accepted by the simulator of Twilio's Messages API. Nothing was sent to a phone.</p>
<ol>
${items.join('\n')}
</ol>
</body>
</html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
