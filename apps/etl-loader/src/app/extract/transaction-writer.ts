import { MessagingError, type RecordToSend, type TransactionalProducer } from '@swipestream/messaging'
import { EtlError } from '../../errors.js'

/** Writes one transaction after the other, while the rows of the next are read. */
export class TransactionWriter {
  readonly #producer: TransactionalProducer
  #underWay: Promise<void> = Promise.resolve()

  constructor(producer: TransactionalProducer) {
    this.#producer = producer
  }

  /**
   * Begins a transaction when the one before it is done, and does not wait for its end.
   *
   * @throws MessagingError of the one before; EtlError ETL_TAKEN_OVER
   */
  async write(records: readonly RecordToSend[]): Promise<void> {
    await this.settled()
    const writing = this.#producer.write(records)
    // Told to the next call.
    writing.catch(() => undefined)
    this.#underWay = writing
  }

  /** Everything is written. @throws as `write` */
  async settled(): Promise<void> {
    try {
      await this.#underWay
    } catch (error) {
      if (!(error instanceof MessagingError) || error.code !== 'KAFKA_FENCED') throw error
      throw new EtlError('ETL_TAKEN_OVER', 'another extract of this source has begun and goes on in place of this one: run one for each ETL_SOURCE_NAME', { cause: error })
    }
  }
}
