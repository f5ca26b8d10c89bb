import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../config.js'
import type { IdempotencyClaim, Inserted } from '../db/idempotency-claim.js'
import { IdempotencyKeysRepository } from '../db/idempotency-keys.repository.js'
import { fingerprint, hasFingerprint, type KeyedRequest } from './request-fingerprint.js'

/** Who sends a request, and under which `Idempotency-Key`. Keys of different clients never meet. */
export interface Idempotency {
  readonly client: string
  readonly key: string
}

/** Why nothing was done under a key. */
export type KeyTaken =
  /** Another request with the key is being answered at this moment. */
  | { readonly outcome: 'in_progress' }
  /** The key stands for another request. */
  | { readonly outcome: 'key_reused' }

/** The same request was accepted before, under the same key. */
export interface KnownRequest {
  readonly outcome: 'known'
  readonly transactionId: string
  /** Null when it was a swipe. */
  readonly feedbackId: string | null
}

/** Tells the repetition of a request from another one under its `Idempotency-Key`. */
@Injectable()
export class IdempotencyKeys {
  constructor(
    private readonly keys: IdempotencyKeysRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** What is stored together with that for which the key stands from then on. */
  claim({ client, key }: Idempotency, request: KeyedRequest): IdempotencyClaim {
    return { client, key, fingerprint: fingerprint(this.config.CARD_TOKEN_KEYS, request), ttlSeconds: this.config.IDEMPOTENCY_TTL_SECONDS }
  }

  /** What a request is whose claim was not granted. */
  async repetition(inserted: Exclude<Inserted, 'inserted'>, claim: IdempotencyClaim | undefined, request: KeyedRequest): Promise<KeyTaken | KnownRequest> {
    if (inserted === 'key_busy' || claim === undefined) return { outcome: 'in_progress' }
    const known = await this.keys.find(claim.client, claim.key)
    // It expired between the two statements: the next try takes it over.
    if (known === undefined) return { outcome: 'in_progress' }
    if (!hasFingerprint(this.config.CARD_TOKEN_KEYS, request, known.fingerprint)) return { outcome: 'key_reused' }
    return { outcome: 'known', transactionId: known.transaction_id, feedbackId: known.feedback_id }
  }
}
