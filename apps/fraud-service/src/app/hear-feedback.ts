import { Injectable } from '@nestjs/common'
import { type cardVerdicts, type FraudFeedback, transactionsByTerminal } from '@swipestream/contracts'
import { type BatchContext, causedBy, type Outgoing, type Received } from '@swipestream/messaging'
import { applyFeedback } from '../domain/features/card-verdicts.js'
import { terminalVerdictOf } from '../domain/features/terminal-profile.js'

export type VerdictState = { verdicts: typeof cardVerdicts }

/**
 * Keeps what people say of a card's transactions, and whether the card is blocked; tells the terminals of it. The
 * decisions follow `card_verdicts`: an answer counts from the moment it is written there.
 */
@Injectable()
export class HearFeedback {
  run(batch: readonly Received<FraudFeedback>[], { state }: Pick<BatchContext<VerdictState>, 'state'>): Outgoing[] {
    return batch.flatMap((message) => {
      const { value: feedback, origin } = message
      const before = state.verdicts.get(feedback.card_id)
      const after = applyFeedback(before, feedback, origin.offset)
      if (after === before) return []
      state.verdicts.set(after)
      const terminal = terminalVerdictOf(feedback)
      return terminal === undefined ? [] : causedBy(message, [transactionsByTerminal.event(terminal)])
    })
  }
}
