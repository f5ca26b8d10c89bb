import { opsAlerts, type OpsAlert } from '@swipestream/contracts'
import { connect, type ConnectionConfig } from '@swipestream/messaging'
import type { Logger } from '@swipestream/platform'
import { ToldAlerts } from '../app/detect/reopen-incidents.js'

/** The alerts on `ops_alerts`. */
export class KafkaToldAlerts extends ToldAlerts {
  constructor(
    private readonly service: string,
    private readonly config: ConnectionConfig,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {
    super()
  }

  /** @throws MessagingError, ContractError: transient ones as long as the topic or the registry is away */
  async all(): Promise<readonly OpsAlert[]> {
    const { service, config } = this
    const connection = await connect({ service, config, produces: [] })
    try {
      // What nobody can read tells nothing: a failure of before that it told of opens anew, or is not told to be over.
      const alerts = await connection.tail(opsAlerts).received((err) => this.logger.warn({ err }, 'an alert on ops_alerts cannot be read, and is left out'))
      return alerts.map(({ value }) => value)
    } finally {
      await connection.close()
    }
  }
}
