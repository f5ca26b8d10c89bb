import { toError } from '@swipestream/platform'
import { MessagingError, type MessagingErrorCode } from '../errors.js'
import type { Producer } from '../kafka/ports.js'
import { sendTraced } from '../send-traced.js'
import { recordOf, type Row } from './outbox-rows.js'

/** Refusals that a record can bring upon itself, and upon all that travel with it. */
const ofRecords: ReadonlySet<string> = new Set<MessagingErrorCode>(['KAFKA_RECORD_TOO_LARGE', 'KAFKA_CLIENT'])
/** Refusals that concern a topic: other topics are published meanwhile. */
const ofTopics: ReadonlySet<string> = new Set<MessagingErrorCode>(['KAFKA_TOPIC_MISSING', 'KAFKA_REFUSED'])

export interface Outcome {
  readonly published: Row[]
  readonly rejected: { readonly row: Row; readonly error: MessagingError }[]
  /** Topics that take nothing for now, and why. */
  readonly held: Map<string, MessagingError>
  /** Why nothing can be published for now, if so. What is in none of the lists may stand on its topic, or not. */
  failure: Error | undefined
}

/**
 * Publishes rows, each topic's by themselves. Where the broker refuses a record, those it travelled with are sent one by
 * one, in their order, and the one that is refused alone is the one to be set aside.
 *
 * @param unpublished leaves out the rows that stand on their topics already, of those that a refused request held.
 * @param signal when it is aborted, nothing more is sent, and the call rejects with its reason.
 */
export async function publishRows(
  rows: readonly Row[],
  producer: Producer,
  unpublished: (rows: readonly Row[]) => Promise<readonly Row[]>,
  signal: AbortSignal,
): Promise<Outcome> {
  const outcome: Outcome = { published: [], rejected: [], held: new Map(), failure: undefined }
  const refused: Row[][] = []
  const send = async (sent: Row[], alone: boolean): Promise<void> => {
    try {
      await sendTraced(sent.map(recordOf), (records) => producer.send(records))
      outcome.published.push(...sent)
    } catch (thrown) {
      const error = toError(thrown)
      const [row] = sent
      if (!(error instanceof MessagingError) || row === undefined) outcome.failure = error
      else if (ofTopics.has(error.code)) outcome.held.set(row.topic, error)
      else if (!ofRecords.has(error.code)) outcome.failure = error
      else if (alone) outcome.rejected.push({ row, error })
      else refused.push(sent)
    }
  }
  // The producer puts them together into requests.
  await Promise.all([...Map.groupBy(rows, ({ topic }) => topic).values()].map((ofTopic) => send(ofTopic, false)))
  for (const ofTopic of refused) {
    signal.throwIfAborted()
    const left = new Set(await unpublished(ofTopic))
    outcome.published.push(...ofTopic.filter((row) => !left.has(row)))
    for (const row of left) {
      signal.throwIfAborted()
      if (outcome.failure ?? outcome.held.get(row.topic)) break
      await send([row], true)
    }
  }
  return outcome
}
