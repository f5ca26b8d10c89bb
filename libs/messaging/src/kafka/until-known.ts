import { MessagingError } from '../errors.js'
import { aclKey } from './acl-codes.js'
import type { Acl } from './ports.js'
import { retryDelay } from './retry-delay.js'

/** Together about half a minute. */
const attempts = 20

/** Waits until a broker knows what was changed: it learns of it a moment after the controller. */
export async function untilKnown(acls: () => Promise<readonly Acl[]>, reached: (there: ReadonlySet<string>) => boolean, closing: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    if (reached(new Set((await acls()).map(aclKey)))) return
    if (attempt === attempts) throw new MessagingError('KAFKA_UNAVAILABLE', 'What users are allowed was changed, but a broker does not know of it')
    await retryDelay(attempt, closing)
  }
}
