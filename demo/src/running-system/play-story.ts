import { setTimeout as delay } from 'node:timers/promises'
import type { Customer } from '@swipestream/contracts'
import type { Connection } from '@swipestream/messaging'
import { ApiClient } from '../run/api-client.js'
import type { Bank } from '../bank/bank.js'
import { type CardWithNumber, generateWorld } from '../generator/world.js'
import { Contacts, publishContacts } from '../run/contacts.js'
import { replyTo } from '../run/inboxes.js'
import { Outcome } from '../run/outcome.js'
import type { Printer } from '../run/print.js'
import { tellStory } from '../story/story.js'
import type { RunningSystem } from './config.js'

/** How long a swipe may take to its decision, and an alert to its messages, in milliseconds. */
const patienceMs = 60_000
const lookMs = 200
/** Customers of the bank whose rows change while the story is played. */
const others = 200

/**
 * Plays the story step by step, and shows of each what came of it.
 *
 * @returns one sentence for each promise that was not kept
 */
export async function playStory({ apiUrl, apiKey, tokenOf, sms }: RunningSystem, connection: Connection, bank: Bank | null, printer: Printer): Promise<string[]> {
  const api = new ApiClient(apiUrl, apiKey)
  const outcome = new Outcome(connection)
  const { customers, cards, steps } = tellStory(Date.now(), tokenOf)
  await introduce(connection, bank, customers, cards)
  await bank?.settle(generateWorld(Date.now() >>> 0, { customers: others, tokenOf, updatedAt: Date.now() }), 1)
  // What a rule says of a swipe may hang on whose card it is.
  if (bank) await new Contacts(connection).arrived(customers, cards)
  const broken: string[] = []
  for (const { id, title, swipe, expect, answer, customer_id, card_id } of steps) {
    const { transaction_id: transactionId } = await api.swipe(swipe, id)
    const untold = () => {
      const alert = outcome.alerts.get(transactionId)
      return alert === undefined ? ['any way'] : outcome.untold(alert.value)
    }
    const done = await within(patienceMs, async () => {
      await outcome.look()
      return outcome.decisions.has(transactionId) && (expect.alert === null || untold().length === 0)
    })
    const decision = outcome.decisions.get(transactionId)
    printer.swipe(swipe, title, decision)
    const alert = outcome.alerts.get(transactionId)
    if (alert) printer.alert(alert.value)
    if (alert && done) printer.progress('       @ the customer was told')
    if (decision?.outcome !== expect.outcome) broken.push(`“${title}” should be ${expect.outcome}, but is ${decision?.outcome ?? 'undecided'}`)
    else if (!done) broken.push(`“${title}” was alerted, but not by ${untold().join(' and ')}`)
    const phone = customers.find((customer) => customer.customer_id === customer_id)?.phone
    if (!answer || !phone) continue
    // A real phone is not ours to answer: the story ends here.
    if (!sms) break
    printer.answer(answer.title, phone, await replyTo(sms, phone, answer.word))
    const blocked = await within(patienceMs, async () => {
      await outcome.look()
      return outcome.blocked.has(card_id)
    })
    if (!blocked) broken.push(`“${answer.title}” did not block the card`)
  }
  return broken
}

/** Makes people and their cards known: by the bank's database, where there is one. */
export async function introduce(connection: Connection, bank: Bank | null, customers: readonly Customer[], cards: readonly CardWithNumber[]): Promise<void> {
  if (bank) await bank.put(customers, cards)
  else await publishContacts(connection, customers, cards)
}

async function within(ms: number, holds: () => Promise<boolean>): Promise<boolean> {
  for (const deadline = Date.now() + ms; ; await delay(lookMs)) {
    if (await holds()) return true
    if (Date.now() > deadline) return false
  }
}
