import type { ErrorKind } from '@swipestream/platform'

/** Errors of Node's sockets that pass when the other side is back. */
const transientSystemErrors = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN',
  // of its fetch (undici)
  'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_SOCKET',
])

/**
 * PostgreSQL's error codes (Appendix A of its manual) of what passes: 08 connection, 53 resources, 57P shutdown,
 * 40001 serialization, 40P01 deadlock, 55P03 lock, 25006 a server that is read-only (the old primary, after a failover).
 */
const transientSqlState = /^(08...|53...|57P..|40001|40P01|55P03|25006)$/

/** What pg's pool and client say, without a code, when a connection is lost or none is free. */
const lostConnection = /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout|server closed the connection/i

/** The kind an error declares, or the one that its code, or its cause's, implies; else unknown. */
export function failureKind(error: unknown): ErrorKind {
  for (let e: unknown = error, depth = 0; e instanceof Error && depth < 5; e = e.cause ?? ('driverError' in e ? e.driverError : undefined), depth++) {
    if ('kind' in e && isKind(e.kind)) return e.kind
    if ('code' in e && typeof e.code === 'string' && (transientSystemErrors.has(e.code) || transientSqlState.test(e.code))) return 'transient'
    if (lostConnection.test(e.message)) return 'transient'
    if (e instanceof AggregateError && e.errors.length > 0 && e.errors.every((inner) => failureKind(inner) === 'transient')) return 'transient'
  }
  return 'unknown'
}

/** The code an error carries, for metrics and dead letters. */
export function failureCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'HANDLER_FAILED'
}

function isKind(kind: unknown): kind is ErrorKind {
  return kind === 'poison' || kind === 'transient' || kind === 'unknown' || kind === 'fatal'
}
