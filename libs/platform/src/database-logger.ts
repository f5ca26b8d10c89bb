import type { Logger as TypeOrmLogger } from 'typeorm'
import type { Logger } from './logger.js'

/** Statements are cut to this many characters in a log line. */
const STATEMENT_LENGTH = 500

/**
 * TypeORM's own logging, sent through pino. Parameters of statements are never logged, they are people's data; errors
 * are logged by whoever handles them.
 */
export class DatabaseLogger implements TypeOrmLogger {
  constructor(private readonly logger: Logger) {}

  logQuery(): void {
    // Every statement would be a line; PostgreSQL's log_statement is there for that.
  }

  logQueryError(error: string | Error, query: string): void {
    this.logger.debug({ err: error, statement: query.slice(0, STATEMENT_LENGTH) }, 'a statement failed')
  }

  logQuerySlow(time: number, query: string): void {
    this.logger.warn({ ms: time, statement: query.slice(0, STATEMENT_LENGTH) }, 'a statement was slow')
  }

  logSchemaBuild(message: string): void {
    this.logger.debug(message)
  }

  logMigration(message: string): void {
    this.logger.debug(message)
  }

  log(level: 'log' | 'info' | 'warn', message: unknown): void {
    this.logger[level === 'log' ? 'debug' : level](String(message))
  }
}
