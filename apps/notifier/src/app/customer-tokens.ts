import { Inject, Injectable } from '@nestjs/common'
import { errors, jwtVerify, SignJWT } from 'jose'
import { CONFIG, type NotifierConfig } from '../config.js'
import { namedKey } from './named-key.js'

/** A customer, as a token says. */
export interface TokenHolder {
  readonly customerId: string
  /** When the token ends, in milliseconds since the epoch. */
  readonly expiresAt: number
}

/** What a token is. */
export type OpenedToken =
  | { readonly state: 'valid'; readonly holder: TokenHolder }
  | { readonly state: 'expired' }
  /** It is signed as it should be, but is good for longer than any may be. */
  | { readonly state: 'lives_too_long' }
  /** Tampered with, cut short, for something else, or signed with a key that is not there. `why`: without its content. */
  | { readonly state: 'invalid'; readonly why: string }

const audience = 'inbox'

/** How long a token may be good for, in seconds: nobody can take one back. */
export const longestTokenSeconds = 15 * 60

/** How far the clock of the bank's login may be from this one, in seconds. */
const clockToleranceSeconds = 5

/**
 * What the bank's login gives a customer's app for a while: a JWT (RFC 7519, HS256), the customer as `sub`, the version
 * of the key as `kid`.
 */
@Injectable()
export class CustomerTokens {
  constructor(@Inject(CONFIG) private readonly config: Pick<NotifierConfig, 'CUSTOMER_TOKEN_KEYS'>) {}

  async open(token: string): Promise<OpenedToken> {
    try {
      const { payload } = await jwtVerify(token, namedKey(this.config.CUSTOMER_TOKEN_KEYS), {
        audience,
        algorithms: ['HS256'],
        requiredClaims: ['sub', 'exp', 'iat'],
        clockTolerance: clockToleranceSeconds,
      })
      const { sub, exp = 0, iat = 0 } = payload
      if (typeof sub !== 'string' || sub === '') return { state: 'invalid', why: '`sub` must be the id of a customer' }
      // One that is from the future would be good for longer than it says.
      if (iat > Date.now() / 1_000 + clockToleranceSeconds) return { state: 'invalid', why: '`iat` is in the future' }
      if (exp - iat > longestTokenSeconds) return { state: 'lives_too_long' }
      return { state: 'valid', holder: { customerId: sub, expiresAt: exp * 1_000 } }
    } catch (error) {
      if (error instanceof errors.JWTExpired) return { state: 'expired' }
      if (error instanceof errors.JWTClaimValidationFailed) return { state: 'invalid', why: `\`${error.claim}\` is missing or wrong` }
      if (error instanceof errors.JOSEError) return { state: 'invalid', why: 'it is no JWT that a known key signed' }
      throw error
    }
  }

  /** A token as the bank's login makes it, for trying things by hand and for tests. */
  async issue(customerId: string, now = Date.now(), seconds = longestTokenSeconds): Promise<string> {
    const { newest } = this.config.CUSTOMER_TOKEN_KEYS
    const issuedAt = Math.floor(now / 1_000)
    return await new SignJWT()
      .setProtectedHeader({ alg: 'HS256', kid: String(newest.version) })
      .setSubject(customerId)
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + seconds)
      .sign(newest.secret)
  }
}
