import { piiMeaning } from '../asyncapi.js'
import type { CataloguedTopic } from '../catalogue.js'
import { personalFields } from '../described-fields.js'
import { services } from '../flows.js'
import { diagram } from './diagram.js'
import { breakable, escaped, prose, serviceAnchor, topicAnchor } from './html.js'
import { deadLetters, headers, sourceTableTopic } from './other-sections.js'
import { style } from './style.js'
import { serviceLinks, topicArticle, topicLinks } from './topic-article.js'

/** Every topic for people: one HTML file that needs nothing else, neither scripts nor the network. */
export function cataloguePage(topics: readonly CataloguedTopic[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Swipestream: topics and contracts</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#topics">Skip to the topics</a>
<header>
<h1>Topics and contracts</h1>
<p>What the services of Swipestream say to each other: ${topics.length} topics, each with its schema, who writes it and who reads it. They talk in no other way.</p>
<nav aria-label="On this page"><ul><li><a href="#diagram">Diagram</a></li><li><a href="#topics">All topics</a></li><li><a href="#services">Services</a></li><li><a href="#personal-data">Personal data</a></li><li><a href="#headers">Headers</a></li><li><a href="#each-topic">Each topic</a></li><li><a href="#dead-letters">Dead letters</a></li><li><a href="asyncapi.json">AsyncAPI document</a></li></ul></nav>
</header>
<main>
<section aria-labelledby="diagram">
<h2 id="diagram">Who writes and reads what</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Diagram of services and topics">
${diagram(topics)}
</div>
<p class="quiet">A solid line to a reader: each record is handled, in a consumer group. A dashed one: the topic is followed without a group, as a table, as the service’s own state, or from offsets kept elsewhere.</p>
</section>
<section aria-labelledby="topics">
<h2 id="topics">All topics</h2>
${indexOf(topics)}
</section>
<section aria-labelledby="services">
<h2 id="services">Services</h2>
${servicesOf(topics)}
</section>
<section aria-labelledby="personal-data">
<h2 id="personal-data">Personal data</h2>
${personalData(topics)}
</section>
<section aria-labelledby="headers">
<h2 id="headers">Headers of every record</h2>
${headers()}
</section>
<section aria-labelledby="each-topic">
<h2 id="each-topic">Each topic</h2>
${topics.map(topicArticle).join('\n')}
${sourceTableTopic()}
</section>
<section aria-labelledby="dead-letters">
<h2 id="dead-letters">Dead letters</h2>
${deadLetters(topics)}
</section>
</main>
<footer>Made from libs/contracts by <code>npm run docs</code>.</footer>
</body>
</html>
`
}

/** What a topic is, without what the page says elsewhere. */
function brief(doc: string): string {
  return doc.split(/ Topic `| Written by /)[0] ?? doc
}

function indexOf(topics: readonly CataloguedTopic[]): string {
  const rows = topics.map(({ name, doc, writers, readers, schema }) => {
    const kinds = new Set(personalFields(schema).map(({ pii }) => pii))
    const tags = Object.keys(piiMeaning).filter((pii) => kinds.has(pii)).map(piiTag).join(' ')
    return `<tr><th scope="row"><a href="#${topicAnchor(name)}"><code>${breakable(name)}</code></a> <small>${prose(brief(doc))}</small></th><td data-label="Written by">${serviceLinks(writers)}</td><td data-label="Read by">${serviceLinks(readers)}</td><td data-label="Personal data">${tags || 'none'}</td></tr>`
  })
  return `<table class="index"><thead><tr><th scope="col">Topic</th><th scope="col">Written by</th><th scope="col">Read by</th><th scope="col">Personal data</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table>`
}

function servicesOf(topics: readonly CataloguedTopic[]): string {
  return services
    .map((service) => {
      const named = (list: readonly { readonly name: string }[]) => topics.filter(({ name }) => list.some((one) => one.name === name))
      const tables = (role: 'reads' | 'writes') => service.sourceTables === role
      const handles = tables('reads') && service.group !== undefined
      return `<article id="${serviceAnchor(service.name)}"><h3>${escaped(service.name)}</h3><p>${prose(service.does)}</p><dl class="facts"><dt>Writes</dt><dd>${topicLinks(named(service.writes), tables('writes'))}</dd><dt>Handles</dt><dd>${topicLinks(named(service.consumes), handles)}</dd><dt>Follows</dt><dd>${topicLinks(named(service.follows), tables('reads') && !handles)}</dd></dl></article>`
    })
    .join('\n')
}

function personalData(topics: readonly CataloguedTopic[]): string {
  const rows = Object.entries(piiMeaning).map(([tag, meaning]) => {
    const fields = topics.flatMap(({ name, schema }) => {
      const own = personalFields(schema).filter(({ pii }) => pii === tag)
      return own.length === 0 ? [] : [`<li><a href="#${topicAnchor(name)}"><code>${breakable(name)}</code></a>: ${own.map(({ path }) => `<code>${breakable(path)}</code>`).join(', ')}</li>`]
    })
    return `<h3>${piiTag(tag)}</h3><p>${escaped(meaning)}</p><ul>${fields.join('')}</ul>`
  })
  return rows.join('\n')
}

function piiTag(tag: string): string {
  return `<b class="pii ${tag}">${tag}</b>`
}
