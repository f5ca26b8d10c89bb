export { CodedError, kindOf, toError, type ErrorKind, type PlatformErrorCode } from './errors.js'
export { loadConfig, serviceConfig, type ServiceConfig } from './config.js'
export { LOGGER, NestLogger, createLogger, type Logger, type LoggerOptions } from './logger.js'
export { passesLuhn, redactText } from './redaction.js'
export { Readiness, type Component, type ComponentState } from './readiness.js'
export { FatalErrors } from './fatal.js'
export { PlatformModule, type PlatformParts } from './platform.module.js'
export { LATENCY_BUCKETS_SECONDS, counter, gauge, histogram, metricsRegistry, type MetricOptions } from './metrics.js'
export {
  SpanKind,
  activeTrace,
  contextFrom,
  inSpan,
  inSpanEach,
  linksTo,
  markFailed,
  messagingAttributes,
  startTracing,
  traceHeaders,
  type Attributes,
  type Carried,
  type CarrierHeaders,
  type Link,
  type Span,
  type SpanOptions,
  type Tracing,
  type TracingOptions,
} from './tracing.js'
export { pause } from './pause.js'
export { untilInterrupted } from './until-interrupted.js'
export { Problem, type FieldError, type ProblemBody, type ProblemOptions } from './http/problem.js'
export { ProblemFilter, problemOf } from './http/problem.filter.js'
export { runMain, startService, type RunningService, type ServiceOptions } from './start-service.js'
export { DatabaseConnection, DatabaseModule, databaseModule, type DatabaseOptions } from './database.js'
export { DatabaseNotices, type DatabaseNoticesOptions, type NoticeListener } from './database-notices.js'
export { isTransientDatabaseError, sqlStateOf } from './database-errors.js'
export { apiKeyEntry, findApiKey, parseApiKeys, type ApiKey } from './http/api-key.js'
export { API_KEYS, ApiKeyGuard, RequireScope } from './http/api-key.guard.js'
export { parseVersionedKeys, type VersionedKey, type VersionedKeys } from './versioned-keys.js'
export { Client } from './http/client.decorator.js'
export { scopesByVariable, type KeysVariable, type ScopeOf } from './http/scopes.js'
export {
  ApiProblem,
  ApiProblemForNow,
  ApiRefusals,
  ApiUnreadableBodies,
  awayFor,
  beginningOrEnding,
  fieldErrorSchema,
  problemSchema,
  serveApi,
  textHeader,
  type ApiDescription,
} from './http/openapi.js'
