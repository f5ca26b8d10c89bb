/** Types of Elasticsearch's core: every server has them. */
type Field = Readonly<Record<string, unknown>>

const keyword: Field = { type: 'keyword', ignore_above: 1_024 }
/** Addresses of pages are longer. */
const longKeyword: Field = { type: 'keyword', ignore_above: 4_096 }
const text: Field = { type: 'text' }
/** What is no number, or no address, is kept, and found in `_ignored`: the entry is worth more than the field. */
const long: Field = { type: 'long', ignore_malformed: true }
const ip: Field = { type: 'ip', ignore_malformed: true }
const date: Field = { type: 'date', ignore_malformed: true }
/** Names that nobody knows beforehand: one field, so that no application can make thousands. */
const flattened: Field = { type: 'flattened', ignore_above: 1_024 }

type Tree = { readonly [name: string]: Field | Tree }

const user = { name: keyword }
const os = { name: keyword, version: keyword, full: keyword }
const endpoint = {
  address: keyword,
  ip,
  domain: keyword,
  port: long,
  bytes: long,
  geo: {
    continent_name: keyword,
    country_iso_code: keyword,
    country_name: keyword,
    region_iso_code: keyword,
    region_name: keyword,
    city_name: keyword,
    location: { type: 'geo_point', ignore_malformed: true },
  },
  as: { number: long, organization: { name: keyword } },
}

/** Of every field that is searched for. */
const tree: Tree = {
  '@timestamp': { type: 'date' },
  message: text,
  tags: keyword,
  labels: flattened,
  json: flattened,
  ecs: { version: keyword },
  event: {
    kind: keyword,
    category: keyword,
    type: keyword,
    outcome: keyword,
    module: keyword,
    dataset: keyword,
    action: keyword,
    code: keyword,
    timezone: keyword,
    duration: long,
    id: keyword,
    start: date,
    end: date,
    created: date,
    // As ECS has it: kept, and not searched for.
    original: { type: 'keyword', index: false, doc_values: false },
  },
  log: {
    level: keyword,
    logger: keyword,
    offset: long,
    flags: keyword,
    file: { path: longKeyword },
    syslog: {
      priority: long,
      facility: { code: long, name: keyword },
      severity: { code: long, name: keyword },
      version: keyword,
      hostname: keyword,
      appname: keyword,
      procid: keyword,
      msgid: keyword,
      structured_data: flattened,
    },
  },
  host: { name: keyword, hostname: keyword },
  service: { name: keyword, type: keyword, version: keyword, environment: keyword },
  fileset: { name: keyword },
  source: endpoint,
  client: endpoint,
  destination: endpoint,
  server: endpoint,
  network: { forwarded_ip: ip },
  http: { version: keyword, request: { method: keyword, referrer: longKeyword, id: keyword }, response: { status_code: long, body: { bytes: long } } },
  url: { original: longKeyword, full: longKeyword, path: longKeyword, query: longKeyword, extension: keyword, fragment: longKeyword, scheme: keyword, domain: keyword, port: long },
  user,
  user_agent: { original: longKeyword, name: keyword, version: keyword, os, device: { name: keyword } },
  process: { pid: long, name: keyword, thread: { id: long, name: keyword } },
  file: { path: longKeyword },
  error: { message: text, type: keyword, code: keyword, id: keyword, stack_trace: { type: 'text', index: false } },
  trace: { id: keyword },
  transaction: { id: keyword },
  span: { id: keyword },
  related: { ip, user: keyword },
  alert: { subject: keyword, severity: keyword, count: long },
  tls: { cipher: keyword, version: keyword, version_protocol: keyword },
  nginx: { access: { remote_ip_list: keyword }, error: { connection_id: long } },
  apache: {
    access: { identity: keyword, remote_addresses: keyword, response_time: long, ssl: { protocol: keyword, cipher: keyword } },
    error: { module: keyword },
  },
}

function isField(node: Field | Tree): node is Field {
  return typeof node['type'] === 'string'
}

function properties(nodes: Tree): Record<string, unknown> {
  return Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, isField(node) ? node : { properties: properties(node) }]))
}

/**
 * How the fields of documents are indexed. What is not named here is kept in the document and not indexed: an
 * application that logs a new name cannot change what the others can search for.
 */
export const mappings: Readonly<Record<string, unknown>> = { dynamic: false, date_detection: false, numeric_detection: false, properties: properties(tree) }

/** The paths of all fields, such as `http.response.status_code`. */
export function fieldPaths(nodes: Tree = tree, prefix = ''): string[] {
  return Object.entries(nodes).flatMap(([name, node]) => (isField(node) ? [prefix + name] : fieldPaths(node, `${prefix}${name}.`)))
}
