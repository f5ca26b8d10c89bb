import type { Customer } from '@swipestream/contracts'
import type { CardWithNumber } from '../generator/world.js'
import { tellStory } from './story.js'

/** Card numbers that payment processors publish for testing. One a person of the story, in their order. */
const NUMBERS = ['4111111111111111', '5105105105105100', '378282246310005', '6011111111111117'] as const

/**
 * The people of the story with cards whose numbers everybody knows: for swipes by hand.
 *
 * @param now ms since the epoch
 * @param tokenOf the card's token: what transactions-api makes of a card number
 */
export function testCardHolders(now: number, tokenOf: (cardNumber: string) => string): { customers: Customer[]; cards: CardWithNumber[] } {
  const { customers, cards } = tellStory(now, tokenOf)
  return {
    customers,
    cards: NUMBERS.map((card_number, index) => ({
      ...(cards[index] as CardWithNumber),
      card_number,
      card_id: tokenOf(card_number),
      card_bin: card_number.slice(0, 6),
      card_last4: card_number.slice(-4),
    })),
  }
}
