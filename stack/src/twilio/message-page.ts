import type { Message } from './message.js'
import { problems } from './problems.js'

/** A page of a list as Twilio shows it (schema `ListMessageResponse`). */
export interface MessagePage {
  end: number
  first_page_uri: string
  next_page_uri: string | null
  page: number
  page_size: number
  previous_page_uri: string | null
  messages: Message[]
  start: number
  uri: string
}

const DEFAULT_PAGE_SIZE = 50
const MAX_PAGE_SIZE = 1000

/**
 * One page of the messages that match the query (To, From, DateSent, DateSent<, DateSent>; PageSize, Page, PageToken).
 *
 * @param newestFirst all messages of the account
 * @param path path of the list, for the links to other pages
 * @throws TwilioProblem 20001 for a page size or page that is no number
 */
export function messagePage(newestFirst: readonly Message[], query: URLSearchParams, path: string): MessagePage {
  const size = Math.min(whole(query, 'PageSize', DEFAULT_PAGE_SIZE, 1), MAX_PAGE_SIZE)
  const page = whole(query, 'Page', 0, 0)
  const token = query.get('PageToken')
  const matching = newestFirst.filter((message) => matches(message, query))
  // The token names the last message of the page before: messages that arrive meanwhile shift nothing.
  const after = token === null ? -1 : matching.findIndex(({ sid }) => sid === token.replace(/^PA/, ''))
  const from = after >= 0 ? after + 1 : page * size
  const messages = matching.slice(from, from + size)
  const last = messages.at(-1)
  const start = page * size
  const link = (number: number, pageToken?: string): string => {
    const parameters = new URLSearchParams(query)
    parameters.set('PageSize', String(size))
    parameters.set('Page', String(number))
    parameters.delete('PageToken')
    if (pageToken !== undefined) parameters.set('PageToken', pageToken)
    return `${path}?${parameters.toString()}`
  }
  return {
    end: start + Math.max(messages.length - 1, 0),
    first_page_uri: link(0),
    next_page_uri: last !== undefined && from + size < matching.length ? link(page + 1, `PA${last.sid}`) : null,
    page,
    page_size: size,
    previous_page_uri: page > 0 ? link(page - 1) : null,
    messages,
    start,
    uri: link(page, token ?? undefined),
  }
}

function whole(query: URLSearchParams, name: string, fallback: number, least: number): number {
  const text = query.get(name)
  if (text === null) return fallback
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least) throw problems.invalidParameter(name)
  return value
}

function matches(message: Message, query: URLSearchParams): boolean {
  const to = query.get('To')
  const from = query.get('From')
  if (to !== null && message.to !== to) return false
  if (from !== null && message.from !== from) return false
  return (
    sentOn(message, query.get('DateSent'), (sent, wanted) => sent === wanted) &&
    sentOn(message, query.get('DateSent<'), (sent, wanted) => sent <= wanted) &&
    sentOn(message, query.get('DateSent>'), (sent, wanted) => sent >= wanted)
  )
}

/** Days in UTC, unless the question has a time of day. */
function sentOn(message: Message, wanted: string | null, holds: (sent: number, wanted: number) => boolean): boolean {
  if (wanted === null) return true
  const instant = Date.parse(wanted)
  if (Number.isNaN(instant)) throw problems.invalidParameter('DateSent')
  if (message.date_sent === null) return false
  const unit = wanted.length > 'YYYY-MM-DD'.length ? 1000 : 86_400_000
  return holds(Math.floor(Date.parse(message.date_sent) / unit), Math.floor(instant / unit))
}
