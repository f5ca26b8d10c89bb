import { describe, expect, it } from 'vitest'
import { loggedUrl } from './logged-url.js'

describe('a URL in a log', () => {
  it.each([
    '/v1/transactions',
    '/v1/transactions/019ac2b4-1111-7222-8333-444455556666?limit=50',
    `/v1/transactions?card_id=v1.${'A1b'.repeat(14)}x&limit=7`,
    '/orders/1764430000000/20261129174907?since=2026-11-29T17:49:07Z',
    '/a%20b/%E4%BD%A0?q=50%25&x=a+b',
    '/%',
    'https://shop.example/basket?item=7#top',
  ])('stays as it is: %s', (url) => {
    expect(loggedUrl(url)).toBe(url)
  })

  it.each([
    ['/cards/4111111111111111', '/cards/[card]'],
    ['/cards?pan=4111111111111111', '/cards?pan=[redacted]'],
    ['/cards?q=4111%201111%201111%201111&x=1', '/cards?q=[card]&x=1'],
    ['/cards?q=4111+1111+1111+1111', '/cards?q=[card]'],
    ['/cards?q=4111%2D1111%2D1111%2D1111', '/cards?q=[card]'],
    ['/cards?q=%34111111111111111', '/cards?q=[card]'],
    ['/who?q=ada%40example.org', '/who?q=[email]'],
    ['/who?q=ada%2540example.org', '/who?q=[email]'],
    ['/who/ada@example.org/x', '/who/[email]/x'],
    ['/who?phone=%2B4930123456789', '/who?phone=[phone]'],
    ['/x?api_key=abc&y=1', '/x?api_key=[redacted]&y=1'],
    ['/x?api%5Fkey=abc', '/x?api%5Fkey=[redacted]'],
    ['/x?Password=a%26b', '/x?Password=[redacted]'],
    ['/x?to=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc', '/x?to=[redacted]'],
    [`/v1/answers/${'a1-B'.repeat(20)}.${'c'.repeat(30)}`, '/v1/answers/[redacted]'],
    ['https://ada:pass@shop.example/basket', 'https://[redacted]@shop.example/basket'],
  ])('%s becomes %s', (url, logged) => {
    expect(loggedUrl(url)).toBe(logged)
  })

  it('is as quick for one that was made to be slow', () => {
    const begun = performance.now()
    for (const piece of ['%25', '4 ', 'a@', '+1', '&a=', 'eyJ', '1-']) loggedUrl(`/x?${piece.repeat(4_000)}`)
    expect(performance.now() - begun).toBeLessThan(2_000)
  })
})
