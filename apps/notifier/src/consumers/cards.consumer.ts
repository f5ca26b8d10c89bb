import { Controller } from '@nestjs/common'
import { type Card, cards } from '@swipestream/contracts'
import { Consume, type Received } from '@swipestream/messaging'
import { UpdateContacts } from '../app/update-contacts.js'
import { changesOf } from './changes.js'

@Controller()
export class CardsConsumer {
  constructor(private readonly updateContacts: UpdateContacts) {}

  @Consume(cards, { batch: 500 })
  handle(batch: Received<Card | null>[]): Promise<void> {
    return this.updateContacts.cards(changesOf(batch))
  }
}
