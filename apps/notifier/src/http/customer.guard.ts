import { applyDecorators, type CanActivate, createParamDecorator, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common'
import { ApiSecurity } from '@nestjs/swagger'
import { CustomerTokens, type TokenHolder } from '../app/customer-tokens.js'
import { tokenExpired, tokenInvalid, tokenLivesTooLong, tokenMissing } from './inbox-problems.js'

/** The name of the way to authenticate, in the API's description. */
export const customerScheme = 'customer'

interface CustomerRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Set by the guard: whose token it was. */
  customer?: TokenHolder
}

/**
 * Lets a request through when it carries a customer's token. In the header only (RFC 6750 section 2.1), also for the
 * stream: an address is logged and kept by everything between the app and here, and clients that read streams by
 * `fetch` can set a header.
 */
@Injectable()
export class CustomerGuard implements CanActivate {
  constructor(private readonly tokens: CustomerTokens) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<CustomerRequest>()
    const token = /^bearer +(\S+)$/i.exec(String(request.headers['authorization'] ?? ''))?.[1]
    if (token === undefined) throw tokenMissing()
    const opened = await this.tokens.open(token)
    switch (opened.state) {
      case 'expired': throw tokenExpired()
      case 'lives_too_long': throw tokenLivesTooLong()
      case 'invalid': throw tokenInvalid(opened.why)
      case 'valid':
        request.customer = opened.holder
        return true
    }
  }
}

/** The routes are a customer's own. */
export function RequireCustomer(): ClassDecorator & MethodDecorator {
  return applyDecorators(UseGuards(CustomerGuard), ApiSecurity(customerScheme))
}

/** Whose token the request carries; the route must be under `@RequireCustomer`. */
export const Customer = createParamDecorator((_: unknown, context: ExecutionContext): TokenHolder => {
  const { customer } = context.switchToHttp().getRequest<CustomerRequest>()
  if (customer === undefined) throw new TypeError('the route asks for the customer, but requires no token')
  return customer
})
