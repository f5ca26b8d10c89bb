import type { LoggerService } from '@nestjs/common'
import { type DestinationStream, type Logger, pino } from 'pino'
import type { ServiceConfig } from './config.js'
import { redactLine } from './redaction.js'
import { activeTrace } from './tracing.js'

export type { Logger } from 'pino'

/** Injection token of the service's pino {@link Logger}. */
export const LOGGER = Symbol('LOGGER')

export interface LoggerOptions {
  service: string
  level?: ServiceConfig['LOG_LEVEL']
  /** Where lines go; standard output when left out. */
  destination?: DestinationStream
}

/**
 * A logger that prints one JSON object a line: level, time (ISO 8601), service, trace_id and span_id of the active
 * span, msg, and an error under `err` with its code, kind, stack and causes. Personal data and secrets are redacted
 * from the finished line, see redaction.ts.
 *
 * Lines are written synchronously, so that none is lost when the process ends, however it ends.
 */
export function createLogger({ service, level = 'info', destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: pino.stdSerializers.err, error: pino.stdSerializers.err },
      // An object of the line's own: pino adds the line's fields to it.
      mixin: () => activeTrace() ?? {},
      hooks: { streamWrite: redactLine },
    },
    destination ?? pino.destination({ fd: 1, sync: true }),
  )
}

/** Nest's loggers that tell of each module and route at every start: for somebody who debugs the wiring. */
const CHATTER: ReadonlySet<unknown> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'NestMicroservice',
])

/** Nest's own logging, sent through pino; `context` is the name of Nest's logger. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write(CHATTER.has(rest.at(-1)) ? 'debug' : 'info', message, rest)
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest)
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest)
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest)
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest)
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest)
  }

  /** Nest calls with `(message, …more, context)`, and `error` with `(message, stack, context)`. */
  private write(
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    rest: unknown[],
  ): void {
    if (!this.logger.isLevelEnabled(level)) return
    const context = typeof rest.at(-1) === 'string' ? rest.at(-1) : undefined
    const more = rest.slice(0, context === undefined ? rest.length : -1).filter((value) => value !== undefined)
    const fields = { ...(context !== undefined && { context }), ...(more.length > 0 && { more }) }
    if (message instanceof Error) this.logger[level]({ ...fields, err: message }, message.message)
    else if (typeof message === 'string') this.logger[level](fields, message)
    else this.logger[level]({ ...fields, data: message }, 'Nest')
  }
}
