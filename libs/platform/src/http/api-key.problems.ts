import { Problem } from './problem.js'

/** 401, with the challenge of RFC 6750 section 3. `presented`: a key was sent, but nobody has it. */
export function unauthenticated(presented: boolean): Problem {
  return new Problem({
    status: 401,
    code: 'UNAUTHENTICATED',
    title: 'The request carries no valid API key',
    detail: presented ? 'the API key is not known' : 'send an API key as `Authorization: Bearer <key>`, or as `X-API-Key`',
    headers: { 'www-authenticate': `Bearer realm="swipestream"${presented ? ', error="invalid_token"' : ''}` },
  })
}

/** 403: the key is known, and is for something else. */
export function scopeMissing(scope: string): Problem {
  return new Problem({
    status: 403,
    code: 'SCOPE_MISSING',
    title: 'The API key does not allow this',
    detail: `the API key needs the scope ${scope}`,
    headers: { 'www-authenticate': `Bearer realm="swipestream", error="insufficient_scope", scope="${scope}"` },
  })
}
