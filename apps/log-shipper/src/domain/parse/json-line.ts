import { endpoint, outcomeOf, related, userAgentFields } from './draft.js'
import { ecsLine } from './json-ecs.js'
import { isObject, type JsonObject, jsonObject, jsonTime } from './json-value.js'
import { isoTime } from './log-time.js'
import type { Draft, ParseContext, Parser } from './parser.js'
import { urlParts } from './url-parts.js'

/** Names of pino's and bunyan's levels, by their numbers divided by ten. */
const pinoLevels = ['silly', 'trace', 'debug', 'info', 'warn', 'error', 'fatal']

const errorLevels: ReadonlySet<string> = new Set(['error', 'fatal', 'critical', 'crit', 'alert', 'emerg', 'emergency', 'panic'])

/** Lines of JSON: those of ECS loggers, those of pino, and any object that has a time and a message under one of their usual names. */
export const jsonLine: Parser = (line, context) => {
  const value = jsonObject(line)
  if (typeof value === 'string') return value
  if ('@timestamp' in value || 'ecs.version' in value || isObject(value['ecs'])) return ecsLine(value, context)
  return pinoLine(value, context)
}

function pinoLine(line: JsonObject, context: ParseContext): Draft | 'time' {
  const { time = line['timestamp'] ?? line['ts'], level = line['severity'], msg = line['message'], pid, hostname, name, req, res, responseTime, err, reqId, ...others } = line
  for (const used of ['timestamp', 'ts', 'severity', 'message']) delete others[used]
  const ms = jsonTime(time, context)
  if (Number.isNaN(ms)) return 'time'
  const levelName = levelOf(level)
  const draft: Draft = {
    '@timestamp': isoTime(ms ?? context.now),
    event: { kind: 'event', type: [levelName !== undefined && errorLevels.has(levelName) ? 'error' : 'info'], dataset: 'json' },
  }
  const message = text(msg)
  if (message !== undefined) draft.message = message
  if (levelName !== undefined) draft.log = { level: levelName }
  if (typeof name === 'string') draft.log = { ...draft.log, logger: name }
  if (typeof hostname === 'string') draft.host = { hostname }
  if (typeof pid === 'number' && Number.isSafeInteger(pid)) draft.process = { pid }
  request(draft, req, reqId, context)
  response(draft, res, responseTime)
  failure(draft, err)
  if (Object.keys(others).length > 0) draft.json = others
  return draft
}

function levelOf(level: unknown): string | undefined {
  if (typeof level === 'string') return level.toLowerCase()
  return typeof level === 'number' ? (pinoLevels[Math.floor(level / 10)] ?? String(level)) : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** pino-http's `req`. */
function request(draft: Draft, req: unknown, reqId: unknown, context: ParseContext): void {
  if (!isObject(req)) {
    if (typeof reqId === 'string') draft.http = { request: { id: reqId } }
    return
  }
  const headers = isObject(req['headers']) ? req['headers'] : {}
  const method = text(req['method'])
  const id = req['id'] ?? reqId
  const referrer = text(headers['referer'])
  const fields = { ...(method !== undefined && { method }), ...((typeof id === 'string' || typeof id === 'number') && { id: String(id) }), ...(referrer !== undefined && { referrer }) }
  if (Object.keys(fields).length > 0) draft.http = { request: fields }
  const url = text(req['url'])
  if (url !== undefined) draft.url = urlParts(url)
  const userAgent = text(headers['user-agent'])
  if (userAgent !== undefined) draft.user_agent = userAgentFields(userAgent, context)
  const address = text(req['remoteAddress'])
  if (address === undefined) return
  draft.source = { ...endpoint(address.replace(/^::ffff:(?=\d+\.)/i, ''), context), ...(typeof req['remotePort'] === 'number' && { port: req['remotePort'] }) }
  Object.assign(draft, related([draft.source.ip]))
}

/** pino-http's `res`, and `responseTime` in milliseconds. */
function response(draft: Draft, res: unknown, responseTime: unknown): void {
  if (typeof responseTime === 'number' && responseTime >= 0) draft.event.duration = Math.round(responseTime * 1e6)
  const status = isObject(res) ? res['statusCode'] : undefined
  if (typeof status !== 'number' || !Number.isSafeInteger(status)) return
  draft.http = { ...draft.http, response: { status_code: status } }
  Object.assign(draft.event, outcomeOf(status), { category: ['web'], type: ['access'] })
}

/** pino's `err`. */
function failure(draft: Draft, err: unknown): void {
  if (!isObject(err)) return
  const type = text(err['type'])
  const message = text(err['message'])
  const stack = text(err['stack'])
  const code = err['code']
  draft.error = {
    ...(type !== undefined && { type }),
    ...(message !== undefined && { message }),
    ...((typeof code === 'string' || typeof code === 'number') && { code: String(code) }),
    ...(stack !== undefined && { stack_trace: stack }),
  }
}
