import { Client, errors } from '@elastic/elasticsearch'
import type { AlertDocument } from '../domain/alert-document.js'
import type { EcsDocument } from '../domain/parse/ecs.js'
import { dataStreams } from '../domain/index-template/data-stream.js'
import { templatesOf } from '../domain/index-template/templates.js'
import { LogError } from '../errors.js'
import { indexError } from './failures.js'

export interface LogIndexOptions {
  readonly url: string
  readonly apiKey?: string | undefined
  readonly namespace: string
  readonly replicas: number
  readonly retentionDays: number
}

export interface NewDocument {
  readonly stream: string
  readonly id: string
  readonly document: EcsDocument | AlertDocument
}

/** What came of a document: `there` before, or refused for a reason that stays. */
export type Created = 'created' | 'there' | { readonly refused: string }

/** A request holds so many bytes at the most, or one document: Elasticsearch takes 100 MB, and is quicker with less. */
const requestBytes = 4 * 1_048_576
const requestTimeoutMs = 30_000

/** The documents of logs in Elasticsearch, 8.13 or newer (`require_data_stream`). Its errors say how to recover; it tries nothing twice by itself. */
export class LogIndex {
  private readonly client: Client

  constructor(private readonly options: LogIndexOptions) {
    const { url, apiKey } = options
    this.client = new Client({ node: url, ...(apiKey !== undefined && { auth: { apiKey } }), maxRetries: 0, requestTimeout: requestTimeoutMs, compression: false })
  }

  /**
   * Installs the templates; safe to be called again.
   *
   * @returns whether the server has lifecycle management; without it, somebody must roll the data streams over and delete
   * @throws LogError
   */
  prepare(): Promise<{ readonly lifecycle: boolean }> {
    return this.doing('its templates', async () => {
      const lifecycle = await this.hasLifecycle()
      const { policy, components, index } = templatesOf({ ...this.options, lifecycle })
      if (policy !== undefined) await this.put(`/_ilm/policy/${policy.name}`, policy.body)
      for (const { name, body } of components) await this.put(`/_component_template/${name}`, body)
      await this.put(`/_index_template/${index.name}`, index.body)
      return { lifecycle }
    })
  }

  /** Which of the ids are in any data stream of the namespace, seen or not yet seen by searches. @throws LogError */
  existing(ids: readonly string[]): Promise<Set<string>> {
    return this.doing('a search for ids', async () => {
      const index = dataStreams(this.options.namespace)
      const absent = { ignore_unavailable: true, allow_no_indices: true }
      await this.client.indices.refresh({ index, ...absent })
      const found = await this.client.search({ index, ...absent, query: { ids: { values: [...ids] } }, size: ids.length, _source: false, track_total_hits: false })
      return new Set(found.hits.hits.map(({ _id }) => String(_id)))
    })
  }

  /**
   * Creates documents, in requests of a bounded size.
   *
   * @returns what came of each
   * @throws LogError LOG_INDEX_UNAVAILABLE when the server did not answer for all of them: some may be there
   */
  async create(documents: readonly NewDocument[]): Promise<Created[]> {
    const created: Created[] = []
    let lines: string[] = []
    let bytes = 0
    const flush = async () => {
      if (lines.length > 0) created.push(...(await this.bulk(lines)))
      lines = []
      bytes = 0
    }
    for (const { stream, id, document } of documents) {
      const action = JSON.stringify({ create: { _index: stream, _id: id } })
      const source = JSON.stringify(document)
      if (bytes > 0 && bytes + source.length > requestBytes) await flush()
      lines.push(action, source)
      bytes += action.length + source.length
    }
    await flush()
    return created
  }

  close(): Promise<void> {
    return this.client.close()
  }

  private bulk(lines: string[]): Promise<Created[]> {
    return this.doing('a bulk request', async () => {
      const { items } = await this.client.bulk({ operations: lines, require_data_stream: true })
      return items.map(({ create }) => {
        const { status, error } = create ?? { status: 500 }
        if (status === 409) return 'there'
        if (error === undefined && status < 300) return 'created'
        // A document is at fault where it is not understood. All else (no room, a block, no such stream) somebody can mend.
        if (error !== undefined && status === 400) return { refused: reasonOf(error) }
        throw new LogError('LOG_INDEX_UNAVAILABLE', `Elasticsearch cannot take documents now (${status}): ${error === undefined ? 'it does not say why' : reasonOf(error)}`)
      })
    })
  }

  /** Servers without it take the path for an index, or refuse the method. */
  private async hasLifecycle(): Promise<boolean> {
    try {
      await this.client.transport.request({ method: 'GET', path: '/_ilm/policy' })
      return true
    } catch (error) {
      if (error instanceof errors.ResponseError && [400, 404, 405, 410].includes(error.statusCode ?? 0)) return false
      throw error
    }
  }

  private async put(path: string, body: Readonly<Record<string, unknown>>): Promise<void> {
    await this.client.transport.request({ method: 'PUT', path, body: { ...body } })
  }

  private async doing<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw indexError(error, what)
    }
  }
}

function reasonOf(error: { readonly type: string; readonly reason?: string | null; readonly caused_by?: { readonly reason?: string | null } }): string {
  return [error.type, error.reason, error.caused_by?.reason].filter((part) => typeof part === 'string').join(': ')
}
