import { randomBytes } from 'node:crypto'
import { Play, serviceNames, smsSent, startSystem, type System, tellStory } from '@swipestream/demo'
import { eventually } from '@swipestream/messaging/testing'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { mostInHand } from '../apps/notifier/src/app/delivery-worker.js'
import { configSchema } from '../apps/notifier/src/config.js'

/** As long as a service that was killed may take until it works again. */
const patience = { timeoutMs: 60_000 }

let system: System

beforeAll(async () => {
  // Kafka, registry and PostgreSQL are shared; mailbox and SMS simulator are this test's own, for it counts what is in them.
  const { SMTP_URL: _, MAILBOX_URL: __, TWILIO_API_URL: ___, TWILIO_ACCOUNT_SID: ____, ...environment } = process.env
  system = await startSystem({ environment, namespace: `kill${randomBytes(4).toString('hex')}.`, onProgress: () => undefined })
})
afterAll(() => system?.stop())

it('loses nothing and applies nothing twice when each service is killed in turn under traffic', async () => {
  const play = new Play(system)
  const { cards, customers, steps } = tellStory(Date.now(), system.secrets.tokenOf)
  await play.seed(customers, cards)
  const [berlin, singapore] = ['Berlin', 'Singapore'].map((city) => steps.find(({ title, customer_id }) => customer_id === 'story-anna' && title.includes(city)))
  if (!berlin || !singapore) throw new Error('the story has lost its heroine')
  await play.swipe(berlin)

  const over = new AbortController()
  const traffic = (async () => {
    for (let seed = 7; !over.signal.aborted; seed++) await play.generated(seed, 300, { fraudShare: 0.1, atOnce: 8 })
  })()
  for (const name of serviceNames) {
    // In the middle of something: a little after new decisions were seen.
    const before = play.accepted.size
    await Promise.race([traffic, eventually(async () => play.accepted.size > before + 200, patience)])
    await system.services[name].kill()
    await system.services[name].start()
    await system.services[name].ready()
  }
  const afterKills = play.accepted.size
  await eventually(async () => play.accepted.size > afterKills + 200, patience)
  over.abort()
  await traffic
  // Berlin was before fraud-service was killed: what it knew of the card is there again.
  const abroad = await play.swipe(singapore)
  await play.settle(() => undefined)

  const { accepted, outcome } = play
  const ids = [...accepted.keys()].toSorted()
  expect(outcome.decisions.get(abroad)?.outcome).toBe('decline')
  // Every swipe once on the log, and decided.
  expect([...outcome.logged.keys()].toSorted()).toEqual(ids)
  expect([...outcome.logged].filter(([, times]) => times !== 1)).toEqual([])
  expect([...outcome.decisions.keys()].toSorted()).toEqual(ids)
  // Decided once, also what was under way when fraud-service was killed.
  expect(outcome.contradictions).toEqual([])
  expect(outcome.decisionRecords).toBe(ids.length)
  // Applied, and as decided first.
  const rows = await statuses(ids.length)
  const words = { approve: 'approved', review: 'in_review', decline: 'declined' }
  for (const [id, decision] of outcome.decisions) expect([id, rows.get(id)]).toEqual([id, words[decision.outcome]])
  // No alert without its messages, by each of its ways, and no other message.
  const flagged = [...outcome.decisions.values()].filter(({ outcome: what }) => what !== 'approve').map(({ transaction_id }) => transaction_id)
  expect([...outcome.alerts.keys()].toSorted()).toEqual(flagged.toSorted())
  expect(outcome.failed).toEqual([])
  for (const { value } of outcome.alerts.values()) expect(outcome.untold(value)).toEqual([])
  // What the notifier had in hand when it was killed may be there twice, and no more. It has its hands full then: alerts
  // of what was swiped while fraud-service was down come all at once. An alert that comes twice adds none.
  const texts = await smsSent(system.sms!)
  const told = outcome.sentBy('sms')
  expect(texts.length).toBeGreaterThanOrEqual(told)
  expect(texts.length - told).toBeLessThanOrEqual(mostInHand(configSchema.shape.SMS_CONCURRENCY.parse(undefined)))
}, 240_000)

/** Status by transaction id, once none is pending. */
async function statuses(count: number): Promise<Map<string, string>> {
  const client = new Client({ connectionString: system.transactionsUrl })
  await client.connect()
  try {
    return await eventually(async () => {
      const { rows } = await client.query<{ transaction_id: string; status: string }>('SELECT transaction_id, status FROM transactions')
      return rows.length === count && rows.every(({ status }) => status !== 'pending') && new Map(rows.map(({ transaction_id: id, status }) => [id, status]))
    }, patience)
  } finally {
    await client.end()
  }
}
