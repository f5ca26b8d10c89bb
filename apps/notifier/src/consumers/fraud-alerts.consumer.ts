import { Controller } from '@nestjs/common'
import { type FraudAlert, fraudAlerts } from '@swipestream/contracts'
import { Consume, type Received } from '@swipestream/messaging'
import { StoreAlerts } from '../app/store-alerts.js'

@Controller()
export class FraudAlertsConsumer {
  constructor(private readonly storeAlerts: StoreAlerts) {}

  @Consume(fraudAlerts, { batch: 500 })
  handle(batch: Received<FraudAlert>[]): Promise<void> {
    return this.storeAlerts.run(batch.map(({ value, headers }) => ({ alert: value, traceparent: headers['traceparent'] ?? null })))
  }
}
