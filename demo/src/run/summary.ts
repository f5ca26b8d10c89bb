import { Client } from 'pg'
import type { StoryStep } from '../story/story.js'
import type { WarehouseAnswer } from '../system/etl.js'
import { mailCount, smsSent } from './inboxes.js'
import { descendantsRssMb } from './memory.js'
import { type Outage, promisedMs } from './outage.js'
import { percentile } from './percentile.js'
import type { Play } from './play.js'

/** What `npm start -- --once --json` prints last. Times in milliseconds. */
export interface Summary {
  readonly swipes: number
  readonly refused: number
  readonly decisions: number
  readonly alerts: number
  readonly emails: number
  readonly sms: number
  /** From the launcher's start to the first message that a provider has accepted; null without an alert. */
  readonly firstAlertMs: number | null
  /** From the begin of the POST to the alert standing on its topic. */
  readonly swipeToAlertMs: { readonly p50: number | null; readonly p99: number | null }
  /** From the launcher's start until every service was ready. */
  readonly readyMs: number
  /** Resident memory of servers and services together. */
  readonly rssMb: number | null
  /** What came of the outage; null where none was staged. */
  readonly outage: Outage | null
  /** What the warehouse says; null where there is none. */
  readonly warehouse: (WarehouseAnswer & { readonly file: string }) | null
  /** One sentence for each promise that was not kept. */
  readonly broken: string[]
}

export interface Told {
  readonly step: StoryStep
  readonly transactionId: string
}

export async function summarize(
  play: Play,
  { startedAt, readyAt, refused, told, outage }: { startedAt: number; readyAt: number; refused: number; told: readonly Told[]; outage: Outage | null },
): Promise<Summary> {
  const { outcome, accepted, system } = play
  const latencies = [...outcome.alerts.values()].flatMap(({ value, origin }) => {
    const sent = accepted.get(value.transaction_id)
    return sent ? [origin.timestamp - sent.sentAt] : []
  })
  // What lies in the inboxes, where they are this run's own; else what the providers have accepted.
  const emails = system.mail?.own ? await mailCount(system.mail) : outcome.sentBy('email')
  const sms = system.sms?.own ? (await smsSent(system.sms)).length : outcome.sentBy('sms')
  const broken = [...(await brokenPromises(play)), ...brokenStory(play, told), ...brokenOutage(outage)]
  if (emails !== outcome.sentBy('email')) broken.push(`${outcome.sentBy('email')} e-mails were accepted, but ${emails} are in the mailbox`)
  if (sms !== outcome.sentBy('sms')) broken.push(`${outcome.sentBy('sms')} SMS were accepted, but ${sms} were sent`)
  for (const { value } of outcome.alerts.values()) {
    const untold = outcome.untold(value)
    if (untold.length > 0) broken.push(`alert ${value.alert_id} did not come by ${untold.join(' and ')}`)
  }
  return {
    swipes: accepted.size,
    refused,
    decisions: outcome.decisions.size,
    alerts: outcome.alerts.size,
    emails,
    sms,
    firstAlertMs: outcome.firstSentAt === null ? null : outcome.firstSentAt - startedAt,
    swipeToAlertMs: { p50: percentile(latencies, 50), p99: percentile(latencies, 99) },
    readyMs: readyAt - startedAt,
    rssMb: await descendantsRssMb(),
    outage,
    warehouse: null,
    broken,
  }
}

function brokenOutage(outage: Outage | null): string[] {
  if (outage === null) return []
  const { toldMs, overMs } = outage
  if (toldMs === null) return [`the people on call were not told of the outage within ${promisedMs.told / 1_000} s`]
  return overMs === null ? [`the people on call were not told within ${promisedMs.over / 1_000} s that the outage was over`] : []
}

/** Counts rows, records and decisions against the swipes that were accepted. */
async function brokenPromises({ outcome, accepted, system }: Play): Promise<string[]> {
  const broken: string[] = []
  const ids = [...accepted.keys()]
  const count = (what: string, found: number): void => {
    if (found !== ids.length) broken.push(`${ids.length} swipes were accepted, but there are ${found} ${what}`)
  }
  count('rows in the database', await rowsInDatabase(system.transactionsUrl, ids))
  count('records on transactions_log', [...outcome.logged.values()].reduce((sum, n) => sum + n, 0))
  count('decisions', outcome.decisionRecords)
  const undecided = ids.filter((id) => !outcome.decisions.has(id))
  if (undecided.length > 0) broken.push(`${undecided.length} swipes have no decision, such as ${undecided[0]}`)
  const flagged = [...outcome.decisions.values()].filter(({ outcome: what }) => what !== 'approve')
  if (flagged.length !== outcome.alerts.size) broken.push(`${flagged.length} decisions must be alerted, but there are ${outcome.alerts.size} alerts`)
  for (const { alert_id: id, channel, error } of outcome.failed) broken.push(`the ${channel} of alert ${id} failed: ${error}`)
  return broken
}

function brokenStory({ outcome }: Play, told: readonly Told[]): string[] {
  return told.flatMap(({ step, transactionId }) => {
    const decision = outcome.decisions.get(transactionId)
    const rules = outcome.alerts.get(transactionId)?.value.reasons.map(({ rule_id }) => rule_id) ?? []
    const expected = step.expect.alert?.rules ?? []
    if (decision && decision.outcome === step.expect.outcome && rules.join() === expected.join()) return []
    return [`“${step.title}” should be ${step.expect.outcome} (${expected.join(', ') || 'no alert'}), but is ${decision?.outcome ?? 'undecided'} (${rules.join(', ') || 'no alert'})`]
  })
}

async function rowsInDatabase(url: string, ids: readonly string[]): Promise<number> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM transactions WHERE transaction_id = ANY($1::uuid[])', [ids])
    return Number(rows[0]?.count)
  } finally {
    await client.end()
  }
}
