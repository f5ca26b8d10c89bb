import { Injectable } from '@nestjs/common'
import { AlertsRepository, type ReceivedAlert } from '../db/alerts.repository.js'
import { PlanDeliveries } from './plan-deliveries.js'

/** Keeps alerts and plans what can be planned; the rest waits for a card or a contact. */
@Injectable()
export class StoreAlerts {
  constructor(
    private readonly alerts: AlertsRepository,
    private readonly planDeliveries: PlanDeliveries,
  ) {}

  /** May see an alert again: it is stored once, and planned if it was not. */
  async run(received: readonly ReceivedAlert[]): Promise<void> {
    await this.alerts.store(received)
    await this.planDeliveries.run({ alerts: received.map(({ alert }) => alert.alert_id) })
  }
}
