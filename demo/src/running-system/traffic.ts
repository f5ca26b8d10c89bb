import { pause } from '@swipestream/platform'
import { swipes } from '../generator/swipes.js'
import type { SwipeRequest } from '../generator/swipe-request.js'
import type { World } from '../generator/world.js'
import type { ApiClient } from '../run/api-client.js'
import { inLanes, type Job } from '../run/lanes.js'

/** Requests under way at a time. */
const lanes = 64
const fraudShare = 0.02
/** What could not be sent in its time is left out: after an outage there is no flood. Milliseconds. */
const overdueMs = 10_000

interface Work {
  readonly id: string
  readonly swipe: SwipeRequest
}

export interface TrafficOptions {
  readonly world: World
  /** Mean number of swipes a second. */
  readonly perSecond: number
  /** 32-bit integer. */
  readonly seed: number
}

/** Swipes of everybody in a world, at the pace of their own times, as long as they are wanted. */
export class Traffic {
  accepted = 0
  failed = 0
  /** Swipes whose time was over before they could be sent. */
  leftOut = 0
  #acceptedAt = Number.NEGATIVE_INFINITY

  constructor(
    private readonly api: Pick<ApiClient, 'swipe'>,
    private readonly options: TrafficOptions,
  ) {}

  /** Whether swipes are taken: one was lately, as late as one must come at this rate. */
  get flows(): boolean {
    return performance.now() - this.#acceptedAt < 30_000 + 20_000 / this.options.perSecond
  }

  /**
   * Sends until the signal is aborted, and then waits for what is under way. A swipe that fails ends nothing.
   *
   * @param onFailure told of each
   */
  async run(signal: AbortSignal, onFailure: (error: unknown) => void): Promise<void> {
    await inLanes(this.#due(signal), lanes, async ({ id, swipe }) => {
      try {
        await this.api.swipe(swipe, id)
        this.accepted++
        this.#acceptedAt = performance.now()
      } catch (error) {
        this.failed++
        onFailure(error)
      }
    })
  }

  /** Each swipe when its time has come. */
  async *#due(signal: AbortSignal): AsyncGenerator<Job<Work>, undefined> {
    const { world, perSecond, seed } = this.options
    const run = Date.now().toString(36)
    let n = 0
    for (const { swipe } of swipes(world, { seed, count: Infinity, fraudShare, startAt: Date.now(), meanGapMs: 1_000 / perSecond })) {
      const early = Date.parse(swipe.occurred_at) - Date.now()
      if (early > 0) await pause(early, signal)
      if (signal.aborted) return
      if (early < -overdueMs) this.leftOut++
      else yield { key: swipe.card_number, work: { id: `${run}-traffic-${n++}`, swipe } }
    }
  }
}
