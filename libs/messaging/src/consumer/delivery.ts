import type { PartitionOffset, RecordToSend } from '../kafka/ports.js'

/** What came of a batch. */
export interface Outcome {
  readonly events: readonly RecordToSend[]
  /** What changed in the state, for its topics. */
  readonly states: readonly RecordToSend[]
  readonly letters: readonly RecordToSend[]
}

/** How what came of the batches of a partition becomes lasting, and with it that they are handled. */
export interface Delivery {
  /** Before anything is read: settles what whoever had the partition before has begun. */
  begin(): Promise<void>
  /**
   * @param next the first offset that is not handled then.
   * @throws MessagingError: nothing is handled, and the call may be repeated; KAFKA_FENCED and KAFKA_TRANSACTION_LOST
   *   ask for `begin`, and for a look at what is handled.
   */
  deliver(outcome: Outcome, next: PartitionOffset): Promise<void>
  close(): Promise<void>
}
