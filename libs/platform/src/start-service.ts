import 'reflect-metadata'
import { type DynamicModule, Module, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { CustomTransportStrategy } from '@nestjs/microservices'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ServiceConfig } from './config.js'
import { CodedError, toError } from './errors.js'
import { FatalErrors } from './fatal.js'
import { beginYoung } from './heap.js'
import { AccessLog } from './http/access-log.js'
import { ProblemFilter, problemOf, sendProblem } from './http/problem.filter.js'
import { addRequestHooks, recordRefused } from './http/request-hooks.js'
import { type Logger, NestLogger, createLogger } from './logger.js'
import { collectProcessMetrics } from './metrics.js'
import { PlatformModule } from './platform.module.js'
import { Readiness } from './readiness.js'
import { ownProcess, shutDown } from './shutdown.js'
import { startTracing } from './tracing.js'

export interface ServiceOptions {
  /** The service's name in logs, traces and the OpenAPI document. */
  name: string
  module: Type | DynamicModule
  config: Readonly<ServiceConfig>
  /** The consumers' side; asked for when the modules are wired, listens once the service is open. */
  strategy?: (app: NestFastifyApplication) => CustomTransportStrategy
  /** More wiring (pipes, hooks), after the modules are created and before anything listens. */
  setup?: (app: NestFastifyApplication) => void | Promise<void>
  /** Serves the OpenAPI document at /docs/json and a page to read it at /docs. */
  openapi?: { title: string; description: string; version: string }
  /** The largest body of a request in bytes; 1 MiB when left out. */
  bodyLimit?: number
  /** How long requests in flight may take to finish at shutdown, in milliseconds; 10,000 when left out. */
  drainMs?: number
  /** False where several services share a process (tests): no signal handlers, and the process never exits. */
  ownsProcess?: boolean
  /** Another logger than createLogger's. */
  logger?: Logger
}

export interface RunningService {
  app: NestFastifyApplication
  /** Where it listens, e.g. http://127.0.0.1:8080 */
  url: string
  /** Settles when everything required to start has been up once and the consumers listen, or that failed. */
  started: Promise<void>
  /** Ends the service in order (see shutDown); the same promise for every call. */
  stop(): Promise<void>
}

/** How long an orderly shutdown may take before the process ends anyway. */
const STOP_MS = 30_000

/**
 * Starts a service: Nest on Fastify, with logs, traces, metrics, health endpoints, problem+json and an orderly end.
 *
 * HTTP listens at once, whatever is away: health, metrics and docs answer, everything else is 503 until each component
 * required to start (Readiness.requireToStart) has been up. The consumers start then too; if that fails, the process
 * ends with exit code 1.
 *
 * @throws CodedError HTTP_LISTEN_FAILED (fatal) when the address cannot be listened on; and what wiring throws
 */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { name, config, ownsProcess = true } = options
  if (ownsProcess) beginYoung()
  const logger = options.logger ?? createLogger({ service: name, level: config.LOG_LEVEL })
  const readiness = new Readiness(logger)
  let stopping: Promise<void> | undefined
  let stopParts = (): Promise<void> => Promise.resolve()
  const stop = (): Promise<void> => (stopping ??= stopParts())
  const end = ownsProcess
    ? ownProcess({ logger, stop, stopMs: STOP_MS })
    : (error: unknown) => logger.fatal({ err: toError(error) }, 'fatal')

  const accessLog = config.ACCESS_LOG_DIR === undefined ? undefined : AccessLog.open(config.ACCESS_LOG_DIR, name, logger, config.ACCESS_LOG_MAX_MIB)
  const tracing = await startTracing({
    service: name,
    endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
    sampling: { sampler: config.OTEL_TRACES_SAMPLER, ratio: config.OTEL_TRACES_SAMPLER_ARG },
    onExportError: (err) => logger.warn({ err }, 'traces could not be exported (OTEL_EXPORTER_OTLP_ENDPOINT)'),
  })
  collectProcessMetrics()

  // Who rotates logs renames the files, and says so.
  if (ownsProcess && accessLog) process.on('SIGHUP', () => accessLog.reopen())

  const adapter = new FastifyAdapter({
    bodyLimit: options.bodyLimit ?? 1_048_576,
    // A signed token in a path is longer than Fastify's own limit, 100 characters.
    routerOptions: { maxParamLength: 1_024 },
    // The hooks below answer requests during the shutdown.
    return503OnClosing: false,
    // A URL that the router cannot read never reaches a filter.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      recordRefused(accessLog, request, reply)
      sendProblem(problemOf(error), request, reply)
    },
  })
  addRequestHooks(adapter.getInstance(), readiness, logger, accessLog)
  const platform = PlatformModule.with({ logger, readiness, fatal: new FatalErrors(end) })
  const root = rootModule(platform, options.module)
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
  })
  app.useGlobalFilters(new ProblemFilter(logger))
  await options.setup?.(app)
  if (options.openapi) serveOpenApi(app, options.openapi)

  const strategy = options.strategy?.(app)
  if (strategy) app.connectMicroservice({ strategy })
  stopParts = () => shutDown({ app, strategy, readiness, tracing, accessLog, logger, drainMs: options.drainMs ?? 10_000 })

  let url: string
  try {
    url = await listen(app, config)
  } catch (error) {
    await stop()
    throw error
  }
  logger.info({ url }, `${name} listens at ${url}`)

  const started = readiness.opened().then(async () => {
    if (!readiness.shuttingDown) await app.startAllMicroservices()
  })
  started.catch((error: unknown) => {
    // What a shutdown interrupts has not failed.
    if (!readiness.shuttingDown) end(error)
  })
  return { app, url, started, stop }
}

function rootModule(platform: DynamicModule, module: Type | DynamicModule): Type {
  @Module({ imports: [platform, module] })
  class ServiceModule {}
  return ServiceModule
}

async function listen(app: NestFastifyApplication, { HTTP_HOST, HTTP_PORT }: ServiceConfig): Promise<string> {
  // Module hooks run here; their errors are theirs, only the socket's are ours.
  await app.init()
  try {
    await app.listen({ host: HTTP_HOST, port: HTTP_PORT })
  } catch (cause) {
    const message = `cannot listen at HTTP_HOST ${HTTP_HOST}, HTTP_PORT ${HTTP_PORT}: ${toError(cause).message}`
    throw new CodedError('HTTP_LISTEN_FAILED', 'fatal', message, { cause })
  }
  return await app.getUrl()
}

function serveOpenApi(
  app: NestFastifyApplication,
  { title, description, version }: Required<ServiceOptions>['openapi'],
) {
  const document = new DocumentBuilder().setTitle(title).setDescription(description).setVersion(version).build()
  // The page's scripts and styles are served from this process: it works without a network.
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, document), { jsonDocumentUrl: 'docs/json' })
}

/**
 * Runs a service's `main`, so that a start that fails (CONFIG_INVALID, …) is one readable fatal log line and exit 1.
 *
 * @example await runMain('notifier', async () => { await startService({ … }) })
 */
export async function runMain(name: string, main: () => Promise<unknown>): Promise<void> {
  try {
    await main()
  } catch (thrown) {
    const err = toError(thrown)
    createLogger({ service: name }).fatal({ err }, err.message)
    process.exit(1)
  }
}
