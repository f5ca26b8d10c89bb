import { Problem } from '@swipestream/platform'

/** Why a request is not taken for Twilio's. */
export type Refusal = 'missing' | 'wrong' | 'body'

const details: Readonly<Record<Refusal, string>> = {
  missing: 'the header X-Twilio-Signature is missing',
  wrong: 'the header X-Twilio-Signature does not fit the address, the body and the auth token',
  body: 'the signature does not cover the body: a body of JSON needs bodySHA256 in the query',
}

/** 403: only Twilio may call this. */
export function requestRefused(reason: Refusal): Problem {
  const code = reason === 'missing' ? 'TWILIO_SIGNATURE_MISSING' : 'TWILIO_SIGNATURE_WRONG'
  return new Problem({ status: 403, code, title: 'The request is not signed by Twilio', detail: details[reason] })
}
