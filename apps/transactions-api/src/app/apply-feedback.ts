import { Inject, Injectable } from '@nestjs/common'
import type { FraudFeedback } from '@swipestream/contracts'
import { counter, LOGGER, type Logger } from '@swipestream/platform'
import { FeedbackRepository } from '../db/feedback.repository.js'
import { RuleFigures } from './rule-figures.js'

/** Writes to transactions what customers and analysts say they were. The newest answer stays; one read again does no harm. */
@Injectable()
export class ApplyFeedback {
  private readonly feedback = counter({
    name: 'feedback_total',
    help: 'Feedback read: applied, older (the transaction had a newer one, or this), or unknown (there is no such transaction)',
    labels: ['result'],
  })

  constructor(
    private readonly repository: FeedbackRepository,
    private readonly figures: RuleFigures,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async run(feedback: readonly FraudFeedback[]): Promise<void> {
    const { applied, older, unknown, verdicts } = await this.repository.apply(feedback)
    this.figures.judged(verdicts)
    this.feedback.inc({ result: 'applied' }, applied)
    this.feedback.inc({ result: 'older' }, older)
    this.feedback.inc({ result: 'unknown' }, unknown.length)
    if (unknown.length > 0) this.logger.warn({ transaction_ids: unknown }, 'Feedback about transactions that are not in this database')
  }
}
