import { Controller } from '@nestjs/common'
import { type Customer, customers } from '@swipestream/contracts'
import { type BatchContext, Consume, type Produced, type Received } from '@swipestream/messaging'
import { UpdateContacts } from '../app/update-contacts.js'
import { changesOf } from './changes.js'

@Controller()
export class CustomersConsumer {
  constructor(private readonly updateContacts: UpdateContacts) {}

  @Consume(customers, { batch: 500 })
  handle(batch: Received<Customer | null>[], _context: BatchContext): Produced {
    return this.updateContacts.customers(changesOf(batch))
  }
}
