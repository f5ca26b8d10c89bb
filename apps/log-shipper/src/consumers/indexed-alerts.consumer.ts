import { Controller } from '@nestjs/common'
import { type OpsAlert, opsAlerts } from '@swipestream/contracts'
import { Consume, type Received } from '@swipestream/messaging'
import { IndexAlerts } from '../app/index/index-alerts.js'

@Controller()
export class IndexedAlertsConsumer {
  constructor(private readonly alerts: IndexAlerts) {}

  @Consume(opsAlerts, { batch: 100 })
  handle(batch: Received<OpsAlert>[]): Promise<void> {
    return this.alerts.run(batch)
  }
}
