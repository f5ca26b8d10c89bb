import type { Message } from './message.js'

/** https://help.twilio.com/articles/223134027: one of these words, and nothing else. */
const STOP = new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'])
const START = new Set(['START', 'UNSTOP', 'YES'])

/** Numbers that sent STOP: Twilio sends them nothing until they send START. */
export class OptOuts {
  readonly #numbers = new Set<string>()

  /** @param messages the oldest first; those that came in count */
  constructor(messages: readonly Message[]) {
    for (const message of messages) this.heard(message)
  }

  heard({ direction, from, body }: Pick<Message, 'direction' | 'from' | 'body'>): void {
    if (direction !== 'inbound' || from === null) return
    const word = body.trim().toUpperCase()
    if (STOP.has(word)) this.#numbers.add(from)
    else if (START.has(word)) this.#numbers.delete(from)
  }

  has(number: string): boolean {
    return this.#numbers.has(number)
  }
}
