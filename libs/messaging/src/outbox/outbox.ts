import type { DataSource, EntityManager, EntitySubscriberInterface } from 'typeorm'
import type { Envelope } from '../envelope.js'
import { MessagingError } from '../errors.js'
import type { Outgoing } from '../received.js'

/** Mark on a transaction that has put something into the outbox. */
const outboxMark = 'swipestreamOutbox'

/**
 * Events that are published if, and only if, the caller's transaction commits: they are rows of the service's own
 * database until the relay has published them.
 */
export class Outbox {
  constructor(
    private readonly envelope: Envelope,
    /** Tells the relay that there is something to do. */
    readonly wake: () => void,
  ) {}

  /**
   * Adds events to the caller's open transaction. They are encoded here: what breaks the contract fails the caller.
   *
   * @throws ContractError AVRO_INVALID_VALUE; MessagingError OUTBOX_OUTSIDE_TRANSACTION, SCHEMAS_PENDING
   */
  async add(manager: EntityManager, events: readonly Outgoing[]): Promise<void> {
    const { queryRunner } = manager
    if (!queryRunner?.isTransactionActive) {
      throw new MessagingError('OUTBOX_OUTSIDE_TRANSACTION', 'Call Outbox.add with the manager of an open transaction')
    }
    if (events.length === 0) return
    const { topics, keys, values, headers } = this.rows(events)
    await queryRunner.query(
      `INSERT INTO outbox (topic, key, value, headers)
       SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::jsonb[])`,
      [topics, keys, values, headers],
    )
    queryRunner.data[outboxMark] = true
  }

  /** The columns of the outbox rows of these events, for a caller that writes them in a statement of its own and then calls `wake`. */
  rows(events: readonly Outgoing[]): { topics: string[]; keys: string[]; values: (Buffer | null)[]; headers: string[] } {
    const sealed = this.envelope.sealAll(events)
    return {
      topics: sealed.map(({ topic }) => topic),
      keys: events.map(({ key }) => key),
      values: sealed.map(({ value }) => value),
      headers: sealed.map((record) => JSON.stringify(record.headers)),
    }
  }

  /**
   * Wakes the relay after each commit of a transaction that added something. For a DataSource that is initialized:
   * TypeORM forgets subscribers that were there before.
   */
  subscribeTo(dataSource: DataSource): void {
    const subscriber: EntitySubscriberInterface = {
      afterTransactionCommit: ({ queryRunner }) => {
        if (!queryRunner.data[outboxMark]) return
        queryRunner.data[outboxMark] = false
        this.wake()
      },
    }
    dataSource.subscribers.push(subscriber)
  }
}
