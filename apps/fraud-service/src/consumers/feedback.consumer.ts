import { Controller } from '@nestjs/common'
import { cardVerdicts, type FraudFeedback, fraudFeedback } from '@swipestream/contracts'
import { type BatchContext, Consume, type Outgoing, type Received } from '@swipestream/messaging'
import { HearFeedback, type VerdictState } from '../app/hear-feedback.js'

@Controller()
export class FeedbackConsumer {
  constructor(private readonly hear: HearFeedback) {}

  @Consume(fraudFeedback, { batch: 1_000, state: { verdicts: cardVerdicts }, exactlyOnce: true })
  handle(batch: Received<FraudFeedback>[], context: BatchContext<VerdictState>): Outgoing[] {
    return this.hear.run(batch, context)
  }
}
