import { randomBytes } from 'node:crypto'
import { Contacts, Play, startSystem, type System, tellStory } from '@swipestream/demo'
import { eventually } from '@swipestream/messaging/testing'
import mysql from 'mysql2/promise'
import { afterAll, beforeAll, expect, it } from 'vitest'

const hasMysql = Boolean(process.env['MYSQL_URL'])

let system: System

beforeAll(async () => {
  if (!hasMysql) return
  // The mailbox is this test's own, for it looks at what is in it.
  const { SMTP_URL: _, MAILBOX_URL: __, TWILIO_API_URL: ___, TWILIO_ACCOUNT_SID: ____, ...environment } = process.env
  system = await startSystem({ environment, namespace: `bank${randomBytes(4).toString('hex')}.`, onProgress: () => undefined, etl: true })
}, 300_000)
afterAll(() => system?.stop())

it.skipIf(!hasMysql)("a customer whose address the bank changes in MySQL has the next alert's e-mail there, and the warehouse has what was decided", async () => {
  const play = new Play(system)
  const { customers, cards, steps } = tellStory(Date.now(), system.secrets.tokenOf)
  await play.seed(customers, cards)
  const [berlin, singapore] = ['Berlin', 'Singapore'].map((city) => steps.find(({ title, customer_id }) => customer_id === 'story-anna' && title.includes(city)))
  const anna = customers.find(({ customer_id }) => customer_id === 'story-anna')
  if (!berlin || !singapore || !anna || !system.etl || !system.mail) throw new Error('the story has lost its heroine')
  const email = 'anna.moved@example.net'

  const bank = await mysql.createConnection({ uri: system.etl.bank.url })
  // As somebody types it.
  await bank.query("UPDATE customers SET email = ' anna.moved@EXAMPLE.net ' WHERE customer_id = 'story-anna'")
  await bank.end()
  await new Contacts(system.connection).arrived([{ ...anna, email }], [])

  await play.swipe(berlin)
  const abroad = await play.swipe(singapore)
  await play.settle(() => undefined)
  expect(play.outcome.decisions.get(abroad)?.outcome).toBe('decline')
  const mail = await eventually(async () => {
    const answer = await fetch(`${system.mail?.url}/api/email?to.address=${email}`)
    return ((await answer.json()) as { subject: string }[])[0]
  })
  expect(mail.subject).toContain('285,00 SGD')
  expect((await system.etl.ask()).decisions).toBeGreaterThanOrEqual(2)
})
