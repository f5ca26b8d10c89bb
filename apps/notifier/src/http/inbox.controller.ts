import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common'
import { Readable } from 'node:stream'
import type { TokenHolder } from '../app/customer-tokens.js'
import { GiveAnswer } from '../app/give-answer.js'
import { InboxStreams } from '../app/inbox-streams.js'
import { type InboxMessage, InboxRepository } from '../db/inbox.repository.js'
import { Customer, RequireCustomer } from './customer.guard.js'
import { DescribeAnswer, DescribeInbox, DescribeRead, DescribeStream } from './describe-inbox.js'
import { eventStream } from './inbox-events.js'
import { alreadyAnswered, messageNotFound, nothingAsked, questionExpired, tooManyStreams, tooManyStreamsOfCustomer } from './inbox-problems.js'
import { answerBody, inboxQuery, isPlace, lastEventId } from './inbox-requests.js'
import { inboxOf, type InboxView, type MessageView, verdictOfAnswer, viewOf } from './inbox-view.js'
import { parsed } from './requests.js'

/** The part of Fastify's reply that a stream needs. */
interface StreamReply {
  headers(headers: Readonly<Record<string, string>>): StreamReply
  send(payload: Readable): unknown
  readonly raw: { readonly destroyed: boolean; once(event: 'close', listener: () => void): unknown; destroy(): unknown }
}

const streamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // nginx would hold events back until it has enough of them.
  'x-accel-buffering': 'no',
  // The connection ends with the stream: kept, it would hold up the end of the service.
  connection: 'close',
}

/** The app's inbox: each customer sees their own. */
@Controller('v1/inbox')
@RequireCustomer()
export class InboxController {
  constructor(
    private readonly inbox: InboxRepository,
    private readonly streams: InboxStreams,
    private readonly answers: GiveAnswer,
  ) {}

  @Get()
  @DescribeInbox()
  async list(@Customer() { customerId }: TokenHolder, @Query() query: unknown): Promise<InboxView> {
    const page = parsed(inboxQuery, query, 'query')
    const [messages, unread] = await Promise.all([this.inbox.page(customerId, { ...page, limit: page.limit + 1 }), this.inbox.countUnread(customerId)])
    return inboxOf(messages, page, unread)
  }

  @Get('stream')
  @DescribeStream()
  async stream(@Customer() holder: TokenHolder, @Headers('last-event-id') sent: string | undefined, @Res() reply: StreamReply): Promise<void> {
    const after = lastEventId(sent) ?? (await this.inbox.newestId(holder.customerId))
    const { raw } = reply
    const closed = new AbortController()
    raw.once('close', () => closed.abort())
    if (raw.destroyed) closed.abort()
    const events = this.streams.open(holder, after, { gone: closed.signal, cut: () => raw.destroy() })
    if (events === 'too_many_of_customer') throw tooManyStreamsOfCustomer()
    if (events === 'too_many') throw tooManyStreams()
    reply.headers(streamHeaders).send(Readable.from(eventStream(events), { objectMode: false }))
  }

  @Post(':id/read')
  @HttpCode(204)
  @DescribeRead()
  async read(@Customer() { customerId }: TokenHolder, @Param('id') id: string): Promise<void> {
    if (!isPlace(id) || !(await this.inbox.markRead(customerId, id))) throw messageNotFound()
  }

  @Post(':id/answer')
  @HttpCode(200)
  @DescribeAnswer()
  async answer(@Customer() { customerId }: TokenHolder, @Param('id') id: string, @Body() body: unknown): Promise<MessageView> {
    const verdict = verdictOfAnswer(parsed(answerBody, body).answer)
    const { alert_id: alertId, question } = await this.#message(customerId, id)
    if (question === null) throw nothingAsked()
    const taken = await this.answers.run({ alertId, verdict, from: { way: 'app', customerId } })
    if (taken.outcome === 'unknown') throw nothingAsked()
    if (taken.outcome === 'expired') throw questionExpired()
    // The same answer again is no conflict: the answer to the first request may have been lost.
    if (taken.outcome === 'already_answered' && taken.verdict !== verdict) throw alreadyAnswered()
    return viewOf(await this.#message(customerId, id))
  }

  /** @throws Problem 404 MESSAGE_NOT_FOUND, also for a message of somebody else */
  async #message(customerId: string, id: string): Promise<InboxMessage> {
    const message = isPlace(id) ? await this.inbox.byId(customerId, id) : undefined
    if (message === undefined) throw messageNotFound()
    return message
  }
}
