import { opsAlerts, type OpsAlert } from '@swipestream/contracts'
import { connect, type ConnectionConfig, failureKind } from '@swipestream/messaging'
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
      return (await connection.tail(opsAlerts).received()).map(({ value }) => value)
    } catch (error) {
      // What nobody can read tells nothing; failures that go on open anew, and what is over is not told to be.
      if (failureKind(error) !== 'poison') throw error
      this.logger.warn({ err: error }, 'an alert on ops_alerts cannot be read: incidents of before are not known')
      return []
    } finally {
      await connection.close()
    }
  }
}
