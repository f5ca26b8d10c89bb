import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common'
import { counter, LOGGER, type Logger } from '@swipestream/platform'
// Not the package's main module, which loads every part of Twilio's API: three times the time.
import { validateRequest, validateRequestWithBody } from 'twilio/lib/webhooks/webhooks.js'
import { CONFIG, type NotifierConfig } from '../../config.js'
import { bodyOf } from '../bodies.js'
import { type AddressedRequest, calledAddress } from './called-address.js'
import { type Refusal, requestRefused } from './problems.js'

/**
 * Lets a request through that Twilio signed with the account's auth token: over the address that it called, and a
 * form's fields or, by `bodySHA256` in the query, any other body.
 */
@Injectable()
export class TwilioSignatureGuard implements CanActivate {
  private readonly refused = counter({
    name: 'twilio_requests_refused_total',
    help: "Requests that claim to be Twilio's and are not signed by it: missing, wrong, or body (the signature does not cover it)",
    labels: ['reason'],
  })

  constructor(
    @Inject(CONFIG) private readonly config: Pick<NotifierConfig, 'TWILIO_AUTH_TOKEN' | 'PUBLIC_URL' | 'TRUSTED_PROXIES'>,
    @Inject(LOGGER) private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<AddressedRequest>()
    const { PUBLIC_URL, TRUSTED_PROXIES, TWILIO_AUTH_TOKEN } = this.config
    const address = calledAddress(request, PUBLIC_URL, TRUSTED_PROXIES)
    const reason = refusalOf(request, address, TWILIO_AUTH_TOKEN)
    if (reason === undefined) return true
    this.refused.inc({ reason })
    this.logger.warn({ reason, address }, 'A request that is not signed by Twilio was refused; if it was Twilio, PUBLIC_URL, TRUSTED_PROXIES or TWILIO_AUTH_TOKEN is wrong')
    throw requestRefused(reason)
  }
}

function refusalOf(request: AddressedRequest, address: string, token: string): Refusal | undefined {
  const signature = request.headers['x-twilio-signature']
  if (typeof signature !== 'string' || signature === '') return 'missing'
  // A forwarded host may be anything.
  if (!URL.canParse(address)) return 'wrong'
  const body = bodyOf(request)
  if (new URL(address).searchParams.has('bodySHA256')) return validateRequestWithBody(token, signature, address, body?.text ?? '') ? undefined : 'wrong'
  // Nothing would tie it to the signature.
  if (body?.type === 'json') return 'body'
  return validateRequest(token, signature, address, body?.form ?? {}) ? undefined : 'wrong'
}
