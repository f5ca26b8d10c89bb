import type { Verdict } from '@swipestream/contracts'
import { z } from 'zod'
import type { InboxMessage, InboxPage } from '../db/inbox.repository.js'

const instant = (description: string, example: string) => z.iso.datetime().meta({ description, example, pattern: undefined })

export const answers = ['yes', 'no'] as const
export type Answer = (typeof answers)[number]

/** "Was this you?" */
const verdictOf: Readonly<Record<Answer, Verdict>> = { yes: 'legitimate', no: 'confirmed_fraud' }

/** What an answer says of the transaction. */
export function verdictOfAnswer(answer: Answer): Verdict {
  return verdictOf[answer]
}

const questionView = z.object({
  state: z.enum(['open', 'answered', 'expired']).meta({ description: '`open`: it can be answered.', example: 'open' }),
  expires_at: instant('Until when it can be answered, UTC.', '2026-03-06T13:05:01.000Z'),
  // In OpenAPI 3.0 a null must be among the values, `nullable` or not.
  answer: z.enum(answers).nullable().meta({ description: 'The answer, whichever way it came by; null before.', example: null, enum: [...answers, null] }),
})

const messageShape = z.object({
  id: z.string().meta({ description: 'A number as text, ascending as messages come.', example: '1042', pattern: '^[1-9][0-9]{0,18}$' }),
  alert_id: z.uuid().meta({ description: 'What it is about. Messages of the same alert by other ways have the same.', example: '019bfc3e-8d2a-7c31-9a51-4c1f0f7e2b6d', pattern: undefined }),
  title: z.string().meta({ example: 'Card payment declined: EUR 1,499.00 at Orchard Electronics' }),
  body: z.string().meta({ description: 'Plain text, of several lines.', example: 'We declined a payment with your card ending 1234.' }),
  created_at: instant('When it came into the inbox, UTC.', '2026-03-03T13:05:01.412Z'),
  read_at: z.iso.datetime().nullable().meta({ description: 'When it was marked as read, UTC; null before.', example: null, pattern: undefined }),
  question: questionView.nullable().meta({ description: '"Was this you?", as it stands now; null when the message asks nothing.' }),
})

/** A message, in lists and in the stream. */
export const messageView = messageShape.meta({ description: 'A message of the inbox.' })
export type MessageView = z.output<typeof messageView>

/** A page of `GET /v1/inbox`. */
export const inboxView = z.object({
  messages: z.array(messageShape).meta({ description: 'Newest first.', example: [] }),
  unread: z.int().min(0).meta({ description: 'Messages of the whole inbox that are not marked as read.', example: 3 }),
  next: z.string().nullable().meta({ description: 'Where the next page is, in the direction that was asked for; null on the last one.', example: '/v1/inbox?limit=50&before=993' }),
})
export type InboxView = z.output<typeof inboxView>

export function viewOf({ created_at, read_at, question, ...message }: InboxMessage): MessageView {
  return {
    ...message,
    created_at: created_at.toISOString(),
    read_at: read_at?.toISOString() ?? null,
    question: question && {
      state: question.state,
      expires_at: question.expires_at.toISOString(),
      answer: question.verdict && (question.verdict === 'legitimate' ? 'yes' : 'no'),
    },
  }
}

/** @param messages newest first; one more than the page's limit when there is a next page */
export function inboxOf(messages: readonly InboxMessage[], page: InboxPage, unread: number): InboxView {
  const { limit } = page
  const more = messages.length > limit
  if ('after' in page) {
    const shown = more ? messages.slice(-limit) : messages
    return { messages: shown.map(viewOf), unread, next: more ? `/v1/inbox?limit=${limit}&after=${shown[0]?.id}` : null }
  }
  const shown = messages.slice(0, limit)
  return { messages: shown.map(viewOf), unread, next: more ? `/v1/inbox?limit=${limit}&before=${shown.at(-1)?.id}` : null }
}
