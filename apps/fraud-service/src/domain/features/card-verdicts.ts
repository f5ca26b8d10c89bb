import type { CardVerdicts, FraudFeedback } from '@swipestream/contracts'
import { withVerdict } from './confirmed-frauds.js'

/**
 * What is known of a card after an answer of its holder, an analyst or a later process.
 *
 * A holder's `confirmed_fraud` blocks the card whatever else it says; an analyst blocks and unblocks it by
 * `card_action`; nothing else does, above all no `label`. Answers take effect in the order in which they arrive. An
 * answer whose offset was applied before changes nothing.
 *
 * @param verdicts undefined before the card's first answer
 * @param offset of the answer's record, in the card's partition
 */
export function applyFeedback(verdicts: CardVerdicts | undefined, feedback: FraudFeedback, offset: number): CardVerdicts {
  const before = verdicts ?? noVerdicts(feedback.card_id)
  if (offset <= before.input_offset) return before
  const blocked = blocksCard(feedback) ?? before.blocked
  const changed = blocked !== before.blocked
  return {
    ...before,
    ...withVerdict(before, feedback.verdict, feedback, feedback.given_at),
    blocked,
    blocked_changed_at: changed ? feedback.given_at : before.blocked_changed_at,
    blocked_changed_by: changed ? feedback.feedback_id : before.blocked_changed_by,
    input_offset: offset,
  }
}

function noVerdicts(card_id: string): CardVerdicts {
  return { card_id, blocked: false, blocked_changed_at: null, blocked_changed_by: null, frauds: [], confirmed: [], input_offset: -1 }
}

/** Whether the card is to be blocked; undefined when that is to stay as it is. */
function blocksCard({ source, verdict, card_action }: FraudFeedback): boolean | undefined {
  if (source.startsWith('customer_')) return verdict === 'confirmed_fraud' ? true : undefined
  if (source !== 'analyst' || card_action === 'none') return undefined
  return card_action === 'block'
}
