import type { Topic } from '../topic.js'
import { readersOf, services, sourceTables, topicsByWriter, writersOf } from './flows.js'

/** What stands at the edge of the system, by the service that works with it. `to`: the service writes there. */
export const edges: readonly { readonly service: string; readonly outside: string; readonly to: boolean; readonly kind: 'store' | 'people' }[] = [
  { service: 'transactions-api', outside: 'clients', to: false, kind: 'people' },
  { service: 'transactions-api', outside: 'PostgreSQL of transactions-api', to: true, kind: 'store' },
  { service: 'notifier', outside: 'PostgreSQL of notifier', to: true, kind: 'store' },
  { service: 'notifier', outside: 'e-mail, SMS, app', to: true, kind: 'people' },
  { service: 'etl-extract', outside: "the bank's MySQL", to: false, kind: 'store' },
  { service: 'etl-load', outside: 'warehouse, lake', to: true, kind: 'store' },
  { service: 'log-shipper', outside: 'log files', to: false, kind: 'store' },
  { service: 'log-indexer', outside: 'Elasticsearch', to: true, kind: 'store' },
]

/** More topics than this that one service follows are one arrow: it reads everything. */
const everything = 8

/**
 * The diagram of who writes and reads what, in mermaid: made of `services`, which a test holds against the code.
 * Topics that a service has for itself alone, its state, are told in its box.
 */
export function flowDiagram(): string {
  const own = (topic: Topic<unknown>): string | undefined => {
    const [writers, readers] = [writersOf(topic), readersOf(topic)].map((list) => new Set(list.map(({ name }) => name)))
    const [first] = writers ?? []
    return writers?.size === 1 && readers?.size === 1 && first !== undefined && readers.has(first) ? first : undefined
  }
  const reachOut = new Set(services.filter(({ follows }) => follows.length > everything).map(({ name }) => name))
  const isDrawn = (topic: Topic<unknown>): boolean => own(topic) === undefined
  const lines = ['flowchart LR']
  for (const { name } of services) {
    const state = topicsByWriter.filter((topic) => own(topic) === name).map((topic) => topic.name)
    lines.push(`  ${id(name)}["<b>${name}</b>${state.length > 0 ? `<br/>keeps ${state.join(', ')}` : ''}"]`)
  }
  for (const topic of topicsByWriter.filter(isDrawn)) lines.push(`  t_${topic.name}([${topic.name}])`)
  lines.push(`  t_tables(["${sourceTables.name.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}"])`)
  for (const { service, outside, to, kind } of edges) {
    const box = `${id(outside)}${kind === 'store' ? `[("${outside}")]` : `(["${outside}"])`}`
    lines.push(to ? `  ${id(service)} --- ${box}` : `  ${box} --> ${id(service)}`)
  }
  for (const { name, writes, consumes, follows, sourceTables: role } of services) {
    lines.push(...writes.filter(isDrawn).map((topic) => `  ${id(name)} --> t_${topic.name}`))
    lines.push(...consumes.filter(isDrawn).map((topic) => `  t_${topic.name} --> ${id(name)}`))
    if (reachOut.has(name)) lines.push(`  t_all(["${follows.length} topics"]) -.-> ${id(name)}`)
    else lines.push(...follows.filter((topic) => isDrawn(topic) && !consumes.includes(topic)).map((topic) => `  t_${topic.name} -.-> ${id(name)}`))
    if (role !== undefined) lines.push(role === 'writes' ? `  ${id(name)} --> t_tables` : `  t_tables --> ${id(name)}`)
  }
  return lines.join('\n')
}

function id(name: string): string {
  return name.replaceAll(/[^a-zA-Z]+/g, '_')
}
