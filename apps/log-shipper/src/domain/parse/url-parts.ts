import type { EcsUrl } from './ecs.js'

/** `http://` at most this long: nobody has longer schemes, and a colon further on belongs to the path. */
const maxScheme = 32

/**
 * The parts of what a client asked for, named as by Elasticsearch's `uri_parts` processor: path and query decoded, the
 * extension that of the last segment. Password and user are left out. Never fails: what has no form is its own path.
 */
export function urlParts(original: string): EcsUrl {
  const url: EcsUrl = { original }
  let rest = original
  const scheme = rest.slice(0, maxScheme + 3).indexOf('://')
  if (scheme > 0 && rest.charCodeAt(0) !== 47) {
    url.scheme = rest.slice(0, scheme).toLowerCase()
    const begin = scheme + 3
    const end = endOfAuthority(rest, begin)
    authority(rest.slice(begin, end), url)
    rest = rest.slice(end)
  }
  const hash = rest.indexOf('#')
  if (hash >= 0) {
    if (hash + 1 < rest.length) url.fragment = decoded(rest.slice(hash + 1))
    rest = rest.slice(0, hash)
  }
  const question = rest.indexOf('?')
  if (question >= 0) {
    if (question + 1 < rest.length) url.query = decoded(rest.slice(question + 1))
    rest = rest.slice(0, question)
  }
  if (rest !== '') {
    url.path = decoded(rest)
    const dot = url.path.lastIndexOf('.')
    if (dot >= 0 && dot + 1 < url.path.length && url.path.indexOf('/', dot) < 0) url.extension = url.path.slice(dot + 1)
  }
  return url
}

/** The parts of the target of CONNECT, `host:port`. */
export function connectParts(original: string): EcsUrl {
  const url: EcsUrl = { original }
  authority(original, url)
  return url
}

function endOfAuthority(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 47 || code === 63 || code === 35) return i
  }
  return text.length
}

function authority(text: string, url: EcsUrl): void {
  const host = text.slice(text.lastIndexOf('@') + 1)
  const colon = host.lastIndexOf(':')
  const port = colon >= 0 ? host.slice(colon + 1) : ''
  const hasPort = /^\d{1,5}$/.test(port)
  const domain = hasPort ? host.slice(0, colon) : host
  if (domain !== '') url.domain = domain
  if (hasPort) url.port = Number(port)
}

/** Percent-encoding undone where all of it is sound; else as it stands. */
function decoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return text
    throw error
  }
}
