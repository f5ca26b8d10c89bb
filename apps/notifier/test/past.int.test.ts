import { fraudAlerts } from '@swipestream/contracts'
import { eventually } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { alertFor, known, newHolder, NotifierUnderTest } from './notifier-under-test.js'

let notifier: NotifierUnderTest

beforeAll(async () => {
  notifier = await NotifierUnderTest.create()
  await notifier.start()
})
afterAll(() => notifier?.close())

const tables = ['alerts', 'deliveries', 'questions', 'inbox'] as const
const counts = async (alertId: string): Promise<number[]> =>
  Promise.all(tables.map(async (table) => {
    const theirs = table === 'inbox' ? 'delivery_id IN (SELECT id FROM deliveries WHERE alert_id = $1)' : 'alert_id = $1'
    const [row] = await notifier.database.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM ${table} WHERE ${theirs}`, [alertId])
    return row?.count ?? 0
  }))
const planned = (alertId: string, days: number) => notifier.database.query(`UPDATE alerts SET planned_at = now() - $2 * interval '1 day' WHERE alert_id = $1`, [alertId, days])

it('what was told longer ago than KEEP_DAYS is forgotten, but for what is still to be sent; what is younger stays', async () => {
  const holder = newHolder()
  const [old, young, unsent] = [alertFor(holder), alertFor(holder), alertFor(holder)]
  await notifier.publish(...known(holder), ...[old, young, unsent].map((alert) => fraudAlerts.event(alert)))
  await notifier.settled([old.alert_id, young.alert_id, unsent.alert_id], 6)
  const before = await counts(old.alert_id)
  expect(before.every((count) => count > 0)).toBe(true)

  // The young one's e-mail shared a message with the old one's.
  await notifier.database.query(
    `UPDATE deliveries SET merged_into = (SELECT id FROM deliveries WHERE alert_id = $1 AND channel = 'email') WHERE alert_id = $2 AND channel = 'email'`,
    [old.alert_id, young.alert_id],
  )
  await notifier.database.query(`UPDATE deliveries SET status = 'queued', next_attempt_at = now() + interval '1 day' WHERE alert_id = $1 AND channel = 'email'`, [unsent.alert_id])
  await notifier.database.query(`INSERT INTO inbound_sms (message_sid, outcome, received_at) VALUES ('SM-old', 'given', now() - interval '401 days'), ('SM-young', 'given', now() - interval '399 days')`)
  await planned(young.alert_id, 399)
  await planned(unsent.alert_id, 401)
  await planned(old.alert_id, 401)

  await eventually(async () => (await counts(old.alert_id)).every((count) => count === 0))
  expect(await counts(young.alert_id)).toEqual(before)
  expect(await counts(unsent.alert_id)).toEqual(before)
  await eventually(async () => {
    const left = await notifier.database.query<{ message_sid: string }[]>('SELECT message_sid FROM inbound_sms')
    return left.map(({ message_sid }) => message_sid).join() === 'SM-young'
  })
})
