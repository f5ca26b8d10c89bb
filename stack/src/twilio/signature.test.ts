import fc from 'fast-check'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { expect, it } from 'vitest'
import { signatureOf } from './signature.js'

it('is the one the official package expects', () => {
  const parameters = fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { noNullPrototype: true })
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.webUrl({ withQueryParameters: true }), parameters, (token, url, values) => {
      expect(signatureOf(token, url, values)).toBe(getExpectedTwilioSignature(token, url, values))
    }),
  )
})
