/**
 * SQLSTATEs after which the same statement succeeds later: connection lost (08), out of resources (53), server
 * shutting down or starting (57P), serialization failure, deadlock.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const TRANSIENT_SQLSTATE = /^(?:08...|53...|57P0.|40001|40P01)$/

const NETWORK_CODES: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** How node-postgres says that the connection is gone, or none is to be had; it has no codes for these. */
const NETWORK_MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'Client has encountered a connection error',
]

/** What a server says who lets nobody in to a database: for maintenance, or while it is made from another. */
const notAccepting = { code: '55000', severity: 'FATAL' }

/** Whether an error of PostgreSQL, its driver or TypeORM around them passes by itself, so that a retry makes sense. */
export function isTransientDatabaseError(error: unknown): boolean {
  for (const each of causes(error)) {
    const code = 'code' in each ? each.code : undefined
    if (NETWORK_CODES.has(code) || (typeof code === 'string' && TRANSIENT_SQLSTATE.test(code))) return true
    if (code === notAccepting.code && 'severity' in each && each.severity === notAccepting.severity) return true
    const message = 'message' in each ? String(each.message) : ''
    if (NETWORK_MESSAGES.some((start) => message.startsWith(start))) return true
  }
  return false
}

/** The SQLSTATE of a PostgreSQL error, wherever it is wrapped; undefined when the server did not answer. */
export function sqlStateOf(error: unknown): string | undefined {
  for (const each of causes(error)) {
    const code = 'code' in each ? each.code : undefined
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && code !== 'EPIPE') return code
  }
  return undefined
}

/** The error, what TypeORM wraps (`driverError`), its causes, and what an AggregateError of several addresses holds. */
function* causes(error: unknown, depth = 0): Generator<object> {
  if (typeof error !== 'object' || error === null || depth > 4) return
  yield error
  if ('driverError' in error) yield* causes(error.driverError, depth + 1)
  if (error instanceof AggregateError) for (const inner of error.errors) yield* causes(inner, depth + 1)
  if ('cause' in error) yield* causes(error.cause, depth + 1)
}
