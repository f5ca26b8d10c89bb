import { describe, expect, it } from 'vitest'
import { Troubles } from './troubles.js'

function troubles() {
  const told: (string | null)[] = []
  return { told, troubles: new Troubles((error) => told.push(error?.message ?? null), 'group') }
}
const away = new Error('away')

describe('Troubles', () => {
  it('are over only when the last is over', () => {
    const { told, troubles: t } = troubles()
    t.clear('group')
    t.set('group', away)
    t.set('node 1', new Error('gone'))
    t.clear('group')
    t.clear('node 1')
    expect(told).toEqual([null, 'away', 'gone', null])
  })

  it('are not over before the work has begun', () => {
    const { told, troubles: t } = troubles()
    t.set('node 1', away)
    t.clear('node 1')
    expect(told).toEqual(['away'])
    t.clear('group')
    expect(told).toEqual(['away', null])
  })

  it('are told when they change, not each time they show', () => {
    const { told, troubles: t } = troubles()
    t.clear('group')
    t.clear('group')
    for (let i = 0; i < 3; i++) t.set('node 1', new Error('away'))
    t.set('node 2', new Error('gone'))
    expect(told).toEqual([null, 'away'])
  })
})
