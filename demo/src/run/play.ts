import { setTimeout as delay } from 'node:timers/promises'
import type { Customer } from '@swipestream/contracts'
import { pause } from '@swipestream/platform'
import { swipes } from '../generator/swipes.js'
import type { SwipeRequest } from '../generator/swipe-request.js'
import { type CardWithNumber, generateWorld } from '../generator/world.js'
import { readTransactions } from '../input/csv.js'
import type { DerivedHolder } from '../input/derived-holder.js'
import { testCardHolders } from '../story/test-card-holders.js'
import type { StoryStep } from '../story/story.js'
import type { System } from '../system/system.js'
import { type Accepted, ApiClient } from './api-client.js'
import { inLanes, type Job } from './lanes.js'
import { Outcome } from './outcome.js'
import { Contacts, publishContacts } from './contacts.js'
import { replyTo } from './inboxes.js'

/** Requests under way at a time. */
const lanes = 64
const customersOfTraffic = 200
const holdersAtOnce = 500
/** Mean time between two swipes of the traffic that goes on until Ctrl-C, in milliseconds. */
const trafficGapMs = 500
/** How long nothing may come any more before what is missing counts as lost, in milliseconds. */
const patienceMs = 60_000
const lookMs = 100

interface Work {
  readonly id: string
  readonly swipe: SwipeRequest
}

/** What was sent, and what became of it. */
export class Play {
  readonly outcome: Outcome
  /** By transaction id. */
  readonly accepted = new Map<string, Accepted>()
  readonly #client: ApiClient
  readonly #contacts: Contacts

  constructor(readonly system: System) {
    this.#contacts = new Contacts(system.connection)
    this.outcome = new Outcome(system.connection)
    this.#client = new ApiClient(system.services['transactions-api'].url, system.secrets.apiKey)
  }

  /** What is there from earlier runs is none of this one's; and the cards of the README's own swipes get their holders. */
  async begin(): Promise<void> {
    await this.outcome.begin()
    const known = testCardHolders(Date.now(), this.system.secrets.tokenOf)
    await this.#put(known.customers, known.cards)
  }

  /** Makes customers and cards known: by the bank's database, where there is one. Resolves when they are on their topics. */
  async seed(customers: readonly Customer[], cards: readonly CardWithNumber[]): Promise<void> {
    await this.#put(customers, cards)
    if (this.system.etl) await this.#contacts.arrived(customers, cards)
  }

