import { describe, expect, it } from 'vitest'
import { newMessage } from './message.js'
import type { Message } from './message.js'
import { messagePage } from './message-page.js'

const path = '/2010-04-01/Accounts/ACx/Messages.json'
const message = (number: number, sent?: string): Message => ({
  ...newMessage({ to: `+4366400000${number % 2}`, from: '+15005550006', messagingServiceSid: null, body: String(number), media: 0 }, 'ACx', new Date()),
  date_sent: sent === undefined ? null : new Date(sent).toUTCString(),
})
const newestFirst = [5, 4, 3, 2, 1].map((number) => message(number, `2026-03-0${number}T12:00:00Z`))
const bodies = (query: string, all = newestFirst): string[] => messagePage(all, new URLSearchParams(query), path).messages.map(({ body }) => body)

describe('a list of messages', () => {
  it('has all of them on its one page, newest first, when they fit', () => {
    const page = messagePage(newestFirst, new URLSearchParams(), path)
    expect(page.messages).toEqual(newestFirst)
    expect(page).toMatchObject({ page: 0, page_size: 50, start: 0, end: 4, next_page_uri: null, previous_page_uri: null })
  })

  it('is read page by page through its links, undisturbed by messages that arrive meanwhile', () => {
    const seen: string[] = []
    let all = newestFirst
    let next: string | null = `${path}?PageSize=2`
    while (next !== null) {
      const page = messagePage(all, new URL(next, 'http://x').searchParams, path)
      seen.push(...page.messages.map(({ body }) => body))
      next = page.next_page_uri
      all = [message(6), ...all]
    }
    expect(seen).toEqual(['5', '4', '3', '2', '1'])
  })

  it('keeps its filters in its links', () => {
    const page = messagePage(newestFirst, new URLSearchParams({ To: '+43664000001', PageSize: '1', Page: '1' }), path)
    for (const uri of [page.uri, page.first_page_uri, page.next_page_uri, page.previous_page_uri]) expect(uri).toContain('To=%2B43664000001')
  })

  it.each([
    ['To=%2B43664000001', ['5', '3', '1']],
    ['From=%2B15005550006', ['5', '4', '3', '2', '1']],
    ['From=%2B1', []],
    ['DateSent=2026-03-02', ['2']],
    ['DateSent%3C=2026-03-02', ['2', '1']],
    ['DateSent%3E=2026-03-04', ['5', '4']],
    ['DateSent%3E=2026-03-02T12:00:01Z&DateSent%3C=2026-03-04', ['4', '3']],
  ])('%s', (query, expected) => expect(bodies(query)).toEqual(expected))

  it('leaves unsent messages out when asked for a date', () => {
    expect(bodies('DateSent%3E=2000-01-01', [message(1)])).toEqual([])
  })

  it('has at most 1,000 messages a page', () => {
    expect(messagePage([], new URLSearchParams('PageSize=5000'), path).page_size).toBe(1000)
  })

  it.each(['PageSize=0', 'PageSize=x', 'Page=-1', 'DateSent=yesterday'])('is refused for %s', (query) => {
    expect(() => bodies(query)).toThrow(expect.objectContaining({ status: 400, code: 20001 }))
  })
})
