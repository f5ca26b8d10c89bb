import { clientMapSpec } from './client-map.mjs'
import { count, figure, kinds, number, overTime, percentile, table, top } from './lens.mjs'

const logs = 'swipestream-logs'
const incidents = 'swipestream-incidents'
const requests = '_exists_:http.response.status_code'
const failed = 'http.response.status_code:>=500'
const statuses = kinds('Status', [['2xx', 'http.response.status_code:[200 TO 299]'], ['3xx', 'http.response.status_code:[300 TO 399]'], ['4xx', 'http.response.status_code:[400 TO 499]'], ['5xx', failed]])
const errors = 'event.type:error'
const duration = 'event.duration'

/** Which data streams are looked at; durations are nanoseconds. */
export const dataViews = [
  { id: logs, name: 'Swipestream logs', title: 'logs-nginx.access-*,logs-nginx.error-*,logs-apache.access-*,logs-apache.error-*,logs-json-*,logs-syslog-*,logs-generic-*' },
  { id: incidents, name: 'Swipestream incidents', title: 'logs-ops_alerts-*' },
]

/** Entries one by one. */
export const searches = [
  { id: 'swipestream-error-entries', title: 'Errors, the newest first', view: logs, columns: ['service.name', 'host.name', 'log.level', 'message'], query: errors },
  { id: 'swipestream-failed-requests', title: 'Failed requests, the newest first', view: logs, columns: ['service.name', 'http.response.status_code', 'http.request.method', 'url.path', 'source.address'], query: failed },
  { id: 'swipestream-alerts', title: 'What the people on call were told', view: incidents, columns: ['service.name', 'event.code', 'event.action', 'alert.severity', 'message'], query: '' },
]

export const clientMap = { id: 'swipestream-client-map', title: 'Where clients are', spec: clientMapSpec }

const panels = {
  requests: number('swipestream-requests', 'Requests', logs, count('Requests'), requests),
  clients: number('swipestream-clients', 'Client addresses', logs, figure('unique_count', 'source.ip', 'Client addresses'), requests),
  bytes: number('swipestream-bytes', 'Bytes answered', logs, figure('sum', 'http.response.body.bytes', 'Bytes answered'), requests),
  failures: number('swipestream-failures', 'Requests that failed (5xx)', logs, count('Requests that failed', failed), requests),
  byService: overTime('swipestream-requests-by-service', 'Requests by service', logs, 'bar_stacked', { value: count('Requests') }, top('service.name', 'Service', 8, 'value'), requests),
  byStatus: overTime('swipestream-requests-by-status', 'Share of each class of status', logs, 'area_percentage_stacked', { value: count('Requests') }, statuses, requests),
  routes: table('swipestream-top-routes', 'Top routes', logs, { method: top('http.request.method', 'Method', 3, 'value'), path: top('url.path', 'Path', 20, 'value'), value: count('Requests'), failed: count('Failed (5xx)', failed), clients: figure('unique_count', 'source.ip', 'Client addresses'), bytes: figure('sum', 'http.response.body.bytes', 'Bytes') }, 'value', requests),
  agents: table('swipestream-user-agents', 'User agents', logs, { agent: top('user_agent.name', 'User agent', 10, 'value'), system: top('user_agent.os.name', 'System', 3, 'value'), value: count('Requests') }, 'value', requests),
  referrers: table('swipestream-referrers', 'Where they come from', logs, { referrer: top('http.request.referrer', 'Referrer', 10, 'value'), value: count('Requests') }, 'value', `${requests} AND NOT http.request.referrer:"-"`),
  countries: table('swipestream-countries', 'Countries', logs, { country: top('source.geo.country_name', 'Country', 20, 'value'), value: count('Requests'), failed: count('Failed (5xx)', failed) }, 'value', requests),

  failedByService: overTime('swipestream-failed-by-service', 'Requests that failed (5xx), by service', logs, 'bar_stacked', { value: count('Failed') }, top('service.name', 'Service', 8, 'value'), failed),
  refusedByService: overTime('swipestream-refused-by-service', 'Requests that were refused (4xx), by service', logs, 'bar_stacked', { value: count('Refused') }, top('service.name', 'Service', 8, 'value'), 'http.response.status_code:[400 TO 499]'),
  failedRoutes: table('swipestream-failed-routes', 'Which routes fail', logs, { path: top('url.path', 'Path', 20, 'value'), value: count('Failed'), clients: figure('unique_count', 'source.ip', 'Client addresses') }, 'value', failed),
  errorsByLevel: overTime('swipestream-errors-by-level', 'Errors that were logged, by level', logs, 'bar_stacked', { value: count('Errors') }, top('log.level', 'Level', 6, 'value'), errors),
  errorsByService: table('swipestream-errors-by-service', 'Who logs errors', logs, { service: top('service.name', 'Service', 10, 'value'), host: top('host.name', 'Host', 5, 'value'), value: count('Errors') }, 'value', errors),
  unparsed: number('swipestream-unparsed', 'Entries that could not be read', logs, count('Entries', 'tags:_parsefailure')),

  percentiles: overTime('swipestream-latency', 'How long requests take', logs, 'line', { p50: percentile(50, duration, 'half are faster'), p95: percentile(95, duration, '95 % are faster'), p99: percentile(99, duration, '99 % are faster') }, undefined, `_exists_:${duration}`),
  latencyByService: overTime('swipestream-latency-by-service', '95 % are faster, by service', logs, 'line', { value: percentile(95, duration, '95 % are faster') }, { ...top('service.name', 'Service', 8, 'value'), params: { ...top('service.name', 'Service', 8, 'value').params, orderBy: { type: 'alphabetical' }, orderDirection: 'asc' } }, `_exists_:${duration}`),
  slowRoutes: table('swipestream-slow-routes', 'The slowest routes', logs, { path: top('url.path', 'Path', 20, 'value'), value: figure('average', duration, 'On average'), p95: percentile(95, duration, '95 % are faster'), max: figure('max', duration, 'The slowest'), requests: count('Requests') }, 'value', `_exists_:${duration}`),

  opened: number('swipestream-incidents-opened', 'Incidents that began', incidents, count('Incidents', 'event.action:opened')),
  resolved: number('swipestream-incidents-resolved', 'Incidents that are over', incidents, count('Incidents', 'event.action:resolved')),
  lasted: number('swipestream-incident-duration', 'They last on average', incidents, figure('average', duration, 'On average'), 'event.action:resolved'),
  told: overTime('swipestream-incidents-by-code', 'What was told', incidents, 'bar_stacked', { value: count('Alerts') }, top('event.code', 'Code', 10, 'value')),
  troubled: table('swipestream-incidents-by-service', 'Who has incidents', incidents, { service: top('service.name', 'Service', 10, 'value'), code: top('event.code', 'Code', 5, 'value'), value: count('Alerts'), began: count('Began', 'event.action:opened'), lasted: figure('max', duration, 'The longest') }, 'value'),
}

