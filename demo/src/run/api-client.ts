import type { SwipeRequest } from '../generator/swipe-request.js'

export interface Accepted {
  readonly transaction_id: string
  /** When the request was begun. Milliseconds since the Unix epoch. */
  readonly sentAt: number
}

/** Tries of a request that gets no answer, or 503: by its Idempotency-Key it is taken once only. */
const tries = 60
const retryMs = 500

/** The REST API as a terminal uses it. */
export class ApiClient {
  constructor(
    private readonly url: string,
    private readonly apiKey: string,
  ) {}

  /**
   * @param id Idempotency-Key of the request.
   * @throws Error with the problem's text when the swipe is refused
   */
  async swipe(swipe: SwipeRequest, id: string): Promise<Accepted> {
    const sentAt = Date.now()
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await fetch(`${this.url}/v1/transactions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${this.apiKey}`, 'idempotency-key': id },
          body: JSON.stringify(swipe),
        })
        if (response.status === 202) {
          const { transaction_id } = (await response.json()) as { transaction_id: string }
          return { transaction_id, sentAt }
        }
        const text = await response.text()
        const passes = response.status === 503 || response.status === 409
        if (!passes || attempt >= tries) throw new Refused(`POST /v1/transactions: ${response.status} ${text}`)
      } catch (error) {
        if (error instanceof Refused || attempt >= tries) throw error
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }
}

class Refused extends Error {}
