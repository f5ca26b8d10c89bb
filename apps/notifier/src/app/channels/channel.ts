import type { Channel } from '@swipestream/contracts'
import type { SendFailure } from '../../domain/failure.js'
import type { Addressee, ToTell } from '../../domain/to-tell.js'

/** What a channel needs to send one message. */
export interface MessageToSend {
  /** Of the delivery: the same at every attempt. */
  readonly id: string
  /** Address or number. */
  readonly recipient: string
  readonly content: ToTell
  readonly addressee: Addressee
}

/** A way to customers. One implementation a provider, which alone knows the provider's client. */
export interface MessageChannel {
  readonly name: Exclude<Channel, 'app'>
  /** How many messages the provider takes at the same time. */
  readonly concurrency: number
  /**
   * Resolves, with the provider's id of the message, once the provider has accepted it.
   *
   * @param signal ends the attempt; whether the message went out is then not known
   * @throws anything; `failureOf` says what it means
   */
  send(message: MessageToSend, signal: AbortSignal): Promise<string>
  failureOf(error: unknown): SendFailure
  /** Ends connections; nothing is sent after this. */
  close(): void
}

/** What the channels are injected by: `MessageChannel[]`. */
export const CHANNELS = Symbol('message channels')

/** A recipient no provider need be asked about. */
export class RecipientInvalid extends Error {
  override readonly name = 'RecipientInvalid'

  asFailure(): SendFailure {
    return { scope: 'final', code: 'RECIPIENT_INVALID', reason: this.message }
  }
}
