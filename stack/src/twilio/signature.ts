import { createHmac } from 'node:crypto'

/**
 * X-Twilio-Signature of a form request: HMAC-SHA-1, base64, over the URL followed by name and value of each parameter
 * in order of name. https://www.twilio.com/docs/usage/security#validating-requests
 */
export function signatureOf(authToken: string, url: string, parameters: Record<string, string>): string {
  const text = Object.keys(parameters)
    .sort()
    .reduce((soFar, name) => soFar + name + parameters[name], url)
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64')
}
