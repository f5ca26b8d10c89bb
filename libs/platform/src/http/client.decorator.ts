import { createParamDecorator, type ExecutionContext } from '@nestjs/common'

/** Whose API key the request carries; the route must be under `@RequireScope`. */
export const Client = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { client } = context.switchToHttp().getRequest<{ client?: string }>()
  if (client === undefined) throw new TypeError('the route asks for the client, but requires no API key')
  return client
})
