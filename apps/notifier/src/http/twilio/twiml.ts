import { escapeHtml } from '../../domain/plain-text.js'

/** TwiML that answers an SMS with a text, or with nothing. https://www.twilio.com/docs/messaging/twiml */
export function twiml(message: string | undefined): string {
  const content = message === undefined ? '<Response/>' : `<Response><Message>${escapeHtml(message)}</Message></Response>`
  return `<?xml version="1.0" encoding="UTF-8"?>\n${content}\n`
}
