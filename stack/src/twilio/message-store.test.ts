import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { newMessage } from './message.js'
import { MessageStore } from './message-store.js'
import type { Stored } from './message-store.js'

let dir: string
let journal: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'store-test-'))
  journal = join(dir, 'messages.jsonl')
})
afterEach(() => rm(dir, { recursive: true }))

const entry = (body: string): Stored => ({
  message: newMessage({ to: '+1', from: '+2', messagingServiceSid: null, body, media: 0 }, 'ACx', new Date()),
})
const bodies = (store: MessageStore): string[] => store.all().map(({ message }) => message.body)

it('keeps the newest messages and counts all', () => {
  const store = new MessageStore(2)
  for (const body of ['1', '2', '3']) store.put(entry(body))
  expect(bodies(store)).toEqual(['3', '2'])
  expect(store.accepted).toBe(3)
})

it('does not count or move a message that changes', () => {
  const store = new MessageStore(10)
  const first = entry('1')
  store.put(first)
  store.put(entry('2'))
  store.put({ message: { ...first.message, status: 'sent' } })
  expect(bodies(store)).toEqual(['2', '1'])
  expect(store.get(first.message.sid)?.message.status).toBe('sent')
  expect(store.accepted).toBe(2)
})

it('has its messages again from the journal, as they were last', () => {
  const store = new MessageStore(10, journal)
  const first = entry('1')
  store.put({ ...first, statusCallback: 'http://x' })
  store.put(entry('2'))
  store.put({ ...first, message: { ...first.message, status: 'sent' } })
  const again = new MessageStore(10, journal)
  expect(again.all()).toEqual(store.all())
  expect(again.accepted).toBe(2)
})

it('does without the line that was being written when the process was killed', () => {
  new MessageStore(10, journal).put(entry('1'))
  appendFileSync(journal, '{"message":{"sid":"SM1","bo')
  const again = new MessageStore(10, journal)
  again.put(entry('2'))
  expect(bodies(new MessageStore(10, journal))).toEqual(['2', '1'])
})

it('does not let the journal grow without end', () => {
  const store = new MessageStore(10, journal)
  for (let number = 0; number < 2000; number++) store.put(entry(String(number)))
  expect(readFileSync(journal, 'utf8').split('\n').length).toBeLessThan(1100)
  expect(existsSync(`${journal}.next`)).toBe(false)
  expect(bodies(new MessageStore(10, journal))).toEqual(bodies(store))
})
