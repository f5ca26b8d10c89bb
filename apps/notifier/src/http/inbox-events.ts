import type { InboxEvent } from '../app/inbox-streams.js'
import { viewOf } from './inbox-view.js'

/** How long a client waits before it connects again, in milliseconds. */
const reconnectMs = 2_000

/** Events as a stream of server-sent events has them (HTML Living Standard, section 9.2). */
export async function* eventStream(events: AsyncIterable<InboxEvent>): AsyncGenerator<string> {
  // Also what sends the headers: nothing may come for long.
  yield `retry: ${reconnectMs}\n\n`
  for await (const event of events) yield textOf(event)
}

function textOf(event: InboxEvent): string {
  switch (event.kind) {
    case 'message':
      return `id: ${event.message.id}\nevent: message\ndata: ${JSON.stringify(viewOf(event.message))}\n\n`
    case 'alive':
      return ':\n\n'
    case 'expired':
      return 'event: expired\ndata: {}\n\n'
  }
}
