import type { Message } from './message.js'

/**
 * The messages as a page for people, newest first. It reloads itself, but not while somebody writes.
 *
 * @param accepted how many there were, those no longer kept included
 * @param canReply whether something is called with what the customer replies
 */
export function inboxPage(messages: readonly Message[], accepted: number, canReply: boolean): string {
  const items = messages.map((message) => {
    const { date_created, direction, from, to, body, status } = message
    const inbound = direction === 'inbound'
    const who = inbound ? `from <strong>${escaped(from ?? '')}</strong> to ${escaped(to)}` : `<strong>${escaped(to)}</strong> from ${escaped(from ?? '')}`
    return `<li${inbound ? ' class="inbound"' : ''}>
<p class="about">${who} · ${escaped(date_created)} · ${status}</p>
<p class="body">${escaped(body)}</p>
${canReply && !inbound && from !== null ? replyForm(message) : ''}</li>`
  })
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<noscript><meta http-equiv="refresh" content="5"></noscript>
<title>${accepted} SMS</title>
<style>
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 40rem; padding: 0 1rem }
ol { list-style: none; padding: 0 }
li { border-top: 1px solid #8886; padding: .8rem 0 }
p { margin: .2rem 0 }
.about { font-size: .875rem; opacity: .8 }
.body { overflow-wrap: anywhere; white-space: pre-wrap }
.inbound { padding-left: 2rem }
form { display: flex; gap: .5rem; margin-top: .4rem }
input, button { font: inherit; font-size: .875rem; padding: .2rem .6rem }
input { flex: 1; min-width: 6rem }
</style>
</head>
<body>
<h1>${accepted} SMS</h1>
<p>Accepted by the simulator of Twilio's Messages API. Nothing was sent to a phone.</p>
<ol>
${items.join('\n')}
</ol>
<script>
setInterval(() => {
  const writing = [...document.querySelectorAll('input:not([type=hidden])')].some((input) => input.value !== '' || input === document.activeElement)
  if (!writing) location.reload()
}, 2000)
</script>
</body>
</html>
`
}

/** Enter sends what is written: the first button. */
function replyForm({ from, to }: Message): string {
  const hidden = `<input type="hidden" name="from" value="${escaped(to)}"><input type="hidden" name="to" value="${escaped(from ?? '')}">`
  return `<form method="post" action="/simulator/inbound">${hidden}
<input name="body" autocomplete="off" aria-label="Reply as the customer" placeholder="Reply as the customer"><button>Send</button>
<button name="body" value="YES">YES</button><button name="body" value="NO">NO</button><button name="body" value="STOP">STOP</button>
</form>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
