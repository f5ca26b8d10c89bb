import { within } from './customer.js'
import type { ComposeProject } from './project.js'

/** A document of the index, as far as it is looked at here. */
export interface LogDocument {
  readonly service: { readonly name: string }
  readonly url: { readonly path: string }
  readonly http: { readonly request: { readonly method: string }; readonly response: { readonly status_code: number } }
}

/** Documents that a query of Elasticsearch finds in all data streams of logs, a hundred at the most. Its port is not published. */
export async function logsFound(project: ComposeProject, query: unknown): Promise<LogDocument[]> {
  const ask = (path: string, ...more: string[]) => project.compose('exec', '-T', 'elasticsearch', 'curl', '-fsS', '-H', 'content-type: application/json', `http://127.0.0.1:9200${path}`, ...more)
  await ask('/logs-*/_refresh', '-X', 'POST')
  const { hits } = JSON.parse(await ask('/logs-*/_search?size=100', '-d', JSON.stringify({ query }))) as { hits: { hits: { _source: LogDocument }[] } }
  return hits.hits.map(({ _source }) => _source)
}

/** Resolves when lines of a request, which the client gave this id, are in the index, with this answer. */
export function isIndexed(project: ComposeProject, requestId: string, status: number): Promise<LogDocument[]> {
  return within(120_000, `request ${requestId}, answered by ${status}, is in the index`, async () => {
    const found = await logsFound(project, { bool: { filter: [{ term: { 'http.request.id': requestId } }, { term: { 'http.response.status_code': status } }] } })
    return found.length > 0 ? found : undefined
  })
}
