import { Controller } from '@nestjs/common'
import { type Customer, customers } from '@swipestream/contracts'
import { Consume, type Received } from '@swipestream/messaging'
import { UpdateContacts } from '../app/update-contacts.js'
import { changesOf } from './changes.js'

@Controller()
export class CustomersConsumer {
  constructor(private readonly updateContacts: UpdateContacts) {}

  @Consume(customers, { batch: 500 })
  handle(batch: Received<Customer | null>[]): Promise<void> {
    return this.updateContacts.customers(changesOf(batch))
  }
}
