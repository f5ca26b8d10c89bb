import { Inject, Injectable, type PipeTransform } from '@nestjs/common'
import { CONFIG, type Config } from '../config.js'
import type { Swipe } from '../domain/swipe.js'
import { fieldErrors } from './field-errors.js'
import { swipeInvalid } from './problems.js'
import { swipeRequest } from './swipe-request.js'

/** Reads the body as a swipe. All its faults are named at once. @throws Problem 422 SWIPE_INVALID */
@Injectable()
export class SwipePipe implements PipeTransform<unknown, Swipe> {
  private readonly maxAheadMs: number

  constructor(@Inject(CONFIG) config: Config) {
    this.maxAheadMs = config.OCCURRED_AT_MAX_AHEAD_SECONDS * 1000
  }

  transform(body: unknown): Swipe {
    const parsed = swipeRequest.safeParse(body)
    if (!parsed.success) throw swipeInvalid(fieldErrors(parsed.error.issues, 'a swipe'))
    const { occurred_at } = parsed.data
    if (occurred_at !== undefined && occurred_at > Date.now() + this.maxAheadMs) {
      throw swipeInvalid([{ field: 'occurred_at', detail: `must not be more than ${this.maxAheadMs / 1000} seconds in the future` }])
    }
    return parsed.data
  }
}