export const lensPanels = Object.values(panels)

/** Rows of panels: what and how wide, of 48 columns; the number at the end is the row's height. */
const { requests: r, clients: c, bytes: b, failures: f } = panels
export const dashboards = [
  {
    id: 'swipestream-traffic', title: 'Swipestream: web traffic', description: 'Who asks for what, and what they are answered.',
    rows: [[[r, 12], [c, 12], [b, 12], [f, 12], 6], [[panels.byService, 24], [panels.byStatus, 24], 12], [[panels.routes, 48], 14], [[clientMap, 30], [panels.countries, 18], 16], [[panels.agents, 24], [panels.referrers, 24], 12]],
  },
  {
    id: 'swipestream-errors', title: 'Swipestream: errors', description: 'What failed, and what was logged about it.',
    rows: [[[f, 16], [r, 16], [panels.unparsed, 16], 6], [[panels.failedByService, 24], [panels.refusedByService, 24], 12], [[panels.failedRoutes, 24], [searches[1], 24], 14], [[panels.errorsByLevel, 24], [panels.errorsByService, 24], 12], [[searches[0], 48], 16]],
  },
  {
    id: 'swipestream-latency-dashboard', title: 'Swipestream: latency', description: 'How long requests take, of logs that tell it.',
    rows: [[[panels.percentiles, 48], 14], [[panels.latencyByService, 48], 12], [[panels.slowRoutes, 48], 16]],
  },
  {
    id: 'swipestream-incidents-dashboard', title: 'Swipestream: incidents', description: 'What the people on call were told: docs/runbooks has a page for each code.',
    rows: [[[panels.opened, 16], [panels.resolved, 16], [panels.lasted, 16], 6], [[panels.told, 48], 12], [[panels.troubled, 20], [searches[2], 28], 16], [[panels.failedByService, 24], [panels.latencyByService, 24], 12]],
  },
]
