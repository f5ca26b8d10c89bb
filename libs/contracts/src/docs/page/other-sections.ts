import { deadLetterSchema } from '../../generated/schemas.js'
import { envelopeHeaders, headerOf } from '../asyncapi.js'
import { type CataloguedTopic, keptFor } from '../catalogue.js'
import { describedFields } from '../described-fields.js'
import { services, sourceTables } from '../flows.js'
import { breakable, prose, topicAnchor } from './html.js'
import { fieldRow, serviceLinks } from './topic-article.js'

/** The headers of every record. */
export function headers(): string {
  const required: readonly string[] = envelopeHeaders.required
  const rows = Object.entries(envelopeHeaders.properties).map(([path, { description: doc }]) =>
    fieldRow({ path, type: required.includes(path) ? 'always' : 'when there is a trace', doc, pii: null, symbols: [], depth: 0 }))
  return `<dl class="fields">${rows.join('')}</dl>`
}

/** What all dead-letter topics have in common. */
export function deadLetters(topics: readonly CataloguedTopic[]): string {
  const [first] = topics
  const rows = describedFields(deadLetterSchema).map((field) => fieldRow({ ...field, path: headerOf(field.path), type: 'text' }))
  const kept = first === undefined ? '' : ` It has one partition, and keeps its records for ${keptFor(first.deadLetters)}.`
  return `<p>Each topic has <code>&lt;topic&gt;.dlq</code> beside it: what a consumer cannot read or handle goes there, and the records behind it go on.${kept} Key, value and headers are the original’s, and these headers say why it is there. Look, mend and send again by <code>npm run dlq</code>.</p>
<dl class="fields">${rows.join('')}</dl>`
}

/** The topics of the source's tables, which have no schema before they are made. */
export function sourceTableTopic(): string {
  const anchor = topicAnchor(sourceTables.name)
  const role = (wanted: 'reads' | 'writes') => serviceLinks(services.filter(({ sourceTables: own }) => own === wanted))
  return `<article id="${anchor}" aria-labelledby="${anchor}-name">
<h3 id="${anchor}-name"><code>${breakable(sourceTables.name)}</code></h3>
<p>${prose(sourceTables.doc)}</p>
<dl class="facts"><dt>Kept</dt><dd>the last record of each key, for good</dd><dt>Written by</dt><dd>${role('writes')}, or Debezium</dd><dt>Read by</dt><dd>${role('reads')}</dd></dl>
</article>`
}
