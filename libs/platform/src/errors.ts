/**
 * What to do about an error, decided where it is raised and read where it is handled:
 *
 * - `poison`: this input can never succeed (undecodable, breaks a contract); set it aside;
 * - `transient`: the same input succeeds later (a dependency is away); try again;
 * - `unknown`: nobody said; a few tries, then set it aside;
 * - `fatal`: nothing can succeed until a person acts (wrong config, wrong credentials); end the process.
 */
export type ErrorKind = 'poison' | 'transient' | 'unknown' | 'fatal'

/** The codes this library raises, as errors or as problems. */
export type PlatformErrorCode =
  | 'ACCESS_LOG_UNWRITABLE'
  | 'CONFIG_INVALID'
  | 'DATABASE_REFUSED'
  | 'DATABASE_UNAVAILABLE'
  | 'ENTITIES_INVALID'
  | 'HTTP_LISTEN_FAILED'
  | 'METRIC_CONFLICT'
  | 'MIGRATION_FAILED'
  | 'SHUTTING_DOWN'
  | 'STARTING'

/**
 * An error with a stable, searchable code and the kind that says how to recover.
 *
 * @example throw new CodedError('SMTP_UNAVAILABLE', 'transient', 'SMTP_URL host does not answer', { cause })
 */
export class CodedError extends Error {
  override readonly name: string = 'CodedError'

  /**
   * @param code UPPER_SNAKE, stable over releases
   * @param kind how a caller recovers
   * @param message what is wrong and what to do about it, naming the field or variable
   */
  constructor(
    readonly code: string,
    readonly kind: ErrorKind,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options)
  }
}

const KINDS: ReadonlySet<unknown> = new Set<ErrorKind>(['poison', 'transient', 'unknown', 'fatal'])

/**
 * The kind an error carries, whichever library it comes from (any error with a `kind` of ErrorKind counts, so that
 * libraries which do not import this one take part), else `unknown`.
 */
export function kindOf(error: unknown): ErrorKind {
  const kind = typeof error === 'object' && error !== null && 'kind' in error ? error.kind : undefined
  return KINDS.has(kind) ? (kind as ErrorKind) : 'unknown'
}

/** A thrown value as an Error: JavaScript lets anything be thrown. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`a value that is not an Error was thrown: ${String(thrown)}`)
}
