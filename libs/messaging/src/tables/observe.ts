import { counter, gauge, type Logger, type Readiness } from '@swipestream/platform'
import { failureCode, failureKind } from '../consumer/failure.js'
import type { TopicPartition } from '../kafka/ports.js'
import { Troubles } from '../kafka/troubles.js'
import type { TablesObserver } from './tables.js'

/** Name of the readiness component. */
const component = 'tables'
const loading = 'loading'

/** Says how tables are: readiness, metrics, log lines. */
export class TableObserver implements TablesObserver {
  readonly #troubles: Troubles
  readonly #keys = gauge({ name: 'table_keys', help: 'Keys held in memory of a topic that is followed', labels: ['topic', 'partition'] })
  readonly #lag = gauge({ name: 'table_lag_records', help: 'Records on a topic that is followed which are not yet read', labels: ['topic', 'partition'] })
  readonly #skipped = counter({ name: 'table_skipped_total', help: 'Values of a followed topic that cannot be read: their keys are without one', labels: ['topic', 'code'] })

  /**
   * @param whole there are tables that must be loaded before the service starts its work
   * @param fatal told of what does not pass by itself, such as a topic that may not be read
   */
  constructor(
    private readonly logger: Logger,
    private readonly readiness: Readiness,
    whole: boolean,
    private readonly fatal: (error: Error) => void,
  ) {
    this.#troubles = new Troubles((error) => this.#tell(error), whole ? loading : undefined)
    if (whole) readiness.requireToStart(component, 'not yet read')
  }

  loaded(): void {
    this.#troubles.clear(loading)
  }

  trouble(part: string, error: Error | null): void {
    if (error) {
      this.#troubles.set(part, error)
      if (failureKind(error) === 'fatal') this.fatal(error)
    } else this.#troubles.clear(part)
  }

  held({ topic, partition }: TopicPartition, keys: number, behind: number): void {
    this.#keys.set({ topic, partition }, keys)
    this.#lag.set({ topic, partition }, behind)
  }

  skipped({ topic, partition }: TopicPartition, error: unknown): void {
    this.#skipped.inc({ topic, code: failureCode(error) })
    this.logger.error({ err: error, topic, partition }, 'A value of a followed topic cannot be read: its key is without one')
  }

  released({ topic, partition }: TopicPartition): void {
    this.#keys.remove({ topic, partition })
    this.#lag.remove({ topic, partition })
  }

  #tell(error: Error | null): void {
    if (error) this.logger.warn({ err: error }, 'A followed topic cannot be read; trying again')
    this.readiness.report(component, error ? 'down' : 'up', error?.message)
  }
}
