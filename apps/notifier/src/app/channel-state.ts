import type { Channel } from '@swipestream/contracts'
import type { Logger, Readiness } from '@swipestream/platform'
import type { SendFailure } from '../domain/failure.js'
import { channelPause, type RetryPolicy } from '../domain/retry.js'

export interface ChannelStateParts {
  readonly name: Channel
  readonly policy: RetryPolicy
  readonly readiness: Readiness
  readonly metrics: { readonly channelUp: { set(labels: { channel: Channel }, value: number): void } }
  readonly logger: Logger
}

/**
 * Whether a channel works, and for how long it rests when it does not.
 *
 * A provider that is away does not make the service unready: it still takes alerts and keeps them, and no other instance
 * would do better. The health endpoint shows the reason, the metric `notification_channel_up` falls to 0. Credentials or
 * a sender that the provider refuses do make it unready: nothing but a person's change of the named variable helps.
 */
export class ChannelState {
  #failures = 0
  #restsUntil = 0

  constructor(private readonly parts: ChannelStateParts) {
    this.#report('up')
  }

  /** How much longer nothing should be tried, in milliseconds; 0 when it may be. */
  restMs(): number {
    return Math.max(0, this.#restsUntil - Date.now())
  }

  /** How often in a row it failed; attempts that fail while it rests do not count. */
  get failures(): number {
    return this.#failures
  }

  worked(): void {
    if (this.#failures === 0) return
    this.#failures = 0
    this.#restsUntil = 0
    this.parts.logger.info({ channel: this.parts.name }, `${this.parts.name}: the provider accepts messages again`)
    this.#report('up')
  }

  /** Attempts that were under way when the rest began do not prolong it. */
  failed(failure: SendFailure): void {
    if (this.restMs() > 0) return
    this.#failures++
    const restMs = channelPause(this.#failures, failure, this.parts.policy, Math.random())
    this.#restsUntil = Date.now() + restMs
    const { name, logger } = this.parts
    const why = `${failure.code}: ${failure.reason}`
    const details = { channel: name, code: failure.code, reason: failure.reason, failures: this.#failures, restMs }
    if (failure.wrongVariable !== undefined) {
      if (this.#failures === 1) logger.error(details, `${name}: the provider refuses ${failure.wrongVariable}; correct it and restart`)
      this.#report('down', `the provider refuses ${failure.wrongVariable} (${why}); correct it and restart. Messages wait in the ledger`)
      return
    }
    if (this.#failures === 1) logger.warn(details, `${name}: the provider is away; messages wait in the ledger and are tried again`)
    this.#report('up', `the provider is away (${why}); messages wait in the ledger`)
  }

  #report(state: 'up' | 'down', detail?: string): void {
    this.parts.readiness.report(this.parts.name, state, detail)
    this.parts.metrics.channelUp.set({ channel: this.parts.name }, this.#failures === 0 ? 1 : 0)
  }
}
