import { type CataloguedTopic, keptFor, type Version } from '../catalogue.js'
import type { DescribedField } from '../described-fields.js'
import { type Service, sourceTables } from '../flows.js'
import { breakable, escaped, prose, serviceAnchor, topicAnchor } from './html.js'

/** From the page's folder to the schemas. */
const schemas = '../../libs/contracts/schemas'

/** All of one topic. */
export function topicArticle(topic: CataloguedTopic): string {
  const { name, doc, type, folder, subject, key, partitions, config, fields, versions, writers, readers, deadLetters, consumers, example } = topic
  const anchor = topicAnchor(name)
  const facts: [string, string][] = [
    ['Value', `<a href="${schemas}/${folder}/${folder}.avsc">${type}</a>, version ${versions.length}, subject <code>${escaped(subject)}</code>`],
    ['Key', `<code>${breakable(key)}</code>`],
    ['Partitions', String(partitions)],
    ['Kept', `${keptFor(topic)} <span class="quiet">(${Object.entries(config).map(([setting, value]) => `<code>${setting}=${value}</code>`).join(' ')})</span>`],
    ['Written by', serviceLinks(writers)],
    ['Read by', serviceLinks(readers)],
    ['Dead letters', `<code>${breakable(deadLetters.name)}</code>, ${keptFor(deadLetters)}${consumers.length > 0 ? `, by ${serviceLinks(consumers)}` : '; no service writes there'}`],
  ]
  return `<article id="${anchor}" aria-labelledby="${anchor}-name">
<h3 id="${anchor}-name"><code>${breakable(name)}</code></h3>
<p>${prose(doc)}</p>
<dl class="facts">${facts.map(([term, said]) => `<dt>${term}</dt><dd>${said}</dd>`).join('')}</dl>
<h4>Fields</h4>
<dl class="fields">${fields.map(fieldRow).join('\n')}</dl>
<h4>Versions</h4>
<ul class="versions">${versions.map((version) => `<li>${versionLine(folder, version)}</li>`).toReversed().join('')}</ul>
<details><summary>Example</summary><pre tabindex="0" role="region" aria-label="Example of ${escaped(name)}">${escaped(JSON.stringify(example, null, 2))}</pre></details>
</article>`
}

/** A field, or a header, in a list of them. */
export function fieldRow({ path, type, doc, pii, symbols, depth }: DescribedField): string {
  const can = symbols.length > 0 ? ` One of ${symbols.map((symbol) => `<code>${escaped(symbol)}</code>`).join(', ')}.` : ''
  const tag = pii === null ? '' : ` <b class="pii ${pii}">${pii}</b>`
  return `<div class="field${depth > 0 ? ` d${Math.min(depth, 3)}` : ''}"><dt><code>${breakable(path)}</code><span>${escaped(type)}${tag}</span></dt><dd>${prose(doc)}${can}</dd></div>`
}

function versionLine(folder: string, { number, digest, added, removed }: Version): string {
  const names = (paths: readonly string[]) => paths.map((path) => `<code>${breakable(path)}</code>`).join(', ')
  const changes = [...(added.length > 0 ? [`adds ${names(added)}`] : []), ...(removed.length > 0 ? [`drops ${names(removed)}`] : [])]
  const said = number === 1 ? 'the first' : changes.join('; ') || 'other words, or types that read as those before'
  return `<a href="${schemas}/${folder}/v${number}.avsc">Version ${number}</a> <span class="quiet"><code>${digest.slice(0, 12)}</code></span>: ${said}`
}

/** Services by name, with links. */
export function serviceLinks(list: readonly Service[]): string {
  return list.map(({ name }) => `<a class="service" href="#${serviceAnchor(name)}">${escaped(name)}</a>`).join(', ') || 'no service'
}

/** Topics by name, with links. @param tables whether those of the source's tables are among them */
export function topicLinks(list: readonly { readonly name: string }[], tables = false): string {
  const names = [...list.map(({ name }) => name), ...(tables ? [sourceTables.name] : [])]
  return names.map((name) => `<a href="#${topicAnchor(name)}"><code>${breakable(name)}</code></a>`).join(', ') || 'nothing'
}
