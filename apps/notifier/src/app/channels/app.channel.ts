import { isTransientDatabaseError, sqlStateOf } from '@swipestream/platform'
import type { InboxNotices } from '../../db/inbox-notices.js'
import type { InboxRepository } from '../../db/inbox.repository.js'
import type { SendFailure } from '../../domain/failure.js'
import { withoutAddresses } from '../../domain/masking.js'
import type { Texts } from '../../domain/to-tell.js'
import type { MessageChannel } from './channel.js'

export interface AppOptions {
  readonly inbox: Pick<InboxRepository, 'add'>
  readonly notices: Pick<InboxNotices, 'send'>
  readonly concurrency: number
  readonly texts: Texts
}

/** The app's inbox, in this service's own database. Sending a message again finds it there. */
export function appChannel({ inbox, notices, concurrency, texts }: AppOptions): MessageChannel {
  return {
    name: 'app',
    accepted: 'delivered',
    concurrency,

    async send({ id, recipient, content, addressee }) {
      const messageId = await inbox.add({ deliveryId: id, customerId: recipient, ...texts.inbox(content, addressee) })
      // After the row: what was not told is told by the next attempt, for this one fails.
      await notices.send(recipient)
      return messageId
    },

    failureOf: (error) => appFailure(error),

    // The connections are the service's.
    close: () => undefined,
  }
}

/** What PostgreSQL says of one row: its data (22), its references (23). Others would not fare the same. */
const ofOneRow = /^2[23]/

/**
 * A database that is away stops all messages; a row that it refuses, or a text that cannot be made, is this message's
 * own. Neither is final: an error in this program must not lose a message.
 */
function appFailure(error: unknown): SendFailure {
  const state = sqlStateOf(error)
  const reason = withoutAddresses(error instanceof Error ? error.message : String(error))
  if (state !== undefined) return { scope: ofOneRow.test(state) ? 'message' : 'channel', code: `POSTGRES_${state}`, reason }
  return isTransientDatabaseError(error) ? { scope: 'channel', code: 'DATABASE_UNAVAILABLE', reason } : { scope: 'message', code: 'INBOX_FAILED', reason }
}
