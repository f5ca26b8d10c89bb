import { Controller } from '@nestjs/common'
import { type OpsAlert, opsAlerts } from '@swipestream/contracts'
import { Consume, type Received } from '@swipestream/messaging'
import { PlanOpsAlerts } from '../app/plan-ops-alerts.js'

@Controller()
export class OpsAlertsConsumer {
  constructor(private readonly planOpsAlerts: PlanOpsAlerts) {}

  @Consume(opsAlerts, { batch: 100 })
  handle(batch: Received<OpsAlert>[]): Promise<void> {
    return this.planOpsAlerts.run(batch.map(({ value, headers }) => ({ alert: value, traceparent: headers['traceparent'] ?? null })))
  }
}
