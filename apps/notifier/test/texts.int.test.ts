import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fraudAlerts, opsAlerts } from '@swipestream/contracts'
import { eventually } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { shippedDirectory } from '../src/app/texts/load.js'
import { alertFor, known, newHolder, NotifierUnderTest } from './notifier-under-test.js'

let notifier: NotifierUnderTest
const directory = mkdtempSync(join(tmpdir(), 'texts-'))
const catalogue = join(directory, 'en.json')

beforeAll(async () => {
  cpSync(shippedDirectory, directory, { recursive: true })
  notifier = await NotifierUnderTest.create()
  await notifier.start({ TEMPLATES_DIR: directory })
})
afterAll(async () => {
  await notifier?.close()
  rmSync(directory, { recursive: true })
})

const subjectFor = async (email: string | null): Promise<string | undefined> =>
  (await notifier.mails()).find(({ to }) => to.some(({ address }) => address === email))?.subject

it('texts that were changed to what cannot be used are not taken, and the people on call hear of it; mended, they are', async () => {
  const good = readFileSync(catalogue, 'utf8')
  writeFileSync(catalogue, good.replace('{last4}', '{last5}'))
  const told = await eventually(async () => (await notifier.backbone.received(opsAlerts)).map(({ value }) => value).find(({ code }) => code === 'NOTIFY_TEMPLATE_INVALID'))
  expect(told).toMatchObject({ service: 'notifier', severity: 'warning', summary: expect.stringContaining('en.json') })

  const before = newHolder()
  const alert = alertFor(before)
  await notifier.publish(...known(before), fraudAlerts.event(alert))
  await notifier.settled([alert.alert_id], 2)
  expect(await subjectFor(before.customer.email)).toBe('We declined a payment of EUR 1,499.00 on your card ending 1234')

  writeFileSync(catalogue, good.replaceAll('Swipestream', 'First Bank').replaceAll('on your card ending', 'on your First Bank card ending'))
  await eventually(async () => {
    const after = newHolder()
    const next = alertFor(after)
    await notifier.publish(...known(after), fraudAlerts.event(next))
    await notifier.settled([next.alert_id], 2)
    return (await subjectFor(after.customer.email)) === 'We declined a payment of EUR 1,499.00 on your First Bank card ending 1234'
  })
})
