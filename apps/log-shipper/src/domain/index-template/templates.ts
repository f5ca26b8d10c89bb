import { dataStreams } from './data-stream.js'
import { mappings } from './mappings.js'

export interface TemplateOptions {
  /** Last part of the names of the data streams. */
  readonly namespace: string
  /** Copies of each shard beside the first. */
  readonly replicas: number
  /** How long documents are kept, from 1. */
  readonly retentionDays: number
  /** Whether the server has index lifecycle management. */
  readonly lifecycle: boolean
}

/** Above Elasticsearch's own template of `logs-*-*`, which has 100. */
const priority = 300

/** A component or index template, or a policy: its name and its body. */
export interface Definition {
  readonly name: string
  readonly body: Readonly<Record<string, unknown>>
}

export interface Templates {
  /** Undefined where the server has no lifecycle management. */
  readonly policy: Definition | undefined
  readonly components: readonly Definition[]
  readonly index: Definition
}

/**
 * What the server must know before it has documents. A new backing index begins each day or at 50 GB a shard, and is
 * removed when the last of it is too old.
 */
export function templatesOf({ namespace, replicas, retentionDays, lifecycle }: TemplateOptions): Templates {
  const base = `swipestream-logs-${namespace}`
  const [mappingsName, settingsName] = [`${base}-mappings`, `${base}-settings`]
  const meta = { _meta: { managed_by: 'swipestream log-shipper' } }
  const settings = {
    'index.number_of_replicas': replicas,
    'index.codec': 'best_compression',
    'index.refresh_interval': '1s',
    ...(lifecycle && { 'index.lifecycle.name': base }),
  }
  return {
    policy: lifecycle
      ? {
          name: base,
          body: {
            policy: {
              ...meta,
              phases: {
                hot: { actions: { rollover: { max_age: '1d', max_primary_shard_size: '50gb' } } },
                delete: { min_age: `${retentionDays}d`, actions: { delete: {} } },
              },
            },
          },
        }
      : undefined,
    components: [
      { name: mappingsName, body: { template: { mappings }, ...meta } },
      { name: settingsName, body: { template: { settings }, ...meta } },
    ],
    index: {
      name: base,
      body: { index_patterns: dataStreams(namespace), data_stream: {}, composed_of: [mappingsName, settingsName], priority, ...meta },
    },
  }
}
