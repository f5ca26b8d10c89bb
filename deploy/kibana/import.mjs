// Imports data views and dashboards into Kibana once it is there: KIBANA_URL=http://kibana:5601 node import.mjs
// Needs nothing but Node.js; KIBANA_API_KEY, or user:password@ in the URL, where Kibana asks for it.
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

// oxlint-disable-next-line node/no-process-env -- a program of its own: this is its configuration
const { KIBANA_URL = 'http://127.0.0.1:5601', KIBANA_API_KEY, KIBANA_WAIT_SECONDS = '300' } = process.env
const base = new URL(KIBANA_URL)
const { username, password } = base
base.username = base.password = ''
const basic = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
const headers = {
  'kbn-xsrf': 'swipestream',
  ...(username !== '' && { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
  ...(KIBANA_API_KEY && { authorization: `ApiKey ${KIBANA_API_KEY}` }),
}
const at = (path) => `${base.href.replace(/\/$/, '')}${path}`

/** What keeps Kibana from taking anything; undefined when nothing does. */
async function waitsFor() {
  try {
    const response = await fetch(at('/api/status'), { headers, signal: AbortSignal.timeout(10_000) })
    if (response.status === 401 || response.status === 403) return undefined
    const { status } = await response.json()
    return status?.overall?.level === 'available' ? undefined : `it is ${status?.overall?.level ?? response.status}`
  } catch (error) {
    return error instanceof Error ? (error.cause?.message ?? error.message) : String(error)
  }
}

const until = Date.now() + Number(KIBANA_WAIT_SECONDS) * 1_000
for (let reason = await waitsFor(); reason !== undefined; reason = await waitsFor()) {
  if (Date.now() > until) {
    console.error(`Kibana at ${base.href} takes nothing: ${reason}`)
    process.exit(1)
  }
  await pause(1_000)
}

const form = new FormData()
form.append('file', new Blob([await readFile(new URL('swipestream.ndjson', import.meta.url))], { type: 'application/ndjson' }), 'swipestream.ndjson')
const response = await fetch(at('/api/saved_objects/_import?overwrite=true'), { method: 'POST', headers, body: form })
const answer = await response.text()
const { success, successCount } = response.ok ? JSON.parse(answer) : {}
if (success !== true) {
  console.error(`Kibana refuses the dashboards (${response.status}): ${answer}`)
  process.exit(1)
}
console.log(`${successCount} objects were imported: ${at('/app/dashboards')}`)
