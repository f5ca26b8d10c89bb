/** Segments of a path that are looked at; what is deeper is left out. */
const maxSegments = 6

/** What stands for a segment that names one thing of many. */
const id = '{id}'

/**
 * The route of a request: its method and its path, with segments that name one thing of many (numbers, UUIDs, hashes,
 * dates, tokens) replaced by `{id}`, and files by their extension. Routes are as few as the code behind them.
 *
 * @param path without query; undefined when there was no HTTP
 */
export function routeOf(method: string | undefined, path: string | undefined): string {
  if (method === undefined || path === undefined) return 'no HTTP'
  const segments = path.slice(0, 512).split('/', maxSegments + 2)
  const last = segments.length - 1
  const names = segments.slice(0, maxSegments + 1).map((segment, i) => (i === last ? fileOf(segment) : segmentOf(segment)))
  return `${method} ${names.join('/')}${last > maxSegments ? '/…' : ''}`
}

function fileOf(segment: string): string {
  const dot = segment.includes('@') ? -1 : segment.lastIndexOf('.')
  const extension = dot > 0 ? segment.slice(dot + 1) : ''
  return /^[a-z][a-z0-9]{0,4}$/i.test(extension) ? `*.${extension.toLowerCase()}` : segmentOf(segment)
}

function segmentOf(segment: string): string {
  if (segment.length > 40) return id
  let digits = 0
  for (let i = 0; i < segment.length; i++) if (segment.charCodeAt(i) >= 48 && segment.charCodeAt(i) <= 57) digits++
  if (digits === 0) return segment.includes('@') ? id : segment
  // v1 is a version, and names one thing only.
  if (/^v\d{1,2}$/.test(segment)) return segment
  return digits === segment.length || digits >= 4 || segment.length >= 16 || /^[0-9a-f-]{8,}$/i.test(segment) ? id : segment
}