  async #put(customers: readonly Customer[], cards: readonly CardWithNumber[]): Promise<void> {
    if (this.system.etl) await this.system.etl.bank.put(customers, cards)
    else await publishContacts(this.system.connection, customers, cards)
  }

  async swipe({ id, swipe }: Work): Promise<string> {
    const accepted = await this.#client.swipe(swipe, id)
    this.accepted.set(accepted.transaction_id, accepted)
    return accepted.transaction_id
  }

  /** Generated swipes of generated customers, as fast as they are taken, `atOnce` at a time. */
  async generated(seedOf: number, count: number, { fraudShare = 0.05, atOnce = lanes } = {}): Promise<void> {
    const { world, run } = await this.#world(seedOf)
    const startAt = Date.now() - count * trafficGapMs
    const stream = swipes(world, { seed: seedOf, count, fraudShare, startAt, meanGapMs: trafficGapMs })
    await inLanes(jobsOf(stream, run), atOnce, async (work) => void (await this.swipe(work)))
  }

  /** Generated swipes at the pace of their own times, until the signal is aborted. */
  async traffic(seedOf: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#traffic(seedOf, signal)
    } catch (error) {
      // What it talks to ends with the signal, too.
      if (!signal.aborted) throw error
    }
  }

  async #traffic(seedOf: number, signal: AbortSignal): Promise<void> {
    const { world, run } = await this.#world(seedOf)
    const stream = swipes(world, { seed: seedOf, count: Infinity, fraudShare: 0.02, startAt: Date.now(), meanGapMs: trafficGapMs })
    for (const { work } of jobsOf(stream, run)) {
      const wait = Date.parse(work.swipe.occurred_at) - Date.now()
      if (wait > 0) await pause(wait, signal)
      if (signal.aborted) return
      await this.swipe(work)
    }
  }

  /**
   * The rows of a file.
   *
   * @param onRefused told of each row that is not a transaction, with line and reason
   */
  async input(file: string, rows: number, onRefused: (reason: Error) => void): Promise<void> {
    const { secrets } = this.system
    const run = Date.now().toString(36)
    // Holders go beside the swipes, many in one request: an alert whose contact is not there yet waits for it.
    let holders: DerivedHolder[] = []
    const publishHolders = async (): Promise<void> => {
      const some = holders
      holders = []
      await this.#put(some.map(({ customer }) => customer), some.map(({ card }) => card))
    }
    async function* jobs(): AsyncGenerator<Job<Work>> {
      for await (const { id, swipe, newHolder } of readTransactions(file, { tokenOf: secrets.tokenOf, rows, onBadRow: onRefused })) {
        if (newHolder) holders.push(newHolder)
        if (holders.length >= holdersAtOnce) await publishHolders()
        yield { key: swipe.card_number, work: { id: `${run}-${id}`, swipe } }
      }
      await publishHolders()
    }
    await inLanes(jobs(), lanes, async (work) => void (await this.swipe(work)))
  }

  /** The customer of a step answers, is told that it was understood, and the card is blocked; gives what they wrote. @throws Error when that is not within a minute */
  async answer(sms: NonNullable<System['sms']>, { card_id, customer_id }: Pick<StoryStep, 'card_id' | 'customer_id'>, phone: string, word: string): Promise<string> {
    const written = await replyTo(sms, phone, word)
    for (const deadline = Date.now() + patienceMs; !this.outcome.blocked.has(card_id) || !this.outcome.confirmed(customer_id); await delay(lookMs)) {
      if (Date.now() > deadline) throw new Error(`“${written}” had not blocked the card, or was not confirmed, after ${patienceMs / 1_000} s`)
      await this.outcome.look()
    }
    return written
  }

  /** Waits until every swipe has its decision and every alert its messages, or nothing comes any more. */
  async settle(onProgress: (line: string) => void): Promise<void> {
    let before = ''
    let deadline = Date.now() + patienceMs
    for (let nextLine = Date.now() + 2_000; ; await delay(lookMs)) {
      await this.outcome.look()
      const { decisions, alerts } = this.outcome
      const flagged = [...decisions.values()].filter(({ outcome }) => outcome !== 'approve').length
      const untold = [...alerts.values()].filter(({ value }) => this.outcome.untold(value).length > 0).length - this.outcome.failed.length
      if (decisions.size >= this.accepted.size && alerts.size >= flagged && untold <= 0) return
      const now = `${decisions.size} of ${this.accepted.size} decided, ${alerts.size} alerts, ${untold} of them on their way`
      if (now !== before) deadline = Date.now() + patienceMs
      before = now
      if (Date.now() > deadline) return
      if (Date.now() > nextLine) {
        onProgress(now)
        nextLine = Date.now() + 2_000
      }
    }
  }

  /** Customers and cards of their own each time: what is remembered of an earlier run must not spoil their journeys. */
  async #world(seedOf: number) {
    const run = Date.now().toString(36)
    const { secrets } = this.system
    const world = generateWorld(seedOf + Math.floor(Date.now() / 1_000), { customers: customersOfTraffic, tokenOf: secrets.tokenOf, updatedAt: Date.now() })
    if (this.system.etl) {
      await this.system.etl.bank.settle(world, seedOf)
      await this.#contacts.arrived(world.customers, world.cards)
    } else await publishContacts(this.system.connection, world.customers, world.cards)
    return { world, run }
  }
}

function* jobsOf(stream: Iterable<{ readonly swipe: SwipeRequest }>, run: string): Generator<Job<Work>> {
  let n = 0
  for (const { swipe } of stream) yield { key: swipe.card_number, work: { id: `${run}-generated-${n++}`, swipe } }
}
