import { EtlError } from '../errors.js'

const refused = new Set([
  'ER_ACCESS_DENIED_ERROR', 'ER_DBACCESS_DENIED_ERROR', 'ER_TABLEACCESS_DENIED_ERROR', 'ER_COLUMNACCESS_DENIED_ERROR', 'ER_BAD_DB_ERROR', 'ER_NOT_SUPPORTED_AUTH_MODE',
  'ER_HOST_NOT_PRIVILEGED', 'ER_MUST_CHANGE_PASSWORD_LOGIN', 'HANDSHAKE_NO_SSL_SUPPORT',
])
/** What a statement meets when the table was altered after its columns were looked up. */
const changed = new Set(['ER_TABLE_DEF_CHANGED', 'ER_BAD_FIELD_ERROR', 'ER_NO_SUCH_TABLE', 'ER_NEED_REPREPARE'])
const passing = new Set([
  'ER_CON_COUNT_ERROR', 'ER_TOO_MANY_USER_CONNECTIONS', 'ER_SERVER_SHUTDOWN', 'ER_NORMAL_SHUTDOWN', 'ER_QUERY_INTERRUPTED', 'ER_CONNECTION_KILLED', 'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT', 'ER_STATEMENT_TIMEOUT', 'ER_QUERY_TIMEOUT', 'ER_NET_READ_INTERRUPTED', 'ER_NET_WRITE_INTERRUPTED', 'ER_ABORTING_CONNECTION', 'ER_HOST_IS_BLOCKED',
])

/** What the server answers when an account without the privilege PROCESS asks for open transactions. */
export function lacksPrivilege(error: unknown): boolean {
  return error instanceof EtlError && codeOf(error.cause) === 'ER_SPECIFIC_ACCESS_DENIED_ERROR'
}

/** A failure of the driver or the server, with the code that says what to do about it. */
export function sourceError(error: unknown, doing: string): EtlError {
  if (error instanceof EtlError) return error
  const code = codeOf(error)
  const said = error instanceof Error ? error.message || code : String(error)
  const options = { cause: error }
  if (refused.has(code)) return new EtlError('ETL_SOURCE_REFUSED', `${doing}: the source refuses (${said}): check the account and the database in ETL_SOURCE_URL, and what it may read`, options)
  if (changed.has(code)) return new EtlError('ETL_SOURCE_CHANGED', `${doing}: the table was altered meanwhile (${said})`, options)
  // The driver marks errors that end the connection; those of sockets have no number of the server.
  if (passing.has(code) || (error instanceof Error && (('fatal' in error && error.fatal === true) || !('errno' in error && 'sqlState' in error)))) {
    return new EtlError('ETL_SOURCE_UNAVAILABLE', `${doing}: the source does not answer (${said})`, options)
  }
  return new EtlError('ETL_SOURCE_FAILED', `${doing}: ${code}: ${said}`, options)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN'
}
