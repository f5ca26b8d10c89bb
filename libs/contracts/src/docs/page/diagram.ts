import type { CataloguedTopic } from '../catalogue.js'
import { type Service, services, sourceTables } from '../flows.js'
import { escaped, serviceAnchor, topicAnchor } from './html.js'

const row = 27
const top = 34
const pill = { width: 122, height: 24 }
const topicX = 228
const topicWidth = 212
const width = 668
const rightX = width - pill.width

interface Line {
  readonly name: string
  readonly writers: readonly Service[]
  readonly consumers: readonly Service[]
  readonly readers: readonly Service[]
}

/**
 * Who writes each topic and who reads it: services that write on the left, topics in the middle, services that read on the
 * right, each service in its colour (class `s<number>`). SVG, without text that is not also on the page.
 */
export function diagram(topics: readonly CataloguedTopic[]): string {
  const lines = linesOf(topics)
  const height = top + lines.length * row + 6
  const left = placed(lines, ({ writers }) => writers)
  const right = placed(lines, ({ readers }) => readers)
  const edges = lines.flatMap(({ writers, readers, consumers }, i) => [
    ...writers.map((service) => edge(service, pill.width, left.get(service) ?? 0, topicX, yOf(i), true)),
    ...readers.map((service) => edge(service, topicX + topicWidth, yOf(i), rightX, right.get(service) ?? 0, consumers.includes(service))),
  ])
  return `<svg viewBox="-1 0 ${width + 2} ${height}" role="img" aria-labelledby="diagram-title" class="diagram">
<title id="diagram-title">Services that write, topics, and services that read. The table below says the same.</title>
<g class="heads"><text x="${pill.width / 2}" y="16">writes</text><text x="${topicX + topicWidth / 2}" y="16">topic</text><text x="${rightX + pill.width / 2}" y="16">reads</text></g>
<g class="edges">${edges.join('')}</g>
${[...left].map(([service, y]) => pillOf(service, 0, y)).join('\n')}
${[...right].map(([service, y]) => pillOf(service, rightX, y)).join('\n')}
${lines.map(({ name }, i) => topicBox(name, yOf(i))).join('\n')}
</svg>`
}

function linesOf(topics: readonly CataloguedTopic[]): Line[] {
  const lines: Line[] = topics.map(({ name, writers, readers, consumers }) => ({ name, writers, readers, consumers }))
  const writers = services.filter((service) => service.sourceTables === 'writes')
  const readers = services.filter((service) => service.sourceTables === 'reads')
  // Beside what the same service writes.
  const at = lines.findIndex(({ writers: [first] }) => first !== undefined && writers.includes(first))
  return lines.toSpliced(Math.max(at, 0), 0, { name: sourceTables.name, writers, readers, consumers: readers.filter(({ group }) => group !== undefined) })
}

function yOf(line: number): number {
  return top + line * row + row / 2
}

/** Each service at the middle of its topics, moved down where that is taken. */
function placed(lines: readonly Line[], side: (line: Line) => readonly Service[]): Map<Service, number> {
  const wanted = services
    .map((service) => ({ service, ys: lines.flatMap((line, i) => (side(line).includes(service) ? [yOf(i)] : [])) }))
    .filter(({ ys }) => ys.length > 0)
    .map(({ service, ys }) => ({ service, y: ys.reduce((sum, y) => sum + y, 0) / ys.length }))
    .sort((a, b) => a.y - b.y)
  const gap = pill.height + 8
  const lowest = top + lines.length * row - pill.height / 2
  const ys = new Map<Service, number>()
  let above = 0
  wanted.forEach(({ service, y }, i) => {
    const at = Math.max(Math.min(y, lowest - (wanted.length - 1 - i) * gap), above)
    ys.set(service, at)
    above = at + gap
  })
  return ys
}

const colour = (service: Service): string => `s${services.indexOf(service)}`

function edge(service: Service, x1: number, y1: number, x2: number, y2: number, solid: boolean): string {
  const bend = (x2 - x1) / 2
  return `<path class="${colour(service)}${solid ? '' : ' follows'}" d="M${x1} ${round(y1)}C${x1 + bend} ${round(y1)} ${x2 - bend} ${round(y2)} ${x2} ${round(y2)}"/>`
}

function pillOf(service: Service, x: number, y: number): string {
  const box = `<rect x="${x}" y="${round(y - pill.height / 2)}" width="${pill.width}" height="${pill.height}" rx="12"/>`
  return `<a href="#${serviceAnchor(service.name)}" class="pill ${colour(service)}">${box}<text x="${x + pill.width / 2}" y="${round(y + 4)}">${escaped(service.name)}</text></a>`
}

function topicBox(name: string, y: number): string {
  const box = `<rect x="${topicX}" y="${round(y - 10.5)}" width="${topicWidth}" height="21" rx="3"/>`
  return `<a href="#${topicAnchor(name)}" class="box">${box}<text x="${topicX + topicWidth / 2}" y="${round(y + 4)}">${escaped(name)}</text></a>`
}

function round(number: number): number {
  return Math.round(number * 10) / 10
}
