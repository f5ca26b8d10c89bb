import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { CustomTransportStrategy } from '@nestjs/microservices'
import { toError } from './errors.js'
import type { AccessLog } from './http/access-log.js'
import type { Logger } from './logger.js'
import type { Readiness } from './readiness.js'
import type { Tracing } from './tracing.js'

export interface RunningParts {
  app: NestFastifyApplication
  strategy: CustomTransportStrategy | undefined
  readiness: Readiness
  tracing: Tracing
  accessLog?: AccessLog | undefined
  logger: Logger
  /** How long requests in flight may take to finish, in milliseconds; then their connections are cut. */
  drainMs: number
}

/**
 * Ends a service in the order in which its parts need each other. Nest runs onModuleDestroy, beforeApplicationShutdown,
 * its servers' close, and onApplicationShutdown in that order, so each kind of component has its place:
 *
 * 1. not ready: no new work is routed here, held answers end (`Readiness.shutdown`);
 * 2. HTTP: closed by this function; requests in flight finish, new ones get 503 or no connection;
 * 3. consumers: `close()` of the transport strategy: finish what is in hand, commit, leave the group. Nest calls it
 *    once more later, so it must allow that;
 * 4. what works on its own (workers, timers): `onModuleDestroy`; then what sends for all of the above (the outbox
 *    relay): `beforeApplicationShutdown`;
 * 5. the producer and the database: `onApplicationShutdown`, for they are what everything above needs;
 * 6. the last lines of the access log are written, traces are exported.
 *
 * Every step runs even when one before it fails; the first failure is thrown at the end.
 */
export async function shutDown(parts: RunningParts): Promise<void> {
  const { app, strategy, readiness, tracing, accessLog, logger } = parts
  const failures: Error[] = []
  const step = async (name: string, run: () => Promise<void>): Promise<void> => {
    try {
      await run()
    } catch (thrown) {
      const err = toError(thrown)
      failures.push(err)
      logger.error({ err, step: name }, `shutdown: ${name} failed`)
    }
  }

  readiness.beginShutdown()
  await step('HTTP', () => drainHttp(parts))
  await step('consumers', async () => {
    await strategy?.close()
  })
  await step('modules', () => app.close())
  await step('access log', async () => {
    await accessLog?.close()
  })
  await step('tracing', () => tracing.stop())
  if (failures[0]) throw failures[0]
}

async function drainHttp({ app, drainMs, logger }: RunningParts): Promise<void> {
  const server = app.getHttpServer()
  const cut = setTimeout(() => {
    logger.warn({ drainMs }, 'requests were still running after the time to drain; their connections are cut')
    server.closeAllConnections()
  }, drainMs)
  try {
    await app.getHttpAdapter().getInstance().close()
  } finally {
    clearTimeout(cut)
  }
}

export interface ProcessOwner {
  logger: Logger
  /** Ends the service in order; called once. */
  stop(): Promise<void>
  /** How long `stop` may take, in milliseconds, before the process ends anyway with exit code 1. */
  stopMs: number
}

/**
 * Makes the process follow its service: SIGTERM or SIGINT stops it and ends with exit code 0; a second signal, a stop
 * that takes too long or fails, an uncaught exception, an unhandled rejection and a fatal error end with 1.
 *
 * @returns ends the process because of an error
 */
export function ownProcess({ logger, stop, stopMs }: ProcessOwner): (error: unknown) => void {
  const fail = (thrown: unknown, what: string): void => {
    const err = toError(thrown)
    logger.fatal({ err }, `${what}: ${err.message}`)
    process.exit(1)
  }
  let stopping = false
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) {
      logger.fatal({ signal }, 'a second signal: the shutdown is cut short')
      process.exit(1)
    }
    stopping = true
    logger.info({ signal }, 'shutting down')
    // Keeps the process alive too: a stop that waits for nothing real must not look like one that is done.
    setTimeout(() => {
      logger.fatal({ stopMs }, 'the shutdown took too long')
      process.exit(1)
    }, stopMs)
    stop().then(
      () => {
        logger.info('stopped')
        process.exit(0)
      },
      () => process.exit(1),
    )
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  process.on('uncaughtException', (error) => fail(error, 'uncaught exception'))
  process.on('unhandledRejection', (reason) => fail(reason, 'unhandled rejection'))
  return (error) => fail(error, 'fatal')
}
