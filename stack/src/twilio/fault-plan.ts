import { problems } from './problems.js'

/** What shall fail, as a test or a person asks for it with `PUT /simulator/failures`. */
export interface Failures {
  /** The next requests to send are answered with this status: 429, or 500 to 599. */
  send?: { status: number; times: number }
  /** Messages to these numbers end as undelivered with this error code (30003: unreachable handset, …). */
  delivery?: Record<string, number>
}

/** Decides which requests fail: those planned, and those above the rate allowed. */
export class FaultPlan {
  readonly #maxPerSecond: number
  #failures: Failures = {}
  #second = 0
  #inSecond = 0

  constructor(maxPerSecond: number) {
    this.#maxPerSecond = maxPerSecond
  }

  /** Replaces the plan; an empty one ends all failures. */
  plan(failures: Failures): void {
    this.#failures = structuredClone(failures)
  }

  /** @throws TwilioProblem when this request to send shall fail */
  onSend(): void {
    const { send } = this.#failures
    if (send && send.times > 0) {
      send.times -= 1
      throw send.status === 429 ? problems.tooManyRequests() : problems.internal(send.status)
    }
    if (this.#maxPerSecond === 0) return
    const second = Math.floor(Date.now() / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#inSecond = 0
    }
    this.#inSecond += 1
    if (this.#inSecond > this.#maxPerSecond) throw problems.tooManyRequests()
  }

  deliveryFailure(to: string): number | undefined {
    return this.#failures.delivery?.[to]
  }
}

/** Reads a plan from a request's JSON; a string says what is wrong with it. */
export function failuresFrom(body: unknown): Failures | string {
  if (!isObject(body)) return 'the body must be a JSON object: {"send":{"status":429,"times":3},"delivery":{"+43…":30003}}'
  const { send, delivery } = body
  const failures: Failures = {}
  if (send !== undefined) {
    if (!isObject(send) || !isWhole(send.status) || !isWhole(send.times)) return 'send must have status and times, whole numbers'
    if (send.status !== 429 && (send.status < 500 || send.status > 599)) return 'send.status must be 429 or 500 to 599'
    failures.send = { status: send.status, times: send.times }
  }
  if (delivery !== undefined) {
    if (!isObject(delivery)) return 'delivery must map numbers to error codes'
    failures.delivery = {}
    for (const [to, code] of Object.entries(delivery)) {
      if (!isWhole(code)) return `delivery.${to} must be an error code, a whole number`
      failures.delivery[to] = code
    }
  }
  return failures
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
