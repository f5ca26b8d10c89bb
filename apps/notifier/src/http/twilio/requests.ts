import { z } from 'zod'
import { says } from '../../app/says.js'

const messageSid = z.string(says('must be one text')).regex(/^(SM|MM)[0-9a-fA-F]{32}$/, says('must be SM or MM and 32 hexadecimal digits'))

/** A status callback. https://www.twilio.com/docs/messaging/api/message-resource#twilios-request-to-the-statuscallback-url */
export const statusCallback = z.object({
  MessageSid: messageSid,
  MessageStatus: z.string(says('must be one text')).min(1).max(50),
  ErrorCode: z.union([z.literal('').transform(() => undefined), z.coerce.number(says('must be a number')).int().min(0)]).optional(),
})

/** A message that came in. https://www.twilio.com/docs/messaging/twiml#twilios-request-to-your-application */
export const inboundMessage = z.object({
  MessageSid: messageSid,
  From: z.string(says('must be one text')).min(1).max(100),
  Body: z.string(says('must be one text')).max(10_000).default(''),
  OptOutType: z.string(says('must be one text')).max(50).optional(),
})
