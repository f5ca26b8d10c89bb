import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { annaHasSms, annaIsWrittenTo, isIndexed, swipe } from './customer.js'
import type { RunningSystem } from './running-system.js'
import { within } from './within.js'

/** What docker compose and the local stack do alike. Each case goes on from where the one before it has left the system. */
export function casesOf(running: () => RunningSystem): void {
  it('takes a swipe from a client, and the customer has an e-mail and an SMS', async () => {
    const system = running()
    // A large amount, and the card's first bet.
    const answer = await swipe(system, 'Harbour Kiosk', { merchant_category: '7995' })
    expect(answer.status).toBe(202)
    expect(answer.headers.get('location')).toMatch(/^\/v1\/transactions\//)

    // Anna's bank knows that she reads German.
    expect(await annaIsWrittenTo(system, 'Harbour Kiosk')).toContain('8.999,00 EUR')
    expect(await annaHasSms(system, 'Harbour Kiosk')).toMatch(/8\.999,00 EUR bei Harbour.*abgelehnt.*NEIN/)
    const read = await fetch(`${system.urls.api}${answer.headers.get('location')}`, { headers: { authorization: `Bearer ${system.keys.api}` } })
    expect(await read.json()).toMatchObject({ status: 'declined', card_last4: '1111' })
  })

  it('has the line of a request in the index of logs, once, without what is secret', async () => {
    const system = running()
    const id = randomUUID()
    const { headers } = await swipe(system, 'Log Kiosk', {}, id)
    const found = await isIndexed(system, id, 202)
    expect(found).toMatchObject([{ service: { name: 'transactions-api' }, url: { path: '/v1/transactions' }, http: { request: { method: 'POST' } } }])
    expect(JSON.stringify(found)).not.toContain(system.keys.api)
    await fetch(`${system.urls.api}${headers.get('location')}?card=4111111111111111`, { headers: { authorization: `Bearer ${system.keys.api}`, 'x-request-id': `read-${id}` } })
    const read = JSON.stringify(await isIndexed(system, `read-${id}`, 200))
    expect([read.includes('[card]'), read.includes('4111111111111111')]).toEqual([true, false])
  })

  it('lets nobody in without a key of its own', async () => {
    expect((await swipe(running(), 'Nobody', {}, randomUUID(), 'compose_guess')).status).toBe(401)
  })

  it('lets a client with the key of the rules read and change them', async () => {
    const { urls, keys } = running()
    const headers = { authorization: `Bearer ${keys.rules}` }
    const rules = await fetch(`${urls.rules}/v1/rules`, { headers })
    expect(await rules.json()).toMatchObject({ rules: expect.arrayContaining([expect.objectContaining({ rule_id: 'large_amount', version: 1 })]) })
    const put = await fetch(`${urls.rules}/v1/rules/velocity/promote`, { method: 'POST', headers })
    expect([put.status, await put.json()]).toMatchObject([409, { code: 'FRAUD_RULE_NOT_PROMOTABLE' }])
    const id = randomUUID()
    expect((await fetch(`${urls.rules}/v1/rules`, { headers: { authorization: `Bearer ${keys.api}`, 'x-request-id': id } })).status).toBe(401)
    expect(await isIndexed(running(), id, 401)).toMatchObject([{ service: { name: 'fraud-service' } }])
  })

  it('takes what an analyst found out about a transaction', async () => {
    const system = running()
    const { headers } = await swipe(system, 'Quay Kiosk')
    const answer = await fetch(`${system.urls.api}${headers.get('location')}/feedback`, {
      method: 'POST', headers: { authorization: `Bearer ${system.keys.api}`, 'content-type': 'application/json' }, body: JSON.stringify({ verdict: 'legitimate' }),
    })
    expect(answer.status).toBe(202)
  })

  it('plays the story as told', async () => {
    expect(await running().story()).toContain('The story')
  })

  it('writes to the new address of a customer whom the bank has changed in MySQL', async () => {
    const system = running()
    // As somebody types it.
    await system.atBank("UPDATE customers SET email = ' anna.moved@EXAMPLE.net ' WHERE customer_id = 'story-anna'")
    let swipes = 0
    await within(120_000, 'an e-mail goes to the new address', async () => {
      await swipe(system, `Moving ${++swipes}`)
      return (await system.mails({ to: 'anna.moved@example.net' })).length > 0 ? true : undefined
    })
  })

  it('has what was decided in the warehouse, and customers as the bank has them', async () => {
    const [days = [], stopped] = await running().answers('outcomes_by_day', 'stopped_customers')
    // The story alone has eleven.
    expect(days.reduce((sum, { decisions }) => sum + Number(decisions), 0)).toBeGreaterThanOrEqual(13)
    expect(stopped?.length).toBeGreaterThan(0)
  })
}

/** The same, when each part in turn is ended and started again. */
export function restartsOf(running: () => RunningSystem, names: readonly string[]): void {
  it.each(names)('goes on after a restart of %s: what was there is there, and a new swipe is told', async (name) => {
    const system = running()
    await system.restart(name)
    // Not waited for: the swipe comes while it starts.
    const id = randomUUID()
    expect((await swipe(system, `After ${name}`, {}, id)).status).toBe(202)
    await annaIsWrittenTo(system, `After ${name}`)
    await annaIsWrittenTo(system, 'Harbour Kiosk')
    expect(await isIndexed(system, id, 202)).toHaveLength(1)
    await system.healthy()
  })
}
