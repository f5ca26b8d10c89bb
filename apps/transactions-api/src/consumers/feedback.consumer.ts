import { Controller } from '@nestjs/common'
import { fraudFeedback, type FraudFeedback } from '@swipestream/contracts'
import { Consume, type Received } from '@swipestream/messaging'
import { ApplyFeedback } from '../app/apply-feedback.js'

@Controller()
export class FeedbackConsumer {
  constructor(private readonly applyFeedback: ApplyFeedback) {}

  @Consume(fraudFeedback, { batch: 500 })
  handle(batch: Received<FraudFeedback>[]): Promise<void> {
    return this.applyFeedback.run(batch.map(({ value }) => value))
  }
}
