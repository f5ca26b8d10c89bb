import { afterEach, describe, expect, it } from 'vitest'
import { type Orders, startOrders } from '../orders-service.fixture.js'

let running: Orders | undefined
afterEach(async () => {
  await running?.service.stop()
  running = undefined
})

const start = async (options?: Parameters<typeof startOrders>[0]) => (running = await startOrders(options))

const post = (url: string, body: string, type = 'application/json') =>
  fetch(`${url}/orders`, { method: 'POST', body, headers: { 'content-type': type } })

describe('problems', () => {
  it('names the fields that are wrong', async () => {
    const { url } = await start()
    const answer = await post(url, '{"amount":"7"}')
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toMatch('application/problem+json')
    expect(await answer.json()).toEqual({
      type: '/problems/validation',
      title: 'The request is not valid',
      status: 400,
      detail: 'some fields of the request are not valid',
      instance: '/orders',
      code: 'VALIDATION',
      errors: [{ field: 'amount', detail: 'must be a number' }],
    })
  })

  it.each([
    ['JSON that is not', '{"amount":', 'application/json', 400, 'INVALID_JSON'],
    ['an empty body', '', 'application/json', 400, 'INVALID_JSON'],
    ['a prototype in the body', '{"__proto__":{"x":1}}', 'application/json', 400, 'INVALID_JSON'],
    ['an unknown media type', '<a/>', 'application/xml', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a body that is too large', `"${'x'.repeat(2_000)}"`, 'application/json', 413, 'BODY_TOO_LARGE'],
  ])('answers %s', async (_, body, type, status, code) => {
    const { url, lines } = await start({ bodyLimit: 1_000 })
    const answer = await post(url, body, type)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toMatch('application/problem+json')
    expect(await answer.json()).toMatchObject({ status, code, instance: '/orders', detail: expect.any(String) })
    expect(lines.filter(({ level }) => level === 'error')).toEqual([])
  })

  it.each([
    ['/nowhere?token=abc', 404, 'NOT_FOUND', 'no such resource'],
    ['/orders/missing', 404, 'NOT_FOUND', 'order 7 does not exist'],
    ['/orders/%zz', 400, 'BAD_REQUEST', undefined],
    ['/orders/conflict', 409, 'ORDER_EXISTS', 'order 7 exists'],
  ])('answers %s', async (path, status, code, detail) => {
    const { url } = await start()
    const answer = await fetch(url + path)
    expect(answer.status).toBe(status)
    const body = (await answer.json()) as { instance?: string }
    expect(body).toMatchObject({ status, code, ...(detail !== undefined && { detail }) })
    expect(body.instance).toBe(path.split('?')[0])
  })

  it('passes headers of a problem on', async () => {
    const { url } = await start()
    expect((await fetch(`${url}/orders/conflict`)).headers.get('retry-after')).toBe('3')
  })

  it('tells a client nothing of an unknown error, and the log all of it, with the trace', async () => {
    const { url, lines } = await start()
    const answer = await fetch(`${url}/orders/boom`)
    expect(answer.status).toBe(500)
    expect(await answer.json()).toEqual({
      type: '/problems/internal',
      title: 'Internal Server Error',
      status: 500,
      detail: 'the service failed; it is logged',
      instance: '/orders/boom',
      code: 'INTERNAL',
    })
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        trace_id: expect.stringMatching(/^[\da-f]{32}$/),
        err: expect.objectContaining({ message: 'the password is hunter2', stack: expect.stringContaining('boom') }),
      }),
    )
  })

  it.each([
    ['/orders/away', 'SMTP_UNAVAILABLE'],
    ['/orders/database-away', 'DATABASE_UNAVAILABLE'],
  ])('asks the client of %s to try again', async (path, code) => {
    const { url } = await start()
    const answer = await fetch(url + path)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('1')
    const body = await answer.text()
    expect(JSON.parse(body)).toMatchObject({ code })
    expect(body).not.toMatch(/internal|10\.0/)
  })
})
