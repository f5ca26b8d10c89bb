import { Inject, Injectable } from '@nestjs/common'
import { errors, jwtVerify, SignJWT } from 'jose'
import { CONFIG, type NotifierConfig } from '../config.js'
import { namedKey } from './named-key.js'

const audience = 'answer'

/** What a link says of itself. */
export type OpenedLink =
  | { readonly state: 'valid'; readonly alertId: string }
  | { readonly state: 'expired' }
  /** Tampered with, cut short, or signed with a key that is not there any more. */
  | { readonly state: 'invalid' }

/**
 * Links to the page that asks "was this you?": a JWT (RFC 7519, HS256) with the alert as its subject. That it is used
 * once is a matter of the question's row.
 */
@Injectable()
export class AnswerLinks {
  constructor(@Inject(CONFIG) private readonly config: Pick<NotifierConfig, 'ANSWER_KEYS' | 'PUBLIC_URL'>) {}

  /** @param expiresAt milliseconds since the epoch */
  async urlFor(alertId: string, expiresAt: number): Promise<string> {
    const { newest } = this.config.ANSWER_KEYS
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256', kid: String(newest.version) })
      .setSubject(alertId)
      .setAudience(audience)
      .setExpirationTime(Math.ceil(expiresAt / 1_000))
      .sign(newest.secret)
    return `${this.config.PUBLIC_URL}/v1/answers/${token}`
  }

  async open(token: string): Promise<OpenedLink> {
    try {
      const { payload } = await jwtVerify(token, namedKey(this.config.ANSWER_KEYS), { audience, algorithms: ['HS256'], requiredClaims: ['sub', 'exp'] })
      return { state: 'valid', alertId: payload.sub ?? '' }
    } catch (error) {
      if (error instanceof errors.JWTExpired) return { state: 'expired' }
      if (error instanceof errors.JOSEError) return { state: 'invalid' }
      throw error
    }
  }
}
