import type { CardProfile } from '@swipestream/contracts'

/** A value of a compacted topic, for tests: `input_offset` is theirs to count with. */
export function profileOf(card_id: string, input_offset: number, changes: Partial<CardProfile> = {}): CardProfile {
  return {
    card_id, last_transaction_id: '019abcde-0000-7000-8000-000000000000', last_occurred_at: 0, last_place: null, last_place_at: null, input_offset,
    first_at: null, activity: [], recent: [], countries: [], merchants: [], categories: [], ...changes,
  }
}
