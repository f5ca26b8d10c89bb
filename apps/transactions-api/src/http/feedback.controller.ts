import { Body, Controller, Headers, HttpCode, Param, Post, Res } from '@nestjs/common'
import { Client, RequireScope } from '@swipestream/platform'
import { GiveFeedback } from '../app/give-feedback.js'
import type { Feedback } from '../domain/feedback.js'
import { DescribeGiveFeedback } from './describe-feedback.js'
import type { FeedbackRequest } from './feedback-request.js'
import { FeedbackPipe } from './feedback.pipe.js'
import { viewOfFeedback, type FeedbackView } from './feedback-view.js'
import { idempotencyKeyError, idempotencyKeyHeader } from './idempotency-key.js'
import { feedbackInvalid, idempotencyKeyInProgress, idempotencyKeyReused, transactionNotFound } from './problems.js'
import type { Reply } from './reply.js'
import type { Scope } from './scope.js'
import { TransactionIdPipe } from './transaction-id.pipe.js'

@Controller('v1/transactions')
export class FeedbackController {
  constructor(private readonly giveFeedback: GiveFeedback) {}

  @Post(':id/feedback')
  @HttpCode(202)
  @RequireScope<Scope>('feedback:write')
  @DescribeGiveFeedback()
  async give(
    @Param('id', TransactionIdPipe) id: string,
    @Body(FeedbackPipe) said: FeedbackRequest,
    @Client() client: string,
    @Headers(idempotencyKeyHeader.toLowerCase()) key: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<FeedbackView> {
    const keyError = key === undefined ? undefined : idempotencyKeyError(key)
    if (keyError) throw feedbackInvalid([keyError])

    const feedback: Feedback = {
      verdict: said.verdict,
      card_action: said.card_action ?? 'none',
      comment: said.comment ?? null,
      actor: said.actor ?? client,
    }
    const given = await this.giveFeedback.run(id, feedback, client, key === undefined ? undefined : { client, key })
    if (given.outcome === 'no_transaction') throw transactionNotFound()
    if (given.outcome === 'key_reused') throw idempotencyKeyReused()
    if (given.outcome === 'in_progress') throw idempotencyKeyInProgress()
    if (given.replayed) reply.header('idempotent-replayed', 'true')
    return viewOfFeedback(given.feedback)
  }
}
