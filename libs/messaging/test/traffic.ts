import { cardProfiles, type FraudFeedback, fraudFeedback, uuidv7 } from '@swipestream/contracts'
import type { Outgoing } from '@swipestream/messaging'
import { eventually, type TestBackbone } from '@swipestream/messaging/testing'
import { profileOf } from '../src/card-profile.fixture.js'

/** The record number `n` of a card. */
export function input(card: string, n: number): FraudFeedback {
  return {
    feedback_id: uuidv7(), transaction_id: uuidv7(), card_id: card, terminal_id: null, transaction_occurred_at: null, amount_minor: null, currency: null, verdict: 'legitimate', card_action: 'none', source: 'analyst', actor: null, comment: null, given_at: n,
  }
}

/** What a handler under test makes of an input. */
export function output({ card_id, transaction_id, given_at }: FraudFeedback): Outgoing {
  return cardProfiles.event(profileOf(card_id, given_at, { last_transaction_id: transaction_id }))
}

/** Keeps account of what was sent, and holds what came out against it. */
export class Traffic {
  readonly #backbone: TestBackbone
  readonly #cards: string[]
  readonly #sent = new Map<string, number>()
  readonly #outputs

  constructor(backbone: TestBackbone, cards = 60) {
    this.#backbone = backbone
    this.#cards = Array.from({ length: cards }, (_, i) => `card-${i}`)
    this.#outputs = backbone.tail(cardProfiles)
  }

  /** Sends the next records of every card, so many of each. */
  async send(ofEach: number): Promise<void> {
    const events: Outgoing[] = []
    for (let i = 0; i < ofEach; i++) {
      for (const card of this.#cards) {
        const n = this.#sent.get(card) ?? 0
        this.#sent.set(card, n + 1)
        events.push(fraudFeedback.event(input(card, n)))
      }
    }
    await this.#backbone.publish(events)
  }

  /** Numbers that came out, by card, in order; again and again what came out twice. */
  readonly cameOut = new Map<string, number[]>()
  /** Records of each member that came out. */
  readonly byMember = new Map<string, number>()

  #looking: Promise<void> = Promise.resolve()

  /** Reads on what came out; one look after the other, or two would see the same. */
  look(): Promise<void> {
    return (this.#looking = this.#looking.then(() => this.#look()))
  }

  async #look(): Promise<void> {
    for (const { key, value, headers } of await this.#outputs.received()) {
      const numbers = this.cameOut.get(key ?? '') ?? []
      this.cameOut.set(key ?? '', numbers)
      numbers.push(value.input_offset)
      const member = headers['member'] ?? ''
      this.byMember.set(member, (this.byMember.get(member) ?? 0) + 1)
    }
  }

  /**
   * Waits until a member's records come out that had not before: it is at work. There is always something left to do,
   * however long the member takes to come up.
   */
  async atWork(member: string): Promise<void> {
    await this.look()
    const before = this.byMember.get(member) ?? 0
    const more = async () => {
      if (await this.complete()) await this.send(10)
      return (this.byMember.get(member) ?? 0) > before
    }
    await eventually(more, { timeoutMs: 120_000, intervalMs: 20 })
  }

  /** Number of records that were sent. */
  get total(): number {
    return [...this.#sent.values()].reduce((sum, count) => sum + count, 0)
  }

  /** Whether everything that was sent came out, once or more often. */
  async complete(): Promise<boolean> {
    await this.look()
    return [...this.#sent].every(([card, count]) => new Set(this.cameOut.get(card)).size === count)
  }

  /** Cards of which not every number came out, first in order, with what did; and how many numbers came out again. */
  account(): { readonly wrong: readonly string[]; readonly again: number } {
    const wrong: string[] = []
    let again = 0
    for (const [card, count] of this.#sent) {
      const numbers = this.cameOut.get(card) ?? []
      const first = [...new Set(numbers)]
      if (first.length !== count || first.some((number, i) => number !== i)) wrong.push(`${card}, ${count} sent: ${first.join(' ')}`)
      again += numbers.length - first.length
    }
    return { wrong, again }
  }

  /** What stands on the dead-letter topic. */
  async givenUp(): Promise<unknown[]> {
    return await this.#backbone.records({ name: `${fraudFeedback.name}.dlq` })
  }
}
