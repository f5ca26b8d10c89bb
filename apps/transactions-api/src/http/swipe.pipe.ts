import { Inject, Injectable, type PipeTransform } from '@nestjs/common'
import type { FieldError } from '@swipestream/platform'
import type { z } from 'zod'
import { CONFIG, type Config } from '../config.js'
import type { Swipe } from '../domain/swipe.js'
import { swipeInvalid } from './problems.js'
import { swipeRequest } from './swipe-request.js'

/** Errors shown of one request: a body of 64 kB can hold thousands. */
const maxErrors = 50

/** Names of fields that are repeated to the client. Others might hold a card number. */
const nameable = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/

/** Reads the body as a swipe. All its faults are named at once. @throws Problem 422 SWIPE_INVALID */
@Injectable()
export class SwipePipe implements PipeTransform<unknown, Swipe> {
  private readonly maxAheadMs: number

  constructor(@Inject(CONFIG) config: Config) {
    this.maxAheadMs = config.OCCURRED_AT_MAX_AHEAD_SECONDS * 1000
  }

  transform(body: unknown): Swipe {
    const parsed = swipeRequest.safeParse(body)
    if (!parsed.success) throw swipeInvalid(fieldErrors(parsed.error.issues))
    const { occurred_at } = parsed.data
    if (occurred_at !== undefined && occurred_at > Date.now() + this.maxAheadMs) {
      throw swipeInvalid([{ field: 'occurred_at', detail: `must not be more than ${this.maxAheadMs / 1000} seconds in the future` }])
    }
    return parsed.data
  }
}

/** The first error of each field, by its dotted path. */
function fieldErrors(issues: readonly z.core.$ZodIssue[]): FieldError[] {
  const errors = new Map<string, string>()
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        if (isNameable(key)) errors.set(pathOf([...issue.path, key]), 'is not a field of a swipe')
        else errors.set(pathOf(issue.path), 'has a field of a name that is none of a swipe, not repeated here')
      }
    } else if (!errors.has(pathOf(issue.path))) {
      errors.set(pathOf(issue.path), issue.message)
    }
  }
  return [...errors].slice(0, maxErrors).map(([field, detail]) => ({ field, detail }))
}

function isNameable(key: string): boolean {
  return nameable.test(key) && !/\d{6}/.test(key)
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'body' : path.map(String).join('.')
}
