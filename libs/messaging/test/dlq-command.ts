import { type FraudFeedback, fraudFeedback, uuidv7 } from '@swipestream/contracts'
import type { KafkaRecord } from '@swipestream/messaging'
import { type Ran, ran, type TestBackbone } from '@swipestream/messaging/testing'
import { deadLetterRecord } from '../src/consumer/dead-letter.js'
import { run } from '../src/cli/dlq/run.js'

/** Runs `npm run dlq -- …` in this process, which must have the environment of the backbone. */
// oxlint-disable-next-line typescript/no-explicit-any -- what a command prints last is each command's own
export const dlq = (...args: string[]): Promise<Ran<any>> => ran((output) => run(args, output))

export const letters = { name: `${fraudFeedback.name}.dlq` }

export function feedback(change: Partial<FraudFeedback> = {}): FraudFeedback {
  return { feedback_id: uuidv7(), transaction_id: uuidv7(), card_id: 'c1', terminal_id: null, transaction_occurred_at: null, amount_minor: null, currency: null, verdict: 'legitimate', card_action: 'none', source: 'analyst', actor: null, comment: null, given_at: Date.now(), ...change }
}

/** What a handler says of a record that it will never take. */
export function refusal(message: string, code = 'SOURCE_UNKNOWN'): Error {
  return Object.assign(new Error(message), { kind: 'poison', code })
}

export function header(record: KafkaRecord | undefined, name: string): string | undefined {
  return record?.headers[name]?.toString()
}

/** Publishes records of feedback and gives each up, as the consumer of a group would; none is handled by anybody. */
export async function giveUp(backbone: TestBackbone, values: readonly FraudFeedback[], { code = 'SOURCE_UNKNOWN', group = 'svc' } = {}): Promise<void> {
  const topic = backbone.tail(fraudFeedback)
  await topic.skip()
  await backbone.publish(values.map((value) => fraudFeedback.event(value)))
  const given = await topic.records()
  await backbone.send(
    given.map((record) => {
      const letter = deadLetterRecord({ record, error: refusal('nobody knows this source', code), attempts: 1 }, backbone.namespace + group)
      return { ...letter, topic: letter.topic.slice(backbone.namespace.length) }
    }),
  )
}
