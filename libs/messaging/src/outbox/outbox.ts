import type { DataSource, EntityManager, EntitySubscriberInterface } from 'typeorm'
import type { Envelope } from '../envelope.js'
import { MessagingError } from '../errors.js'
import type { RecordToSend } from '../kafka/ports.js'
import type { Outgoing } from '../received.js'

/** The columns of a row of the outbox. */
export interface OutboxRow {
  /** Physical name of the topic. */
  readonly topic: string
  readonly key: string
  readonly value: Buffer | null
  /** A JSON object. */
  readonly headers: string
}

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
    const rows = this.envelope.sealAll(events).map(rowOf)
    await queryRunner.query(
      `INSERT INTO outbox (topic, key, value, headers)
       SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::jsonb[])`,
      [rows.map(({ topic }) => topic), rows.map(({ key }) => key), rows.map(({ value }) => value), rows.map(({ headers }) => headers)],
    )
    queryRunner.data[outboxMark] = true
  }

  /**
   * The outbox row of an event, for a caller that writes it in a statement of its own and then calls `wake`.
   *
   * @throws ContractError AVRO_INVALID_VALUE; MessagingError SCHEMAS_PENDING
   */
  row(event: Outgoing): OutboxRow {
    const [record] = this.envelope.sealAll([event])
    return rowOf(record as RecordToSend)
  }

  /**
   * Wakes the relay after each commit of a transaction that added something. For a DataSource that is initialized:
   * TypeORM forgets subscribers that were there before.
   */
  subscribeTo(dataSource: DataSource): void {
    const subscriber: EntitySubscriberInterface = {
      afterTransactionCommit: ({ queryRunner }) => {
        // TypeORM tells of the end of a transaction within another, a savepoint, too: nothing is committed then.
        if (!queryRunner.data[outboxMark] || queryRunner.isTransactionActive) return
        queryRunner.data[outboxMark] = false
        this.wake()
      },
    }
    dataSource.subscribers.push(subscriber)
  }
}

function rowOf({ topic, key, value, headers }: RecordToSend): OutboxRow {
  return { topic, key: String(key), value, headers: JSON.stringify(headers) }
}
