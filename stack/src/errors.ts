/** Every code an error of the stack can carry. */
export type StackErrorCode =
  | 'JAVA_MISSING'
  | 'JAVA_TOO_OLD'
  | 'JAVA_UNCOMPILED'
  | 'MAVEN_MISSING'
  | 'JARS_UNRESOLVED'
  | 'POSTGRES_PLATFORM_UNSUPPORTED'
  | 'POSTGRES_USER_MISSING'
  | 'POSTGRES_UNREACHABLE'
  | 'MARIADB_PLATFORM_UNSUPPORTED'
  | 'COMMAND_FAILED'
  | 'SERVER_FAILED'
  | 'SERVER_UNKNOWN'
  | 'SERVER_NEEDS'
  | 'CONNECTOR_FAILED'
  | 'GUARD_LOST'
  | 'TEST_STACK_UNKNOWN'
  | 'ENGINE_MISSING'
  | 'ENGINE_REMOTE'
  | 'REAPER_MISSING'

/** An error whose message is meant for the person at the keyboard: what is wrong and what to do. */
export class StackError extends Error {
  readonly code: StackErrorCode

  constructor(code: StackErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StackError'
    this.code = code
  }
}

/** The code of a Node system error (`ENOENT`, `EADDRINUSE`, …), or undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
