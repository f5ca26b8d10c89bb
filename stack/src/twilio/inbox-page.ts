import type { Message } from './message.js'

/** The messages as a page for people, newest first; it reloads itself. */
export function inboxPage(messages: readonly Message[], accepted: number): string {
  const rows = messages.map(
    ({ date_created, from, to, body, status }) =>
      `<tr><td>${escaped(date_created)}</td><td>${escaped(from ?? '')}</td><td>${escaped(to)}</td><td class="body">${escaped(body)}</td><td>${status}</td></tr>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="2">
<title>${accepted} SMS</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid #ddd; padding: .4rem .8rem .4rem 0; text-align: left; vertical-align: top; white-space: nowrap }
td.body { white-space: pre-wrap }
</style>
</head>
<body>
<h1>${accepted} SMS</h1>
<p>Accepted by the simulator of Twilio's Messages API. Nothing was sent to a phone.</p>
<table>
<thead><tr><th>Time</th><th>From</th><th>To</th><th>Text</th><th>Status</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</body>
</html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
