import { Injectable } from '@nestjs/common'
import type { Card, Customer } from '@swipestream/contracts'
import { ContactsRepository } from '../db/contacts.repository.js'
import { type Change, netChanges } from '../domain/latest.js'
import { PlanDeliveries } from './plan-deliveries.js'

/** Keeps cards and contacts, and plans the alerts that waited for them. */
@Injectable()
export class UpdateContacts {
  constructor(
    private readonly contacts: ContactsRepository,
    private readonly planDeliveries: PlanDeliveries,
  ) {}

  async cards(changes: readonly Change<Card>[]): Promise<void> {
    const net = netChanges(changes)
    await this.contacts.applyCards(net)
    await this.planDeliveries.run({ cards: net.upserts.map(({ card_id }) => card_id) })
  }

  async customers(changes: readonly Change<Customer>[]): Promise<void> {
    const net = netChanges(changes)
    await this.contacts.applyCustomers(net)
    await this.planDeliveries.run({ customers: net.upserts.map(({ customer_id }) => customer_id) })
  }
}
